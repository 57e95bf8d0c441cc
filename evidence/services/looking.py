"""Look at the pages of a paper that was read: keep the picture of each and, where the file holds no text, its words.

One job a paper, page by page, after everything else: a scanned page takes seconds. Where one worker does everything,
it does more urgent work while the child process reads the page. Each page is stored by itself, so a
job that was killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from entities import audit, reference
from entities.domain.actions import Action
from entities.models import Job
from entities.services import jobs
from entities.stored_files import on_disk
from evidence.domain.mentions import LISTED, Seen
from evidence.domain.papers import PaperRead
from evidence.domain.problems import EMPTY, NO_TEXT
from evidence.domain.readability import text_quality
from evidence.listed_names import ListedNames
from evidence.models import Citation, Document, Mention, Page, PageLayout
from evidence.readers.looking import SeenPage, Wanted, look_at, media_of
from evidence.readers.results import PageRead, verdict
from evidence.services.access import keep_workers_apart
from evidence.services.papers import content_of
from evidence.services.rescan import ask_for_rescan
from evidence.services.scanning import Scan, mention_of, names_of
from evidence.services.understanding import parties_by_page, store_papers
from evidence.understanding import understand


def ask_to_look(document: Document) -> None:
    """Have the pages of a paper looked at, where its kind has pages; until then its silent pages are waited for."""
    if document.state == Document.State.REFUSED or media_of(document.media_type) is None:
        return
    to_do = document.pages.filter(looked_at=None)
    job = jobs.enqueue(
        "ocr",
        {"document": document.pk},
        dedupe_key=f"document-{document.pk}",
        organization=document.organization,
        total=to_do.count(),
    )
    if settings.OCR and to_do.silent().exists():
        document.state = Document.State.OCR
        document.job = job or document.job
        document.save(update_fields=["state", "job"])


def forget_pages(document: Document) -> None:
    """The pages as they were read before, with their pictures: another reading takes their place."""
    pictures = list(document.pages.exclude(image="").values_list("image", flat=True))
    document.pages.all().delete()
    for name in pictures:
        transaction.on_commit(partial(default_storage.delete, name))


def look_job(job: Job) -> None:
    """Work off a job that names a document. Pages that were looked at already are left alone."""
    document = Document.objects.filter(pk=job.payload["document"]).first()
    media = media_of(document.media_type) if document else None
    if document is None or media is None:
        return
    to_do = document.pages.filter(looked_at=None)
    silent = set(to_do.silent().values_list("number", flat=True)) if settings.OCR else set()
    wanted = [Wanted(number, turned, number in silent) for number, turned in to_do.values_list("number", "turned")]
    done = document.pages.count() - len(wanted)
    jobs.report_progress(job, done, done + len(wanted))
    try:
        with on_disk(document.file) as path:
            for seen in look_at(path, media, wanted, partial(jobs.give_way, job)):
                if not _keep(document, seen):
                    return  # it is being read anew, and looked at after that
                done += 1
                jobs.report_progress(job, done)
                jobs.give_way(job)  # pages that come together leave no time in between
    except Exception:
        if job.attempts >= jobs.MAX_ATTEMPTS:
            _finish(document)  # as far as it went: what is still silent is for a person
        raise
    _finish(document)
    # The list in use may be another than when the file was read.
    if Document.objects.outdated().filter(pk=document.pk).exists():
        ask_for_rescan()


def _keep(document: Document, seen: SeenPage) -> bool:
    """Store what was seen of a page. False where the paper is being read anew."""
    stored = _store_picture(seen.picture)
    try:
        with transaction.atomic():
            document = Document.objects.select_for_update().get(pk=document.pk)
            page = document.pages.filter(number=seen.number).first()
            kept = document.state != Document.State.QUEUED and page is not None and page.looked_at is None
            if kept and page is not None:
                # Words that come while a reviewer cites the page as a picture would change what is cited.
                cited = Citation.objects.filter(exhibit__document=document, page_number=page.number).exists()
                page.image, page.looked_at = stored, timezone.now()
                _lay_over(page, seen, with_words=not cited)
    except BaseException:
        _discard(stored)
        raise
    if not kept:
        _discard(stored)
    return document.state != Document.State.QUEUED


def _lay_over(page: Page, seen: SeenPage, *, with_words: bool) -> None:
    read = seen.laid_over(
        PageRead(
            page.number, page.text, page.has_text, blank=page.is_blank, scripts=page.scripts,
            needs_translation=page.needs_translation, turned=page.turned, source=page.source,
            size=(page.width, page.height) if page.width and page.height else None,
        )
    )  # fmt: skip
    page.blacked_out = read.blacked_out
    page.width, page.height = read.size or (None, None)
    if seen.was_read and with_words:
        page.text, page.has_text, page.is_blank = read.text, read.has_text, read.blank
        page.sha256 = hashlib.sha256(read.text.encode()).hexdigest()
        page.source, page.confidence, page.turned = read.source, read.confidence, read.turned
        page.quality = text_quality(read.text)
        page.scripts, page.needs_translation = read.scripts, read.needs_translation
        if read.layout:
            PageLayout.objects.update_or_create(page=page, defaults=json.loads(read.layout))
    page.save()


def _store_picture(picture: bytes) -> str:
    if not picture:
        return ""
    digest = hashlib.sha256(picture).hexdigest()
    return default_storage.save(f"pages/{timezone.localdate():%Y/%m}/{digest}.webp", ContentFile(picture))


def _discard(stored: str) -> None:
    if stored:
        default_storage.delete(stored)


def _finish(document: Document) -> None:
    """Every page was looked at: what papers the file holds, whom they mention, what of it is left for a person."""
    document.refresh_from_db()
    if document.state != Document.State.OCR:
        return
    papers = understand(content_of(document))
    scan, parties = Scan(ListedNames.in_use(), reference.gazetteer()), parties_by_page(papers)
    pages = document.pages.filter(source=Page.Source.OCR).order_by("number")
    mentions = {page.number: scan.page(page.text, parties.get(page.number, ())) for page in pages}
    _store(document, papers, mentions, scan)


@transaction.atomic
def _store(document: Document, papers: list[PaperRead], mentions: dict[int, list[Seen]], scan: Scan) -> None:
    document = Document.objects.select_for_update().get(pk=document.pk)
    media = media_of(document.media_type)
    if document.state != Document.State.OCR or media is None:
        return
    store_papers(document, papers)
    document.access = keep_workers_apart(document).access
    names = names_of({one.key for seen in mentions.values() for one in seen if one.kind == LISTED})
    Mention.objects.filter(page__document=document, page__source=Page.Source.OCR).delete()
    Mention.objects.bulk_create(
        (
            mention_of(page, one, names, scan.version)
            for page in document.pages.filter(number__in=mentions).defer("text")
            for one in mentions[page.number]
        ),
        batch_size=500,
    )
    pages = [
        PageRead(page.number, "", page.has_text, blank=page.is_blank, scripts=page.scripts,
                 needs_translation=page.needs_translation, source=page.source)
        for page in document.pages.defer("text")
    ]  # fmt: skip
    document.languages = _scripts(pages)
    document.needs_translation = any(page.needs_translation for page in pages)
    if document.problem_code in ("", NO_TEXT):
        problem = verdict(media, pages, document.page_count, looked=True)
        document.problem_code = problem.code if problem else ""
        document.problem = problem.message if problem else ""
        document.remedy = problem.remedy if problem else ""
    has_text = any(page.has_text for page in pages)
    document.state = Document.State.READ if has_text else Document.State.NO_TEXT
    if document.problem_code == EMPTY:
        document.state = Document.State.REFUSED
    document.save(update_fields=["languages", "needs_translation", "state", "problem_code", "problem", "remedy"])
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
            "from_pictures": [page.number for page in pages if page.source == Page.Source.OCR],
            "mentions": sum(map(len, mentions.values())),
            "list": str(scan.version or ""),
        },
    )


def _scripts(pages: list[PageRead]) -> dict[str, int]:
    total: dict[str, int] = {}
    for page in pages:
        for script, count in page.scripts.items():
            total[script] = total.get(script, 0) + count
    return dict(sorted(total.items(), key=lambda item: -item[1]))
