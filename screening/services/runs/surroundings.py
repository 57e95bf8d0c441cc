"""What several shipments have in common, read once for all of them: their firms, the network upstream, the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.models import Supplier, SupplyLink
from screening.domain import rules, tracing
from screening.domain.contradictions import Contradictions
from screening.domain.searching import Network
from screening.models import LotTrace, ScreeningRun, Shipment, ShipmentLine, ShipmentParty
from screening.reference import article_kinds, inputs
from screening.services.kin import Kin
from screening.services.network import link_of, links_to
from screening.services.record import Record
from screening.services.runs.upstream import ANYTHING, Upstream
from screening.services.runs.verdicts import Verdicts
from screening.services.sight import Firms, Plan, Sight


@dataclass(slots=True)
class Surroundings:
    """Lines, parties and lots by shipment; links by customer; the firms upstream, their kin, and what is on record."""

    verdicts: Verdicts
    sight: Sight
    today: date
    lines: dict[int, list[ShipmentLine]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[int, list[ShipmentParty]] = field(default_factory=lambda: defaultdict(list))
    traces: dict[int, list[LotTrace]] = field(default_factory=lambda: defaultdict(list))
    links: dict[int, list[tracing.Link]] = field(default_factory=lambda: defaultdict(list))
    stated: dict[int, SupplyLink] = field(default_factory=dict)  # the links of the record in their own words
    suppliers: dict[int, Supplier] = field(default_factory=dict)
    sites: dict[int, list[PartyFacts]] = field(default_factory=lambda: defaultdict(list))
    kin: Kin = field(default_factory=Kin)
    record: Record = field(default_factory=Record)
    contradictions: Contradictions = field(default_factory=lambda: Contradictions({}, inputs()))
    network: Network = field(default_factory=lambda: Network({}, inputs()))
    nodes: dict[int, tuple[tracing.Step, dict[str, Any]]] = field(default_factory=dict)  # as findings show them
    _behind: dict[frozenset[tuple[int, frozenset[tracing.Needs]]], frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, shipments: Sequence[Shipment], run: ScreeningRun) -> Surroundings:
        sight = Sight()
        known = cls(Verdicts.of(run, sight), sight, timezone.localdate())
        for line in ShipmentLine.objects.filter(shipment__in=shipments):
            known.lines[line.shipment_id].append(line)
        for part in ShipmentParty.objects.filter(shipment__in=shipments).select_related("party", "line"):
            known.parts[part.shipment_id].append(part)
        for trace in LotTrace.objects.standing().filter(shipment__in=shipments).prefetch_related("lots"):
            known.traces[trace.shipment_id].append(trace)
        known._look_around(shipments, Firms())
        return known

    @classmethod
    def of_plan(cls, plan: Plan, run: ScreeningRun, sight: Sight) -> Surroundings:
        """What surrounds goods that were not declared, as far as it is in sight."""
        known = cls(Verdicts.of(run, sight), sight, timezone.localdate())
        known.lines[plan.shipment.pk], known.parts[plan.shipment.pk] = list(plan.lines), list(plan.parts)
        for customer, links in plan.links.items():
            known.links[customer].extend(links)
        known._look_around([plan.shipment], plan.firms)
        return known

    def country(self, supplier_id: int) -> str:
        """Where a supplier is: by its own record, else by its places."""
        sites = (site.country for site in self.sites[supplier_id] if site.country)
        return self.suppliers[supplier_id].country or next(sites, "")

    def firms_behind(self, shipment: Shipment) -> frozenset[int]:
        """The firms named on a shipment or in its lots, and all upstream that its goods can have come from."""
        needed = self._needed([shipment])
        key = frozenset((firm, frozenset(needs)) for firm, needs in needed.items())
        if key not in self._behind:
            self._behind[key] = frozenset(Upstream(self.links, inputs()).firms(needed))
        return self._behind[key] | self._named(shipment.pk)

    def sources(self, shipment: int, line: int) -> list[ShipmentParty]:
        """Who made or sold what is on a line."""
        return [
            part
            for part in self.parts.get(shipment, ())
            if part.role in rules.SOURCE_ROLES and (part.line is None or part.line.number == line)
        ]

    def _needed(self, shipments: Iterable[Shipment]) -> dict[int, set[tracing.Needs]]:
        """By supplier of the goods what these are; where lots were traced any firm may have made any of them."""
        needed: dict[int, set[tracing.Needs]] = defaultdict(set)
        for shipment in shipments:
            if self.traces.get(shipment.pk):
                for firm in self._named(shipment.pk):
                    needed[firm].add(ANYTHING)
            for line in self.lines.get(shipment.pk) or [ShipmentLine(number=1)]:
                for part in self.sources(shipment.pk, line.number):
                    if part.party.supplier_id:
                        needed[part.party.supplier_id].add(article_kinds(tuple(line.hts_codes)))
        return needed

    def _named(self, shipment: int) -> set[int]:
        """The firms of a shipment's parties and lots."""
        named = {part.party.supplier_id for part in self.parts.get(shipment, ()) if part.party.supplier_id}
        for trace in self.traces.get(shipment, ()):
            named |= {trace.maker_id, *(lot.supplier_id for lot in trace.lots.all() if lot.supplier_id)}
        return named

    def _look_around(self, shipments: Sequence[Shipment], named: Firms) -> None:
        """The network upstream, the kin of its firms, and what the record says; firms ``named`` are in those words."""
        upstream = Upstream(self.links, inputs())
        firms = upstream.firms(self._needed(shipments), self._read_links)
        firms |= {firm for shipment in shipments for firm in self._named(shipment.pk)}
        self._read_firms(firms, upstream.ends(firms), named)
        self.kin = Kin.around((firm for firm in firms if firm > 0), self.sight)
        self.record = Record.about(shipments, self.lines, self.today, self.sight)
        self.index_links()

    def index_links(self) -> None:
        """Make the links ready to be searched."""
        self.contradictions = Contradictions(self.links, inputs())
        self.network = Network(self.links, inputs())

    def _read_links(self, customers: set[int]) -> None:
        for row in links_to(customers, self.sight.links()):
            self.links[row.customer_id].append(link_of(row))
            self.stated[row.pk] = row

    def _read_firms(self, firms: set[int], ends: set[int], named: Firms) -> None:
        """Who the firms are. Of those that only deliver to them, the record alone: where all of it may be known, it
        came with the links."""
        if self.sight.is_whole:
            self.suppliers = {row.supplier_id: row.supplier for row in self.stated.values() if row.supplier_id in ends}
        found = self.sight.firms(firms | (ends - self.suppliers.keys()))
        self.suppliers |= {**found.suppliers, **named.suppliers}
        self.sites = found.sites
        for firm, sites in named.sites.items():
            self.sites[firm] = list(dict.fromkeys([*sites, *self.sites[firm]]))
