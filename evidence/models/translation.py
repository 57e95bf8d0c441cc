"""Which pages translate which: said by a person, appended."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from evidence.models.document import Document


class TranslationQuerySet(models.QuerySet["Translation"]):
    def standing(self) -> TranslationQuerySet:
        """Those that were not taken back."""
        return self.filter(takes_back=None, taken_back_by=None)

    def visible_to(self, user: Any) -> TranslationQuerySet:
        """Those of which one may open both sides."""
        documents = Document.objects.visible_to(user)
        return self.filter(original__in=documents, document__in=documents)


class Translation(models.Model):
    """Pages that a person says are the English of other pages. Another row takes it back; nothing is changed.

    CBP asks for an English translation of each page in another language (CBP, UFLPA FAQ of 23 February 2023).
    """

    original = models.ForeignKey("evidence.Document", on_delete=models.PROTECT, related_name="translations")
    first_page = models.PositiveIntegerField(help_text="Of the original.")
    last_page = models.PositiveIntegerField()
    document = models.ForeignKey(
        "evidence.Document", on_delete=models.PROTECT, related_name="translates", help_text="Where the English stands."
    )
    document_first_page = models.PositiveIntegerField()
    document_last_page = models.PositiveIntegerField()
    translator = models.CharField(
        max_length=200, blank=True, help_text="Who translated, as the paper or its sender says."
    )
    takes_back = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_back_by"
    )
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering = ["first_page", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    first_page__gte=1,
                    last_page__gte=models.F("first_page"),
                    document_first_page__gte=1,
                    document_last_page__gte=models.F("document_first_page"),
                ),
                name="translation_has_pages",
            )
        ]

    def __str__(self) -> str:
        return f"{self.original} p. {self.first_page} to {self.last_page}: {self.document}"

    def page_for(self, number: int) -> int:
        """The page of the translation that lies beside a page of the original: page by page, as far as it goes."""
        return min(self.document_first_page + number - self.first_page, self.document_last_page)
