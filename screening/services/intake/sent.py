"""Shipments a program sent as JSON, thousands in one body: stored some hundred at a time, none of them twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.links import LinkFacts
from entities.many_rows import put_rows
from entities.models import DeclaredParty, Organization
from entities.services import suppliers
from entities.services.suppliers import DeclaredLink
from screening.domain.intake.cells import Severity
from screening.models import ImportBatch, ImportRow, Shipment
from screening.services import shipment_rows
from screening.services.shipment_rows import StoredRows
from screening.services.shipments import (
    DeclaredShipment,
    DeclaredSupplier,
    ask_for_screening,
)

_ROW = ("batch_id", "number", "raw", "state", "shipment_id", "problems")
_LOOKS = 5
State = ImportRow.State


@dataclass(slots=True)
class SentShipment:
    """A shipment of a body as it was read: what is declared by it and for whom, or what is wrong with it.

    ``problems`` as ``ImportRow`` keeps them; ``end``: the byte of the body behind it.
    """

    number: int
    text: str
    end: int
    problems: list[dict[str, str]]
    owner: Organization | None = None
    declared: DeclaredShipment | None = None
    chain: tuple[DeclaredSupplier, ...] = ()

    def refuse(self, fault: Refused, pointer: str) -> None:
        """The rules forbid it, though it is well formed."""
        self.declared = None
        self.problems = [problem(pointer, fault.code, fault.message)]
        if fault.existing is not None:
            self.problems[0]["existing"] = str(fault.existing)


def problem(
    pointer: str, code: str, detail: str, remedy: str = "", severity: str = Severity.ERROR.value
) -> dict[str, str]:
    """What is to be said of a shipment of JSON, as it is kept beside its row."""
    said = {"column": pointer, "value": "", "reason": detail, "remedy": remedy, "severity": severity}
    return {**said, "code": code}


@dataclass(slots=True)
class _RowRefused(Exception):
    """What is stored together has to be stored again without this one."""

    sent: SentShipment
    fault: Refused
    pointer: str


def store_sent(batch: ImportBatch, sent: Sequence[SentShipment], *, expected: int) -> int:
    """Store the next shipments of a body, and say what became of each. Returns how many of the body are done now.

    ``expected``: how many were done before; where it is otherwise, another worker goes on with it (``Refused``).
    """
    looks = 0
    while True:
        try:
            return _store(batch, sent, expected)
        except _RowRefused as one:
            one.sent.refuse(one.fault, one.pointer)
        except Refused as refused:
            looks += 1
            if refused.code != "duplicate_entry" or looks == _LOOKS:
                raise
            # Somebody stored one of these entries between the look and the write: look again.


@transaction.atomic
def _store(batch: ImportBatch, sent: Sequence[SentShipment], expected: int) -> int:
    standing = ImportBatch.objects.select_for_update(of=("self",)).select_related("uploaded_by").get(pk=batch.pk)
    if standing.state != ImportBatch.State.IMPORTING or standing.done_so_far != expected:
        raise Refused("taken_over", "Another worker goes on with this import.")
    history.note_changed(standing)
    _refuse_taken_entries(sent)
    wanted = [one for one in sent if one.declared is not None]
    rows = shipment_rows.store([(one.owner, one.declared) for one in wanted], batch=standing)  # type: ignore[misc]
    links = _store_chains([one for one in wanted if one.chain], rows)
    keys = {one.number: shipment.pk for one, shipment in zip(wanted, rows.shipments, strict=True)}
    put_rows(ImportRow, _ROW, [_import_row(standing, one, keys.get(one.number)) for one in sent])
    if not standing.stores_only:
        ask_for_screening(rows.shipments)
    standing.rows_read += len(sent)
    standing.rows_stored += len(wanted)
    standing.rows_rejected += len(sent) - len(wanted)
    standing.mapping = {"done_to": sent[-1].end}
    standing.save(update_fields=["rows_read", "rows_stored", "rows_rejected", "mapping"])
    audit.record(
        Action.BATCH_ROWS_STORED,
        actor=standing.uploaded_by,
        target=standing,
        organization_id=standing.organization_id,
        after={"rows_stored": standing.rows_stored, "rows_rejected": standing.rows_rejected},
        rows=[*rows.parties(), *links],
        written=rows.written(),
    )
    return standing.done_so_far


def _import_row(batch: ImportBatch, one: SentShipment, shipment: int | None) -> tuple[Any, ...]:
    is_stored = shipment is not None
    raw = [] if is_stored else [one.text]
    return batch.pk, one.number, raw, State.STORED if is_stored else State.REJECTED, shipment, one.problems


def _refuse_taken_entries(sent: Sequence[SentShipment]) -> None:
    """An entry is stored once per importer, whether an earlier shipment or one of this body has it."""
    wanted: dict[int, dict[str, SentShipment]] = defaultdict(dict)
    for one in sent:
        if one.declared is None or one.owner is None or not (number := one.declared.entry_number):
            continue
        if number in wanted[one.owner.pk]:
            first = wanted[one.owner.pk][number]
            fault = Refused("duplicate_entry", f"Entry {number} stands in row {first.number} of this import too.")
            one.refuse(fault, "/entry_number")
        else:
            wanted[one.owner.pk][number] = one
    for owner, by_number in wanted.items():
        stored = Shipment.objects.filter(owner=owner, entry_number__in=list(by_number))
        for number, key in stored.values_list("entry_number", "pk"):
            by_number[number].refuse(shipment_rows.already_stored(number, key), "/entry_number")


def _store_chains(sent: Sequence[SentShipment], rows: StoredRows) -> list[models.Model]:
    """Declare the suppliers behind shipments and the links between them. Returns what no event has spoken of yet."""
    by_owner: dict[Organization, list[SentShipment]] = defaultdict(list)
    for one in sent:
        if one.owner is not None:
            by_owner[one.owner].append(one)
    new: list[models.Model] = []
    for owner, those in by_owner.items():
        facts = dict.fromkeys(party for one in those for party in _firms(one).values())
        parties = {party: rows.named[owner.pk, party] for party in facts if (owner.pk, party) in rows.named}
        upstream = [party for party in facts if party not in parties]
        stored = suppliers.declare_parties(owner, upstream)
        parties |= {party: stored[suppliers.fingerprint(party)] for party in upstream}
        # Shipments of one maker state the same of its suppliers.
        links = dict.fromkeys(link for one in those for link in _links(one, parties))
        made = suppliers.declare_links(list(links), declared_by=owner)
        new += [link for link, is_new in made if is_new]
        new += audit.untold(DeclaredParty, [party.pk for party in stored.values()])
    return new


def _firms(one: SentShipment) -> dict[str, PartyFacts]:
    """The firms of a chain by the sender's names for them."""
    assert one.declared is not None
    named = {part.ref: part.facts for part in one.declared.parties if part.ref}
    return named | {step.ref: step.facts for step in one.chain}


def _links(one: SentShipment, parties: dict[PartyFacts, DeclaredParty]) -> Iterator[DeclaredLink]:
    firms = _firms(one)
    for place, step in enumerate(one.chain):
        supplier, customer = parties[step.facts].supplier, parties[firms[step.supplies]].supplier
        if supplier is None or customer is None:
            fault = Refused("supplier_missing", "A firm of the link is tied to no supplier; tie it first.")
            raise _RowRefused(one, fault, f"/suppliers/{place}")
        link = DeclaredLink(supplier, customer, LinkFacts(**step.delivery()))
        try:
            suppliers.check_link(link, declared_by=one.owner)
        except Refused as fault:
            raise _RowRefused(one, fault, f"/suppliers/{place}/supplies") from fault
        yield link
