"""Tables that came with the product, kept in every state a screening was made with."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class ReferenceTable(models.Model):
    """One state of one table: places, words, chains. A screening names the states it used by their SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=200, help_text="Where it lay in the product.")
    content = models.TextField()
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.path}, {self.sha256[:12]}"
