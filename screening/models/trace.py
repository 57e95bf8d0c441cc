"""Lots of one shipment followed through production: what went in, what came out, at whom, when, by which papers.

What a trace claims holds for its own shipment alone; the standing network of suppliers is kept apart
(``entities.SupplyLink``). In the terms of GS1 EPCIS a trace is a TransformationEvent.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.domain.figures import DIGITS
from screening.models.shipment import Shipment


class LotDocumentQuerySet(models.QuerySet["LotDocument"]):
    def visible_to(self, user: Any) -> LotDocumentQuerySet:
        """The office sees all; others what was sent in the name of the importer or of their own organisation."""
        rows = self.filter(shipment__in=Shipment.objects.visible_to(user))
        return rows if user.is_authenticated and user.is_officer else rows.filter(said_to(user))


class LotDocument(models.Model):
    """An EPCIS document sent for a shipment, kept as it came, with what became of each of its events."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lot_documents")
    declared_by = models.ForeignKey("entities.Organization", on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey("entities.User", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=300, help_text="The sender's name for it; on disk it has a neutral one.")
    file = models.FileField(max_length=300)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    line_number = models.PositiveIntegerField(
        null=True, blank=True, help_text="The line of the shipment that the last lots of the document are."
    )
    events = models.JSONField(default=list, help_text="Per event: what it is, and what became of it.")
    remarks = models.JSONField(
        default=list, help_text="[{event, pointer, what, why}]: what was not understood, or not used."
    )
    identifiers = models.JSONField(default=list, help_text="The places and parties its events name.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = LotDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "declared_by", "sha256"], name="lot_document_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PartyIdentifier(models.Model):
    """Which supplier a place or party in an organisation's documents stands for, as that organisation said."""

    organization = models.ForeignKey("entities.Organization", on_delete=models.CASCADE, related_name="+")
    identifier = models.CharField(max_length=500, help_text="A GLN, or another identifier as the document writes it.")
    supplier = models.ForeignKey("entities.Supplier", on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "identifier"], name="party_identifier_once"),
        ]

    def __str__(self) -> str:
        return f"{self.identifier}: {self.supplier}"


def said_to(user: Any) -> models.Q:
    """What somebody outside the office may see of lots: said for the shipment's owner, or by its own organisation."""
    own = [membership.organization_id for membership in user.active_memberships] if user.is_authenticated else []
    return models.Q(declared_by=models.F("shipment__owner")) | models.Q(declared_by__in=own)


class LotTraceQuerySet(models.QuerySet["LotTrace"]):
    def visible_to(self, user: Any) -> LotTraceQuerySet:
        """The office sees all; others what was said for the importer or by their own organisation."""
        rows = self.filter(shipment__in=Shipment.objects.visible_to(user))
        return rows if user.is_authenticated and user.is_officer else rows.filter(said_to(user))

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
    document = models.ForeignKey(
        LotDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="traces",
        help_text="The EPCIS document it was read from.",
    )  # fmt: skip
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The person who took it back; none: a later document did.",
    )  # fmt: skip
    withdrawal_reason = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = LotTraceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "declared_by", "event_id"],
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
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=4, null=True, blank=True)
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
