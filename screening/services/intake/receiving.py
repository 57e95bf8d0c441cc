"""Files come in: measured, kept unchanged under a neutral name, put in line to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.file_names import shown_name
from entities.domain.roles import Act
from entities.models import Organization, Supplier, User
from entities.services import jobs
from screening.domain.intake.files import MAX_BODY_BYTES, MAX_FILE_BYTES, MAX_FILES, MIB, is_taken
from screening.domain.intake.kinds import KINDS, LINKS, SHIPMENTS, FileKind
from screening.models import ImportBatch, ImportFile


class SameFile(Refused):
    """This organisation sent the same file before; ``batch`` is what became of it then."""

    def __init__(self, batch: ImportBatch, name: str) -> None:
        self.batch = batch
        on = timezone.localtime(batch.created_at)
        what = "stores its shipments a second time" if batch.kind == "shipments" else "adds what was not stated before"
        super().__init__(
            "same_file",
            f"{name} was imported before, on {on:%-d %B %Y} at {on:%H:%M}, as import {batch.pk}. "
            f"Importing it again {what}.",
        )


@dataclass(frozen=True, slots=True)
class _Measured:
    file: File[bytes]
    name: str
    size: int
    sha256: str


def receive_files(
    files: Sequence[File[bytes]],
    *,
    organization: Organization,
    actor: User | None,
    confirm_mapping: bool,
    again: bool = False,
    in_line: bool = True,
    kind: FileKind = SHIPMENTS,
    is_public: bool = False,
    customer: Supplier | None = None,
    stores_only: bool = False,
) -> ImportBatch:
    """Take one or more files of an importer's shipments as one batch, and put it in line to be read.

    Of ``kind`` links, a file states who supplies or owns whom: for an importer, or for the office itself, which alone
    may say that what it sends is public. ``customer`` is who is supplied in every row that names nobody.

    With ``confirm_mapping`` a person confirms the columns before anything is stored; without, only where they are in
    doubt. With ``in_line`` false the caller reads the batch itself. Without an actor the system's operator acts. With
    ``stores_only`` the shipments are not screened.

    Raises ``Refused`` where the actor does not act for the importer or a file cannot be one of shipments, and
    ``SameFile`` where the same content came before, unless it is to be imported ``again``.
    """
    _check_sender(actor, organization, kind)
    if is_public and organization.kind != Organization.Kind.OFFICE:
        raise Refused("not_the_office", "Only the office sends public statements: choose the office, or unmark them.")
    measured = _measure_all(files, kind)
    batch = ImportBatch(
        organization=organization,
        uploaded_by=actor,
        kind=kind.code,
        is_public=is_public,
        customer=customer,
        stores_only=stores_only,
    )
    return _receive(measured, batch, again=again, confirm=confirm_mapping, in_line=in_line)


def receive_sent(
    body: File[bytes],
    form: ImportBatch.Form,
    *,
    organization: Organization,
    actor: User,
    again: bool = False,
    stores_only: bool = False,
) -> ImportBatch:
    """Take shipments a program sent as JSON in one body, and put them in line to be stored.

    For an importer; or for a broker or the office itself, where each shipment says whose it is.
    Raises ``Refused`` and ``SameFile`` as ``receive_files`` does.
    """
    _check_actor(actor, organization)
    measured = _measure(body, most=MAX_BODY_BYTES)
    batch = ImportBatch(
        organization=organization,
        uploaded_by=actor,
        form=form,
        stores_only=stores_only,
        state=ImportBatch.State.IMPORTING,
    )
    return _receive([measured], batch, again=again, confirm=False, in_line=True)


def _receive(
    measured: list[_Measured], batch: ImportBatch, *, again: bool, confirm: bool, in_line: bool
) -> ImportBatch:
    if not again and (earlier := _same_before(batch.organization, measured, KINDS[batch.kind])):
        raise SameFile(*earlier)
    stored = [(one, _store(one.file)) for one in measured]
    try:
        return _record(stored, batch, confirm=confirm, in_line=in_line)
    except BaseException:
        for _, path in stored:
            default_storage.delete(path)
        raise


def _check_sender(actor: User | None, organization: Organization, kind: FileKind) -> None:
    if kind is LINKS:
        if organization.kind == Organization.Kind.BROKER:
            raise Refused(
                "not_an_importer", f"{organization} is a broker: choose the importer whose suppliers these are."
            )
    elif organization.kind != Organization.Kind.IMPORTER:
        raise Refused("not_an_importer", f"{organization} is no importer: choose whose shipments these are.")
    if actor is not None:
        _check_actor(actor, organization)


def _check_actor(actor: User, organization: Organization) -> None:
    if not actor.has_perm(Act.IMPORT_SHIPMENTS):
        raise Refused("may_not_import", "Your role does not import files.")
    if not actor.organizations().filter(pk=organization.pk).exists():
        raise Refused("not_authorised", f"You do not act for {organization}.")


def _measure_all(files: Sequence[File[bytes]], kind: FileKind) -> list[_Measured]:
    if not files:
        raise Refused("no_file", "Choose a file.")
    if len(files) > MAX_FILES:
        raise Refused(
            "too_many_files", f"At most {MAX_FILES} files are taken at once. Send them as a ZIP, or in parts."
        )
    for file in files:
        if not is_taken(name := shown_name(file.name or ""), kind):
            raise Refused("not_taken", f"{name}: files of {kind.code} end in {', '.join(kind.endings)}.")
    measured = [_measure(file) for file in files]
    seen: dict[str, str] = {}
    for one in measured:
        if one.sha256 in seen:
            raise Refused("sent_twice", f"{one.name} and {seen[one.sha256]} are the same file. Send it once.")
        seen[one.sha256] = one.name
    return measured


def _measure(file: File[bytes], most: int = MAX_FILE_BYTES) -> _Measured:
    name = shown_name(file.name or "")
    digest, size = hashlib.sha256(), 0
    for chunk in file.chunks():
        size += len(chunk)
        if size > most:
            raise Refused(
                "too_large",
                f"{name} is larger than {most // MIB} MB. Send it as a ZIP, or split it into several files.",
            )
        digest.update(chunk)
    if not size:
        raise Refused("empty", f"{name} is empty. Send the file with its rows in it.")
    return _Measured(file, name, size, digest.hexdigest())


def _same_before(
    organization: Organization, measured: list[_Measured], kind: FileKind
) -> tuple[ImportBatch, str] | None:
    digests = [one.sha256 for one in measured]
    known = (
        ImportFile.objects.filter(batch__organization=organization, batch__kind=kind.code, sha256__in=digests)
        .exclude(batch__state=ImportBatch.State.FAILED, batch__rows_stored=0)
        .select_related("batch")
        .last()
    )
    if known is None:
        return None
    return known.batch, next(one.name for one in measured if one.sha256 == known.sha256)


def _store(file: File[bytes]) -> str:
    file.seek(0)
    return default_storage.save(f"imports/{timezone.localdate():%Y/%m}/{uuid4().hex}", file)


@transaction.atomic
def _record(stored: list[tuple[_Measured, str]], batch: ImportBatch, *, confirm: bool, in_line: bool) -> ImportBatch:
    first = stored[0][0]
    more = len(stored) - 1
    digests = "".join(sorted(one.sha256 for one, _ in stored))
    batch.file_name = first.name if not more else f"{first.name[:270]} and {more} more"
    batch.sha256 = first.sha256 if not more else hashlib.sha256(digests.encode()).hexdigest()
    batch.save(force_insert=True)
    ImportFile.objects.bulk_create(
        ImportFile(batch=batch, name=one.name, file=path, size=one.size, sha256=one.sha256) for one, path in stored
    )
    if in_line:
        put_in_line(batch, confirm=confirm)
    audit.record(
        Action.BATCH_RECEIVED,
        actor=batch.uploaded_by,
        target=batch,
        organization_id=batch.organization_id,
        after={"file": batch.file_name, "sha256": batch.sha256},
    )
    return batch


def put_in_line(batch: ImportBatch, *, confirm: bool = False) -> None:
    """Have a worker take the batch further from where it stands."""
    kind = "import_json" if batch.form else "import"
    batch.job = jobs.enqueue(kind, {"batch": batch.pk, "confirm": confirm}, organization=batch.organization)
    batch.save(update_fields=["job"])
