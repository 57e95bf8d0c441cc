"""A page as the viewer shows it: its picture with what is marked, its sheet, or its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.claims import Claim
from evidence.domain.finding import Span
from evidence.domain.papers import Box, Cell, PageContent, Word
from evidence.domain.spots import Spot, lines_of, pieces_at, standing_at
from evidence.models import Exhibit, Page
from evidence.services.papers import content_of_page

# How much of a long page is shown at once; the rest follows by a link.
CHARACTERS, ROWS = 40_000, 200
UNSURE = 0.8  # a machine's reading of a word below this is marked
WIDTH = 1000.0  # of the drawing, in its own units
A4 = 297 / 210


@dataclass(frozen=True, slots=True)
class Rect:
    """A box on the drawing."""

    x: float
    y: float
    width: float
    height: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one line of the picture, each with its place, so that they can be selected."""

    y: float
    size: float
    words: tuple[tuple[str, float, float], ...]  # text, x, width


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; marked where it is what is looked at."""

    text: str
    is_marked: bool = False
    is_first: bool = False


@dataclass(slots=True)
class Pane:
    """One page laid open at a place."""

    side: str
    exhibit: Exhibit
    spot: Spot
    page: Page | None = None
    height: float = WIDTH * A4
    marks: list[Rect] = field(default_factory=list)
    faint: list[Rect] = field(default_factory=list)
    unsure: list[Rect] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    start: int = 0  # of the text, or of the rows, that is shown
    end: int = 0
    whole: int = 0

    @property
    def is_picture(self) -> bool:
        return bool(self.page and self.page.image)

    @property
    def name(self) -> str:
        return f"Exhibit {self.exhibit.number}, page {self.spot.page}"

    @property
    def is_marked(self) -> bool:
        spot = self.spot
        return bool(self.marks) or any(one.is_marked for one in self.pieces) or bool(spot.cell and self.rows)

    @property
    def misses(self) -> bool:
        """Whether the place asked for could not be shown on the page."""
        return bool(self.spot.box or self.spot.cell or self.spot.span) and not self.is_marked


def open_at(
    exhibit: Exhibit,
    spot: Spot,
    page: Page | None,
    *,
    side: str,
    claims: Sequence[Claim] = (),
    start: int | None = None,
) -> Pane:
    """The page of a place as it is shown, with the other claims on it drawn faintly."""
    pane = Pane(side, exhibit, spot, claims=list(claims))
    if page is None:
        return pane
    pane.page = page
    content = content_of_page(page)
    if page.width and page.height:
        pane.height = round(WIDTH * page.height / page.width, 1)
    if pane.is_picture:
        _draw(pane, content)
    elif content.tables and any(cell.ref for row in content.tables[0].rows for cell in row):
        _tabulate(pane, content, start)
    else:
        _print(pane, content, start)
    return pane


def boxes_of(spot: Spot, content: PageContent) -> list[Box]:
    """Where a place stands on the picture of its page."""
    if spot.box:
        return [spot.box]
    if spot.span:
        return lines_of(one.box for one in standing_at(content, spot.span) if one.box)
    return []


def _draw(pane: Pane, content: PageContent) -> None:
    pane.marks = [_rect(box, pane.height, margin=0.004) for box in boxes_of(pane.spot, content)]
    for claim in pane.claims:
        if claim.spot != pane.spot:
            pane.faint += [_rect(box, pane.height, claim.label, margin=0.002) for box in boxes_of(claim.spot, content)]
    pane.unsure = [
        _rect(word.box, pane.height, f"read with confidence {word.confidence:.2f}")
        for word in content.words
        if word.confidence < UNSURE
    ]
    for words in _by_line(content.words):
        size = max(word.box.bottom - word.box.top for word in words) * pane.height
        y = max(word.box.bottom for word in words) * pane.height - size * 0.2
        placed = tuple(
            (word.text, round(word.box.left * WIDTH, 1), round((word.box.right - word.box.left) * WIDTH, 1))
            for word in words
        )
        pane.lines.append(Line(round(y, 1), round(max(size, 1.0), 1), placed))


def _by_line(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in words:
        if lines:
            last = lines[-1][-1]
            overlap = min(last.box.bottom, word.box.bottom) - max(last.box.top, word.box.top)
            if overlap > (word.box.bottom - word.box.top) / 2 and word.box.left >= last.box.left:
                lines[-1].append(word)
                continue
        lines.append([word])
    return lines


def _rect(box: Box, height: float, title: str = "", margin: float = 0.0) -> Rect:
    left, top = box.left - margin, box.top - margin * WIDTH / height
    right, bottom = box.right + margin, box.bottom + margin * WIDTH / height
    return Rect(
        round(left * WIDTH, 1),
        round(top * height, 1),
        round((right - left) * WIDTH, 1),
        round((bottom - top) * height, 1),
        title,
    )


def _tabulate(pane: Pane, content: PageContent, start: int | None) -> None:
    """The rows of the sheet, from some way before what is marked."""
    rows = [row for table in content.tables for row in table.rows]
    wanted = _marked_cells(pane.spot, content)
    first = next((index for index, row in enumerate(rows) if any(cell.ref in wanted for cell in row)), 0)
    pane.start = min(max(0, first - ROWS // 10 if start is None else start), max(0, len(rows) - 1))
    pane.end, pane.whole = min(pane.start + ROWS, len(rows)), len(rows)
    is_first = True
    for row in rows[pane.start : pane.end]:
        shown = []
        for cell in row:
            is_marked = cell.ref in wanted
            shown.append({"text": cell.text, "ref": cell.ref, "marked": is_marked, "first": is_marked and is_first})
            is_first = is_first and not is_marked
        pane.rows.append(shown)


def _marked_cells(spot: Spot, content: PageContent) -> set[str]:
    if spot.cell:
        return {spot.cell}
    if spot.span:
        return {piece.ref for piece in standing_at(content, spot.span) if isinstance(piece, Cell)}
    return set()


def _print(pane: Pane, content: PageContent, start: int | None) -> None:
    """The text, from some way before what is marked, cut where it is marked."""
    text, spans = content.text, _spans_of(pane.spot, content)
    first = spans[0].start - CHARACTERS // 10 if spans else 0
    pane.start = min(max(0, first if start is None else start), max(0, len(text) - 1))
    pane.end, pane.whole = min(pane.start + CHARACTERS, len(text)), len(text)
    at = pane.start
    for span in spans:
        begin, end = max(span.start, at), min(span.end, pane.end)
        if begin < end:
            is_first = not any(piece.is_marked for piece in pane.pieces)
            pane.pieces += [Piece(text[at:begin]), Piece(text[begin:end], True, is_first)]
            at = end
    pane.pieces.append(Piece(text[at : pane.end]))


def _spans_of(spot: Spot, content: PageContent) -> list[Span]:
    """The ranges of the text that a place names: its own, or those of the words that stand in its box."""
    if spot.span:
        return [spot.span]
    if spot.box is None:
        return []
    return [at for at, piece in pieces_at(content) if piece.box and _is_within(piece.box, spot.box)]


def _is_within(inner: Box, outer: Box) -> bool:
    across, down = (inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2
    return outer.left <= across <= outer.right and outer.top <= down <= outer.bottom
