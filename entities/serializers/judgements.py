"""Judgements as they come out, with how they stand today, and what a person sends to make or answer one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from config.api_fields import Moment, StrictSerializer, Text, Words
from entities.domain.facts import PARTY_FIELDS
from entities.models import Judgement, JudgementConfirmation, ListVersion
from entities.serializers.suppliers import DeclarationSerializer
from entities.services.judgements import JudgementState

Answer = JudgementConfirmation.Verdict
PARTY_EXAMPLE = {
    **dict.fromkeys(PARTY_FIELDS, ""),
    "name": "Example Lake Spinning Co., Ltd.",
    "city": "Shaoxing",
    "province": "Zhejiang",
    "country": "CN",
}
ENTITY_EXAMPLE = {"key": "examplelakespinningcoltd", "name": "Example Lake Spinning Co., Ltd."}
EXAMPLE = {
    "id": 17,
    "state": "awaits",
    "why": "Counts once a second person confirms it.",
    "verdict": "different",
    "machine_verdict": "match",
    "scope": "firm",
    "party": PARTY_EXAMPLE,
    "register": "UFLPA",
    "entity": ENTITY_EXAMPLE,
    "reason": "Another owner and another licence: the register of Shaoxing shows no tie to the listed firm.",
    "author": "A. Example",
    "made_at": "2026-05-04T12:00:00Z",
    "confirmation": None,
}
CONFIRMED_EXAMPLE = {
    **EXAMPLE,
    "state": "stands",
    "why": "",
    "confirmation": {"verdict": "confirmed", "reason": "", "author": "B. Example", "made_at": "2026-05-05T12:00:00Z"},
}


def party_words(party: Mapping[str, str]) -> dict[str, str]:
    """Every word of a party, empty where nothing was declared."""
    return {name: party.get(name, "") for name in PARTY_FIELDS}


class JudgedEntitySerializer(serializers.Serializer[Judgement]):
    """The listed entity a judgement speaks of, by the key it keeps across list versions."""

    key = serializers.CharField(source="entity_key", help_text="As /listed-entities/ gives it")
    name = serializers.CharField(source="entity_name", help_text="As it was when judged")


class ConfirmationSerializer(serializers.Serializer[JudgementConfirmation]):
    """What the second person said."""

    verdict = serializers.ChoiceField(Answer.choices)
    reason = serializers.CharField(allow_blank=True)
    author = serializers.CharField(source="confirmed_by.full_name")
    made_at = Moment(source="confirmed_at")


@extend_schema_serializer(
    examples=[OpenApiExample("A match that awaits a second person", EXAMPLE, response_only=True)]
)
class JudgementSerializer(serializers.Serializer[Any]):
    """Whether a declared party is a listed entity, as a person judged, and how that stands today."""

    id = serializers.IntegerField(source="judgement.pk")
    state = serializers.ChoiceField(Judgement.State.choices)
    why = serializers.CharField(allow_blank=True, help_text="Why it counts no more, or not yet; empty where it stands")
    verdict = serializers.ChoiceField(Judgement.Verdict.choices, source="judgement.verdict")
    machine_verdict = serializers.ChoiceField(
        Judgement.Machine.choices,
        source="judgement.machine_verdict",
        help_text="What it was judged against; a match is set aside by two persons only",
    )
    scope = serializers.ChoiceField(Judgement.Scope.choices, source="judgement.scope")
    party = serializers.SerializerMethodField()
    register = serializers.ChoiceField(ListVersion.Register.choices, source="judgement.register")
    entity = JudgedEntitySerializer(source="judgement")
    reason = serializers.CharField(source="judgement.reason")
    author = serializers.CharField(source="judgement.author.full_name")
    made_at = Moment(source="judgement.made_at")
    confirmation = ConfirmationSerializer(source="judgement.answer", allow_null=True)

    @extend_schema_field(DeclarationSerializer)
    def get_party(self, row: JudgementState) -> dict[str, str]:
        return party_words(row.judgement.party)


class JudgementInput(StrictSerializer):
    """Is it the same firm, how far that holds, and why. What the machine says is not sent: it is looked up."""

    verdict = serializers.ChoiceField(Judgement.Verdict.choices)
    scope = serializers.ChoiceField(Judgement.Scope.choices)
    reason = Words(allow_blank=True, max_length=2000, help_text="It stands on every finding the judgement settles")

    def validate_reason(self, reason: str) -> str:
        if not reason:
            raise serializers.ValidationError("A judgement needs a reason.", "reason_missing")
        return reason


class AnswerInput(StrictSerializer):
    """The second person's answer to a firm judged different."""

    verdict = serializers.ChoiceField(Answer.choices)
    reason = Text(max_length=2000, help_text="Needed to decline")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["verdict"] == Answer.DECLINED and not attrs["reason"]:
            fault = serializers.ErrorDetail("To decline needs a reason.", "reason_missing")
            raise serializers.ValidationError({"reason": [fault]})
        return attrs
