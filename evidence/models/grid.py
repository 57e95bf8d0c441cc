"""The proof grid of a case as last worked out, where persons placed papers, and what was looked for."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of
from screening.models import Case


class ProofGrid(models.Model):
    """What the papers of a case show at each step, as last worked out. Worked out anew when papers, chain or
    placements change; what persons hold of it are rows of their own."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="proof_grid")
    content = models.JSONField(default=dict)
    checked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Proof grid of {self.case}"


class OfficeRows(models.QuerySet[Any]):
    """Rows of the office's own working record."""

    def visible_to(self, user: Any) -> OfficeRows:
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self.filter(in_environment_of(user, "case__importer"))


class PaperPlacement(models.Model):
    """A person says to which steps of the chain a paper belongs. A later one takes its place."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="placements")
    paper = models.ForeignKey("evidence.Paper", on_delete=models.PROTECT, related_name="placements")
    steps = models.JSONField(default=list, help_text="Keys of the steps; none: it belongs nowhere.")
    labels = models.JSONField(default=list, help_text="What the steps were called then.")
    reason = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OfficeRows.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="placement_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.paper}: {', '.join(self.labels) or 'nowhere'}"


class ChosenCommodity(models.Model):
    """A person says of which commodity chain the goods of a line are, and which stage makes them. A later one takes
    its place."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="chosen_commodities")
    shipment = models.ForeignKey("screening.Shipment", on_delete=models.PROTECT, related_name="+")
    line_number = models.PositiveIntegerField()
    commodity = models.CharField(max_length=40, blank=True, help_text="Empty: of no chain that is known here.")
    made_by_stage = models.PositiveIntegerField(null=True, blank=True)
    reason = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OfficeRows.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="chosen_commodity_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(commodity="", made_by_stage=None)
                | ~models.Q(commodity="") & models.Q(made_by_stage__gte=1),
                name="chosen_commodity_has_a_stage",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line_number} of {self.shipment}: {self.commodity or 'no known chain'}"


class KeptSearch(models.Model):
    """What was looked for in the papers of a case, in which of them, and what came of it: a receipt.

    That nothing was found says that these words do not stand on these pages as they were read, and no more.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="kept_searches")
    words = models.CharField(max_length=200)
    why = models.CharField(max_length=400, help_text="What it was to show, and for which step.")
    step = models.CharField(max_length=80, blank=True)
    searched = models.JSONField(help_text="Exhibits looked through: number, SHA-256, pages, pages without text.")
    found = models.JSONField(default=list, help_text="Pages that say it: exhibit, page, how often.")
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OfficeRows.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"“{self.words}” in the papers of {self.case}"
