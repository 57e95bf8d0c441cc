"""How much of the record a screening rests on: all of it, or for a question of an outsider what that one may know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from django.db.models import Q, QuerySet

from entities.domain.facts import PartyFacts
from entities.models import (
    DeclaredParty,
    Organization,
    OwnershipLink,
    Site,
    Supplier,
    SupplyLink,
    User,
    of_environment,
)
from entities.parts import parts_of
from screening.domain.tracing import Link
from screening.models import Shipment, ShipmentLine, ShipmentParty


@dataclass(slots=True)
class Firms:
    """Firms by key, and each in the words in which it was declared, once for each of its places."""

    suppliers: dict[int, Supplier] = field(default_factory=dict)
    sites: dict[int, list[PartyFacts]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Sight:
    """The whole record, as the office screens with; but for links that are left out on purpose."""

    without: Collection[int] = ()
    is_whole: ClassVar[bool] = True

    def links(self) -> QuerySet[SupplyLink]:
        """The standing supply links that are followed."""
        return SupplyLink.objects.filter(withdrawn_at=None).exclude(pk__in=list(self.without))

    def holdings(self) -> QuerySet[OwnershipLink]:
        """The standing holdings that are followed."""
        return OwnershipLink.objects.filter(withdrawn_at=None)

    def shipments(self) -> QuerySet[Shipment]:
        """The shipments a price is compared with: what is tried in sandboxes is no price."""
        return Shipment.objects.filter(of_environment(sandbox=False, organization="owner"))

    def firms(self, ids: Iterable[int]) -> Firms:
        """Who firms are, by every declaration of them."""
        found = Firms()
        for chunk in parts_of(ids):
            found.suppliers.update(Supplier.objects.in_bulk(chunk))
            for site in Site.objects.filter(supplier__in=chunk).order_by("pk"):
                found.sites[site.supplier_id].append(PartyFacts(**site.facts()))
        return found


@dataclass(frozen=True)
class OwnSight(Sight):
    """What somebody outside the office may know in a question about an importer's goods: what that importer or one's
    own organisation declared, and public statements with the office's words on the firms they name. Of what other
    importers declared, and of what the office judged, nothing is used: the answer can tell nothing of it."""

    user: User = field(kw_only=True)
    owner: Organization = field(kw_only=True)
    is_whole: ClassVar[bool] = False

    @cached_property
    def _own(self) -> set[int]:
        return {self.owner.pk, *(one.organization_id for one in self.user.active_memberships)}

    def links(self) -> QuerySet[SupplyLink]:
        rows = super().links().visible_to(self.user)  # type: ignore[attr-defined]
        return rows.filter(Q(declared_by=None) | Q(declared_by__in=self._own))

    def holdings(self) -> QuerySet[OwnershipLink]:
        rows = super().holdings().visible_to(self.user)  # type: ignore[attr-defined]
        return rows.filter(Q(declared_by=None) | Q(declared_by__in=self._own))

    def shipments(self) -> QuerySet[Shipment]:
        return Shipment.objects.visible_to(self.user).filter(owner=self.owner)

    def firms(self, ids: Iterable[int]) -> Firms:
        """Who firms are, in one's own words; in the office's too where a public statement names the firm."""
        found = Firms()
        for chunk in parts_of(ids):
            known = Supplier.objects.in_bulk(chunk)
            public = self._in_public(chunk)
            may_know = Q(organization__in=self._own) | Q(
                organization__kind=Organization.Kind.OFFICE, supplier__in=public
            )
            for party in DeclaredParty.objects.filter(may_know, supplier__in=chunk).order_by("pk"):
                if party.supplier_id is not None:
                    found.sites[party.supplier_id].append(PartyFacts(**party.facts()))
            for pk, supplier in known.items():
                if words := next(iter(found.sites[pk]), None):
                    supplier.name, supplier.native_name = words.name, words.native_name
                    supplier.country, supplier.uscc = words.country, words.uscc
                found.suppliers[pk] = supplier
        return found

    def _in_public(self, ids: Sequence[int]) -> set[int]:
        links = SupplyLink.objects.filter(withdrawn_at=None, declared_by=None)
        holdings = OwnershipLink.objects.filter(withdrawn_at=None, declared_by=None)
        named: set[int] = set()
        for rows, ends in ((links, ("supplier", "customer")), (holdings, ("owner", "owned"))):
            for end in ends:
                named |= set(rows.filter(**{f"{end}__in": ids}).values_list(end, flat=True))
        return named


@dataclass(frozen=True, slots=True)
class Plan:
    """Goods that were not declared: the shipment, its lines and parties, the firms named, the deliveries among them.

    None of the rows is stored. Their keys are negative, but for firms that are on record.
    """

    shipment: Shipment
    lines: Sequence[ShipmentLine]
    parts: Sequence[ShipmentParty]
    firms: Firms
    links: Mapping[int, Sequence[Link]]  # by customer
