"""An import from the first byte to the last row: by a worker, by a command, or taken up again after a fault."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Change, Job, User
from entities.services import jobs
from screening.models import ImportBatch
from screening.services import events
from screening.services.intake.mapping import needs_a_person, propose
from screening.services.intake.receiving import put_in_line
from screening.services.intake.sheets import BatchSheet, opened
from screening.services.intake.storing import finish, store_units
from screening.services.intake.units import units
from screening.services.runs import CHUNK, screen_shipments
from screening.services.shipments import ask_for_screening

State = ImportBatch.State
# What is being done, how many rows of it, of how many.
Progress = Callable[[str, int, int], None]


def run_import(job: Job) -> None:
    """Work off a job that names a batch: read it, settle its columns, store its rows; from wherever it stands.

    A file that cannot be read ends the import with the reason. After any other fault it is taken up where it stood.
    """
    batch = ImportBatch.objects.filter(pk=job.payload["batch"]).first()
    if batch is None or batch.state not in {State.READING, State.IMPORTING}:
        return

    def progress(doing: str, done: int, total: int) -> None:
        jobs.report_progress(job, done, total, doing)
        if doing == STORING:
            jobs.give_way(job)

    _take_further(batch, progress, confirm=job.payload.get("confirm", False))


UNDERSTANDING, STORING = "Understanding rows", "Storing rows"


def import_now(batch: ImportBatch, progress: Progress) -> ImportBatch:
    """Read and store a batch here and now, its columns as they are remembered or proposed."""
    _take_further(batch, progress, confirm=None)
    return ImportBatch.objects.get(pk=batch.pk)


def _take_further(batch: ImportBatch, progress: Progress, *, confirm: bool | None) -> None:
    """``confirm``: whether a person is to confirm the columns; None, nobody is there to ask."""
    try:
        progress("Reading the file", 0, 0)
        with opened(batch) as sheets:
            if batch.state == State.READING and not _settle_columns(batch, sheets, confirm):
                return
            _store(batch, sheets, progress)
    except Refused as refused:
        if refused.code == "taken_over":
            return
        end_import(batch, refused.message)
        raise


@transaction.atomic
def end_import(batch: ImportBatch, error: str) -> None:
    """End an import that cannot be read, with the reason."""
    unfinished = ImportBatch.objects.filter(pk=batch.pk).exclude(state=State.DONE)
    if unfinished.update(state=State.FAILED, error=error, finished_at=timezone.now()):
        events.import_finished(ImportBatch.objects.get(pk=batch.pk))


def _settle_columns(batch: ImportBatch, sheets: list[BatchSheet], confirm: bool | None) -> bool:
    """Propose the columns. Says whether the rows can be stored by them, or a person is to look first."""
    mapping = propose(batch, sheets)
    waits = confirm is not None and needs_a_person(mapping, confirm=confirm)
    batch.mapping = mapping
    batch.layout = sheets[0].table.signature
    batch.state = State.MAPPING if waits else State.IMPORTING
    batch.rows_read = sum(sheet.row_count for sheet in sheets)
    batch.save(update_fields=["mapping", "layout", "state", "rows_read"])
    return not waits


def _store(batch: ImportBatch, sheets: list[BatchSheet], progress: Progress) -> None:
    total = sum(sheet.row_count for sheet in sheets)
    made = units(batch, sheets, lambda done: progress(UNDERSTANDING, done, total))
    store_units(batch, made, lambda done: progress(STORING, done, total))
    finish(batch, rows_read=total)


@transaction.atomic
def resume_import(batch: ImportBatch, *, actor: User) -> ImportBatch:
    """Put an import that a fault has stopped in line again. What is stored stays; it goes on behind it."""
    if not actor.has_perm(Act.IMPORT_SHIPMENTS):
        raise Refused("may_not_import", "Your role does not import files.")
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if not batch.has_stopped:
        raise Refused("not_stopped", "This import has not stopped.")
    put_in_line(batch)
    return batch


@transaction.atomic
def ask_to_screen(batch: ImportBatch, *, actor: User) -> int:
    """Have the shipments of an import that were stored only screened as soon as a worker is free. Returns how many.

    Raises ``Refused`` where none of them waits for it.
    """
    if not actor.has_perm(Act.IMPORT_SHIPMENTS):
        raise Refused("may_not_import", "Your role does not import files.")
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.is_at_work:
        raise Refused("nothing_to_screen", "The shipments of this import are still being stored.")
    shipments = list(batch.left_unscreened().order_by("pk").only("pk"))
    if not shipments:
        raise Refused("nothing_to_screen", "Every shipment of this import is screened, or will be anyway.")
    ask_for_screening(shipments)
    audit.record(
        Action.BATCH_SCREENING_ASKED,
        actor=actor,
        target=batch,
        organization_id=batch.organization_id,
        after={"shipments": len(shipments)},
    )
    return len(shipments)


def screen_batch(batch: ImportBatch, progress: Progress) -> None:
    """Screen the shipments of a batch here and now, instead of leaving them to a worker."""
    ids = list(batch.shipments.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        _screen(ids[start : start + CHUNK], f"import of {batch.file_name}")
        progress("Screening shipments", min(start + CHUNK, len(ids)), len(ids))


@transaction.atomic
def _screen(ids: list[int], trigger: str) -> None:
    """The changes by which a worker would learn of these shipments are taken up with their screening."""
    waiting = Change.objects.filter(kind=Change.Kind.SHIPMENT, key__in=[str(pk) for pk in ids], consumed_at=None)
    taken_up = list(waiting.values_list("pk", flat=True))
    screen_shipments(ids, trigger=trigger)
    Change.objects.filter(pk__in=taken_up).update(consumed_at=timezone.now())
