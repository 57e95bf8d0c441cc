"""The thresholds of matching that screenings name."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets

from config.api import account
from entities.models import ThresholdSet
from entities.serializers.thresholds import ThresholdSetSerializer


@extend_schema_view(
    list=extend_schema(summary="Sets of thresholds"), retrieve=extend_schema(summary="One set of thresholds")
)
class ThresholdSetViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ThresholdSet]):
    """Thresholds of matching the office put in use; the office also sees those proposed or set aside.

    They are changed on the pages alone: it takes two persons.
    """

    queryset = ThresholdSet.objects.all()
    serializer_class = ThresholdSetSerializer
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[ThresholdSet]:
        return ThresholdSet.objects.visible_to(account(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        adopted = ThresholdSet.objects.in_use()
        return {**super().get_serializer_context(), "in_use": adopted.pk if adopted else None}
