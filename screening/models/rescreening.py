"""Screening again after a change of what findings rest on: why, which shipments, and what came out otherwise."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from entities.models import in_environment_of
from screening.models.run import Finding
from screening.models.shipment import Shipment


class RescreeningQuerySet(models.QuerySet["Rescreening"]):
    def visible_to(self, user: Any) -> RescreeningQuerySet:
        """All for the office but those of sandboxes; for others those that screened a shipment of theirs again."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer and not user.is_in_sandbox:
            of_it = Rescreened.objects.filter(rescreening=models.OuterRef("pk"))
            return self.filter(models.Exists(of_it.visible_to(user)) | ~models.Exists(of_it))
        ours = Rescreened.objects.visible_to(user).exclude(after=None)
        return self.filter(pk__in=ours.values("rescreening"))


class Rescreening(models.Model):
    """One pass over shipments screened before, because a list, a name, a judgement, thresholds or the chain changed.

    It holds the changes that were taken up together. Its shipments are screened by several workers in runs of their
    own; it is finished when each of them was looked at.
    """

    changes = models.ManyToManyField("entities.Change", related_name="+")
    at = models.DateTimeField(default=timezone.now)
    shipment_count = models.PositiveIntegerField(help_text="Shipments the changes can touch, to be looked at.")
    firms_moved = models.PositiveIntegerField(
        null=True, blank=True, help_text="Firms of which the exposure index says something else since the changes."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="Owners were told what changed for them.")

    objects = RescreeningQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"re-screening {self.pk}"


class RescreenedQuerySet(models.QuerySet["Rescreened"]):
    def visible_to(self, user: Any) -> RescreenedQuerySet:
        return self.filter(shipment__in=Shipment.objects.visible_to(user))

    def changed(self) -> RescreenedQuerySet:
        """Those that came out otherwise: another outcome, or other findings."""
        return self.filter(is_changed=True)


class Rescreened(models.Model):
    """One shipment looked at again: its screening before, the one after, and the difference of their findings."""

    rescreening = models.ForeignKey(Rescreening, on_delete=models.PROTECT, related_name="shipments")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="rescreened")
    causes = models.JSONField(default=list, help_text="The kinds of the changes that touch this shipment.")
    before = models.ForeignKey("screening.Screening", on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(
        "screening.Screening", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="None: facts, chain, list and judgements were as at the screening before.",
    )  # fmt: skip
    is_changed = models.BooleanField(help_text="The outcome or the findings are others.")
    difference = models.JSONField(
        default=dict, help_text="Findings new, gone and changed: [id before, id after, steps upstream]."
    )
    cases = models.JSONField(default=list, help_text="What followed for its cases: opened, decided before, goes on.")
    was_decided = models.BooleanField(default=False, help_text="A case of it was decided when it was looked at again.")
    at = models.DateTimeField(default=timezone.now)

    objects = RescreenedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["rescreening", "shipment"], name="rescreened_once")]

    def __str__(self) -> str:
        return f"{self.shipment} in {self.rescreening}"


class ForeseenQuerySet(models.QuerySet["Foreseen"]):
    def visible_to(self, user: Any) -> ForeseenQuerySet:
        """The office's alone: a way may run over links that other importers declared."""
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self.filter(in_environment_of(user, "shipment__owner"))

    def with_settled(self) -> ForeseenQuerySet:
        """Beside each ``is_settled``: the shipment was screened since; and ``is_found``: that says so too."""
        settled = Rescreened.objects.filter(
            rescreening=models.OuterRef("rescreening"), shipment=models.OuterRef("shipment")
        )
        raises = models.Case(models.When(ground="", then=False), default=True)
        found = Finding.objects.annotate(raises=raises, entity=models.F("listing__entity")).filter(
            models.Q(entity=models.OuterRef("entity")) | models.Q(entity=None),
            screening=models.OuterRef("standing"),
            rule=models.OuterRef("rule"),
            supplier=models.OuterRef("supplier"),
            raises=models.OuterRef("raises_presumption"),
            grade=models.OuterRef("grade"),
            steps_upstream=models.OuterRef("steps_upstream"),
        )
        standing = settled.values(standing=Coalesce("after", "before"))
        return self.annotate(
            is_settled=models.Exists(settled), standing=models.Subquery(standing), is_found=models.Exists(found)
        )

    def settled(self) -> ForeseenQuerySet:
        """Those whose shipment was screened since."""
        rows: Any = self.with_settled()
        return rows.filter(is_settled=True)

    def borne_out(self) -> ForeseenQuerySet:
        """Those of which the screening since says the same."""
        rows: Any = self.settled()
        return rows.filter(is_found=models.F("is_new"))


class Foreseen(models.Model):
    """What the exposure index said at once of a shipment to be screened again: that it newly reaches a firm of which
    something speaks now, or that nothing speaks any longer of one it reached.

    By firm, rule and listed entity the best grade and the nearest step, counted from the importer, along standing
    links: lots of the shipment and its own words for its parties are left to the screening, which settles each row.
    """

    rescreening = models.ForeignKey(Rescreening, on_delete=models.PROTECT, related_name="foreseen")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("entities.Supplier", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=30)
    entity = models.ForeignKey("entities.ListedEntity", null=True, on_delete=models.PROTECT, related_name="+")
    is_new = models.BooleanField(help_text="Newly reached; else reached no longer.")
    raises_presumption = models.BooleanField()
    grade = models.CharField(max_length=10, choices=Finding.Grade)
    steps_upstream = models.PositiveSmallIntegerField()

    objects = ForeseenQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "foreseen"

    def __str__(self) -> str:
        return f"{self.rule} of {self.shipment} in {self.rescreening}"
