"""The pairs of a declared party and a listed entity that wait for a judgement, and what a judgement would move."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from entities.models import Judgement
from entities.serializers.judgements import ENTITY_EXAMPLE, PARTY_EXAMPLE, party_words
from entities.serializers.lists import ListedEntitySerializer
from entities.serializers.suppliers import DeclarationSerializer
from screening.models import Finding


def _moved(count: int, value: str, *addresses: str) -> dict[str, Any]:
    return {
        "findings": count,
        "shipments": count,
        "open_cases": 0,
        "values": [{"currency": "USD", "value": value}],
        "lines_without_value": 0,
        "addresses": addresses,
    }


EXAMPLE = {
    "finding": 4711,
    "party": {**PARTY_EXAMPLE, "address": "1 Example Road"},
    "entity": {"id": 12, "register": "UFLPA", **ENTITY_EXAMPLE},
    "machine_verdict": "match",
    "score": 0.97,
    "moves": {
        "firm": _moved(3, "350000.00", "1 Example Road", "2 Example Road"),
        "site": _moved(1, "100000.00", "1 Example Road"),
    },
}


class AmountSerializer(serializers.Serializer[Any]):
    """A declared value in one currency."""

    currency = serializers.CharField()
    value = serializers.DecimalField(max_digits=None, decimal_places=2)


class MovedSerializer(serializers.Serializer[Any]):
    """What a judgement settles: findings of the latest screenings, their shipments and open cases, and the value of
    the lines concerned."""

    findings = serializers.IntegerField()
    shipments = serializers.IntegerField()
    open_cases = serializers.IntegerField()
    values = serializers.SerializerMethodField()
    lines_without_value = serializers.IntegerField()
    addresses = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(AmountSerializer(many=True))
    def get_values(self, moved: Any) -> Any:
        rows = [{"currency": currency, "value": value} for currency, value in moved.values]
        return AmountSerializer(rows, many=True).data


class MovesSerializer(serializers.Serializer[Any]):
    """What a judgement settles by the scope it is given."""

    firm = MovedSerializer(help_text="This firm, whatever address is declared")
    site = MovedSerializer(help_text="This firm at this address only")


@extend_schema_serializer(examples=[OpenApiExample("A firm declared at two addresses", EXAMPLE, response_only=True)])
class MatchSerializer(serializers.Serializer[Finding]):
    """A declared firm that is, or may be, a listed entity, shown by the newest finding that says so and waits."""

    finding = serializers.IntegerField(source="pk", help_text="Id at /findings/; judge the pair there")
    party = serializers.SerializerMethodField()
    entity = ListedEntitySerializer(source="listing.entity")
    machine_verdict = serializers.SerializerMethodField()
    score = serializers.FloatField(allow_null=True)
    moves = serializers.SerializerMethodField()

    @extend_schema_field(DeclarationSerializer)
    def get_party(self, finding: Finding) -> dict[str, str]:
        return party_words(finding.declared)

    @extend_schema_field(serializers.ChoiceField(Judgement.Machine.choices))
    def get_machine_verdict(self, finding: Finding) -> str:
        """A match is set aside by two persons, a possible match by one."""
        is_match: bool = self.context["pairs"][finding.pk].is_match
        return (Judgement.Machine.MATCH if is_match else Judgement.Machine.POSSIBLE).value

    @extend_schema_field(MovesSerializer)
    def get_moves(self, finding: Finding) -> Any:
        return MovesSerializer({scope: moved[finding.pk] for scope, moved in self.context["moved"].items()}).data
