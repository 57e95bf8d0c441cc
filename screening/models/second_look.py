"""The blind second look: a share of decided cases is looked at again by somebody who does not see the conclusion."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of
from screening.models.decision import CONCLUSIONS, Decision


class DrawQuerySet(models.QuerySet["Draw"]):
    def visible_to(self, user: Any) -> DrawQuerySet:
        if not user.is_authenticated or not user.is_officer:
            return self.none()
        return self.filter(in_environment_of(user, "decision__case__importer"))

    def waiting(self) -> DrawQuerySet:
        return self.filter(second_look=None)

    def waiting_for(self, user: Any) -> DrawQuerySet:
        """What waits for a look by this reviewer."""
        return self.filter(decision__in=Decision.objects.to_be_looked_at_by(user))


class Draw(models.Model):
    """A decision drawn for a second look, by lot: a digest of case number and decision falls within the share."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="draw")
    share = models.FloatField(help_text="The share of decisions drawn then, 0 to 1.")
    drawn_at = models.DateTimeField(default=timezone.now)

    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"second look at {self.decision.case}"


class Decline(models.Model):
    """A reviewer who is not to give a second look, with the reason: a conflict of interest, for example."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="declines")
    reason = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "author_person"], name="declined_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="decline_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.draw}: declined"


class SecondLook(models.Model):
    """What a further reviewer concludes from the same record without seeing what was decided. It changes nothing."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="second_look")
    conclusion = models.CharField(max_length=20, choices=CONCLUSIONS)
    agrees = models.BooleanField(help_text="The same conclusion as was decided.")
    reasons = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reasons=""), name="second_look_has_reasons")]

    def __str__(self) -> str:
        return f"{self.draw}: {'agrees' if self.agrees else 'differs'}"
