"""A page as rows of pieces: what stands together on one line, wherever the page came from.

Words with boxes are put into lines and parted where the gap is wide; the cells of a sheet are pieces as they are; text
without boxes is parted at tabs and wide spaces. All that reads papers works on these rows.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from evidence.domain.papers import Box, Cell, PageContent, Place, Table, Word

# What is larger is no form of trade: the rest of it is kept as text and not looked through for fields.
MOST_LETTERS, MOST_ROWS, MOST_WORDS, MOST_CELLS = 600, 6_000, 12_000, 120_000
MOST_IN_A_CELL = 60  # words; what holds more is a frame around other things
_ENDS_A_LABEL = re.compile(r"(?:nos?|nr|number)\b\W*", re.IGNORECASE)  # B/L No.: the second word begins nothing
_PART = re.compile(r"\S+")
_JOINED = re.compile(r"((?:\d[\d.,]*)?(?:kgs?|mts?|lbs?|pcs|千克|公斤|吨|件))(\d[\d,]*\.?\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Piece:
    """A run of text on one row. ``spans`` say which part of the text stands in which box."""

    text: str
    page: int
    row: int
    left: float
    right: float
    top: float
    bottom: float
    cell: str = ""
    confidence: float = 1.0
    spans: list[tuple[int, int, Box, float]] = field(default_factory=list)

    @property
    def height(self) -> float:
        return (self.bottom - self.top) / (1 + self.text.count("\n"))

    def words(self) -> list[Piece]:
        """The piece word by word, each with its place."""
        found = []
        for match in re.finditer(r"\S+", self.text):
            start, end = match.span()
            box = self.place(start, end).box
            if box is None:
                share = (self.right - self.left) / max(len(self.text), 1)
                left, right = self.left + share * start, self.left + share * end
            else:
                left, right = box.left, box.right
            spans = [
                (max(a - start, 0), min(b, end) - start, one, c)
                for a, b, one, c in self.spans
                if a < end and b > start
            ]
            found.append(
                Piece(
                    match.group(),
                    self.page,
                    self.row,
                    left,
                    right,
                    self.top,
                    self.bottom,
                    self.cell,
                    self.sure(start, end),
                    spans,
                )
            )
        return found

    def place(self, start: int = 0, end: int | None = None) -> Place:
        """Where a part of the text stands."""
        end = len(self.text) if end is None else end
        boxes = [_part(span, start, end) for span in self.spans if span[0] < end and span[1] > start]
        if not boxes:
            return Place(self.page, None, self.cell)
        return Place(self.page, _around(boxes), self.cell)

    def sure(self, start: int = 0, end: int | None = None) -> float:
        """How surely a part of the text was read: that of its least sure word."""
        end = len(self.text) if end is None else end
        return min((span[3] for span in self.spans if span[0] < end and span[1] > start), default=self.confidence)

    def mean(self, start: int = 0, end: int | None = None) -> float:
        """How surely a part of the text was read as a whole, by its letters: enough for a name, which is compared
        by likeness."""
        end = len(self.text) if end is None else end
        parts = [(span[3], span[1] - span[0]) for span in self.spans if span[0] < end and span[1] > start]
        return sum(sure * count for sure, count in parts) / sum(n for _, n in parts) if parts else self.confidence


@dataclass(slots=True)
class Sheet:
    """A page laid out: its rows of pieces from the top."""

    page: PageContent
    rows: list[list[Piece]]

    @property
    def pieces(self) -> Iterable[Piece]:
        return (piece for row in self.rows for piece in row)

    @property
    def is_cells(self) -> bool:
        return any(piece.cell for row in self.rows[:5] for piece in row)


def lay_out(page: PageContent) -> Sheet:
    """The rows of a page."""
    if page.words:
        return Sheet(page, _rows_of_words(page))
    cells = [table for table in page.tables if any(cell.ref for row in table.rows for cell in row)]
    if cells:
        grids = [_grid(page, table) for table in cells]
        return Sheet(page, [[one for one in row if one] for grid in grids for row in grid])
    return Sheet(page, _rows_of_text(page))


# -- words --------------------------------------------------------------------------------------------------------


def _rows_of_words(page: PageContent) -> list[list[Piece]]:
    """Rows of ruled tables by their cells, all else by lines of words; from the top."""
    words = _single(page.words[:MOST_WORDS])
    ruled, words = _ruled(page, words)
    free = [[_piece(page, 0, run) for run in _runs(line)] for line in _lines(words)]
    rows = sorted([*ruled, *free], key=lambda row: (min(piece.top for piece in row), row[0].left))
    for number, row in enumerate(rows):
        for piece in row:
            piece.row = number
    return rows


def _ruled(page: PageContent, words: list[Word]) -> tuple[list[list[Piece]], list[Word]]:
    """The rows of ruled tables as pieces, a piece a cell, and the words that stand in none of them.

    A row whose cells hold several lines of goods one under the other is no row: its words are put into lines.
    """
    rows: list[list[Piece]] = []
    taken: set[int] = set()
    by_height = sorted((((word.box.top + word.box.bottom) / 2, number) for number, word in enumerate(words)))
    for table in page.tables:
        if max((len(row) for row in table.rows), default=0) < 2:
            continue
        for cells in table.rows:
            found = [
                (cell.box, _inside(words, by_height, cell.box, taken))
                for cell in cells
                if cell.box and cell.text.strip()
            ]
            filled = [(box, inner) for box, inner in found if inner]
            if len(filled) < 2 or any(len(inner) > MOST_IN_A_CELL for _, inner in filled):
                continue
            lines = [
                [[words[number] for number in line] for line in _numbered_lines(words, inner)] for _, inner in filled
            ]
            if _is_stack(lines):
                continue
            rows.append([_cell_piece(page, one, box) for one, (box, _) in zip(lines, filled, strict=True)])
            taken |= {number for _, inner in filled for number in inner}
    return rows, [word for number, word in enumerate(words) if number not in taken]


def _inside(words: Sequence[Word], by_height: Sequence[tuple[float, int]], box: Box, taken: set[int]) -> list[int]:
    """The words whose middle lies in a box; ``by_height``: all words by the height of their middle."""
    first, last = bisect_left(by_height, (box.top, 0)), bisect_right(by_height, (box.bottom, len(words)))
    return [
        number
        for _, number in by_height[first:last]
        if number not in taken and box.left <= (words[number].box.left + words[number].box.right) / 2 <= box.right
    ]


def _numbered_lines(words: Sequence[Word], inner: Sequence[int]) -> list[list[int]]:
    number_of = {id(words[number]): number for number in inner}
    return [[number_of[id(word)] for word in line] for line in _lines(words[number] for number in inner)]


def _is_stack(lines: Sequence[Sequence[Sequence[Word]]]) -> bool:
    """Whether cells beside each other hold equally many lines, at least three of them with a figure on each line."""
    tall = [cell for cell in lines if len(cell) > 1]
    numeric = [cell for cell in tall if all(any(c.isdigit() for c in "".join(w.text for w in line)) for line in cell)]
    return len(numeric) >= 3 or (
        len(numeric) >= 2 and len({len(cell) for cell in numeric}) == 1 and len(numeric[0]) > 2
    )


def _cell_piece(page: PageContent, lines: Sequence[Sequence[Word]], box: Box) -> Piece:
    """A cell as one piece; its lines stand under each other."""
    parts = [_piece(page, 0, line) for line in lines]
    text, spans = "", []
    for part in parts:
        text += "\n" if text else ""
        spans += [(start + len(text), end + len(text), one, sure) for start, end, one, sure in part.spans]
        text += part.text
    sure = min(part.confidence for part in parts)
    tight = _around([part.place().box or box for part in parts])
    return Piece(text, page.number, 0, box.left, box.right, tight.top, tight.bottom, "", sure, spans)


def _single(words: Sequence[Word]) -> list[Word]:
    """Each word once: what is read line by line comes with its spaces, and is parted in proportion; so is a unit to
    which a machine joined the number of the next column (12,400 kg3.40)."""
    out = []
    for word in words:
        text = word.text.strip()
        if not text or word.box.bottom - word.box.top > 0.2:
            continue
        joined = _JOINED.fullmatch(text)
        spans = [joined.span(1), joined.span(2)] if joined else [match.span() for match in _PART.finditer(text)]
        if len(spans) == 1:
            out.append(Word(text, word.box, word.confidence))
            continue
        width = (word.box.right - word.box.left) / max(len(text), 1)
        for start, end in spans:
            box = Box(word.box.left + width * start, word.box.top, word.box.left + width * end, word.box.bottom)
            out.append(Word(text[start:end], box, word.confidence))
    return out


def _lines(words: Iterable[Word]) -> list[list[Word]]:
    """Words that stand beside each other: their middles lie within half a line."""
    lines: list[list[Word]] = []
    middles: list[float] = []
    for word in sorted(words, key=lambda one: (one.box.top + one.box.bottom) / 2):
        middle, height = (word.box.top + word.box.bottom) / 2, word.box.bottom - word.box.top
        if lines:
            last = lines[-1]
            reach = 0.45 * min(height, median(one.box.bottom - one.box.top for one in last[-5:]))
            if abs(middle - middles[-1]) <= reach:
                last.append(word)
                middles[-1] += (middle - middles[-1]) / len(last)
                continue
        lines.append([word])
        middles.append(middle)
    return [sorted(line, key=lambda one: one.box.left) for line in lines]


def _runs(line: list[Word]) -> list[list[Word]]:
    """A line parted where the gap between words is wider than the letters are high."""
    runs = [[line[0]]]
    for word in line[1:]:
        last = runs[-1][-1]
        wide = max(_letter(last), _letter(word))
        if word.box.left - last.box.right > (3 if _ENDS_A_LABEL.fullmatch(word.text) else 1.6) * wide:
            runs.append([word])
        else:
            runs[-1].append(word)
    return runs


def _letter(word: Word) -> float:
    """The width of a letter, as a share of the page's width; broad scripts count twice."""
    count = sum(2 if ord(character) > 0x2E80 else 1 for character in word.text)
    return (word.box.right - word.box.left) / max(count, 1)


