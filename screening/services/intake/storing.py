"""The rows of a batch stored, some hundred at a time: what is stored stays, and no row is stored twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.chain import canonical
from entities.domain.errors import Refused
from entities.parts import MANY
from screening.domain.intake.cells import Problem, Severity
from screening.domain.intake.understood import SourceRow
from screening.models import ImportBatch, ImportRow, Shipment
from screening.services import events
from screening.services.intake.declared import declare
from screening.services.intake.links import made_by, rows_made, store_links
from screening.services.intake.units import Unit
from screening.services.shipments import DeclaredShipment, add_shipments

ROWS_AT_ONCE = 500
WARNING_KINDS = 100
EXAMPLES = 5
_TAKEN_REMEDY = "Change that shipment instead, or correct the entry number and send the row again."

_PLACE = re.compile(r"/[0-9]+")  # in a pointer: of the third line as of the first

Key = tuple[str, int]


@dataclass(slots=True)
class _Piece:
    """A unit on its way: what is declared by it, or why nothing is."""

    unit: Unit
    declared: DeclaredShipment | None = None
    problems: dict[SourceRow, list[Problem]] = field(default_factory=dict)
    refused: Problem | None = None

    @property
    def is_stored(self) -> bool:
        return self.declared is not None and self.refused is None


def store_units(batch: ImportBatch, units: Iterable[Unit], progress: Callable[[int], None]) -> None:
    """Store what is not stored yet. ``progress`` is told how many rows are done, after each transaction."""
    known: set[Key] = set(ImportRow.objects.filter(batch=batch).values_list("sheet", "number"))
    done = len(known)
    waiting = (unit for unit in units if (unit.rows[0].source.sheet, unit.rows[0].source.row_number) not in known)
    for chunk in _chunks(waiting):
        try:
            done = _store_chunk(batch, chunk, expected=done)
        except Refused as refused:
            if refused.code != "duplicate_entry":
                raise
            # Somebody stored one of these entries between the look and the write: look again.
            done = _store_chunk(batch, chunk, expected=done)
        progress(done)


def _chunks(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    chunk: list[Unit] = []
    size = 0
    for unit in units:
        chunk.append(unit)
        size += len(unit.rows)
        if size >= ROWS_AT_ONCE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


@transaction.atomic
def _store_chunk(batch: ImportBatch, chunk: list[Unit], *, expected: int) -> int:
    """One transaction: shipments, their rows, the counts. Returns how many rows of the batch are done now."""
    standing = (
        ImportBatch.objects.select_for_update(of=("self",)).select_related("organization", "customer").get(pk=batch.pk)
    )
    if standing.state != ImportBatch.State.IMPORTING or standing.rows_stored + standing.rows_rejected != expected:
        raise Refused("taken_over", "Another worker goes on with this import.")
    history.note_changed(standing)
    if standing.kind == ImportBatch.Kind.LINKS:
        rows = store_links(standing, chunk)
    else:
        rows = _store_shipments(standing, chunk)
    ImportRow.objects.bulk_create(rows, batch_size=500)
    stored = sum(1 for row in rows if row.state == ImportRow.State.STORED)
    standing.rows_stored += stored
    standing.rows_rejected += len(rows) - stored
    standing.save(update_fields=["rows_stored", "rows_rejected"])
    audit.record(
        Action.BATCH_ROWS_STORED,
        actor=standing.uploaded_by,
        target=standing,
        organization_id=standing.organization_id,
        after={"rows_stored": standing.rows_stored, "rows_rejected": standing.rows_rejected},
        rows=rows_made(rows),
    )
    return standing.rows_stored + standing.rows_rejected


def _store_shipments(standing: ImportBatch, chunk: list[Unit]) -> list[ImportRow]:
    pieces = [_piece(unit) for unit in chunk]
    _refuse_taken_entries(standing, pieces)
    to_store = [piece for piece in pieces if piece.is_stored]
    shipments = add_shipments(
        [piece.declared for piece in to_store if piece.declared], owner=standing.organization, batch=standing
    )
    by_piece = {id(piece): shipment for piece, shipment in zip(to_store, shipments, strict=True)}
    return [row for piece in pieces for row in _rows(standing, piece, by_piece.get(id(piece)))]


def _piece(unit: Unit) -> _Piece:
    if unit.shipment is None:
        return _Piece(unit)
    declared, problems = declare(unit.shipment, has_line_rows=unit.has_line_rows)
    return _Piece(unit, declared, problems)


def _refuse_taken_entries(batch: ImportBatch, pieces: list[_Piece]) -> None:
    """An entry is stored once per importer: its rows here are reported with the shipment that has it."""
    numbers = {piece.declared.entry_number for piece in pieces if piece.declared and piece.declared.entry_number}
    if not numbers:
        return
    taken = Shipment.objects.filter(owner=batch.organization, entry_number__in=numbers).select_related("batch")
    holders = {one.entry_number: one for one in taken}
    first: dict[str, _Piece] = {}
    for piece in pieces:
        if piece.declared is None or not (number := piece.declared.entry_number):
            continue
        if (holder := holders.get(number)) is not None:
            of = f"shipment {holder.pk}, of {holder.batch or 'a declaration by hand'}"
            piece.refused = _taken(number, of, existing=str(holder.pk))
        elif (before := first.setdefault(number, piece)) is not piece:
            piece.refused = _taken(number, f"row {before.unit.rows[0].source.row_number} of this import")


def _taken(number: str, holder: str, *, existing: str = "") -> Problem:
    reason = f"Entry {number} is already stored: {holder}."
    return Problem("entry number", number, reason, _TAKEN_REMEDY, Severity.ERROR, "duplicate_entry", existing)


def _rows(batch: ImportBatch, piece: _Piece, shipment: Shipment | None) -> Iterator[ImportRow]:
    line_numbers: dict[int, int] = {}
    if shipment is not None and piece.unit.shipment is not None and piece.unit.has_line_rows:
        for number, line in enumerate(piece.unit.shipment.lines, 1):
            line_numbers.setdefault(line.row_number, number)
    for row in piece.unit.rows:
        problems = [*([piece.refused] if piece.refused else []), *piece.unit.problems]
        problems += piece.problems.get(row.source, [])
        yield ImportRow(
            batch=batch,
            sheet=row.source.sheet,
            number=row.source.row_number,
            raw=row.cells,
            state=ImportRow.State.STORED if shipment is not None else ImportRow.State.REJECTED,
            shipment=shipment,
            line_number=line_numbers.get(row.source.row_number),
            problems=[problem.as_dict() for problem in dict.fromkeys(problems)],
        )


@transaction.atomic
def finish(batch: ImportBatch, *, rows_read: int) -> ImportBatch:
    """Close a batch whose rows are all accounted for: counts, what was not understood, and the digest on record."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != ImportBatch.State.IMPORTING:
        return batch
    if rows_read != batch.rows_stored + batch.rows_rejected:
        raise RuntimeError(
            f"import {batch.pk}: {rows_read} rows read, {batch.rows_stored} stored, {batch.rows_rejected} rejected"
        )
    history.note_changed(batch)
    digest, batch.warnings = _accounts(batch)
    batch.rows_read = rows_read
    batch.state = ImportBatch.State.DONE
    batch.finished_at = timezone.now()
    if batch.kind == ImportBatch.Kind.LINKS:
        batch.made = made_by(batch)
    batch.save(update_fields=["rows_read", "state", "finished_at", "warnings", "made"])
    events.import_finished(batch)
    audit.record(
        Action.BATCH_STORED,
        actor=batch.uploaded_by,
        target=batch,
        organization_id=batch.organization_id,
        after={
            "file": batch.file_name,
            "sha256": batch.sha256,
            "rows_read": batch.rows_read,
            "rows_stored": batch.rows_stored,
            "rows_rejected": batch.rows_rejected,
            "rows_digest": digest,
            "columns_confirmed_by": batch.mapping.get("confirmed_by", ""),
            **({"public": batch.is_public, **batch.made} if batch.made else {}),
        },
    )
    return batch


