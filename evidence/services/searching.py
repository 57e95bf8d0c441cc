"""Search in the papers of a case: every page that could be read, with the words around each hit and its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from entities.models import User
from evidence.domain.finding import Span, find, snippet, terms_of
from evidence.domain.spots import Spot
from evidence.models import Document, Exhibit, Page
from screening.models import Case

HITS_PER_PAGE = 5
PAGES = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found: what stands before and after them, and their place."""

    before: str
    text: str
    after: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page that says what is looked for; ``count`` may be more than the hits shown."""

    exhibit: Exhibit
    number: int
    label: str
    count: int
    hits: tuple[Hit, ...]


@dataclass(slots=True)
class Found:
    """What a search brought: the pages with hits, and over how many pages it went.

    ``unread`` counts the pages without any text a machine could read: what is looked for may stand on them. That
    nothing was found says nothing of what does not lie in the file.
    """

    words: str
    pages: list[FoundPage] = field(default_factory=list)
    searched: int = 0
    unread: int = 0
    is_cut: bool = False

    @property
    def count(self) -> int:
        return sum(page.count for page in self.pages)

    def by_exhibit(self) -> list[tuple[Exhibit, list[FoundPage]]]:
        return [(exhibit, list(some)) for exhibit, some in groupby(self.pages, key=lambda page: page.exhibit)]


def searchable(case: Case, user: User) -> list[Exhibit]:
    """The exhibits a person may search: every search goes through here. Data on workers is never searched."""
    documents = Document.objects.visible_to(user).not_on_workers()
    rows = Exhibit.objects.visible_to(user).filter(case=case, document__in=documents)
    return list(rows.select_related("document").order_by("number"))


def search(case: Case, words: str, *, user: User) -> Found:
    """Every page of the case that says all of these words, exhibit by exhibit.

    Chinese is found within longer text, whether simplified or traditional; other words as whole words, in any case;
    what stands in quotation marks is looked for together.
    """
    found = Found(" ".join(words.split()))
    terms = terms_of(words)
    if not terms:
        return found
    exhibits = {one.document_id: one for one in searchable(case, user)}
    pages = Page.objects.filter(document__in=exhibits).only("document_id", "number", "label", "text", "is_blank")
    for page in pages.order_by("document", "number").iterator(chunk_size=50):
        found.searched += 1
        if not page.text.strip():
            found.unread += not page.is_blank
            continue
        spans = find(page.text, terms)
        if not spans:
            continue
        if len(found.pages) == PAGES:
            found.is_cut = True
            continue
        exhibit = exhibits[page.document_id]
        hits = tuple(_hit(exhibit, page, span) for span in spans[:HITS_PER_PAGE])
        found.pages.append(FoundPage(exhibit, page.number, page.label, len(spans), hits))
    found.pages.sort(key=lambda one: (one.exhibit.number, one.number))
    return found


def _hit(exhibit: Exhibit, page: Page, span: Span) -> Hit:
    return Hit(*snippet(page.text, span), Spot(exhibit.number, page.number, span=span))
