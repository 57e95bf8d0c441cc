"""The office's record of suppliers, their sites, and who supplies whom."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.utils import timezone

from entities.domain.figures import DIGITS
from entities.models.account import in_environment_of
from entities.models.party import PartyFields

Stated = TypeVar("Stated", bound=models.Model)


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def visible_to(self, user: Any) -> SupplierQuerySet:
        """All for the office; otherwise the suppliers one's own organisations declared."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(is_sandbox=user.is_in_sandbox)
        return self.filter(declared_parties__organization__in=user.organizations()).distinct()


class Supplier(models.Model):
    """A firm somewhere upstream, one record however many importers declare it."""

    name = models.CharField(max_length=300, blank=True)
    native_name = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    uscc = models.CharField("USCC", max_length=18, blank=True)
    is_aggregate = models.BooleanField(
        default=False, help_text="No firm but a class of them, for example all producers of a region: never a party."
    )
    is_sandbox = models.BooleanField(
        default=False, help_text="Declared in a sandbox: a record of that sandbox alone, whatever live one is alike."
    )
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


class StatedQuerySet(models.QuerySet[Stated]):
    """Statements about two firms: public, or in the name of the organisation that made them."""

    def visible_to(self, user: Any) -> Self:
        """The office uses every importer's statements for everybody; an importer sees its own and public ones."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "declared_by") | models.Q(declared_by=None))
        return self.filter(models.Q(declared_by__in=user.organizations()) | models.Q(declared_by=None))

    def withdrawable_by(self, user: Any) -> Self:
        """What one declared; for the office all."""
        rows = self.visible_to(user)
        return rows if user.is_officer else rows.filter(declared_by__in=user.organizations())


class SupplyLinkQuerySet(StatedQuerySet["SupplyLink"]):
    def disputable_by(self, user: Any) -> SupplyLinkQuerySet:
        """All for the office; otherwise what one declared, and public statements about firms one declared."""
        links = self.visible_to(user)
        if user.is_officer:
            return links
        ours = Supplier.objects.visible_to(user).values("pk")
        return links.filter(
            models.Q(declared_by__in=user.organizations()) | models.Q(supplier__in=ours) | models.Q(customer__in=ours)
        )


class SupplyLink(models.Model):
    """Supplier delivers to customer: what goods, when, and who says so on what basis."""

    class Basis(models.TextChoices):
        DECLARATION = "declaration", "Importer's declaration"
        DOCUMENT = "document", "Document page"
        EPCIS = "epcis", "EPCIS event"
        REPORT = "report", "Public report"
        INFERENCE = "inference", "Inference"

    class Confidence(models.TextChoices):
        DOCUMENTED = "documented", "Documented"
        STATED = "stated", "Stated by a party to it"
        REPORTED = "reported", "Asserted by a report"
        INFERRED = "inferred", "Inferred"

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="sales")
    customer = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="purchases")
    commodity = models.CharField(max_length=40, blank=True, help_text="Commodity chain, for example cotton.")
    stage = models.CharField(max_length=100, blank=True, help_text="Stage of the supplier, for example spinner.")
    goods = models.CharField(max_length=200, blank=True, help_text="In words, for example cotton yarn.")
    hts_prefix = models.CharField(max_length=10, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    origin = models.CharField(
        max_length=200, blank=True, help_text="Where the material comes from, as the statement says it."
    )
    share = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent of what the customer takes in."
    )
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    basis = models.CharField(max_length=20, choices=Basis, default=Basis.DECLARATION)
    confidence = models.CharField(max_length=12, choices=Confidence, default=Confidence.STATED)
    source = models.CharField(max_length=300, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
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


class OwnershipLinkQuerySet(StatedQuerySet["OwnershipLink"]):
    """Who owns whom, as it was stated."""


class OwnershipLink(models.Model):
    """Owner holds a share of, or controls, another firm: how much, since when, and who says so on what basis."""

    owner = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="holdings")
    owned = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="owners")
    share_from = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent held, at least."
    )
    share_to = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Percent held, at most."
    )
    interest = models.CharField(max_length=60, blank=True, help_text="For example shareholding, voting rights.")
    is_indirect = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=20, choices=SupplyLink.Basis, default=SupplyLink.Basis.DECLARATION)
    source = models.CharField(max_length=300, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    declared_by = models.ForeignKey(
        "entities.Organization",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="declared_holdings",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnershipLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(owner=models.F("owned")), name="ownership_of_another_firm"),
            models.CheckConstraint(
                condition=models.Q(share_from=None)
                | models.Q(share_to=None)
                | models.Q(share_to__gte=models.F("share_from")),
                name="ownership_share_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="ownership_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["owned"], name="ownership_by_owned")]

    def __str__(self) -> str:
        return f"{self.owner} owns {self.owned}"
