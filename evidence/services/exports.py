"""A case as a ZIP that proves itself on any machine: rows, papers, events, the chain to its head, and a verifier."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from entities import audit, history, proof
from entities.digests import digest_of
from entities.domain import chain
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.file_names import shown_name
from entities.models import AuditEvent, AuditHead, Job, RowDigest, User
from entities.parts import parts_of
from entities.services import jobs
from evidence.models import CaseExport
from screening.models import Case, Message
from screening.services import second_looks

VERIFIER = Path(__file__).resolve().parent.parent / "verifier"
WITH_NOTES = "It holds the notes that the office wrote to itself."
WITHOUT_NOTES = "The notes that the office wrote to itself are left out: their digests stand in the events."
_MESSAGE = "screening.message"
_PACKED = {".zip", ".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx", ".gz", ".7z", ".webp"}  # packed already


@dataclass(frozen=True, slots=True)
class Written:
    """An export as it was written: where the history stood, the ZIP's size and SHA-256, and whether it holds notes."""

    head_sequence: int
    head_hash: str
    size: int
    sha256: str
    with_notes: bool = False


def ask_for_export(case: Case, *, actor: User, with_notes: bool = False) -> Job:
    """Have an export of the case made; asked twice while it waits, it is made once.

    The notes the office wrote to itself stay out unless they are asked for.
    """
    if not actor.is_officer:
        raise Refused("not_the_office", "Only the office exports a case: the file holds the office's own record.")
    second_looks.look_first(case, actor)
    key = f"case-{case.pk}" + ("-with-notes" if with_notes else "")
    job = jobs.enqueue("export", {"case": case.pk, "actor": actor.pk, "with_notes": with_notes}, dedupe_key=key)
    return job or Job.objects.get(kind="export", dedupe_key=key, state=Job.State.QUEUED)


def latest_job(case: Case) -> Job | None:
    """The last export asked for: waiting, being made, done or failed."""
    return Job.objects.filter(kind="export", payload__case=case.pk).order_by("-pk").first()


def export_job(job: Job) -> None:
    """Make the export a job names, and keep it for the office to fetch."""
    case = Case.objects.get(pk=job.payload["case"])
    with tempfile.TemporaryFile() as file:
        written = write_export(case, file, with_notes=job.payload.get("with_notes", False))
        file.seek(0)
        stored = default_storage.save(f"exports/{uuid4().hex}.zip", File(file))
    try:
        record_export(case, written, actor=User.objects.get(pk=job.payload["actor"]), file=stored)
    except BaseException:
        default_storage.delete(stored)
        raise


@transaction.atomic
def record_export(case: Case, written: Written, *, actor: User | None, file: str = "") -> CaseExport:
    """Put an export on record, with its hash and the head it bears."""
    export = CaseExport.objects.create(
        case=case,
        file=file,
        size=written.size,
        sha256=written.sha256,
        notes_left_out=not written.with_notes,
        head_sequence=written.head_sequence,
        head_hash=written.head_hash,
        made_by=actor,
    )
    audit.record(
        Action.CASE_EXPORTED,
        actor=actor,
        target=export,
        case=case,
        organization_id=case.importer_id,
        after={
            "sha256": written.sha256,
            "size": written.size,
            "head": f"{written.head_sequence}:{written.head_hash}",
            "with_notes": written.with_notes,
        },
    )
    return export


def write_export(case: Case, file: IO[bytes], *, with_notes: bool = False) -> Written:
    """Write the ZIP, a piece at a time, from one state of the database."""
    with history.as_of_now():
        case = Case.objects.select_related("importer").get(pk=case.pk)
        head = audit.head()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _Writing(case, head, archive, timezone.now(), with_notes).write()
    return Written(head.sequence, head.hash, file.tell(), digest_of(file), with_notes)


