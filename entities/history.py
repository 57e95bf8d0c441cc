"""Is the history as it was recorded: the chain of events, and every row, file and printed head it speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from entities import audit, proof
from entities.beside_proof import RECOMPUTED
from entities.digests import digest_of
from entities.domain import chain
from entities.domain.actions import Action
from entities.models import AuditEvent, RowDigest
from entities.parts import parts_of

AT_ONCE = 1000


@dataclass(slots=True)
class Report:
    """What was looked at, and what is not as it was recorded."""

    events: int = 0
    head: str = chain.START
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults


@contextmanager
def as_of_now() -> Iterator[None]:
    """One state of the database for all that is read inside, whatever others write meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def verify(*, printed: Iterable[tuple[int, str]] = (), with_files: bool = True) -> Report:
    """Check the chain to its head, then every row against what the last event that speaks of it says.

    ``printed``: heads (number and hash of an event) that stand on papers outside; each must lie on the chain, so that
    an end cut off is missed even where the head was rewritten too.
    """
    with as_of_now():
        report = Report()
        end = audit.head()
        report.events, report.head = end.sequence, end.hash
        report.faults += audit.verify()
        report.faults += _off_the_chain([(number, hash_, "a paper") for number, hash_ in printed])
        report.faults += _found_changed()
        for label, function in RECOMPUTED.items():
            strayed = list(import_string(function)())
            report.faults += [f"{fault} ({label})." for fault in strayed]
            report.rows[label.lower()] = apps.get_model(label)._base_manager.count()
        early = AuditEvent.objects.filter(content_hash="").count()
        for one in proof.PROVED.values():
            report.faults += _rows_of(one, report, is_young=not early)
            report.faults += _off_the_chain(_printed_on(one))
            if with_files and one.file:
                report.faults += _files_of(one, report)
        if early:
            report.notes.insert(0, f"{early} events were recorded before digests of rows were kept.")
    return report


def _rows_of(one: proof.Proved, report: Report, *, is_young: bool) -> Iterator[str]:
    """The rows of a kind that are not as recorded, that no event speaks of, or that are missing."""
    untold = 0
    total = 0
    for keys in _chunks(one.model._base_manager.order_by("pk").values_list("pk", flat=True)):
        last = last_said(one.kind, keys)
        total += len(keys)
        for key, fields in proof.read(one.kind, keys):
            said = last.get(key)
            if said is None:
                untold += 1
                if is_young:
                    yield f"{_named(one, key)} is spoken of by no event: it was put there past the product."
            elif said.is_gone:
                yield f"{_named(one, key)} is there, though event {said.sequence} says it was taken away."
            elif chain.row_digest(said.salt, one.kind, key, fields) != said.digest:
                yield f"{_named(one, key)} is not as event {said.sequence} recorded it ({_fields(one)})."
    report.rows[one.kind] = total
    if untold and not is_young:
        report.notes.append(f"{untold} of {total} rows of {one.label} were recorded before digests were kept.")
    there = one.model._base_manager.filter(pk=OuterRef("key"))
    missing = RowDigest.objects.filter(~Exists(there), kind=one.kind).order_by("key").values_list("key", flat=True)
    for keys in _chunks(missing.distinct()):
        for key, said in last_said(one.kind, keys).items():
            if not said.is_gone:
                yield f"{_named(one, key, is_there=False)}, of which event {said.sequence} speaks, is missing."


def last_said(kind: str, keys: Iterable[int]) -> Mapping[int, RowDigest]:
    """What the last event that speaks of each row says of it."""
    return {
        row.key: row
        for some in parts_of(keys)
        for row in RowDigest.objects.filter(kind=kind, key__in=some).order_by("sequence", "pk")
    }


def changed(kind: str, keys: Iterable[int]) -> set[int]:
    """Those of these rows that are missing, or not as the last event that speaks of them says."""
    return _strayed(kind, last_said(kind, keys))


