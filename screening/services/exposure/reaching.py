"""How far down goods of a supplier may come: along the links of the index, as exposure itself spreads."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

from django.db import connection

from entities.many_rows import write_table
from entities.scratch import count, empty, scratch_table
from screening.domain.goods import CanBe, GoodsKind
from screening.models import ShipmentParty
from screening.reference import article_kinds, inputs
from screening.services.exposure.following import state
from screening.services.exposure.numbers import HEADINGS_FROM, kind_of
from screening.services.exposure.spreading import LONGEST
from screening.services.reach import shipments_below

PORTION = 50  # searches made together
_TABLES = {
    "sources": "search INTEGER, supplier BIGINT, PRIMARY KEY (search, supplier)",
    # All that was found, and what of it was found on the step before and on this one.
    "arriving": "search INTEGER, supplier BIGINT, kind INTEGER, PRIMARY KEY (search, supplier, kind)",
    "arrived": "search INTEGER, supplier BIGINT, kind INTEGER",
    "arrives": "search INTEGER, supplier BIGINT, kind INTEGER",
}
_FIRST = """
    INSERT INTO arrived SELECT DISTINCT search, l.customer, l.kind
    FROM sources JOIN screening_indexedlink l ON l.supplier = sources.supplier
"""
_ONWARD = f"""
    INSERT INTO arrives
    SELECT search, l.customer, CASE WHEN l.kind = 0 THEN b.kind ELSE l.kind END
    FROM arrived b JOIN screening_indexedlink l ON l.supplier = b.supplier
    LEFT JOIN screening_indexedpair p ON p.kind = b.kind AND p.goes_into = l.kind
    WHERE p.kind IS NOT NULL OR (b.kind >= {HEADINGS_FROM} AND b.kind = l.kind)
        OR b.kind = 0 OR l.kind = 0 OR b.kind >= {HEADINGS_FROM} OR l.kind >= {HEADINGS_FROM}
    EXCEPT SELECT search, supplier, kind FROM arriving
"""
_NAMED = """
    SELECT search, part.shipment_id FROM sources
    JOIN entities_declaredparty party ON party.supplier_id = sources.supplier
    JOIN screening_shipmentparty part ON part.party_id = party.id
"""
_TRACED = """
    WITH reached AS (SELECT search, supplier FROM sources UNION SELECT search, supplier FROM arriving)
    SELECT search, trace.shipment_id FROM reached JOIN screening_lottrace trace ON trace.maker_id = reached.supplier
    WHERE trace.withdrawn_at IS NULL
    UNION
    SELECT search, trace.shipment_id FROM reached
    JOIN screening_tracedlot lot ON lot.supplier_id = reached.supplier
    JOIN screening_lottrace trace ON trace.id = lot.trace_id WHERE trace.withdrawn_at IS NULL
"""
_ARTICLES = """
    SELECT search, part.shipment_id, arriving.kind, CAST(line.hts_codes AS TEXT)
    FROM arriving JOIN entities_declaredparty party ON party.supplier_id = arriving.supplier
    JOIN screening_shipmentparty part ON part.party_id = party.id AND part.role IN ({roles})
    LEFT JOIN screening_shipmentline line
        ON line.shipment_id = part.shipment_id AND (part.line_id IS NULL OR part.line_id = line.id)
"""


def shipments_with_goods_of(suppliers: Iterable[int]) -> set[int]:
    """The shipments in whose chain one of these suppliers stands: it is named on them, their lots are traced to whom
    goods of it may come, or such goods can have gone into an article, as far as is known.

    Without an index, those it reaches by any links whatever.
    """
    sources = frozenset(suppliers)
    return shipments_with_goods_of_each([sources])[sources]


def shipments_with_goods_of_each(several: Iterable[frozenset[int]]) -> dict[frozenset[int], set[int]]:
    """The same of several sets of suppliers, each by itself, searched for together."""
    found: dict[frozenset[int], set[int]] = {sources: set() for sources in several}
    asked = [sources for sources in found if sources]
    if asked and state() is None:
        return found | {sources: shipments_below(sources) for sources in asked}
    for start in range(0, len(asked), PORTION):
        some = asked[start : start + PORTION]
        _spread_down(some)
        for search, shipment in _shipments():
            found[some[search]].add(shipment)
    return found


def _shipments() -> Iterator[tuple[int, int]]:
    """By search, the shipments of what it found; those of articles that what arrives at their maker or seller can be
    an input of."""

    @cache
    def made_of(codes: str | None) -> frozenset[GoodsKind]:
        return article_kinds(tuple(json.loads(codes))) if codes else frozenset()

    @cache
    def goes_in(kind: int, codes: str | None) -> bool:
        goods = kind_of(kind)
        return goods is None or inputs().can_be_any(goods, made_of(codes)) != CanBe.NO

    roles = sorted(ShipmentParty.SOURCES)
    with connection.cursor() as cursor:
        for query in (_NAMED, _TRACED):
            cursor.execute(query)
            yield from cursor.fetchall()
        cursor.execute(_ARTICLES.format(roles=", ".join(["%s"] * len(roles))), roles)
        for search, shipment, kind, codes in cursor.fetchall():
            if goes_in(kind, codes):
                yield search, shipment


def _spread_down(searches: Sequence[Collection[int]]) -> None:
    """Fill ``arriving`` with whom goods of the sources of each search may come to, and what goods those are by then.

    A step at a time, and what was found before is followed once: in a dense network the same goods come to the same
    firm over ways of every length.
    """
    rows = ((search, pk) for search, sources in enumerate(searches) for pk in sorted(sources))
    with connection.cursor() as cursor:
        for name, columns in _TABLES.items():
            scratch_table(cursor, name, columns)
        write_table("sources", ("search", "supplier"), rows)
        count(cursor, "sources")
        cursor.execute(_FIRST)
        for _ in range(1, LONGEST):
            cursor.execute("INSERT INTO arriving SELECT search, supplier, kind FROM arrived")
            if not cursor.rowcount:
                break
            count(cursor, "arrived")
            empty(cursor, "arrives")
            cursor.execute(_ONWARD)
            empty(cursor, "arrived")
            cursor.execute("INSERT INTO arrived SELECT search, supplier, kind FROM arrives")
        else:
            cursor.execute("INSERT INTO arriving SELECT search, supplier, kind FROM arrived")
        count(cursor, "arriving")
