"""Papers by API: set right field by field, searched, translated, put together as packets."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, renderers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.roles import Act
from evidence.models import Exhibit, KeptSearch, Packet, Paper, PaperField, Translation
from evidence.packet_file import file_of
from evidence.papers_serializers import (
    CorrectionInput,
    FoundSerializer,
    KeptSearchInput,
    KeptSearchSerializer,
    PacketsSerializer,
    PaperRecordSerializer,
    TranslationInput,
    TranslationSerializer,
)
from evidence.services import access, corrections, packets, searches, searching, translations
from evidence.services.translations import Range
from screening.models import Case

LONGEST = 200


@extend_schema_view(retrieve=extend_schema(summary="One paper with all that was said of it"))
class PaperViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[Paper]):
    """Papers within documents. Read by machine and corrected by reviewers; what was read stays beside."""

    queryset = Paper.objects.none()
    serializer_class = PaperRecordSerializer
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"corrections": Act.ASSESS}

    def get_queryset(self) -> QuerySet[Paper]:
        said = PaperField.objects.select_related("author__person", "replaced_by")
        rows = Paper.objects.visible_to(account(self.request)).select_related("document", "author__person")
        return rows.prefetch_related(Prefetch("fields", said))

    def get_object(self) -> Paper:
        paper = super().get_object()
        access.record_view(paper.document, actor=account(self.request), page=paper.first_page)
        return paper

    @extend_schema(summary="Correct a field", request=CorrectionInput, responses={201: PaperRecordSerializer})
    @action(detail=True, methods=["post"])
    def corrections(self, request: Request, pk: str) -> Response:
        """Say what stands on the paper under a name, with a reason; an empty value strikes it out."""
        paper = self.get_object()
        sent = CorrectionInput(data=request.data, context={**self.get_serializer_context(), "paper": paper})
        sent.is_valid(raise_exception=True)
        corrections.correct_field(paper, actor=account(request), **sent.validated_data)
        stored = self.get_queryset().get(pk=paper.pk)
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)


class OfCasePapers(viewsets.GenericViewSet[Any]):
    """Something about the papers of one case, addressed by the number of the case."""

    pagination_class = None

    def case(self) -> Case:
        rows = Case.objects.visible_to(account(self.request)).select_related("importer")
        return get_object_or_404(rows, number=self.kwargs["number"])

    def exhibits(self, case: Case) -> dict[int, Exhibit]:
        """The exhibits of the case whose documents the caller may open, by number."""
        rows = Exhibit.objects.openable_by(account(self.request)).filter(case=case).select_related("document")
        return {one.number: one for one in rows}


class PaperSearchViewSet(OfCasePapers):
    """Searches in the papers of a case."""

    queryset = Exhibit.objects.none()
    serializer_class = FoundSerializer

    @extend_schema(
        summary="Search in the papers of a case",
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"\S"},
                required=True,
                description="Words; in quotation marks: together.",
            )
        ],
        responses=FoundSerializer,
    )
    def list(self, request: Request, number: str) -> Response:
        """Pages that say all of the words, Chinese simplified or traditional. Data on workers is never searched."""
        case, words = self.case(), request.query_params.get("q", "")
        if not words.strip():
            raise exceptions.ValidationError({"q": [exceptions.ErrorDetail("Say what to look for.", "required")]})
        if len(words) > LONGEST:
            fault = exceptions.ErrorDetail(f"At most {LONGEST} characters.", "max_length")
            raise exceptions.ValidationError({"q": [fault]})
        return Response(self.get_serializer(searching.search(case, words, user=account(request))).data)


class KeptSearchViewSet(OfCasePapers):
    """Receipts of searches: what was looked for and whether it was found. For the office."""

    queryset = KeptSearch.objects.none()
    serializer_class = KeptSearchSerializer
    acts = {"list": Act.VIEW_DESK, "create": Act.ASSESS}

    @extend_schema(summary="Searches kept on a case", responses=KeptSearchSerializer(many=True))
    def list(self, request: Request, number: str) -> Response:
        """The latest first. That nothing was found says only that the words do not stand on the pages as read."""
        rows = KeptSearch.objects.visible_to(account(request)).filter(case=self.case())
        return Response(self.get_serializer(rows.select_related("author__person"), many=True).data)

    @extend_schema(
        summary="Search and keep the result", request=KeptSearchInput, responses={201: KeptSearchSerializer}
    )
    def create(self, request: Request, number: str) -> Response:
        """Look for words in every paper of the case and keep what came of it."""
        case = self.case()
        sent = KeptSearchInput(data=request.data)
        sent.is_valid(raise_exception=True)
        row = searches.keep_search(case, actor=account(request), **sent.validated_data)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


class TranslationViewSet(OfCasePapers):
    """Which pages of a case translate which: said by people, taken back by people."""

    queryset = Translation.objects.none()
    serializer_class = TranslationSerializer
    lookup_value_regex = "[0-9]{1,18}"
    acts = dict.fromkeys(("create", "take_back"), Act.UPLOAD_DOCUMENT)

    @extend_schema(summary="Translations in a case", responses=TranslationSerializer(many=True))
    def list(self, request: Request, number: str) -> Response:
        """Those that were not taken back."""
        return Response(self._shown(self.case()))

    @extend_schema(
        summary="Attach a translation", request=TranslationInput, responses={201: TranslationSerializer(many=True)}
    )
    def create(self, request: Request, number: str) -> Response:
        """Say that pages of an exhibit are the English of pages of another, or of other pages of the same."""
        case = self.case()
        context = {**self.get_serializer_context(), "exhibits": self.exhibits(case)}
        sent = TranslationInput(data=request.data, context=context)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        translations.attach_translation(
            given["exhibit"].document,
            Range(given["first_page"], given["last_page"]),
            document=given["translation_exhibit"].document,
            at=Range(given["translation_first_page"], given["translation_last_page"]),
            actor=account(request),
            translator=given["translator"],
        )
        return Response(self._shown(case), status=status.HTTP_201_CREATED)

    @extend_schema(summary="Take a translation back", request=None, responses={200: TranslationSerializer(many=True)})
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, number: str, pk: str) -> Response:
        """Say that pages are not the English of others after all. Both statements stay on record."""
        case = self.case()
        row = get_object_or_404(self._rows(case), pk=pk)
        translations.take_back_translation(row, actor=account(request))
        return Response(self._shown(case))

    def _rows(self, case: Case) -> QuerySet[Translation]:
        rows = Translation.objects.visible_to(account(self.request)).filter(original__exhibits__case=case)
        return rows.select_related("author__person")

    def _shown(self, case: Case) -> Any:
        numbers = {one.document_id: number for number, one in self.exhibits(case).items()}
        context = {**self.get_serializer_context(), "numbers": numbers}
        return TranslationSerializer(self._rows(case).standing(), many=True, context=context).data  # type: ignore[attr-defined]


class FileRenderer(renderers.JSONRenderer):
    """Lets a caller ask for any media type: the file is streamed as it is stored, an error stays JSON."""

    media_type = "*/*"
    format = "file"


class PacketViewSet(OfCasePapers):
    """Packets of a case: its papers as CBP asks for them, as one PDF and as a ZIP by exhibit."""

    queryset = Packet.objects.none()
    serializer_class = PacketsSerializer
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"create": Act.UPLOAD_DOCUMENT}

    @extend_schema(summary="Packets of a case", responses=PacketsSerializer)
    def list(self, request: Request, number: str) -> Response:
        """The packets made, and how far the one is that your side asked for last."""
        return Response(self._shown(self.case()))

    @extend_schema(summary="Have a packet made", request=None, responses={202: PacketsSerializer})
    def create(self, request: Request, number: str) -> Response:
        """Put a packet in line, of what you may give away; ask again until ``making`` is done."""
        case = self.case()
        packets.ask_for_packet(case, actor=account(request))
        return Response(self._shown(case), status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="Fetch a file of a packet",
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (200, "application/zip"): OpenApiTypes.BINARY,
        },
    )
    @action(detail=True, methods=["get"], renderer_classes=[renderers.JSONRenderer, FileRenderer])
    def file(self, request: Request, number: str, pk: str) -> FileResponse:
        """The file as it was made; 404 where a paper in it was closed to you since."""
        rows = Packet.objects.visible_to(account(request)).filter(case=self.case()).select_related("case")
        row = get_object_or_404(rows, pk=pk)
        if not row.may_be_given_to(account(request)):
            raise exceptions.NotFound("A paper in this packet was closed to you since. Have another one made.")
        return file_of(row)

    def _shown(self, case: Case) -> Any:
        user = account(self.request)
        rows = Packet.objects.visible_to(user).filter(case=case).select_related("case")
        return self.get_serializer({"making": packets.latest_job(case, user), "packets": rows}).data
