"""Sets of thresholds of matching, by their values and state."""

from __future__ import annotations

from rest_framework import serializers

from config.api_fields import ModelSerializer
from entities.domain.matching.thresholds import NAMES
from entities.models import ThresholdSet


class ThresholdSetSerializer(ModelSerializer[ThresholdSet]):
    """Thresholds the office proposed or put in use. Where none is in use, those the product ships with are."""

    is_in_use = serializers.SerializerMethodField()

    class Meta:
        model = ThresholdSet
        fields = ["id", "state", "is_in_use", *NAMES, "proposed_at", "settled_at"]
        read_only_fields = fields

    def get_is_in_use(self, row: ThresholdSet) -> bool:
        """Whether screening uses this set now."""
        return row.pk == self.context["in_use"]
