"""Papers come in: measured, kept unchanged under a neutral name, joined to a case, put in line to be read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.file_names import shown_name
from entities.domain.roles import Act
from entities.models import Organization, User
from entities.services import jobs
from evidence.domain.media import HEAD_BYTES, MAX_FILE_BYTES, MIB, MediaType, recognise
from evidence.models import Citation, Document, Exhibit, SupplierDelivery
from evidence.services.asking import ask_for_check
from evidence.services.versions import name_replaced
from screening.models import Case, TaskItem
from screening.services.cases import lock
from screening.services.requests import note_answered, still_open


@dataclass(frozen=True, slots=True)
class _Measured:
    """A file as it came: how long, its SHA-256, and the bytes that tell its kind."""

    size: int
    sha256: str
    head: bytes


def receive_upload(
    file: File[bytes],
    *,
    organization: Organization,
    actor: User,
    case: Case | None = None,
    task_item: TaskItem | None = None,
    delivery: SupplierDelivery | None = None,
    on_workers: bool = False,
    came_in: Document | None = None,
    replaces: Document | None = None,
) -> Document:
    """Take a paper of an importer and, where a case is named, make it an exhibit, as the answer to an item asked for.

    The same content of the same organisation is the document already there: nothing is stored twice, and its
    ``uploaded_at`` tells that it was received before. ``delivery`` is that of a supplier, where the file came by its
    link; the actor is then who asked it. ``came_in`` is the mail or archive it was taken out of, ``replaces`` the
    file sent before that it is sent in place of. What can be told at once to be no document is kept, so that it is on
    record, and said to be unreadable; everything else is put in line to be read.

    Raises ``Refused`` where the actor does not act for the importer, the case is decided or another's, or the file is
    larger than what is taken.
    """
    if came_in is None:
        _check_sender(actor, organization, case, task_item)
    measured = _measure(file)
    name = shown_name(file.name or "")
    stored = "" if _known(organization, measured) else _store(file)
    try:
        document = _record(
            stored,
            name,
            measured,
            organization=organization,
            actor=actor,
            case=case,
            task_item=task_item,
            delivery=delivery,
            on_workers=on_workers,
            came_in=came_in,
            replaces=replaces,
        )
    except BaseException:
        _discard(stored)
        raise
    if document.file.name != stored:  # the same file came twice at the same moment
        _discard(stored)
    return document


@transaction.atomic
def read_again(document: Document, *, actor: User) -> Document:
    """Have a paper read once more, for example after a fault. Pages that a reviewer cites stay as they were cited."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if not (actor.is_officer and actor.has_perm(Act.UPLOAD_DOCUMENT)):
        raise Refused("not_the_office", "Ask the office to have this paper read again.")
    if document.is_being_read and document.job is not None and document.job.is_open:
        raise Refused("waiting_to_be_read", "This paper is waiting to be read already.")
    if Citation.objects.filter(exhibit__document=document).exists():
        raise Refused("pages_cited", "A reviewer cites pages of this paper, so they stay as they were read.")
    document.state = Document.State.QUEUED
    _put_in_line(document)
    return document


@transaction.atomic
def record_download(document: Document, *, actor: User) -> None:
    """Who took out the original is on record."""
    exhibit = document.exhibits.select_related("case").first()
    audit.record(
        Action.DOCUMENT_DOWNLOADED,
        actor=actor,
        target=document,
        case=exhibit.case if exhibit else None,
        organization_id=document.organization_id,
        after={"sha256": document.sha256},
    )


def bytes_kept(organization: Organization) -> int:
    """How much an organisation has sent, in bytes."""
    return Document.objects.filter(organization=organization).aggregate(all=Sum("size"))["all"] or 0


def require_room(organization: Organization, size: int) -> None:
    """An organisation may keep so much, and no more (setting EVIDENCE_QUOTA_GIB)."""
    quota = settings.EVIDENCE_QUOTA_GIB * 1024 * MIB
    if bytes_kept(organization) + size > quota:
        raise Refused(
            "quota",
            f"{organization} has sent {settings.EVIDENCE_QUOTA_GIB} GB of papers, which is all that is kept for one "
            "importer. Ask the office for more room, or send smaller scans (200 dpi, black and white).",
        )


def _access(delivery: SupplierDelivery | None, *, on_workers: bool) -> str:
    if on_workers or (delivery is not None and delivery.on_workers):
        return Document.Access.WORKERS
    return Document.Access.OFFICE if delivery is not None and delivery.is_withheld else Document.Access.CASE


def _check_sender(actor: User, organization: Organization, case: Case | None, task_item: TaskItem | None) -> None:
    if not actor.has_perm(Act.UPLOAD_DOCUMENT):
        raise Refused("may_not_upload", "Your role does not send papers.")
    if organization.kind != Organization.Kind.IMPORTER:
        raise Refused("not_an_importer", "Papers belong to an importer: choose for which one you send them.")
    if not actor.organizations().filter(pk=organization.pk).exists():
        raise Refused(
            "not_authorised", f"You do not act for {organization}: its power of attorney for you is not in force."
        )
    if case is not None and case.importer_id != organization.pk:
        raise Refused("other_importer", f"Case {case.number} is another importer's.")
    if task_item is not None and (case is None or task_item.task.case_id != case.pk):
        raise Refused("other_case", "What this paper answers was asked in another case.")


