"""A reviewer holds that a finding does not apply to the goods, or that it applies after all. Counted and shown."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of
from screening.models.case import Case
from screening.models.run import Finding


class OverrideQuerySet(models.QuerySet["Override"]):
    def visible_to(self, user: Any) -> OverrideQuerySet:
        """The office's own working record."""
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self.filter(in_environment_of(user, "case__importer"))

    def standing(self, case: Case) -> dict[int, Override]:
        """By finding: the latest word on it, where that is that it does not apply."""
        rows = {row.finding_id: row for row in self.filter(case=case).select_related("author__person").order_by("pk")}
        return {key: row for key, row in rows.items() if not row.applies}


class Override(models.Model):
    """One word of a reviewer on one finding of a case. The finding stays as it is; a later word takes its place."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="overrides")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="overrides")
    applies = models.BooleanField(default=False, help_text="The finding applies after all.")
    reason = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_a_reason")]

    def __str__(self) -> str:
        return f"{'applies' if self.applies else 'does not apply'}: {self.finding}"
