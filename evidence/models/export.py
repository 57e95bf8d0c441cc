"""Exports of a case: what was given out, when, and where the history stood then."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of
from screening.models import hidden_from


class CaseExportQuerySet(models.QuerySet["CaseExport"]):
    def visible_to(self, user: Any) -> CaseExportQuerySet:
        """The office only: an export holds what other importers declared, and the office's own record."""
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self.filter(in_environment_of(user, "case__importer")).exclude(case__in=hidden_from(user))


class CaseExport(models.Model):
    """One export of a case, as a ZIP that proves itself. Appended; its hash and the chain's head are on record."""

    case = models.ForeignKey("screening.Case", on_delete=models.PROTECT, related_name="exports")
    file = models.FileField(max_length=300, blank=True, help_text="Empty: written elsewhere and not kept.")
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    notes_left_out = models.BooleanField(
        default=False, help_text="Without the notes the office wrote to itself; each still stands in it by its digest."
    )
    head_sequence = models.PositiveBigIntegerField(help_text="The last event of the history it was made from.")
    head_hash = models.CharField(max_length=64)
    made_by = models.ForeignKey("entities.User", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = CaseExportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"export of {self.case}"
