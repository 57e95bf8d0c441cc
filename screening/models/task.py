"""What is asked of the importer, item by item, until a day."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from screening.models.case import Case


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: Any) -> TaskQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user))

    def open(self) -> TaskQuerySet:
        return self.filter(closed_at=None)


class Task(models.Model):
    """Something asked of the importer, with the day it is due. The office's date, not a statutory one."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", "Evidence"
        INFORMATION = "information", "Request for information"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.EVIDENCE)
    message = models.TextField(blank=True)
    due_on = models.DateField()
    asked_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.case}, due {self.due_on}"


class TaskItem(models.Model):
    """One thing asked for: a paper, a proof, an answer."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=400)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="task_item_once")]

    def __str__(self) -> str:
        return self.text
