"""Declared shipments as rows: heads, lines and parties of many shipments stored in few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, models, transaction

from entities import audit, proof
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.many_rows import add_rows
from entities.models import DeclaredParty, Organization
from entities.parts import parts_of
from entities.services import suppliers
from entities.services.suppliers import PartyKeys
from screening.models import ImportBatch, Shipment, ShipmentLine, ShipmentParty

if TYPE_CHECKING:  # which stores its shipments here
    from screening.services.shipments import DeclaredShipment

_HEAD = tuple(
    one.attname
    for one in Shipment._meta.concrete_fields
    if not one.primary_key and one.name not in {"latest_screening", "looked_at"}
)
LINE = tuple(
    one.name for one in ShipmentLine._meta.concrete_fields if one.name not in {"id", "shipment", "hts6", "hts_codes"}
)
_of_line = attrgetter(*LINE)
_LINES = ("shipment_id", "hts_codes", "hts6", *LINE)
_NUMBER = _LINES.index("number")
_PARTS = ("shipment_id", "line_id", "role", "party_id")

Owned = tuple[Organization, "DeclaredShipment"]


class Part(NamedTuple):
    """A party's part in a shipment, or in one of its lines: the party by its fingerprint, the line by its number."""

    role: str
    mark: str
    line_number: int | None


@dataclass(slots=True)
class Laid:
    """A declared shipment laid out as rows, which lack only the keys of what they hang on."""

    head: dict[str, Any]
    lines: list[tuple[Any, ...]]
    parts: list[Part]
    firms: dict[str, tuple[PartyFacts, str]]  # those named, by their fingerprints, and what they were read from


def lay(declared: DeclaredShipment) -> Laid:
    """Lay a shipment out as rows. A party without a name is none."""
    named = [part for part in declared.parties if part.facts.name or part.facts.native_name]
    marks = [suppliers.fingerprint(part.facts) for part in named]
    return Laid(
        head=declared.head(),
        lines=[line_row(line.hts_codes, _of_line(line)) for line in declared.lines],
        parts=[Part(part.role, mark, part.line_number) for part, mark in zip(named, marks, strict=True)],
        firms={mark: (part.facts, part.raw) for part, mark in zip(named, marks, strict=True)},
    )


def line_row(codes: Sequence[str], values: Iterable[Any]) -> tuple[Any, ...]:
    """A line laid out as a row, by the codes of its goods and its values in the order of ``LINE``."""
    return (list(codes), codes[0][:6] if codes else "", *map(_plain, values))


def _plain(value: Any) -> Any:
    """Figures as text: half as long on their way from one process to another."""
    return format(value, "f") if type(value) is Decimal else value


@dataclass(slots=True)
class StoredRows:
    """Shipments in the order given, and what was written of each, as the history tells of it."""

    shipments: list[Shipment] = field(default_factory=list)
    heads: list[tuple[Any, ...]] = field(default_factory=list)
    line_keys: list[int] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    part_keys: list[int] = field(default_factory=list)
    parts: list[tuple[Any, ...]] = field(default_factory=list)
    named: dict[tuple[int, str], PartyKeys] = field(default_factory=dict)  # by owner and fingerprint

    def written(self) -> Iterator[audit.Written]:
        """Every shipment, line and party's part, for the audit event of the act."""
        keys = [one.pk for one in self.shipments]
        yield from proof.written(Shipment, _HEAD, keys, self.heads)
        yield from proof.written(ShipmentLine, _LINES, self.line_keys, self.lines)
        yield from proof.written(ShipmentParty, _PARTS, self.part_keys, self.parts)

    def parties(self) -> list[models.Model]:
        """The parties named, as far as no event has spoken of them yet."""
        return audit.untold(DeclaredParty, {keys.party for keys in self.named.values()})


def store(declared: Iterable[Owned], *, batch: ImportBatch | None = None) -> StoredRows:
    """Store shipments with their lines and parties. Raises ``Refused`` where an entry number is taken.

    The caller puts the act on record, and asks for a screening.
    """
    return store_laid([(owner, lay(one)) for owner, one in declared], batch=batch)


@transaction.atomic
def store_laid(laid: Sequence[tuple[Organization, Laid]], *, batch: ImportBatch | None = None) -> StoredRows:
    """Store shipments that are laid out as rows already, as ``store`` does."""
    shipments = [Shipment(owner=owner, batch=batch, **one.head) for owner, one in laid]
    values = attrgetter(*_HEAD)
    rows = StoredRows(shipments, [values(one) for one in shipments])
    try:
        with transaction.atomic():
            keys = add_rows(Shipment, _HEAD, rows.heads)
    except IntegrityError as fault:
        raise already_taken(shipments) from fault
    for shipment, key in zip(shipments, keys, strict=True):
        shipment.pk, shipment._state.adding = key, False
    _store_parts(rows, [(key, *one) for key, one in zip(keys, laid, strict=True)])
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
    _store_parts(StoredRows(), [(shipment.pk, shipment.owner, lay(declared))])


def _store_parts(rows: StoredRows, laid: Sequence[tuple[int, Organization, Laid]]) -> None:
    rows.lines = [(key, *line) for key, _, one in laid for line in one.lines]
    rows.line_keys = add_rows(ShipmentLine, _LINES, rows.lines)
    by_number = {(row[0], row[_NUMBER]): key for row, key in zip(rows.lines, rows.line_keys, strict=True)}
    rows.named = _parties(laid)
    rows.parts = [
        (
            key,
            by_number.get((key, part.line_number)) if part.line_number else None,
            part.role,
            rows.named[owner.pk, part.mark].party,
        )
        for key, owner, one in laid
        for part in one.parts
    ]
    rows.part_keys = add_rows(ShipmentParty, _PARTS, rows.parts)


def _parties(laid: Sequence[tuple[int, Organization, Laid]]) -> dict[tuple[int, str], PartyKeys]:
    """The declared party of every owner and words, stored where it is new."""
    said: dict[Organization, dict[str, PartyFacts]] = defaultdict(dict)
    raw: dict[Organization, dict[str, str]] = defaultdict(dict)
    for _, owner, one in laid:
        for mark, (facts, words) in one.firms.items():
            said[owner][mark] = facts
            if words:
                raw[owner][mark] = words
    return {
        (owner.pk, mark): keys
        for owner, firms in said.items()
        for mark, keys in suppliers.declare_many_parties(owner, firms, raw=raw[owner]).items()
    }
