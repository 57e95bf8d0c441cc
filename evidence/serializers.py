"""Documents as they go in and come out."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer
from entities.serializers.accounts import OrganizationSerializer
from evidence.models import CaseExport, Document, Exhibit
from screening.models import Case, TaskItem


class ExhibitSerializer(ModelSerializer[Exhibit]):
    """The document's place in a case."""

    case = serializers.CharField(source="case.number")
    answers = serializers.IntegerField(source="task_item_id", allow_null=True, help_text="Item it was sent for")

    class Meta:
        model = Exhibit
        fields = ["case", "number", "answers", "added_at"]
        read_only_fields = fields


class DocumentSerializer(ModelSerializer[Document]):
    """A file as it was sent, and whether it could be read."""

    owner = OrganizationSerializer(source="organization")
    languages = serializers.DictField()
    exhibits = ExhibitSerializer(many=True)
    scanned_with = serializers.CharField(
        source="scanned_with.label", allow_null=True, default=None, help_text="List its text was looked through with"
    )
    list_is_outdated = serializers.BooleanField(
        help_text="Whether the list, or a name on it, changed since; the text is then being looked through again"
    )

    class Meta:
        model = Document
        fields = [
            "id",
            "owner",
            "file_name",
            "size",
            "sha256",
            "media_type",
            "state",
            "problem_code",
            "problem",
            "remedy",
            "languages",
            "needs_translation",
            "page_count",
            "scanned_with",
            "scanned_at",
            "list_is_outdated",
            "exhibits",
            "uploaded_at",
            "access",
            "virus_scanned_at",
            "virus",
        ]
        read_only_fields = fields


class PaperSerializer(serializers.Serializer[Any]):
    """A paper within a document: its type, its pages, what it says."""

    id = serializers.IntegerField()
    type = serializers.CharField(help_text="Code of the type; empty where it was not recognised")
    label = serializers.CharField(help_text="The type in words")  # type: ignore[assignment]
    pages = serializers.ListField(child=serializers.IntegerField(), help_text="First and last page")
    confidence = serializers.FloatField(help_text="How sure the machine is of the type, 0 to 1")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why this type")
    blank_form = serializers.BooleanField(help_text="A form nobody filled in: it counts as nothing")
    set_by = serializers.CharField(allow_null=True, help_text="Who set it; null where the machine proposes it")
    fields = serializers.DictField(help_text="By name: value, unit, text, page, box, cell, confidence")  # type: ignore[assignment]
    lines = serializers.ListField(child=serializers.DictField(), help_text="Lines of goods, each with fields by name")


class OriginalLinkSerializer(serializers.Serializer[Any]):
    """Where the original is fetched, and until when."""

    url = serializers.URLField()
    expires_at = serializers.DateTimeField()


class UploadInput(StrictSerializer):
    """A file for a case, as the answer to an item asked for or of one's own accord."""

    file = serializers.FileField(allow_empty_file=True, max_length=300)
    case = serializers.CharField(max_length=20, help_text="Number of the case")
    item = serializers.IntegerField(
        required=False,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Id of the item of a request for evidence that the file answers",
    )

    on_workers = serializers.BooleanField(
        default=False,
        help_text="It holds data on workers (rosters, identity papers, wages): only reviewers of the office open it",
    )
    replaces = serializers.IntegerField(
        required=False,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Id of the earlier document of the case that it is sent in place of",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        cases = Case.objects.visible_to(self.context["request"].user).select_related("importer")
        case = cases.filter(number=attrs["case"]).first()
        if case is None:
            raise _missing("case", f"There is no case {attrs['case']}.")
        attrs["case"] = case
        if attrs["item"] is not None:
            item = TaskItem.objects.filter(task__case=case, pk=attrs["item"]).select_related("task").first()
            if item is None:
                raise _missing("item", f"Case {case.number} asks for no item {attrs['item']}.")
            attrs["item"] = item
        if attrs["replaces"] is not None:
            rows = Document.objects.visible_to(self.context["request"].user).filter(exhibits__case=case)
            earlier = rows.filter(pk=attrs["replaces"]).first()
            if earlier is None:
                raise _missing("replaces", f"Case {case.number} holds no document {attrs['replaces']} of yours.")
            attrs["replaces"] = earlier
        return attrs


def _missing(name: str, detail: str) -> serializers.ValidationError:
    return serializers.ValidationError({name: serializers.ErrorDetail(detail, "does_not_exist")})


class CaseExportSerializer(ModelSerializer[CaseExport]):
    """An export of a case. ``file`` is null where it was written elsewhere and is not kept."""

    case = serializers.CharField(source="case.number")
    head = serializers.SerializerMethodField(help_text="Number and hash of the last event of the history it holds")
    file = serializers.SerializerMethodField()

    class Meta:
        model = CaseExport
        fields = ["id", "case", "made_at", "size", "sha256", "notes_left_out", "head", "file"]
        read_only_fields = fields

    def get_head(self, export: CaseExport) -> str:
        return f"{export.head_sequence}:{export.head_hash}"

    def get_file(self, export: CaseExport) -> str | None:
        return reverse("api-exports-file", args=[export.pk]) if export.file else None


class ExportAskedSerializer(StrictSerializer):
    """An export in line to be made."""

    case = serializers.CharField()
    job = serializers.IntegerField()
    state = serializers.CharField()


class ExportInput(StrictSerializer):
    """Which case to export."""

    case = serializers.SlugRelatedField(
        slug_field="number", queryset=Case.objects.all(), help_text="Number of the case."
    )
    with_notes = serializers.BooleanField(default=False, help_text="With the notes that the office wrote to itself.")
