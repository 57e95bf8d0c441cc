"""Reminders: who was told that a day comes near. One row for each day and each distance, so nobody is told twice."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from screening.models.case import Case
from screening.models.decision import hidden_from


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: Any) -> ReminderQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user)).exclude(case__in=hidden_from(user))


class Reminder(models.Model):
    """The importer, and a broker that acts for it, were reminded of a day; the event of it for their programs."""

    class Day(models.TextChoices):
        """What happens on the day. The two of the statute bear the codes of its deadlines."""

        TASK_DUE = "task_due", "Answers are due"
        LAST_DETERMINATION = "last_determination_day", "Last day to decide on the detention"
        PROOF = "prove_by", "Last day for the proof under a withhold release order"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reminders")
    day = models.CharField(max_length=30, choices=Day)
    task = models.ForeignKey(
        "screening.Task", null=True, blank=True, on_delete=models.PROTECT, related_name="reminders"
    )
    detention = models.ForeignKey(
        "screening.Detention", null=True, blank=True, on_delete=models.PROTECT, related_name="reminders"
    )
    on = models.DateField(help_text="The day that comes near.")
    days_before = models.PositiveSmallIntegerField(help_text="10, 5 or 2.")
    written_at = models.DateTimeField(default=timezone.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "on", "days_before"], name="task_reminder_once"),
            models.UniqueConstraint(fields=["detention", "on", "days_before"], name="detention_reminder_once"),
            models.CheckConstraint(
                condition=models.Q(day="task_due", detention=None) | (~models.Q(day="task_due") & models.Q(task=None)),
                name="reminder_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_day_display()} on {self.on}, {self.days_before} days before"
