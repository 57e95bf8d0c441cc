"""What a reviewer holds to be shown, requirement by requirement, with the pages it rests on."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from screening.models import Case, Pathway


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> AssessmentQuerySet:
        """The office's own working record; the importer learns the result from the decision."""
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self

    def standing(self, case: Case, pathway: str) -> dict[str, Assessment]:
        """The latest assessment of each requirement."""
        rows = self.filter(case=case, pathway=pathway).order_by("pk")
        return {row.requirement: row for row in rows}


class Assessment(models.Model):
    """One verdict on one requirement of a pathway. A later one takes its place; none is edited."""

    class Verdict(models.TextChoices):
        SHOWN = "shown", "Shown"
        NOT_SHOWN = "not_shown", "Not shown"
        CONTRADICTED = "contradicted", "Contradicted"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    pathway = models.CharField(max_length=15, choices=Pathway)
    requirement = models.CharField(max_length=10, help_text="For example A3 or E2.")
    verdict = models.CharField(max_length=12, choices=Verdict)
    reason = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="assessment_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.get_verdict_display()}"


class Citation(models.Model):
    """The page a verdict rests on, held by number and hash."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="citations")
    exhibit = models.ForeignKey("evidence.Exhibit", on_delete=models.PROTECT, related_name="citations")
    page_number = models.PositiveIntegerField()
    page_sha256 = models.CharField(max_length=64)
    quote = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["assessment", "exhibit", "page_number"], name="citation_once")]

    def __str__(self) -> str:
        return f"{self.exhibit} p. {self.page_number}"
