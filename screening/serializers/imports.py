"""Files of shipments, and what became of each row."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api import EXISTING
from config.api_fields import ModelSerializer, WarningSerializer
from config.problems import problem
from entities.models import Organization
from entities.serializers.accounts import OrganizationSerializer
from entities.serializers.owner import OwnedSerializer
from screening.models import ImportBatch, ImportRow, Shipment


class ImportOptions(OwnedSerializer):
    """How a body of shipments is taken; in the address, as the body is the shipments."""

    screen = serializers.BooleanField(
        required=False, default=True, help_text="False: the shipments are stored and not screened."
    )
    again = serializers.BooleanField(
        required=False, default=False, help_text="True: also where the same content came before."
    )

    def _owner(self, key: int | None, importer_number: str) -> Organization:
        """Of JSON each shipment may say whose it is; then the import is the sender's own."""
        is_said = key is not None or importer_number or not self.context["each_says"]
        own: Organization = self.context["request"].user.active_memberships[0].organization
        if is_said or own.kind == Organization.Kind.IMPORTER or len(self.owners()[:2]) == 1:
            return super()._owner(key, importer_number)
        return own


class ProgressSerializer(serializers.Serializer[Any]):
    """How far the work is, in the unit that ``note`` names."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)


class ImportSerializer(ModelSerializer[ImportBatch]):
    """One upload. ``rows_read = rows_stored + rows_rejected`` once it is done; a row of JSON is one shipment.

    ``state`` goes from ``reading`` (of tables, where a person may have to say what the columns hold: ``mapping``) over
    ``importing`` to ``done``, or to ``failed`` with the reason in ``error``.
    """

    owner = OrganizationSerializer(source="organization")
    progress = serializers.SerializerMethodField()
    made = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of a file of links: how many links, holdings and firms it made."
    )

    class Meta:
        model = ImportBatch
        fields = [
            "id",
            "owner",
            "kind",
            "form",
            "stores_only",
            "file_name",
            "sha256",
            "state",
            "progress",
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

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, batch: ImportBatch) -> dict[str, Any] | None:
        """Null once there is nothing more to do."""
        job = batch.job
        if job is None or not batch.is_at_work:
            return None
        return {"done": job.progress_done, "total": job.progress_total, "note": job.progress_note}


class RowProblemSerializer(serializers.Serializer[dict[str, str]]):
    """Something about a cell: what, why, and the remedy."""

    column = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)
    severity = serializers.CharField()
    code = serializers.CharField(default="", help_text="Of rows of JSON: the code in the catalogue of errors.")


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


class ResultErrorSerializer(serializers.Serializer[Any]):
    """Why a row is not stored. ``column``: of a table, its heading; of JSON, the pointer is into the shipment."""

    pointer = serializers.CharField(required=False)
    column = serializers.CharField(required=False)
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)
    existing = serializers.CharField(required=False, help_text="Of a duplicate: the address of the shipment stored.")


class ResultWarningSerializer(WarningSerializer):
    """What is to be known of a row that is stored."""

    pointer = serializers.CharField(required=False)
    column = serializers.CharField(required=False)


class ResultSerializer(serializers.Serializer[Any]):
    """What became of one row: one line of the results, in the order of the input."""

    index = serializers.IntegerField(help_text="Its place in the input, from 0.")
    status = serializers.ChoiceField(ImportRow.State.choices)
    row = serializers.IntegerField(help_text="Of a table the row as a spreadsheet counts; of JSON index + 1.")
    sheet = serializers.CharField(allow_blank=True)
    shipment = serializers.IntegerField(allow_null=True)
    entry_number = serializers.CharField(allow_blank=True)
    reference = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(Shipment.Outcome.choices, allow_null=True)
    errors = ResultErrorSerializer(many=True)  # type: ignore[assignment]
    warnings = ResultWarningSerializer(many=True)


RESULT = ("sheet", "number", "state", "shipment", "problems")
OF_SHIPMENT = ("shipment__entry_number", "shipment__reference", "shipment__outcome")


def result_of(index: int, row: tuple[Any, ...], *, is_json: bool) -> dict[str, Any]:
    """A row as a line of the results; ``row`` is of ``RESULT`` and ``OF_SHIPMENT``."""
    sheet, number, state, shipment, problems, entry_number, reference, outcome = row
    said = [_said(one, is_json=is_json) for one in problems]
    is_stored = state == ImportRow.State.STORED
    return {
        "index": index,
        "status": state,
        "row": number,
        "sheet": sheet,
        "shipment": shipment,
        "entry_number": entry_number or "",
        "reference": reference or "",
        "outcome": outcome,
        "errors": [] if is_stored else [{k: v for k, v in one.items() if k != "severity"} for one in said],
        "warnings": said if is_stored else [],
    }


def _said(one: dict[str, str], *, is_json: bool) -> dict[str, str]:
    code = one.get("code", "")
    return {
        "pointer" if is_json else "column": one["column"],
        "code": code,
        "severity": one["severity"],
        "detail": one["reason"],
        "remedy": one["remedy"] or (problem(code, 409).remedy if code else ""),
        **({"existing": reverse(EXISTING[code], args=[one["existing"]])} if one.get("existing") else {}),
    }
