"""What the office and the importer write to each other about a case, and the office's notes to itself."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import Organization
from screening.models.case import Case
from screening.models.decision import hidden_from


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> MessageQuerySet:
        """Messages of the cases this user sees. Notes of the office are for the office alone."""
        rows = self.filter(case__in=Case.objects.visible_to(user)).exclude(case__in=hidden_from(user))
        return rows if user.is_authenticated and user.is_officer else rows.filter(is_note=False)

    def unread_by(self, user: Any) -> MessageQuerySet:
        """What the other side wrote and this person has not opened yet."""
        rows = self.visible_to(user).filter(is_note=False)
        office = Organization.Kind.OFFICE
        rows = rows.exclude(side=office) if user.is_officer else rows.filter(side=office)
        seen = MessageRead.objects.filter(user=user, message=models.OuterRef("pk"))
        return rows.exclude(models.Exists(seen))


class Message(models.Model):
    """One message, or one note. Appended, never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    is_note = models.BooleanField(default=False, help_text="A note of the office, never shown outside it.")
    side = models.CharField(max_length=10, choices=Organization.Kind, help_text="On whose side the author stands.")
    organization = models.ForeignKey("entities.Organization", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    author = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["case", "id"], name="message_by_case")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_note=False) | models.Q(side=Organization.Kind.OFFICE),
                name="notes_are_the_offices",
            )
        ]

    def __str__(self) -> str:
        return f"{'note on' if self.is_note else 'message in'} {self.case}"


class MessageRead(models.Model):
    """A person has opened a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey("entities.User", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="message_read_once")]

    def __str__(self) -> str:
        return f"{self.user} read {self.message}"
