"""The paper that lies beside a question: its text, what was seen in it, and a search over all papers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evidence.forms.review import PaperForm, parse_place
from evidence.models import Exhibit, Mention, Page
from evidence.newly_named import outdated_among

HITS = 30
AROUND = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a page's text; marked where something was seen in it."""

    text: str
    kind: str = ""


@dataclass(slots=True)
class Paper:
    """The page that lies beside the question."""

    exhibit: Exhibit
    number: int
    page: Page | None
    pieces: list[Piece]
    mentions: list[Mention]
    is_outdated: bool = False

    @property
    def place(self) -> str:
        return f"{self.exhibit.number}-{self.number}"

    @property
    def previous(self) -> str:
        return f"{self.exhibit.number}-{self.number - 1}" if self.number > 1 else ""

    @property
    def following(self) -> str:
        return f"{self.exhibit.number}-{self.number + 1}" if self.number < self.exhibit.document.page_count else ""


def place_of(data: Any, earlier: Sequence[Any], exhibits: Sequence[Exhibit]) -> tuple[int, int] | None:
    """The page to show: the one asked for, the one shown before, the first one cited, else the first paper."""
    if data.get("show") and (place := parse_place(data["show"])):
        return place
    if data.get("do") in {"look", "find"} and (place := parse_place(f"{data.get('exhibit')}-{data.get('page') or 1}")):
        return place
    if data.get("shown") and (place := parse_place(data["shown"])):
        return place
    if earlier:
        return earlier[0].exhibit.number, earlier[0].page_number
    return (exhibits[0].number, 1) if exhibits else None


def paper_at(exhibits: Sequence[Exhibit], place: tuple[int, int] | None, find: str) -> Paper | None:
    exhibit = next((one for one in exhibits if place and one.number == place[0]), None)
    if exhibit is None or place is None:
        return None
    number = max(1, min(place[1], exhibit.document.page_count or 1))
    page = (
        Page.objects.filter(document=exhibit.document, number=number)
        .prefetch_related("mentions__list_version")
        .first()
    )
    mentions = list(page.mentions.all()) if page else []
    is_outdated = bool(outdated_among([exhibit.document_id]))
    return Paper(exhibit, number, page, pieces_of(page.text, mentions, find) if page else [], mentions, is_outdated)


def pieces_of(text: str, mentions: Sequence[Mention], find: str) -> list[Piece]:
    """The text cut where something is to be marked; what overlaps is marked once."""
    spans = [(one.start, one.end, one.kind) for one in mentions]
    if find.strip():
        spans += [
            (hit.start(), hit.end(), "find") for hit in re.finditer(re.escape(find.strip()), text, re.IGNORECASE)
        ]
    pieces, at = [], 0
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):  # the longest of a place first
        if start < at or end > len(text) or end <= start:
            continue
        pieces += [Piece(text[at:start]), Piece(text[start:end], kind)]
        at = end
    return [*pieces, Piece(text[at:])]


def form_of(exhibits: Sequence[Exhibit], paper: Paper | None, find: str) -> PaperForm:
    initial: dict[str, Any] = {"find": find}
    if paper:
        initial |= {"exhibit": paper.exhibit.number, "page": paper.number}
    form = PaperForm(initial=initial)
    form.fields["exhibit"].choices = [  # type: ignore[attr-defined]
        (one.number, f"{one.number} · {one.document.file_name} ({one.document.page_count or 'no'} p.)")
        for one in exhibits
    ]
    for name in ("exhibit", "page", "find"):
        form.fields[name].widget.attrs["data-as-shown"] = str(form.initial.get(name) or "")
    form.fields["page"].widget.attrs["class"] = "co-short"
    if paper and paper.exhibit.document.page_count:
        form.fields["page"].widget.attrs["max"] = paper.exhibit.document.page_count
    return form


def hits_of(exhibits: Sequence[Exhibit], find: str) -> dict[str, Any] | None:
    """Pages of the case that say something, with the words around it."""
    words = find.strip()
    if not words:
        return None
    numbers = {one.document_id: one for one in exhibits}
    pages = list(
        Page.objects.filter(document__in=numbers, text__icontains=words).order_by("document_id", "number")[: HITS + 1]
    )
    rows = []
    for page in pages[:HITS]:
        exhibit = numbers[page.document_id]
        at = page.text.lower().find(words.lower())
        around = " ".join(page.text[max(0, at - AROUND) : at + len(words) + AROUND].split())
        rows.append(
            {"place": f"{exhibit.number}-{page.number}", "page": page.number, "exhibit": exhibit, "text": around}
        )
    return {"words": words, "rows": rows, "is_cut": len(pages) > HITS}
