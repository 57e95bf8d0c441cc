"""Papers asked of a supplier: an expiring link that needs no account, and what was sent through it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from screening.models import Case


class SupplierRequestQuerySet(models.QuerySet["SupplierRequest"]):
    def visible_to(self, user: Any) -> SupplierRequestQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user))


class SupplierRequest(models.Model):
    """One thing asked of one supplier for one case. Whoever has its link may send papers until it ends.

    A supplier may pass it one step further upstream: that request hangs on the first one and ends with it.
    """

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        CHINESE = "zh", "中文 (Chinese)"
        VIETNAMESE = "vi", "Tiếng Việt (Vietnamese)"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="supplier_requests")
    item = models.ForeignKey(
        "screening.TaskItem", null=True, blank=True, on_delete=models.PROTECT, related_name="supplier_requests",
        help_text="The question of the office that it is to answer; empty: a paper for the case.",
    )  # fmt: skip
    passed_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="further",
        help_text="The request that its supplier passed on by this one.",
    )  # fmt: skip
    firm = models.CharField(max_length=300, help_text="Who is asked.")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    asks = models.TextField(help_text="What to send.")
    is_firm_withheld = models.BooleanField(default=False, help_text="The buyer is not told who is asked.")
    asked_by = models.ForeignKey(
        "entities.User", on_delete=models.PROTECT, related_name="+", help_text="Who asked the first supplier."
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was ended before its time.")
    nonce = models.CharField(max_length=32, unique=True)
    token_digest = models.CharField(max_length=64, unique=True)

    objects = SupplierRequestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(asks=""), name="supplier_request_asks_something")]

    def __str__(self) -> str:
        return f"request to {self.firm}"

    def is_open(self, now: datetime) -> bool:
        """A request passed on ends with the one it hangs on."""
        first = self.passed_on or self
        return all(one.ended_at is None and now < one.expires_at for one in (self, first))

    def firm_for(self, user: Any) -> str:
        """Whom the request went to, as far as this reader may know."""
        return self.firm if user.is_officer or not self.is_firm_withheld else "a firm that your supplier does not name"


class SupplierDelivery(models.Model):
    """What a supplier sent in one go, and who says to have sent it. Its number stands on the supplier's receipt."""

    request = models.ForeignKey(SupplierRequest, on_delete=models.PROTECT, related_name="deliveries")
    number = models.CharField(max_length=24, unique=True)
    sender = models.CharField(max_length=200, help_text="Name of the person, as given.")
    email = models.EmailField(blank=True)
    is_withheld = models.BooleanField(default=False, help_text="The office alone opens it, not the buyer.")
    on_workers = models.BooleanField(default=False, help_text="Its sender says that it holds data on workers.")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.sender}, by supplier link"
