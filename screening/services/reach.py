"""How far a supplier reaches: the shipments in whose chain it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from entities.domain.facts import PartyFacts
from entities.domain.known import identifiers_of
from entities.models import DeclaredParty, OwnershipLink, Site, SupplyLink
from entities.parts import parts_of
from entities.services.ownership import owned_below, owners_above
from screening.domain.tracing import MAX_STEPS
from screening.models import LotTrace, ShipmentParty


def shipments_below(supplier_ids: Iterable[int]) -> set[int]:
    """Shipments in whose chain one of these suppliers stands, at any step."""
    step = set(supplier_ids)
    seen = set(step)
    for _ in range(MAX_STEPS):
        if not step:
            break
        customers = SupplyLink.objects.filter(supplier__in=step, withdrawn_at=None)
        step = set(customers.values_list("customer", flat=True)) - seen
        seen |= step
    return shipments_of(seen)


def shipments_of(supplier_ids: Iterable[int]) -> set[int]:
    """Shipments on which one of these suppliers is named, or that are traced to it by lots."""
    ids = set(supplier_ids)
    found: set[int] = set()
    for some in parts_of(ids, 5000):
        parts = ShipmentParty.objects.filter(party__supplier__in=some)
        found.update(parts.values_list("shipment", flat=True))
    return found | shipments_traced_to(ids)


def shipments_traced_to(supplier_ids: Iterable[int]) -> set[int]:
    """Shipments whose lots are traced to one of these suppliers."""
    found: set[int] = set()
    for some in parts_of(supplier_ids, 5000):
        traces = LotTrace.objects.standing().filter(Q(maker__in=some) | Q(lots__supplier__in=some))
        found.update(traces.values_list("shipment", flat=True))
    return found


def with_kin(supplier_ids: Iterable[int]) -> set[int]:
    """Suppliers with those that own them or that they own: what is known of one bears on the others."""
    ids = set(supplier_ids)
    return owned_below(ids) | owners_above(ids)


def kin_of_each(supplier_ids: Collection[int]) -> dict[int, set[int]]:
    """By supplier, itself with those that own it or that it owns; most stand in no holding and are not asked of one by
    one."""
    held: set[int] = set()
    for some in parts_of(supplier_ids):
        holdings = OwnershipLink.objects.filter(Q(owner__in=some) | Q(owned__in=some), withdrawn_at=None)
        held.update(end for ends in holdings.values_list("owner", "owned") for end in ends)
    return {pk: with_kin([pk]) if pk in held else {pk} for pk in supplier_ids}


def suppliers_declaring(facts: PartyFacts) -> set[int]:
    """Suppliers that share a number or an address with this party."""
    return declaring(facts)[1]


def declaring(facts: PartyFacts) -> tuple[list[DeclaredParty], set[int]]:
    """The declared parties and the suppliers that share a number or an address with this one."""
    ours = identifiers_of(facts)
    if not ours:
        return [], set()
    # What may be written in several ways is looked for by a part of it, and compared in one spelling then.
    alike = Q()
    for field, value in ours.items():
        if field == "phone":
            alike |= Q(phone__contains=value[-4:])
        elif field == "address":
            alike |= Q(address__icontains=max(facts.address.replace(",", " ").split(), key=len))
        else:
            alike |= Q(**{f"{field}__icontains": value})
    parties = [row for row in DeclaredParty.objects.filter(alike) if _shares(row.facts(), ours)]
    sites = [row for row in Site.objects.filter(alike) if _shares(row.facts(), ours)]
    return parties, {row.supplier_id for row in parties if row.supplier_id} | {site.supplier_id for site in sites}


def _shares(declared: dict[str, str], ours: dict[str, str]) -> bool:
    return bool(identifiers_of(PartyFacts(**declared)).items() & ours.items())
