"""Shipments a program sent as JSON, thousands in one body: stored some hundred at a time, none of them twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.links import LinkFacts
from entities.many_rows import check_references, put_rows
from entities.models import Organization, Supplier, SupplyLink
from entities.services import suppliers
from entities.services.suppliers import LinkKeys
from screening.domain.intake.cells import Severity
from screening.models import ImportBatch, ImportRow, Shipment
from screening.services import shipment_rows
from screening.services.shipment_rows import Laid, StoredRows
from screening.services.shipments import ask_for_screening

_ROW = ("batch_id", "number", "raw", "state", "shipment_id", "problems")
_LOOKS = 5
State = ImportRow.State


class Delivery(NamedTuple):
    """A supplier of a chain and whom it supplies, by their fingerprints; ``place``: in the list of suppliers."""

    place: int
    supplier: str
    customer: str
    facts: LinkFacts


@dataclass(slots=True)
class SentShipment:
    """A shipment of a body as it was read: what is declared by it and for whom, or what is wrong with it.

    ``problems`` as ``ImportRow`` keeps them; ``end``: the byte of the body behind it; ``owner``: the importer's key.
    """

    number: int
    text: str
    end: int
    problems: list[dict[str, str]]
    owner: int = 0
    laid: Laid | None = None
    chain: list[Delivery] = field(default_factory=list)

    @property
    def entry_number(self) -> str:
        return self.laid.head["entry_number"] if self.laid else ""

    def refuse(self, fault: Refused, pointer: str) -> None:
        """The rules forbid it, though it is well formed."""
        self.laid = None
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
    wanted = [one for one in sent if one.laid is not None]
    owners = Organization.objects.in_bulk({one.owner for one in wanted})
    laid = [(owners[one.owner], one.laid) for one in wanted if one.laid is not None]
    rows = shipment_rows.store_laid(laid, batch=standing)
    links = _store_chains(wanted, owners, rows)
    keys = {one.number: shipment.pk for one, shipment in zip(wanted, rows.shipments, strict=True)}
    put_rows(ImportRow, _ROW, [_import_row(standing, one, keys.get(one.number)) for one in sent])
    if not standing.stores_only:
        ask_for_screening(rows.shipments)
    standing.rows_read += len(sent)
    standing.rows_stored += len(wanted)
    standing.rows_rejected += len(sent) - len(wanted)
    standing.mapping = {"done_to": sent[-1].end}
    standing.save(update_fields=["rows_read", "rows_stored", "rows_rejected", "mapping"])
    check_references()  # or all who record would wait for it at the end of the transaction
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
        if not (number := one.entry_number):
            continue
        if (first := wanted[one.owner].setdefault(number, one)) is not one:
            fault = Refused("duplicate_entry", f"Entry {number} stands in row {first.number} of this import too.")
            one.refuse(fault, "/entry_number")
    for owner, by_number in wanted.items():
        stored = Shipment.objects.filter(owner=owner, entry_number__in=list(by_number))
        for number, key in stored.values_list("entry_number", "pk"):
            by_number[number].refuse(shipment_rows.already_stored(number, key), "/entry_number")


def _store_chains(
    sent: Sequence[SentShipment], owners: Mapping[int, Organization], rows: StoredRows
) -> list[SupplyLink]:
    """Declare the links between the firms of the chains. Returns those that are new."""
    links: dict[int, dict[LinkKeys, None]] = defaultdict(dict)
    for one in sent:
        for delivery in one.chain:
            # Shipments of one maker state the same of its suppliers.
            links[one.owner][_link(one, delivery, rows)] = None
    return [
        link
        for owner, those in links.items()
        for link in suppliers.declare_many_links(those, declared_by=owners[owner])
    ]


def _link(one: SentShipment, delivery: Delivery, rows: StoredRows) -> LinkKeys:
    supplier = rows.named[one.owner, delivery.supplier].supplier
    customer = rows.named[one.owner, delivery.customer].supplier
    if supplier is None or customer is None:
        fault = Refused("supplier_missing", "A firm of the link is tied to no supplier; tie it first.")
        raise _RowRefused(one, fault, f"/suppliers/{delivery.place}")
    try:
        if supplier == customer:
            raise suppliers.link_to_itself(Supplier.objects.get(pk=supplier))
        delivery.facts.check()
    except Refused as fault:
        raise _RowRefused(one, fault, f"/suppliers/{delivery.place}/supplies") from fault
    return supplier, customer, delivery.facts
