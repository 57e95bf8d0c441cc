"""Lots of a shipment as they go in and come out: steps of production, and EPCIS documents with what became of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer, Text, WarningSerializer, Words, warning
from entities.domain.figures import DIGITS
from entities.models import Organization, Supplier
from entities.serializers.accounts import OrganizationSerializer
from entities.serializers.suppliers import SupplierNameSerializer
from screening.domain.lots import Lot, faults, same_lot
from screening.lots_page import OUTCOMES, questions_in
from screening.models import LotDocument, LotTrace, Shipment, TracedLot
from screening.services.epcis import ties_of
from screening.services.traces import declarers

MOST_LOTS = 1000
KEY: Any = {"min_value": 1, "max_value": 2**63 - 1}


class LotSerializer(ModelSerializer[TracedLot]):
    """A lot of a step."""

    line = serializers.IntegerField(source="line_number", allow_null=True, help_text="The line of the shipment it is")
    supplier = serializers.IntegerField(
        source="supplier_id", allow_null=True, help_text="Id at /suppliers/ of who delivered it"
    )

    class Meta:
        model = TracedLot
        fields = ["lot", "goods", "hts_prefix", "quantity", "unit", "supplier", "line"]
        read_only_fields = fields


class LotTraceSerializer(ModelSerializer[LotTrace]):
    """A step of production claimed for a shipment."""

    maker = SupplierNameSerializer()
    inputs = serializers.SerializerMethodField()
    outputs = serializers.SerializerMethodField()
    document = serializers.IntegerField(
        source="document_id", allow_null=True, help_text="Id at lot-documents/ where it was read from one"
    )
    declared_by = OrganizationSerializer()

    class Meta:
        model = LotTrace
        fields = [
            "id",
            "maker",
            "made_on",
            "process",
            "paper",
            "inputs",
            "outputs",
            "event_id",
            "document",
            "declared_by",
            "withdrawn_at",
            "withdrawal_reason",
            "created_at",
        ]
        read_only_fields = fields

    @extend_schema_field(LotSerializer(many=True))
    def get_inputs(self, trace: LotTrace) -> Any:
        return self._side(trace, TracedLot.Direction.INPUT)

    @extend_schema_field(LotSerializer(many=True))
    def get_outputs(self, trace: LotTrace) -> Any:
        return self._side(trace, TracedLot.Direction.OUTPUT)

    def _side(self, trace: LotTrace, direction: str) -> Any:
        return LotSerializer([lot for lot in trace.lots.all() if lot.direction == direction], many=True).data


class LotTraceAnswer(LotTraceSerializer):
    """A step just claimed, with what its lots leave open among the steps of the shipment."""

    warnings = serializers.SerializerMethodField()

    class Meta(LotTraceSerializer.Meta):
        fields = [*LotTraceSerializer.Meta.fields, "warnings"]
        read_only_fields = fields

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, trace: LotTrace) -> list[dict[str, str]]:
        places: dict[str, str] = {}
        for side in (TracedLot.Direction.INPUT, TracedLot.Direction.OUTPUT):
            lots = [lot for lot in trace.lots.all() if lot.direction == side]
            places |= {same_lot(lot.lot): f"/{side}s/{index}" for index, lot in enumerate(lots)}
        found = questions_in(trace.shipment, self.context["standing"])
        return [
            warning(places[same_lot(one.lot)], one.code, one.sentence) for one in found if same_lot(one.lot) in places
        ]


class LotInput(StrictSerializer):
    """A lot by its number, with goods and quantity where they are known."""

    lot = Text(max_length=200, help_text="Lot or batch number, or the item's identifier")
    goods = Text(max_length=200)
    hts_prefix = serializers.RegexField(
        r"^[0-9]{2,10}\Z", required=False, allow_blank=True, default="", help_text="First digits of the tariff number"
    )
    quantity = serializers.DecimalField(DIGITS, 4, required=False, allow_null=True, default=None)
    unit = Text(max_length=20, help_text="For example kg")


class InputLotInput(LotInput):
    """A lot that went in."""

    supplier = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="Id of who delivered it", **KEY
    )


class OutputLotInput(LotInput):
    """A lot that came out."""

    line = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=99_999,
        help_text="The line of the shipment it is, where it is the article itself",
    )  # fmt: skip


class _SaidInput(StrictSerializer):
    """Something said of a shipment's lots. The context holds ``shipment``."""

    declared_by = serializers.IntegerField(
        required=False, allow_null=True, default=None,
        help_text="Id of the office, where it speaks in its own name; left out: the importer of the shipment", **KEY,
    )  # fmt: skip

    def validate_declared_by(self, key: int | None) -> Organization:
        shipment: Shipment = self.context["shipment"]
        if key is None:
            return shipment.owner
        for organization in declarers(shipment, self.context["request"].user):
            if organization.pk == key:
                return organization
        raise serializers.ValidationError(f"You do not speak for organisation {key} here.", "unknown_owner")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        attrs["declared_by"] = attrs["declared_by"] or self.context["shipment"].owner
        return attrs

    def supplier(self, key: int) -> Supplier | None:
        return Supplier.objects.visible_to(self.context["request"].user).filter(pk=key).first()


def _missing(key: int) -> list[serializers.ErrorDetail]:
    return [serializers.ErrorDetail(f"There is no supplier {key}.", "does_not_exist")]


