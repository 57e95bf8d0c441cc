"""Cases as they come out: stage, clock, what is asked of the importer, what was decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer, Text, Words
from entities.serializers.accounts import OrganizationSerializer
from screening.confidential import Discretion
from screening.models import LOOK_FIRST, Case, Decision, Detention, HeldLine, LegalEvent, Shipment, hidden_from
from screening.serializers.tasks import TaskSerializer
from screening.timeline import Held


class CaseShipmentSerializer(ModelSerializer[Shipment]):
    """A shipment of the case."""

    class Meta:
        model = Shipment
        fields = ["id", "label", "entry_number", "outcome"]
        read_only_fields = fields

    label = serializers.CharField()  # type: ignore[assignment]


class DeadlineSerializer(serializers.Serializer[Any]):
    """A day by which something must happen, and the provision that sets it."""

    code = serializers.CharField()
    on = serializers.DateField()
    text = serializers.CharField()
    provision = serializers.CharField()


class HeldLineSerializer(ModelSerializer[HeldLine]):
    """Where one entry line stands in law, since when, and the statutory day that comes next."""

    class Meta:
        model = HeldLine
        fields = ["line_number", "state", "since", "has_open_exception", "is_final", "deadline_on", "deadline_code"]
        read_only_fields = fields


class LegalEventSerializer(ModelSerializer[LegalEvent]):
    """Something on record about the goods: its day, its source, and what it corrects."""

    class Meta:
        model = LegalEvent
        fields = ["id", "kind", "on", "lines", "source", "replaces", "is_withdrawal", "recorded_at"]
        read_only_fields = fields


class DetentionSerializer(ModelSerializer[Detention]):
    """A hold on the goods of an entry or of some of its lines: their legal state, and the clocks that run."""

    shipment = serializers.IntegerField(source="shipment_id")
    lines = HeldLineSerializer(source="held_lines", many=True)
    events = LegalEventSerializer(many=True)
    day = serializers.SerializerMethodField()
    deadlines = serializers.SerializerMethodField()

    class Meta:
        model = Detention
        fields = [
            "id",
            "shipment",
            "number",
            "presented_on",
            "detained_on",
            "port",
            "source",
            "day",
            "lines",
            "deadlines",
            "events",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_day(self, detention: Detention) -> int | None:
        """Which day of the thirty it is, US Eastern time; 0 on the day of presentation."""
        return (timezone.localdate() - detention.presented_on).days if detention.presented_on else None

    @extend_schema_field(DeadlineSerializer(many=True))
    def get_deadlines(self, detention: Detention) -> Any:
        clock = Held.of(detention.case, [detention], timezone.localdate()).clock
        return DeadlineSerializer(clock.deadlines() if clock else [], many=True).data


class DecisionSerializer(ModelSerializer[Decision]):
    """A decision: pathway, conclusion, grounds and reasons."""

    grounds = serializers.ListField(child=serializers.CharField())
    supersedes = serializers.IntegerField(source="supersedes_id", allow_null=True)

    class Meta:
        model = Decision
        fields = ["id", "pathway", "conclusion", "grounds", "reasons", "decided_at", "supersedes"]
        read_only_fields = fields


class CaseSerializer(ModelSerializer[Case]):
    """A case in a list."""

    importer = OrganizationSerializer()
    reason = serializers.SerializerMethodField()
    due_on = serializers.SerializerMethodField()
    shipments = CaseShipmentSerializer(many=True)

    class Meta:
        model = Case
        fields = [
            "number",
            "importer",
            "regime",
            "stage",
            "reason",
            "due_on",
            "shipments",
            "facts_changed_at",
            "opened_at",
            "closed_at",
        ]
        read_only_fields = fields

    def get_reason(self, case: Case) -> str:
        """Why the case is open, in one sentence."""
        discretion: Discretion = self.context["discretion"]
        return discretion.reason(case)

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_due_on(self, case: Case) -> date | None:
        """The next day that counts: the answer of the importer, or the last day to decide on a detention."""
        if case.stage == Case.Stage.CLOSED:
            return None
        days = [task.due_on for task in case.tasks.all() if task.closed_at is None]
        lines = (line for one in case.detentions.all() for line in one.held_lines.all())
        days += [line.deadline_on for line in lines if line.deadline_on and not line.is_final]
        return min(days, default=None)


class CaseDetailSerializer(CaseSerializer):
    """A case with its detentions and their clocks, what is asked, and the decisions in force or superseded."""

    detentions = DetentionSerializer(many=True)
    tasks = TaskSerializer(many=True)
    decisions = DecisionSerializer(many=True, source="approved")

    withheld = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields = [*CaseSerializer.Meta.fields, "detentions", "tasks", "decisions", "withheld"]
        read_only_fields = fields

    def get_withheld(self, case: Case) -> str:
        """Why detentions and decisions are left out: you are to look at this case a second time. Empty else."""
        return LOOK_FIRST if case.pk in self._hidden else ""

    def to_representation(self, instance: Case) -> Any:
        self._hidden = hidden_from(self.context["request"].user)
        shown = super().to_representation(instance)
        return shown | {"detentions": [], "decisions": []} if instance.pk in self._hidden else shown


class EvidenceRequestInput(StrictSerializer):
    """What the office asks the importer to send, item by item."""

    due_on = serializers.DateField(help_text="The office's own date; no statutory clock moves.")
    items = serializers.ListField(
        child=Words(max_length=400),
        default=list,
        max_length=100,
        help_text="New questions. Those whose answer was found incomplete are asked again by themselves.",
    )
    message = Text(max_length=4000)
