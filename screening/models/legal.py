"""Detentions, what goes on record about them, and the legal state of each entry line that follows from it.

A detention covers an entry or some of its lines and owns the dates. What happened is appended as ``LegalEvent``; a
correction replaces an event and leaves it on record. ``HeldLine`` is the state as it follows from the events today,
stored for queues and filters; it can be recomputed at any time.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of
from screening.domain.law.states import BY_LAW, KIND_LABELS, Event, Kind, State
from screening.models.case import Case
from screening.models.decision import Decision, hidden_from
from screening.models.reminder import Reminder
from screening.models.shipment import Shipment

STATES = [(state.value, state.label) for state in State]
KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items() if kind not in BY_LAW]


class DetentionQuerySet(models.QuerySet["Detention"]):
    def visible_to(self, user: Any) -> DetentionQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user)).exclude(case__in=hidden_from(user))


class Detention(models.Model):
    """A hold on the goods of an entry, or of some of its lines. It owns the days the clocks count from."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="detentions")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="detentions")
    number = models.CharField(max_length=40, blank=True, help_text="The detention's number, as on form 6051D.")
    lines = models.JSONField(default=list, blank=True, help_text="Entry lines held; none named: the whole entry.")
    # As the events say it, kept here for queues:
    presented_on = models.DateField(
        null=True,
        blank=True,
        help_text="Date of presentation for examination (19 CFR 151.16(b)).",
    )
    detained_on = models.DateField(null=True, blank=True)
    port = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=200, help_text="Where the dates are taken from.")
    recorded_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = DetentionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(detained_on=None)
                | models.Q(presented_on=None)
                | models.Q(detained_on__gte=models.F("presented_on")),
                name="detained_after_presented",
            ),
        ]

    def __str__(self) -> str:
        presented = f", presented {self.presented_on:%-d %B %Y}" if self.presented_on else ""
        return f"detention of {self.shipment}{presented}"


class LegalEventQuerySet(models.QuerySet["LegalEvent"]):
    def visible_to(self, user: Any) -> LegalEventQuerySet:
        rows = self.filter(detention__case__in=Case.objects.visible_to(user))
        return rows.exclude(detention__case__in=hidden_from(user))

    def standing(self) -> LegalEventQuerySet:
        """What counts now: neither corrected nor withdrawn."""
        return self.filter(replaced_by=None, is_withdrawal=False)


class LegalEvent(models.Model):
    """Something that happened to detained goods on a day: an act of CBP or of the importer. Appended, never edited."""

    detention = models.ForeignKey(Detention, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=24, choices=KINDS)
    on = models.DateField(help_text="The day it counts from, US Eastern time.")
    lines = models.JSONField(default=list, blank=True, help_text="Entry lines it concerns; none named: all held.")
    source = models.CharField(max_length=200, help_text="Where the day is taken from.")
    details = models.JSONField(default=dict, blank=True, help_text="What belongs to the kind: a number, a reason.")
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="events",
        help_text="The office's decision that this act carries out, where the office is the authority.",
    )  # fmt: skip
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by",
        help_text="The event on record that this one corrects.",
    )  # fmt: skip
    root = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The first record of a corrected event; proceedings keep its number.",
    )  # fmt: skip
    is_withdrawal = models.BooleanField(default=False, help_text="The event it replaces did not happen.")
    reason = models.TextField(blank=True, help_text="Why it was corrected, or is against an earlier determination.")
    recorded_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = LegalEventQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_withdrawal=False) | models.Q(replaces__isnull=False),
                name="withdrawal_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(replaces=None) | ~models.Q(reason=""), name="correction_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on:%-d %B %Y}"

    @property
    def key(self) -> int:
        return self.root_id or self.pk

    def as_event(self) -> Event:
        return Event(Kind(self.kind), self.on, self.key, frozenset(self.lines))


class HeldLineQuerySet(models.QuerySet["HeldLine"]):
    def visible_to(self, user: Any) -> HeldLineQuerySet:
        if user.is_authenticated and user.is_officer:
            rows = self.filter(in_environment_of(user, "detention__case__importer"))
            return rows.exclude(detention__case__in=hidden_from(user))
        return self.filter(detention__case__in=Case.objects.visible_to(user))

    def with_last_day(self) -> HeldLineQuerySet:
        """Lines still held whose next day is the last one to decide on them, or the last one for the proof under an
        order: the days that are told beforehand."""
        return self.filter(is_final=False, deadline_code__in=[Reminder.Day.LAST_DETERMINATION, Reminder.Day.PROOF])

    def as_held_last(self) -> HeldLineQuerySet:
        """Each line of an entry once under a regime: as the last of its detentions has it."""
        later = HeldLine.objects.filter(
            shipment=models.OuterRef("shipment"),
            regime=models.OuterRef("regime"),
            line_number=models.OuterRef("line_number"),
            detention__gt=models.OuterRef("detention"),
        )
        return self.filter(~models.Exists(later))


class HeldLine(models.Model):
    """Where one line of a detained entry stands in law today, as it follows from the events and the days passed."""

    detention = models.ForeignKey(Detention, on_delete=models.CASCADE, related_name="held_lines")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="held_lines")
    regime = models.CharField(max_length=5, choices=Case.Regime)
    line_number = models.PositiveIntegerField()
    state = models.CharField(max_length=24, choices=STATES)
    since = models.DateField(null=True, blank=True)
    has_open_exception = models.BooleanField(default=False)
    is_final = models.BooleanField(default=False)
    deadline_on = models.DateField(null=True, blank=True, help_text="The statutory day that comes next.")
    deadline_code = models.CharField(max_length=30, blank=True)
    moves_on = models.DateField(
        null=True, blank=True, help_text="The first day on which the law itself changes the state if nothing happens."
    )

    objects = HeldLineQuerySet.as_manager()

    class Meta:
        ordering = ["line_number"]
        constraints = [
            models.UniqueConstraint(fields=["detention", "line_number"], name="held_line_once"),
            models.UniqueConstraint(
                fields=["shipment", "regime", "line_number"],
                condition=models.Q(is_final=False),
                name="line_held_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["moves_on"], name="held_line_moves", condition=models.Q(moves_on__isnull=False)),
            models.Index(fields=["state", "deadline_on"], name="held_line_by_state"),
        ]

    def __str__(self) -> str:
        return f"line {self.line_number} of {self.shipment}: {self.get_state_display()}"


class Determination(models.Model):
    """A final answer in one proceeding on one line: of the detention, of a protest, of an exception request.

    At most one stands: the first has no predecessor, each later one takes the place of exactly one, with a reason.
    """

    detention = models.ForeignKey(Detention, on_delete=models.PROTECT, related_name="determinations")
    proceeding = models.CharField(max_length=40, help_text="The detention, or a protest or exception by its filing.")
    line_number = models.PositiveIntegerField()
    event = models.ForeignKey(LegalEvent, on_delete=models.PROTECT, related_name="determinations")
    state = models.CharField(max_length=24, choices=STATES, blank=True, help_text="Empty: taken back.")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["detention", "proceeding", "line_number"],
                condition=models.Q(supersedes=None),
                name="one_determination_per_proceeding",
            )
        ]

    def __str__(self) -> str:
        return f"{self.proceeding}, line {self.line_number}: {self.get_state_display() or 'taken back'}"
