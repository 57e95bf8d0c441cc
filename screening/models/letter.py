"""Letters of the office and papers of the importer: drafts that change, and what was issued, which never does."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from entities.models import Organization, in_environment_of, of_environment
from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.kinds import Kind
from screening.models.case import Case
from screening.models.decision import hidden_from

KIND_CHOICES = [(kind.code, kind.title) for kind in KINDS.values()]


class LetterDraftQuerySet(models.QuerySet["LetterDraft"]):
    def visible_to(self, user: Any) -> LetterDraftQuerySet:
        """A draft is its own side's: the office's for the office, an importer's for the importer and its broker."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            rows = self.filter(in_environment_of(user, "case__importer"), organization__kind=Organization.Kind.OFFICE)
            return rows.exclude(case__in=hidden_from(user))
        return self.filter(organization__in=user.organizations())

    def open(self) -> LetterDraftQuerySet:
        return self.filter(state__in=[LetterDraft.State.DRAFT, LetterDraft.State.APPROVED])


class LetterDraft(models.Model):
    """A letter while it is being written. Each change by whoever writes takes an approval back."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"
        ISSUED = "issued", "Issued"
        DISCARDED = "discarded", "Discarded"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letter_drafts")
    detention = models.ForeignKey(
        "screening.Detention", null=True, blank=True, on_delete=models.PROTECT, related_name="letter_drafts"
    )
    organization = models.ForeignKey(
        "entities.Organization", on_delete=models.PROTECT, related_name="+", help_text="Whose draft it is."
    )
    kind = models.CharField(max_length=30, choices=KIND_CHOICES)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    contents = models.JSONField(default=dict)
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(default=timezone.now)
    approver = models.ForeignKey("entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approver_person = models.ForeignKey(
        "entities.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the contents that were approved.")

    objects = LetterDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(author_person=F("approver_person")) | Q(approver_person=None),
                name="letter_draft_by_two_persons",
            )
        ]

    def __str__(self) -> str:
        return f"draft of {self.get_kind_display().lower()} in {self.case}"

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]

    def hands(self) -> set[int]:
        """The persons who wrote in it, by whatever account, then or now; none of them approves it."""
        rows = self.writings.values_list("author_person", "author__person")
        return {self.author_person_id, *(person for pair in rows for person in pair)}


class LetterWriting(models.Model):
    """Somebody wrote in a draft. Appended, never changed, so that nobody who wrote is forgotten when it is approved.

    That no writer approves is held by the database too (``screening.four_eyes``).
    """

    draft = models.ForeignKey(LetterDraft, on_delete=models.PROTECT, related_name="writings")
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    wrote_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"writing in {self.draft}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: Any) -> LetterQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user)).exclude(case__in=hidden_from(user))

    def public(self) -> LetterQuerySet:
        """What anybody may read: reports on exceptions that the authority issued, of live cases."""
        codes = [kind.code for kind in KINDS.values() if kind.is_public]
        live = of_environment(sandbox=False, organization="case__importer")
        return self.filter(live, kind__in=codes, origin=Letter.Origin.ISSUED)


class Letter(models.Model):
    """A letter as it went out, or as it came from CBP. Numbered, with its PDF; appended, never changed."""

    class Origin(models.TextChoices):
        RECORDED = "recorded", "Issued by CBP, on record here"
        ISSUED = "issued", "Issued by the office"
        PAPER = "paper", "Paper of the importer"

    number = models.CharField(max_length=20, unique=True, help_text="Year and running number, as in L-2026-0012.")
    kind = models.CharField(max_length=30, choices=KIND_CHOICES)
    origin = models.CharField(max_length=10, choices=Origin)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    detention = models.ForeignKey(
        "screening.Detention", null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    draft = models.OneToOneField(
        LetterDraft, null=True, blank=True, on_delete=models.PROTECT, related_name="letter",
        help_text="What it was written in; one draft becomes one letter.",
    )  # fmt: skip
    dated = models.DateField(help_text="The day it bears, US Eastern time.")
    received_number = models.CharField(max_length=60, blank=True, help_text="The number CBP gave it.")
    contents = models.JSONField(default=dict)
    document = models.JSONField(default=dict, help_text="Every word that is printed, before the line of record.")
    document_sha256 = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to="letters/%Y/%m/", max_length=300)
    file_sha256 = models.CharField(max_length=64)
    head_sequence = models.PositiveBigIntegerField(default=0, help_text="The end of the audit trail printed on it.")
    head_hash = models.CharField(max_length=64, blank=True)
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    author_person = models.ForeignKey("entities.Person", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approver_person = models.ForeignKey(
        "entities.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(author_person=F("approver_person")) | Q(approver_person=None),
                name="letter_by_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(origin="issued") | Q(approver_person__isnull=False), name="issued_letter_is_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]


class NoEvent(models.Model):
    """A person found that a letter of CBP does nothing to the goods of its case, and why. Appended, never changed.

    Where the letter is put on record in law later all the same, that counts.
    """

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="no_event")
    reason = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="no_event_has_a_reason")]

    def __str__(self) -> str:
        return str(self.letter)
