"""Parties as declared, verbatim, and the supplier each was taken for."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models.account import in_environment_of


class PartyFields(models.Model):
    """What a paper says about a firm, as far as it says it. The native name comes first as written."""

    name = models.CharField(max_length=300, blank=True)
    native_name = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=600, blank=True)
    city = models.CharField(max_length=120, blank=True)
    province = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    postal_code = models.CharField(max_length=20, blank=True)
    uscc = models.CharField("USCC", max_length=18, blank=True, help_text="Unified social credit code")
    mid = models.CharField("MID", max_length=15, blank=True, help_text="Manufacturer identification code")
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True

    FACT_FIELDS = (
        "name",
        "native_name",
        "address",
        "city",
        "province",
        "country",
        "postal_code",
        "uscc",
        "mid",
        "phone",
    )

    def facts(self) -> dict[str, str]:
        return {field: getattr(self, field) for field in self.FACT_FIELDS}

    @property
    def display_name(self) -> str:
        return self.name or self.native_name or "(no name)"


class DeclaredPartyQuerySet(models.QuerySet["DeclaredParty"]):
    def visible_to(self, user: Any) -> DeclaredPartyQuerySet:
        """All for the office; otherwise what one's own organisations declared."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "organization"))
        return self.filter(organization__in=user.organizations())


class DeclaredParty(PartyFields):
    """A party exactly as an organisation declared it; the same words again are the same row. Never edited: a
    corrected spelling is another declared party."""

    organization = models.ForeignKey(
        "entities.Organization", on_delete=models.PROTECT, related_name="declared_parties"
    )
    fingerprint = models.CharField(max_length=64)
    raw = models.TextField(blank=True, help_text="The cell the party was read from.")
    supplier = models.ForeignKey(
        "entities.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="declared_parties"
    )
    supplier_basis = models.CharField(max_length=200, blank=True, help_text="Why it is taken for this supplier.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = DeclaredPartyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "fingerprint"], name="declared_party_once")]

    def __str__(self) -> str:
        return self.display_name
