"""Take the files out of a mail or an archive: each becomes a document of its own, which says in what it came."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.db import transaction

from entities.domain.errors import Refused
from entities.models import Job
from entities.services import jobs
from entities.stored_files import on_disk
from evidence.domain.media import BY_CODE, MAX_DEPTH, MAX_FILE_BYTES, MIB, MediaType
from evidence.models import Document, Exhibit
from evidence.readers import part_of
from evidence.services.documents import receive_upload
from screening.models import Case, TaskItem

CONTAINERS = ("eml", "zip")


def ask_to_unpack(document: Document) -> None:
    """Have the files in a mail or an archive taken out, where there are any and it does not lie too deep itself."""
    if document.attachments and _container(document) is not None:
        jobs.enqueue(
            "unpack",
            {"document": document.pk},
            dedupe_key=f"document-{document.pk}",
            organization=document.organization,
            total=len(document.attachments),
        )


def unpack_job(job: Job) -> None:
    """Work off a job that names a mail or an archive. What was taken out before is known by its content."""
    document = Document.objects.filter(pk=job.payload["document"]).first()
    kind = _container(document) if document else None
    if document is None or kind is None:
        return
    if _depth(document) >= MAX_DEPTH:
        _note(document, ["Its files were not taken out: it lies too deep in other files. Send them by themselves."])
        return
    left = []
    for number, part in enumerate(document.attachments):
        if said := _take_out(document, kind, number, part):
            left.append(f"{part['name']} was not taken out: {said}")
        jobs.report_progress(job, number + 1)
        jobs.give_way(job)
    _note(document, left)


def _take_out(document: Document, kind: MediaType, number: int, part: dict[str, object]) -> str:
    """Why one file could not be taken; empty where it was."""
    if int(str(part["bytes"])) > MAX_FILE_BYTES:
        return f"it is larger than {MAX_FILE_BYTES // MIB} MB."
    with on_disk(document.file) as path:
        content = part_of(path, kind, number)
    if content is None:
        return "it is damaged. Send it by itself."
    name = str(part["name"]).replace("\\", "/").rpartition("/")[2]
    try:
        places: list[Exhibit | None] = [*_in_open_cases(document)]
        for exhibit in places or [None]:
            _receive(document, content, name, exhibit)
    except Refused as refused:
        return refused.message
    return ""


def _in_open_cases(document: Document) -> Iterator[Exhibit]:
    rows = document.exhibits.exclude(case__stage=Case.Stage.CLOSED)
    yield from rows.select_related("case", "task_item")


def _receive(document: Document, content: bytes, name: str, exhibit: Exhibit | None) -> None:
    """As the sender of the whole would have sent it: the same cases, opened by the same people."""

    def receive(item: TaskItem | None) -> None:
        receive_upload(
            ContentFile(content, name),
            organization=document.organization,
            actor=document.uploaded_by,
            case=exhibit.case if exhibit else None,
            task_item=item,
            delivery=document.delivery,
            on_workers=document.is_on_workers,
            came_in=document,
        )

    try:
        receive(exhibit.task_item if exhibit else None)
    except Refused:
        if exhibit is None or exhibit.task_item is None:
            raise
        receive(None)  # what it answered is closed by now


def _container(document: Document) -> MediaType | None:
    return next((BY_CODE[code] for code in CONTAINERS if BY_CODE[code].mime == document.media_type), None)


def _depth(document: Document) -> int:
    depth, whole = 0, document.came_in
    while whole is not None:
        depth, whole = depth + 1, whole.came_in
    return depth


@transaction.atomic
def _note(document: Document, said: list[str]) -> None:
    document = Document.objects.select_for_update().get(pk=document.pk)
    new = [one for one in said if one not in document.notes]
    if new:
        document.notes = [*document.notes, *new]
        document.save(update_fields=["notes"])