def _piece(page: PageContent, row: int, words: Sequence[Word]) -> Piece:
    text, spans = "", []
    for index, word in enumerate(words):
        if index:
            text += " "
        spans.append((len(text), len(text) + len(word.text), word.box, word.confidence))
        text += word.text
    box = _around([word.box for word in words])
    sure = min(word.confidence for word in words)
    return Piece(text, page.number, row, box.left, box.right, box.top, box.bottom, "", sure, spans)


def one_under_other(piece: Piece, below: Piece) -> Piece:
    """Two runs under each other as one of two lines."""
    lead = len(piece.text) + 1
    spans = piece.spans + [(start + lead, end + lead, box, sure) for start, end, box, sure in below.spans]
    return replace(piece, text=f"{piece.text}\n{below.text}", bottom=below.bottom, spans=spans,
                   confidence=min(piece.confidence, below.confidence))  # fmt: skip


def _part(span: tuple[int, int, Box, float], start: int, end: int) -> Box:
    """The box of the part of a word that lies between two places of the text."""
    first, last, box, _ = span
    share = (box.right - box.left) / max(last - first, 1)
    left = box.left + share * max(start - first, 0)
    return Box(left, box.top, box.right - share * max(last - end, 0), box.bottom)


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        round(min(one.left for one in boxes), 4), round(min(one.top for one in boxes), 4),
        round(max(one.right for one in boxes), 4), round(max(one.bottom for one in boxes), 4),
    )  # fmt: skip


