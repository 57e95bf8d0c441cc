"""Rows that were not stored, handed back as a CSV file that can be corrected and sent in again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from screening.domain.intake.tabular import HANDED_BACK
from screening.models import ImportBatch, ImportRow
from screening.spreadsheet import csv_lines


def handed_back(batch: ImportBatch, sheet: str) -> Iterator[str]:
    """The sheet's headings and rejected rows as they stood, behind each its row number, the reasons and the remedies.

    A file that comes back with these columns is read by the layout it had without them.
    """
    headers = _headers(batch, sheet)
    rows = batch.rows.filter(sheet=sheet, state=ImportRow.State.REJECTED).order_by("number")
    width = max([len(headers), *(len(raw) for raw in rows.values_list("raw", flat=True))])
    headers += [""] * (width - len(headers))
    yield from csv_lines(_rows([*headers, *HANDED_BACK], rows, width))


def _rows(headers: list[str], rows: QuerySet[ImportRow], width: int) -> Iterator[list[object]]:
    yield list(headers)
    for row in rows.iterator(chunk_size=1000):
        cells = [*row.raw, *[""] * (width - len(row.raw))]
        why = " ".join(dict.fromkeys(problem["reason"] for problem in row.problems))
        remedy = " ".join(dict.fromkeys(problem["remedy"] for problem in row.problems))
        yield [*cells, row.number, why, remedy]


def _headers(batch: ImportBatch, sheet: str) -> list[str]:
    layout = next((one["layout"] for one in batch.mapping.get("sheets", []) if one["label"] == sheet), "")
    found: dict[str, Any] = batch.mapping.get("layouts", {}).get(layout, {})
    return list(found.get("headers", []))
