"""One way from any claim to the place it rests on: the address of a place in the file of a case."""

from __future__ import annotations

from django.urls import reverse

from evidence.domain.finding import Span
from evidence.domain.papers import Box
from evidence.domain.spots import Spot


def place_url(
    case_id: int, exhibit: int, page: int, *, box: Box | None = None, cell: str = "", span: Span | None = None
) -> str:
    """The viewer, open at a page of an exhibit, with the box, the cell or the range of text marked."""
    return spot_url(case_id, Spot(exhibit, page, box, cell, span))


def spot_url(case_id: int, left: Spot, right: Spot | None = None) -> str:
    """The viewer, open at one place or at two side by side."""
    query = {"left": str(left)} | ({"right": str(right)} if right else {})
    return reverse("case-viewer", args=[case_id], query=query) + "#mark"
