"""Who is asking, and for whom."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from config.api_fields import ModelSerializer
from entities.domain.roles import Act, Role
from entities.models import ApiToken, Membership, Organization, User
from entities.serializers.owner import OfOrganizationInput


class OrganizationSerializer(ModelSerializer[Organization]):
    """An organisation by what others call it."""

    class Meta:
        model = Organization
        fields = ["id", "name", "kind", "environment", "importer_number"]
        read_only_fields = fields


class SandboxSerializer(OrganizationSerializer):
    """A sandbox, and the live organisation whose members opened it."""

    sandbox_of = serializers.IntegerField(source="sandbox_of_id")

    class Meta(OrganizationSerializer.Meta):
        fields = [*OrganizationSerializer.Meta.fields, "sandbox_of", "created_at"]
        read_only_fields = fields


class SandboxInput(OfOrganizationInput):
    """Of which importer or broker a sandbox is opened."""

    def those(self) -> QuerySet[Organization]:
        return Organization.objects.with_member(self.context["request"].user)


class MembershipSerializer(ModelSerializer[Membership]):
    role = serializers.ChoiceField([role.value for role in Role])
    organization = OrganizationSerializer()

    class Meta:
        model = Membership
        fields = ["role", "organization"]
        read_only_fields = fields


class TokenSerializer(ModelSerializer[ApiToken]):
    """The token that signed this request."""

    class Meta:
        model = ApiToken
        fields = ["name", "prefix", "created_at", "expires_at"]
        read_only_fields = fields


class MeSerializer(serializers.Serializer[Any]):
    """The account behind a request: its roles, what they allow, and the importers it may act for."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    memberships = MembershipSerializer(many=True)
    acts = serializers.ListField(child=serializers.ChoiceField([act.value for act in Act]))
    importers = OrganizationSerializer(
        many=True, help_text="Whose shipments this account may declare. Empty for the office, which acts for all."
    )
    acts_for_all_importers = serializers.BooleanField()
    token = TokenSerializer(allow_null=True)


def describe(user: User, token: Any) -> dict[str, Any]:
    """The values of ``MeSerializer``."""
    acts = [act.value for act in Act if user.has_perm(act)]
    return {
        "id": user.pk,
        "name": user.full_name,
        "email": user.email,
        "memberships": user.active_memberships,
        "acts": acts,
        "importers": [] if user.is_officer else list(Organization.objects.visible_to(user).importers()),
        "acts_for_all_importers": user.is_officer and Act.ADD_SHIPMENT.value in acts,
        "token": token if isinstance(token, ApiToken) else None,
    }
