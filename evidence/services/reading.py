"""Read a paper: text page by page in a limited child process, then what listed names and places the text mentions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from entities import audit, reference
from entities.domain.actions import Action
from entities.matchers import matcher_for
from entities.models import Job, ListedEntity, ListVersion
from entities.services import jobs
from evidence.domain.mentions import LISTED, MOST_PER_PAGE, Seen, look_through
from evidence.domain.problems import FAULT, NO_TEXT
from evidence.models import Citation, Document, Mention, Page
from evidence.readers import ReadResult, read_document

MOST_MENTIONS = 2_000
NO_LIST = "No Entity List was loaded when this paper was read, so listed names were not looked for."
TOO_MANY = f"Names and places were looked for until {MOST_PER_PAGE} were seen on a page, or {MOST_MENTIONS} in all."


def read_job(job: Job) -> None:
    """Work off a job that names a document. A document that is read already is left alone."""
    document = Document.objects.filter(pk=job.payload["document"]).first()
    if document is None or document.state != Document.State.QUEUED:
        return

    def progress(read: int, pages: int) -> None:
        jobs.report_progress(job, read, pages)
        jobs.give_way(job)

    try:
        result = read_document(Path(document.file.path), document.file_name, progress)
        _store(document, result, _look_through(result))
    except Exception:
        if job.attempts >= jobs.MAX_ATTEMPTS:
            _give_up(document)
        raise


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was seen on each page, by page number, and in which list it was looked up."""

    pages: dict[int, list[Seen]]
    version: ListVersion | None
    names: dict[str, str]
    notes: list[str]


def _look_through(result: ReadResult) -> _Looked:
    register = ListVersion.Register.UFLPA
    version = ListVersion.objects.filter(register=register, published_at__isnull=False).order_by("published_at").last()
    matcher = matcher_for(version) if version else None
    today = timezone.localdate()
    room, is_full, pages = MOST_MENTIONS, False, {}
    for page in result.pages:
        seen = look_through(page.text, matcher, reference.gazetteer(), today)[:room] if room else []
        is_full = is_full or len(seen) >= min(room, MOST_PER_PAGE)
        room -= len(seen)
        if seen:
            pages[page.number] = seen
    keys = {one.key for seen in pages.values() for one in seen if one.kind == LISTED}
    names = dict(ListedEntity.objects.filter(register=register, key__in=keys).values_list("key", "name"))
    notes = [*([NO_LIST] if version is None else []), *([TOO_MANY] if is_full else [])]
    return _Looked(pages, version, names, notes)


@transaction.atomic
def _store(document: Document, result: ReadResult, looked: _Looked) -> None:
    """Keep what was read. Pages that a reviewer cites meanwhile are not touched."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.state != Document.State.QUEUED:
        return
    if not Citation.objects.filter(exhibit__document=document).exists():
        document.pages.all().delete()
        _store_pages(document, result, looked)
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
            *("page_count", "notes", "attachments"),
        ]
    )
    _record(document, {"seconds": result.seconds, "mentions": sum(map(len, looked.pages.values()))})


def _store_pages(document: Document, result: ReadResult, looked: _Looked) -> None:
    pages = Page.objects.bulk_create(
        (
            Page(
                document=document,
                number=page.number,
                label=page.label[:120],
                text=page.text,
                has_text=page.has_text,
                sha256=hashlib.sha256(page.text.encode()).hexdigest(),
            )
            for page in result.pages
        ),
        batch_size=50,
    )
    Mention.objects.bulk_create(
        (
            Mention(
                page=page,
                kind=one.kind,
                start=one.start,
                end=one.end,
                text=one.text[:400],
                subject_key=one.key[:200],
                subject=looked.names.get(one.key, one.name)[:300] if one.kind == LISTED else one.name[:300],
                strength=one.strength,
                list_version=looked.version if one.kind == LISTED else None,
            )
            for page in pages
            for one in looked.pages.get(page.number, [])
        ),
        batch_size=500,
    )


def _state_of(result: ReadResult) -> str:
    if result.readable != "no":
        return Document.State.READ
    is_scan = result.problem is not None and result.problem.code == NO_TEXT
    return Document.State.NO_TEXT if is_scan else Document.State.REFUSED


@transaction.atomic
def _give_up(document: Document) -> None:
    """A fault of ours, not of the file: said so, so that nobody waits for it. The office can have it read again."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.state != Document.State.QUEUED:
        return
    document.state, document.problem_code = Document.State.REFUSED, FAULT
    document.problem = "A fault on our side kept the file from being read. The file itself is kept."
    document.remedy = "Nothing is asked of you: the office can have it read again."
    document.save(update_fields=["state", "problem_code", "problem", "remedy"])
    _record(document, {})


def _record(document: Document, more: dict[str, object]) -> None:
    exhibit = document.exhibits.select_related("case").first()
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
