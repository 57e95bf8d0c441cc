"""Shipments as they go in: the shipment, its lines, its parties, and the chain of suppliers behind them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from config.api_fields import (
    CountryField,
    EntryNumberField,
    PartySerializer,
    StrictSerializer,
    TariffCodeField,
    Text,
    Words,
    facts_from,
    warnings_of,
)
from entities import reference
from entities.domain.figures import DIGITS
from entities.domain.identifiers import container
from entities.models import Organization
from entities.serializers.owner import OwnedSerializer
from entities.serializers.suppliers import DELIVERY, DeliverySerializer, delivery_warnings
from screening.domain.doubts import doubts_about
from screening.domain.rules import SOURCE_ROLES
from screening.models import ShipmentParty
from screening.serializers.shipments import HEAD
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, DeclaredSupplier

MOST_LINES, MOST_PARTIES, MOST_SUPPLIERS = 2000, 5000, 2000
Fault = serializers.ErrorDetail


class LineInput(StrictSerializer):
    """An article of the shipment."""

    number = serializers.IntegerField(
        required=False, min_value=1, max_value=99_999, help_text="Left out: its place in the list"
    )
    description = Text(max_length=5000)
    hts_codes = serializers.ListField(
        child=TariffCodeField(), required=False, default=list, max_length=50, help_text="HTSUS or HS codes"
    )
    origin_country = CountryField()
    quantity = serializers.DecimalField(DIGITS, 4, required=False, allow_null=True, default=None, min_value=0)
    quantity_unit = Text(max_length=20)
    gross_weight_kg = serializers.DecimalField(DIGITS, 3, required=False, allow_null=True, default=None, min_value=0)
    value = serializers.DecimalField(DIGITS, 2, required=False, allow_null=True, default=None, min_value=0)
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False, allow_blank=True, default="")


class ShipmentPartyInput(PartySerializer):
    """A party and its part; on one line, or (``line`` left out) on the whole shipment."""

    ref = Text(max_length=60, help_text="A name of your own, by which suppliers in this request point to it")
    role = serializers.ChoiceField(ShipmentParty.Role.choices)
    line = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=99_999, help_text="Number of the line"
    )


class ChainSupplierInput(PartySerializer, DeliverySerializer):
    """A supplier further upstream, and whom it supplies with what."""

    ref = Words(max_length=60, help_text="A name of your own within this request")
    supplies = Words(max_length=60, help_text="The ref of a party, or of another supplier")


class ShipmentInput(OwnedSerializer):
    """A shipment to declare, with its chain as far as it is known."""

    reference = Text(max_length=120, help_text="Your own reference")
    entry_number = EntryNumberField(help_text="For example 551-3518786-6")
    bill_of_lading = Text(max_length=60)
    house_bill = Text(max_length=60)
    carrier = Text(max_length=120)
    vessel = Text(max_length=120)
    voyage = Text(max_length=60)
    port_of_lading = Text(max_length=120)
    port_of_unlading = Text(max_length=120)
    export_country = CountryField()
    containers = serializers.ListField(child=Words(max_length=20), required=False, default=list, max_length=500)
    arrives_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="Estimated arrival")
    imported_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Decides which state of the Entity List applies"
    )
    lines = LineInput(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    parties = ShipmentPartyInput(many=True, required=False, max_length=MOST_PARTIES)  # type: ignore[call-arg]
    suppliers = ChainSupplierInput(many=True, required=False, max_length=MOST_SUPPLIERS)  # type: ignore[call-arg]

    def owners(self) -> QuerySet[Organization]:
        """A shipment that is stored keeps its importer."""
        if stored := self.context.get("shipment"):
            return Organization.objects.filter(pk=stored.owner_id)
        return super().owners()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        for name in ("lines", "parties", "suppliers"):
            attrs.setdefault(name, [])
        if not attrs["lines"] and not attrs["parties"]:
            raise serializers.ValidationError("A shipment needs at least one line or one party.", "shipment_empty")
        for index, line in enumerate(attrs["lines"], 1):
            line.setdefault("number", index)
        faults: dict[str, Any] = {
            "lines": _lines_numbered_twice(attrs["lines"]),
            "parties": _party_faults(attrs["parties"], {line["number"] for line in attrs["lines"]}),
            "suppliers": _chain_faults(attrs["suppliers"], attrs["parties"]),
        }
        if any(faults.values()):
            raise serializers.ValidationError({name: found for name, found in faults.items() if found})
        return attrs


def _lines_numbered_twice(lines: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    times = Counter(line["number"] for line in lines)
    if len(times) == len(lines):
        return {}
    return {
        index: {"number": [Fault(f"Line {line['number']} stands here twice.", "number_twice")]}
        for index, line in enumerate(lines)
        if times[line["number"]] > 1
    }


def _party_faults(parties: list[dict[str, Any]], numbers: set[int]) -> dict[int, dict[str, Any]]:
    faults: dict[int, dict[str, Any]] = {}
    seen: set[str] = set()
    for index, party in enumerate(parties):
        if party["line"] is not None and party["line"] not in numbers:
            faults.setdefault(index, {})["line"] = [Fault(f"There is no line {party['line']}.", "unknown_line")]
        if party["ref"] and party["ref"] in seen:
            faults.setdefault(index, {})["ref"] = [Fault(f"{party['ref']} stands here twice.", "ref_twice")]
        seen.add(party["ref"])
    return faults


def _chain_faults(chain: list[dict[str, Any]], parties: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    faults: dict[int, dict[str, Any]] = {}
    roles = {party["ref"]: party["role"] for party in parties if party["ref"]}
    refs = Counter(one["ref"] for one in chain)
    for index, one in enumerate(chain):
        ref, target = one["ref"], one["supplies"]
        if refs[ref] > 1 or ref in roles:
            faults.setdefault(index, {})["ref"] = [Fault(f"{ref} stands here twice.", "ref_twice")]
        if target == ref:
            fault = Fault(f"{ref} cannot supply itself.", "supplies_itself")
        elif target not in roles and target not in refs:
            fault = Fault(f"{target} is no party or supplier of this request.", "unknown_ref")
        elif target in roles and roles[target] not in SOURCE_ROLES:
            fault = Fault(f"{target} is the {roles[target]}: the goods do not come from it.", "not_a_source")
        else:
            continue
        faults.setdefault(index, {})["supplies"] = [fault]
    return faults


def head_from(data: dict[str, Any]) -> dict[str, Any]:
    """The fields of the shipment itself in a validated request."""
    head = {name: data[name] for name in HEAD}
    return head | {"containers": [container(number).normalised for number in data["containers"]]}


def shipment_from(data: dict[str, Any]) -> DeclaredShipment:
    """The shipment in a validated request."""
    head = head_from(data)
    return DeclaredShipment(
        **(head | {"containers": tuple(head["containers"])}),
        lines=tuple(DeclaredLine(**{**line, "hts_codes": tuple(line["hts_codes"])}) for line in data["lines"]),
        parties=tuple(
            DeclaredRole(role=party["role"], facts=facts_from(party), line_number=party["line"], ref=party["ref"])
            for party in data["parties"]
        ),
    )


def chain_from(data: dict[str, Any]) -> tuple[DeclaredSupplier, ...]:
    """The chain in a validated request."""
    return tuple(
        DeclaredSupplier(
            ref=one["ref"],
            facts=facts_from(one),
            supplies=one["supplies"],
            **{name: one[name] for name in DELIVERY},
        )
        for one in data["suppliers"]
    )


def shipment_warnings(data: dict[str, Any]) -> list[dict[str, str]]:
    """What looks wrong though it is stored as sent: check digits, unknown codes, links that say too little."""
    links = [delivery_warnings(one, f"/suppliers/{index}") for index, one in enumerate(data["suppliers"])]
    return [*warnings_of(doubts_about(data, reference.codes())), *(one for found in links for one in found)]
