"""Papers, what they say, their versions and translations, searches in them and packets, as the API gives and takes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer, Text, Words
from evidence.models import Document, KeptSearch, Packet, Paper, PaperField, Translation
from evidence.papers_shown import type_label

MOST_PAGES = 100_000


class PaperFieldSerializer(ModelSerializer[PaperField]):
    """One thing a paper says, with its place. ``replaces``: the field it corrects; ``stands``: it counts now."""

    page = serializers.IntegerField(source="page_number")
    set_by = serializers.SerializerMethodField(help_text="Who says so; null where a machine read it")
    replaces = serializers.IntegerField(source="replaces_id", allow_null=True)
    stands = serializers.SerializerMethodField()
    box = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Left, top, right, bottom, as shares of the page"
    )

    class Meta:
        model = PaperField
        fields = [
            "id",
            "name",
            "line",
            "value",
            "unit",
            "text",
            "page",
            "box",
            "cell",
            "confidence",
            "set_by",
            "reason",
            "created_at",
            "replaces",
            "stands",
        ]
        read_only_fields = fields

    def get_set_by(self, row: PaperField) -> str | None:
        return row.author.full_name if row.author else None

    def get_stands(self, row: PaperField) -> bool:
        is_struck = row.author_id is not None and not row.value
        return not is_struck and not hasattr(row, "replaced_by")


class PaperRecordSerializer(ModelSerializer[Paper]):
    """A paper with everything that was ever said of it: read by machine, and corrected by people."""

    document = serializers.IntegerField(source="document_id")
    label = serializers.SerializerMethodField(help_text="The type in words")  # type: ignore[assignment]
    set_by = serializers.SerializerMethodField(help_text="Who set it; null where the machine proposes it")
    said = PaperFieldSerializer(source="fields", many=True)

    class Meta:
        model = Paper
        fields = [
            "id",
            "document",
            "type",
            "label",
            "first_page",
            "last_page",
            "confidence",
            "is_blank_form",
            "set_by",
            "reason",
            "created_at",
            "superseded_at",
            "said",
        ]
        read_only_fields = fields

    def get_label(self, row: Paper) -> str:
        return type_label(row.type)

    def get_set_by(self, row: Paper) -> str | None:
        return row.author.full_name if row.author else None


class PaperInput(StrictSerializer):
    """Which pages of a file are one paper, and of which type."""

    first_page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES)
    last_page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES)
    type = Text(max_length=40, help_text="Code of the type; empty where it is no paper of trade")
    blank_form = serializers.BooleanField(default=False, help_text="A form nobody filled in")
    reason = Words(max_length=2000)


class CorrectionInput(StrictSerializer):
    """What stands on a paper, said by a person."""

    corrects = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Id of the field that is wrong; left out where nothing was read",
    )
    name = Text(max_length=40, help_text="Name of the field, where nothing is corrected")
    line = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=MOST_PAGES, help_text="Line of goods"
    )
    value = Text(max_length=500, help_text="Empty: it does not stand there")
    unit = Text(max_length=40)
    page = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=MOST_PAGES)
    reason = Words(max_length=2000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        key = attrs["corrects"]
        if key is not None:
            attrs["corrects"] = PaperField.objects.filter(paper=self.context["paper"], pk=key).first()
            if attrs["corrects"] is None:
                detail = serializers.ErrorDetail(f"The paper has no field {key}.", "does_not_exist")
                raise serializers.ValidationError({"corrects": detail})
        return attrs


class DifferenceSerializer(serializers.Serializer[Any]):
    """A field that differs between two versions; null where one says nothing."""

    name = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    before = serializers.CharField(source="before.value", allow_null=True, default=None)
    before_page = serializers.IntegerField(source="before.place.page", allow_null=True, default=None)
    after = serializers.CharField(source="after.value", allow_null=True, default=None)
    after_page = serializers.IntegerField(source="after.place.page", allow_null=True, default=None)
    is_material = serializers.BooleanField()


class VersionsSerializer(serializers.Serializer[Any]):
    """Which file this one replaces, what it changes, and which files replace it."""

    replaces = serializers.IntegerField(allow_null=True)
    kind = serializers.CharField(
        allow_null=True, help_text="same, better_copy, corrected_field, material_change or new_paper"
    )
    differences = DifferenceSerializer(many=True)
    replaced_by = serializers.ListField(child=serializers.IntegerField())


class ReplacesInput(StrictSerializer):
    """The file that is replaced; null takes back that one is."""

    replaces = serializers.PrimaryKeyRelatedField(queryset=Document.objects.none(), allow_null=True)
    reason = Text(max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if request := self.context.get("request"):
            self.fields["replaces"].queryset = Document.objects.visible_to(request.user)  # type: ignore[attr-defined]


class HitSerializer(serializers.Serializer[Any]):
    before = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    after = serializers.CharField(allow_blank=True)


class FoundPageSerializer(serializers.Serializer[Any]):
    exhibit = serializers.IntegerField(source="exhibit.number")
    document = serializers.IntegerField(source="exhibit.document_id")
    page = serializers.IntegerField(source="number")
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    count = serializers.IntegerField(help_text="May be more than the hits given")
    hits = HitSerializer(many=True)


@extend_schema_serializer(many=False)
class FoundSerializer(serializers.Serializer[Any]):
    """What a search brought. That nothing was found says nothing of what could not be read."""

    words = serializers.CharField()
    searched = serializers.IntegerField(help_text="Pages looked through")
    unread = serializers.IntegerField(help_text="Pages without text a machine could read")
    is_cut = serializers.BooleanField(help_text="More pages say it than are given")
    pages = FoundPageSerializer(many=True)


class KeptSearchSerializer(ModelSerializer[KeptSearch]):
    """The receipt of a search: what was looked for, in which papers, and on which pages it stands."""

    author = serializers.CharField(source="author.full_name")
    searched = serializers.ListField(child=serializers.DictField())
    found = serializers.ListField(child=serializers.DictField())

    class Meta:
        model = KeptSearch
        fields = ["id", "words", "why", "step", "searched", "found", "author", "created_at"]
        read_only_fields = fields


class KeptSearchInput(StrictSerializer):
    words = Words(max_length=200)
    why = Words(max_length=400, help_text="What it is to show")
    step = Text(max_length=80, help_text="Key of the step it is about")


class TranslationSerializer(ModelSerializer[Translation]):
    """Pages that a person says are the English of other pages."""

    exhibit = serializers.SerializerMethodField()
    translation_exhibit = serializers.SerializerMethodField()
    translation_first_page = serializers.IntegerField(source="document_first_page")
    translation_last_page = serializers.IntegerField(source="document_last_page")
    author = serializers.CharField(source="author.full_name")

    class Meta:
        model = Translation
        fields = [
            "id",
            "exhibit",
            "first_page",
            "last_page",
            "translation_exhibit",
            "translation_first_page",
            "translation_last_page",
            "translator",
            "author",
            "created_at",
        ]
        read_only_fields = fields

    def get_exhibit(self, row: Translation) -> int | None:
        return self._number(row.original_id)

    def get_translation_exhibit(self, row: Translation) -> int | None:
        return self._number(row.document_id)

    def _number(self, document: int) -> int | None:
        number: int | None = self.context["numbers"].get(document)
        return number


class TranslationInput(StrictSerializer):
    """Pages of an exhibit, and where their English stands."""

    exhibit = serializers.IntegerField(min_value=1, max_value=MOST_PAGES)
    first_page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES)
    last_page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES)
    translation_exhibit = serializers.IntegerField(min_value=1, max_value=MOST_PAGES)
    translation_first_page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES)
    translation_last_page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES)
    translator = Text(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        exhibits = self.context["exhibits"]
        for name in ("exhibit", "translation_exhibit"):
            if attrs[name] not in exhibits:
                detail = serializers.ErrorDetail(f"The case has no exhibit {attrs[name]} of yours.", "does_not_exist")
                raise serializers.ValidationError({name: detail})
            attrs[name] = exhibits[attrs[name]]
        return attrs


class PacketSerializer(ModelSerializer[Packet]):
    """One file of a packet: the PDF, or the ZIP by exhibit that bears the same number."""

    file = serializers.SerializerMethodField(help_text="Null where a paper in it was closed to you since")
    notes = serializers.ListField(child=serializers.CharField(), help_text="What was left out, and why")

    class Meta:
        model = Packet
        fields = ["id", "number", "form", "size", "sha256", "page_count", "notes", "made_at", "file"]
        read_only_fields = fields

    def get_file(self, row: Packet) -> str | None:
        if not row.may_be_given_to(self.context["request"].user):
            return None
        return reverse("api-packets-file", kwargs={"number": row.case.number, "pk": row.pk})


class MakingSerializer(serializers.Serializer[Any]):
    """How far the packet is that your side asked for last."""

    state = serializers.CharField(help_text="queued, running, done or failed")
    done = serializers.IntegerField(source="progress_done")
    total = serializers.IntegerField(source="progress_total")
    note = serializers.CharField(source="progress_note", allow_blank=True)
    error = serializers.CharField(allow_blank=True)


@extend_schema_serializer(many=False)
class PacketsSerializer(serializers.Serializer[Any]):
    """The packets of a case, the latest first, and the one being made."""

    making = MakingSerializer(allow_null=True)
    packets = PacketSerializer(many=True)
