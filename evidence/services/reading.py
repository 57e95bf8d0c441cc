"""Read a paper: text page by page in a limited child process, then what listed names and places the text mentions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from entities import audit, reference
from entities.domain.actions import Action
from entities.domain.events import EventKind
from entities.models import Job
from entities.services import jobs
from entities.services.events import News, tell
from entities.stored_files import on_disk
from evidence.domain.mentions import LISTED, Seen
from evidence.domain.papers import PaperRead
from evidence.domain.problems import FAULT, NO_TEXT, NOT_SCANNED, Problem
from evidence.domain.readability import text_quality
from evidence.listed_names import ListedNames
from evidence.models import Citation, Document, Mention, Page, PageLayout
from evidence.readers import PageRead, ReadResult, read_document
from evidence.services import virus_scan
from evidence.services.access import keep_workers_apart
from evidence.services.looking import ask_to_look, forget_pages
from evidence.services.rescan import ask_for_rescan
from evidence.services.scanning import NO_LIST, TOO_MANY, Scan, mention_of, names_of
from evidence.services.understanding import parties_by_page, store_papers
from evidence.services.unpacking import ask_to_unpack
from evidence.understanding import understand_read


def read_job(job: Job) -> None:
    """Work off a job that names a document. A document that is read already is left alone."""
    document = Document.objects.filter(pk=job.payload["document"]).first()
    if document is not None and document.state == Document.State.QUEUED:
        _read(document, job)
    # A list may have come into use between looking through the text and keeping what was seen.
    if Document.objects.outdated().filter(pk=job.payload["document"]).exists():
        ask_for_rescan()


def _read(document: Document, job: Job) -> None:
    def progress(read: int, pages: int) -> None:
        jobs.report_progress(job, read, pages)
        jobs.give_way(job)

    try:
        with on_disk(document.file) as path:
            if virus_scan.is_set() and _is_infected(document, path):
                return
            result = read_document(path, document.file_name, progress)
        papers = understand_read(result.pages)
        _store(document, result, papers, _look_through(result, papers))
    except Exception as fault:
        if job.attempts >= jobs.MAX_ATTEMPTS:
            _give_up(document, NOT_SCANNED if isinstance(fault, virus_scan.ScannerDown) else FAULT)
        raise


def _is_infected(document: Document, path: Path) -> bool:
    """Have the virus scanner look at a file before anything else does, and keep what it said."""
    virus = virus_scan.look_for_virus(path)
    document.virus, document.virus_scanned_at = virus[:200], timezone.now()
    with transaction.atomic():
        document.save(update_fields=["virus", "virus_scanned_at"])
        if virus:
            _refuse(document, virus_scan.infected(virus))
    return bool(virus)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was seen on each page, by page number, and in which list it was looked up."""

    pages: dict[int, list[Seen]]
    scan: Scan
    notes: list[str]


def _look_through(result: ReadResult, papers: list[PaperRead]) -> _Looked:
    scan = Scan(ListedNames.in_use(), reference.gazetteer())
    parties = parties_by_page(papers)
    pages = {
        page.number: seen for page in result.pages if (seen := scan.page(page.text, parties.get(page.number, ())))
    }
    notes = [*([NO_LIST] if scan.version is None else []), *([TOO_MANY] if scan.is_full else [])]
    return _Looked(pages, scan, notes)


