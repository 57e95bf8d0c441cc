"""Many rows stored at once, the quickest way a database has: COPY on PostgreSQL, inserts of many rows elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from json.encoder import encode_basestring_ascii
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

FEW = 100  # so many rows go in by an ordinary insert
SOME = 1000  # rows made into lines at a time
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
    if connection.vendor != "postgresql" or len(rows) <= FEW:
        return [row.pk for row in _insert(model, columns, rows)]
    keys = _new_keys(model, len(rows))
    _copy(model, (_key_of(model).attname, *columns), ((key, *row) for key, row in zip(keys, rows, strict=True)))
    return keys


def put_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Store rows as ``add_rows`` does; nobody asks for their keys."""
    if connection.vendor != "postgresql" or len(rows) <= FEW:
        _insert(model, columns, rows)
    else:
        _copy(model, columns, rows)


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


def check_references() -> None:
    """Check now, and not at the end of the transaction, that what the rows stored so far refer to is there."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def _insert(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Sequence[models.Model]:
    made = [model(**dict(zip(columns, row, strict=True))) for row in rows]
    return model._base_manager.bulk_create(made, batch_size=500)


def _key_of(model: type[models.Model]) -> models.Field[Any, Any]:
    key = model._meta.pk
    assert key is not None
    return key


def _new_keys(model: type[models.Model], count: int) -> list[int]:
    with connection.cursor() as cursor:
        # The sequence is looked up once and not for every key.
        cursor.execute(
            "SELECT nextval(keys) FROM generate_series(1, %s),"
            " (SELECT pg_get_serial_sequence(%s, %s)::regclass AS keys OFFSET 0) AS looked_up",
            [count, model._meta.db_table, _key_of(model).column],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    fields = {one.attname: one for one in model._meta.concrete_fields}
    given = [fields[name] for name in columns]
    left_out = [one for name, one in fields.items() if name not in columns and one is not model._meta.pk]
    writers = [_writer(one) for one in given]
    rest = "".join("\t" + _writer(one)([one.get_default()])[0] for one in left_out) + "\n"
    names = ", ".join(f'"{one.column}"' for one in (*given, *left_out))
    with connection.cursor() as cursor, connection.wrap_database_errors:
        lines = _Lines(_in_lines(writers, rows, rest))
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', lines, _BUFFER)


def _in_lines(writers: Sequence[_Writer], rows: Iterable[Sequence[Any]], rest: str) -> Iterator[str]:
    """Rows as lines of COPY, ``rest`` at the end of each; some at a time, for their columns are written as a whole."""
    waiting = iter(rows)
    while some := list(islice(waiting, SOME)):
        columns = [write(column) for write, column in zip(writers, zip(*some, strict=True), strict=True)]
        yield rest.join([*map("\t".join, zip(*columns, strict=True)), ""])


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


_Writer = Callable[[Sequence[Any]], Sequence[str]]


def _writer(field: models.Field[Any, Any]) -> _Writer:
    """How the values of a column stand in lines of COPY."""
    target: Any = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, models.JSONField):
        return _jsons
    if isinstance(target, models.CharField | models.TextField):
        return _texts
    return _plains


def _texts(values: Sequence[str | None]) -> Sequence[str]:
    if None not in values and not _SPECIAL.search("".join(values)):  # type: ignore[arg-type]
        return values  # type: ignore[return-value]
    return [_text(value) for value in values]


def _jsons(values: Sequence[Any]) -> Sequence[str]:
    return [_json(value) for value in values]


def _plains(values: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, values))
    if kinds == {int}:
        return list(map(str, values))
    return values if kinds == {str} else [_plain(value) for value in values]


def _text(value: str | None) -> str:
    if value is None:
        return "\\N"
    return value.translate(_ESCAPED) if _SPECIAL.search(value) else str(value)


def _json(value: Any) -> str:
    if type(value) is list:
        return "[" + ",".join(map(_json, value)) + "]"
    return _text(encode_basestring_ascii(value) if type(value) is str else _ENCODE(value))


def _plain(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
