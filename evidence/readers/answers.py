"""The one shape in which every reader answers from the child process."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from evidence.domain.media import MAX_WORDS_PER_PAGE, MediaType
from evidence.domain.problems import Problem

# A word as it travels and is stored: text, left, top, right, bottom, confidence. A cell: text, and its box or name.
WordRow = tuple[str, float, float, float, float, float]
CellRow = tuple[str, Sequence[float] | str | None]

_NOT_STORABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff]")


def storable(text: str) -> str:
    """Text a database takes: PostgreSQL refuses NUL, UTF-8 refuses half of a surrogate pair."""
    return _NOT_STORABLE.sub("\ufffd", text)


def page(
    number: int,
    text: str,
    images: int = 0,
    blank: bool = False,
    label: str = "",
    *,
    words: Sequence[WordRow] = (),
    tables: Sequence[Sequence[Sequence[CellRow]]] = (),
    marks: Sequence[Sequence[float]] | None = None,
    size: tuple[float, float] | None = None,
    turned: int = 0,
) -> dict[str, Any]:
    """One page, sheet or picture.

    ``blank`` says that nothing at all is drawn on it; ``label`` names a sheet; ``size`` is that of the upright page in
    points, and ``turned`` by how many degrees clockwise it was turned to be upright. Words, tables and marks come as
    one string of JSON: kept as objects, those of a long file would fill the memory of whoever asked.
    """
    return {
        "number": number,
        "text": text.strip("\n"),
        "images": images,
        "blank": blank,
        "label": label,
        "layout": _layout(words[:MAX_WORDS_PER_PAGE], tables, marks),
        "word_count": min(len(words), MAX_WORDS_PER_PAGE),
        "size": size,
        "turned": turned,
    }


def _layout(
    words: Sequence[WordRow],
    tables: Sequence[Sequence[Sequence[CellRow]]],
    marks: Sequence[Sequence[float]] | None,
) -> str:
    if not words and not tables:
        return ""
    layout: dict[str, Any] = {
        "words": [(storable(text), *_shares(box), round(sure, 3)) for text, *box, sure in words],
        "tables": [[[_cell(*cell) for cell in row] for row in table] for table in tables],
    }
    if marks is not None:
        layout["marks"] = [_shares(box) for box in marks]
    return json.dumps(layout, ensure_ascii=False, separators=(",", ":"))


def _cell(text: str, place: Sequence[float] | str | None) -> tuple[str, Any]:
    return storable(text), place if place is None or isinstance(place, str) else _shares(place)


def _shares(box: Sequence[float]) -> list[float]:
    """A box within the page: what sticks out is cut off."""
    return [round(min(1.0, max(0.0, share)), 4) for share in box]


def read_so_far(
    media: MediaType,
    pages: list[dict[str, Any]],
    *,
    page_count: int | None = None,
    notes: list[str] | None = None,
    problem: Problem | None = None,
    **more: Any,
) -> dict[str, Any]:
    """What was read; ``page_count`` may be larger than the pages given, then there is more to read."""
    return {
        "media_type": media.code,
        "page_count": len(pages) if page_count is None else page_count,
        "pages": pages,
        "notes": notes or [],
        "problem": problem.as_dict() if problem else None,
        **more,
    }


def refused(media: MediaType, problem: Problem) -> dict[str, Any]:
    """Nothing could be read, and why."""
    return read_so_far(media, [], problem=problem)
