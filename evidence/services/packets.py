"""A packet of a case: its papers as CBP asks for them, in one PDF whose index opens at the right pages, and as a ZIP.

Made by a worker, exhibit by exhibit. Everything that opens a file of strangers runs in the limited child process.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import Job, User
from entities.sandbox import Unreadable, run_reader
from entities.services import jobs
from evidence.domain.packet import PacketExhibit, Section, in_order, index_of, numbered
from evidence.models import Document, Exhibit, Packet
from evidence.packet_contents import Gathered, front_of, gather
from evidence.services.packet_parts import LIMITS, Part, part_of, typeset
from screening.domain.letters.portal import file_name
from screening.models import Case

log = logging.getLogger(__name__)

BINDING = "evidence.readers.packet_binding"
BIND_LIMITS = replace(
    LIMITS, cpu_seconds=600, wall_seconds=1200.0, written_bytes=4 * LIMITS.written_bytes, open_files=4096
)
ROUNDS = 6  # until the made pages say their own number of pages
Progress = Callable[[int, int, str], None]
FRONT = {
    "contents": "Table of contents",
    "chain": "Supply chain",
    "grid": "Proof grid",
    "translations": "Index of translations",
}


def ask_for_packet(case: Case, *, actor: User) -> Job:
    """Have a packet made of what this person may give away; asked twice while it waits, it is made once."""
    if not Exhibit.objects.visible_to(actor).filter(case=case).exists():
        raise Refused(
            "no_papers", "No paper is in this case yet. Send papers first; then a packet can be made of them."
        )
    key = f"case-{case.pk}-{'office' if actor.is_officer else 'importer'}"
    payload = {"case": case.pk, "actor": actor.pk, "for_office": actor.is_officer}
    job = jobs.enqueue("packet", payload, dedupe_key=key, organization=None if actor.is_officer else case.importer)
    return job or Job.objects.get(kind="packet", dedupe_key=key, state=Job.State.QUEUED)


def latest_job(case: Case, user: User) -> Job | None:
    """The last packet this person's side asked for: waiting, being made, done or failed."""
    return Job.objects.filter(kind="packet", payload__case=case.pk, payload__for_office=user.is_officer).last()


def packet_job(job: Job) -> None:
    """Make the packet a job names, and keep it."""
    case = Case.objects.select_related("importer").get(pk=job.payload["case"])
    actor = User.objects.get(pk=job.payload["actor"])

    def progress(done: int, total: int, note: str) -> None:
        jobs.report_progress(job, done, total, note)
        jobs.give_way(job)

    with tempfile.TemporaryDirectory() as folder:
        try:
            made = make_packet(case, Path(folder), user=actor, progress=progress)
        except Unreadable as fault:
            log.warning("packet of case %s failed: %s", case.pk, fault)
            if job.attempts >= jobs.MAX_ATTEMPTS:
                raise Refused("packet_failed", "The packet could not be put together. Ask for it again.") from fault
            raise
        stored = {}
        try:
            for form, path in ((Packet.Form.PDF, made.pdf), (Packet.Form.ZIP, made.archive)):
                with path.open("rb") as file:
                    stored[form] = default_storage.save(f"packets/{uuid4().hex}.{form}", File(file))
            _record(case, made, stored, actor=actor)
        except BaseException:
            for name in stored.values():
                default_storage.delete(name)
            raise


@dataclass(frozen=True, slots=True)
class Made:
    """A packet as it was made, before it is kept."""

    pdf: Path
    archive: Path
    pages: int
    exhibits: tuple[PacketExhibit, ...]
    sections: tuple[Section, ...]
    documents: tuple[int, ...]
    notes: tuple[str, ...]


def make_packet(case: Case, folder: Path, *, user: User, progress: Progress = lambda *said: None) -> Made:
    """Put a packet together in a folder, of what this person may give away."""
    at = timezone.now()
    found = gather(case, user)
    title = f"Papers of case {case.number}"
    total = len(found.exhibits) + 2
    parts: dict[int, Part] = {}
    originals: dict[int, Path] = {}
    for done, exhibit in enumerate(found.exhibits):
        progress(done, total, f"exhibit {exhibit.number}")
        originals[exhibit.number] = _local(exhibit.document, folder / f"exhibit{exhibit.number}")
        parts[exhibit.number] = part_of(exhibit.document, originals[exhibit.number], f"Exhibit {exhibit.number}", at)
    exhibits = in_order(
        [_laid(one, parts[one.number], found) for one in found.exhibits], [key for key, _ in found.steps]
    )
    notes = [note for one in exhibits for note in parts[one.number].notes]
    progress(total - 2, total, "table of contents")
    front, exhibits, sections = _front(found, exhibits, folder / "front.pdf", title, notes, at)
    progress(total - 1, total, "binding")
    order = {
        "title": title,
        "parts": [{"file": str(folder / "front.pdf"), "pages": front["pages"], "is_made": True, "stamp": ""}]
        + [
            {
                "file": str(parts[one.number].file),
                "pages": one.pages,
                "is_made": False,
                "stamp": f"Exhibit {one.number} - page {{page}} of {{pages}}",
            }
            for one in exhibits
        ],
        "outline": _outline(front, exhibits, sections),
    }
    (folder / "order.json").write_text(json.dumps(order))
    pdf = folder / "packet.pdf"
    bound = run_reader(BINDING, folder / "order.json", options={"output": str(pdf)}, limits=BIND_LIMITS)
    archive = folder / "packet.zip"
    _zip(found.exhibits, originals, sections, archive, at)
    documents = tuple(one.document_id for one in found.exhibits)
    return Made(pdf, archive, bound["pages"], tuple(exhibits), tuple(sections), documents, (*found.notes, *notes))


