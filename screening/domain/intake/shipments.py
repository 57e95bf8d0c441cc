"""Rows made into shipments: which rows are lines of one and the same."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from screening.domain.intake.cells import Problem
from screening.domain.intake.understood import (
    ShipmentFacts,
    SourceRow,
    UnderstoodLine,
    UnderstoodRow,
    UnderstoodShipment,
    merge_parties,
)


@dataclass(frozen=True)
class Rejection:
    """A row that was not stored: where it stands, why, and what to do about it."""

    row: SourceRow
    problem: Problem


@dataclass(frozen=True)
class Outcome:
    """What became of every row read: rows_read = stored + rejected."""

    shipments: tuple[UnderstoodShipment, ...]
    rejected: tuple[Rejection, ...]

    @property
    def stored(self) -> int:
        return sum(len(shipment.rows) for shipment in self.shipments)

    @property
    def rows_read(self) -> int:
        return self.stored + len(self.rejected)


def document_key(row: UnderstoodRow) -> str:
    """What makes rows lines of one shipment, or nothing when the row stands alone.

    Within the rows one sender sends together: the same entry number, which may cover several bills; else the same bill
    of lading (with the same house bill), else the same foreign declaration number of the same day by the same importer
    (those numbers begin anew at every customs post), else the same reference. Rows without any, such as totals per
    party and month, are each a shipment of their own; an invoice number alone proves nothing, several shipments may be
    invoiced together.
    """
    facts = row.facts
    if facts.entry_number:
        return f"entry:{_plain(facts.entry_number)}"
    if facts.bill_of_lading or facts.house_bill:
        return f"bill:{_plain(facts.bill_of_lading)}/{_plain(facts.house_bill)}"
    if facts.declaration_number:
        importer = next((party.name for party in row.parties if party.role in ("importer", "exporter")), "")
        on = facts.imported_on or facts.shipped_on
        return f"declaration:{_plain(facts.declaration_number)}/{on}/{_plain(importer)}"
    return f"reference:{_plain(facts.reference)}" if facts.reference else ""


def _plain(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def group(rows: Iterable[UnderstoodRow], sheet: str = "") -> Outcome:
    """Make shipments of the rows of one sheet, in the order in which each first appears. See ``document_key``."""
    grouped: dict[str, list[UnderstoodRow]] = {}
    rejected: list[Rejection] = []
    for row in rows:
        if row.rejection is not None:
            rejected.append(Rejection(SourceRow(sheet, row.row_number), row.rejection))
            continue
        grouped.setdefault(document_key(row) or f"row:{row.row_number}", []).append(row)
    return Outcome(tuple(merge_rows(rows, sheet) for rows in grouped.values()), tuple(rejected))


def merge_rows(rows: list[UnderstoodRow], sheet: str) -> UnderstoodShipment:
    """One shipment of the rows that share its document: the first word on each fact stands, others are reported."""
    facts = rows[0].facts
    problems = [(SourceRow(sheet, row.row_number), problem) for row in rows for problem in row.problems]
    for row in rows[1:]:
        facts, differing = _agreed(facts, row.facts)
        for name, ours, theirs in differing:
            reason = f"Row {rows[0].row_number} of the same shipment says {ours}."
            about = Problem(name, theirs, reason, "Correct one of the rows if they are one shipment.")
            problems.append((SourceRow(sheet, row.row_number), about))
    return UnderstoodShipment(
        facts,
        _lines_of_entry(line for row in rows for line in row.lines),
        merge_parties(tuple(party for row in rows for party in row.parties)),
        tuple(SourceRow(sheet, row.row_number) for row in rows),
        tuple(problems),
    )


def _lines_of_entry(lines: Iterable[UnderstoodLine]) -> tuple[UnderstoodLine, ...]:
    """Lines in their order. An entry has several tariff numbers on one line where duties of chapter 99 come to those
    of the goods; reports give each a row of its own."""
    found: list[UnderstoodLine] = []
    places: dict[str, int] = {}
    for line in lines:
        if line.entry_line and line.entry_line in places:
            first = found[places[line.entry_line]]
            codes = dict.fromkeys((*first.hts_codes, *line.hts_codes))
            values = [one.value for one in (first, line) if one.value is not None]
            found[places[line.entry_line]] = replace(
                first,
                hts_codes=tuple(sorted(codes, key=lambda code: code[:2] in {"98", "99"})),  # the goods go first
                value=sum(values, Decimal(0)) if values else None,
            )
        else:
            places[line.entry_line] = len(found)
            found.append(line)
    return tuple(found)


def _agreed(first: ShipmentFacts, other: ShipmentFacts) -> tuple[ShipmentFacts, list[tuple[str, str, str]]]:
    missing: dict[str, str | date] = {}
    differing = []
    for field in fields(ShipmentFacts):
        ours, theirs = getattr(first, field.name), getattr(other, field.name)
        if theirs and not ours:
            missing[field.name] = theirs
        elif theirs and theirs != ours and field.name not in ("date_precision", "invoice_number"):
            differing.append((field.name.replace("_", " "), str(ours), str(theirs)))
    return replace(first, **missing), differing  # type: ignore[arg-type]
