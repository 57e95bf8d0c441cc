"""Many rows stored at once, the quickest way a database has: COPY on PostgreSQL, inserts of many rows elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

FEW = 100  # so many rows go in by an ordinary insert
CHUNK = 20_000  # rows of a table taken from where they come before the database gets them
_BUFFER = 1 << 16
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ENCODE = DjangoJSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def add_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Store rows of a model, given as the values of these columns, and answer their keys in that order.

    A column is named as the row's attribute (``shipment_id``); those left out are as their defaults say. The values
    are taken as they are: nothing is checked but what the database checks.
    """
    if connection.vendor == "postgresql" and len(rows) > FEW:
        return _copy(model, columns, rows)
    made = [model(**dict(zip(columns, row, strict=True))) for row in rows]
    model._base_manager.bulk_create(made, batch_size=500)
    return [row.pk for row in made]


def write_table(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store rows of a table by its own names, also of one that is no model's; what the rows come from may ask the
    database meanwhile. Every column is given: numbers, days, yes or no, None, and text without tabs, line ends or
    backslashes."""
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while some := list(islice(waiting, CHUNK)):
            if connection.vendor == "postgresql":
                lines = ("\t".join(map(_plain, row)) + "\n" for row in some)
                cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", _Lines(lines), _BUFFER)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", some)


def _copy(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    fields = {one.attname: one for one in model._meta.concrete_fields}
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    given = [fields[name] for name in columns]
    left_out = [one for name, one in fields.items() if name not in columns and one is not key]
    writers = [_writer(one) for one in given]
    rest = "".join("\t" + _writer(one)(one.get_default()) for one in left_out) + "\n"
    names = ", ".join(f'"{one.column}"' for one in (key, *given, *left_out))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, key.column, len(rows)],
        )
        keys = [row[0] for row in cursor.fetchall()]
        lines = (
            f"{pk}\t" + "\t".join([write(value) for write, value in zip(writers, row, strict=True)]) + rest
            for pk, row in zip(keys, rows, strict=True)
        )
        with connection.wrap_database_errors:
            cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', _Lines(lines), _BUFFER)
    return keys


class _Lines:
    """Lines as a file that is read: made as the database asks for them, so that both work at the same time.

    A line may be many times as long as what is read at once: what waits is told by where it begins, never copied.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._text, self._at = "", 0

    def read(self, size: int) -> str:
        """The next characters, fewer than asked for where lines end; none at the end."""
        if self._at >= len(self._text):
            self._text, self._at = "".join(self._next(size)), 0
        begin, self._at = self._at, self._at + size
        return self._text[begin : self._at]

    def _next(self, size: int) -> Iterator[str]:
        for line in self._lines:
            yield line
            size -= len(line)
            if size <= 0:
                break


def _writer(field: models.Field[Any, Any]) -> Callable[[Any], str]:
    """How a value of a column stands in a line of COPY."""
    target: Any = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, models.JSONField):
        return _json
    if isinstance(target, models.CharField | models.TextField):
        return _text
    return _plain


def _text(value: str | None) -> str:
    if value is None:
        return "\\N"
    return value.translate(_ESCAPED) if _SPECIAL.search(value) else str(value)


def _json(value: Any) -> str:
    if value == []:
        return "[]"
    return _text(_ENCODE(value))


def _plain(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
