"""Passes over shipments screened before: why, what came out otherwise, and what was known of it at once."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer
from entities.models import Change
from screening.models import Finding, Foreseen, Rescreening, Shipment


class RescreeningSerializer(ModelSerializer[Rescreening]):
    """One pass. What it says of shipments of others is the office's to know and null for everybody else."""

    is_finished = serializers.SerializerMethodField(help_text="Every shipment of it was looked at.")
    shipment_count = serializers.SerializerMethodField(help_text="Shipments the changes can touch.")
    firms_moved = serializers.SerializerMethodField(
        help_text="Firms of which the exposure index says something else since; null: not kept."
    )

    class Meta:
        model = Rescreening
        fields = ["id", "at", "finished_at", "is_finished", "shipment_count", "firms_moved"]
        read_only_fields = fields

    def get_is_finished(self, row: Rescreening) -> bool:
        return row.finished_at is not None

    def get_shipment_count(self, row: Rescreening) -> int | None:
        return row.shipment_count if self.context["is_office"] else None

    def get_firms_moved(self, row: Rescreening) -> int | None:
        return row.firms_moved if self.context["is_office"] else None


class ForeseenCountsSerializer(serializers.Serializer[Any]):
    """How much was known at once, and how much of it the screenings since say too."""

    shipments_reached = serializers.IntegerField(source="new")
    shipments_raised = serializers.IntegerField(
        source="raised", help_text="Of these with a ground of the presumption."
    )
    shipments_left = serializers.IntegerField(source="gone", help_text="Shipments that reach something no longer.")
    rows = serializers.IntegerField()
    settled = serializers.IntegerField()
    borne_out = serializers.IntegerField()


class RescreeningDetailSerializer(RescreeningSerializer):
    """One pass with counts over the shipments one may see."""

    because = serializers.CharField(help_text="Why, in words.")
    causes = serializers.ListField(child=serializers.ChoiceField(Change.Kind.choices), help_text="Kinds of changes.")
    looked_at = serializers.IntegerField(help_text="Your shipments looked at so far.")
    screened_again = serializers.IntegerField(help_text="Those of them that something had changed for.")
    otherwise = serializers.IntegerField(
        allow_null=True,
        help_text="Those that came out otherwise; null outside the office, which reads them one by one.",
    )
    foreseen = ForeseenCountsSerializer(allow_null=True, help_text="For the office; null: nothing was known at once.")

    class Meta(RescreeningSerializer.Meta):
        fields = [
            *RescreeningSerializer.Meta.fields,
            *("because", "causes", "looked_at", "screened_again", "otherwise", "foreseen"),
        ]
        read_only_fields = fields


class ShortFindingSerializer(ModelSerializer[Finding]):
    """A finding by its number, what it is about in codes."""

    code = serializers.CharField(source="rule")
    screening = serializers.IntegerField(source="screening_id")

    class Meta:
        model = Finding
        fields = ["id", "screening", "code", "severity", "ground"]
        read_only_fields = fields


class ChangedFindingSerializer(serializers.Serializer[Any]):
    """A finding of either screening that says something else of the same."""

    before = ShortFindingSerializer()
    after = ShortFindingSerializer()


class FollowedSerializer(serializers.Serializer[Any]):
    """What followed for a case."""

    number = serializers.CharField()
    act = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)


class RescreenedSerializer(serializers.Serializer[Any]):
    """A shipment that came out otherwise, as far as the caller may know its chain."""

    shipment = serializers.IntegerField(source="row.shipment_id")
    because = serializers.CharField()
    causes = serializers.ListField(source="row.causes", child=serializers.ChoiceField(Change.Kind.choices))
    screening_before = serializers.IntegerField(source="row.before_id")
    screening_after = serializers.IntegerField(source="row.after_id", allow_null=True)
    outcome_before = serializers.ChoiceField(Shipment.Outcome.choices, source="row.before.outcome")
    outcome_after = serializers.ChoiceField(Shipment.Outcome.choices, source="row.after.outcome", allow_null=True)
    new = ShortFindingSerializer(many=True)
    gone = ShortFindingSerializer(many=True)
    changed = serializers.SerializerMethodField()
    cases = FollowedSerializer(many=True)

    @extend_schema_field(ChangedFindingSerializer(many=True))
    def get_changed(self, told: Any) -> Any:
        pairs = [{"before": before, "after": after} for before, after in told.changed]
        return ChangedFindingSerializer(pairs, many=True).data


class ForeseenSerializer(ModelSerializer[Foreseen]):
    """What the exposure index said at once of one shipment."""

    code = serializers.CharField(source="rule")
    shipment = serializers.IntegerField(source="shipment_id")
    supplier = serializers.IntegerField(source="supplier_id", help_text="Id at /suppliers/")
    entity = serializers.IntegerField(source="entity_id", allow_null=True, help_text="Id at /listed-entities/")
    is_settled = serializers.BooleanField(help_text="The shipment was screened since.")
    is_borne_out = serializers.SerializerMethodField(help_text="The screening says so too; null until it is made.")

    class Meta:
        model = Foreseen
        fields = [
            *("id", "shipment", "supplier", "code", "entity", "is_new", "raises_presumption", "grade"),
            *("steps_upstream", "is_settled", "is_borne_out"),
        ]
        read_only_fields = fields

    def get_is_borne_out(self, row: Any) -> bool | None:
        return row.is_found == row.is_new if row.is_settled else None
