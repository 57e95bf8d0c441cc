"""Papers and pages, as the rules of evidence ask for them: out of the database, in the shapes of ``domain.papers``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from evidence.domain.alarms import Said
from evidence.domain.papers import Box, CasePaper, FieldRead, PageContent, PaperRead, Place, page_content
from evidence.domain.readability import LARGE
from evidence.models import Document, Exhibit, Page, Paper, PaperField
from evidence.services.translations import translated_pages
from screening.models import Case


def papers_of(case: Case) -> list[CasePaper]:
    """Every paper in the file of a case as it stands now, by exhibit and page."""
    exhibits = {row.document_id: row for row in Exhibit.objects.filter(case=case).select_related("document")}
    papers = Paper.objects.standing().filter(document__in=exhibits)
    fields = _fields(papers)
    unread: dict[int, set[int]] = defaultdict(set)
    foreign: dict[int, set[int]] = defaultdict(set)
    black: dict[int, set[int]] = defaultdict(set)
    for page in Page.objects.filter(document__in=exhibits).defer("text").order_by("document", "number"):
        if page.readability.shows_nothing:
            unread[page.document_id].add(page.number)
        if page.needs_translation:
            foreign[page.document_id].add(page.number)
        if page.blacked_out >= LARGE:
            black[page.document_id].add(page.number)
    for document, translated in translated_pages(exhibits).items():
        foreign[document] -= translated
    found = [
        CasePaper(
            key=row.pk,
            exhibit=exhibits[row.document_id].number,
            document=row.document_id,
            file_name=exhibits[row.document_id].document.file_name,
            paper=paper_read(row, fields[row.pk]),
            unreadable_pages=_within(row, unread[row.document_id]),
            untranslated_pages=_within(row, foreign[row.document_id]),
            blacked_out_pages=_within(row, black[row.document_id]),
        )
        for row in papers
    ]
    return sorted(found, key=lambda one: (one.exhibit, one.paper.first_page, one.key))


def silent_pages(case: Case) -> list[Said]:
    """The pages of a case that cannot be read and are of no paper, since nothing says of which."""
    exhibits = {row.document_id: row for row in Exhibit.objects.filter(case=case)}
    inside: dict[int, list[Paper]] = defaultdict(list)
    for paper in Paper.objects.standing().filter(document__in=exhibits):
        inside[paper.document_id].append(paper)
    found = []
    waiting = (Document.State.QUEUED, Document.State.OCR)
    pages = Page.objects.filter(document__in=exhibits).exclude(document__state__in=waiting).defer("text")
    for page in pages.order_by("document", "number"):
        if any(one.first_page <= page.number <= one.last_page for one in inside[page.document_id]):
            continue
        if page.readability.shows_nothing:
            number = exhibits[page.document_id].number
            found.append(Said(number, page.document_id, f"Exhibit {number}", page.number, f"Page {page.number}"))
    return found


def paper_read(row: Paper, fields: Iterable[PaperField]) -> PaperRead:
    """A stored paper in the shape the rules ask for."""
    return PaperRead(
        type=row.type,
        first_page=row.first_page,
        last_page=row.last_page,
        fields=tuple(field_read(one) for one in fields),
        is_blank_form=row.is_blank_form,
        confidence=row.confidence,
        reasons=tuple(row.reasons),
    )


def field_read(row: PaperField) -> FieldRead:
    """A stored field in the shape the rules ask for."""
    place = Place(row.page_number, Box(*row.box) if row.box else None, row.cell)
    return FieldRead(row.name, row.value, row.text, place, row.confidence, row.unit, row.line)


def content_of(document: Document) -> list[PageContent]:
    """The pages of a document as they were read."""
    pages = document.pages.select_related("layout").order_by("number")
    return [content_of_page(page) for page in pages]


def content_of_page(page: Page) -> PageContent:
    """A page as it was read: its text, words, tables and marks."""
    layout = getattr(page, "layout", None)
    laid = (layout.words, layout.tables, layout.marks) if layout else ([], [], None)
    return page_content(page.number, page.text, page.label, *laid)


def _fields(papers: Iterable[Paper]) -> dict[int, list[PaperField]]:
    found: dict[int, list[PaperField]] = defaultdict(list)
    for row in PaperField.objects.standing().filter(paper__in=papers):
        found[row.paper_id].append(row)
    return found


def _within(row: Paper, pages: set[int]) -> tuple[int, ...]:
    return tuple(sorted(number for number in pages if row.first_page <= number <= row.last_page))
