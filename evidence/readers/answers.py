"""The one shape in which every reader answers from the child process."""

from __future__ import annotations

from typing import Any

from evidence.domain.media import MediaType
from evidence.domain.problems import Problem


def page(number: int, text: str, images: int = 0, blank: bool = False, label: str = "") -> dict[str, Any]:
    """One page, sheet or picture. ``blank`` says that nothing at all is drawn on it; ``label`` names a sheet."""
    return {"number": number, "text": text.strip("\n"), "images": images, "blank": blank, "label": label}


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
