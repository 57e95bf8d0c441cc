"""The office's record of suppliers, their sites, and who supplies whom."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models.party import PartyFields


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def visible_to(self, user: Any) -> SupplierQuerySet:
        """All for the office; otherwise the suppliers one's own organisations declared."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self
        return self.filter(declared_parties__organization__in=user.organizations()).distinct()


class Supplier(models.Model):
    """A firm somewhere upstream, one record however many importers declare it."""

    name = models.CharField(max_length=300, blank=True)
    native_name = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    uscc = models.CharField("USCC", max_length=18, blank=True)
    identity = models.CharField(
        max_length=64, unique=True, help_text="Digest of what makes two declarations the same firm."
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name="") | ~models.Q(native_name=""), name="supplier_has_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.native_name


class Site(PartyFields):
    """A place of a supplier, with the name and numbers declared there. Screening looks at each site."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="sites")
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "fingerprint"], name="site_once")]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.address, self.city, self.province, self.country) if part)


class SupplyLinkQuerySet(models.QuerySet["SupplyLink"]):
    def visible_to(self, user: Any) -> SupplyLinkQuerySet:
        """The office uses every importer's links for everybody; an importer sees its own and public ones."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self
        return self.filter(models.Q(declared_by__in=user.organizations()) | models.Q(declared_by=None))


class SupplyLink(models.Model):
    """Supplier delivers to customer: what goods, when, and who says so on what basis."""

    class Basis(models.TextChoices):
        DECLARATION = "declaration", "Importer's declaration"
        DOCUMENT = "document", "Document page"
        REPORT = "report", "Public report"
        INFERENCE = "inference", "Inference"

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="sales")
    customer = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="purchases")
    commodity = models.CharField(max_length=40, blank=True, help_text="Commodity chain, for example cotton.")
    stage = models.CharField(max_length=60, blank=True, help_text="Stage of the supplier, for example spinner.")
    goods = models.CharField(max_length=200, blank=True, help_text="In words, for example cotton yarn.")
    hts_prefix = models.CharField(max_length=10, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=20, choices=Basis, default=Basis.DECLARATION)
    source = models.CharField(max_length=300, blank=True)
    declared_by = models.ForeignKey(
        "entities.Organization",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="declared_links",
    )
    is_disputed = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SupplyLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(supplier=models.F("customer")), name="link_between_two_suppliers"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="link_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="link_by_customer")]

    def __str__(self) -> str:
        return f"{self.supplier} → {self.customer}"