def _strayed(kind: str, last: Mapping[int, RowDigest]) -> set[int]:
    now = dict(proof.read(kind, last))
    return {
        key
        for key, said in last.items()
        if chain.row_digest(said.salt, kind, key, None if said.is_gone else now.get(key)) != said.digest
        or said.is_gone == (key in now)
    }


def note_changed(*rows: models.Model, case: Any = None) -> None:
    """Say, before an act on rows, which of them are not as last recorded. Call it where the rows are locked: the act's
    own event then does not cover up what was changed past the product. The work goes on; the fault stays on record."""
    standing: dict[str, dict[int, models.Model]] = defaultdict(dict)
    for row in rows:
        if not audit.waits(row):
            standing[proof.kind_of(row)][row.pk] = row
    for kind, by_key in standing.items():
        last = last_said(kind, by_key)
        for key in sorted(_strayed(kind, last)):
            audit.record(
                Action.ROW_FOUND_CHANGED,
                actor=None,
                target=by_key[key],
                case=case,
                organization_id=case.importer_id if case is not None else None,
                after={"kind": kind, "key": key, "recorded": last[key].sequence},
                reason="Before an act on it, this row was not as the history last recorded it.",
            )


def _found_changed() -> Iterator[str]:
    """What acts found changed past the product, though later events speak of it as it then was."""
    for event in AuditEvent.objects.filter(action=Action.ROW_FOUND_CHANGED).order_by("sequence"):
        one = proof.PROVED[event.after["kind"]]
        yield (
            f"{_named(one, event.after['key'])} was changed past the product after event {event.after['recorded']}: "
            f"event {event.sequence} found it so."
        )


def _named(one: proof.Proved, key: int, *, is_there: bool = True) -> str:
    name = f"{one.model._meta.verbose_name} {key} ({one.label})"
    row = one.model._base_manager.filter(pk=key).first() if is_there else None
    said = str(row)[:80] if row is not None else ""
    return f"{name[:1].upper()}{name[1:]}" + (f", “{said}”," if said else "")


def _fields(one: proof.Proved) -> str:
    return "proved: " + ", ".join(column.name for column in one.fields)


def _files_of(one: proof.Proved, report: Report) -> Iterator[str]:
    """Stored files that are missing, or are no longer the bytes whose SHA-256 is on record."""
    assert one.file is not None
    column, hash_column, _ = one.file
    for row in one.model._base_manager.order_by("pk").iterator():
        stored: Any = getattr(row, column)
        if not stored:
            continue
        report.files += 1
        try:
            with stored.open("rb") as file:
                found = digest_of(file)
        except OSError:
            yield f"The file of {_named(one, row.pk)} is missing: {stored.name}."
            continue
        if found != getattr(row, hash_column):
            yield f"The file of {_named(one, row.pk)} is not as it came: {stored.name}."


def _printed_on(one: proof.Proved) -> Iterator[tuple[int, str, str]]:
    """The heads of the chain that rows of this kind bear: letters, exports."""
    names = {column.name for column in one.model._meta.concrete_fields}
    if not {"head_sequence", "head_hash"} <= names:
        return
    rows: models.QuerySet[Any] = one.model._base_manager.exclude(head_hash="").order_by("pk")
    for key, number, hash_ in rows.values_list("pk", "head_sequence", "head_hash"):
        yield number, hash_, f"{one.model._meta.verbose_name} {key}"


def _off_the_chain(heads: Iterable[tuple[int, str, str]]) -> Iterator[str]:
    for number, hash_, where in heads:
        at = AuditEvent.objects.filter(sequence=number).values_list("hash", flat=True).first()
        if number and at is None:
            yield f"Event {number}, the head printed on {where}, is missing: the end of the chain was cut off."
        elif number and at != hash_:
            yield f"The head printed on {where} is not event {number} of this chain: the chain was rewritten."


def _chunks(keys: models.QuerySet[Any]) -> Iterator[list[int]]:
    chunk: list[int] = []
    for key in keys.iterator(chunk_size=AT_ONCE):
        chunk.append(key)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
