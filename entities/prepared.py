"""Queries put into SQL once: what nearly every request asks, with other values each time.

To put a query into SQL costs several times what the database takes to answer it. Nothing is kept of the answers: a
key revoked, a member suspended or a list published counts for the next request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models import query

Row = TypeVar("Row", bound=models.Model)


class _Slot(models.Value):
    """Where a value goes."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Prepared(Generic[Row]):
    """A query for rows of a model, also joined ones (``select_related``); what it is asked with are texts and numbers.

    ``make`` builds the query of so many values. Each thread puts it into SQL for itself, as it has a connection of
    its own.
    """

    def __init__(self, make: Callable[..., models.QuerySet[Row]]) -> None:
        self._make = make
        self._own = threading.local()

    def __call__(self, *values: str | int) -> list[Row]:
        """The rows there are now."""
        try:
            plan: _Plan[Row] = self._own.plan
        except AttributeError:
            plan = self._own.plan = _Plan(self._make(*(_Slot(number) for number in range(len(values)))))
        return plan.rows(values)


class _Plan(Generic[Row]):
    def __init__(self, queryset: models.QuerySet[Row]) -> None:
        self.alias = queryset.db
        self.compiler: Any = queryset.query.get_compiler(using=self.alias)
        self.sql, self.parameters = self.compiler.as_sql()
        select, about = self.compiler.select, self.compiler.klass_info
        self.converters = self.compiler.get_converters([expression for expression, *_ in select])
        self.model: type[Row] = about["model"]
        first, end = about["select_fields"][0], about["select_fields"][-1] + 1
        self.columns = slice(first, end)
        self.names = [expression.target.attname for expression, *_ in select[first:end]]
        populators: Any = query.get_related_populators
        self.joined = populators(about, select, self.alias)

    def rows(self, values: tuple[str | int, ...]) -> list[Row]:
        parameters = [values[one.value] if isinstance(one, _Slot) else one for one in self.parameters]
        with connections[self.alias].cursor() as cursor:
            cursor.execute(self.sql, parameters)
            found = cursor.fetchall()
        if self.converters:
            found = list(self.compiler.apply_converters(found, self.converters))
        return [self._row(row) for row in found]

    def _row(self, row: Any) -> Row:
        made = self.model.from_db(self.alias, self.names, row[self.columns])
        for joined in self.joined:
            joined.populate(row, made)
        return made
