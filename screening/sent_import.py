"""The job that works off shipments sent as JSON: each is read as a request of its own would be, then stored."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, TypeVar

from django.db.models import QuerySet
from rest_framework import serializers

from config.api import field_errors
from config.quick_reading import MOST_REMEMBERED, Doubt, reader_of
from entities.domain.errors import Refused
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.domain.links import LinkFacts
from entities.models import Job, Organization
from entities.other_process import has_room, made_elsewhere
from entities.serializers.suppliers import DELIVERY
from entities.services import jobs
from entities.services.suppliers import fingerprint
from entities.stored_files import on_disk
from screening.domain.intake import json_rows
from screening.domain.intake.json_rows import JsonRow
from screening.models import ImportBatch
from screening.serializers.declarations import ShipmentInput, head_from, shipment_warnings
from screening.services import intake
from screening.services.intake.sent import Delivery, SentShipment, problem, store_sent
from screening.services.shipment_rows import LINE, Laid, Part, line_row

# Shipments are stored together until they have so many lines; of the text of one that is not, so much is kept.
LINES_AT_ONCE = 10_000
TEXT_KEPT = 20_000
LARGE = 1_000_000  # bytes: what is longer is read by a process of its own
SELDOM = 300_000  # objects more than before: then they are looked through for cycles
_of_line, _of_firm, _of_delivery = itemgetter(*LINE), itemgetter(*PARTY_FIELDS), itemgetter(*DELIVERY)
Made = TypeVar("Made")
READERS = {ImportBatch.Form.NDJSON: json_rows.lines, ImportBatch.Form.JSON: json_rows.elements}


def run_import(job: Job) -> None:
    """Work off a job that names a batch of JSON, from wherever it stands.

    A body that cannot be read ends the import with the reason. After any other fault it is taken up where it stood.
    """
    batch = ImportBatch.objects.select_related("organization", "uploaded_by").filter(pk=job.payload["batch"]).first()
    if batch is None or batch.state != ImportBatch.State.IMPORTING:
        return
    try:
        _store_all(batch, job)
    except Refused as refused:
        if refused.code == "taken_over":
            return
        intake.end_import(batch, refused.message)
        raise


def _store_all(batch: ImportBatch, job: Job) -> None:
    file, reading, done = batch.files.get(), Reading(batch), batch.done_so_far
    start, kilobytes = batch.mapping.get("done_to", 0), max(file.size // 1000, 1)
    with on_disk(file.file) as path, path.open("rb") as body, _seldom_collected():

        def read() -> Iterator[list[SentShipment]]:
            rows = READERS[ImportBatch.Form(batch.form)](body, start=start)
            return _together(reading.all(rows, done_before))

        done_before = done
        is_large = file.size - start > LARGE and has_room()
        for sent in made_elsewhere(read) if is_large else read():
            done = store_sent(batch, sent, expected=done)
            jobs.report_progress(
                job, sent[-1].end // 1000, kilobytes, f"Storing shipments, {done:,} done, kB of the file"
            )
            jobs.give_way(job)
    intake.finish(batch, rows_read=done)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Rows by the ten thousand go once nobody names them; to look through them for cycles again and again takes an
    eighth of the time."""
    before, *others = gc.get_threshold()
    gc.set_threshold(SELDOM, *others)
    try:
        yield
    finally:
        gc.set_threshold(before, *others)


def _together(rows: Iterator[SentShipment]) -> Iterator[list[SentShipment]]:
    """Rows that are stored in one transaction."""
    some: list[SentShipment] = []
    size = 0
    for row in rows:
        some.append(row)
        size += 1 + (len(row.laid.lines) if row.laid else 0)
        if size >= LINES_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


class ImportedShipmentInput(ShipmentInput):
    """A shipment among many. For whom it is declared is asked once for all that name the same importer."""

    def owners(self) -> QuerySet[Organization]:
        """Where the import is an importer's, that one alone."""
        batch: ImportBatch = self.context["batch"]
        is_importers = batch.organization.kind == Organization.Kind.IMPORTER
        return super().owners().filter(pk=batch.organization_id) if is_importers else super().owners()

    def _owner(self, key: int | None, importer_number: str) -> Organization:
        known: dict[Any, Organization] = self.context["owners"]
        if (key, importer_number) not in known:
            known[key, importer_number] = super()._owner(key, importer_number)
        return known[key, importer_number]


