"""What people judged: is a declared party the same firm as an entity of a list. Appended, never edited.

A judgement speaks of an identity and an entity by their digests, never of one supplier row or one list version: it
holds wherever the same words are declared again, and lapses by itself when either side is another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone

from entities.domain import judging
from entities.models.listing import ListVersion


class JudgementQuerySet(models.QuerySet["Judgement"]):
    def visible_to(self, user: Any) -> JudgementQuerySet:
        """The office only: a judgement speaks of what several importers declared."""
        return self if user.is_authenticated and user.is_officer and not user.is_in_sandbox else self.none()

    def between(self, keys: Iterable[str], register: str, entities: Iterable[str]) -> JudgementQuerySet:
        """What was judged of these identities and entities, the latest first."""
        rows = self.filter(party_key__in=list(keys), register=register, entity_key__in=list(entities))
        return rows.select_related("author__person", "confirmation__confirmed_by__person").order_by("-pk")

    def that_count(self) -> JudgementQuerySet:
        """Neither declined by a second person nor waiting for one."""
        needs_two = models.Q(verdict=Judgement.Verdict.DIFFERENT, machine_verdict=Judgement.Machine.MATCH)
        confirmed = models.Q(confirmation__verdict=JudgementConfirmation.Verdict.CONFIRMED)
        return self.filter(confirmed | (models.Q(confirmation=None) & ~needs_two))

    def awaiting_a_second_person(self) -> JudgementQuerySet:
        """A firm judged different against a match of the machine: nobody confirmed or declined it yet."""
        return self.filter(
            verdict=Judgement.Verdict.DIFFERENT, machine_verdict=Judgement.Machine.MATCH, confirmation=None
        )


class Judgement(models.Model):
    """One person's answer on one party and one listed entity, with both as they stood that day."""

    class Verdict(models.TextChoices):
        SAME = "same", "The same firm"
        DIFFERENT = "different", "A different firm"
        UNSURE = "unsure", "Unsure"

    class Machine(models.TextChoices):
        MATCH = "match", "Match"
        POSSIBLE = "possible", "Possible match"

    class Scope(models.TextChoices):
        FIRM = "firm", "This firm, whatever address is declared"
        SITE = "site", "This firm at this address only"

    class State(models.TextChoices):
        """How a judgement stands on a day; it follows from the rows and is never stored."""

        STANDS = "stands", "Stands"
        AWAITS = "awaits", "Awaits a second person"
        DECLINED = "declined", "Declined by a second person"
        LAPSED = "lapsed", "Lapsed: the list says otherwise now"
        SUPERSEDED = "superseded", "A later judgement took its place"

    party_key = models.CharField(max_length=64, help_text="Digest of the party's identity, by the scope.")
    party = models.JSONField(help_text="The party's words as they were judged.")
    register = models.CharField(max_length=10, choices=ListVersion.Register)
    entity_key = models.CharField(max_length=200)
    entity_name = models.CharField(max_length=300)
    entity_rows = models.JSONField(help_text="What the list said of the entity then.")
    entity_sha256 = models.CharField(max_length=64)
    machine_verdict = models.CharField(max_length=8, choices=Machine)
    verdict = models.CharField(max_length=10, choices=Verdict)
    scope = models.CharField(max_length=4, choices=Scope, default=Scope.FIRM)
    reason = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="judgement_has_a_reason")]
        indexes = [
            models.Index(fields=["party_key", "register", "entity_key"], name="judgement_of_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.party_name} and {self.entity_name}: {self.get_verdict_display().lower()}"

    @property
    def party_name(self) -> str:
        return self.party.get("native_name") or self.party.get("name") or "(no name)"

    @property
    def answer(self) -> JudgementConfirmation | None:
        """What the second person said, where one did."""
        return getattr(self, "confirmation", None)

    @property
    def is_confirmed(self) -> bool:
        return self.answer is not None and self.answer.verdict == JudgementConfirmation.Verdict.CONFIRMED

    @property
    def is_declined(self) -> bool:
        return self.answer is not None and not self.is_confirmed

    @property
    def awaits_a_second_person(self) -> bool:
        return (
            self.verdict == self.Verdict.DIFFERENT
            and self.machine_verdict == self.Machine.MATCH
            and self.answer is None
        )

    def as_judged(self) -> judging.Judged:
        """The judgement as the rules take it."""
        answer = self.answer
        return judging.Judged(
            pk=self.pk,
            verdict=self.verdict,
            by=self.author.full_name,
            on=timezone.localdate(self.made_at),
            reason=self.reason,
            confirmed_by=answer.confirmed_by.full_name if answer is not None and self.is_confirmed else "",
        )


class JudgementConfirmation(models.Model):
    """The answer of a second person to a firm judged different. Two persons, not two accounts."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        DECLINED = "declined", "Declined"

    judgement = models.OneToOneField(Judgement, on_delete=models.PROTECT, related_name="confirmation")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField(blank=True)
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    confirmed_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(author_person=models.F("confirmed_person")),
                name="judgement_by_two_persons",
            )
        ]

    def __str__(self) -> str:
        return f"{self.judgement} {self.get_verdict_display().lower()}"
