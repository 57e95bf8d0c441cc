"""What a screening read, as it is kept; and the surroundings of a shipment made of it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from entities.domain.chain import canonical
from entities.domain.facts import PartyFacts
from entities.domain.judging import Judged, party_key
from entities.domain.known import KnownFirms
from entities.domain.plain import from_plain, to_plain
from entities.models import DeclaredParty, Judgement, OwnershipLink, Supplier, SupplyLink
from screening.domain.prices import UnitPrice
from screening.domain.seen import (
    SeenFirm,
    SeenGoods,
    SeenHolding,
    SeenLine,
    SeenLink,
    SeenLot,
    SeenNetwork,
    SeenParty,
    SeenRecord,
    SeenTrace,
)
from screening.models import LotTrace, ScreeningInput, ScreeningRun, Shipment, ShipmentLine, ShipmentParty, TracedLot
from screening.services.kin import Kin
from screening.services.network import link_of
from screening.services.record import Priced, Record, priced
from screening.services.runs.surroundings import Surroundings
from screening.services.runs.verdicts import Verdicts
from screening.services.shipments import DeclaredShipment
from screening.services.sight import Firms, Sight

Shape = TypeVar("Shape")
SITE = Judgement.Scope.SITE
_NOTHING = SeenRecord({}, {}, {}, {})


@dataclass(slots=True)
class Reading:
    """What the screenings of a run read, as canonical JSON; what several read is put into words once."""

    known: Surroundings
    shipments: Sequence[Shipment]
    _words: dict[tuple[type, int], str] = field(default_factory=dict)
    _firms: dict[tuple[bool, bool, bool, int], str] = field(default_factory=dict)
    _records: dict[int, str] = field(default_factory=dict)
    _numbers: dict[int, dict[int, int]] = field(default_factory=dict)  # by owner how its record numbers shipments

    def network(self, behind: frozenset[int]) -> str:
        """The firms behind goods with what is stated among them, put together of words made once: there are thousands
        of firms at times, most of them behind other goods of the run too."""
        lists = (f'"{name}":[{",".join(words)}]' for name, words in sorted(self._network(behind).items()))
        return f"{{{','.join(lists)}}}"

    def _network(self, behind: frozenset[int]) -> dict[str, list[str]]:
        known, kin = self.known, self.known.kin
        above, below = list(kin.above(behind)), list(kin.below(behind))
        ends = {firm for row in (*above, *below) for firm in (row.owner_id, row.owned_id)} & set(kin.names)
        links = [link.key for customer in sorted(behind) for link in known.links.get(customer, ())]
        delivering = {known.stated[key].supplier_id for key in links}
        return {
            "firms": [
                self._firm(pk, is_behind=pk in behind, is_recorded=pk in delivering, is_kin=pk in ends)
                for pk in sorted(behind | delivering | ends)
            ],
            "links": [self._stated(SeenLink, known.stated[key], ("supplier", "customer")) for key in links],
            "above": [self._stated(SeenHolding, row, ("owner", "owned")) for row in above],
            "below": [self._stated(SeenHolding, row, ("owner", "owned")) for row in below],
        }

    def _firm(self, pk: int, *, is_behind: bool, is_recorded: bool, is_kin: bool) -> str:
        """A firm with its places where it stands behind the goods or is kin of one that does; else by its record."""
        key = (is_behind, is_recorded, is_kin, pk)
        if key not in self._firms:
            known = self.known
            sites = known.sites.get(pk, ()) if is_behind else known.kin.facts[pk] if is_kin else ()
            if is_behind or is_recorded:
                seen = _stated(SeenFirm, known.suppliers[pk], sites=tuple(sites))
            else:
                seen = SeenFirm(pk, known.kin.names[pk], sites=tuple(sites))
            self._firms[key] = canonical(to_plain(seen))
        return self._firms[key]

    def _stated(self, shape: type, row: Any, ends: tuple[str, str]) -> str:
        if (shape, row.pk) not in self._words:
            named = {name: getattr(row, f"{name}_id") for name in ends}
            self._words[shape, row.pk] = canonical(to_plain(_stated(shape, row, **named)))
        return self._words[shape, row.pk]

    def record(self, owner: int) -> str:
        """What is on record beside all shipments of an importer in the run; empty where nothing is."""
        if owner not in self._records:
            own = (one.pk for one in self.shipments if one.owner_id == owner)
            record = _record(owner, [line for pk in own for line in self.known.lines[pk]], self.known)
            self._numbers[owner] = _numbers(record.prices)
            seen = to_plain(_numbered(record, self._numbers[owner]))
            self._records[owner] = canonical(seen) if any(seen.values()) else ""
        return self._records[owner]

    def goods(self, shipment: Shipment) -> dict[str, Any]:
        """A shipment with what was read of it, and what people judged of the firms it leads to. The record beside it
        is kept apart; here stands which number the shipment itself has there."""
        seen: dict[str, Any] = to_plain(_goods(shipment, self.known))
        if self.record(shipment.owner_id):
            seen["record"] = {"itself": self._numbers[shipment.owner_id].get(shipment.pk, 0)}
        return seen


def goods_read(kept: ScreeningInput) -> dict[str, Any]:
    """What a screening read of a shipment, with the part of the record that bears on it."""
    if kept.record is None:
        facts: dict[str, Any] = kept.facts
        return facts
    lines = [from_plain(SeenLine, line) for line in kept.facts["lines"]]
    return {**kept.facts, "record": _part_of(kept.record.facts, lines, kept.facts["record"]["itself"])}


def _part_of(record: dict[str, dict[str, Any]], lines: Sequence[SeenLine], itself: int) -> dict[str, Any]:
    """The part of an importer's record that bears on one shipment, whose own prices go by the number 0."""
    headings = _headings(lines)
    routes = {one: record["routes"][one] for one in headings if one in record["routes"]}
    prices = {one: record["prices"][one] for one in _prices_of(lines) if one in record["prices"]}
    others = dict.fromkeys(row["shipment"] for rows in prices.values() for row in rows)
    numbers = {itself: 0} | {one: number for number, one in enumerate((one for one in others if one != itself), 1)}
    sources = {str(route["supplier"]) for rows in routes.values() for route in rows}
    return {
        "routes": routes,
        "detained": {one: record["detained"][one] for one in headings if one in record["detained"]},
        "prices": {
            key: [{**row, "shipment": numbers[row["shipment"]]} for row in rows] for key, rows in prices.items()
        },
        "sources": {pk: words for pk, words in record["sources"].items() if pk in sources},
    }


