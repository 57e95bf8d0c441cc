"""What the API remembers of requests, so that a program may send them again."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class StoredAnswer(models.Model):
    """The answer to a write with an ``Idempotency-Key``, kept so that the same request again is answered alike.

    It is written in the transaction of the write: either both are there or neither is.
    """

    account = models.ForeignKey("entities.User", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64, help_text="Of method, address and body.")
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["at"], name="stored_answer_by_age")]

    def __str__(self) -> str:
        return f"answer to {self.key}"
