"""Suppliers and supply links as they go in and come out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import (
    ModelSerializer,
    PartySerializer,
    StrictSerializer,
    Text,
    WarningSerializer,
    WebAddress,
    Words,
    warning,
)
from entities.domain.facts import PARTY_FIELDS
from entities.domain.figures import DIGITS
from entities.models import DeclaredParty, Organization, OwnershipLink, Supplier, SupplyLink
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
        fields = ["id", "name", "native_name", "country", "is_aggregate"]
        read_only_fields = fields


class SupplierSerializer(ModelSerializer[Supplier]):
    """A firm upstream. The office sees every site; others see what they declared themselves, in their own words."""

    sites = serializers.SerializerMethodField()

    class Meta:
        model = Supplier
        fields = ["id", "name", "native_name", "country", "uscc", "is_aggregate", "sites"]
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


class ShareField(serializers.DecimalField):
    """Percent, from 0 to 100."""

    def __init__(self, **options: Any) -> None:
        defaults = {"required": False, "allow_null": True, "default": None, "min_value": 0, "max_value": 100}
        super().__init__(**{"max_digits": 5, "decimal_places": 2, **defaults, **options})


class LinkStatementSerializer(DeliverySerializer):
    """What is said of a delivery: goods and period, how much, where from, how surely, and what it rests on."""

    origin = Text(max_length=200, help_text="Where the material comes from, in words.")
    share = ShareField(help_text="Percent of what the customer takes in of these goods.")
    quantity = serializers.DecimalField(
        DIGITS,
        4,
        required=False,
        allow_null=True,
        default=None,
        min_value=Decimal("0.0001"),
        error_messages={"min_value": "The quantity must be above 0."},
    )
    unit = Text(max_length=20)
    confidence = serializers.ChoiceField(
        SupplyLink.Confidence.choices, required=False, default=SupplyLink.Confidence.STATED
    )
    source = Text(max_length=300, help_text="What the statement rests on.")  # type: ignore[assignment]
    source_url = WebAddress(max_length=500, required=False, allow_blank=True, default="")
    is_public = serializers.BooleanField(
        required=False,
        default=False,
        help_text="The office alone: from published sources, for everybody to see. Needs a source.",
    )


STATEMENT = (*DELIVERY, "origin", "share", "quantity", "unit", "confidence", "source", "source_url")


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
    return [warning(f"{pointer}/{name}", code, detail) for name, code, detail in found]


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
            *STATEMENT,
            "basis",
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


class KnownSupplierField(serializers.IntegerField):
    """The id of a supplier the caller can see."""

    def to_internal_value(self, data: Any) -> Any:
        key = super().to_internal_value(data)
        seen = Supplier.objects.visible_to(self.context["request"].user)
        found = seen.filter(pk=key).first() if 0 < key < 2**63 else None
        if found is None:
            raise serializers.ValidationError(f"There is no supplier {key}.", "does_not_exist")
        return found


class DeclarerSerializer(OwnedSerializer):
    """In whose name: an importer's, or the office's own."""

    def owners(self) -> QuerySet[Organization]:
        return declarers(self.context["request"].user)


class LinkInput(LinkStatementSerializer, DeclarerSerializer):
    """A link to declare between two suppliers the caller can see."""

    supplier = KnownSupplierField(help_text="Id of who delivers.")
    customer = KnownSupplierField(help_text="Id of who is delivered to.")


class BulkLinkInput(LinkStatementSerializer):
    """One of many links: both firms as the caller's records state them."""

    supplier = PartySerializer()
    customer = PartySerializer()


class BulkLinksInput(DeclarerSerializer):
    """Many links at once. Each is looked at by itself: what is wrong with one keeps no other from being stored."""

    links = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=1000)


class BulkLinkAnswer(serializers.Serializer[Any]):
    """What became of one of many links: its id, or what is wrong with it."""

    index = serializers.IntegerField(help_text="Its place in the request, from 0.")
    link = serializers.IntegerField(allow_null=True, help_text="Id of the link; null where it is not stored.")
    is_new = serializers.BooleanField(help_text="False where it was stated before, or is not stored.")
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]
    warnings = WarningSerializer(many=True)


class BulkLinksAnswer(serializers.Serializer[Any]):
    """How many links were stored and refused, and each of them."""

    stored = serializers.IntegerField()
    refused = serializers.IntegerField()
    links = BulkLinkAnswer(many=True)


HOLDING = (
    "share_from",
    "share_to",
    "interest",
    "is_indirect",
    "valid_from",
    "valid_to",
    "source",
    "source_url",
)


class OwnershipSerializer(ModelSerializer[OwnershipLink]):
    """Owner holds a share of another firm, or controls it."""

    owner_firm = SupplierNameSerializer(source="owner")
    owned_firm = SupplierNameSerializer(source="owned")
    declared_by = OrganizationSerializer(allow_null=True)

    class Meta:
        model = OwnershipLink
        fields = ["id", "owner_firm", "owned_firm", *HOLDING, "basis", "declared_by", "withdrawn_at", "created_at"]
        read_only_fields = fields


class OwnershipInput(DeclarerSerializer):
    """A holding to declare between two suppliers the caller can see."""

    owner_firm = KnownSupplierField(help_text="Id of who owns.")
    owned_firm = KnownSupplierField(help_text="Id of who is owned.")
    share_from = ShareField(help_text="Percent held, at least.")
    share_to = ShareField(help_text="Percent held, at most; the same as share_from where it is exact.")
    interest = Text(max_length=60, help_text="For example shareholding, voting rights.")
    is_indirect = serializers.BooleanField(required=False, default=False)
    valid_from = serializers.DateField(required=False, allow_null=True, default=None)
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    source = Text(max_length=300, help_text="What the statement rests on.")  # type: ignore[assignment]
    source_url = WebAddress(max_length=500, required=False, allow_blank=True, default="")
    is_public = serializers.BooleanField(
        required=False,
        default=False,
        help_text="The office alone: from published sources, for everybody to see. Needs a source.",
    )


class WithdrawalInput(StrictSerializer):
    reason = Words(max_length=1000)


def declarers(user: Any) -> QuerySet[Organization]:
    """In whose name suppliers and links may be declared: importers, and the office itself."""
    return user.organizations().filter(is_active=True).exclude(kind=Organization.Kind.BROKER)