def _goods(shipment: Shipment, known: Surroundings) -> SeenGoods:
    lines = known.lines[shipment.pk]
    declared = [PartyFacts(**part.party.facts()) for part in known.parts[shipment.pk]]
    asked = _asked(shipment, declared, known)
    return SeenGoods(
        key=shipment.pk,
        owner=shipment.owner_id,
        today=known.today,
        head=to_plain(DeclaredShipment(**{one: getattr(shipment, one) for one in DeclaredShipment().head()})),
        lines=tuple(_stated(SeenLine, line, hts_codes=tuple(line.hts_codes)) for line in lines),
        parties=tuple(
            SeenParty(
                key=part.pk,
                role=part.role,
                party=part.party_id,
                facts=facts,
                supplier=part.party.supplier_id,
                line=part.line.number if part.line else None,
            )
            for part, facts in zip(known.parts[shipment.pk], declared, strict=True)
        ),
        traces=tuple(
            _stated(
                SeenTrace,
                trace,
                maker=trace.maker_id,
                declared_by=trace.declared_by_id,
                lots=tuple(_stated(SeenLot, lot, supplier=lot.supplier_id) for lot in trace.lots.all()),
            )
            for trace in known.traces[shipment.pk]
        ),
        record=_NOTHING,
        known=known.verdicts.firms.about(asked),
        judged=_judged(asked, known.verdicts),
    )


