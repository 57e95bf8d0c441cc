"""Letters: read and downloaded by the office and by the importer they concern; they are written on the pages."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, renderers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request

from config.api import account
from screening.letter_file import file_of
from screening.models import Case, Letter
from screening.models.letter import KIND_CHOICES
from screening.serializers.letters import LetterSerializer


class LetterFilter(django_filters.FilterSet):
    case = django_filters.ModelChoiceFilter(
        to_field_name="number",
        queryset=lambda request: Case.objects.visible_to(request.user),
        help_text="Number of the case.",
    )
    kind = django_filters.ChoiceFilter(choices=KIND_CHOICES)
    origin = django_filters.ChoiceFilter(choices=Letter.Origin.choices)


class PDFRenderer(renderers.JSONRenderer):
    """Lets a caller ask for application/pdf: the file is streamed as it is stored, an error stays JSON."""

    media_type = "application/pdf"
    format = "pdf"


@extend_schema_view(list=extend_schema(summary="List letters"), retrieve=extend_schema(summary="One letter"))
class LetterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Letter]):
    """What went out, what CBP issued, and finished papers of importers, addressed by their number."""

    queryset = Letter.objects.none()
    serializer_class = LetterSerializer
    filterset_class = LetterFilter
    lookup_field = "number"
    lookup_value_regex = "[LPR]-[0-9]{4}-[0-9]{4,12}"

    def get_queryset(self) -> QuerySet[Letter]:
        return Letter.objects.visible_to(account(self.request)).select_related("case", "approver_person")

    @extend_schema(
        summary="The PDF of a letter",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path="pdf", renderer_classes=[renderers.JSONRenderer, PDFRenderer])
    def pdf(self, request: Request, number: str) -> FileResponse:
        """The file as it went out; its SHA-256 is ``file_sha256``."""
        return file_of(self.get_object())
