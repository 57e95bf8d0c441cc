"""Shipments as they are declared and changed. Every change of what is screened is written to the change feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.links import LinkFacts
from entities.models import Change, Organization, SupplyLink, User
from entities.services import suppliers
from entities.services.changes import record_change
from screening.models import ImportBatch, Shipment, ShipmentLine, ShipmentParty
from screening.services import shipment_rows


@dataclass(frozen=True, slots=True)
class DeclaredRole:
    """A party and the part it plays; on one line, or (``line_number`` None) on the whole shipment."""

    role: str
    facts: PartyFacts
    line_number: int | None = None
    raw: str = ""
    ref: str = ""  # the declarer's own name for the party, by which its suppliers point to it


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """An article of a shipment. Quantities and weights are decimals, weights in kilograms."""

    number: int
    description: str = ""
    hts_codes: tuple[str, ...] = ()
    origin_country: str = ""
    quantity: Decimal | None = None
    quantity_unit: str = ""
    gross_weight_kg: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredSupplier:
    """A supplier further upstream, and whom it supplies (the ref of a party or another supplier), what and when."""

    ref: str
    facts: PartyFacts
    supplies: str
    commodity: str = ""
    stage: str = ""
    goods: str = ""
    hts_prefix: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def delivery(self) -> dict[str, Any]:
        """What is delivered, and when."""
        return {
            one.name: getattr(self, one.name) for one in fields(self) if one.name not in {"ref", "facts", "supplies"}
        }


@dataclass(frozen=True, slots=True)
class DeclaredShipment:
    """A shipment as a form, a file or the API declares it."""

    reference: str = ""
    entry_number: str = ""
    bill_of_lading: str = ""
    house_bill: str = ""
    carrier: str = ""
    vessel: str = ""
    voyage: str = ""
    port_of_lading: str = ""
    port_of_unlading: str = ""
    export_country: str = ""
    containers: tuple[str, ...] = ()
    arrives_on: date | None = None
    imported_on: date | None = None
    lines: tuple[DeclaredLine, ...] = ()
    parties: tuple[DeclaredRole, ...] = field(default=())

    def head(self) -> dict[str, Any]:
        """The fields of the shipment itself."""
        return {
            one.name: list(value) if isinstance(value := getattr(self, one.name), tuple) else value
            for one in fields(self)
            if one.name not in {"lines", "parties"}
        }


@transaction.atomic
def add_shipment(declared: DeclaredShipment, *, owner: Organization, actor: User) -> Shipment:
    """Declare one shipment; it is screened as soon as a worker is free.

    Raises ``Refused`` where the entry number is already in use for this importer.
    """
    _check(declared, owner)
    stored = shipment_rows.store([(owner, declared)])
    [shipment] = stored.shipments
    ask_for_screening([shipment])
    audit.record(
        Action.SHIPMENT_ADDED,
        actor=actor,
        target=shipment,
        organization_id=owner.pk,
        after={"lines": len(declared.lines), "parties": len(declared.parties)},
        rows=stored.parties(),
        written=list(stored.written()),
        is_written=True,
    )
    return shipment


@transaction.atomic(savepoint=False)
def add_shipments(
    declared: Sequence[DeclaredShipment], *, owner: Organization, batch: ImportBatch | None = None
) -> list[Shipment]:
    """Store many shipments at once, in the order given, to be screened. The caller records the act."""
    shipments = shipment_rows.store([(owner, one) for one in declared], batch=batch).shipments
    if batch is None or not batch.stores_only:
        ask_for_screening(shipments)
    return shipments


def ask_for_screening(shipments: Sequence[Shipment]) -> None:
    """Have shipments that were just declared screened as soon as a worker is free."""
    record_change(Change.Kind.SHIPMENT, [shipment.pk for shipment in shipments], note="shipment declared")


@transaction.atomic
def change_shipment(
    shipment: Shipment, declared: DeclaredShipment, *, actor: User, as_of: int | None = None
) -> Shipment:
    """Replace what is declared of a shipment; it is screened again, and what was screened before stays on record.

    ``as_of``: the version of its facts that the change is meant for. Raises ``Refused`` where it is another by now.
    """
    shipment = Shipment.objects.select_for_update().get(pk=shipment.pk)
    if as_of is not None and shipment.facts_version != as_of:
        raise Refused("changed_meanwhile", "This shipment was changed since you read it.")
    history.note_changed(shipment)
    _check(declared, shipment.owner, but=shipment)
    before = snapshot(shipment)
    for name, value in declared.head().items():
        setattr(shipment, name, value)
    shipment.facts_version += 1
    shipment.looked_at = None
    try:
        with transaction.atomic():
            shipment.save()
    except IntegrityError as fault:  # another took the number between the look and the write
        raise shipment_rows.already_taken([shipment]) from fault
    gone = [*shipment.parties.all(), *shipment.lines.all()]
    shipment.parties.all().delete()
    shipment.lines.all().delete()
    shipment_rows.store_parts(shipment, declared)
    after = snapshot(shipment)
    if before == after:
        raise Refused("nothing_changed", "Nothing was changed.")
    record_change(Change.Kind.SHIPMENT, [shipment.pk], note="shipment changed")
    changed = {key for key in before if before[key] != after[key]}
    audit.record(
        Action.SHIPMENT_CHANGED,
        actor=actor,
        target=shipment,
        organization_id=shipment.owner_id,
        before={key: before[key] for key in changed},
        after={key: after[key] for key in changed},
        gone=gone,
    )
    return shipment


@transaction.atomic
def add_shipment_with_chain(
    declared: DeclaredShipment, chain: Sequence[DeclaredSupplier], *, owner: Organization, actor: User
) -> Shipment:
    """Declare a shipment and who supplies its suppliers, several steps up: all of it, or nothing."""
    # All firms at once: what follows finds them there.
    suppliers.declare_parties(owner, [part.facts for part in declared.parties] + [one.facts for one in chain])
    shipment = add_shipment(declared, owner=owner, actor=actor)
    declare_chain(chain, declared.parties, organization=owner, actor=actor)
    return shipment


@transaction.atomic
def change_shipment_with_chain(
    shipment: Shipment,
    declared: DeclaredShipment,
    chain: Sequence[DeclaredSupplier],
    *,
    actor: User,
    as_of: int | None = None,
) -> Shipment:
    """Replace what is declared of a shipment and add what is said of its chain. The same declaration again changes
    nothing. Links left out stay: one is taken back by withdrawing it."""
    try:
        change_shipment(shipment, declared, actor=actor, as_of=as_of)
    except Refused as refused:
        if refused.code != "nothing_changed":
            raise
    declare_chain(chain, declared.parties, organization=shipment.owner, actor=actor)
    return Shipment.objects.get(pk=shipment.pk)


@transaction.atomic(savepoint=False)
def declare_chain(
    chain: Sequence[DeclaredSupplier], parties: Sequence[DeclaredRole], *, organization: Organization, actor: User
) -> list[SupplyLink]:
    """Declare suppliers and the links between them, down to the parties of a shipment.

    Raises ``Refused`` where a supplier points to a ref that is neither a party's nor another supplier's, or to itself.
    """
    facts = {part.ref: part.facts for part in parties if part.ref} | {one.ref: one.facts for one in chain}
    rows = suppliers.declare_parties(organization, facts.values())
    firms = {ref: rows[suppliers.fingerprint(party)].supplier for ref, party in facts.items()}
    links = []
    for one in chain:
        supplier, customer = firms[one.ref], firms.get(one.supplies)
        if supplier is None or customer is None:
            raise Refused("unknown_ref", f"{one.ref} supplies {one.supplies}, which is no party or supplier here.")
        links.append(suppliers.DeclaredLink(supplier, customer, LinkFacts(**one.delivery())))
    return [link for link, _ in suppliers.put_links_on_record(links, actor=actor, declared_by=organization)]


def snapshot(shipment: Shipment) -> dict[str, Any]:
    """A shipment's facts as plain values, for the audit trail."""
    parts = shipment.parties.select_related("party", "line")
    return facts_of(shipment, list(shipment.lines.all()), list(parts))


def facts_of(shipment: Shipment, lines: Sequence[ShipmentLine], parts: Sequence[ShipmentParty]) -> dict[str, Any]:
    """The facts of a shipment whose lines and parties are at hand."""
    head = {name: getattr(shipment, name) for name in DeclaredShipment().head()}
    return plain(
        {
            **head,
            "lines": [{one.name: getattr(line, one.name) for one in fields(DeclaredLine)} for line in lines],
            "parties": [
                {"role": part.role, "line": part.line.number if part.line else None, **part.party.facts()}
                for part in parts
            ],
        }
    )


def _check(declared: DeclaredShipment, owner: Organization, but: Shipment | None = None) -> None:
    if not declared.parties and not declared.lines:
        raise Refused("shipment_empty", "A shipment needs at least one line or one party.")
    if declared.entry_number:
        same = Shipment.objects.filter(owner=owner, entry_number=declared.entry_number)
        if but is not None:
            same = same.exclude(pk=but.pk)
        if (other := same.first()) is not None:
            raise shipment_rows.already_stored(declared.entry_number, other.pk)


def plain(value: Any) -> Any:
    """Dates and decimals as text, tuples as lists: what JSON can hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value