def surroundings_of(goods: SeenGoods, network: SeenNetwork, run: ScreeningRun) -> tuple[Shipment, Surroundings]:
    """The shipment as it was, in the surroundings it was screened in, by the lists and the basis of a run."""
    shipment = Shipment(pk=goods.key, owner_id=goods.owner, **from_plain(DeclaredShipment, goods.head).head())
    lines = [_row(ShipmentLine, line, shipment=shipment, hts_codes=list(line.hts_codes)) for line in goods.lines]
    by_number = {line.number: line for line in lines}
    known = Surroundings(
        Verdicts.kept(run, KnownFirms(goods.known), goods.judged),
        Sight(),
        goods.today,
        suppliers={
            one.key: Supplier(
                pk=one.key,
                name=one.name,
                native_name=one.native_name,
                country=one.country,
                is_aggregate=one.is_aggregate,
            )
            for one in network.firms
        },
    )
    known.lines[shipment.pk] = lines
    known.parts[shipment.pk] = [_part(one, shipment, by_number) for one in goods.parties]
    known.traces[shipment.pk] = [_trace(one, shipment) for one in goods.traces]
    known.sites.update((one.key, list(one.sites)) for one in network.firms if one.sites)
    for link in network.links:
        row = _row(SupplyLink, link, supplier=known.suppliers[link.supplier], customer=known.suppliers[link.customer])
        known.links[link.customer].append(link_of(row))
    above, below = (
        [_row(OwnershipLink, one, but=("owner", "owned"), owner_id=one.owner, owned_id=one.owned) for one in rows]
        for rows in (network.above, network.below)
    )
    ends = {firm for row in (*above, *below) for firm in (row.owner_id, row.owned_id)} & set(known.suppliers)
    firms = Firms({pk: known.suppliers[pk] for pk in sorted(ends)})
    firms.sites.update((pk, known.sites[pk]) for pk in ends & set(known.sites))
    known.kin = Kin.of(above, below, firms)
    known.record = _record_again(shipment, lines, goods.record)
    known.index_links()
    return shipment, known


def _asked(shipment: Shipment, declared: Iterable[PartyFacts], known: Surroundings) -> Iterable[PartyFacts]:
    """In which words the parties of a shipment, the firms behind it, their kin and earlier sources are compared with
    the lists; none where nobody judged anything of anyone."""
    if not known.verdicts.is_anything_judged:
        return ()
    behind, kin = known.firms_behind(shipment), known.kin
    found = dict.fromkeys(declared)
    for pk in sorted(behind):
        one = known.suppliers[pk]
        found |= dict.fromkeys(known.sites.get(pk) or [PartyFacts(name=one.name, native_name=one.native_name)])
    rows = (*kin.above(behind), *kin.below(behind))
    for pk in sorted({firm for row in rows for firm in (row.owner_id, row.owned_id)}):
        found |= dict.fromkeys(kin.facts.get(pk, ()))
    for words in _record(shipment.owner_id, known.lines[shipment.pk], known).sources.values():
        found |= dict.fromkeys(words)
    return list(found)


def _judged(asked: Iterable[PartyFacts], verdicts: Verdicts) -> dict[str, dict[str, Judged]]:
    found: dict[str, dict[str, Judged]] = {}
    for facts in asked:
        if judged := verdicts.judged_of(facts):
            found.setdefault(party_key(facts, SITE), {}).update(judged)
    return found


