"""Identifiers to look at before filing, and what is said of them."""

from __future__ import annotations

from typing import Any, get_args

from rest_framework import serializers

from config.api_fields import CountryField, RemarkSerializer, StrictSerializer, Text, warning
from entities.domain.facts import PartyFacts
from entities.domain.identifiers import Examined, Kind, Whose
from entities.domain.identifiers.examining import MANUFACTURER

MOST_CHECKS = 1000
_WORDS: dict[Kind, str] = {
    "entry_number": "filer code, number and check digit (19 CFR 142.3a)",
    "importer_number": "CBP importer number",
    "mid": "manufacturer code, laid beside name, address and city of the context",
    "container": "container (ISO 6346)",
    "tariff_code": "HTSUS number, or its first 4, 6 or 8 digits",
    "port": "US port (Schedule D)",
    "foreign_port": "foreign port (Schedule K)",
    "scac": "carrier code",
    "bill_of_lading": "bill of lading with its carrier code",
    "in_bond_number": "in-bond number",
    "protest_number": "protest number",
    "uscc": "unified social credit code (GB 32100)",
    "postal_code": "Chinese postal code, as ACE asks of a manufacturer",
    "gln": "location number (GS1)",
    "lei": "legal entity identifier (ISO 17442)",
}
KINDS = [(kind, _WORDS[kind]) for kind in get_args(Kind)]


class WhoseInput(StrictSerializer):
    """The firm an identifier belongs to, as far as it is known."""

    role = serializers.ChoiceField(
        [(MANUFACTURER, "it made the goods"), ("other", "any other part")],
        required=False,
        default=MANUFACTURER,
        help_text="ACE asks a postal code of manufacturers.",
    )
    name = Text(max_length=300, help_text="In Latin letters")
    address = Text(max_length=600, help_text="The street line")
    city = Text(max_length=120)
    province = Text(max_length=120, help_text="Of firms in Canada, whose codes begin with it")
    country = CountryField()


class IdentifierInput(StrictSerializer):
    """An identifier to look at; ``id`` is the caller's own and comes back with the answer."""

    id = Text(max_length=100)
    kind = serializers.ChoiceField(KINDS)
    value = Text(max_length=100, help_text="Empty for mid and postal_code: what would be right, or is missing")
    context = WhoseInput(required=False, help_text="For mid and postal_code")  # type: ignore[assignment]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not attrs["value"].strip() and attrs["kind"] not in {"mid", "postal_code"}:
            raise serializers.ValidationError(
                {"value": serializers.ErrorDetail(f"There is no {attrs['kind']} to look at.", "nothing_to_check")}
            )
        return attrs

    @staticmethod
    def whose(checked: dict[str, Any]) -> Whose:
        """Whose identifier it is, of a validated request."""
        context = dict(checked.get("context") or {"role": ""})
        role = context.pop("role")
        return Whose(PartyFacts(**context), role)


class IdentifierChecksInput(StrictSerializer):
    """Identifiers to look at."""

    checks = IdentifierInput(many=True, allow_empty=False, max_length=MOST_CHECKS)  # type: ignore[call-arg]


class IdentifierAnswerSerializer(serializers.Serializer[Any]):
    """What is said of an identifier."""

    id = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(KINDS)
    value = serializers.CharField(allow_blank=True, help_text="As it was sent")
    valid = serializers.BooleanField(help_text="Form and check digit are right; messages may still ask about it")
    normalised = serializers.CharField(allow_blank=True, help_text="The form to store and compare")
    expected = serializers.CharField(allow_null=True, help_text="The check digit that fits, where another is there")
    proposed = serializers.CharField(
        allow_null=True, help_text="The manufacturer code that goes with country, name, address and city"
    )
    stands_for = serializers.CharField(allow_null=True, help_text="Goods, port or carrier of the code, where known")
    messages = RemarkSerializer(many=True)


class IdentifierChecksSerializer(serializers.Serializer[Any]):
    """An answer for each identifier, in the order of the request. Nothing is stored."""

    results = IdentifierAnswerSerializer(many=True)


def identifier_answer(sent: dict[str, Any], examined: Examined) -> dict[str, Any]:
    """What was said of one identifier."""
    return {
        "id": sent["id"],
        "kind": sent["kind"],
        "value": sent["value"],
        "valid": examined.valid,
        "normalised": examined.normalised,
        "expected": examined.expected,
        "proposed": examined.proposed or None,
        "stands_for": examined.stands_for or None,
        "messages": [warning("", one.code, one.detail, one.severity) for one in examined.remarks],
    }
