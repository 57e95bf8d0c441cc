"""Shipments as they come out: the head, the lines, the parties, and what the latest screening says."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, Moment, WarningSerializer
from entities.domain.facts import PARTY_FIELDS
from entities.serializers.accounts import OrganizationSerializer
from screening.models import Shipment, ShipmentLine, ShipmentParty
from screening.serializers.screenings import STATUS, ScreeningSerializer, case_of, screening_answer, status_of

HEAD = [
    "reference",
    "entry_number",
    "bill_of_lading",
    "house_bill",
    "carrier",
    "vessel",
    "voyage",
    "port_of_lading",
    "port_of_unlading",
    "export_country",
    "containers",
    "arrives_on",
    "imported_on",
]


class LineSerializer(ModelSerializer[ShipmentLine]):
    """An article of the shipment."""

    hts_codes = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ShipmentLine
        fields = [
            "number",
            "description",
            "hts_codes",
            "origin_country",
            "quantity",
            "quantity_unit",
            "gross_weight_kg",
            "value",
            "currency",
        ]
        read_only_fields = fields


class ShipmentPartySerializer(ModelSerializer[ShipmentParty]):
    """A party's part in the shipment, or in one of its lines."""

    line = serializers.IntegerField(source="line.number", default=None, allow_null=True)
    supplier = serializers.IntegerField(source="party.supplier_id", allow_null=True, help_text="Id at /suppliers/")

    class Meta:
        model = ShipmentParty
        fields = ["role", "line", "supplier"]
        read_only_fields = fields

    def get_fields(self) -> dict[str, Any]:
        facts = {name: serializers.CharField(source=f"party.{name}", read_only=True) for name in PARTY_FIELDS}
        return {**super().get_fields(), **facts}


class ShipmentSerializer(ModelSerializer[Shipment]):
    """A shipment in a list."""

    owner = OrganizationSerializer()
    containers = serializers.ListField(child=serializers.CharField())
    status = serializers.SerializerMethodField()
    case = serializers.SerializerMethodField()
    set_aside_at = Moment(
        source="looked_at", allow_null=True, help_text="A person looked at the findings and set them aside"
    )

    class Meta:
        model = Shipment
        fields = ["id", "owner", *HEAD, "outcome", "status", "case", "set_aside_at", "created_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(list(STATUS.items())))
    def get_status(self, shipment: Shipment) -> str:
        return status_of(shipment, shipment.latest_screening)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_case(self, shipment: Shipment) -> str | None:
        return case_of(shipment)


class ShipmentDetailSerializer(ShipmentSerializer):
    """A shipment with its lines, its parties and its latest screening."""

    lines = LineSerializer(many=True)
    parties = ShipmentPartySerializer(many=True)
    screening = serializers.SerializerMethodField()

    class Meta(ShipmentSerializer.Meta):
        fields = [*ShipmentSerializer.Meta.fields, "lines", "parties", "screening"]
        read_only_fields = fields

    @extend_schema_field(ScreeningSerializer)
    def get_screening(self, shipment: Shipment) -> dict[str, Any]:
        return screening_answer(shipment, shipment.latest_screening, self.context["discretion"])


class ShipmentAnswer(ShipmentDetailSerializer):
    """A shipment just stored, with what looks wrong about it. It is screened as soon as a worker is free."""

    warnings = serializers.SerializerMethodField()

    class Meta(ShipmentDetailSerializer.Meta):
        fields = [*ShipmentDetailSerializer.Meta.fields, "warnings"]
        read_only_fields = fields

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, shipment: Shipment) -> list[dict[str, str]]:
        return self.context["warnings"]
