"""Files of shipments: how far each is, and what became of its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, parsers, renderers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import CursorPagination, account
from config.bodies import taken_in
from config.filters import AnyOfFilter
from entities.domain.errors import Refused
from entities.domain.roles import Act
from screening.api.examples import DECLARATION
from screening.domain.intake.files import MAX_BODY_BYTES, MAX_FILE_BYTES, MIB
from screening.models import ImportBatch, ImportRow
from screening.serializers.declarations import ShipmentInput
from screening.serializers.imports import (
    OF_SHIPMENT,
    RESULT,
    ImportOptions,
    ImportRowSerializer,
    ImportSerializer,
    ResultSerializer,
    result_of,
)
from screening.services import intake

NDJSON, CSV, MULTIPART = "application/x-ndjson", "text/csv", "multipart/form-data"


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class BodyParser(parsers.BaseParser):
    """Takes a body to disk as it comes; it is read by the job."""

    name: ClassVar[str]
    most = MAX_BODY_BYTES

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> parsers.DataAndFiles[Any, Any]:
        length = int(parser_context["request"].META.get("CONTENT_LENGTH") or 0)
        too_large = TooLarge(f"At most {self.most // MIB} MB are taken in one body: send it in several.")
        if length > self.most:
            raise too_large
        try:
            file = taken_in(stream, self.name, self.media_type or "", most=self.most)
        except RequestDataTooBig:
            raise too_large from None
        return parsers.DataAndFiles({}, MultiValueDict({"file": [file]}))


class NdjsonBody(BodyParser):
    media_type = NDJSON
    name = "shipments.ndjson"


class JsonBody(BodyParser):
    media_type = "application/json"
    name = "shipments.json"


class CsvBody(BodyParser):
    media_type = CSV
    name = "shipments.csv"
    most = MAX_FILE_BYTES


class NdjsonRenderer(renderers.BaseRenderer):
    """Names the media type of results; the lines are made one by one, past the renderer."""

    media_type = NDJSON
    format = "ndjson"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return json.dumps(data).encode()


FORMS = {NdjsonBody.media_type: ImportBatch.Form.NDJSON, JsonBody.media_type: ImportBatch.Form.JSON}


class ImportFilter(django_filters.FilterSet):
    state = AnyOfFilter(choices=ImportBatch.State.choices)
    owner = django_filters.ModelChoiceFilter(
        field_name="organization", queryset=lambda request: request.user.organizations()
    )


@extend_schema_view(list=extend_schema(summary="List imports"), retrieve=extend_schema(summary="One import"))
class ImportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ImportBatch]):
    """Shipments sent in bulk: as JSON, or as files of tables. A worker stores and screens them; ask how far it is."""

    queryset = ImportBatch.objects.none()
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"create": Act.IMPORT_SHIPMENTS, "screen": Act.IMPORT_SHIPMENTS}

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.visible_to(account(self.request)).select_related("organization", "job")

    def get_parsers(self) -> list[parsers.BaseParser]:
        if self.request is not None and self.request.method == "POST":
            return [NdjsonBody(), JsonBody(), CsvBody(), parsers.MultiPartParser()]
        return super().get_parsers()

    @extend_schema(
        summary="Send many shipments",
        parameters=[ImportOptions],
        request={
            "application/json": ShipmentInput(many=True),
            NDJSON: ShipmentInput,
            CSV: OpenApiTypes.BINARY,
            MULTIPART: {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            },
        },
        responses={202: ImportSerializer},
        examples=[
            OpenApiExample("An array", value=DECLARATION, request_only=True, media_type="application/json"),
            OpenApiExample("A line for each", value=DECLARATION, request_only=True, media_type=NDJSON),
        ],
    )
    def create(self, request: Request) -> Response:
        """Take many shipments in one body, and answer at once where to ask how far they are.

        JSON: an array, or a line for each (``application/x-ndjson``), up to 512 MB, each shipment as
        ``POST /shipments/`` takes it; one that is wrong keeps no other from being stored. Tables (``text/csv``, or
        files in ``file`` of a form), up to 50 MB each: columns are told by their headings, as remembered for a layout
        or as ACE reports have them; where they are in doubt the import waits for a person, in state ``mapping``.

        With an ``Idempotency-Key`` the same body may be sent again after a lost answer; without one the same content
        is refused (409, ``same_file``) unless ``again`` is true.
        """
        self._check_length(request)
        files = request.FILES.getlist("file")
        form = FORMS.get(request.content_type.partition(";")[0].strip().lower())
        context = {**self.get_serializer_context(), "each_says": form is not None}
        options = ImportOptions(data=request.query_params.dict(), context=context)
        options.is_valid(raise_exception=True)
        chosen = options.validated_data
        how = {
            "organization": chosen["owner"],
            "actor": account(request),
            "again": chosen["again"],
            "stores_only": not chosen["screen"],
        }
        try:
            if form is not None:
                batch = intake.receive_sent(files[0], form, **how)
            else:
                batch = intake.receive_files(files, confirm_mapping=False, **how)
        finally:
            for file in files:
                file.close()
        address = reverse("api-imports-detail", args=[batch.pk])
        stored = self.get_queryset().get(pk=batch.pk)
        return Response(
            ImportSerializer(stored, context=self.get_serializer_context()).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )

    @extend_schema(
        summary="What became of each row, as NDJSON",
        responses={
            (200, NDJSON): OpenApiResponse(ResultSerializer, "A line for each row, in the order of the input.")
        },
        filters=False,
    )
    @action(
        detail=True,
        renderer_classes=[NdjsonRenderer, renderers.JSONRenderer],
        filterset_class=None,
        pagination_class=None,
    )
    def results(self, request: Request, pk: str) -> StreamingHttpResponse:
        """A line of JSON for each row that is done so far, in the order of the input: stored as which shipment with
        what outcome, or what is wrong. ``rows_read`` of the import tells how many lines there will be."""
        lines = _results(self.get_object())
        return StreamingHttpResponse(lines, content_type=f"{NDJSON}; charset=utf-8")

    @extend_schema(
        summary="Screen what an import stored without screening",
        request=None,
        responses={202: ImportSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def screen(self, request: Request, pk: str) -> Response:
        """Ask for the screening of what an import with ``screen=false`` stored. Each shipment that nobody asked for
        yet is screened as soon as a worker is free; ``results`` tells the outcomes."""
        batch = self.get_object()
        intake.ask_to_screen(batch, actor=account(request))
        return Response(self.get_serializer(batch).data, status=status.HTTP_202_ACCEPTED)

    def _check_length(self, request: Request) -> None:
        """A body without a length, or of none, is told so before it is looked for."""
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            raise Refused("empty", "The body has no Content-Length: send it with one.")
        if not int(request.META.get("CONTENT_LENGTH") or 0):
            raise Refused("empty", "The body is empty: send the shipments in it.")


def _results(batch: ImportBatch) -> Iterator[str]:
    rows = batch.rows.order_by("sheet", "number").values_list(*RESULT, *OF_SHIPMENT)
    for index, row in enumerate(rows.iterator(chunk_size=1000)):
        yield json.dumps(result_of(index, row, is_json=bool(batch.form)), ensure_ascii=False) + "\n"


class FileOrder(CursorPagination):
    """From the first row of the file on."""

    ordering = "pk"


class ImportRowFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=ImportRow.State.choices)
    batch = django_filters.ModelChoiceFilter(
        field_name="batch", required=True, queryset=lambda request: ImportBatch.objects.visible_to(request.user)
    )


@extend_schema_view(list=extend_schema(summary="Rows of an import"))
class ImportRowViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ImportRow]):
    """The rows of one uploaded file, in file order: stored or not, with each problem and its remedy."""

    queryset = ImportRow.objects.none()
    serializer_class = ImportRowSerializer
    filterset_class = ImportRowFilter
    pagination_class = FileOrder

    def get_queryset(self) -> QuerySet[ImportRow]:
        return ImportRow.objects.filter(batch__in=ImportBatch.objects.visible_to(account(self.request)))
