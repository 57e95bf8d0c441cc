"""How far down goods of a supplier may come: along the links of the index, as exposure itself spreads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from django.db import connection

from entities.many_rows import write_table
from screening.domain.goods import CanBe, GoodsKind
from screening.models import ShipmentParty
from screening.reference import article_kinds, inputs
from screening.services.exposure.following import state
from screening.services.exposure.numbers import HEADINGS_FROM, kind_of
from screening.services.exposure.spreading import LONGEST
from screening.services.reach import shipments_below, shipments_of, shipments_traced_to

_TABLES = {
    "sources": "supplier BIGINT PRIMARY KEY",
    "arriving": "supplier BIGINT, kind INTEGER, PRIMARY KEY (supplier, kind)",  # all that was found
    "arrived": "supplier BIGINT, kind INTEGER",  # what of it was found on the step before
}
_FIRST = """
    INSERT INTO arrived SELECT DISTINCT l.customer, l.kind
    FROM sources JOIN screening_indexedlink l ON l.supplier = sources.supplier
"""
_ONWARD = f"""
    CREATE TEMPORARY TABLE arrives AS
    SELECT l.customer AS supplier, CASE WHEN l.kind = 0 THEN b.kind ELSE l.kind END AS kind
    FROM arrived b JOIN screening_indexedlink l ON l.supplier = b.supplier
    LEFT JOIN screening_indexedpair p ON p.kind = b.kind AND p.goes_into = l.kind
    WHERE p.kind IS NOT NULL OR (b.kind >= {HEADINGS_FROM} AND b.kind = l.kind)
        OR b.kind = 0 OR l.kind = 0 OR b.kind >= {HEADINGS_FROM} OR l.kind >= {HEADINGS_FROM}
    EXCEPT SELECT supplier, kind FROM arriving
"""
_ARTICLES = """
    SELECT part.shipment_id, arriving.kind, CAST(line.hts_codes AS TEXT)
    FROM arriving JOIN entities_declaredparty party ON party.supplier_id = arriving.supplier
    JOIN screening_shipmentparty part ON part.party_id = party.id AND part.role IN ({roles})
    LEFT JOIN screening_shipmentline line
        ON line.shipment_id = part.shipment_id AND (part.line_id IS NULL OR part.line_id = line.id)
"""


def exposed_to(suppliers: Iterable[int]) -> set[int]:
    """These suppliers and all that goods of theirs may come to, in few steps enough to be looked at."""
    sources = set(suppliers)
    _spread_down(sources)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT supplier FROM arriving")
        return sources | {row[0] for row in cursor.fetchall()}


def shipments_with_goods_of(suppliers: Iterable[int]) -> set[int]:
    """The shipments in whose chain one of these suppliers stands: it is named on them, their lots are traced to whom
    goods of it may come, or such goods can have gone into an article, as far as is known.

    Without an index, those it reaches by any links whatever.
    """
    sources = set(suppliers)
    if not sources or state() is None:
        return shipments_below(sources)
    reached = exposed_to(sources)
    return shipments_of(sources) | shipments_traced_to(reached) | _of_articles()


def _of_articles() -> set[int]:
    """The shipments with an article that what arrives at its maker or seller can be an input of."""

    @cache
    def made_of(codes: str | None) -> frozenset[GoodsKind]:
        return article_kinds(tuple(json.loads(codes))) if codes else frozenset()

    @cache
    def goes_in(kind: int, codes: str | None) -> bool:
        goods = kind_of(kind)
        return goods is None or inputs().can_be_any(goods, made_of(codes)) != CanBe.NO

    roles = sorted(ShipmentParty.SOURCES)
    with connection.cursor() as cursor:
        cursor.execute(_ARTICLES.format(roles=", ".join(["%s"] * len(roles))), roles)
        return {shipment for shipment, kind, codes in cursor.fetchall() if goes_in(kind, codes)}


def _spread_down(sources: set[int]) -> None:
    """Fill ``arriving`` with whom goods of the sources may come to, and what goods those are by then.

    A step at a time, and what was found before is followed once: in a dense network the same goods come to the same
    firm over ways of every length.
    """
    with connection.cursor() as cursor:
        for name, columns in _TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        write_table("sources", ("supplier",), ((pk,) for pk in sorted(sources)))
        _count(cursor, "sources")
        cursor.execute(_FIRST)
        for _ in range(1, LONGEST):
            cursor.execute("INSERT INTO arriving SELECT supplier, kind FROM arrived")
            if not cursor.rowcount:
                break
            _count(cursor, "arrived")
            cursor.execute("DROP TABLE IF EXISTS arrives")
            cursor.execute(_ONWARD)
            cursor.execute("DELETE FROM arrived")
            cursor.execute("INSERT INTO arrived SELECT supplier, kind FROM arrives")
        else:
            cursor.execute("INSERT INTO arriving SELECT supplier, kind FROM arrived")
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE arriving")


def _count(cursor, table: str) -> None:  # type: ignore[no-untyped-def]
    """Tell PostgreSQL how much stands in a table of this search; it would take a guess, and the long way round."""
    if connection.vendor == "postgresql":
        cursor.execute(f"ANALYZE {table}")
