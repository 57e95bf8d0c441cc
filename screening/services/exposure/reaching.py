"""How far down goods of a supplier may come: along the links of the index, as exposure itself spreads."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from screening.services.exposure.numbers import HEADINGS_FROM
from screening.services.exposure.spreading import LONGEST

_DOWN = f"""
    WITH RECURSIVE below(supplier, kind, steps) AS (
        SELECT l.customer, l.kind, 1 FROM sources JOIN screening_indexedlink l ON l.supplier = sources.supplier
        UNION
        SELECT l.customer, CASE WHEN l.kind = 0 THEN b.kind ELSE l.kind END, b.steps + 1
        FROM below b JOIN screening_indexedlink l ON l.supplier = b.supplier
        LEFT JOIN screening_indexedpair p ON p.kind = b.kind AND p.goes_into = l.kind
        WHERE b.steps < {LONGEST} AND (
            p.kind IS NOT NULL OR (b.kind >= {HEADINGS_FROM} AND b.kind = l.kind)
            OR b.kind = 0 OR l.kind = 0 OR b.kind >= {HEADINGS_FROM} OR l.kind >= {HEADINGS_FROM}
        )
    )
    SELECT DISTINCT supplier FROM below
"""


def exposed_to(suppliers: Iterable[int]) -> set[int]:
    """These suppliers and all that goods of theirs may come to, in few steps enough to be looked at."""
    sources = set(suppliers)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS sources")
        cursor.execute("CREATE TEMPORARY TABLE sources (supplier BIGINT PRIMARY KEY)")
        cursor.executemany("INSERT INTO sources VALUES (%s)", [(pk,) for pk in sources])
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE sources")
        cursor.execute(_DOWN)
        return sources | {row[0] for row in cursor.fetchall()}