def _local(document: Document, path: Path) -> Path:
    """The original as a file beside us, from wherever it is kept."""
    with document.file.open("rb") as file, path.open("wb") as out:
        for piece in file.chunks():
            out.write(piece)
    return path


def _laid(exhibit: Exhibit, part: Part, found: Gathered) -> PacketExhibit:
    papers = tuple(found.papers.get(exhibit.document_id, ()))
    return PacketExhibit(exhibit.number, exhibit.document.file_name, part.pages, papers, part.begins)


def _front(
    found: Gathered, exhibits: list[PacketExhibit], output: Path, title: str, notes: Sequence[str], at: datetime
) -> tuple[dict[str, Any], list[PacketExhibit], list[Section]]:
    """The made pages. They name pages behind them, so they are set until their own number of pages is right."""
    pages = 1
    for _ in range(ROUNDS):
        exhibits = numbered(exhibits, pages + 1)
        sections = index_of(exhibits, found.steps)
        made = typeset("front.typ", front_of(found, exhibits, sections, title, notes), output, at)
        if made["pages"] == pages:
            return made, exhibits, sections
        pages = made["pages"]
    raise RuntimeError("the made pages of a packet do not settle")


def _outline(
    front: dict[str, Any], exhibits: Sequence[PacketExhibit], sections: Sequence[Section]
) -> list[dict[str, Any]]:
    """The bookmarks: the made pages, each step with its papers, then every exhibit by its number."""
    made = [{"title": "Executive summary", "page": 1}]
    made += [{"title": FRONT[one["key"]], "page": one["page"]} for one in front["where"]]
    steps = [
        {
            "title": section.label,
            "page": section.lines[0].first,
            "children": [
                {"title": f"{line.title} (exhibit {line.exhibit})", "page": line.first} for line in section.lines
            ],
        }
        for section in sections
        if section.lines
    ]
    listed = [
        {"title": f"Exhibit {one.number}: {one.file_name}", "page": one.start}
        for one in sorted(exhibits, key=lambda one: one.number)
    ]
    everything = [{"title": "Exhibits", "page": listed[0]["page"], "children": listed}] if listed else []
    return made + steps + everything


def _zip(
    exhibits: Sequence[Exhibit], originals: dict[int, Path], sections: Sequence[Section], path: Path, at: datetime
) -> None:
    """The originals as they came, each under a name that the portal takes, and a list of them."""
    steps: dict[int, list[str]] = {}
    for section in sections:
        for line in section.lines:
            steps.setdefault(line.exhibit, []).append(f"{section.label}: {line.title}")
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["exhibit", "file", "name_as_sent", "sha256", "papers"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in exhibits:
            name = file_name(one.document.file_name, one.number).proposed
            archive.write(originals[one.number], name)
            papers = "; ".join(dict.fromkeys(steps.get(one.number, [])))
            writer.writerow([one.number, name, _plain(one.document.file_name), one.document.sha256, _plain(papers)])
        info = zipfile.ZipInfo("DocumentIndex.csv", timezone.localtime(at).timetuple()[:6])
        archive.writestr(info, "\ufeff" + table.getvalue())


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


@transaction.atomic
def _record(case: Case, made: Made, stored: dict[Packet.Form, str], *, actor: User) -> list[Packet]:
    """Put a packet on record under the next number of its case."""
    Case.objects.select_for_update().get(pk=case.pk)
    number = (Packet.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0) + 1
    rows = []
    for form, path in ((Packet.Form.PDF, made.pdf), (Packet.Form.ZIP, made.archive)):
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        rows.append(
            Packet.objects.create(
                case=case,
                number=number,
                form=form,
                is_for_office=actor.is_officer,
                file=stored[form],
                size=path.stat().st_size,
                sha256=sha256,
                page_count=made.pages if form == Packet.Form.PDF else 0,
                documents=list(made.documents),
                notes=list(made.notes),
                made_by=actor,
            )
        )
    audit.record(
        Action.PACKET_MADE,
        actor=actor,
        target=rows[0],
        case=case,
        organization_id=case.importer_id,
        rows=rows,
        after={"number": number, "pages": made.pages, **{row.form: row.sha256 for row in rows}},
    )
    return rows
