"""Letters as they come out: what went out, when, by whom approved, the hash of the PDF, and what it is in law."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer, Text, Words
from screening.domain.law.states import Kind
from screening.domain.letters.catalogue import KINDS
from screening.models import Detention, Letter, NoEvent
from screening.serializers.cases import LegalEventSerializer
from screening.services import letters

EVENTS = [(one, Kind(one).label) for one in dict.fromkeys(one for about in KINDS.values() for one in about.events)]


class InLawSerializer(LegalEventSerializer):
    """An event on record from a letter, and of which detention."""

    detention = serializers.IntegerField(source="detention_id")

    class Meta(LegalEventSerializer.Meta):
        fields = ["detention", *LegalEventSerializer.Meta.fields]
        read_only_fields = fields


class NoEventSerializer(ModelSerializer[NoEvent]):
    """That a letter does nothing to the goods: by whom this was found, and why."""

    by = serializers.CharField(source="author.full_name")

    class Meta:
        model = NoEvent
        fields = ["reason", "by", "made_at"]
        read_only_fields = fields


class LetterSerializer(ModelSerializer[Letter]):
    """A letter of the office, a letter of CBP on record, or a paper of the importer."""

    case = serializers.CharField(source="case.number")
    title = serializers.CharField(source="get_kind_display")
    detention = serializers.IntegerField(source="detention_id", allow_null=True)
    contents = serializers.SerializerMethodField()
    may_be = serializers.SerializerMethodField()
    in_law = serializers.SerializerMethodField()
    no_event = NoEventSerializer(allow_null=True, help_text="Where a person said that it does nothing to the goods")
    approved_by = serializers.SerializerMethodField()

    class Meta:
        model = Letter
        fields = [
            "number",
            "kind",
            "title",
            "origin",
            "case",
            "detention",
            "dated",
            "received_number",
            "contents",
            "approved_by",
            "file_sha256",
            "document_sha256",
            "head_sequence",
            "head_hash",
            "issued_at",
            "may_be",
            "in_law",
            "no_event",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_contents(self, letter: Letter) -> Any:
        """Each content by its code; empty for a letter of CBP on record."""
        return letter.contents

    def get_approved_by(self, letter: Letter) -> str:
        """The person who approved it; empty where nobody had to."""
        return letter.approver_person.full_name if letter.approver_person else ""

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(EVENTS)))
    def get_may_be(self, letter: Letter) -> list[str]:
        """The events in law that a letter of CBP can be; empty where it can be none."""
        return list(letters.may_be(letter))

    @extend_schema_field(InLawSerializer(many=True))
    def get_in_law(self, letter: Letter) -> Any:
        """The events on record from this letter."""
        return InLawSerializer(self.context["on_record"][letter.number], many=True).data


class InLawInput(StrictSerializer):
    """What a letter of CBP did to the goods, and the day it counts from."""

    detention = serializers.PrimaryKeyRelatedField(queryset=Detention.objects.none(), help_text="One of the case.")
    kind = serializers.ChoiceField(EVENTS, help_text="One of `may_be`.")
    on = serializers.DateField(help_text="US Eastern time. The letter's own date, or the day that it names.")
    lines = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        default=list,
        max_length=1000,
        help_text="Entry lines the letter names; none: all of the detention.",
    )
    reason = Text(
        max_length=4000, help_text="As the letter gives it. Needed where it goes against an earlier determination."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if letter := self.context.get("letter"):
            self.fields["detention"].queryset = Detention.objects.filter(case=letter.case_id)  # type: ignore[attr-defined]

    def validate_kind(self, kind: str) -> Kind:
        return Kind(kind)


class NoEventInput(StrictSerializer):
    """Why a letter of CBP does nothing to the goods."""

    reason = Words(max_length=4000, help_text="The importer reads it too.")
