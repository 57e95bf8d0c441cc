"""Read a file of shipments into rows of text, in a child process that the operating system limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from entities.domain.errors import Refused
from entities.sandbox import SHEET_LIMITS, Unreadable, run_reader
from screening.domain.intake.files import WORKBOOK_ENDINGS

# The child writes its rows to files: about twice the text of the largest workbook that is read.
TABLE_LIMITS = replace(SHEET_LIMITS, cpu_seconds=120, wall_seconds=180.0, written_bytes=1024 * 1024 * 1024)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file, as rows of text kept in a file beside it. A CSV file is one sheet without a name."""

    name: str
    row_count: int
    column_count: int
    path: Path

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number as a spreadsheet shows it, cells), streamed; wholly empty rows are not there."""
        with self.path.open(encoding="utf-8") as file:
            for line in file:
                number, cells = json.loads(line)
                yield number, cells


@dataclass(frozen=True)
class Unpacked:
    """A file out of an archive, or a file that is none: its own name, and where it lies."""

    name: str
    path: Path


def read_sheets(source: Path, into: Path) -> list[Sheet]:
    """The sheets of a CSV or spreadsheet file. ``into`` is a directory for the rows, the caller's to remove."""
    answer = _read("screening.readers.tabular", source, into)
    return [Sheet(sheet["name"], sheet["rows"], sheet["columns"], Path(sheet["path"])) for sheet in answer["sheets"]]


def read_statements(source: Path, into: Path) -> list[Sheet]:
    """A JSON file of ownership statements as one sheet with a row per statement."""
    answer = _read("screening.readers.statements", source, into)
    return [Sheet(sheet["name"], sheet["rows"], sheet["columns"], Path(sheet["path"])) for sheet in answer["sheets"]]


def unpack(source: Path, name: str, into: Path) -> list[Unpacked]:
    """The tables in a ZIP; a file that is none is answered as it is. ``into`` is a directory for them."""
    with source.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    if not is_zip or name.lower().endswith(WORKBOOK_ENDINGS):
        return [Unpacked(name, source)]
    answer = _read("screening.readers.archive", source, into)
    if answer["is_workbook"]:
        return [Unpacked(name, source)]
    return [Unpacked(table["name"], Path(table["path"])) for table in answer["tables"]]


def _read(module: str, source: Path, into: Path) -> dict[str, Any]:
    try:
        answer = run_reader(module, source, options={"into": str(into)}, limits=TABLE_LIMITS)
    except Unreadable as unreadable:
        if unreadable.code == "resource_limit":
            raise Refused(
                "too_large", "Reading the file took too much memory or time. Split it and send the parts."
            ) from unreadable
        raise Refused(
            "unreadable", "The file could not be read. Save it again as XLSX or CSV and resend it."
        ) from unreadable
    if refused := answer.get("refused"):
        raise Refused(refused["code"], refused["message"])
    return answer
