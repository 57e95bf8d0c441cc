"""A document's place in a case."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of
from evidence.models.document import Document


class ExhibitQuerySet(models.QuerySet["Exhibit"]):
    def visible_to(self, user: Any) -> ExhibitQuerySet:
        """The office sees the whole case file; others what their own organisations sent."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "document__organization"))
        return self.filter(document__organization__in=user.organizations())

    def openable_by(self, user: Any) -> ExhibitQuerySet:
        """Those whose document one may open, not only know of."""
        return self.visible_to(user).filter(document__in=Document.objects.visible_to(user))


class Exhibit(models.Model):
    """Joins a document to a case, under a running number, as the answer to what was asked (if it was)."""

    case = models.ForeignKey("screening.Case", on_delete=models.PROTECT, related_name="exhibits")
    document = models.ForeignKey("evidence.Document", on_delete=models.PROTECT, related_name="exhibits")
    number = models.PositiveIntegerField()
    task_item = models.ForeignKey(
        "screening.TaskItem", null=True, blank=True, on_delete=models.PROTECT, related_name="exhibits"
    )
    added_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = ExhibitQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="exhibit_number_once"),
            models.UniqueConstraint(fields=["case", "document"], name="exhibit_document_once"),
        ]

    def __str__(self) -> str:
        return f"Exhibit {self.number}"

    @property
    def sender(self) -> str:
        """Who sent it into the case, for people: an account, or a supplier without one."""
        return str(self.document.delivery) if self.document.delivery else self.added_by.full_name
