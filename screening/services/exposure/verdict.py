"""What an article is exposed to: one look-up in the index, and a walk back along the links for the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from screening.domain.goods import CanBe, GoodsKind
from screening.domain.tracing import Grade
from screening.models import Exposure, IndexedGround
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
        grade = grade_of(row.kind, row.is_relevant, article)
        if grade is not None:
            _keep(best, Exposed(Ground.of(row.ground), grade, row.steps + 1, row.supplier, row))
    return sorted(best.values(), key=lambda one: (-_WORST_FIRST.index(one.grade), one.steps_upstream))


def way_to(exposed: Exposed, on: date) -> list[int]:
    """The links from the article up to the party with the ground, by their numbers, the nearest first."""
    found: list[int] = []
    via, row = (exposed.row.via, exposed.row) if exposed.row else (None, None)
    with connection.cursor() as cursor:
        while via is not None and row is not None:
            cursor.execute(_ABOVE, [row.is_relevant, on.toordinal(), on.toordinal(), row.ground, row.steps - 1, via])
            rows = [one for one in cursor.fetchall() if _comes_out(one, row)]
            found.append(rows[0][0])
            via = rows[0][4]
            row = Exposure(steps=row.steps - 1, kind=rows[0][3], ground=row.ground, is_relevant=row.is_relevant)
    return found


# A link and the ways its supplier stands at, one link shorter, each with whether its goods can be those of the link.
_ABOVE = """
    SELECT l.link, l.kind, p.id IS NOT NULL, e.kind, e.via
    FROM screening_indexedlink l
    LEFT JOIN screening_exposure e ON e.supplier = l.supplier AND e.is_relevant = %s AND e.first <= %s AND e.last >= %s
        AND e.ground = %s AND e.steps = %s
    LEFT JOIN screening_indexedpair p ON p.kind = e.kind AND p.goes_into = l.kind
    WHERE l.id = %s
    ORDER BY e.id
"""


def _comes_out(one: tuple[Any, ...], below: Exposure) -> bool:
    """The goods of the way above can be those of the link, and come out below as that way says."""
    _, kind, is_pair, above, _ = one
    if above is None:
        return below.steps == 1
    if (kind or above) != below.kind:
        return False
    if UNKNOWN in (kind, above):
        return not below.is_relevant
    return bool(is_pair) or kind == above or (max(kind, above) >= HEADINGS_FROM and not below.is_relevant)


def grade_of(number: int, is_relevant: bool, article: Iterable[GoodsKind]) -> Grade | None:
    """What a way over which goods of this kind come in is worth for an article; None where they are no input, or where
    another row says it better."""
    kind = kind_of(number)
    answer = inputs().can_be_any(kind, article) if kind is not None else CanBe.UNKNOWN
    if answer == CanBe.NO:
        return None
    if not is_relevant:
        return Grade.POSSIBLE
    return Grade.RELEVANT if answer == CanBe.YES else None


def _keep(best: dict[int, Exposed], one: Exposed) -> None:
    number = one.ground.number
    known = best.get(number)
    if known is None or _rank(one) < _rank(known):
        best[number] = one


def _rank(one: Exposed) -> tuple[int, int]:
    return (-_WORST_FIRST.index(one.grade), one.steps_upstream)
