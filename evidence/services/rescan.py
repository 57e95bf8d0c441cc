"""Papers that were read are looked through again when what is looked for has changed: another list, other names.

Only mentions of listed names change. The text of a page, the places seen in it, what cites it and what was judged on
it stay as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.models import Job, ListVersion
from entities.services import jobs
from evidence.domain.mentions import Seen
from evidence.listed_names import ListedNames
from evidence.models import Document, Exhibit, Mention, Page
from evidence.services.scanning import NO_LIST, TOO_MANY, Scan, mention_of, names_of
from evidence.services.understanding import parties_of
from screening.models import Case

log = logging.getLogger(__name__)

PAGES = 20  # pages whose text is in memory at a time
TOLD = 100  # names in one event; the counts are of all


def ask_for_rescan() -> None:
    """Have every paper looked through again that was not looked through for the names in use. Asking twice is once.

    Publishing a list and stating a name ask by the job's name (entities/services/changes.py).
    """
    jobs.enqueue("rescan", dedupe_key="rescan")


def rescan_job(job: Job) -> None:
    """Look through outdated papers again, one after another, the newest first.

    Each is stored by itself, so a job that was stopped goes on where it was. A paper that fails keeps no other from
    its turn; the job is then tried again, for that one alone.
    """
    total = Document.objects.outdated().count()
    looked_at = changed = 0
    failed: list[int] = []
    for document in _outdated():
        try:
            changed += _rescan(document, job)
        except Exception:
            log.exception("document %s could not be looked through again", document.pk)
            failed.append(document.pk)
        looked_at += 1
        jobs.report_progress(job, looked_at, total)
        jobs.give_way(job)
    names = ListedNames.in_use()
    if looked_at and names:
        with transaction.atomic():
            audit.record(
                Action.LIST_PAPERS_RESCANNED,
                actor=None,
                target=ListVersion.objects.get(pk=names.version_id),
                after={"papers": looked_at - len(failed), "changed": changed, "failed": failed[:TOLD]},
            )
    if failed:
        raise RuntimeError(f"{len(failed)} of {looked_at} papers failed, among them {failed[:5]}")


def _outdated() -> Iterator[Document]:
    """One pass over the papers that are outdated when their turn comes."""
    last: int | None = None
    while True:
        rows = Document.objects.outdated().order_by("-pk")
        document = (rows if last is None else rows.filter(pk__lt=last)).first()
        if document is None:
            return
        yield document
        last = document.pk


def _rescan(document: Document, job: Job) -> bool:
    """Look through one paper outside any transaction, then keep what is seen. Says whether that is anything new."""
    scan = Scan(ListedNames.in_use(), gazetteer=None)
    seen: dict[int, list[Seen]] = {}
    hashes: dict[int, str] = {}
    last = 0
    parties = parties_of(document)
    while pages := list(document.pages.filter(number__gt=last).order_by("number")[:PAGES]):
        for page in pages:
            hashes[page.pk] = page.sha256
            if found := scan.page(page.text, parties.get(page.number, ())):
                seen[page.pk] = found
        last = pages[-1].number
        jobs.give_way(job)
    return _store(document, scan, seen, hashes)


@transaction.atomic
def _store(document: Document, scan: Scan, seen: dict[int, list[Seen]], hashes: dict[int, str]) -> bool:
    """Put what is seen now in place of what was seen. Says whether a name is new on a page, or no longer on one.

    Nothing is done where the paper or the list moved on meanwhile: a paper that is read again is looked through then,
    and a newer list has asked for a scan of its own.
    """
    in_cases = Exhibit.objects.filter(document=document).values("case")
    cases = list(Case.objects.select_for_update().filter(pk__in=in_cases).order_by("pk"))
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.state == Document.State.QUEUED or scan.names is None or scan.names != ListedNames.in_use():
        return False
    pages = {page.pk: page for page in document.pages.defer("text")}
    if {pk: page.sha256 for pk, page in pages.items()} != hashes:
        return False
    new, gone, is_other, removed = _replace_mentions(scan, seen, pages)
    before = _looked_with(document)
    document.scanned_with, document.scanned_at = scan.version, timezone.now()
    document.scanned_names_up_to = scan.names.names_up_to
    notes = [note for note in document.notes if note != NO_LIST]
    document.notes = notes if not scan.is_full or TOO_MANY in notes else [*notes, TOO_MANY]
    document.save(update_fields=["scanned_with", "scanned_names_up_to", "scanned_at", "notes"])
    if not is_other:
        return False
    if new:
        _say_that_facts_changed(cases)
    told: list[Case | None] = [*cases] or [None]
    for case in told:
        audit.record(
            Action.DOCUMENT_RESCANNED,
            actor=None,
            target=document,
            case=case,
            organization_id=document.organization_id,
            before={**before, "count": len(gone), "no_longer": [_told(one, pages, scan) for one in gone[:TOLD]]},
            after={
                **_looked_with(document),
                "count": len(new),
                "new": [_told(one, pages, scan) for one in new[:TOLD]],
            },
            gone=removed,
        )
    return bool(new or gone)


def _replace_mentions(
    scan: Scan, seen: dict[int, list[Seen]], pages: dict[int, Page]
) -> tuple[list[Mention], list[Mention], bool, list[Mention]]:
    """Bring the listed mentions of a paper up to date; what is seen as before keeps its row.

    Returns the names that are new on a page and those that are no longer on one, each once a page; whether any row is
    another; and the rows taken away.
    """
    known = {_place(one): one for one in Mention.objects.filter(page__in=pages, kind=Mention.Kind.LISTED)}
    before = {_named(one): one for one in known.values()}
    names = names_of({one.key for found in seen.values() for one in found})
    now = {}
    for page_id, found in seen.items():
        for one in found:
            mention = mention_of(pages[page_id], one, names, scan.version)
            now[_place(mention)] = mention
    at = timezone.now()
    for mention in now.values():
        earlier = before.get(_named(mention))
        mention.seen_later_at = earlier.seen_later_at if earlier else at
    removed = [one for place, one in known.items() if place not in now]
    fresh = [one for place, one in now.items() if place not in known]
    Mention.objects.filter(pk__in=[one.pk for one in removed]).delete()
    Mention.objects.bulk_create(fresh, batch_size=500)
    after = {_named(one): one for one in now.values()}
    return (
        [one for name, one in after.items() if name not in before],
        [one for name, one in before.items() if name not in after],
        bool(fresh or removed),
        removed,
    )


def _place(one: Mention) -> tuple[int, int, int, str, str]:
    return one.page_id, one.start, one.end, one.subject_key, one.strength


def _named(one: Mention) -> tuple[int, str, str]:
    return one.page_id, one.subject_key, one.strength


def _looked_with(document: Document) -> dict[str, Any]:
    """What listed names were looked for with, as the audit trail keeps it."""
    return {
        "list": str(document.scanned_with or ""),
        "list_version": document.scanned_with_id,
        "names_up_to": document.scanned_names_up_to,
    }


def _told(one: Mention, pages: dict[int, Page], scan: Scan) -> dict[str, Any]:
    """A name on a page as the audit trail keeps it."""
    return {
        "page": pages[one.page_id].number,
        "name": one.subject,
        "written": one.text,
        "strength": one.strength,
        "listed_since": scan.listed_since(one.subject_key),
    }


def _say_that_facts_changed(cases: list[Case]) -> None:
    """A listed name in its papers is a fact nobody weighed: what was recommended on the case is to be returned, and a
    decision says that facts changed since."""
    for case in cases:
        if case.stage in {Case.Stage.AWAITING_APPROVAL, Case.Stage.CLOSED}:
            case.facts_changed_at = timezone.now()
            case.save(update_fields=["facts_changed_at"])
