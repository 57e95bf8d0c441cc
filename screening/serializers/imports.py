"""Files of shipments, and what became of each row."""

from __future__ import annotations

from rest_framework import serializers

from config.api_fields import ModelSerializer
from entities.serializers.accounts import OrganizationSerializer
from screening.models import ImportBatch, ImportRow


class ImportSerializer(ModelSerializer[ImportBatch]):
    """One upload. ``rows_read = rows_stored + rows_rejected`` once it is done."""

    owner = OrganizationSerializer(source="organization")

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


class ImportRowSerializer(ModelSerializer[ImportRow]):
    """A row as it stood in the file, beside what became of it."""

    raw = serializers.ListField(child=serializers.CharField(allow_blank=True, allow_null=True))
    problems = RowProblemSerializer(many=True)
    shipment = serializers.IntegerField(source="shipment_id", allow_null=True)

    class Meta:
        model = ImportRow
        fields = ["id", "sheet", "number", "state", "shipment", "line_number", "problems", "raw"]
        read_only_fields = fields
