"""The paper that lies beside a question: its text, what was seen in it, and a search over all papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from entities.models import User
from evidence.domain.finding import Span, quoted, terms_of
from evidence.domain.finding import find as find_in
from evidence.domain.spots import Spot
from evidence.forms.review import PaperForm, parse_place
from evidence.models import Exhibit, Mention, Page
from evidence.newly_named import outdated_among
from evidence.pane import Pane, open_at
from evidence.places import spot_url
from evidence.services.assessments import CitedPage
from evidence.services.searching import search
from screening.models import Case

HITS = 30


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
    pane: Pane
    is_outdated: bool = False

    @property
    def place(self) -> str:
        return f"{self.exhibit.number}-{self.number}"

    @property
    def viewer_url(self) -> str:
        """Where the page stands by itself, large, with what is marked on it."""
        return spot_url(self.exhibit.case_id, self.pane.spot)

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


def paper_at(
    exhibits: Sequence[Exhibit], place: tuple[int, int] | None, find: str, quotes: Sequence[CitedPage] = ()
) -> Paper | None:
    """The page at a place, with what is looked for on it, else what is quoted of it, marked."""
    exhibit = next((one for one in exhibits if place and one.number == place[0]), None)
    if exhibit is None or place is None:
        return None
    number = max(1, min(place[1], exhibit.document.page_count or 1))
    pages = Page.objects.filter(document=exhibit.document, number=number).select_related("layout")
    page = pages.prefetch_related("mentions__list_version").first()
    mentions = list(page.mentions.all()) if page else []
    is_outdated = bool(outdated_among([exhibit.document_id]))
    text = page.text if page else ""
    found = find_in(text, terms_of(find))
    quote = next(
        (one.quote for one in quotes if (one.exhibit_number, one.page_number) == (exhibit.number, number)), ""
    )
    at = next(iter(found), None) or (quoted(text, quote) if quote else None)
    pane = open_at(exhibit, Spot(exhibit.number, number, span=at), page, side="left")
    return Paper(exhibit, number, page, pieces_of(text, mentions, found) if page else [], mentions, pane, is_outdated)


def pieces_of(text: str, mentions: Sequence[Mention], found: Sequence[Span]) -> list[Piece]:
    """The text cut where something is to be marked; what overlaps is marked once."""
    spans = [(one.start, one.end, one.kind) for one in mentions] + [(one.start, one.end, "find") for one in found]
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


def hits_of(case: Case, user: User, find: str) -> dict[str, Any] | None:
    """Pages of the case that say something, with the words around it."""
    if not find.strip():
        return None
    found = search(case, find, user=user)
    rows = [
        {
            "place": f"{page.exhibit.number}-{page.number}",
            "page": page.number,
            "exhibit": page.exhibit,
            "hit": page.hits[0],
        }
        for page in found.pages[:HITS]
    ]
    return {"words": found.words, "rows": rows, "is_cut": len(found.pages) > HITS}
