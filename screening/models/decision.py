"""Recommendations and decisions. Appended, never edited; recommender and decider are two persons."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from screening.models.case import Case


class Pathway(models.TextChoices):
    """How the presumption is met (domain: sec. 3 of the Act)."""

    APPLICABILITY = "applicability", "Applicability review"
    EXCEPTION = "exception", "Exception request"


class Conclusion(models.TextChoices):
    """What the record shows on the pathway."""

    NOT_IN_SCOPE = (
        "not_in_scope",
        "Outside the law: shown that the chain touches neither Xinjiang nor a listed entity",
    )
    SCOPE_NOT_REBUTTED = "scope_not_rebutted", "Not shown: the presumption stands"
    EXCEPTION_MET = "exception_met", "Exception: all three conditions met"
    EXCEPTION_NOT_MET = "exception_not_met", "Exception not met: the presumption stands"


CONCLUSIONS = {
    Pathway.APPLICABILITY: (Conclusion.NOT_IN_SCOPE, Conclusion.SCOPE_NOT_REBUTTED),
    Pathway.EXCEPTION: (Conclusion.EXCEPTION_MET, Conclusion.EXCEPTION_NOT_MET),
}


class Recommendation(models.Model):
    """A reviewer's conclusion on a pathway, with the record it rests on sealed beside it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recommendations")
    pathway = models.CharField(max_length=15, choices=Pathway)
    conclusion = models.CharField(max_length=20, choices=Conclusion)
    reasons = models.TextField()
    record = models.JSONField(help_text="Findings, assessments and cited pages as they stood, with their hashes.")
    record_sha256 = models.CharField(max_length=64)
    recommended_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    recommended_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"recommendation on {self.case}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Any) -> DecisionQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user))


class Decision(models.Model):
    """The answer of a second person to a recommendation: approved, or returned with a reason."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned to the reviewer"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=10, choices=Verdict)
    pathway = models.CharField(max_length=15, choices=Pathway)
    conclusion = models.CharField(max_length=20, choices=Conclusion)
    grounds = models.JSONField(default=list, help_text="The grounds decided on, named.")
    findings = models.JSONField(default=list, help_text="The findings decided on, as they stood.")
    reasons = models.TextField()
    recommended_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    decided_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(recommended_person=models.F("decided_person")),
                name="decision_by_two_persons",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.get_conclusion_display()}"
