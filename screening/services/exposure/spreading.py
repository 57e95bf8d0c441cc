"""The spread of exposure down the links, a step at a time, in the database itself.

What a supplier is exposed to over ``n`` links follows from what its own suppliers are exposed to over ``n - 1``, so a
change is followed by looking again, step by step, at the customers of whatever changed. Cycles do no harm: a way of
``n`` links always rests on one of ``n - 1``.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from screening.domain.tracing import MAX_STEPS
from screening.services.exposure.numbers import HEADINGS_FROM

LONGEST = MAX_STEPS - 1  # links on a way; step 1 has none
_LINK, _GROUND, _PAIR, _EXPOSURE = (
    "screening_indexedlink",
    "screening_indexedground",
    "screening_indexedpair",
    "screening_exposure",
)
_KEY = "supplier, kind, ground, is_relevant, first, last"


def spread(*, fresh: bool = False) -> int:
    """Bring the exposures in line with links and grounds, for what ``looking`` was filled with. Returns rows changed.

    ``fresh``: nothing stands yet, and everything is looked at.
    """
    total = 0
    with connection.cursor() as cursor:
        for steps in range(1, LONGEST + 1):
            if fresh:
                _look_at_customers(cursor, steps)
            cursor.execute("SELECT EXISTS (SELECT 1 FROM looking) OR EXISTS (SELECT 1 FROM gained)")
            if not cursor.fetchone()[0]:
                break
            _find(cursor, steps)
            changed = _store(cursor, steps)
            total += changed
            if fresh and not changed:
                break
            if not fresh:
                _drop_beaten(cursor, steps)
                _look_on(cursor)
    return total


def prepare(suppliers: Iterable[int] = ()) -> None:
    """Empty the tables of one spread, and note the suppliers whose ways in are to be looked at on every step."""
    with connection.cursor() as cursor:
        for name, columns in (
            ("looking", "supplier BIGINT PRIMARY KEY"),
            ("lost", "supplier BIGINT PRIMARY KEY"),
            ("gained", "supplier BIGINT PRIMARY KEY"),
            ("moved", "supplier BIGINT PRIMARY KEY"),
            (
                "ways",
                "supplier BIGINT, kind INTEGER, ground SMALLINT, is_relevant BOOLEAN, first INTEGER, last INTEGER, "
                "via BIGINT",
            ),
        ):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        cursor.execute("CREATE INDEX ways_of ON ways (supplier, kind, ground)")
        cursor.executemany("INSERT INTO lost VALUES (%s)", [(pk,) for pk in set(suppliers)])
        cursor.execute("INSERT INTO looking SELECT supplier FROM lost")


def look_at_customers_of(suppliers: Iterable[int]) -> None:
    """The customers of suppliers whose own grounds changed are looked at on the first step."""
    ids = sorted(set(suppliers))
    with connection.cursor() as cursor:
        for start in range(0, len(ids), 500):
            marks = ", ".join(["%s"] * len(ids[start : start + 500]))
            cursor.execute(
                f"INSERT INTO looking SELECT DISTINCT customer FROM {_LINK} WHERE supplier IN ({marks}) "
                "AND customer NOT IN (SELECT supplier FROM looking)",
                ids[start : start + 500],
            )


def _look_at_customers(cursor, steps: int) -> None:  # type: ignore[no-untyped-def]
    """Everything that anything of the step before leads down to."""
    cursor.execute("DELETE FROM looking")
    source = f"SELECT supplier FROM {_GROUND}" if steps == 1 else f"SELECT supplier FROM {_EXPOSURE} WHERE steps = %s"
    cursor.execute(
        f"INSERT INTO looking SELECT DISTINCT customer FROM {_LINK} WHERE supplier IN ({source})",
        [] if steps == 1 else [steps - 1],
    )


def _find(cursor, steps: int) -> None:  # type: ignore[no-untyped-def]
    """The ways of this many links into what is looked at, without those another, no longer way makes needless."""
    cursor.execute("DELETE FROM ways")
    _count(cursor, "looking")
    if steps == 1:
        cursor.execute(_from_grounds())
    else:
        cursor.execute(_from_exposures(), [steps - 1, steps - 1])
    _count(cursor, "ways")
    same = _as_good("b", "ways")
    cursor.execute(
        f"DELETE FROM ways WHERE EXISTS (SELECT 1 FROM {_EXPOSURE} b WHERE {same} AND b.steps < %s)", [steps]
    )
    cursor.execute(
        f"DELETE FROM ways WHERE EXISTS (SELECT 1 FROM ways b WHERE {same} "
        "AND (b.first < ways.first OR b.last > ways.last))"
    )


def _from_grounds() -> str:
    """Ways of one link: from a supplier with a ground."""
    later, sooner = _later("l.first", "g.first"), _sooner("l.last", "g.last")
    return f"""
        INSERT INTO ways
        SELECT l.customer, l.kind, g.ground, TRUE, {later}, {sooner}, MIN(l.id)
        FROM looking JOIN {_LINK} l ON l.customer = looking.supplier JOIN {_GROUND} g ON g.supplier = l.supplier
        WHERE l.is_sure AND l.kind <> 0 AND {later} <= {sooner}
        GROUP BY 1, 2, 3, 5, 6
        UNION ALL
        SELECT l.customer, l.kind, g.ground, FALSE, g.first, g.last, MIN(l.id)
        FROM looking JOIN {_LINK} l ON l.customer = looking.supplier JOIN {_GROUND} g ON g.supplier = l.supplier
        GROUP BY 1, 2, 3, 5, 6
    """


def _from_exposures() -> str:
    """Ways of one link more than those the suppliers stand at."""
    later, sooner = _later("l.first", "e.first"), _sooner("l.last", "e.last")
    joined = f"""FROM looking JOIN {_LINK} l ON l.customer = looking.supplier
        JOIN {_EXPOSURE} e ON e.supplier = l.supplier AND e.steps = %s
        LEFT JOIN {_PAIR} p ON p.kind = e.kind AND p.goes_into = l.kind"""
    fits = f"(p.kind IS NOT NULL OR (e.kind >= {HEADINGS_FROM} AND e.kind = l.kind))"
    unsaid = f"(e.kind = 0 OR l.kind = 0 OR e.kind >= {HEADINGS_FROM} OR l.kind >= {HEADINGS_FROM})"
    kind = "CASE WHEN l.kind = 0 THEN e.kind ELSE l.kind END"
    return f"""
        INSERT INTO ways
        SELECT l.customer, l.kind, e.ground, TRUE, {later}, {sooner}, MIN(l.id)
        {joined}
        WHERE e.is_relevant AND l.is_sure AND l.kind <> 0 AND {fits} AND {later} <= {sooner}
        GROUP BY 1, 2, 3, 5, 6
        UNION ALL
        SELECT l.customer, {kind}, e.ground, FALSE, e.first, e.last, MIN(l.id)
        {joined}
        WHERE NOT e.is_relevant AND ({fits} OR {unsaid})
        GROUP BY 1, 2, 3, 5, 6
    """


def _store(cursor, steps: int) -> int:  # type: ignore[no-untyped-def]
    """Make the exposures of this step what was found; the suppliers for which anything is otherwise have moved."""
    cursor.execute("DELETE FROM moved")
    here = f"SELECT {_KEY} FROM {_EXPOSURE} WHERE steps = %s AND supplier IN (SELECT supplier FROM looking)"
    found = f"SELECT {_KEY} FROM ways"
    beaten = f"SELECT 1 FROM {_EXPOSURE} b WHERE {_as_good('b', 'gone')} AND b.steps < %s"
    _note(
        cursor, "lost", f"SELECT supplier FROM ({here} EXCEPT {found}) gone WHERE NOT EXISTS ({beaten})", [steps] * 2
    )
    _note(cursor, "moved", f"SELECT supplier FROM ({here} EXCEPT {found}) gone", [steps])
    _note(cursor, "gained", f"SELECT supplier FROM ({found} EXCEPT {here}) come", [steps])
    _note(cursor, "moved", f"SELECT supplier FROM ({found} EXCEPT {here}) come", [steps])
    # The link a way comes in over may be another though the way is as good: it is written anew all the same.
    cursor.execute(
        f"DELETE FROM {_EXPOSURE} WHERE steps = %s AND supplier IN (SELECT supplier FROM looking) AND NOT EXISTS "
        f"(SELECT 1 FROM ways w WHERE {_same('w', _EXPOSURE)} AND w.via = {_EXPOSURE}.via)",
        [steps],
    )
    cursor.execute(
        f"INSERT INTO {_EXPOSURE} ({_KEY}, steps, via) SELECT {_KEY}, %s, via FROM ways WHERE NOT EXISTS "
        f"(SELECT 1 FROM {_EXPOSURE} b WHERE {_same('b', 'ways')} AND b.steps = %s)",
        [steps, steps],
    )
    return int(cursor.rowcount)


def _drop_beaten(cursor, steps: int) -> None:  # type: ignore[no-untyped-def]
    """Of those that gained a shorter way before, the ways of this step that it makes needless."""
    rows = f"{_EXPOSURE} e WHERE e.steps = %s AND e.supplier IN (SELECT supplier FROM gained) AND EXISTS "
    rows += f"(SELECT 1 FROM {_EXPOSURE} b WHERE {_as_good('b', 'e')} AND b.steps < e.steps)"
    _note(cursor, "moved", f"SELECT e.supplier FROM {rows}", [steps])
    cursor.execute(f"DELETE FROM {_EXPOSURE} WHERE id IN (SELECT e.id FROM {rows})", [steps])


def _note(cursor, table: str, suppliers: str, values: list[int]) -> None:  # type: ignore[no-untyped-def]
    """Add suppliers to a table of one spread, each once."""
    cursor.execute(
        f"INSERT INTO {table} SELECT DISTINCT supplier FROM ({suppliers}) those "
        f"WHERE supplier NOT IN (SELECT supplier FROM {table})",
        values,
    )


def _count(cursor, table: str) -> None:  # type: ignore[no-untyped-def]
    """Tell PostgreSQL how much stands in a table of one spread; it would take a guess, and the long way round."""
    if connection.vendor == "postgresql":
        cursor.execute(f"ANALYZE {table}")


def _look_on(cursor) -> None:  # type: ignore[no-untyped-def]
    """Next are the customers of what moved, and those that lost a way: a longer one it had beaten may count now."""
    _count(cursor, "moved")
    cursor.execute("DELETE FROM looking")
    cursor.execute(
        f"INSERT INTO looking SELECT supplier FROM lost UNION "
        f"SELECT customer FROM {_LINK} WHERE supplier IN (SELECT supplier FROM moved)"
    )


def _as_good(one: str, other: str) -> str:
    """One way leads to the same as the other and holds as long."""
    columns = ("supplier", "kind", "ground", "is_relevant")
    same = " AND ".join(f"{one}.{column} = {other}.{column}" for column in columns)
    return f"{same} AND {one}.first <= {other}.first AND {one}.last >= {other}.last"


def _same(one: str, other: str) -> str:
    return " AND ".join(f"{one}.{column} = {other}.{column}" for column in _KEY.split(", "))


def _later(one: str, other: str) -> str:
    return f"CASE WHEN {one} > {other} THEN {one} ELSE {other} END"


def _sooner(one: str, other: str) -> str:
    return f"CASE WHEN {one} < {other} THEN {one} ELSE {other} END"
