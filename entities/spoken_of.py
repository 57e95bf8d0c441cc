"""The rows that audit events speak of, with what belongs to each (``entities.proof``), read in few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from entities import proof
from entities.models import RowDigest
from entities.parts import parts_of
from entities.proof import PROVED

Row = tuple[str, int]  # kind and key


@dataclass(frozen=True, slots=True)
class _Step:
    """A relation to what belongs to a row. ``column``: of this row, that names the other; empty: the other has a
    column ``name`` that names this one."""

    kind: str
    column: str
    name: str


@dataclass(slots=True)
class Family:
    """Rows with their proved fields, which belong to which, and those an earlier event has spoken of."""

    fields: dict[Row, dict[str, Any]] = field(default_factory=dict)
    parts: dict[Row, list[Row]] = field(default_factory=lambda: defaultdict(list))
    told: set[Row] = field(default_factory=set)
    _named: dict[Row, dict[str, int | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Family:
        """Read these rows and all that belongs to them."""
        family = cls()
        waiting: dict[str, set[int]] = _by_kind(rows)
        done: set[Row] = set()
        while waiting:
            for kind, keys in waiting.items():
                family._read(kind, {key for key in keys if (kind, key) not in family.fields})
            following: set[Row] = set()
            for kind, keys in waiting.items():
                new = {key for key in keys if (kind, key) in family.fields and (kind, key) not in done}
                done.update((kind, key) for key in new)
                for step in _steps(kind):
                    following.update(family._follow(kind, new, step))
            waiting = _by_kind(row for row in following if row not in done)
        return family

    def belonging_to(self, rows: Iterable[Row]) -> Iterator[Row]:
        """These rows, and after them what belongs to them, each once."""
        seen: dict[Row, None] = dict.fromkeys(rows)
        waiting = list(seen)
        while waiting:
            row = waiting.pop()
            for part in self.parts.get(row, ()):
                if part not in seen:
                    seen[part] = None
                    waiting.append(part)
        return iter(seen)

    def _read(self, kind: str, keys: Iterable[int]) -> None:
        for some in parts_of(keys):
            for _ in self._take(kind, PROVED[kind].model._base_manager.filter(pk__in=some)):
                pass

    def _follow(self, kind: str, keys: set[int], step: _Step) -> Iterator[Row]:
        if step.column:
            for key in keys:
                if (named := self._named[kind, key][step.column]) is not None:
                    self.parts[kind, key].append((step.kind, named))
                    yield step.kind, named
            return
        for some in parts_of(keys):
            rows = PROVED[step.kind].model._base_manager.filter(**{f"{step.name}__in": some})
            untold = PROVED[step.kind].is_told_once and all(one.kind == kind for one in _steps(step.kind))
            if untold:  # of those told of before nothing more is to be said
                rows = rows.exclude(_was_told(step.kind))
            for row, owner in self._take(step.kind, rows, f"{step.name}_id", untold=untold):
                self.parts[kind, owner].append(row)
                yield row

    def _take(
        self, kind: str, rows: models.QuerySet[Any], owner: str = "", *, untold: bool = False
    ) -> Iterator[tuple[Row, int]]:
        named = [step.column for step in _steps(kind) if step.column]
        told = [_was_told(kind)] if PROVED[kind].is_told_once and not untold else []
        belongs = [owner] if owner else []
        for key, *values in rows.order_by("pk").values_list("pk", *belongs, *told, *named, *proof.columns(kind)):
            row = (kind, key)
            owned_by = values.pop(0) if belongs else key
            if told and values.pop(0):
                self.told.add(row)
            self._named[row] = dict(zip(named, values, strict=False))
            self.fields[row] = proof.fields_of(kind, values[len(named) :])
            yield row, owned_by


def _was_told(kind: str) -> Exists:
    return Exists(RowDigest.objects.filter(kind=kind, key=OuterRef("pk")))


def _by_kind(rows: Iterable[Row]) -> dict[str, set[int]]:
    keys: dict[str, set[int]] = defaultdict(set)
    for kind, key in rows:
        keys[kind].add(key)
    return keys


@cache
def _steps(kind: str) -> tuple[_Step, ...]:
    """The relations to what belongs to rows of a kind; one of many to many leads to the rows that tie the two."""
    model, steps = PROVED[kind].model, []
    for part in PROVED[kind].parts:
        step: Any = model._meta.get_field(part)
        if step.many_to_many:
            through = step.remote_field.through
            steps.append(_Step(through._meta.label_lower, "", step.m2m_field_name()))
        elif step.auto_created:
            steps.append(_Step(step.related_model._meta.label_lower, "", step.field.name))
        else:
            steps.append(_Step(step.related_model._meta.label_lower, step.attname, ""))
    return tuple(steps)
