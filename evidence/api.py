"""Documents: sent to a case, and what could be read of them."""

from __future__ import annotations

from typing import Any

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

from config.api import JSONParser, account
from config.filters import AnyOfFilter
from entities.domain.roles import Act
from evidence.export_file import file_of
from evidence.models import CaseExport, Document, Exhibit
from evidence.original_file import link_to
from evidence.papers_serializers import PaperInput, PaperRecordSerializer, ReplacesInput, VersionsSerializer
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
from evidence.services import access, corrections, documents, exports, versions
from screening.models import Case


class DocumentFilter(django_filters.FilterSet):
    state = AnyOfFilter(choices=Document.State.choices)
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
    acts = {"create": Act.UPLOAD_DOCUMENT, "set_paper": Act.ASSESS, "name_replaced": Act.UPLOAD_DOCUMENT}

    def get_queryset(self) -> QuerySet[Document]:
        return self._with_places(Document.objects.visible_to(account(self.request)))

    def _with_places(self, rows: QuerySet[Document]) -> QuerySet[Document]:
        exhibits = Exhibit.objects.visible_to(account(self.request)).select_related("case")
        outdated = Document.objects.outdated().filter(pk=OuterRef("pk"))
        rows = rows.select_related("organization", "scanned_with")
        return rows.annotate(list_is_outdated=Exists(outdated)).prefetch_related(Prefetch("exhibits", exhibits))

    @extend_schema(
        summary="Send a document to a case",
        request={"multipart/form-data": UploadInput},
        responses={201: DocumentSerializer},
    )
    def create(self, request: Request) -> Response:
        """Send a file to a case. It is read by a worker; ``state`` says whether it could be, ``problem`` why not.

        The same file again is the document already there. ``replaces`` says in place of which earlier document it is
        sent: both stay, and what the new one changes is told at /documents/{id}/replaces/ once it is read.
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
            on_workers=sent.validated_data["on_workers"],
            replaces=sent.validated_data["replaces"],
        )
        # Of data on workers its sender is told that it came, though it does not open it again.
        stored = self._with_places(Document.objects.filter(pk=document.pk)).get()
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="The papers within a document", responses=PaperSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None, parser_classes=[JSONParser])
    def papers(self, request: Request, pk: str) -> Response:
        """What the file holds as it stands now, corrected where a reviewer corrected it. Machine-read: check it."""
        document = self.get_object()
        access.record_view(document, actor=account(request))
        return Response([paper_of_document(one) for one in document.papers.standing().select_related("author")])

    @extend_schema(
        summary="Set a paper: its pages and its type", request=PaperInput, responses={201: PaperRecordSerializer}
    )
    @papers.mapping.post
    def set_paper(self, request: Request, pk: str) -> Response:
        """Say that these pages are one paper of this type; its fields are read anew. What stood before stays."""
        document = self.get_object()
        sent = PaperInput(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        row = corrections.set_paper(
            document,
            actor=account(request),
            type_code=given.pop("type"),
            is_blank_form=given.pop("blank_form"),
            **given,
        )
        return Response(PaperRecordSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Which document it replaces, and what differs", responses=VersionsSerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None, parser_classes=[JSONParser])
    def replaces(self, request: Request, pk: str) -> Response:
        """The earlier document this one is sent in place of, what that makes of it, and every field that differs."""
        return Response(self._versions(self.get_object()))

    @extend_schema(summary="Say which document it replaces", request=ReplacesInput, responses=VersionsSerializer)
    @replaces.mapping.post
    def name_replaced(self, request: Request, pk: str) -> Response:
        """Name the earlier document, or take that back with null. Both documents stay."""
        document = self.get_object()
        sent = ReplacesInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        versions.name_replaced(document, actor=account(request), **sent.validated_data)
        return Response(self._versions(document))

    def _versions(self, document: Document) -> Any:
        """The versions of a document as far as the caller may open them."""
        rows = Document.objects.visible_to(account(self.request))
        replaced = versions.replaced_by_it(document)
        if replaced is not None and not rows.filter(pk=replaced.pk).exists():
            replaced = None
        compared = versions.comparison(document, replaced) if replaced else None
        replacing = [one.pk for one in versions.replacements_of(document)]
        access.record_view(document, actor=account(self.request))
        return VersionsSerializer(
            {
                "replaces": replaced.pk if replaced else None,
                "kind": compared.kind if compared else None,
                "differences": compared.differences if compared else (),
                "replaced_by": list(rows.filter(pk__in=replacing).values_list("pk", flat=True)),
            }
        ).data

    @extend_schema(summary="A link to the original", request=None, responses=OriginalLinkSerializer)
    @action(detail=True, methods=["post"], parser_classes=[JSONParser])
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
