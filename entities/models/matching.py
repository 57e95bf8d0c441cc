"""What the office itself adds to matching: where the lines are drawn, and names of listed entities. By two persons."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.domain.matching import Thresholds


class ThresholdSetQuerySet(models.QuerySet["ThresholdSet"]):
    def visible_to(self, user: Any) -> ThresholdSetQuerySet:
        """The office sees every set; others those a screening may name."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_officer else self.filter(state=ThresholdSet.State.ADOPTED)

    def in_use(self) -> ThresholdSet | None:
        """The thresholds screening uses now; None where those the product ships with stand."""
        return self.adopted().order_by("settled_at", "pk").last()

    def adopted(self) -> ThresholdSetQuerySet:
        """The thresholds that are or were in use."""
        return self.filter(state=ThresholdSet.State.ADOPTED)

    def proposed(self) -> ThresholdSet | None:
        return self.filter(state=ThresholdSet.State.PROPOSED).first()


class ThresholdSet(models.Model):
    """Thresholds one person proposed, and what came of it: a second person put them in use or refused them.

    Settled once and never changed after: a screening names the set it was made with.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed, not in use"
        ADOPTED = "adopted", "Put in use"
        REFUSED = "refused", "Refused"

    match_share = models.FloatField()
    match_points = models.FloatField()
    possible_share = models.FloatField()
    possible_points = models.FloatField()
    possible_points_own = models.FloatField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    reason = models.TextField(help_text="Why they are proposed.")
    effect = models.JSONField(help_text="What they would have said of the pairs judged so far, when proposed.")
    proposed_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    proposed_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey("entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_person = models.ForeignKey(
        "entities.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, help_text="What the second person said.")

    objects = ThresholdSetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="proposed"), name="threshold_set_proposed_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(proposed_person=models.F("settled_person")) | ~models.Q(state="adopted"),
                name="threshold_set_by_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", settled_at=None)
                | (~models.Q(state="proposed") & models.Q(settled_at__isnull=False, settled_person__isnull=False)),
                name="threshold_set_settled",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="threshold_set_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"thresholds {self.pk}"

    @property
    def values(self) -> Thresholds:
        return Thresholds(
            match_share=self.match_share,
            match_points=self.match_points,
            possible_share=self.possible_share,
            possible_points=self.possible_points,
            possible_points_own=self.possible_points_own,
        )


class NameStatementQuerySet(models.QuerySet["NameStatement"]):
    def visible_to(self, user: Any) -> NameStatementQuerySet:
        """The office only: who proposed a name and why is its own affair. The names themselves everybody sees."""
        return self if user.is_authenticated and user.is_officer else self.none()

    def proposals(self) -> NameStatementQuerySet:
        """Names and withdrawals proposed, whatever came of them."""
        return self.filter(act__in=[NameStatement.Act.ADD, NameStatement.Act.WITHDRAW])

    def waiting(self) -> NameStatementQuerySet:
        """Proposals nobody answered yet."""
        return self.proposals().filter(answered_by=None)


class NameStatement(models.Model):
    """What the office states of a name a listed entity bears beside those on the list. Appended, never edited.

    A name is proposed with its source, and counts for a question (``possible``) from then on; confirmed by a second
    person it counts like an alias. A confirmed name is given up by two persons too. What holds is what the
    statements up to one of them add up to (``entities.office_names``), so a matcher of any day can be made again.
    """

    class Act(models.TextChoices):
        ADD = "add", "Name proposed"
        WITHDRAW = "withdraw", "Withdrawal proposed"
        CONFIRM = "confirm", "Confirmed"
        DECLINE = "decline", "Declined"

    entity = models.ForeignKey("entities.ListedEntity", on_delete=models.PROTECT, related_name="name_statements")
    text = models.CharField(max_length=300, help_text="The name as the source writes it.")
    act = models.CharField(max_length=10, choices=Act)
    proposal = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="answered_by",
        help_text="The proposal a confirmation or refusal answers.",
    )  # fmt: skip
    source = models.CharField(max_length=300, blank=True, help_text="Where the name stands, in words.")
    source_url = models.URLField(max_length=500, blank=True)
    reason = models.TextField(blank=True)
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    proposed_person = models.ForeignKey(
        "entities.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Who made the proposal that is answered.",
    )  # fmt: skip
    made_at = models.DateTimeField(default=timezone.now)

    objects = NameStatementQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(act__in=["add", "withdraw"], proposal=None, proposed_person=None)
                | models.Q(act__in=["confirm", "decline"], proposal__isnull=False, proposed_person__isnull=False),
                name="name_statement_answers_a_proposal",
            ),
            models.CheckConstraint(
                condition=~models.Q(act="confirm") | ~models.Q(author_person=models.F("proposed_person")),
                name="name_statement_by_two_persons",
            ),
            models.CheckConstraint(
                condition=~models.Q(act="add") | ~models.Q(source=""), name="name_statement_has_a_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text}, {self.entity}: {self.get_act_display().lower()}"

    @property
    def answer(self) -> NameStatement | None:
        """What this proposal was answered with; None while it waits."""
        return getattr(self, "answered_by", None)
