"""How far a supplier reaches: the shipments in whose chain it stands."""

from __future__ import annotations

from collections.abc import Iterable

from entities.models import SupplyLink
from screening.domain.tracing import MAX_STEPS
from screening.models import ShipmentParty


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
    parts = ShipmentParty.objects.filter(party__supplier__in=seen)
    return set(parts.values_list("shipment", flat=True))
