"""Documents: sent to a case, and what could be read of them."""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, parsers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.roles import Act
from evidence.models import Document, Exhibit
from evidence.serializers import DocumentSerializer, UploadInput
from evidence.services import documents
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
