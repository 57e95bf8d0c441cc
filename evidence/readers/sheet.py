"""Excel workbooks, one page per sheet: rows as lines, cells parted by tabs. Runs in the child process only.

Cells come as their last calculated values, so links to other workbooks keep what was sent. A line of the text
is a row of the sheet, counted from the first used one; the table beside it names each cell as the workbook does.
"""

from __future__ import annotations

import datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from evidence.domain.media import (
    BY_CODE,
    MAX_PAGES,
    MAX_SHEET_CELLS,
    MAX_SHEET_ROWS,
    MAX_TABLE_CELLS,
    MAX_TEXT_CHARACTERS,
    password_needed,
)
from evidence.domain.problems import TOO_LARGE, Problem
from evidence.readers.answers import page, read_so_far, refused
from evidence.readers.cells import table_of
from evidence.readers.containers import check_container, damaged

SHEET_TOO_LARGE = Problem(
    TOO_LARGE,
    f"The workbook is larger than what is read of one file ({MAX_SHEET_ROWS:,} rows, {MAX_SHEET_CELLS:,} cells).",
    "Send the rows that concern these goods, or split the workbook into several files.",
)


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    media = BY_CODE[options["media"]]
    problem = check_container(path, media)
    if problem:
        return refused(media, problem)
    try:
        with open(path, "rb") as file:
            return _read(CalamineWorkbook.from_filelike(file), media)
    except PasswordError:
        return refused(media, password_needed(media.label))
    except (CalamineError, OSError, ValueError):
        return refused(media, damaged(media.label))


def _read(workbook: Any, media: Any) -> dict[str, Any]:
    pages: list[dict[str, Any]] = []
    notes: list[str] = []
    room = {"rows": MAX_SHEET_ROWS, "cells": MAX_SHEET_CELLS, "characters": MAX_TEXT_CHARACTERS}
    named = MAX_TABLE_CELLS
    sheets = [entry for entry in workbook.sheets_metadata if entry.typ == SheetTypeEnum.WorkSheet]
    hidden = [entry.name for entry in sheets if entry.visible != SheetVisibleEnum.Visible]
    if hidden:
        notes.append(f"Hidden in the workbook, but read: {', '.join(hidden[:20])}.")
    for number, entry in enumerate(sheets[:MAX_PAGES], start=1):
        sheet = workbook.get_sheet_by_name(entry.name)
        lines = _lines(sheet, room)
        top, left = sheet.start or (0, 0)  # rows are counted from the first of the sheet, columns from the first used
        table = table_of([line.split("\t") for line in lines[top:]], (top, left), named)
        named -= sum(map(len, table))
        pages.append(
            page(number, "\n".join(lines), blank=not lines, label=entry.name, tables=[table] if table else [])
        )
        if min(room.values()) < 0:
            return read_so_far(media, pages, page_count=len(sheets), notes=notes, problem=SHEET_TOO_LARGE)
    return read_so_far(media, pages, page_count=len(sheets), notes=notes)


def _lines(sheet: Any, room: dict[str, int]) -> list[str]:
    """The used rows as text, until the room is used up (then one of its figures is below zero)."""
    lines: list[str] = []
    for row in sheet.iter_rows():
        line = "\t".join(map(_cell, row)).rstrip("\t")
        room["rows"] -= 1
        room["cells"] -= len(row)
        room["characters"] -= len(line)
        if min(room.values()) < 0:
            break
        lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _cell(value: Any) -> str:
    """A cell as a person would read it: no ``168.0``, no midnight behind a date."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return " ".join(str(value).split())
