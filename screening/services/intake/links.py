"""The rows of a file of links stored: firms declared, links and holdings between them, and what each row came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet

from entities import audit
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.links import LinkFacts, OwnershipFacts
from entities.models import Change, DeclaredParty, Organization, OwnershipLink, Supplier, SupplyLink
from entities.parts import parts_of
from entities.services import ownership, suppliers
from entities.services.changes import record_change
from entities.services.ownership import DeclaredHolding
from entities.services.suppliers import DeclaredLink
from screening.domain.intake.cells import Problem, Severity, is_native_script
from screening.models import ImportBatch, ImportRow
from screening.services.intake.units import Unit

LINK, OWNERSHIP, FIRM = "link", "ownership", "firm"


@dataclass(slots=True)
class _Pair:
    """Two firms and what is said of them; the end a row does not name is the firm the file is about."""

    upstream: PartyFacts | None
    downstream: PartyFacts | None
    facts: LinkFacts | OwnershipFacts

    @property
    def ends(self) -> tuple[PartyFacts | None, PartyFacts | None]:
        return self.upstream, self.downstream

    @property
    def first_named(self) -> str:
        return next((end.name or end.native_name for end in self.ends if end), "")


@dataclass(slots=True)
class _Piece:
    """A row on its way: the firms and pairs it states, and what is wrong with it."""

    unit: Unit
    firms: list[PartyFacts] = field(default_factory=list)
    pairs: list[_Pair] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)


def customer_named(name: str, organization: Organization) -> Supplier | None:
    """The firm of this name that the organisation declared, else a new one; none without a name.

    Raises ``Refused`` where several firms are called so.
    """
    name = " ".join(name.split())
    if not name:
        return None
    alike = Q(name__iexact=name) | Q(native_name__iexact=name)
    known = Supplier.objects.filter(alike, declared_parties__organization=organization).distinct()
    if len(known) > 1:
        raise Refused("customer_ambiguous", f"Several firms are called {name}: upload from the right one's page.")
    if known:
        return known[0]
    facts = PartyFacts(native_name=name) if is_native_script(name) else PartyFacts(name=name)
    return suppliers.declare_parties(organization, [facts])[suppliers.fingerprint(facts)].supplier


def store_links(batch: ImportBatch, chunk: list[Unit]) -> list[ImportRow]:
    """Declare what the rows say, in few statements, and answer the rows as they are kept."""
    declared_by = None if batch.is_public else batch.organization
    pieces = [_piece(unit) for unit in chunk]
    for piece in pieces:
        _check(piece, batch)
    said = [party for piece in pieces for party in _parties(piece)]
    firms = _firms(batch.organization, said)
    _declare(pieces, firms, batch.customer, declared_by)
    keys = sorted({firm.pk for firm in firms.values()})
    record_change(Change.Kind.SUPPLIER, keys, note="firms declared in a file of links")
    return [_row(batch, piece) for piece in pieces]


def _piece(unit: Unit) -> _Piece:
    piece = _Piece(unit, problems=list(unit.problems))
    if any(problem.severity is Severity.ERROR for problem in piece.problems):
        return piece
    if (link := unit.link) is not None:
        facts = link.link or link.ownership
        assert facts is not None
        upstream: list[PartyFacts | None] = [firm.facts for firm in link.upstream]
        downstream: list[PartyFacts | None] = [firm.facts for firm in link.downstream]
        piece.pairs = [_Pair(up, down, facts) for up in upstream or [None] for down in downstream or [None]]
    elif (statement := unit.statement) is not None:
        piece.firms = [statement.firm] if statement.firm else []
        piece.pairs = [_Pair(one.owner, one.owned, one.facts) for one in statement.holdings]
    return piece


def _check(piece: _Piece, batch: ImportBatch) -> None:
    """Leave out what cannot be declared; a row of which nothing is left is not stored."""
    standing = []
    for pair in piece.pairs:
        try:
            _check_pair(pair, batch)
        except Refused as refused:
            remedy = _REMEDIES.get(refused.code, "Correct it.")
            piece.problems.append(Problem("", pair.first_named[:200], refused.message, remedy))
        else:
            standing.append(pair)
    if piece.pairs and not standing:
        last = piece.problems.pop()
        piece.problems.insert(0, Problem(last.column, last.value, last.reason, last.remedy, Severity.ERROR))
    piece.pairs = standing


_REMEDIES = {
    "link_to_itself": "Name two different firms.",
    "source_missing": "Fill in the source, or send the file as not public.",
    "name_missing": "Give the firm's name.",
}


def _check_pair(pair: _Pair, batch: ImportBatch) -> None:
    ends = [
        suppliers.identity(end, batch.organization) if end else batch.customer and batch.customer.identity
        for end in pair.ends
    ]
    if ends[0] == ends[1]:
        raise Refused("link_to_itself", f"{pair.first_named} stands at both ends of the link.")
    if batch.is_public and not (pair.facts.source or pair.facts.source_url):
        raise Refused("source_missing", "A public statement needs its source: give the title or the address.")
    pair.facts.check()


def _parties(piece: _Piece) -> list[PartyFacts]:
    if any(problem.severity is Severity.ERROR for problem in piece.problems):
        return []
    ends = [end for pair in piece.pairs for end in pair.ends if end is not None]
    return [*piece.firms, *ends]


def _firms(organization: Organization, said: list[PartyFacts]) -> dict[str, Supplier]:
    """The supplier of each party, by its fingerprint."""
    rows: dict[str, DeclaredParty] = suppliers.declare_parties(organization, said)
    return {key: row.supplier for key, row in rows.items() if row.supplier is not None}


def _declare(
    pieces: list[_Piece], firms: dict[str, Supplier], customer: Supplier | None, declared_by: Organization | None
) -> None:
    links: list[tuple[_Piece, DeclaredLink]] = []
    holdings: list[tuple[_Piece, DeclaredHolding]] = []
    for piece in pieces:
        piece.made += [{"kind": FIRM, "key": firms[suppliers.fingerprint(one)].pk} for one in piece.firms]
        for pair in piece.pairs:
            up, down = (firms[suppliers.fingerprint(end)] if end else customer for end in pair.ends)
            if up is None or down is None or up.pk == down.pk:  # a person tied both names to one firm
                reason = f"{pair.first_named} stands at both ends of the link."
                piece.problems.append(Problem("", pair.first_named, reason, "Name two different firms."))
            elif isinstance(pair.facts, LinkFacts):
                links.append((piece, DeclaredLink(up, down, pair.facts)))
            else:
                holdings.append((piece, DeclaredHolding(up, down, pair.facts)))
    if links:
        stored = suppliers.declare_links([one for _, one in links], declared_by=declared_by)
        for (piece, _), (link, is_new) in zip(links, stored, strict=True):
            piece.made += _made(LINK, link.pk, is_new, link.supplier_id, link.customer_id)
    if holdings:
        held = ownership.declare_ownerships([one for _, one in holdings], declared_by=declared_by)
        for (piece, _), (holding, is_new) in zip(holdings, held, strict=True):
            piece.made += _made(OWNERSHIP, holding.pk, is_new, holding.owner_id, holding.owned_id)


def _made(kind: str, key: int, is_new: bool, *firms: int) -> list[dict[str, Any]]:
    return [{"kind": kind, "key": key, "is_new": is_new}, *({"kind": FIRM, "key": firm} for firm in firms)]


def _row(batch: ImportBatch, piece: _Piece) -> ImportRow:
    (row,) = piece.unit.rows
    problems = list(piece.problems)
    stated = [one["is_new"] for one in piece.made if one["kind"] != FIRM]
    if stated and not any(stated):
        problems.append(Problem("", "", "All of this was stated before; nothing is added.", "Nothing to do."))
    if not piece.made and problems and not any(one.severity is Severity.ERROR for one in problems):
        first = problems[-1]
        problems = [Problem(first.column, first.value, first.reason, first.remedy, Severity.ERROR), *problems[:-1]]
    # The list of rows not stored shows the first problem of each.
    problems.sort(key=lambda one: one.severity is not Severity.ERROR)
    return ImportRow(
        batch=batch,
        sheet=row.source.sheet,
        number=row.source.row_number,
        raw=row.cells,
        state=ImportRow.State.STORED if piece.made else ImportRow.State.REJECTED,
        made=piece.made,
        problems=[problem.as_dict() for problem in dict.fromkeys(problems)],
    )


def rows_made(rows: Sequence[ImportRow]) -> list[Model]:
    """What rows just stored came to: shipments, or the links, holdings and firms that no event has spoken of yet."""
    keys: dict[str, set[int]] = {}
    for one in (one for row in rows for one in row.made):
        keys.setdefault(one["kind"], set()).add(one["key"])
    firms = keys.get(FIRM, set())
    said = [key for some in parts_of(firms) for key in _said_of(some)]
    kinds = ((SupplyLink, keys.get(LINK, ())), (OwnershipLink, keys.get(OWNERSHIP, ())), (Supplier, firms))
    made = [row for model, some in (*kinds, (DeclaredParty, said)) for row in audit.untold(model, some)]
    return [*{row.shipment for row in rows if row.shipment is not None}, *made]


def _said_of(firms: Sequence[int]) -> QuerySet[DeclaredParty, int]:
    return DeclaredParty.objects.filter(supplier__in=firms).values_list("pk", flat=True)


def made_by(batch: ImportBatch) -> dict[str, int]:
    """What a stored file came to: new links and holdings, those stated before, firms, and classes of firms."""
    keys: dict[tuple[str, bool], set[int]] = {}
    for made in batch.rows.values_list("made", flat=True).iterator(chunk_size=1000):
        for one in made:
            keys.setdefault((one["kind"], one.get("is_new", True)), set()).add(one["key"])
    links, holdings = keys.get((LINK, True), set()), keys.get((OWNERSHIP, True), set())
    before = len(keys.get((LINK, False), set()) - links) + len(keys.get((OWNERSHIP, False), set()) - holdings)
    firms = keys.get((FIRM, True), set())
    classes = sum(Supplier.objects.filter(pk__in=some, is_aggregate=True).count() for some in parts_of(firms))
    return {
        "links": len(links),
        "holdings": len(holdings),
        "stated_before": before,
        "firms": len(firms),
        "classes_of_firms": classes,
    }
