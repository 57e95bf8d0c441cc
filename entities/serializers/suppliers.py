"""Suppliers and supply links as they go in and come out."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, PartySerializer, StrictSerializer, Text, WarningSerializer, Words
from entities.domain.facts import PARTY_FIELDS
from entities.models import DeclaredParty, Organization, Supplier, SupplyLink
from entities.serializers.accounts import OrganizationSerializer
from entities.serializers.owner import OwnedSerializer
from screening.reference import commodity_stages


class DeclarationSerializer(ModelSerializer[DeclaredParty]):
    """A supplier at one of its places, in the words of whoever declared it."""

    class Meta:
        model = DeclaredParty
        fields = list(PARTY_FIELDS)
        read_only_fields = fields


class SupplierNameSerializer(ModelSerializer[Supplier]):
    """A supplier by its names."""

    class Meta:
        model = Supplier
        fields = ["id", "name", "native_name", "country"]
        read_only_fields = fields


class SupplierSerializer(ModelSerializer[Supplier]):
    """A firm upstream. The office sees every site; others see what they declared themselves, in their own words."""

    sites = serializers.SerializerMethodField()

    class Meta:
        model = Supplier
        fields = ["id", "name", "native_name", "country", "uscc", "sites"]
        read_only_fields = fields

    @extend_schema_field(DeclarationSerializer(many=True))
    def get_sites(self, supplier: Supplier) -> list[dict[str, str]]:
        return [row.facts() for row in supplier.known_sites]  # type: ignore[attr-defined]

    def to_representation(self, instance: Supplier) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not self.context["request"].user.is_officer and instance.known_sites:  # type: ignore[attr-defined]
            own = instance.known_sites[0]  # type: ignore[attr-defined]
            shown |= {name: getattr(own, name) for name in ("name", "native_name", "country", "uscc")}
        return shown


class SupplierInput(PartySerializer, OwnedSerializer):
    """A supplier to declare, with one of its places."""

    def owners(self) -> QuerySet[Organization]:
        """The office may also declare in its own name."""
        return declarers(self.context["request"].user)


class SupplierAnswer(SupplierSerializer):
    """A supplier just declared, with what looks wrong about it."""

    warnings = WarningSerializer(many=True)

    class Meta(SupplierSerializer.Meta):
        fields = [*SupplierSerializer.Meta.fields, "warnings"]
        read_only_fields = fields


class DeliverySerializer(StrictSerializer):
    """What a supplier delivers, and when. Without goods or period a link counts as possible only."""

    commodity = Text(max_length=40, help_text="Commodity chain, for example cotton.")
    stage = Text(max_length=60, help_text="Stage of the supplier in that chain, for example spinner.")
    goods = Text(max_length=200, help_text="In words, for example combed cotton yarn.")
    hts_prefix = serializers.RegexField(
        r"^[0-9]{2,10}\Z",
        required=False,
        allow_blank=True,
        default="",
        help_text="First digits of the tariff number of what is delivered.",
    )
    valid_from = serializers.DateField(required=False, allow_null=True, default=None)
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        first, last = attrs["valid_from"], attrs["valid_to"]
        if first and last and last < first:
            raise serializers.ValidationError(
                {"valid_to": serializers.ErrorDetail("The last delivery lies before the first.", "dates_in_order")}
            )
        return attrs


DELIVERY = ("commodity", "stage", "goods", "hts_prefix", "valid_from", "valid_to")


def delivery_warnings(data: dict[str, Any], pointer: str) -> list[dict[str, str]]:
    """What keeps a link from counting fully: no goods, no period, or words no chain knows."""
    stages = commodity_stages()
    commodity, stage = data["commodity"], data["stage"]
    found = []
    if not commodity and not data["hts_prefix"]:
        found.append(("commodity", "link_without_goods", "The link does not say what goods: it counts as possible."))
    elif commodity and commodity not in stages:
        known = ", ".join(sorted(stages))
        found.append(("commodity", "unknown_commodity", f"No chain is kept for {commodity}. Known: {known}."))
    elif commodity and stage and stage not in {one.name for one in stages[commodity]}:
        names = "; ".join(one.name for one in stages[commodity])
        found.append(("stage", "unknown_stage", f"{stage} is not a stage of the {commodity} chain: {names}."))
    if not data["valid_from"] and not data["valid_to"]:
        found.append(("valid_from", "link_without_period", "The link does not say when: it counts as possible."))
    return [{"pointer": f"{pointer}/{name}", "code": code, "detail": detail} for name, code, detail in found]


class LinkSerializer(ModelSerializer[SupplyLink]):
    """Supplier delivers to customer."""

    supplier = SupplierNameSerializer()
    customer = SupplierNameSerializer()
    declared_by = OrganizationSerializer(allow_null=True)

    class Meta:
        model = SupplyLink
        fields = [
            "id",
            "supplier",
            "customer",
            *DELIVERY,
            "basis",
            "source",
            "declared_by",
            "is_disputed",
            "withdrawn_at",
            "created_at",
        ]
        read_only_fields = fields


class LinkAnswer(LinkSerializer):
    """A link just declared, with what keeps it from counting fully."""

    warnings = WarningSerializer(many=True)

    class Meta(LinkSerializer.Meta):
        fields = [*LinkSerializer.Meta.fields, "warnings"]
        read_only_fields = fields


class LinkInput(DeliverySerializer, OwnedSerializer):
    """A link to declare between two suppliers the caller can see."""

    supplier = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of who delivers.")
    customer = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of who is delivered to.")
    source = Text(max_length=300, help_text="What the statement rests on.")  # type: ignore[assignment]

    def owners(self) -> QuerySet[Organization]:
        return declarers(self.context["request"].user)

    def validate_supplier(self, key: int) -> Supplier:
        return self._supplier(key)

    def validate_customer(self, key: int) -> Supplier:
        return self._supplier(key)

    def _supplier(self, key: int) -> Supplier:
        found = Supplier.objects.visible_to(self.context["request"].user).filter(pk=key).first()
        if found is None:
            raise serializers.ValidationError(f"There is no supplier {key}.", "does_not_exist")
        return found


class WithdrawalInput(StrictSerializer):
    reason = Words(max_length=1000)


def declarers(user: Any) -> QuerySet[Organization]:
    """In whose name suppliers and links may be declared: importers, and the office itself."""
    return user.organizations().filter(is_active=True).exclude(kind=Organization.Kind.BROKER)
