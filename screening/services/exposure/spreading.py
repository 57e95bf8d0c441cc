"""The spread of exposure down the links, a step at a time, in the database itself.

What a supplier is exposed to over ``n`` links follows from what its own suppliers are exposed to over ``n - 1``. So
what is new is followed down the links it leads to, and where something is lost, the customers are looked at anew.
Cycles do no harm: a way of ``n`` links always rests on one of ``n - 1``.

The tables of one spread: ``asked`` suppliers whose own grounds are new, ``looking`` suppliers whose ways in are found
anew, ``lost`` those looked at on every further step, ``fewer`` those that lost a ground of their own, ``ways`` what
was found on this step, ``news`` what of it is new, ``losing`` who lost a way on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from entities.many_rows import write_table
from entities.scratch import count, empty, scratch_table
from screening.domain.tracing import MAX_STEPS
from screening.services.exposure.numbers import HEADINGS_FROM

LONGEST = MAX_STEPS - 1  # links on a way; step 1 has none
_LINK, _PAIR = "screening_indexedlink", "screening_indexedpair"
_KEY = "supplier, kind, ground, is_relevant, first, last"
ROW = "supplier BIGINT, kind INTEGER, ground INTEGER, is_relevant BOOLEAN, first INTEGER, last INTEGER"


class Tables(NamedTuple):
    """Where the grounds stand that are spread, and where the exposures to them: in the index, or aside from it."""

    ground: str = "screening_indexedground"
    exposure: str = "screening_exposure"


INDEX = Tables()


def prepare(*, customers: Iterable[int] = (), asked: Iterable[int] = (), lost: Iterable[int] = ()) -> None:
    """Begin a spread: ``customers`` have other links in, ``asked`` have other grounds, ``lost`` have fewer."""
    with connection.cursor() as cursor:
        for name, columns in (
            ("asked", "supplier BIGINT PRIMARY KEY"),
            ("looking", "supplier BIGINT PRIMARY KEY"),
            ("lost", "supplier BIGINT PRIMARY KEY"),
            ("fewer", "supplier BIGINT PRIMARY KEY"),
            ("ways", f"{ROW}, via BIGINT"),
            ("news", ROW),
            ("losing", "supplier BIGINT"),
        ):
            scratch_table(cursor, name, columns)
        cursor.execute("CREATE INDEX IF NOT EXISTS ways_of ON ways (supplier, kind, ground)")
        for table, suppliers in (("asked", {*asked, *lost}), ("lost", set(customers)), ("fewer", set(lost))):
            write_table(table, ("supplier",), ((pk,) for pk in sorted(suppliers)))
        cursor.execute(
            f"INSERT INTO looking SELECT supplier FROM lost UNION SELECT customer FROM {_LINK} "
            "WHERE supplier IN (SELECT supplier FROM fewer)"
        )


def prepare_afresh(into: Tables = INDEX) -> None:
    """Begin a spread over everything, where nothing stands yet."""
    prepare()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO asked SELECT DISTINCT supplier FROM {into.ground}")


def spread(into: Tables = INDEX) -> int:
    """Bring the exposures in line with links and grounds. Returns how many are new."""
    total = 0
    with connection.cursor() as cursor:
        for steps in range(1, LONGEST + 1):
            _find(cursor, steps, into)
            total += _store(cursor, steps, into)
            cursor.execute("SELECT 1 WHERE EXISTS (SELECT 1 FROM news) OR EXISTS (SELECT 1 FROM looking)")
            if cursor.fetchone() is None:
                break
    return total


def _find(cursor, steps: int, into: Tables) -> None:  # type: ignore[no-untyped-def]
    """The ways of this many links, without those another, no longer way makes needless."""
    empty(cursor, "ways")
    count(cursor, "looking")
    if steps == 1:
        count(cursor, "asked")
        looked = f"looking JOIN {_LINK} l ON l.customer = looking.supplier"
        unlooked = f"asked JOIN {_LINK} l ON l.supplier = asked.supplier AND {_UNLOOKED}"
        for source in (looked, unlooked):
            cursor.execute(_from_grounds(f"{source} JOIN {into.ground} g ON g.supplier = l.supplier"))
    else:
        count(cursor, "news")
        rows = f"JOIN {into.exposure} e ON e.supplier = l.supplier AND e.steps = %s"
        looked = f"looking JOIN {_LINK} l ON l.customer = looking.supplier {rows}"
        cursor.execute(_from_ways(looked), [steps - 1, steps - 1])
        cursor.execute(_from_ways(f"news e JOIN {_LINK} l ON l.supplier = e.supplier AND {_UNLOOKED}"))
    count(cursor, "ways")
    cursor.execute(
        f"DELETE FROM ways WHERE EXISTS "
        f"(SELECT 1 FROM {into.exposure} b WHERE {_as_good('b', 'ways')} AND b.steps < %s)",
        [steps],
    )
    wider = f"{_as_good('b', 'ways')} AND (b.first < ways.first OR b.last > ways.last)"
    cursor.execute(  # who is not looked at keeps the ways it has
        f"DELETE FROM ways WHERE supplier NOT IN (SELECT supplier FROM looking) "
        f"AND EXISTS (SELECT 1 FROM {into.exposure} b WHERE {wider} AND b.steps = %s)",
        [steps],
    )
    cursor.execute(f"DELETE FROM ways WHERE EXISTS (SELECT 1 FROM ways b WHERE {wider})")


_UNLOOKED = "l.customer NOT IN (SELECT supplier FROM looking)"


def _from_grounds(source: str) -> str:
    """Ways of one link: from a supplier with a ground."""
    later, sooner = _later("l.first", "g.first"), _sooner("l.last", "g.last")
    return f"""
        INSERT INTO ways
        SELECT l.customer, l.kind, g.ground, TRUE, {later}, {sooner}, MIN(l.id) FROM {source}
        WHERE l.is_sure AND l.kind <> 0 AND {later} <= {sooner}
        GROUP BY 1, 2, 3, 5, 6
        UNION ALL
        SELECT l.customer, l.kind, g.ground, FALSE, g.first, g.last, MIN(l.id) FROM {source}
        GROUP BY 1, 2, 3, 5, 6
    """


def _from_ways(source: str) -> str:
    """Ways of one link more than those the suppliers stand at."""
    source += f" LEFT JOIN {_PAIR} p ON p.kind = e.kind AND p.goes_into = l.kind"
    later, sooner = _later("l.first", "e.first"), _sooner("l.last", "e.last")
    fits = f"(p.kind IS NOT NULL OR (e.kind >= {HEADINGS_FROM} AND e.kind = l.kind))"
    unsaid = f"(e.kind = 0 OR l.kind = 0 OR e.kind >= {HEADINGS_FROM} OR l.kind >= {HEADINGS_FROM})"
    kind = "CASE WHEN l.kind = 0 THEN e.kind ELSE l.kind END"
    return f"""
        INSERT INTO ways
        SELECT l.customer, l.kind, e.ground, TRUE, {later}, {sooner}, MIN(l.id) FROM {source}
        WHERE e.is_relevant AND l.is_sure AND l.kind <> 0 AND {fits} AND {later} <= {sooner}
        GROUP BY 1, 2, 3, 5, 6
        UNION ALL
        SELECT l.customer, {kind}, e.ground, FALSE, e.first, e.last, MIN(l.id) FROM {source}
        WHERE NOT e.is_relevant AND ({fits} OR {unsaid})
        GROUP BY 1, 2, 3, 5, 6
    """


def _store(cursor, steps: int, into: Tables) -> int:  # type: ignore[no-untyped-def]
    """Make the exposures of this step what was found, and note what is new and who lost a way. Returns what is new."""
    here = f"SELECT {_KEY} FROM {into.exposure} WHERE steps = %s AND supplier IN (SELECT supplier FROM"
    # 1. Who lost a way without a better one: all that rests on it is looked at anew.
    better = f"SELECT 1 FROM {into.exposure} b WHERE {_as_good('b', 'gone')} AND b.steps < %s"
    same_step = f"SELECT 1 FROM ways b WHERE {_as_good('b', 'gone')}"
    cursor.execute(
        f"INSERT INTO losing SELECT DISTINCT supplier FROM "
        f"({here} looking) EXCEPT SELECT {_KEY} FROM ways) gone "
        f"WHERE NOT EXISTS ({better}) AND NOT EXISTS ({same_step})",
        [steps, steps],
    )
    # 2. What is new, and how many.
    empty(cursor, "news")
    cursor.execute(f"INSERT INTO news SELECT {_KEY} FROM ways EXCEPT {here} ways)", [steps])
    new = int(cursor.rowcount)
    # 3. The exposures of this step as they are now. A way may come in over another link though it is as good.
    cursor.execute(
        f"DELETE FROM {into.exposure} WHERE steps = %s AND supplier IN (SELECT supplier FROM looking) AND NOT EXISTS "
        f"(SELECT 1 FROM ways w WHERE {_same('w', into.exposure)} AND w.via = {into.exposure}.via)",
        [steps],
    )
    cursor.execute(  # what is new makes the narrower and the longer ways needless
        f"DELETE FROM {into.exposure} WHERE steps >= %s AND supplier IN (SELECT supplier FROM news) AND EXISTS "
        f"(SELECT 1 FROM news b WHERE {_as_good('b', into.exposure)})",
        [steps],
    )
    cursor.execute(
        f"INSERT INTO {into.exposure} ({_KEY}, steps, via) SELECT {_KEY}, %s, via FROM ways WHERE NOT EXISTS "
        f"(SELECT 1 FROM {into.exposure} b WHERE {_same('b', 'ways')} AND b.steps = %s)",
        [steps, steps],
    )
    cursor.execute("INSERT INTO lost SELECT supplier FROM losing WHERE supplier NOT IN (SELECT supplier FROM lost)")
    empty(cursor, "looking")
    cursor.execute(
        f"INSERT INTO looking SELECT supplier FROM lost UNION SELECT customer FROM {_LINK} "
        "WHERE supplier IN (SELECT supplier FROM losing)"
    )
    empty(cursor, "losing")
    return new


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
