"""The sheets of a batch, read into rows of text in a directory that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from entities.domain.errors import Refused
from entities.stored_files import on_disk
from screening.domain.intake import ams, bods
from screening.domain.intake.kinds import KINDS, FileKind
from screening.domain.intake.tabular import Table, find_table, layout_signature
from screening.intake_words import vocabulary
from screening.models import ImportBatch
from screening.readers import Sheet, read_sheets, read_statements, unpack

_LOOKED_AT = 80
LONGEST_LABEL = 120


@dataclass(frozen=True)
class BatchSheet:
    """A sheet of one of the files, and the table in it. ``label`` tells it from the other sheets of the batch."""

    label: str
    file_name: str
    sheet: Sheet
    table: Table
    kind: FileKind

    @property
    def ams_kind(self) -> str:
        """Which of the manifest tables it is, or nothing."""
        return ams.table_kind(self.table.headers) if self.kind.code == "shipments" else ""

    @property
    def has_statements(self) -> bool:
        """Whether its rows are ownership statements."""
        return self.kind.code == "links" and bods.are_statements(self.table.headers)

    @property
    def row_count(self) -> int:
        return max(self.sheet.row_count - self.table.first_data_row, 0)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header."""
        return islice(self.sheet.rows(), self.table.first_data_row, None)


@contextmanager
def opened(batch: ImportBatch) -> Iterator[list[BatchSheet]]:
    """Every sheet with rows of every file of the batch. Raises ``Refused`` with the name of a file it cannot read."""
    with tempfile.TemporaryDirectory(prefix="clearorigin-import-") as directory:
        yield _sheets(batch, Path(directory))


def _sheets(batch: ImportBatch, into: Path) -> list[BatchSheet]:
    found: list[tuple[str, Sheet]] = []
    for number, file in enumerate(batch.files.all()):
        (place := into / str(number)).mkdir()
        name = file.name
        try:
            with on_disk(file.file) as path:
                for inner, one in enumerate(unpack(path, file.name, place)):
                    name = one.name
                    (rows := place / f"rows{inner}").mkdir()
                    read = read_statements if one.name.lower().endswith(".json") else read_sheets
                    found += [(name, sheet) for sheet in read(one.path, rows)]
        except Refused as refused:
            raise Refused(refused.code, f"{name}: {refused.message}") from refused
    kind = KINDS[batch.kind]
    sheets = []
    for label, (name, sheet) in zip(_labels(found), found, strict=True):
        first = [cells for _, cells in islice(sheet.rows(), _LOOKED_AT)]
        if bods.are_statements(first[0]):
            table = Table(0, tuple(first[0]), layout_signature(first[0]), "Ownership statements.")
        else:
            table = find_table(first, vocabulary(kind.code))
        sheets.append(BatchSheet(label, name, sheet, table, kind))
    return sheets


def _labels(found: list[tuple[str, Sheet]]) -> list[str]:
    """By the sheet's name where there is one file, by the file's where there are several; no two alike.

    A sheet that is alone needs no name.
    """
    if len(found) == 1:
        return [""]
    several_files = len({name for name, _ in found}) > 1
    labels: list[str] = []
    for name, sheet in found:
        has_several_sheets = sum(1 for other, _ in found if other == name) > 1
        parts = [name] if several_files else []
        if sheet.name and (has_several_sheets or not several_files):
            parts.append(sheet.name)
        label, times = ": ".join(parts)[:LONGEST_LABEL], 1
        while label in labels:
            times += 1
            label = f"{label[: LONGEST_LABEL - 8]} ({times})"
        labels.append(label)
    return labels
