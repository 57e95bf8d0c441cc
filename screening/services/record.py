"""What the office's record says beside a shipment: how like goods came to its importer before, and what they cost.

Read for many shipments at once, in a number of queries that does not grow with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import F, Min, Q, Window
from django.db.models.functions import Coalesce, Left, RowNumber, Upper

from entities.domain.facts import PartyFacts
from entities.parts import parts_of
from screening.domain.law.clocks import BUSINESS_DAYS_TO_DECIDE, add_business_days
from screening.domain.law.states import Kind
from screening.domain.prices import NEAR, FarUnder, Peers, UnitPrice, far_under
from screening.domain.routes import SOON, EarlierWays, Route, RouteChange, Trouble, route_change
from screening.domain.seen import SeenLine
from screening.models import Detention, Shipment, ShipmentLine, ShipmentParty
from screening.services.sight import Sight

DAY = Coalesce("shipment__imported_on", "shipment__arrives_on")
MOST_PEERS = 500  # of like goods, the newest
MOST_SOURCES = 50  # earlier sources of one kind of goods that are looked up in the list

Way = tuple[int, str]  # an importer and a heading
Priced = tuple[str, str, str]  # first six digits, unit, currency
ListedSince = Callable[[PartyFacts, date], date | None]


_WAY = (
    *("shipment__owner", "heading", "shipment__parties__party__supplier"),
    *("origin_country", "shipment__port_of_lading"),
)


def _sourced() -> Any:
    """Lines with who made or sold what is on them, once for each, their heading and their day."""
    sources = Q(shipment__parties__line=None) | Q(shipment__parties__line=F("pk"))
    lines = ShipmentLine.objects.annotate(heading=Left("hts6", 4), day=DAY)
    return lines.filter(sources, hts6__gt="", shipment__parties__role__in=ShipmentParty.SOURCES).order_by()


def came_by_new_ways(firms: Iterable[int], since: date, until: date) -> set[int]:
    """The shipments of goods such as these firms had delivered to the same importer, by ways first taken after a day:
    where a firm was listed on it, the change of way may be told (``ROUTE_CHANGE``) though the firm is in no chain."""
    had: set[Way] = set()  # importers with the headings of what they had
    for some in parts_of(firms):
        theirs = _sourced().filter(shipment__parties__party__supplier__in=some, day__lte=until)
        had.update(theirs.values_list("shipment__owner", "heading").distinct())
    return _by_new_ways(had, since, until)


def came_by_new_ways_since_detained(detention: Detention) -> set[int]:
    """The shipments of goods such as these to the same importer, by ways first taken after the detention.

    After any day that was ever on record for it: what was told because of a day since corrected may hold no more.
    """
    goods = ShipmentLine.objects.filter(shipment=detention.shipment_id, hts6__gt="").annotate(heading=Left("hts6", 4))
    had = {(detention.shipment.owner_id, heading) for heading in goods.values_list("heading", flat=True)}
    began = detention.events.filter(kind__in=[Kind.IMPORTED, Kind.PRESENTED, Kind.DETAINED])
    days = sorted(began.values_list("on", flat=True))
    if not had or not days:
        return set()
    return _by_new_ways(had, days[0], add_business_days(days[-1], BUSINESS_DAYS_TO_DECIDE))  # detained by law by then


def _by_new_ways(had: Collection[Way], since: date, until: date) -> set[int]:
    """Of goods that importers had, the shipments by ways first taken after a day. One without a day of its own is
    screened for today."""
    found: set[int] = set()
    new_since = Q(first=None) | Q(first__gt=since, first__lte=until + SOON)
    late = Q(day=None) | Q(day__gt=since, day__lte=until + SOON)
    for owners in parts_of({owner for owner, _ in had}):
        like = _sourced().filter(shipment__owner__in=owners, heading__in={heading for _, heading in had})
        ways = like.values(*_WAY).annotate(first=Min("day")).filter(new_since)
        new = {way for way in ways.values_list(*_WAY) if way[:2] in had}
        if new:
            later = like.filter(late).values_list("shipment", *_WAY)
            found.update(shipment for shipment, *way in later if tuple(way) in new)
    return found


@dataclass(slots=True)
class Record:
    """Earlier ways of goods and their troubles by importer and heading, and prices by goods, unit and currency."""

    routes: dict[Way, list[Route]] = field(default_factory=lambda: defaultdict(list))
    detained: dict[Way, list[date]] = field(default_factory=lambda: defaultdict(list))
    prices: dict[Priced, list[UnitPrice]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[int, list[PartyFacts]] = field(default_factory=lambda: defaultdict(list))  # of earlier sources
    _earlier: dict[tuple[Way, date], EarlierWays] = field(default_factory=dict)
    _listed: dict[tuple[int, date], Trouble | None] = field(default_factory=dict)
    _peers: dict[Priced, Peers] = field(default_factory=dict)

    @classmethod
    def about(
        cls, shipments: Sequence[Shipment], lines: Mapping[int, Sequence[ShipmentLine]], today: date, sight: Sight
    ) -> Record:
        """The record as far as it bears on these shipments."""
        record = cls()
        days = [shipment.screening_date(today)[0] for shipment in shipments]
        rows = [line for shipment in shipments for line in lines[shipment.pk] if line.hts6]
        record._read_routes({shipment.owner_id for shipment in shipments}, {line.hts6[:4] for line in rows}, max(days))
        record._read_prices([key for line in rows if (key := priced(line))], min(days), max(days), sight)
        record._read_facts(shipments, lines, today, sight)
        return record

    def _read_routes(self, owners: set[int], headings: set[str], until: date) -> None:
        like = _sourced().filter(shipment__owner__in=owners, heading__in=headings, day__lt=until)
        for row in like.values(*_WAY).annotate(first=Min("day")).order_by("first", *_WAY):
            self.routes[row["shipment__owner"], row["heading"]].append(
                Route(
                    row["shipment__parties__party__supplier"],
                    "",
                    row["origin_country"],
                    row["shipment__port_of_lading"].strip(),
                    row["first"],
                )
            )
        held = Detention.objects.filter(
            shipment__owner__in=owners, shipment__lines__hts6__gt="", detained_on__isnull=False
        )
        held = held.annotate(heading=Left("shipment__lines__hts6", 4)).filter(heading__in=headings)
        for owner, heading, on in held.values_list("shipment__owner", "heading", "detained_on").distinct():
            self.detained[owner, heading].append(on)  # type: ignore[arg-type]

    def _read_prices(self, keys: Iterable[Priced], first: date, last: date, sight: Sight) -> None:
        wanted = set(keys)
        if not wanted:
            return
        peers = (
            ShipmentLine.objects.filter(
                shipment__in=sight.shipments(), hts6__in={key[0] for key in wanted}, value__gt=0, quantity__gt=0
            )
            .annotate(day=DAY, unit=Upper("quantity_unit"), money=Upper("currency"))
            .filter(day__gte=first - NEAR, day__lte=last + NEAR, unit__in={key[1] for key in wanted})
            .annotate(
                rank=Window(
                    RowNumber(), partition_by=["hts6", "unit", "money"], order_by=[F("day").desc(), F("pk").desc()]
                )
            )
            .filter(rank__lte=MOST_PEERS)
        )
        for hts6, unit, money, shipment, codes, value, quantity, day in peers.values_list(
            "hts6", "unit", "money", "shipment", "hts_codes", "value", "quantity", "day"
        ):
            if (hts6, unit, money) in wanted and value and quantity:
                self.prices[hts6, unit, money].append(UnitPrice(shipment, codes[0], value / quantity, day))

    def _read_facts(
        self, shipments: Sequence[Shipment], lines: Mapping[int, Sequence[ShipmentLine]], today: date, sight: Sight
    ) -> None:
        """Who the earlier sources are, as far as a shipment may have left them."""
        wanted: set[int] = set()
        ways = {
            ((shipment.owner_id, line.hts6[:4]), shipment.screening_date(today)[0])
            for shipment in shipments
            for line in lines[shipment.pk]
            if line.hts6
        }
        for way, on in ways:
            earlier = self._before(way, on).routes
            if earlier and len(self.routes[way]) > 1:
                wanted |= {route.supplier for route in earlier[-MOST_SOURCES:] if route.supplier}
        earlier_sources = sight.firms(wanted)
        self.facts = earlier_sources.sites
        for one in earlier_sources.suppliers.values():
            if not self.facts[one.pk]:
                self.facts[one.pk].append(PartyFacts(name=one.name, native_name=one.native_name))

    def changes(
        self,
        shipment: Shipment,
        lines: Sequence[ShipmentLine],
        parts: Sequence[ShipmentParty],
        on: date,
        listed_since: ListedSince,
    ) -> list[RouteChange]:
        """What is new on the way of a shipment's goods since a listing or a detention."""
        by_heading: dict[str, list[ShipmentLine]] = defaultdict(list)
        for line in lines:
            if line.hts6:
                by_heading[line.hts6[:4]].append(line)
        found = []
        for heading, same in by_heading.items():
            numbers = tuple(line.number for line in same)
            now = [
                Route(
                    part.party.supplier_id,
                    part.party.display_name,
                    line.origin_country,
                    shipment.port_of_lading.strip(),
                    on,
                )
                for line in same
                for part in parts
                if part.role in ShipmentParty.SOURCES and part.line_id in (None, line.pk)
            ]
            earlier = self._before((shipment.owner_id, heading), on)
            if not earlier.may_have_changed(now):
                continue
            troubles = [
                *(
                    Trouble(day, f"a shipment of such goods was detained on {day:%-d %B %Y}")
                    for day in self.detained[shipment.owner_id, heading]
                ),
                *self._listings(earlier, {route.supplier for route in now}, on, listed_since),
            ]
            if change := route_change(heading, numbers, now, earlier.routes, troubles, on):
                found.append(change)
        return found

    def _before(self, way: Way, on: date) -> EarlierWays:
        """How goods of a heading came to their importer before a day; many shipments of a run ask for the same."""
        if (way, on) not in self._earlier:
            self._earlier[way, on] = EarlierWays(self.routes.get(way, ()), on)
        return self._earlier[way, on]

    def _listings(
        self, earlier: EarlierWays, still: set[int | None], on: date, listed_since: ListedSince
    ) -> Iterator[Trouble]:
        """The earlier sources that the goods no longer come from and that were listed within the year before."""
        left = list(islice((one for one in reversed(earlier.sources) if one not in still), MOST_SOURCES))
        for supplier in reversed(left):
            if supplier and (trouble := self._listing(supplier, on, listed_since)):
                yield trouble

    def _listing(self, supplier: int, on: date, listed_since: ListedSince) -> Trouble | None:
        """The listing of an earlier source within the year before a day."""
        if (supplier, on) not in self._listed:
            since = ((facts, listed_since(facts, on)) for facts in self.facts.get(supplier, ()))
            found = (
                Trouble(day, f"{facts.native_name or facts.name}, an earlier source, was listed on {day:%-d %B %Y}")
                for facts, day in since
                if day is not None and on - SOON <= day < on
            )
            self._listed[supplier, on] = next(found, None)
        return self._listed[supplier, on]

    def low_prices(self, shipment: Shipment, lines: Iterable[ShipmentLine], on: date) -> list[FarUnder]:
        """The lines whose unit price stands far under that of like goods."""
        found = []
        for line in lines:
            if (key := priced(line)) is None or line.value is None or line.quantity is None:
                continue
            price = UnitPrice(shipment.pk, line.hts_codes[0], line.value / line.quantity, on)
            if key not in self._peers:
                self._peers[key] = Peers(self.prices.get(key, ()))
            low = far_under(line.number, price, self._peers[key], currency=key[2], unit=line.quantity_unit.strip())
            if low is not None:
                found.append(low)
        return found


def facts_of_record(routes: Iterable[RouteChange], prices: Iterable[FarUnder]) -> dict[str, Any]:
    """What of the record decided, as the screening keeps it."""
    ways = [
        {"heading": one.heading, "new": list(one.new), "since": one.since.on.isoformat(), "why": one.since.sentence}
        for one in routes
    ]
    low = [
        {"line": one.line_number, "hts": one.hts, "peers": one.peers, "median": str(one.median), "low": str(one.low)}
        for one in prices
    ]
    return {**({"routes": ways} if ways else {}), **({"prices": low} if low else {})}


def priced(line: ShipmentLine | SeenLine) -> Priced | None:
    """By what a line's unit price is compared; None where it has none."""
    value, quantity = line.value or Decimal(0), line.quantity or Decimal(0)
    if value <= 0 or quantity <= 0 or not (line.hts6 and len(line.hts6) == 6 and line.currency):
        return None
    unit = line.quantity_unit.strip().upper()
    return (line.hts6, unit, line.currency.upper()) if unit else None
