"""Cases, and the detentions they group."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from entities.domain.errors import Refused
from entities.models import in_environment_of
from screening.models.shipment import Shipment


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> CaseQuerySet:
        """Rows this user may know exist. Every read in a view or the API starts here."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "importer"))
        return self.filter(importer__in=user.organizations())

    def open(self) -> CaseQuerySet:
        return self.exclude(stage=Case.Stage.CLOSED)


class Case(models.Model):
    """One importer's matter under one regime, from the first flag to the decision."""

    class Regime(models.TextChoices):
        UFLPA = "UFLPA", "UFLPA"
        WRO = "WRO", "Withhold release order"

    class Stage(models.TextChoices):
        OPEN = "open", "New"
        AWAITING_EVIDENCE = "awaiting_evidence", "Waiting for the importer"
        UNDER_REVIEW = "under_review", "Under review"
        AWAITING_APPROVAL = "awaiting_approval", "Waiting for approval"
        CLOSED = "closed", "Decided"

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Stage.OPEN: {Stage.AWAITING_EVIDENCE, Stage.UNDER_REVIEW},
        Stage.AWAITING_EVIDENCE: {Stage.UNDER_REVIEW},
        Stage.UNDER_REVIEW: {Stage.AWAITING_EVIDENCE, Stage.AWAITING_APPROVAL},
        Stage.AWAITING_APPROVAL: {Stage.UNDER_REVIEW, Stage.CLOSED},
        Stage.CLOSED: {Stage.UNDER_REVIEW},
    }

    number = models.CharField(max_length=20, unique=True, help_text="Year and running number, for example 2026-041.")
    importer = models.ForeignKey("entities.Organization", on_delete=models.PROTECT, related_name="cases")
    regime = models.CharField(max_length=5, choices=Regime, default=Regime.UFLPA)
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.OPEN)
    shipments = models.ManyToManyField(Shipment, related_name="cases")
    chain = models.CharField(
        max_length=64,
        blank=True,
        help_text="Shipments whose goods come to the same ground by the same chain share it.",
    )
    opened_because = models.CharField(max_length=500)
    lead_finding = models.ForeignKey(
        "screening.Finding", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_to = models.ForeignKey(
        "entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_cases"
    )
    facts_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="Facts of a shipment changed since the last decision."
    )
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["stage", "-id"], name="case_by_stage"),
            models.Index(fields=["chain"], name="case_by_chain", condition=~models.Q(chain="")),
        ]

    def __str__(self) -> str:
        return f"Case {self.number}"

    def move_to(self, stage: str) -> None:
        """Set the work stage if the table allows it. Does not save."""
        if stage not in self.TRANSITIONS[self.stage]:
            target = self.Stage(stage).label.lower()
            raise Refused(
                "case_stage",
                f"Case {self.number} is {self.get_stage_display().lower()}; it cannot become {target}.",
            )
        self.stage = stage