@transaction.atomic
def _store(document: Document, result: ReadResult, papers: list[PaperRead], looked: _Looked) -> None:
    """Keep what was read. Pages that a reviewer cites meanwhile are not touched."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.state != Document.State.QUEUED:
        return
    if not Citation.objects.filter(exhibit__document=document).exists():
        forget_pages(document)
        _store_pages(document, result, looked)
        store_papers(document, papers)
        document.access = keep_workers_apart(document).access
    problem = result.problem
    document.state = _state_of(result)
    document.media_type = result.media.mime if result.media else ""
    document.problem_code = problem.code if problem else ""
    document.problem = problem.message if problem else ""
    document.remedy = problem.remedy if problem else ""
    document.languages = result.scripts
    document.needs_translation = result.needs_translation
    document.page_count = result.page_count
    document.notes = [*result.notes, *looked.notes]
    document.attachments = list(result.attachments)
    document.save(
        update_fields=[
            *("state", "media_type", "problem_code", "problem", "remedy", "languages", "needs_translation"),
            *("page_count", "notes", "attachments", "scanned_with", "scanned_names_up_to", "scanned_at"),
        ]
    )
    ask_to_look(document)
    ask_to_unpack(document)
    more = {"seconds": result.seconds, "mentions": sum(map(len, looked.pages.values()))}
    _record(document, {**more, "list": str(looked.scan.version or "")})


def _store_pages(document: Document, result: ReadResult, looked: _Looked) -> None:
    pages = Page.objects.bulk_create((_page(document, page) for page in result.pages), batch_size=50)
    for page, read in zip(pages, result.pages, strict=True):
        if read.layout:
            PageLayout.objects.create(page=page, **read.words_and_tables)
    names = names_of({one.key for seen in looked.pages.values() for one in seen if one.kind == LISTED})
    Mention.objects.bulk_create(
        (
            mention_of(page, one, names, looked.scan.version)
            for page in pages
            for one in looked.pages.get(page.number, [])
        ),
        batch_size=500,
    )
    document.scanned_with, document.scanned_at = looked.scan.version, timezone.now()
    document.scanned_names_up_to = looked.scan.names.names_up_to if looked.scan.names else 0


def _page(document: Document, page: PageRead) -> Page:
    width, height = page.size or (None, None)
    return Page(
        document=document,
        number=page.number,
        label=page.label[:120],
        text=page.text,
        has_text=page.has_text,
        sha256=hashlib.sha256(page.text.encode()).hexdigest(),
        source=page.source,
        quality=text_quality(page.text),
        is_blank=page.blank,
        scripts=page.scripts,
        needs_translation=page.needs_translation,
        width=width,
        height=height,
        turned=page.turned,
    )


def _state_of(result: ReadResult) -> str:
    if result.readable != "no":
        return Document.State.READ
    is_scan = result.problem is not None and result.problem.code == NO_TEXT
    return Document.State.NO_TEXT if is_scan else Document.State.REFUSED


@transaction.atomic
def _give_up(document: Document, code: str) -> None:
    """A fault of ours, not of the file: said so, so that nobody waits for it. The office can have it read again."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.state != Document.State.QUEUED:
        return
    said = {
        FAULT: "A fault on our side kept the file from being read. The file itself is kept.",
        NOT_SCANNED: "The virus scanner did not answer, so the file was not read. The file itself is kept.",
    }
    _refuse(document, Problem(code, said[code], "Nothing is asked of you: the office can have it read again."))


def _refuse(document: Document, problem: Problem) -> None:
    document.state, document.problem_code = Document.State.REFUSED, problem.code
    document.problem, document.remedy = problem.message, problem.remedy
    document.save(update_fields=["state", "problem_code", "problem", "remedy"])
    _record(document, {"virus": document.virus})


def _record(document: Document, more: dict[str, object]) -> None:
    exhibit = document.exhibits.select_related("case").first()
    told = {
        "document": document.pk,
        "state": document.state,
        "problem": document.problem_code,
        "pages": document.page_count,
    }
    tell([News(EventKind.DOCUMENT_READ, document.pk, document.organization_id, told)])
    audit.record(
        Action.DOCUMENT_READ,
        actor=None,
        target=document,
        case=exhibit.case if exhibit else None,
        organization_id=document.organization_id,
        after={
            "state": document.state,
            "problem": document.problem_code,
            "pages": document.page_count,
            "sha256": document.sha256,
            **more,
        },
    )
