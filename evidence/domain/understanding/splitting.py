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
MOST_TEXT = 40_000  # of a page: its number stands at its foot
CLEAR = 1.7  # a heading this strong begins a paper
SURE = 2.2  # and one this strong even where the pages count on


@dataclass(frozen=True, slots=True)
class Range:
    """The pages of one paper."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Look:
    """What of a page tells whether it begins a paper."""

    number: int  # of the page in the file
    is_sheet: bool
    is_empty: bool
    heading: Heading | None
    page: int  # as printed on it: page 2 of 3
    of: int
    letterhead: str
    is_continued: bool
    papers: frozenset[str]  # the numbers of papers it names


def look_at(sheet: Sheet, words: Vocabulary, papers: frozenset[str]) -> Look:
    """A page by itself."""
    text = sheet.page.text[-MOST_TEXT:]
    found = [one for one in headings(sheet, words) if one.top < 0.45]
    heading = max(found, key=lambda one: one.strength, default=None)
    page, of = _page_of(text)
    top = [piece.text for row in sheet.rows[:3] for piece in row][:4]
    return Look(
        sheet.page.number,
        bool(sheet.page.label),
        not sheet.page.text.strip(),
        heading if heading and heading.strength >= CLEAR else None,
        page,
        of,
        spaced(" ".join(top))[:80],
        bool(_CONTINUED.search(sheet.page.text[:400])),
        papers,
    )


def split(pages: Sequence[Look]) -> list[Range]:
    """The papers of a file as ranges of pages. Empty pages go with those before them, empty sheets with none."""
    ranges: list[Range] = []
    first: Look | None = None
    for place, here in enumerate(pages):
        if here.is_empty and (here.is_sheet or first is None):
            continue
        if first is None or _begins(here, pages[place - 1], first):
            first = here
            ranges.append(Range(here.number, here.number))
        else:
            ranges[-1] = Range(ranges[-1].first, here.number)
    return ranges


def _page_of(text: str) -> tuple[int, int]:
    for match in reversed(list(_PAGE_OF.finditer(text))):
        number, of = (int(one) for one in match.groups() if one is not None)
        if 1 <= number <= of <= 500:
            return number, of
    alone = _PAGE.search(text)
    return (int(next(one for one in alone.groups() if one)), 0) if alone else (0, 0)


def _begins(here: Look, before: Look, first: Look) -> bool:
    """Whether a page begins a new paper rather than going on with the one that ``first`` began."""
    if here.is_sheet or first.is_sheet:
        return True
    if here.is_empty:
        return False
    if _follows(here, before) and not _is_another(here, first):
        return False
    if here.page == 1 and before.page and (here.heading or here.letterhead != first.letterhead or here.of == 1):
        return not _is_same(here, first)
    if here.heading is None:
        return False
    if first.heading is None:
        return True
    return not (here.is_continued and here.heading.type == first.heading.type) and not _is_same(here, first)


def _follows(here: Look, before: Look) -> bool:
    """Whether the pages count on: page 2 of 3 behind page 1 of 3."""
    return here.page > 1 and here.page == before.page + 1 and (not here.of or not before.of or here.of == before.of)


def _is_another(here: Look, first: Look) -> bool:
    """Whether a page that counts on has a plain heading of its own: a pack is sometimes numbered through."""
    return bool(
        here.heading
        and first.heading
        and here.heading.type != first.heading.type
        and (not here.of or here.heading.strength >= SURE)
    )


def _is_same(here: Look, first: Look) -> bool:
    """Same heading, and no number of its own that the paper before does not have: a further page, or a copy."""
    if here.heading is None or first.heading is None:
        return here.heading is None and first.heading is None and here.letterhead == first.letterhead
    if here.heading.type != first.heading.type:
        return False
    return not here.papers or not first.papers or bool(here.papers & first.papers)
