"""How a place on a paper is written in an address, and where the words of a range of text stand on their page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evidence.domain.finding import Span
from evidence.domain.papers import Box, Cell, PageContent, Word

_SPOT = re.compile(r"(\d{1,6})\.(\d{1,6})(?:\.([0-9A-Z-]{1,40}))?")
_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}")
_SHARES = 10_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the file of a case: exhibit, page, and on it a box, a cell of the sheet, or a range of the text.

    Written ``EXHIBIT.PAGE``, with a box in ten-thousandths of the page as ``3.2.1000-2000-3000-2500``, with a cell as
    ``3.2.B12``, with a range of the text as ``3.2.140-155``.
    """

    exhibit: int
    page: int
    box: Box | None = None
    cell: str = ""
    span: Span | None = None

    def __str__(self) -> str:
        where = f"{self.exhibit}.{self.page}"
        if self.cell:
            return f"{where}.{self.cell}"
        if self.box is not None:
            sides = (self.box.left, self.box.top, self.box.right, self.box.bottom)
            return f"{where}." + "-".join(str(round(max(0.0, min(1.0, side)) * _SHARES)) for side in sides)
        return f"{where}.{self.span.start}-{self.span.end}" if self.span else where

    @classmethod
    def parse(cls, text: str) -> Spot | None:
        """The place an address names; None where it names none."""
        found = _SPOT.fullmatch(text.strip())
        if not found:
            return None
        exhibit, page, rest = int(found[1]), int(found[2]), found[3] or ""
        if _CELL.fullmatch(rest):
            return cls(exhibit, page, cell=rest)
        numbers = [int(one) for one in rest.split("-") if one.isdecimal() and len(one) < 9]
        if len(numbers) == 4 and max(numbers) <= _SHARES:
            return cls(exhibit, page, Box(*(one / _SHARES for one in numbers)))
        if len(numbers) == 2:
            return cls(exhibit, page, span=Span(*numbers))
        return cls(exhibit, page)


def pieces_at(page: PageContent) -> Iterator[tuple[Span, Word | Cell]]:
    """The words of a page, or the cells of a sheet, each with the range of the page's text it stands at.

    Both are given in the order of the text. A word the text does not hold further on is left out.
    """
    at = 0
    pieces: Sequence[Word | Cell] = page.words or [cell for table in page.tables for row in table.rows for cell in row]
    for piece in pieces:
        if not piece.text.strip():
            continue
        start = page.text.find(piece.text, at)
        if start < 0:
            continue
        at = start + len(piece.text)
        yield Span(start, at), piece


def standing_at(page: PageContent, span: Span) -> list[Word | Cell]:
    """The words or cells that a range of the text runs through."""
    return [piece for at, piece in pieces_at(page) if at.start < span.end and span.start < at.end]


def lines_of(boxes: Iterable[Box]) -> list[Box]:
    """Boxes of words drawn together: those that stand beside each other on one line become one."""
    lines: list[Box] = []
    for box in boxes:
        if lines:
            last = lines[-1]
            overlap = min(last.bottom, box.bottom) - max(last.top, box.top)
            height = max(box.bottom - box.top, 1e-6)
            if overlap > height / 2 and -0.01 <= box.left - last.right < 0.03:
                lines[-1] = Box(
                    last.left, min(last.top, box.top), max(last.right, box.right), max(last.bottom, box.bottom)
                )
                continue
        lines.append(box)
    return lines
