"""What several shipments have in common, read once for all of them: their firms, the network upstream, the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.models import Supplier, SupplyLink
from screening.domain import tracing
from screening.domain.contradictions import Contradictions
from screening.domain.searching import Network
from screening.models import LotTrace, ScreeningRun, Shipment, ShipmentLine, ShipmentParty
from screening.reference import inputs
from screening.services.kin import Kin
from screening.services.network import link_of, links_to
from screening.services.record import Record
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
    _behind: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)

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
        """The firms named on a shipment or in its lots, and all that are known upstream of them."""
        starts = frozenset(self._named(shipment.pk))
        if starts not in self._behind:
            found, waiting = set(starts), list(starts)
            while waiting:
                new = {link.supplier for link in self.links.get(waiting.pop(), ())} - found
                found |= new
                waiting += new
            self._behind[starts] = frozenset(found)
        return self._behind[starts]

    def _named(self, shipment: int) -> set[int]:
        """The firms of a shipment's parties and lots."""
        named = {part.party.supplier_id for part in self.parts.get(shipment, ()) if part.party.supplier_id}
        for trace in self.traces.get(shipment, ()):
            named |= {trace.maker_id, *(lot.supplier_id for lot in trace.lots.all() if lot.supplier_id)}
        return named

    def _look_around(self, shipments: Sequence[Shipment], named: Firms) -> None:
        """The network upstream, the kin of its firms, and what the record says; firms ``named`` are in those words."""
        self._read_network(named)
        self.kin = Kin.around((firm for firm in self.suppliers if firm > 0), self.sight)
        self.record = Record.about(shipments, self.lines, self.today, self.sight)
        self.index_links()

    def index_links(self) -> None:
        """Make the links ready to be searched."""
        self.contradictions = Contradictions(self.links, inputs())
        self.network = Network(self.links, inputs())

    def _read_network(self, named: Firms) -> None:
        """The links upstream of the shipments' suppliers, a step at a time."""
        step = {firm for shipment in {*self.parts, *self.traces} for firm in self._named(shipment)}
        seen: set[int] = set(step)
        for _ in range(tracing.MAX_STEPS):
            if not step:
                break
            for row in links_to(step, self.sight.links()):
                self.links[row.customer_id].append(link_of(row))
                self.stated[row.pk] = row
            step = {link.supplier for customer in step for link in self.links.get(customer, ())} - seen
            seen |= step
        found = self.sight.firms(seen)
        self.suppliers, self.sites = {**found.suppliers, **named.suppliers}, found.sites
        for firm, sites in named.sites.items():
            self.sites[firm] = list(dict.fromkeys([*sites, *self.sites[firm]]))
