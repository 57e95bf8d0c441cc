"""Text that goes into a file for a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

# What a spreadsheet would calculate instead of show; numbers and telephone numbers are left as they are.
_FORMULA = re.compile(r"^\s*(?:[=@]|[+\-\t\r](?![\d\s.,()/\-+]*$))")
MARK = "\ufeff"  # without this mark Excel takes UTF-8 for a code page


class _Line:
    """Where ``csv`` writes, a line at a time."""

    def write(self, text: str) -> str:
        return text


def shown(cell: str) -> str:
    """A cell as text, whatever it begins with."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as lines of a CSV file, with the mark of UTF-8 before them."""
    writer = csv.writer(_Line())
    yield MARK
    for row in rows:
        yield writer.writerow([shown(cell) if isinstance(cell, str) else cell for cell in row])
