"""Files of shipments, and what became of each row."""

from __future__ import annotations

from rest_framework import serializers

from config.api_fields import ModelSerializer
from entities.serializers.accounts import OrganizationSerializer
from screening.models import ImportBatch, ImportRow


class ImportSerializer(ModelSerializer[ImportBatch]):
    """One upload. ``rows_read = rows_stored + rows_rejected`` once it is done."""

    owner = OrganizationSerializer(source="organization")
    made = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of a file of links: how many links, holdings and firms it made."
    )

    class Meta:
        model = ImportBatch
        fields = [
            "id",
            "owner",
            "kind",
            "file_name",
            "sha256",
            "state",
            "rows_read",
            "rows_stored",
            "rows_rejected",
            "is_public",
            "made",
            "error",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields


class RowProblemSerializer(serializers.Serializer[dict[str, str]]):
    """Something about a cell: what, why, and the remedy."""

    column = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)
    severity = serializers.CharField()


class MadeSerializer(serializers.Serializer[dict[str, object]]):
    """What a row of a file of links states: a link, a holding or a firm, by its id."""

    kind = serializers.ChoiceField(["link", "ownership", "firm"])
    key = serializers.IntegerField()
    is_new = serializers.BooleanField(required=False, help_text="False where it was stated before.")


class ImportRowSerializer(ModelSerializer[ImportRow]):
    """A row as it stood in the file, beside what became of it."""

    raw = serializers.ListField(child=serializers.CharField(allow_blank=True, allow_null=True))
    problems = RowProblemSerializer(many=True)
    shipment = serializers.IntegerField(source="shipment_id", allow_null=True)
    made = MadeSerializer(many=True)

    class Meta:
        model = ImportRow
        fields = ["id", "sheet", "number", "state", "shipment", "line_number", "made", "problems", "raw"]
        read_only_fields = fields