def rows_digest(batch: ImportBatch) -> str:
    """The digest of all rows of a batch in file order: every cell as it stood in the file, and what became of it."""
    digest = hashlib.sha256()
    for row in _rows_in_order(batch):
        digest.update(canonical(row).encode())
    return digest.hexdigest()


def _rows_in_order(batch: ImportBatch) -> Iterator[tuple[Any, ...]]:
    rows = ImportRow.objects.filter(batch=batch).order_by("sheet", "number")
    said = ("sheet", "number", "state", "shipment", "line_number", "raw", "made", "problems")
    return rows.values_list(*said).iterator(chunk_size=1000)


def _accounts(batch: ImportBatch) -> tuple[str, list[dict[str, Any]]]:
    """The digest of all rows, and the warnings of those stored by kind."""
    digest, warnings = hashlib.sha256(), _Warnings()
    for row in _rows_in_order(batch):
        digest.update(canonical(row).encode())
        sheet, number, state, shipment, *_, problems = row
        if state == ImportRow.State.STORED:
            warnings.add(sheet, number, shipment, problems)
    return digest.hexdigest(), warnings.told()


@dataclass(slots=True)
class _Warnings:
    """Warnings counted by their kind, the first of each as examples."""

    kinds: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    others: int = 0

    def add(self, sheet: str, number: int, shipment: int | None, problems: Iterable[dict[str, Any]]) -> None:
        for problem in problems:
            key = _kind(problem["column"], problem["reason"])
            if key not in self.kinds and len(self.kinds) >= WARNING_KINDS:
                self.others += 1
                continue
            kind = self.kinds.setdefault(key, {**problem, "column": key[0], "rows": 0, "examples": []})
            kind["rows"] += 1
            if len(kind["examples"]) < EXAMPLES:
                kind["examples"].append(
                    {"sheet": sheet, "number": number, "value": problem["value"], "shipment": shipment}
                )

    def told(self) -> list[dict[str, Any]]:
        found = sorted(self.kinds.values(), key=lambda kind: -kind["rows"])
        if self.others:
            further = {"column": "", "reason": "Others, of further kinds.", "remedy": "", "rows": self.others}
            found.append({**further, "examples": []})
        return [{k: v for k, v in kind.items() if k not in ("value", "severity")} for kind in found]


@lru_cache(MANY)
def _kind(column: str, reason: str) -> tuple[str, str]:
    """Places in the same list are one, and reasons that differ only in their numbers and quotations."""
    return _PLACE.sub("/#", column), re.sub(r"\d[\d.,-]*|says .*|; .* is named", "#", reason)
