"""Where the table is in a sheet: its header row, the rows below it, and the signature its layout is remembered by."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from screening.domain.intake.cells import compact, given, one_line, tidy
from screening.domain.intake.numbers import read_amount
from screening.domain.intake.vocabulary import Vocabulary

# Vendors put titles, logos and notes above the header; beyond this many rows it is no longer above.
_ROWS_SEARCHED = 60
_TOTALS = (
    "total",
    "totals",
    "sub total",
    "subtotal",
    "grand total",
    "sum",
    "合计",
    "总计",
    "小计",
    "итого",
    "всего",
    "tong cong",
    "suma",
    "gesamt",
    "toplam",
)
_LONGEST_TOTAL = 16
# The columns put behind rows that are handed back to be corrected; a file that returns with them has the same layout.
HANDED_BACK = ("Row in the file", "Why it was not stored", "What to do")
_HANDED_BACK_KEYS = tuple(compact(name) for name in HANDED_BACK)
_TOTAL_KEYS = frozenset(compact(word) for word in _TOTALS)

Row = Sequence[str]


@dataclass(frozen=True)
class Table:
    """The table of one sheet. ``header_row`` counts from 0 within the rows given, None where no header was found."""

    header_row: int | None
    headers: tuple[str, ...]
    signature: str
    reason: str

    @property
    def first_data_row(self) -> int:
        return 0 if self.header_row is None else self.header_row + 1


def find_table(rows: Sequence[Row], vocabulary: Vocabulary) -> Table:
    """Find the header row among the first rows of a sheet, by the words in it and by its shape."""
    best, best_score, best_known = None, 0.0, 0
    for index, row in enumerate(rows[:_ROWS_SEARCHED]):
        known = vocabulary.recognised(row)
        score = _header_score(row, known)
        if score > best_score:
            best, best_score, best_known = index, score, known
    width = max((len(row) for row in rows[:_ROWS_SEARCHED]), default=0)
    if best is None:
        headers = tuple(f"Column {column_letters(index)}" for index in range(width))
        return Table(None, headers, layout_signature(headers), "No row reads like column headings.")
    headers = tuple(one_line(tidy(cell)) for cell in rows[best])
    headers += tuple(f"Column {column_letters(index)}" for index in range(len(headers), width))
    headers = tuple(name or f"Column {column_letters(index)}" for index, name in enumerate(headers))
    return Table(best, headers, layout_signature(headers), f"{best_known} of its cells are known column headings.")


def _header_score(row: Row, known: int) -> float:
    """Known headings count most; a row of short, different words without numbers that fills the width counts too."""
    filled = [one_line(cell) for cell in row if given(cell)]
    if not filled or not known or (known / len(filled) < 0.3 and known < 4):
        return 0.0
    distinct = len({compact(cell) for cell in filled}) / len(filled)
    short = sum(1 for cell in filled if len(cell) <= 60 and not _is_number(cell)) / len(filled)
    return (known + 0.2 * len(filled)) * (known / len(filled)) * distinct * short


def _is_number(cell: str) -> bool:
    amount = read_amount(cell)
    return amount.number is not None and not amount.unit


def layout_signature(headers: Sequence[str]) -> str:
    """The same headings in the same order are the same layout, whatever their spelling and spacing."""
    keys = [compact(header) for header in headers]
    if tuple(keys[-len(HANDED_BACK) :]) == _HANDED_BACK_KEYS:
        keys = keys[: -len(HANDED_BACK)]
    return hashlib.sha256("|".join(keys).encode()).hexdigest()[:32]


def column_letters(index: int) -> str:
    """The letters a spreadsheet shows above a column: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def is_empty(row: Row) -> bool:
    """Whether nothing at all stands in the row."""
    return not any(cell.strip() for cell in row)


def says_nothing(row: Row) -> bool:
    """Whether every cell is empty or holds only a word or dash for nothing."""
    return not any(given(cell) for cell in row)


def is_repeated_header(row: Row, headers: Sequence[str]) -> bool:
    """Whether the row is the header again, as at the top of each printed page."""
    pairs = [(cell, header) for cell, header in zip(row, headers, strict=False) if cell.strip()]
    # Most rows differ from the header in their first cells already.
    if len(pairs) < 2 or not any(len(cell) <= len(header) + 8 for cell, header in pairs[:4]):
        return False
    same = sum(compact(cell) == compact(header) for cell, header in pairs if len(cell) <= len(header) + 8)
    return same / len(pairs) >= 0.6


def is_total(row: Row) -> bool:
    """Whether the row sums up the rows above: the word total and otherwise only numbers."""
    filled = [cell for cell in row if cell.strip()]
    if not any(len(cell) <= _LONGEST_TOTAL and compact(cell) in _TOTAL_KEYS for cell in filled):
        return False
    return sum(1 for cell in filled if given(cell) and not _is_number(cell)) <= 2
