"""Documents: sent to a case, and what could be read of them."""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, parsers, renderers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.roles import Act
from evidence.export_file import file_of
from evidence.models import CaseExport, Document, Exhibit
from evidence.original_file import link_to
from evidence.papers_shown import paper_of_document
from evidence.serializers import (
    CaseExportSerializer,
    DocumentSerializer,
    ExportAskedSerializer,
    ExportInput,
    OriginalLinkSerializer,
    PaperSerializer,
    UploadInput,
)
from evidence.services import access, documents, exports
from screening.models import Case


class DocumentFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=Document.State.choices)
    sha256 = django_filters.CharFilter(lookup_expr="iexact", max_length=64)
    case = django_filters.ModelChoiceFilter(
        field_name="exhibits__case",
        to_field_name="number",
        queryset=lambda request: Case.objects.visible_to(request.user),
        help_text="Number of the case.",
    )


@extend_schema_view(
    list=extend_schema(summary="List documents"), retrieve=extend_schema(summary="One document and its reading")
)
class DocumentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Document]):
    """Files that importers sent. The original is kept unchanged with its SHA-256."""

    queryset = Document.objects.none()
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilter
    parser_classes = (parsers.MultiPartParser,)
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"create": Act.UPLOAD_DOCUMENT}

    def get_queryset(self) -> QuerySet[Document]:
        exhibits = Exhibit.objects.visible_to(account(self.request)).select_related("case")
        papers = Document.objects.visible_to(account(self.request)).select_related("organization", "scanned_with")
        outdated = Document.objects.outdated().filter(pk=OuterRef("pk"))
        return papers.annotate(list_is_outdated=Exists(outdated)).prefetch_related(Prefetch("exhibits", exhibits))

    @extend_schema(
        summary="Send a document to a case",
        request={"multipart/form-data": UploadInput},
        responses={201: DocumentSerializer},
    )
    def create(self, request: Request) -> Response:
        """Send a file to a case. It is read by a worker; ``state`` says whether it could be, ``problem`` why not.

        The same file again is the document already there.
        """
        sent = UploadInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        case = sent.validated_data["case"]
        document = documents.receive_upload(
            sent.validated_data["file"],
            organization=case.importer,
            actor=account(request),
            case=case,
            task_item=sent.validated_data["item"],
        )
        stored = self.get_queryset().get(pk=document.pk)
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="The papers within a document", responses=PaperSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def papers(self, request: Request, pk: str) -> Response:
        """What the file holds as it stands now, corrected where a reviewer corrected it. Machine-read: check it."""
        document = self.get_object()
        access.record_view(document, actor=account(request))
        return Response([paper_of_document(one) for one in document.papers.standing().select_related("author")])

    @extend_schema(summary="A link to the original", request=None, responses=OriginalLinkSerializer)
    @action(detail=True, methods=["post"], parser_classes=[parsers.JSONParser])
    def link(self, request: Request, pk: str) -> Response:
        """An address that gives the original to you for a few minutes, without a session. Each fetch is on record."""
        path, expires_at = link_to(self.get_object(), account(request))
        answer = OriginalLinkSerializer({"url": request.build_absolute_uri(path), "expires_at": expires_at})
        return Response(answer.data)


class ZipRenderer(renderers.JSONRenderer):
    """Lets a caller ask for application/zip: the file is streamed as it is stored, an error stays JSON."""

    media_type = "application/zip"
    format = "zip"


class CaseExportFilter(django_filters.FilterSet):
    case = django_filters.CharFilter(field_name="case__number", help_text="Number of the case.")
    sha256 = django_filters.CharFilter(lookup_expr="iexact", max_length=64)


@extend_schema_view(
    list=extend_schema(summary="List exports of cases"), retrieve=extend_schema(summary="One export of a case")
)
class CaseExportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[CaseExport]):
    """Cases given out as a ZIP that proves itself: rows, papers, events, hashes, and a verifier. For the office."""

    queryset = CaseExport.objects.none()
    serializer_class = CaseExportSerializer
    filterset_class = CaseExportFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = dict.fromkeys(("list", "retrieve", "create", "file"), Act.VIEW_DESK)

    def get_queryset(self) -> QuerySet[CaseExport]:
        return CaseExport.objects.visible_to(account(self.request)).select_related("case")

    @extend_schema(summary="Have a case exported", request=ExportInput, responses={202: ExportAskedSerializer})
    def create(self, request: Request) -> Response:
        """Put an export in line; it appears in the list when a worker has made it."""
        sent = ExportInput(data=request.data)
        sent.is_valid(raise_exception=True)
        case = sent.validated_data["case"]
        job = exports.ask_for_export(case, actor=account(request), with_notes=sent.validated_data["with_notes"])
        answer = ExportAskedSerializer({"case": case.number, "job": job.pk, "state": job.state})
        return Response(answer.data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(summary="Fetch the ZIP", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[renderers.JSONRenderer, ZipRenderer])
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file as it was made; 404 where it was written elsewhere and is not kept."""
        export = self.get_object()
        if not export.file:
            raise NotFound("This export was written by command and is not kept here.")
        return file_of(export)
