"""What is asked of the importer in rounds, question by question, and what it answers.

Every date here is the office's own. No statutory clock moves by it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from screening.domain.requests import MOST_DAYS, MOST_EXTENSIONS
from screening.models.case import Case


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: Any) -> TaskQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user))

    def open(self) -> TaskQuerySet:
        return self.filter(closed_at=None)


class Task(models.Model):
    """One round of questions: asked of the importer, with the day the answers are due.

    It is closed when the importer says that it has answered, or when the office goes on without waiting.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    round = models.PositiveSmallIntegerField()
    message = models.TextField(blank=True)
    due_on = models.DateField()
    asked_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="round_of_case_once")]

    def __str__(self) -> str:
        return f"Round {self.round} of {self.case}, due {self.due_on}"

    def is_past_due(self, today: date) -> bool:
        return self.closed_at is None and today > self.due_on


class TaskItemQuerySet(models.QuerySet["TaskItem"]):
    def visible_to(self, user: Any) -> TaskItemQuerySet:
        return self.filter(task__in=Task.objects.visible_to(user))

    def unsettled(self) -> TaskItemQuerySet:
        """Questions not completely answered. One that was asked again is counted where it was asked last."""
        settled = [TaskItem.State.COMPLETE, TaskItem.State.WITHDRAWN]
        return self.exclude(state__in=settled).filter(asked_again=None)

    def unjudged(self) -> TaskItemQuerySet:
        """Questions of closed rounds on which the office has not said yet whether they are completely answered."""
        return self.filter(task__closed_at__isnull=False, judged_at=None)

    def returned(self) -> TaskItemQuerySet:
        """Questions found incompletely answered that wait for the next round."""
        return self.filter(state=TaskItem.State.INCOMPLETE, asked_again=None)


class TaskItem(models.Model):
    """One question of a round: a paper, a proof, an explanation asked for."""

    class State(models.TextChoices):
        OPEN = "open", "No answer yet"
        ANSWERED = "answered", "Answered"
        COMPLETE = "complete", "Completely answered"
        INCOMPLETE = "incomplete", "Not completely answered"
        WITHDRAWN = "withdrawn", "No longer asked"

    JUDGED: ClassVar[set[str]] = {State.COMPLETE, State.INCOMPLETE, State.WITHDRAWN}

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=400)
    again_of = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="asked_again",
        help_text="The question of an earlier round that this one asks again.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When the first words or paper came for it.")
    reason = models.TextField(blank=True, help_text="What is missing in the answer, or why it is no longer asked.")
    judged_by = models.ForeignKey("entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = TaskItemQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="task_item_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "answered"], judged_by=None, judged_at=None)
                | models.Q(
                    state__in=["complete", "incomplete", "withdrawn"], judged_by__isnull=False, judged_at__isnull=False
                ),
                name="task_item_judged_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["incomplete", "withdrawn"]) | ~models.Q(reason=""),
                name="task_item_returned_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: Any) -> AnswerQuerySet:
        return self.filter(item__in=TaskItem.objects.visible_to(user))


class Answer(models.Model):
    """What the importer says to a question, in its own words. A later answer adds to an earlier one."""

    item = models.ForeignKey(TaskItem, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    answered_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"answer to {self.item}"


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def visible_to(self, user: Any) -> ExtensionQuerySet:
        return self.filter(task__in=Task.objects.visible_to(user))

    def waiting(self, today: date) -> ExtensionQuerySet:
        """Requests for more time that the office can still grant."""
        return self.filter(outcome="", task__closed_at=None, task__due_on__gte=today)


class Extension(models.Model):
    """The importer asks for more time: how many days, why, and what is missing. The office grants it or refuses.

    A round is extended at most twice and never once past due (rule of CBP's Forced Labor Portal); the database holds
    to it. The statutory clock does not move. It is a row of its own beside the round and no further task: only so can
    the database itself refuse a third grant, or one past due, and keep each request with its answer.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField(help_text="Calendar days asked for.")
    reason = models.TextField()
    missing = models.TextField(help_text="What the importer still lacks.")
    due_before = models.DateField(help_text="The day the round was due when more time was asked for.")
    asked_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    asked_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)
    grant_number = models.PositiveSmallIntegerField(null=True, blank=True, help_text="First or second extension.")
    days_granted = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True, help_text="The office's reason.")
    answered_by = models.ForeignKey("entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(outcome=""), name="extension_asked_one_at_a_time"
            ),
            models.UniqueConstraint(fields=["task", "grant_number"], name="extension_grant_once"),
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=MOST_DAYS), name="extension_days_in_bounds"
            ),
            models.CheckConstraint(
                condition=models.Q(asked_on__lte=models.F("due_before")), name="extension_asked_before_due"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    outcome="granted",
                    grant_number__isnull=False,
                    days_granted__isnull=False,
                    grant_number__gte=1,
                    grant_number__lte=MOST_EXTENSIONS,
                    days_granted__gte=1,
                    days_granted__lte=models.F("days"),
                    answered_on__lte=models.F("due_before"),
                )
                | (~models.Q(outcome="granted") & models.Q(grant_number=None, days_granted=None)),
                name="extension_granted_twice_never_late",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", answered_by=None, answered_on=None, answered_at=None, answer="")
                | (
                    models.Q(answered_by__isnull=False, answered_on__isnull=False, answered_at__isnull=False)
                    & ~models.Q(outcome="")
                    & ~models.Q(answer="")
                ),
                name="extension_answered_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} more days for round {self.task.round} of {self.task.case}"
