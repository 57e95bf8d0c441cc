"""Declared shipments as rows: heads, lines and parties of many shipments stored in few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction

from entities import audit, proof
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.many_rows import add_rows
from entities.models import DeclaredParty, Organization
from entities.parts import parts_of
from entities.services import suppliers
from screening.models import ImportBatch, Shipment, ShipmentLine, ShipmentParty

if TYPE_CHECKING:  # which stores its shipments here
    from screening.services.shipments import DeclaredShipment

_HEAD = tuple(
    one.attname
    for one in Shipment._meta.concrete_fields
    if not one.primary_key and one.name not in {"latest_screening", "looked_at"}
)
_LINE = tuple(
    one.name for one in ShipmentLine._meta.concrete_fields if one.name not in {"id", "shipment", "hts6", "hts_codes"}
)
_LINES = ("shipment_id", "hts_codes", "hts6", *_LINE)
_PARTS = ("shipment_id", "line_id", "role", "party_id")

Owned = tuple[Organization, "DeclaredShipment"]


@dataclass(slots=True)
class StoredRows:
    """Shipments in the order given, and what was written of each, as the history tells of it."""

    shipments: list[Shipment] = field(default_factory=list)
    heads: list[tuple[Any, ...]] = field(default_factory=list)
    line_keys: list[int] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    part_keys: list[int] = field(default_factory=list)
    parts: list[tuple[Any, ...]] = field(default_factory=list)
    named: dict[tuple[int, PartyFacts], DeclaredParty] = field(default_factory=dict)  # by owner and words

    def written(self) -> Iterator[audit.Written]:
        """Every shipment, line and party's part, for the audit event of the act."""
        keys = [one.pk for one in self.shipments]
        yield from proof.written(Shipment, _HEAD, keys, self.heads)
        yield from proof.written(ShipmentLine, _LINES, self.line_keys, self.lines)
        yield from proof.written(ShipmentParty, _PARTS, self.part_keys, self.parts)

    def parties(self) -> list[models.Model]:
        """The parties named, as far as no event has spoken of them yet."""
        return audit.untold(DeclaredParty, {party for *_, party in self.parts})


@transaction.atomic
def store(declared: Sequence[Owned], *, batch: ImportBatch | None = None) -> StoredRows:
    """Store shipments with their lines and parties. Raises ``Refused`` where an entry number is taken.

    The caller puts the act on record, and asks for a screening.
    """
    shipments = [Shipment(owner=owner, batch=batch, **one.head()) for owner, one in declared]
    values = attrgetter(*_HEAD)
    rows = StoredRows(shipments, [values(one) for one in shipments])
    try:
        with transaction.atomic():
            keys = add_rows(Shipment, _HEAD, rows.heads)
    except IntegrityError as fault:
        raise already_taken(shipments) from fault
    for shipment, key in zip(shipments, keys, strict=True):
        shipment.pk, shipment._state.adding = key, False
    _store_parts(rows, [(key, *one) for key, one in zip(keys, declared, strict=True)])
    return rows


def already_stored(entry_number: str, shipment: int) -> Refused:
    """Why an entry is not stored again for its importer."""
    return Refused(
        "duplicate_entry",
        f"Entry {entry_number} is already stored as shipment {shipment}: change that one.",
        existing=shipment,
    )


def already_taken(shipments: Iterable[Shipment]) -> Refused:
    """Why the database did not take these: which entry is stored already, and where."""
    tried = {(one.owner_id, one.entry_number): one.pk for one in shipments if one.entry_number}
    for some in parts_of({number for _, number in tried}):
        for other in Shipment.objects.filter(entry_number__in=some):
            place = (other.owner_id, other.entry_number)
            if place in tried and tried[place] != other.pk:
                return already_stored(other.entry_number, other.pk)
    return Refused("duplicate_entry", "Two of these shipments have the same entry number.")


def store_parts(shipment: Shipment, declared: DeclaredShipment) -> None:
    """Store the lines and parties of one shipment that has none."""
    _store_parts(StoredRows(), [(shipment.pk, shipment.owner, declared)])


def _store_parts(rows: StoredRows, declared: Sequence[tuple[int, Organization, DeclaredShipment]]) -> None:
    values = attrgetter(*_LINE)
    rows.lines = [
        (key, list(line.hts_codes), line.hts_codes[0][:6] if line.hts_codes else "", *values(line))
        for key, _, one in declared
        for line in one.lines
    ]
    rows.line_keys = add_rows(ShipmentLine, _LINES, rows.lines)
    numbered = (line.number for _, _, one in declared for line in one.lines)
    by_number = {(row[0], number): key for row, number, key in zip(rows.lines, numbered, rows.line_keys, strict=True)}
    rows.named = _parties(declared)
    rows.parts = [
        (
            key,
            by_number.get((key, part.line_number)) if part.line_number else None,
            part.role,
            rows.named[owner.pk, part.facts].pk,
        )
        for key, owner, one in declared
        for part in one.parties
        if part.facts.name or part.facts.native_name
    ]
    rows.part_keys = add_rows(ShipmentParty, _PARTS, rows.parts)


def _parties(
    declared: Sequence[tuple[int, Organization, DeclaredShipment]],
) -> dict[tuple[int, PartyFacts], DeclaredParty]:
    """The declared party of every owner and words, stored where it is new."""
    said: dict[Organization, dict[PartyFacts, str]] = defaultdict(dict)
    for _, owner, one in declared:
        for part in one.parties:
            if part.raw or part.facts not in said[owner]:
                said[owner][part.facts] = part.raw
    found: dict[tuple[int, PartyFacts], DeclaredParty] = {}
    for owner, facts in said.items():
        marks = {party: suppliers.fingerprint(party) for party in facts}
        raw = {marks[party]: words for party, words in facts.items() if words}
        by_mark = suppliers.declare_parties(owner, list(facts), raw=raw)
        found.update(((owner.pk, party), by_mark[mark]) for party, mark in marks.items() if mark in by_mark)
    return found
