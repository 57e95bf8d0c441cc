"""What a reviewer holds to be shown, with the pages it rests on: questions of the law, and cells of the proof grid."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of
from screening.models import Case, hidden_from
from screening.models.decision import PATHWAYS


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> AssessmentQuerySet:
        """The office's own working record; the importer learns the result from the decision."""
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self.filter(in_environment_of(user, "case__importer")).exclude(case__in=hidden_from(user))

    def with_pages(self) -> AssessmentQuerySet:
        """With author and cited pages, in a bounded number of queries."""
        return self.select_related("author__person").prefetch_related("citations__exhibit")

    def standing(self, case: Case, pathway: str) -> dict[str, Assessment]:
        """The latest verdict on each question as a whole."""
        rows = self.filter(case=case, pathway=pathway, step="").order_by("pk")
        return {row.requirement: row for row in rows}

    def standing_by_step(self, case: Case, pathway: str) -> dict[tuple[str, str], Assessment]:
        """The latest verdict on each question for each step of the chain."""
        rows = self.filter(case=case, pathway=pathway).exclude(step="").order_by("pk")
        return {(row.requirement, row.step): row for row in rows}

    def standing_in_grid(self, case: Case) -> dict[tuple[str, str], Assessment]:
        """The latest verdict on each cell of the proof grid, by step and family of papers."""
        rows = self.filter(case=case).exclude(family="").select_related("author__person")
        return {(row.step, row.family): row for row in rows.prefetch_related("citations__exhibit").order_by("pk")}


class Assessment(models.Model):
    """One verdict: on a question of a pathway, for a step of the chain or as a whole; or on a cell of the proof grid.

    A later one takes its place. A cell belongs to no pathway: it says what papers show at a step, whatever is asked.
    """

    class Verdict(models.TextChoices):
        SHOWN = "shown", "Shown"
        NOT_SHOWN = "not_shown", "Not shown"
        CONTRADICTED = "contradicted", "Contradicted"
        WEAK = "weak", "Weak"
        MISSING = "missing", "Missing"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    OF_QUESTIONS = (Verdict.SHOWN, Verdict.NOT_SHOWN, Verdict.CONTRADICTED)
    OF_CELLS = (Verdict.SHOWN, Verdict.WEAK, Verdict.MISSING, Verdict.CONTRADICTED, Verdict.NOT_APPLICABLE)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    pathway = models.CharField(max_length=15, choices=PATHWAYS, blank=True, help_text="Empty: a cell of the grid.")
    requirement = models.CharField(max_length=10, blank=True, help_text="For example A3 or E2.")
    family = models.CharField(
        max_length=20, blank=True, help_text="Family of papers, where it judges a cell of the proof grid."
    )
    step = models.CharField(
        max_length=80, blank=True, help_text="The step of the chain it speaks of; empty: the question as a whole."
    )
    step_label = models.CharField(max_length=300, blank=True, help_text="What the step was called then.")
    verdict = models.CharField(max_length=15, choices=Verdict)
    proposed = models.CharField(
        max_length=15, blank=True, choices=Verdict, help_text="What the machine proposed for the cell then."
    )
    reason = models.TextField()
    marks = models.JSONField(
        default=list, blank=True, help_text="What counts against the evidence, point by point of the written rubric."
    )
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="assessment_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(family="") & ~models.Q(pathway="") & ~models.Q(requirement="")
                | ~models.Q(family="") & models.Q(pathway="", requirement="") & ~models.Q(step=""),
                name="assessment_of_question_or_cell",
            ),
        ]

    def __str__(self) -> str:
        where = f" ({self.step_label})" if self.step else ""
        return f"{self.requirement or self.family.capitalize()}{where}: {self.get_verdict_display()}"


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
