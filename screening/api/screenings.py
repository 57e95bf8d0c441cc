"""Screenings as they were stored, and what each said."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.filters import AnyOfFilter, YesNoFilter
from screening.confidential import Discretion
from screening.models import Case, Finding, Screening, Shipment
from screening.models.run import ScreeningQuerySet
from screening.serializers.screenings import ScreeningSerializer
from screening.services.receipts import digest_of_receipt


class ScreeningFilter(django_filters.FilterSet):
    outcome = AnyOfFilter(choices=Shipment.Outcome.choices)
    shipment = django_filters.ModelChoiceFilter(queryset=lambda request: Shipment.objects.visible_to(request.user))
    created_since = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    history = YesNoFilter(
        method="with_earlier_ones", help_text="True: also screenings that a later one has superseded."
    )

    def with_earlier_ones(self, rows: QuerySet[Screening], name: str, value: bool) -> QuerySet[Screening]:
        return rows

    def filter_queryset(self, queryset: ScreeningQuerySet) -> QuerySet[Screening]:
        if not self.form.cleaned_data.get("history"):
            queryset = queryset.standing()
        return super().filter_queryset(queryset)


@extend_schema_view(list=extend_schema(summary="List screenings, newest first"))
class ScreeningViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Screening]):
    """Screenings of shipments, none of which is ever changed: the latest of each, unless ``history`` asks for all."""

    queryset = Screening.objects.none()
    serializer_class = ScreeningSerializer
    filterset_class = ScreeningFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Screening]:
        screenings = Screening.objects.visible_to(account(self.request))
        return screenings.select_related("run__list_version", "shipment__latest_screening").prefetch_related(
            Prefetch("findings", Finding.objects.select_related("listing")),
            Prefetch("shipment__cases", Case.objects.order_by("-pk")),
        )

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = list(self.paginate_queryset(cast("Any", self.filter_queryset(self.get_queryset()))) or [])
        context = {"discretion": Discretion(account(request), rows)}
        return self.get_paginated_response(ScreeningSerializer(rows, many=True, context=context).data)

    @extend_schema(summary="One screening, with the digest of its receipt")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What a screening said when it was made, as far as the caller may know the chain."""
        screening = self.get_object()
        context = {"discretion": Discretion(account(request), [screening])}
        answer = dict(ScreeningSerializer(screening, context=context).data)
        digest = digest_of_receipt(screening)
        return Response(answer | {"receipt": answer["receipt"] | {"sha256": digest} if digest else None})
