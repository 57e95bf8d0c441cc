"""What a reviewer holds to be shown, requirement by requirement, with the pages it rests on."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from screening.models import Case
from screening.models.decision import PATHWAYS


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> AssessmentQuerySet:
        """The office's own working record; the importer learns the result from the decision."""
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self

    def standing(self, case: Case, pathway: str) -> dict[str, Assessment]:
        """The latest verdict on each question as a whole."""
        rows = self.filter(case=case, pathway=pathway, step="").order_by("pk")
        return {row.requirement: row for row in rows}

    def standing_by_step(self, case: Case, pathway: str) -> dict[tuple[str, str], Assessment]:
        """The latest verdict on each question for each step of the chain."""
        rows = self.filter(case=case, pathway=pathway).exclude(step="").order_by("pk")
        return {(row.requirement, row.step): row for row in rows}


class Assessment(models.Model):
    """One verdict on a question of a pathway: for a step of the chain, or as a whole. A later one takes its place."""

    class Verdict(models.TextChoices):
        SHOWN = "shown", "Shown"
        NOT_SHOWN = "not_shown", "Not shown"
        CONTRADICTED = "contradicted", "Contradicted"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    pathway = models.CharField(max_length=15, choices=PATHWAYS)
    requirement = models.CharField(max_length=10, help_text="For example A3 or E2.")
    step = models.CharField(
        max_length=80, blank=True, help_text="The step of the chain it speaks of; empty: the question as a whole."
    )
    step_label = models.CharField(max_length=300, blank=True, help_text="What the step was called then.")
    verdict = models.CharField(max_length=12, choices=Verdict)
    reason = models.TextField()
    marks = models.JSONField(
        default=list, blank=True, help_text="What counts against the evidence, point by point of the written rubric."
    )
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="assessment_has_a_reason")]

    def __str__(self) -> str:
        where = f" ({self.step_label})" if self.step else ""
        return f"{self.requirement}{where}: {self.get_verdict_display()}"


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
