"""What the rules said of the papers of a case as last put to them, what persons dismissed of it, and whose yields."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from evidence.models.grid import OfficeRows
from screening.models import Case


class PaperCheck(models.Model):
    """The rules put to the papers of a case, as last done: alarms, what agrees, what was not checked, the ledger.

    ``digest`` is that of everything they rested on: the same digest gives the same answer again. Worked out anew when
    papers or chain change; what persons make of it are rows of their own.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="paper_check")
    digest = models.CharField(max_length=64, help_text="SHA-256 of papers, chain, tolerances, yields and rules.")
    content = models.JSONField(default=dict)
    checked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Check of the papers of {self.case}"


class AlarmDismissal(models.Model):
    """A person says that an alarm is explained, and by what; or takes that back. The latest row counts.

    It holds for the same values at the same places, so it survives every further check; once a value changes, the
    alarm is another one.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alarm_dismissals")
    fingerprint = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    sentence = models.TextField(help_text="What the alarm said then.")
    is_dismissed = models.BooleanField(default=True, help_text="False: it is an alarm again.")
    reason = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OfficeRows.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["case", "fingerprint"], name="dismissal_of_alarm")]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="dismissal_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class StatedYield(models.Model):
    """How much a process yields, as a person states it for a case, for one supplier or all. The latest row counts."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stated_yields")
    process = models.CharField(max_length=40, help_text="A process of yields.csv.")
    firm = models.CharField(max_length=300, blank=True, help_text="Only for this supplier; empty: for all.")
    low = models.DecimalField(max_digits=7, decimal_places=4, help_text="Output as a share of input, at least.")
    high = models.DecimalField(max_digits=7, decimal_places=4, help_text="Output as a share of input, at most.")
    source = models.TextField(help_text="Where the range is taken from.")
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OfficeRows.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(low__gt=0, high__gte=models.F("low")) & ~models.Q(source=""),
                name="yield_is_a_range_with_a_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.low} to {self.high}"


def latest_of(rows: Any, *names: str) -> dict[tuple[Any, ...], Any]:
    """The latest row of each combination of these columns."""
    found: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        found.setdefault(tuple(getattr(row, name) for name in names), row)
    return found
