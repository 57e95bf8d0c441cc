"""The rows of a batch made into what is stored together: a shipment with all its rows, or a row that is not stored."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from entities.domain.errors import Refused
from entities.services.suppliers import basis_of
from screening.domain.intake import ams, bods
from screening.domain.intake.cells import Problem, Severity
from screening.domain.intake.kinds import LINKS
from screening.domain.intake.links import UnderstoodLink, understand_link
from screening.domain.intake.mapping import read_mapping
from screening.domain.intake.rows import Layout, column_hints, understand
from screening.domain.intake.shipments import document_key, merge_rows
from screening.domain.intake.understood import SourceRow, UnderstoodRow, UnderstoodShipment
from screening.intake_words import link_words, places, vocabulary
from screening.models import ImportBatch
from screening.services.intake.mapping import LEFT_OUT
from screening.services.intake.sheets import BatchSheet

_REPORT_EVERY = 250
# The tables are joined in memory.
MAX_JOINED_ROWS = 300_000

Progress = Callable[[int], None]


@dataclass(frozen=True)
class FileRow:
    """A row of a file as it stands there."""

    source: SourceRow
    cells: list[str]


@dataclass(frozen=True)
class Unit:
    """What is stored in one piece: a shipment and the rows it was read from; a row of links or an ownership statement;
    or one row and why it is not stored.

    ``has_line_rows``: the row numbers of its lines and parties are of one sheet, so they tell who belongs to what.
    """

    rows: tuple[FileRow, ...]
    shipment: UnderstoodShipment | None = None
    problems: tuple[Problem, ...] = ()
    has_line_rows: bool = True
    link: UnderstoodLink | None = None
    statement: bods.UnderstoodStatement | None = None


def units(batch: ImportBatch, sheets: list[BatchSheet], progress: Progress) -> Iterator[Unit]:
    """Every row of the batch in exactly one unit, in an order that never changes.

    ``progress`` is told how many rows are understood.
    """
    done = 0
    tables = [sheet for sheet in sheets if sheet.ams_kind]

    def from_here(count: int) -> None:
        progress(done + count)

    mapping = batch.mapping
    for sheet in sheets:
        layout = mapping["layouts"].get(sheet.table.signature, {"mapping": {}, "source": ""})
        if sheet.ams_kind:
            continue
        if layout["source"] == LEFT_OUT:
            yield from _left_out(sheet)
        elif sheet.has_statements:
            yield from _of_statements(sheet, batch)
        elif sheet.kind is LINKS:
            yield from _of_links(sheet, layout["mapping"], batch)
        else:
            yield from _of_sheet(sheet, layout["mapping"], from_here)
        done += sheet.row_count
    if tables:
        progress(done)
        yield from _joined(tables)


def _left_out(sheet: BatchSheet) -> Iterator[Unit]:
    problem = Problem(
        "",
        "",
        "The sheet was left out when its columns were confirmed.",
        "Send the sheet again by itself and say what its columns hold.",
        Severity.ERROR,
    )
    for number, cells in sheet.rows():
        yield Unit((FileRow(SourceRow(sheet.label, number), cells),), problems=(problem,))


def _of_links(sheet: BatchSheet, stored: dict[str, str], batch: ImportBatch) -> Iterator[Unit]:
    """Each row by itself: a link or a holding, or several of them between the firms it lists."""
    words = link_words()
    fields = read_mapping(stored, sheet.table.headers, LINKS)
    hints = column_hints((cells for _, cells in sheet.rows()), fields, LINKS)
    layout = Layout(sheet.table.headers, fields, hints)
    for number, cells in sheet.rows():
        link = understand_link(
            number, cells, layout, words, basis=_basis(batch), customer_is_known=batch.customer_id is not None
        )
        yield Unit((FileRow(SourceRow(sheet.label, number), cells),), problems=link.problems, link=link)


def _of_statements(sheet: BatchSheet, batch: ImportBatch) -> Iterator[Unit]:
    """The statements of a file, which point to each other and so are read together."""
    rows = list(sheet.rows())
    understood = bods.understand_statements(rows, basis=_basis(batch), country=places().country)
    for (number, cells), one in zip(rows, understood, strict=True):
        row = FileRow(SourceRow(sheet.label, number), cells)
        yield Unit((row,), problems=one.problems, statement=one)


def _basis(batch: ImportBatch) -> str:
    return basis_of(batch.organization, is_public=batch.is_public)


def _of_sheet(sheet: BatchSheet, stored: dict[str, str], progress: Progress) -> Iterator[Unit]:
    """Shipments in the order in which the first row of each appears.

    The rows of a shipment may lie anywhere in the sheet, so all are understood before the first is handed out. What
    was understood waits in a file; only where each row lies is kept in memory.
    """
    with tempfile.TemporaryFile(prefix="clearorigin-rows-") as spill:
        places = _understand_all(sheet, stored, spill, progress)
        for offsets in places.values():
            kept = [_taken_up(spill, offset) for offset in offsets]
            rows = tuple(FileRow(SourceRow(sheet.label, row.row_number), cells) for cells, row in kept)
            first = kept[0][1]
            if first.rejection is not None:
                others = tuple(problem for problem in first.problems if problem is not first.rejection)
                yield Unit(rows, problems=(first.rejection, *others))
            else:
                yield Unit(rows, merge_rows([row for _, row in kept], sheet.label))


def _understand_all(
    sheet: BatchSheet, stored: dict[str, str], spill: IO[bytes], progress: Progress
) -> dict[str, list[int]]:
    words = vocabulary()
    fields = read_mapping(stored, sheet.table.headers)
    hints = column_hints((cells for _, cells in sheet.rows()), fields)
    layout = Layout(sheet.table.headers, fields, hints)
    places: dict[str, list[int]] = {}
    for count, (number, cells) in enumerate(sheet.rows(), 1):
        row = understand(number, cells, layout, words)
        key = "" if row.rejection is not None else document_key(row)
        places.setdefault(key or f"row:{number}", []).append(spill.tell())
        pickle.dump((cells, row), spill, protocol=pickle.HIGHEST_PROTOCOL)
        if count % _REPORT_EVERY == 0:
            progress(count)
    return places


def _taken_up(spill: IO[bytes], offset: int) -> tuple[list[str], UnderstoodRow]:
    spill.seek(offset)
    return pickle.load(spill)  # written by this process, in a file that has no name


def _joined(tables: list[BatchSheet]) -> Iterator[Unit]:
    """The tables of the manifest release, joined on their identifier."""
    if sum(table.row_count for table in tables) > MAX_JOINED_ROWS:
        raise Refused(
            "too_many_rows", f"Together the tables have more than {MAX_JOINED_ROWS:,} rows. Send them day by day."
        )
    loaded = [ams.AmsTable(one.ams_kind, one.label, one.table.headers, list(one.rows())) for one in tables]
    cells = {SourceRow(table.name, number): list(row) for table in loaded for number, row in table.rows}
    outcome = ams.join(loaded, vocabulary())
    for shipment in outcome.shipments:
        rows = tuple(FileRow(source, cells[source]) for source in shipment.rows)
        yield Unit(rows, shipment, has_line_rows=False)
    for rejection in outcome.rejected:
        yield Unit((FileRow(rejection.row, cells[rejection.row]),), problems=(rejection.problem,))
