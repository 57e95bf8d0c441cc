"""What is kept of a question about goods not bought yet: that it was asked and answered, not what it said."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of


class WhatIfReceiptQuerySet(models.QuerySet["WhatIfReceipt"]):
    def visible_to(self, user: Any) -> WhatIfReceiptQuerySet:
        """One's own questions and those of colleagues; the office has a receipt of every answer it gave."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "organization"))
        return self.filter(organization__in=user.organizations())


class WhatIfReceipt(models.Model):
    """Who asked when, digests of question and answer, and the list, engine and basis the answer rests on."""

    organization = models.ForeignKey("entities.Organization", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=timezone.now)
    question_sha256 = models.CharField(max_length=64)
    answer_sha256 = models.CharField(max_length=64)
    list_version = models.ForeignKey("entities.ListVersion", on_delete=models.PROTECT, related_name="+")
    wro_version = models.ForeignKey(
        "entities.ListVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    engine_version = models.CharField(max_length=40)
    thresholds = models.ForeignKey(
        "entities.ThresholdSet", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    names_up_to = models.PositiveBigIntegerField(default=0)

    objects = WhatIfReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"what-if receipt {self.pk}"