class LotTraceInput(_SaidInput):
    """A step of production to claim: the maker turned the input lots into the output lots."""

    maker = serializers.IntegerField(help_text="Id of the supplier that made it", **KEY)
    made_on = serializers.DateField(required=False, allow_null=True, default=None)
    process = Text(max_length=120, help_text="A stage of the chain where it is one, for example spinner")
    paper = Text(max_length=300, help_text="The document that shows it, with page")
    inputs = InputLotInput(many=True, required=False, max_length=MOST_LOTS)  # type: ignore[call-arg]
    outputs = OutputLotInput(many=True, max_length=MOST_LOTS)  # type: ignore[call-arg]

    def validate_maker(self, key: int) -> Supplier:
        found = self.supplier(key)
        if found is None:
            raise serializers.ValidationError(f"There is no supplier {key}.", "does_not_exist")
        return found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        attrs.setdefault("inputs", [])
        wrong: dict[str, Any] = {}
        for index, lot in enumerate(attrs["inputs"]):
            if lot["supplier"] is not None and self.supplier(lot["supplier"]) is None:
                wrong.setdefault("inputs", {}).setdefault(index, {})["supplier"] = _missing(lot["supplier"])
        sides = {side: [_lot(one) for one in attrs[side]] for side in ("inputs", "outputs")}
        lines = set(self.context["shipment"].lines.values_list("number", flat=True))
        for fault in faults(sides["inputs"], sides["outputs"], lines):
            detail = serializers.ErrorDetail(fault.sentence, fault.code)
            if fault.index is None:
                wrong[fault.side] = [detail]
            else:
                wrong.setdefault(fault.side, {}).setdefault(fault.index, {})[fault.field] = [detail]
        if wrong:
            raise serializers.ValidationError(wrong)
        return {**attrs, **sides}


class PartyTieInput(StrictSerializer):
    """Which supplier a place or party of the document is."""

    identifier = Words(max_length=500, help_text="As the document writes it, or its GLN")
    supplier = serializers.IntegerField(help_text="Id at /suppliers/", **KEY)


@extend_schema_field({"type": ["object", "array"]})
class EventsField(serializers.JSONField):
    """JSON that can be an EPCIS document: an object, or a list of events."""


class LotDocumentInput(_SaidInput):
    """An EPCIS 2.0 document for a shipment."""

    document = EventsField(help_text="The EPCISDocument, EPCISQueryDocument or event itself")
    name = Text(max_length=300, help_text="Your name for it")
    line = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=99_999,
        help_text="The line of the shipment that the lots of the last step are",
    )  # fmt: skip
    parties = PartyTieInput(many=True, required=False, max_length=MOST_LOTS)  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        wrong: dict[Any, Any] = {}
        ties: dict[str, Supplier] = {}
        for index, one in enumerate(attrs.pop("parties", [])):
            supplier = self.supplier(one["supplier"])
            if supplier is None:
                wrong[index] = {"supplier": _missing(one["supplier"])}
            else:
                ties[one["identifier"]] = supplier
        if wrong:
            raise serializers.ValidationError({"parties": wrong})
        return {**attrs, "ties": ties}


class ToldEventSerializer(serializers.Serializer[Any]):
    """An event of a document, and what became of it."""

    index = serializers.IntegerField()
    pointer = serializers.CharField(help_text="JSON pointer into the document")
    id = serializers.CharField(help_text="Its eventID, or a digest of what it says")
    type = serializers.CharField(source="kind")
    became = serializers.ChoiceField(list(OUTCOMES.items()), source="outcome")
    sentence = serializers.CharField()


class LotRemarkSerializer(serializers.Serializer[Any]):
    """A part of a document that was not understood, or was kept without being used."""

    event = serializers.IntegerField(allow_null=True)
    pointer = serializers.CharField(allow_blank=True, help_text="JSON pointer into the document")
    what = serializers.CharField()
    why = serializers.CharField()
    is_problem = serializers.BooleanField(help_text="False: understood well enough to be left aside")
    code = serializers.CharField(allow_blank=True, help_text="untied: a place or party tied to no supplier yet")


class PartyTieSerializer(serializers.Serializer[Any]):
    """A place or party the events name, and the supplier it is tied to."""

    identifier = serializers.CharField()
    supplier = SupplierNameSerializer(allow_null=True, help_text="Null: tied to nobody, its events are not stored")


class LotDocumentNameSerializer(ModelSerializer[LotDocument]):
    """An EPCIS document in a list."""

    declared_by = OrganizationSerializer()
    line = serializers.IntegerField(source="line_number", allow_null=True)

    class Meta:
        model = LotDocument
        fields = ["id", "name", "size", "sha256", "line", "declared_by", "created_at"]
        read_only_fields = fields


class LotDocumentSerializer(LotDocumentNameSerializer):
    """An EPCIS document with what became of each event, what was not understood, and who is who in it."""

    parties = serializers.SerializerMethodField()
    events = ToldEventSerializer(many=True)
    remarks = LotRemarkSerializer(many=True)

    class Meta(LotDocumentNameSerializer.Meta):
        fields = [*LotDocumentNameSerializer.Meta.fields, "parties", "events", "remarks"]
        read_only_fields = fields

    @extend_schema_field(PartyTieSerializer(many=True))
    def get_parties(self, document: LotDocument) -> Any:
        known = ties_of(document.declared_by, document.identifiers)
        rows = [{"identifier": one, "supplier": known.get(one)} for one in document.identifiers]
        return PartyTieSerializer(rows, many=True).data


def _lot(given: dict[str, Any]) -> Lot:
    return Lot(
        given["lot"],
        given["goods"],
        given["hts_prefix"],
        given["quantity"],
        given["unit"],
        given.get("supplier"),
        given.get("line"),
    )