@dataclass(slots=True)
class _Writing:
    """An export being written. Keys of rows are held in memory, rows and papers pass through."""

    case: Case
    head: AuditHead
    archive: zipfile.ZipFile
    at: datetime
    with_notes: bool
    files: dict[str, str] = field(default_factory=dict)
    papers: list[dict[str, Any]] = field(default_factory=list)

    def write(self) -> None:
        keys = proof.of_case(self.case.pk)
        for kind, further in _not_as_recorded(self._related(keys), keys).items():
            keys[kind] = keys.get(kind, set()) | further
        notes = set() if self.with_notes else self._notes()
        keys[_MESSAGE] = keys.get(_MESSAGE, set()) - notes
        self._text("README.txt", [(VERIFIER / "README.txt").read_text().format(**self._words())])
        self._text("verify.py", [(VERIFIER / "verify.py").read_text()])
        self._text("case.json", self._case(keys))
        self._text("events.jsonl", self._events(keys))
        self._text("chain.txt", _chain())
        for kind, one in proof.PROVED.items():
            if one.file and one.file[2]:
                self._originals(one, sorted(keys.get(kind, ())))
        manifest: dict[str, Any] = {
            "format": 1,
            "case": self.case.number,
            "exported_at": self.at.astimezone(UTC).isoformat(),
            "head": {"sequence": self.head.sequence, "hash": self.head.hash, "at": self._head_at()},
            "notes_left_out": len(notes),
            "papers": self.papers,
            "kinds_with_papers": [kind for kind, one in proof.PROVED.items() if one.file and one.file[2]],
            "files": self.files,
        }
        manifest["sha256"] = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
        self.archive.writestr("manifest.json", json.dumps(manifest, indent=1))

    def _words(self) -> dict[str, str]:
        return {
            "number": self.case.number,
            "importer": str(self.case.importer),
            "at": f"{self.at.astimezone(UTC):%-d %B %Y, %H:%M} UTC",
            "head": f"{self.head.sequence}:{self.head.hash}",
            "notes": WITH_NOTES if self.with_notes else WITHOUT_NOTES,
        }

    def _notes(self) -> set[int]:
        """What the office wrote to itself in the case."""
        return set(Message.objects.filter(case=self.case, is_note=True).values_list("pk", flat=True))

    def _head_at(self) -> str:
        at = AuditEvent.objects.filter(sequence=self.head.sequence).values_list("at", flat=True).first()
        return at.astimezone(UTC).isoformat() if at else ""

    def _text(self, name: str, pieces: Iterable[str]) -> None:
        self._bytes(name, (piece.encode() for piece in pieces))

    def _bytes(self, name: str, pieces: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        info = zipfile.ZipInfo(name, self.at.astimezone(UTC).timetuple()[:6])
        is_packed = Path(name).suffix.lower() in _PACKED
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self.archive.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        self.files[name] = digest.hexdigest()

    def _case(self, keys: proof.Keys) -> Iterator[str]:
        """The rows, kind by kind, one a line, and the names of those the rows point to."""
        named: dict[type[models.Model], set[int]] = defaultdict(set)
        yield f'{{"case": {json.dumps(self.case.number)}, "rows": {{'
        for number, kind in enumerate(sorted(keys)):
            pointers = {
                one.name: one.related_model
                for one in proof.PROVED[kind].fields
                if isinstance(one.related_model, type) and one.related_model._meta.label_lower not in keys
            }
            yield f"{',' if number else ''}\n{json.dumps(kind)}: {{"
            for place, (key, fields) in enumerate(proof.read(kind, keys[kind])):
                for name, model in pointers.items():
                    if name in fields:
                        named[model].add(fields[name])
                yield f'{"," if place else ""}\n"{key}": {json.dumps(fields, ensure_ascii=False)}'
            yield "}"
        yield '\n},\n"names": '
        names = {
            model._meta.label_lower: {
                str(row.pk): str(row) for some in parts_of(found) for row in model._base_manager.filter(pk__in=some)
            }
            for model, found in sorted(named.items(), key=lambda item: item[0]._meta.label)
        }
        yield json.dumps(names, ensure_ascii=False, indent=1) + "}\n"

    def _related(self, keys: proof.Keys) -> set[int]:
        """The numbers of the events of the case, and of those that speak of one of its rows."""
        found = set(AuditEvent.objects.filter(case_number=self.case.number).values_list("sequence", flat=True))
        for kind, some in keys.items():
            for part in parts_of(some):
                rows = RowDigest.objects.filter(kind=kind, key__in=part)
                found.update(rows.values_list("sequence", flat=True).distinct())
        return found

    def _events(self, keys: proof.Keys) -> Iterator[str]:
        """Those events, one a line, each with the digests of its rows; the digest alone for rows of other cases."""
        for some in parts_of(self._related(keys)):
            digests: dict[int, list[Any]] = defaultdict(list)
            for row in RowDigest.objects.filter(sequence__in=some).order_by("sequence", "pk").iterator():
                is_ours = row.key in keys.get(row.kind, ())
                digests[row.sequence].append(_shown(row) if is_ours else row.digest)
            for event in AuditEvent.objects.filter(sequence__in=some).order_by("sequence"):
                said = audit.said(event)
                is_anothers = event.organization_id not in (None, self.case.importer_id)
                says = {"said_hash": chain.said_hash(said)} if is_anothers else {"said": said}
                line = {"sequence": event.sequence, **says, "rows": digests.pop(event.sequence, [])}
                yield json.dumps(line, ensure_ascii=False) + "\n"

    def _originals(self, one: proof.Proved, keys: list[int]) -> None:
        """The stored files of these rows, as they came."""
        assert one.file is not None
        column, hash_column, folder = one.file
        for part in parts_of(keys):
            for row in one.model._base_manager.filter(pk__in=part).order_by("pk"):
                stored: Any = getattr(row, column)
                path = f"{folder}/{row.pk:06d}-{shown_name(str(row)).replace(':', '_')}"
                paper = {"kind": one.kind, "key": row.pk, "path": path, "hash_in": hash_column}
                try:
                    with stored.open("rb") as file:
                        self._bytes(path, file.chunks())
                except OSError:
                    paper["path"] = ""
                self.papers.append(paper)


def _shown(row: RowDigest) -> dict[str, Any]:
    return {"kind": row.kind, "key": row.key, "salt": row.salt, "digest": row.digest, "gone": row.is_gone}


def _chain() -> Iterator[str]:
    """Every event of the history by the hash of its content alone."""
    rows = AuditEvent.objects.order_by("sequence").values_list("content_hash", "hash")
    for content, hash_ in rows.iterator(chunk_size=2000):
        yield f"content {content}\n" if content else f"before-digests {hash_}\n"


def _not_as_recorded(sequences: set[int], keys: proof.Keys) -> proof.Keys:
    """Rows these events speak of that were led away from the case: not among its rows now, and not as recorded.

    The rest of what the events speak of belongs to other cases and stays out.
    """
    beside: proof.Keys = defaultdict(set)
    for some in parts_of(sequences):
        rows = RowDigest.objects.filter(sequence__in=some).values_list("kind", "key")
        for kind, key in rows.iterator(chunk_size=2000):
            if kind in proof.PROVED and key not in keys.get(kind, ()):
                beside[kind].add(key)
    return {kind: found for kind, further in beside.items() if (found := history.changed(kind, further))}