class Remembered(dict[Any, Made]):
    """What was made of words that come again and again; of the last that were new."""

    def of(self, words: Any, make: Callable[[Any], Made]) -> Made:
        if words not in self:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[words] = make(words)
        return self[words]


class Reading:
    """Reads the shipments of a batch."""

    def __init__(self, batch: ImportBatch) -> None:
        self._firms: Remembered[tuple[str, PartyFacts]] = Remembered()
        self._said_before: Remembered[LinkFacts] = Remembered()
        self.context = {"request": SimpleNamespace(user=batch.uploaded_by), "batch": batch, "owners": {}}
        self._read = reader_of(ImportedShipmentInput(context=self.context))

    def all(self, rows: Iterator[JsonRow], done: int) -> Iterator[SentShipment]:
        for number, row in enumerate(rows, done + 1):
            yield self.one(number, row)

    def one(self, number: int, row: JsonRow) -> SentShipment:
        """What is declared by a row, with its warnings; or what is wrong with it, as a request of its own is told."""
        sent = SentShipment(number, row.text[:TEXT_KEPT], row.end, [])
        if row.fault:
            sent.problems = [problem("", "malformed", row.fault)]
            return sent
        try:
            data = self._validated(row.value)
        except serializers.ValidationError as fault:
            sent.problems = [
                problem(one["pointer"], one["code"], one["detail"], one["remedy"]) for one in field_errors(fault)
            ]
            return sent
        sent.owner, sent.laid = data["owner"].pk, self._laid(data)
        sent.chain = self._deliveries(data, sent.laid)
        sent.problems = [
            problem(one["pointer"], one["code"], one["detail"], one["remedy"], one["severity"])
            for one in shipment_warnings(data)
        ]
        return sent

    def _laid(self, data: dict[str, Any]) -> Laid:
        """The shipment of a validated request as rows."""
        firms = [self._firm(one) for one in data["parties"]]
        return Laid(
            head=head_from(data),
            lines=[line_row(line["hts_codes"], _of_line(line)) for line in data["lines"]],
            parts=[
                Part(one["role"], mark, one["line"]) for one, (mark, _) in zip(data["parties"], firms, strict=True)
            ],
            firms={mark: (facts, "") for mark, facts in firms},
        )

    def _deliveries(self, data: dict[str, Any], laid: Laid) -> list[Delivery]:
        """The links of a chain. Its firms are added to those that the shipment names."""
        if not (chain := data["suppliers"]):
            return []
        marks = {one["ref"]: part.mark for one, part in zip(data["parties"], laid.parts, strict=True)}
        for one in chain:
            marks[one["ref"]], facts = self._firm(one)
            laid.firms.setdefault(marks[one["ref"]], (facts, ""))
        return [
            Delivery(place, marks[one["ref"]], marks[one["supplies"]], self._said(one))
            for place, one in enumerate(chain)
        ]

    def _firm(self, one: dict[str, Any]) -> tuple[str, PartyFacts]:
        """A firm and its fingerprint; the same firm stands in many shipments."""
        return self._firms.of(_of_firm(one), self._new_firm)

    @staticmethod
    def _new_firm(words: tuple[str, ...]) -> tuple[str, PartyFacts]:
        facts = PartyFacts(*words)
        return fingerprint(facts), facts

    def _said(self, one: dict[str, Any]) -> LinkFacts:
        """What is said of a delivery; the same of many."""
        return self._said_before.of(
            _of_delivery(one), lambda said: LinkFacts(**dict(zip(DELIVERY, said, strict=True)))
        )

    def _validated(self, value: Any) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._read(value)
        except Doubt:
            by_itself = ImportedShipmentInput(data=value, context=self.context)
            by_itself.is_valid(raise_exception=True)
            found = by_itself.validated_data
        return found
