"""Tables of a connection's own, for what a search finds on its way: other connections do not see them."""

from __future__ import annotations

from typing import Any

from django.db import connection


def scratch_table(cursor: Any, name: str, columns: str) -> None:
    """Have an empty table of this name. It is made once on a connection and emptied after: PostgreSQL keeps a lock for
    every table that a transaction makes or drops, and has none left after some thousands."""
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns})")
    empty(cursor, name)


def empty(cursor: Any, name: str) -> None:
    """Take every row out of a table of this connection."""
    cursor.execute(f"TRUNCATE {name}" if connection.vendor == "postgresql" else f"DELETE FROM {name}")


def count(cursor: Any, name: str) -> None:
    """Tell PostgreSQL how much stands in a table; it would take a guess, and the long way round."""
    if connection.vendor == "postgresql":
        cursor.execute(f"ANALYZE {name}")
