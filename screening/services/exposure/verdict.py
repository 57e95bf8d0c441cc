"""What an article is exposed to: one look-up in the index, and a walk back along the links for the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from screening.domain.goods import CanBe, GoodsKind
from screening.domain.tracing import Grade
from screening.models import Exposure, IndexedGround, IndexedLink, IndexedPair
from screening.reference import inputs
from screening.services.exposure.numbers import HEADINGS_FROM, UNKNOWN, Ground, kind_of

_WORST_FIRST = (Grade.POSSIBLE, Grade.RELEVANT, Grade.DIRECT)


@dataclass(frozen=True, slots=True)
class Exposed:
    """A ground an article is exposed to: by the best grade, on the nearest step, counted from the importer.

    ``row`` is the exposure it rests on, None where the supplier at step 1 has the ground itself.
    """

    ground: Ground
    grade: Grade
    steps_upstream: int
    supplier: int
    row: Exposure | None = None


def exposed_at(starts: Collection[int], article: Collection[GoodsKind], on: date) -> list[Exposed]:
    """What the goods of these suppliers (step 1) are exposed to, for an article imported on a day; the worst first."""
    day = on.toordinal()
    best: dict[int, Exposed] = {}
    for ground in IndexedGround.objects.filter(supplier__in=starts, first__lte=day, last__gte=day):
        _keep(best, Exposed(Ground.of(ground.ground), Grade.DIRECT, 1, ground.supplier))
    for row in Exposure.objects.filter(supplier__in=starts, first__lte=day, last__gte=day):
        grade = _grade(row, article)
        if grade is not None:
            _keep(best, Exposed(Ground.of(row.ground), grade, row.steps + 1, row.supplier, row))
    return sorted(best.values(), key=lambda one: (-_WORST_FIRST.index(one.grade), one.steps_upstream))


def way_to(exposed: Exposed, on: date) -> list[int]:
    """The links from the article up to the party with the ground, by their numbers, the nearest first."""
    day = on.toordinal()
    found: list[int] = []
    row = exposed.row
    while row is not None:
        link = IndexedLink.objects.get(pk=row.via)
        found.append(link.link)
        if row.steps == 1:
            break
        above = Exposure.objects.filter(
            supplier=link.supplier,
            steps=row.steps - 1,
            ground=row.ground,
            is_relevant=row.is_relevant,
            first__lte=day,
            last__gte=day,
        )
        row = next(one for one in above if _goes_on(one, link, row))
    return found


def _goes_on(above: Exposure, link: IndexedLink, below: Exposure) -> bool:
    """The goods of the way above can be those of the link, and come out below as that way says."""
    if (link.kind or above.kind) != below.kind:
        return False
    if UNKNOWN in (link.kind, above.kind):
        return not below.is_relevant
    if max(link.kind, above.kind) >= HEADINGS_FROM:
        return link.kind == above.kind or not below.is_relevant
    return IndexedPair.objects.filter(kind=above.kind, goes_into=link.kind).exists()


def _grade(row: Exposure, article: Iterable[GoodsKind]) -> Grade | None:
    """What a way is worth for an article; None where its goods are no input, or where another row says it better."""
    kind = kind_of(row.kind)
    answer = inputs().can_be_any(kind, article) if kind is not None else CanBe.UNKNOWN
    if answer == CanBe.NO:
        return None
    if not row.is_relevant:
        return Grade.POSSIBLE
    return Grade.RELEVANT if answer == CanBe.YES else None


def _keep(best: dict[int, Exposed], one: Exposed) -> None:
    number = one.ground.number
    known = best.get(number)
    if known is None or _rank(one) < _rank(known):
        best[number] = one


def _rank(one: Exposed) -> tuple[int, int]:
    return (-_WORST_FIRST.index(one.grade), one.steps_upstream)
