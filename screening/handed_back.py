"""Rows that were not stored, handed back as a CSV file that can be corrected and sent in again."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from screening.domain.intake.tabular import HANDED_BACK
from screening.models import ImportBatch, ImportRow

# What a spreadsheet would calculate instead of show; numbers and telephone numbers are left as they are.
_FORMULA = re.compile(r"^\s*[=@+\-\t\r](?![\d\s.,()/\-+]*$)")


class _Line:
    """Where ``csv`` writes, a line at a time."""

    def write(self, text: str) -> str:
        return text


def handed_back(batch: ImportBatch, sheet: str) -> Iterator[str]:
    """The sheet's headings and rejected rows as they stood, behind each its row number, the reasons and the remedies.

    A file that comes back with these columns is read by the layout it had without them.
    """
    writer = csv.writer(_Line())
    headers = _headers(batch, sheet)
    rows = batch.rows.filter(sheet=sheet, state=ImportRow.State.REJECTED).order_by("number")
    width = max([len(headers), *(len(raw) for raw in rows.values_list("raw", flat=True))])
    headers += [""] * (width - len(headers))
    yield "\ufeff"  # without this mark Excel takes UTF-8 for a code page
    yield writer.writerow([_shown(cell) for cell in (*headers, *HANDED_BACK)])
    for row in rows.iterator(chunk_size=1000):
        cells = [*row.raw, *[""] * (width - len(row.raw))]
        why = " ".join(dict.fromkeys(problem["reason"] for problem in row.problems))
        remedy = " ".join(dict.fromkeys(problem["remedy"] for problem in row.problems))
        yield writer.writerow([*map(_shown, cells), row.number, why, remedy])


def _headers(batch: ImportBatch, sheet: str) -> list[str]:
    layout = next((one["layout"] for one in batch.mapping.get("sheets", []) if one["label"] == sheet), "")
    found: dict[str, Any] = batch.mapping.get("layouts", {}).get(layout, {})
    return list(found.get("headers", []))


def _shown(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
