"""Parties to be screened at once, and the verdicts on them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.api_fields import PartySerializer, StrictSerializer, Text
from entities.domain.parties import PartyScreening
from entities.models import Listing
from entities.serializers.lists import ListVersionNameSerializer

MOST_PARTIES = 100


class ScreenedPartyInput(PartySerializer):
    """A party to screen; ``id`` is the caller's own and comes back with the verdict."""

    id = Text(max_length=100)


class PartyScreeningInput(StrictSerializer):
    """One party, or up to a hundred, against the list in force on a day."""

    on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Date of importation. Left out: today."
    )
    parties = ScreenedPartyInput(many=True, allow_empty=False, max_length=MOST_PARTIES)  # type: ignore[call-arg]


class ReasonSerializer(serializers.Serializer[Any]):
    """Why: the field, the words in it, the rule they fall under, and a sentence."""

    field = serializers.CharField()
    token = serializers.CharField(allow_blank=True)
    rule = serializers.CharField()
    text = serializers.CharField()


class ListedAnswerSerializer(serializers.Serializer[Any]):
    """The listed entity that fits best."""

    verdict = serializers.ChoiceField([("match", "is it"), ("possible", "may be it"), ("none", "none fits")])
    entity = serializers.IntegerField(allow_null=True, help_text="Id at /listed-entities/")
    name = serializers.CharField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    matched_field = serializers.CharField(allow_null=True)
    matched_text = serializers.CharField(allow_null=True)
    section = serializers.CharField(allow_null=True)
    citation = serializers.CharField(allow_null=True)
    first_effective_on = serializers.DateField(allow_null=True)


class AffiliationSerializer(serializers.Serializer[Any]):
    """A listed entity the party seems to belong to without being it (LISTED_AFFILIATE): a question for a person."""

    entity = serializers.IntegerField(allow_null=True, help_text="Id at /listed-entities/")
    name = serializers.CharField(allow_null=True)
    how = serializers.ChoiceField(
        [
            ("name", "its name contains the listed one"),
            ("stated", "its name states the tie"),
            ("address", "its address names the entity"),
        ]
    )
    matched_field = serializers.CharField()
    matched_text = serializers.CharField()


class RegionAnswerSerializer(serializers.Serializer[Any]):
    """Whether the party is in Xinjiang, and which word says so."""

    verdict = serializers.ChoiceField(
        [("in_xinjiang", "it is"), ("possible", "something speaks for it"), ("none", "nothing speaks for it")]
    )
    place_code = serializers.CharField(allow_null=True)
    place_name = serializers.CharField(allow_null=True)


class PartyVerdictSerializer(serializers.Serializer[Any]):
    """What the engine says of one party."""

    id = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    listed = ListedAnswerSerializer()
    affiliations = AffiliationSerializer(many=True)
    region = RegionAnswerSerializer()
    reasons = ReasonSerializer(many=True)


class PartyScreeningSerializer(serializers.Serializer[Any]):
    """Verdicts in the order of the request. Nothing is stored."""

    on = serializers.DateField()
    list_version = ListVersionNameSerializer()
    engine_version = serializers.CharField()
    thresholds = serializers.IntegerField(
        allow_null=True, help_text="Id at /thresholds/ of the office's set in use; null: as shipped"
    )
    results = PartyVerdictSerializer(many=True)


def listed_answer(verdict: PartyScreening, rows: dict[str, Listing]) -> dict[str, Any]:
    """The best match with the row it rests on."""
    best = verdict.matches[0] if verdict.matches else None
    row = rows.get(best.key) if best else None
    return {
        "verdict": verdict.listed_verdict,
        "entity": row.entity_id if row else None,
        "name": row.name if row else None,
        "score": round(best.score, 4) if best else None,
        "matched_field": best.field if best else None,
        "matched_text": best.matched_text if best else None,
        "section": row.section if row else None,
        "citation": row.citation if row else None,
        "first_effective_on": row.first_effective_on if row else None,
    }


def affiliation_answers(verdict: PartyScreening, rows: dict[str, Listing]) -> list[dict[str, Any]]:
    """Each listed entity the party seems to belong to, and what says so."""
    return [
        {
            "entity": row.entity_id if (row := rows.get(kin.key)) else None,
            "name": row.name if row else None,
            "how": kin.how,
            "matched_field": kin.field,
            "matched_text": kin.matched_text,
        }
        for kin in verdict.affiliations
    ]


def region_answer(verdict: PartyScreening) -> dict[str, Any]:
    """The strongest sign of a place."""
    best = verdict.signals[0] if verdict.signals else None
    return {
        "verdict": verdict.region_verdict,
        "place_code": best.place_code if best else None,
        "place_name": best.place_name if best else None,
    }
