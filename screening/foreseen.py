"""What the index foresaw of a pass, for the office: by what is reached and by importer, and of each shipment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from screening.models import Foreseen, Rescreening, Shipment
from screening.services.exposure.moving import MOST


@dataclass(slots=True)
class Reach:
    """The shipments of one importer that newly reach one listed entity or sign, or reach it no longer."""

    rule: str
    entity: str
    is_new: bool
    importer: str
    raised: set[int] = field(default_factory=set)
    nearest: dict[int, int] = field(default_factory=dict)  # by shipment the step

    @property
    def count(self) -> int:
        return len(self.nearest)

    @property
    def steps(self) -> list[tuple[int, int]]:
        """How many shipments on each step."""
        return sorted(Counter(self.nearest.values()).items())


def foreseen_of(rescreening: Rescreening) -> dict[str, Any] | None:
    """What was foreseen, the most shipments first, and how much of it is settled; None where nothing was."""
    rows = rescreening.foreseen.all()
    found: dict[tuple[str, str, bool, str], Reach] = {}
    told = ("rule", "entity__name", "is_new", "shipment__owner__name", "shipment", "steps_upstream")
    for rule, entity, is_new, importer, shipment, step, raises in rows.values_list(*told, "raises_presumption"):
        one = found.setdefault((rule, entity or "", is_new, importer), Reach(rule, entity or "", is_new, importer))
        one.nearest[shipment] = min(step, one.nearest.get(shipment, step))
        if raises:
            one.raised.add(shipment)
    if not found:
        return None
    reaches = sorted(found.values(), key=lambda one: (not one.is_new, -one.count, one.entity, one.rule, one.importer))
    new, gone = (_shipments(one for one in reaches if one.is_new is is_new) for is_new in (True, False))
    return {
        "reaches": reaches,
        "new": len(new),
        "raised": len({pk for one in reaches if one.is_new for pk in one.raised}),
        "gone": len(gone),
        "rows": rows.count(),
        "settled": rows.settled().count(),
        "borne_out": rows.borne_out().count(),
    }


def nothing_foreseen(rescreening: Rescreening) -> str:
    """Why nothing was known at once of a pass; no word where it looks at no shipment, or where it was not kept."""
    firms = rescreening.firms_moved
    if firms is None or not rescreening.shipment_count:
        return ""
    if firms == 0:
        return "The exposure index says of every firm what it said before. What the change does, the screenings tell."
    if firms > MOST:
        return (
            f"The exposure index says something else of {firms:,} firms, more than the {MOST:,} it follows one by "
            "one. What the change does, the screenings tell."
        )
    return (
        f"The exposure index says something else of {firms:,} firm{'s' if firms > 1 else ''}, and by standing links "
        "none of these shipments newly reaches a ground there, or reaches one no longer."
    )


def by_shipment(shipments: Iterable[Shipment], rescreening: Rescreening) -> list[tuple[Shipment, list[Foreseen]]]:
    """Shipments with what was foreseen of each."""
    shipments = list(shipments)
    told: dict[int, list[Foreseen]] = defaultdict(list)
    rows = rescreening.foreseen.with_settled().filter(shipment__in=shipments)
    for row in rows.select_related("supplier", "entity"):
        told[row.shipment_id].append(row)
    return [(shipment, told[shipment.pk]) for shipment in shipments]


def _shipments(reaches: Iterable[Reach]) -> set[int]:
    return {pk for one in reaches for pk in one.nearest}
