"""Letters as they come out: what went out, when, by whom approved, and the hash of the PDF."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer
from screening.models import Letter


class LetterSerializer(ModelSerializer[Letter]):
    """A letter of the office, a letter of CBP on record, or a paper of the importer."""

    case = serializers.CharField(source="case.number")
    title = serializers.CharField(source="get_kind_display")
    detention = serializers.IntegerField(source="detention_id", allow_null=True)
    contents = serializers.SerializerMethodField()
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
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_contents(self, letter: Letter) -> Any:
        """Each content by its code; empty for a letter of CBP on record."""
        return letter.contents

    def get_approved_by(self, letter: Letter) -> str:
        """The person who approved it; empty where nobody had to."""
        return letter.approver_person.full_name if letter.approver_person else ""