def _measure(file: File[bytes]) -> _Measured:
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in file.chunks():
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise Refused(
                "too_large",
                f"The file is larger than {MAX_FILE_BYTES // MIB} MB. "
                "Split it into several files, or scan at 200 to 300 dpi in black and white.",
            )
        digest.update(chunk)
        if len(head) < HEAD_BYTES:
            head = (head + chunk)[:HEAD_BYTES]
    return _Measured(size, digest.hexdigest(), head)


def _known(organization: Organization, measured: _Measured) -> Document | None:
    return Document.objects.filter(organization=organization, sha256=measured.sha256).first()


def _store(file: File[bytes]) -> str:
    """Keep the bytes as they came. The name on the disk says nothing: neither who sent it nor what it is."""
    return default_storage.save(f"documents/{timezone.localdate():%Y/%m}/{uuid4().hex}", file)


def _discard(stored: str) -> None:
    if stored:
        default_storage.delete(stored)


@transaction.atomic
def _record(
    stored: str,
    name: str,
    measured: _Measured,
    *,
    organization: Organization,
    actor: User,
    case: Case | None,
    task_item: TaskItem | None,
    delivery: SupplierDelivery | None,
    on_workers: bool,
    came_in: Document | None = None,
    replaces: Document | None = None,
) -> Document:
    if case is not None:
        case = lock(case)
        _check_open(case, task_item)
    Organization.objects.select_for_update().get(pk=organization.pk)  # one after another: the same file comes once
    document = _known(organization, measured)
    is_new = document is None
    if document is None:
        kind = recognise(measured.head, measured.size, name)
        require_room(organization, measured.size)
        document = Document(
            organization=organization,
            file=stored,
            file_name=name,
            size=measured.size,
            sha256=measured.sha256,
            uploaded_by=actor,
            delivery=delivery,
            access=_access(delivery, on_workers=on_workers),
            came_in=came_in,
        )
        if isinstance(kind, MediaType):
            document.media_type = kind.mime
        else:
            document.state = Document.State.REFUSED
            document.problem_code, document.problem, document.remedy = kind.code, kind.message, kind.remedy
        document.save(force_insert=True)
        if document.state == Document.State.QUEUED:
            _put_in_line(document)
    exhibit = _join(document, case, task_item, actor) if case is not None else None
    if exhibit is not None and task_item is not None:
        note_answered(task_item)
    if is_new or exhibit is not None:
        audit.record(
            Action.DOCUMENT_UPLOADED,
            actor=None if delivery or came_in else actor,
            target=document,
            case=case,
            organization_id=organization.pk,
            after={
                "file_name": name,
                "sha256": document.sha256,
                "size": document.size,
                "state": document.state,
                "exhibit": exhibit.number if exhibit else None,
                "task_item": task_item.pk if task_item else None,
                "access": document.access,
                "delivery": delivery.number if delivery else None,
                "came_in": came_in.pk if came_in else None,
                "known_since": None if is_new else document.uploaded_at.isoformat(),
            },
            rows=[one for one in (exhibit, task_item) if one is not None],
        )
    if replaces is not None:
        name_replaced(document, replaces, actor=actor, delivery=delivery)
    return document


def _check_open(case: Case, task_item: TaskItem | None) -> None:
    if case.stage == Case.Stage.CLOSED:
        raise Refused(
            "case_closed",
            f"Case {case.number} is decided, so nothing is added to it. "
            "Ask the office to take it up again if you have new papers.",
        )
    if task_item is not None:
        still_open(task_item)


def _join(document: Document, case: Case, task_item: TaskItem | None, actor: User) -> Exhibit | None:
    """The document's place in the case, under the next number; None where it has been there and nothing changes."""
    known = case.exhibits.filter(document=document).first()
    if known is not None:
        if task_item is None or known.task_item_id is not None:
            return None
        known.task_item = task_item
        known.save(update_fields=["task_item"])
        return known
    last = case.exhibits.aggregate(last=Max("number"))["last"] or 0
    exhibit = Exhibit.objects.create(
        case=case, document=document, number=last + 1, task_item=task_item, added_by=actor
    )
    if document.state != Document.State.QUEUED:
        ask_for_check([case.pk])  # read before, for another case
    if case.stage == Case.Stage.AWAITING_APPROVAL:
        # Nobody approves on a record that has grown since it was weighed: the approver must return it.
        case.facts_changed_at = timezone.now()
        case.save(update_fields=["facts_changed_at"])
    return exhibit


def _put_in_line(document: Document) -> None:
    document.job = jobs.enqueue(
        "read",
        {"document": document.pk},
        dedupe_key=f"document-{document.pk}",
        organization=document.organization,
    )
    document.save(update_fields=["job", "state"])
