"""What one supplier stands exposed to, whatever it delivers: from the index, for its own page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from entities.models import SupplyLink
from screening.domain.tracing import Grade
from screening.models import Exposure, IndexedGround
from screening.services.exposure.following import state
from screening.services.exposure.numbers import Ground
from screening.services.exposure.verdict import Exposed, way_to


@dataclass(frozen=True, slots=True)
class Standing:
    """A ground upstream of a supplier: how many steps above it, on which days of importation, and the way there.

    ``way``: the links from the supplier up to the party with the ground, the nearest first. Steps are counted from
    the supplier: 0 is the supplier itself, or with a ``sale`` a statement on what it delivers.
    """

    ground: Ground
    grade: Grade
    steps: int
    first: date | None
    last: date | None
    way: tuple[SupplyLink, ...] = ()
    sale: SupplyLink | None = None


def is_built() -> bool:
    """There is an index to ask."""
    return state() is not None


def standing_of(supplier: int, today: date) -> list[Standing]:
    """For every ground the best way: what stands today before what stood, relevant before possible, the nearest."""
    found = [
        Standing(Ground.of(row.ground), Grade.DIRECT, 0, *_days(row))
        for row in IndexedGround.objects.filter(supplier=supplier).order_by("ground", "first")
    ]
    found += _said_of_sales(supplier)
    best: dict[int, Exposure] = {}
    for row in Exposure.objects.filter(supplier=supplier):
        kept = best.get(row.ground)
        if kept is None or _rank(row, today) < _rank(kept, today):
            best[row.ground] = row
    ways = {number: _way(row, today) for number, row in best.items()}
    followed = {pk for way in ways.values() for pk in way}
    links = SupplyLink.objects.select_related("supplier", "customer").in_bulk(followed)
    for number, row in best.items():
        way = tuple(links[pk] for pk in ways[number])
        grade = Grade.RELEVANT if row.is_relevant else Grade.POSSIBLE
        found.append(Standing(Ground.of(number), grade, row.steps, *_days(row), way))
    return sorted(
        found, key=lambda one: (one.steps > 0, not one.ground.is_certain, one.grade == Grade.POSSIBLE, one.steps)
    )


def _said_of_sales(supplier: int) -> list[Standing]:
    """What statements on its own deliveries say: of every ground the first of them."""
    sales = SupplyLink.objects.filter(supplier=supplier, withdrawn_at=None).select_related("supplier", "customer")
    by_key = {-sale.pk: sale for sale in sales.order_by("pk")}
    rows = IndexedGround.objects.filter(supplier__in=by_key).order_by("ground", "-supplier")
    first = {row.ground: row for row in reversed(rows)}
    return [
        Standing(Ground.of(row.ground), Grade.DIRECT, 0, *_days(row), sale=by_key[row.supplier])
        for row in first.values()
    ]


def _way(row: Exposure, today: date) -> Iterable[int]:
    """The links of a way, looked for on a day on which it stands: today, or the nearest day."""
    day = min(max(today.toordinal(), row.first), row.last)
    ground = Ground.of(row.ground)
    grade = Grade.RELEVANT if row.is_relevant else Grade.POSSIBLE
    return way_to(Exposed(ground, grade, row.steps + 1, row.supplier, row), date.fromordinal(day))


def _rank(row: Exposure, today: date) -> tuple[bool, bool, int]:
    return (not row.first <= today.toordinal() <= row.last, not row.is_relevant, row.steps)


def _days(row: Exposure | IndexedGround) -> tuple[date | None, date | None]:
    """The first and the last day of importation it stands for; None where there is no such end."""
    first, last = date.fromordinal(row.first), date.fromordinal(row.last)
    return (None if first == date.min else first, None if last == date.max else last)
