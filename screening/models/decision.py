"""Recommendations and decisions. Appended, never edited; whoever decides has had no hand in the review."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils import timezone

from entities.domain.roles import Act
from entities.models import User, in_environment_of
from screening.domain.pathways import OUTCOMES, TABLE
from screening.models.case import Case

PATHWAYS = [(row.pathway.value, row.label) for row in TABLE.values()]
CONCLUSIONS = [(one.conclusion.value, one.label) for one in OUTCOMES.values()]


LOOK_FIRST = (
    "This case is drawn for a second look, and you had no hand in it. Until the look is given you see the record, but "
    "not what others held of it, what was decided and what became of the goods: you are to conclude by yourself."
)


def hidden_from(user: Any) -> frozenset[int]:
    """The cases whose outcome this account must not learn yet: it is to look at them a second time, blind.

    The one place that says so. Letters, exports, the audit trail, the API, queues, reports and mails leave these cases
    out; the page of the case shows them without what tells the outcome.
    """
    return frozenset(Decision.objects.to_be_looked_at_by(user).values_list("case", flat=True))


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def visible_to(self, user: Any) -> RecommendationQuerySet:
        """The office's own working record."""
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self.filter(in_environment_of(user, "case__importer")).exclude(case__in=hidden_from(user))


class Recommendation(models.Model):
    """A reviewer's conclusion on a pathway, with the record it rests on sealed beside it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recommendations")
    pathway = models.CharField(max_length=15, choices=PATHWAYS)
    conclusion = models.CharField(max_length=20, choices=CONCLUSIONS)
    grounds = models.JSONField(default=list, help_text="The grounds concluded on, named.")
    lines = models.JSONField(
        default=list, blank=True, help_text="Held lines it speaks of, as detention-line; none named: the whole case."
    )
    reasons = models.TextField()
    record = models.JSONField(help_text="Findings, verdicts, cited pages, lists and events as they stood.")
    record_sha256 = models.CharField(max_length=64)
    recommended_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    recommended_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField(default=timezone.now)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"recommendation on {self.case}"

    def hands(self) -> set[int]:
        """The persons who had a hand in the review: judged, set a finding aside, or recommended.

        The persons then and the persons now: an account may have been found to be somebody else's second one since.
        """
        rows = self.record.get("reviewers", [])
        accounts = [self.recommended_by_id, *(one["account"] for one in rows)]
        return {self.recommended_person_id, *(one["person"] for one in rows)} | _persons_now(accounts)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Any) -> DecisionQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user)).exclude(case__in=hidden_from(user))

    def to_be_looked_at_by(self, user: Any) -> DecisionQuerySet:
        """Drawn for a second look that nobody gave yet, and that this reviewer may give: they had no hand in it, by
        whatever account, then or now, and did not decline."""
        if not user.is_authenticated or not user.has_perm(Act.RECOMMEND):
            return self.none()
        drawn = self.filter(in_environment_of(user, "case__importer"), draw__isnull=False, draw__second_look=None)
        rows = drawn.values_list(
            "pk", "recommendation__record__reviewers", "recommendation__recommended_by",
            "recommendation__recommended_person", "decided_by", "decided_person",
        )  # fmt: skip
        if not (found := list(rows)):
            return self.none()
        own = set(User.objects.filter(person=user.person_id).values_list("pk", flat=True))
        keys = [
            pk
            for pk, reviewers, recommended_by, recommended, decided_by, decided in found
            if own.isdisjoint({recommended_by, decided_by, *(one["account"] for one in reviewers or ())})
            and user.person_id not in {recommended, decided, *(one["person"] for one in reviewers or ())}
        ]
        return self.filter(pk__in=keys).exclude(draw__declines__author__in=own)

    def approved(self) -> DecisionQuerySet:
        return self.filter(verdict=Decision.Verdict.APPROVED)


class Decision(models.Model):
    """The answer of a second person to a recommendation: approved, or returned with a reason.

    That its person had no hand in the review is held by the database too (``evidence.four_eyes``).
    """

    class Verdict(models.TextChoices):
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned to the reviewer"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=10, choices=Verdict)
    pathway = models.CharField(max_length=15, choices=PATHWAYS)
    conclusion = models.CharField(max_length=20, choices=CONCLUSIONS)
    grounds = models.JSONField(default=list, help_text="The grounds decided on, named.")
    lines = models.JSONField(
        default=list, blank=True, help_text="Held lines it decides on, as detention-line; none: the whole case."
    )
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
            ),
            models.UniqueConstraint(
                fields=["case", "pathway", "lines"],
                condition=models.Q(verdict="approved", supersedes=None),
                name="decision_stands_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict="approved") | ~models.Q(grounds=[]), name="decision_has_a_ground"
            ),
            models.CheckConstraint(condition=~models.Q(reasons=""), name="decision_has_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.get_conclusion_display()}"

    def hands(self) -> set[int]:
        """The persons who had a hand in the decision: in its review, or by deciding; then or now."""
        return self.recommendation.hands() | {self.decided_person_id} | _persons_now([self.decided_by_id])


def _persons_now(accounts: Collection[int]) -> set[int]:
    return set(User.objects.filter(pk__in=accounts).values_list("person", flat=True))