# -- sheets and text ----------------------------------------------------------------------------------------------


def _grid(page: PageContent, table: Table) -> list[list[Piece | None]]:
    height = max(len(table.rows), 1)
    width = max((len(row) for row in table.rows), default=0) or 1
    return [
        [_cell(page, cell, row, column, height) if cell.text.strip() else None for column, cell in enumerate(cells)]
        for row, cells in enumerate(table.rows[: min(MOST_ROWS, MOST_CELLS // width)])
    ]


def _cell(page: PageContent, cell: Cell, row: int, column: int, height: int) -> Piece:
    text = " ".join(cell.text[: 2 * MOST_LETTERS].split())[:MOST_LETTERS]
    if cell.box:
        box = cell.box
        return Piece(
            text, page.number, row, box.left, box.right, box.top, box.bottom, "", 1.0, [(0, len(text), box, 1.0)]
        )
    return Piece(text, page.number, row, float(column), column + 0.9, row / height, (row + 0.9) / height, cell.ref)


def _rows_of_text(page: PageContent) -> list[list[Piece]]:
    lines = page.text.split("\n", MOST_ROWS)[:MOST_ROWS]
    height = max(len(lines), 1)
    rows = []
    for number, line in enumerate(lines):
        row = [
            Piece(
                match.group(),
                page.number,
                number,
                match.start() / 100,
                match.end() / 100,
                number / height,
                (number + 0.9) / height,
            )  # fmt: skip
            for match in re.finditer(r"\S+(?: \S+)*", line[:MOST_LETTERS])
        ]
        if row:
            rows.append(row)
    return rows
