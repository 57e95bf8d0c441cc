"""What came to be said of firms, or is said no longer, and what goods that reaches: the index spread once more, aside
from it, from what moved alone and for each firm by itself."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db import connection
from django.utils import timezone

from entities.many_rows import write_table
from entities.scratch import count, scratch_table
from screening.domain.tracing import Grade
from screening.models import Shipment, ShipmentParty
from screening.reference import article_kinds
from screening.services.exposure.numbers import Ground
from screening.services.exposure.spreading import ROW, Tables, prepare_afresh, spread
from screening.services.exposure.verdict import grade_of

MOST = 2000  # firms followed one by one; what is said of more than these only full screenings tell
Said = tuple[int, str, int, int]  # the number of a ground, the listed entity where it is one, first and last day

_BEST_FIRST = (Grade.DIRECT, Grade.RELEVANT, Grade.POSSIBLE)
_ASIDE = Tables("moved_ground", "moved_exposure")
_COLUMNS = ("supplier", "ground", "first", "last")
_ARTICLES = """
    SELECT part.shipment_id, e.supplier, CAST(line.hts_codes AS TEXT),
        CAST(shipment.imported_on AS TEXT), CAST(shipment.arrives_on AS TEXT)
    FROM (SELECT DISTINCT supplier FROM moved_exposure) e
    JOIN entities_declaredparty party ON party.supplier_id = e.supplier
    JOIN screening_shipmentparty part ON part.party_id = party.id AND part.role IN ({roles})
    JOIN screening_shipment shipment ON shipment.id = part.shipment_id
    LEFT JOIN screening_shipmentline line
        ON line.shipment_id = part.shipment_id AND (part.line_id IS NULL OR part.line_id = line.id)
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """A ground that is new at a firm, or gone from it, on these stretches of days of importation."""

    supplier: int
    ground: Ground
    listed_key: str
    is_new: bool
    days: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A shipment that something moved reaches: by the best grade, on the nearest step, counted from the importer."""

    shipment: int
    moved: Moved
    grade: Grade
    steps_upstream: int

    @property
    def raises_presumption(self) -> bool:
        return self.moved.ground.is_certain and self.grade != Grade.POSSIBLE


def moved_at(supplier: int, before: Iterable[Said], now: Iterable[Said]) -> Iterator[Moved]:
    """How what is said of a firm now differs from what was said before."""
    sides = [defaultdict[tuple[int, str], list[tuple[int, int]]](list) for _ in range(2)]
    for side, rows in zip(sides, (before, now), strict=True):
        for number, key, first, last in rows:
            side[number, key].append((first, last))
    for one, other, is_new in ((sides[1], sides[0], True), (sides[0], sides[1], False)):
        for (number, key), days in sorted(one.items()):
            if left := tuple(days_without(days, other.get((number, key), ()))):
                yield Moved(supplier, Ground.of(number), key, is_new, left)


@dataclass(frozen=True, slots=True)
class Downstream:
    """What lies below the firms at which something moved, along the links as they stand now: the firms that goods of
    theirs may come to, the shipments of such goods, and what is different for these.

    As the index does, this knows standing links alone, not the lots of a shipment.
    """

    firms: frozenset[int] = frozenset()
    shipments: frozenset[int] = frozenset()
    different: tuple[Reached, ...] = ()


def downstream_of(moved: Sequence[Moved]) -> Downstream | None:
    """What lies below what moved; None where too many firms moved to follow each by itself."""
    if not moved:
        return Downstream()
    if len({one.supplier for one in moved}) > MOST:
        return None

    @cache
    def graded(kind: int, is_relevant: bool, codes: str | None) -> Grade | None:
        return grade_of(kind, is_relevant, article_kinds(tuple(json.loads(codes))) if codes else frozenset())

    @cache
    def screened_for(*days: str | None) -> int:
        imported, arrives = (date.fromisoformat(day) if day else None for day in days)
        return Shipment(imported_on=imported, arrives_on=arrives).screening_date(today)[0].toordinal()

    today = timezone.localdate()
    _spread_aside(moved)
    roles = sorted(ShipmentParty.SOURCES)
    arriving: dict[int, list[tuple[int, int, bool, int, int, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT supplier, ground, kind, is_relevant, first, last, steps FROM {_ASIDE.exposure}")
        for supplier, *what in cursor.fetchall():
            arriving[supplier].append(tuple(what))
        cursor.execute(_ARTICLES.format(roles=", ".join(["%s"] * len(roles))), roles)
        articles = cursor.fetchall()
    best: dict[tuple[int, int], tuple[int, int]] = {}
    for shipment, supplier, codes, *days in articles:
        on = screened_for(*days)
        for number, kind, is_relevant, first, last, steps in arriving[supplier]:
            if first <= on <= last:
                # No links: the firm is named on the shipment itself.
                grade = graded(kind, bool(is_relevant), codes) if steps else Grade.DIRECT
                if grade is not None:
                    rank = (_BEST_FIRST.index(grade), steps + 1)
                    best[shipment, number] = min(rank, best.get((shipment, number), rank))
    found = (
        Reached(shipment, moved[number], _BEST_FIRST[grade], steps)
        for (shipment, number), (grade, steps) in sorted(best.items())
    )
    shipments = frozenset(shipment for shipment, _ in best)
    return Downstream(frozenset(arriving), shipments, tuple(_without_what_stays(found)))


def _spread_aside(moved: Sequence[Moved]) -> None:
    """Fill ``moved_exposure``: whom what moved reaches, the ground told by its place in the sequence."""
    rows = [(one.supplier, number, *days) for number, one in enumerate(moved) for days in one.days]
    with connection.cursor() as cursor:
        for name, columns in (
            (_ASIDE.ground, "supplier BIGINT, ground INTEGER, first INTEGER, last INTEGER"),
            (_ASIDE.exposure, f"{ROW}, steps SMALLINT, via BIGINT"),
        ):
            scratch_table(cursor, name, columns)
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name}_of ON {name} (supplier)")
    write_table(_ASIDE.ground, _COLUMNS, rows)
    prepare_afresh(_ASIDE)
    spread(_ASIDE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_ASIDE.exposure} SELECT supplier, 0, ground, TRUE, first, last, 0, NULL "
            f"FROM {_ASIDE.ground}"
        )
        count(cursor, _ASIDE.exposure)


def _without_what_stays(found: Iterable[Reached]) -> list[Reached]:
    """Without what is gone and new again in the same words: a likely match that is certain now, say, on a way that
    raises no presumption."""
    rows = list(found)

    def words(one: Reached) -> tuple[object, ...]:
        moved = one.moved
        return (one.shipment, moved.supplier, moved.ground.rule, moved.listed_key, one.grade, one.raises_presumption)

    sides = [{words(one) for one in rows if one.moved.is_new is is_new} for is_new in (True, False)]
    both = sides[0] & sides[1]
    return [one for one in rows if words(one) not in both]


def days_without(days: Iterable[tuple[int, int]], others: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches of days without the days of the others."""
    left = list(days)
    for begins, ends in others:
        left = [
            (first, last)
            for one in left
            for first, last in ((one[0], min(one[1], begins - 1)), (max(one[0], ends + 1), one[1]))
            if first <= last
        ]
    yield from sorted(left)
