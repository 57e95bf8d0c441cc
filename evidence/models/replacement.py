"""One file sent in place of another. Both stay; what differs between them is worked out when somebody looks."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Replacement(models.Model):
    """A person says that a file replaces another one. A later statement on the same file takes its place."""

    document = models.ForeignKey("evidence.Document", on_delete=models.PROTECT, related_name="replacements")
    replaces = models.ForeignKey(
        "evidence.Document", null=True, on_delete=models.PROTECT, related_name="replaced_in",
        help_text="The file it replaces; none takes back that it replaces one.",
    )  # fmt: skip
    reason = models.TextField(blank=True)
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(document=models.F("replaces")), name="replacement_of_another_file"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} replaces {self.replaces or 'nothing'}"