def _record(owner: int, lines: Iterable[ShipmentLine], known: Surroundings) -> SeenRecord:
    """The part of the record that bears on lines of an importer."""
    lines, record = list(lines), known.record
    headings = _headings(lines)
    routes = {one: tuple(rows) for one in headings if (rows := record.routes.get((owner, one)))}
    sources = sorted({route.supplier for rows in routes.values() for route in rows if route.supplier})
    return SeenRecord(
        routes=routes,
        detained={one: tuple(days) for one in headings if (days := record.detained.get((owner, one)))},
        prices={name: tuple(like) for name, key in _prices_of(lines).items() if (like := record.prices.get(key))},
        sources={str(pk): tuple(words) for pk in sources if (words := record.facts.get(pk))},
    )


def _headings(lines: Iterable[ShipmentLine | SeenLine]) -> list[str]:
    return sorted({line.hts6[:4] for line in lines if line.hts6})


def _prices_of(lines: Iterable[ShipmentLine | SeenLine]) -> dict[str, Priced]:
    """By what the prices of lines are compared, in their order."""
    return {"|".join(key): key for line in lines if (key := priced(line))}


def _numbers(prices: Mapping[str, Iterable[UnitPrice]]) -> dict[int, int]:
    """Numbers for the shipments that prices are of, which are not named."""
    shipments = dict.fromkeys(one.shipment for rows in prices.values() for one in rows)
    return {pk: number for number, pk in enumerate(shipments, 1)}


def _numbered(record: SeenRecord, numbers: Mapping[int, int]) -> SeenRecord:
    prices = {
        key: tuple(replace(one, shipment=numbers[one.shipment]) for one in rows) for key, rows in record.prices.items()
    }
    return replace(record, prices=prices)


def _record_again(shipment: Shipment, lines: Sequence[ShipmentLine], seen: SeenRecord) -> Record:
    record = Record()
    for heading, routes in seen.routes.items():
        record.routes[shipment.owner_id, heading].extend(routes)
    for heading, days in seen.detained.items():
        record.detained[shipment.owner_id, heading].extend(days)
    for line in lines:
        if (key := priced(line)) and key not in record.prices:
            record.prices[key] += [_price(one, shipment) for one in seen.prices.get("|".join(key), ())]
    for pk, words in seen.sources.items():
        record.facts[int(pk)].extend(words)
    return record


def _price(one: UnitPrice, shipment: Shipment) -> UnitPrice:
    return replace(one, shipment=-one.shipment or shipment.pk)


def _part(one: SeenParty, shipment: Shipment, lines: dict[int, ShipmentLine]) -> ShipmentParty:
    party = DeclaredParty(
        pk=one.party,
        supplier_id=one.supplier,
        **{item.name: getattr(one.facts, item.name) for item in fields(PartyFacts)},
    )
    line = lines[one.line] if one.line is not None else None
    return ShipmentParty(pk=one.key, shipment=shipment, role=one.role, party=party, line=line)


def _trace(one: SeenTrace, shipment: Shipment) -> LotTrace:
    trace = _row(
        LotTrace, one, but=("lots", "maker", "declared_by"), shipment=shipment, maker_id=one.maker,
        declared_by_id=one.declared_by,
    )  # fmt: skip
    lots = [_row(TracedLot, lot, but=("supplier",), supplier_id=lot.supplier, trace=trace) for lot in one.lots]
    trace._prefetched_objects_cache = {"lots": lots}  # type: ignore[attr-defined]
    return trace


def _stated(shape: type[Shape], row: Any, **said: Any) -> Shape:
    """A row in the words of a shape; ``said``: those that are not a column of the same name."""
    names = (one.name for one in fields(shape) if one.name not in {"key", *said})  # type: ignore[arg-type]
    return shape(key=row.pk, **{name: getattr(row, name) for name in names}, **said)  # type: ignore[call-arg]


def _row(model: type[Shape], seen: Any, *, but: Sequence[str] = (), **columns: Any) -> Shape:
    """The row again, not stored; ``columns``: those that are not of the same name."""
    same = {one.name: getattr(seen, one.name) for one in fields(seen) if one.name not in {"key", *but, *columns}}
    return model(pk=seen.key, **same, **columns)  # type: ignore[call-arg]
