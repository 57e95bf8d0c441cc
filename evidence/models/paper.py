"""The papers of trade within a document, and what they say: proposed by the machine, corrected by people."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from evidence.models.document import Document


class PaperQuerySet(models.QuerySet["Paper"]):
    def standing(self) -> PaperQuerySet:
        """The division of the document that counts now."""
        return self.filter(superseded_at=None)

    def visible_to(self, user: Any) -> PaperQuerySet:
        """Those within a document that one may open."""
        return self.filter(document__in=Document.objects.visible_to(user))


class Paper(models.Model):
    """One paper within a document: its pages and its type. A correction sets another one in its place."""

    document = models.ForeignKey("evidence.Document", on_delete=models.PROTECT, related_name="papers")
    first_page = models.PositiveIntegerField()
    last_page = models.PositiveIntegerField()
    type = models.CharField(max_length=40, blank=True, help_text="Code of document_types.toml; empty where unknown.")
    confidence = models.FloatField(default=0.0, help_text="How sure the machine is of the type, 0 to 1.")
    reasons = models.JSONField(default=list, help_text="Why the machine proposes this type.")
    is_blank_form = models.BooleanField(default=False, help_text="A form nobody filled in: never evidence.")
    author = models.ForeignKey(
        "entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Who says so; empty where the machine proposes it.",
    )  # fmt: skip
    reason = models.TextField(blank=True, help_text="Why a person corrected it.")
    created_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["document", "first_page", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_page__gte=1, last_page__gte=models.F("first_page")), name="paper_has_pages"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} p. {self.first_page} to {self.last_page}"


class PaperFieldQuerySet(models.QuerySet["PaperField"]):
    def standing(self) -> PaperFieldQuerySet:
        """What counts now: not replaced by a correction, and not struck out by one."""
        return self.filter(replaced_by=None).exclude(author__isnull=False, value="")


class PaperField(models.Model):
    """One thing a paper says, with the place it stands at. A correction is a row of its own and keeps the old one."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="fields")
    name = models.CharField(max_length=40, help_text="A name of fields.toml.")
    line = models.PositiveIntegerField(null=True, blank=True, help_text="Line of goods; empty: the whole paper.")
    value = models.CharField(max_length=500, blank=True, help_text="Normalised; empty in a correction: struck out.")
    unit = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=500, blank=True, help_text="What stands there.")
    page_number = models.PositiveIntegerField()
    box = models.JSONField(null=True, blank=True, help_text="[left, top, right, bottom] as shares of the page.")
    cell = models.CharField(max_length=12, blank=True, help_text="Cell of a sheet, for example B12.")
    confidence = models.FloatField(default=1.0)
    author = models.ForeignKey("entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PaperFieldQuerySet.as_manager()

    class Meta:
        ordering = ["paper", models.F("line").asc(nulls_first=True), "pk"]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
