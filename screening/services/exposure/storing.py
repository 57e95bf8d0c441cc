"""Many rows of the index written at once, the quickest way a database has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import islice
from typing import Any

from django.db import connection, models

TOGETHER = 20_000


def write(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Add rows to the table of a model (``write_table``)."""
    write_table(model._meta.db_table, columns, rows)


def write_table(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Add rows of numbers, days, yes or no, None, and text without tabs or backslashes; nothing else is checked."""
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while some := list(islice(waiting, TOGETHER)):
            if connection.vendor == "postgresql":
                text = StringIO("".join("\t".join(map(_plain, row)) + "\n" for row in some))
                cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", text)
            else:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", some)


def _plain(value: Any) -> str:
    return "\\N" if value is None else str(value)
