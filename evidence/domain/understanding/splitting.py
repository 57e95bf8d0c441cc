"""One file is often many papers: where one ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.domain.understanding.layout import Sheet
from evidence.domain.understanding.types import Heading, headings
from evidence.domain.understanding.vocabulary import Vocabulary, spaced

_PAGE_OF = re.compile(
    r"(?:page|pages|pg\.?|p\.|seite|sheet|feuille|página|第)\s*[:：]?\s*(\d{1,3})\s*(?:/|of|von|de|sur|页\s*[,，/]?\s*共|页/共)\s*(\d{1,3})|^\s*(\d{1,3})\s*/\s*(\d{1,3})\s*$|页码/页数\s*[:：]\s*(\d{1,3})\s*/\s*(\d{1,3})",
    re.IGNORECASE | re.MULTILINE,
)
_PAGE = re.compile(
    r"^\s*(?:page|seite|sheet)\s*[:：]?\s*(\d{1,3})\s*$|\b(?:Seite|Page)\s+(\d{1,3})\s*$", re.IGNORECASE | re.MULTILINE
)
_CONTINUED = re.compile(
    r"\b(?:continued|cont'?d|continuation|attached sheet|rider|carried forward|overleaf notes)\b"
    r"|\(cont\.?\)|续页|接上页",
    re.IGNORECASE,
)
CLEAR = 1.7  # a heading this strong begins a paper


@dataclass(frozen=True, slots=True)
class Range:
    """The pages of one paper."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a page tells whether it begins a paper."""

    heading: Heading | None
    number: int
    of: int
    letterhead: str
    is_empty: bool
    is_continued: bool


def split(sheets: Sequence[Sheet], numbers: Sequence[frozenset[str]], words: Vocabulary) -> list[Range]:
    """The papers of a file as ranges of pages. ``numbers`` are the numbers of papers named on each page."""
    seen = [_look(sheet, words) for sheet in sheets]
    starts: list[int] = []
    for place in range(len(sheets)):
        if not starts:
            if not seen[place].is_empty:
                starts.append(place)
            continue
        if _begins(sheets, seen, numbers, starts[-1], place):
            starts.append(place)
    if not starts:
        return []
    ends = [*[start - 1 for start in starts[1:]], len(sheets) - 1]
    ranges = []
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        first = sheets[0 if place == 0 and not sheet_label(sheets[start]) else start].page.number
        while end > start and sheet_label(sheets[end]) and seen[end].is_empty:
            end -= 1
        ranges.append(Range(first, sheets[end].page.number))
    return ranges


def sheet_label(sheet: Sheet) -> str:
    """The name of the sheet, where the page is one of a workbook."""
    return sheet.page.label


def _look(sheet: Sheet, words: Vocabulary) -> _Seen:
    text = sheet.page.text
    found = [one for one in headings(sheet, words) if one.top < 0.45]
    heading = max(found, key=lambda one: one.strength, default=None)
    number, of = _page_of(text)
    top = [piece.text for row in sheet.rows[:3] for piece in row][:4]
    return _Seen(
        heading, number, of, spaced(" ".join(top))[:80], not text.strip(), bool(_CONTINUED.search(text[:400]))
    )


def _page_of(text: str) -> tuple[int, int]:
    matches = [match for match in _PAGE_OF.finditer(text)]
    for match in reversed(matches):
        number, of = (int(one) for one in match.groups() if one is not None)
        if 1 <= number <= of <= 500:
            return number, of
    alone = _PAGE.search(text)
    return (int(next(one for one in alone.groups() if one)), 0) if alone else (0, 0)


def _begins(
    sheets: Sequence[Sheet], seen: Sequence[_Seen], numbers: Sequence[frozenset[str]], start: int, place: int
) -> bool:
    """Whether a page begins a new paper rather than going on with the one that began at ``start``."""
    here, first = seen[place], seen[start]
    if sheets[place].page.label or sheets[start].page.label:
        return not here.is_empty
    if here.is_empty:
        return False
    before = seen[place - 1]
    follows = (
        here.number == before.number + 1 and here.number > 1 and (not here.of or not before.of or here.of == before.of)
    )
    heading = here.heading if here.heading and here.heading.strength >= CLEAR else None
    if follows and not (
        heading and first.heading and heading.type != first.heading.type and heading.strength > 2.2 and not here.of
    ):
        return False
    if (
        here.number == 1
        and (before.number >= 1 or before.of)
        and (heading or here.letterhead != first.letterhead or here.of == 1)
    ):
        return not _same_paper(here, first, numbers[place], numbers[start])
    if heading is None:
        return bool(before.of and before.number == before.of and here.number == 1)
    if first.heading is None or first.heading.strength < CLEAR:
        return True
    if here.is_continued and heading.type == first.heading.type:
        return False
    return not _same_paper(here, first, numbers[place], numbers[start])


def _same_paper(here: _Seen, first: _Seen, own: frozenset[str], others: frozenset[str]) -> bool:
    """Same heading, and no number of its own that the paper before does not have: a further page, or a copy."""
    if here.heading is None or first.heading is None:
        return here.heading is None and first.heading is None and here.letterhead == first.letterhead
    if here.heading.type != first.heading.type:
        return False
    return not own or not others or bool(own & others)
