"""Shipments, their lines, and the parties named on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone

from entities.domain.figures import DIGITS
from entities.models import in_environment_of


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(self, user: Any) -> ShipmentQuerySet:
        """Rows this user may know exist. Every read in a view or the API starts here.

        The owners are looked up first: knowing them, the database knows how many rows to expect, and goes by the
        owner where those are few among millions.
        """
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "owner"))
        return self.filter(owner__in=user.organizations_outside())

    def stored_only(self) -> ShipmentQuerySet:
        """Sent to be stored and not screened, and never screened since."""
        return self.filter(batch__stores_only=True, latest_screening=None)

    def awaiting_a_look(self) -> ShipmentQuerySet:
        """Flagged for review, in no case, and not yet set aside by a person since the last screening."""
        return self.filter(outcome=Shipment.Outcome.REVIEW, cases=None, looked_at=None)


class Shipment(models.Model):
    """Goods on one entry, or on one bill where no entry is known yet."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "Not screened yet"
        PRESUMPTION = "presumption", "Presumption applies"
        REVIEW = "review", "A person must look"
        NO_FINDING = "no_finding", "No finding"

    owner = models.ForeignKey(
        "entities.Organization", on_delete=models.PROTECT, related_name="shipments", db_index=False
    )
    reference = models.CharField(max_length=120, blank=True, help_text="The importer's or broker's own reference.")
    entry_number = models.CharField(max_length=13, blank=True, help_text="For example 551-3518786-6.")
    bill_of_lading = models.CharField(max_length=60, blank=True)
    house_bill = models.CharField(max_length=60, blank=True)
    carrier = models.CharField(max_length=120, blank=True)
    vessel = models.CharField(max_length=120, blank=True)
    voyage = models.CharField(max_length=60, blank=True)
    port_of_lading = models.CharField(max_length=120, blank=True)
    port_of_unlading = models.CharField(max_length=120, blank=True)
    export_country = models.CharField(max_length=2, blank=True)
    containers = models.JSONField(default=list, blank=True)
    arrives_on = models.DateField(null=True, blank=True, help_text="Estimated arrival.")
    imported_on = models.DateField(null=True, blank=True, help_text="Date of importation (19 CFR 101.1).")
    batch = models.ForeignKey(
        "screening.ImportBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="shipments"
    )
    facts_version = models.PositiveIntegerField(default=1, help_text="Counts the changes of what is screened.")
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.PENDING)
    latest_screening = models.ForeignKey(
        "screening.Screening", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    looked_at = models.DateTimeField(null=True, blank=True, help_text="A person set the review findings aside.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "entry_number"],
                condition=~models.Q(entry_number=""),
                name="shipment_entry_once_per_importer",
            )
        ]
        indexes = [
            models.Index(fields=["outcome", "-id"], name="shipment_by_outcome"),
            models.Index(fields=["owner", "-id"], name="shipment_by_owner"),
            models.Index(fields=["created_at"], name="shipment_by_moment"),
            models.Index(fields=["reference"], condition=~models.Q(reference=""), name="shipment_by_reference"),
            models.Index(fields=["entry_number"], condition=~models.Q(entry_number=""), name="shipment_by_entry"),
            models.Index(fields=["imported_on", "arrives_on"], name="shipment_by_day"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What people call it: the entry, else the bill, else the importer's reference."""
        return self.entry_number or self.bill_of_lading or self.house_bill or self.reference or f"shipment {self.pk}"

    def screening_date(self, today: date) -> tuple[date, str]:
        """The date whose list applies, and where it comes from: importation, else estimated arrival, else today."""
        if self.imported_on:
            return self.imported_on, "imported"
        if self.arrives_on:
            return self.arrives_on, "estimated"
        return today, "today"

    @property
    def is_screened(self) -> bool:
        """The latest screening saw the shipment as it is now."""
        screening = self.latest_screening
        return screening is not None and screening.facts_version == self.facts_version


class ShipmentLine(models.Model):
    """An article of the shipment: one entry line, or one line of the bill."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    description = models.TextField(blank=True)
    hts_codes = models.JSONField(default=list, blank=True, help_text="HTSUS or HS codes, digits only.")
    hts6 = models.CharField(
        max_length=6, blank=True, help_text="First six digits of its first code: what like goods share."
    )
    origin_country = models.CharField(max_length=2, blank=True)
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=4, null=True, blank=True)
    quantity_unit = models.CharField(max_length=20, blank=True)
    gross_weight_kg = models.DecimalField(max_digits=DIGITS, decimal_places=3, null=True, blank=True)
    value = models.DecimalField(max_digits=DIGITS, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["shipment", "number"], name="line_number_once")]
        # One index for the code itself and for its beginning.
        indexes = [models.Index(fields=["hts6"], opclasses=["varchar_pattern_ops"], name="line_by_hts6")]

    def __str__(self) -> str:
        return f"line {self.number}"


class ShipmentParty(models.Model):
    """A party's part in a shipment, or in one of its lines."""

    class Role(models.TextChoices):
        MANUFACTURER = "manufacturer", "Manufacturer"
        SELLER = "seller", "Seller"
        SHIPPER = "shipper", "Shipper"
        BUYER = "buyer", "Buyer"
        CONSIGNEE = "consignee", "Consignee"
        IMPORTER = "importer", "Importer of record"
        NOTIFY = "notify", "Notify party"
        SUPPLIER = "supplier", "Supplier further upstream"
        OTHER = "other", "Other party"

    # Parties from whom the goods come: the chain goes on upstream of these.
    SOURCES = frozenset({Role.MANUFACTURER, Role.SELLER, Role.SHIPPER, Role.SUPPLIER})

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="parties")
    line = models.ForeignKey(ShipmentLine, null=True, blank=True, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=12, choices=Role)
    party = models.ForeignKey("entities.DeclaredParty", on_delete=models.PROTECT, related_name="shipment_parties")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.party}"
