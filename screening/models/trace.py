"""Lots of one shipment followed through production: what went in, what came out, at whom, when, by which papers.

What a trace claims holds for its own shipment alone; the standing network of suppliers is kept apart
(``entities.SupplyLink``). In the terms of GS1 EPCIS a trace is a TransformationEvent.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from screening.models.shipment import Shipment


class LotTraceQuerySet(models.QuerySet["LotTrace"]):
    def visible_to(self, user: Any) -> LotTraceQuerySet:
        return self.filter(shipment__in=Shipment.objects.visible_to(user))

    def standing(self) -> LotTraceQuerySet:
        return self.filter(withdrawn_at=None)


class LotTrace(models.Model):
    """One production step claimed for a shipment: a maker turned input lots into output lots."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lot_traces")
    maker = models.ForeignKey("entities.Supplier", on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField(null=True, blank=True)
    process = models.CharField(max_length=120, blank=True, help_text="For example spinning, ginning.")
    paper = models.CharField(max_length=300, blank=True, help_text="The document that shows it, with page.")
    event_id = models.CharField(max_length=200, blank=True, help_text="Identifier of the EPCIS event.")
    declared_by = models.ForeignKey(
        "entities.Organization", on_delete=models.PROTECT, related_name="declared_lot_traces"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = LotTraceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "event_id"],
                condition=~models.Q(event_id="") & models.Q(withdrawn_at=None),
                name="lot_trace_event_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.maker}: {self.process or 'production'}"


class TracedLot(models.Model):
    """A lot that went into a production step or came out of it."""

    class Direction(models.TextChoices):
        INPUT = "input", "Went in"
        OUTPUT = "output", "Came out"

    trace = models.ForeignKey(LotTrace, on_delete=models.CASCADE, related_name="lots")
    direction = models.CharField(max_length=6, choices=Direction)
    lot = models.CharField(max_length=200, help_text="Lot or batch number, or the item's identifier.")
    goods = models.CharField(max_length=200, blank=True)
    hts_prefix = models.CharField(max_length=10, blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    supplier = models.ForeignKey(
        "entities.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Who delivered an input lot, where the trace says so.",
    )  # fmt: skip
    line_number = models.PositiveIntegerField(
        null=True, blank=True, help_text="The line of the shipment an output lot is, where it is the article itself."
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_direction_display().lower()}: {self.lot}"
