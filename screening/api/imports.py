"""Files of shipments: how far each is, and what became of its rows."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets

from config.api import CursorPagination, account
from screening.models import ImportBatch, ImportRow
from screening.serializers.imports import ImportRowSerializer, ImportSerializer


class ImportFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ImportBatch.State.choices)
    owner = django_filters.ModelChoiceFilter(
        field_name="organization", queryset=lambda request: request.user.organizations()
    )


@extend_schema_view(list=extend_schema(summary="List imports"), retrieve=extend_schema(summary="One import"))
class ImportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ImportBatch]):
    """Files of shipments that were uploaded."""

    queryset = ImportBatch.objects.none()
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.visible_to(account(self.request)).select_related("organization")


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
