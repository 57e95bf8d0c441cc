"""The sites of a chain on a map: which party goes where, and by what it was placed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from entities.domain.facts import PartyFacts
from entities.models import DeclaredParty, Site, User
from entities.parts import parts_of
from screening.chain import ARTICLE, Chain
from screening.chain_parts import RANK, STOPPING, Leads, Link, Node
from screening.geography import Placed, place, place_by_country
from screening.map_drawing import Mark, Route, draw_region, draw_world, is_in_region
from screening.models import Shipment

DESTINATION = "US"  # where every shipment is imported


@dataclass(frozen=True)
class Row:
    """A party of the chain with its number on the map, and where it was placed; not placed where nothing is known."""

    number: int
    node: Node
    places: tuple[Placed, ...]
    leads: Leads
    supplies: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """The map of the world, a larger one of the region around China where the chain goes there, and all in words."""

    world: str
    region: str
    rows: tuple[Row, ...]
    has_weak: bool

    @property
    def unplaced(self) -> int:
        return sum(not row.places for row in self.rows)

    @property
    def leads(self) -> frozenset[Leads]:
        return frozenset(row.leads for row in self.rows)

    @property
    def stops(self) -> bool:
        """Somebody has a ground to stop the goods."""
        return any(row.node.kind in STOPPING for row in self.rows)


def chart_of(shipment: Shipment, chain: Chain, user: User) -> Chart:
    """The chain on the map, numbered from the shipment upstream."""
    places = _places(shipment, chain, user)
    leads = {node: Leads.NOWHERE for node in chain.nodes}
    for link in chain.links:
        for end in (link.source, link.target):
            leads[end] = max(leads[end], link.leads, key=RANK)
    nodes = sorted(chain.nodes.values(), key=lambda node: (node.step, -RANK(leads[node.id])))
    numbers = {node.id: number for number, node in enumerate(nodes)}
    rows = tuple(
        Row(numbers[node.id], node, places[node.id], leads[node.id], _supplies(node, chain, numbers)) for node in nodes
    )
    marks = [
        Mark(row.number, row.node.native_name or row.node.name, placed.point, row.node.kind in STOPPING)
        for row in rows
        for placed in row.places
    ]
    routes = [route for link in chain.links for route in _routes(link, places)]
    return Chart(
        world=draw_world(marks, routes, label=f"Sites of {chain.nodes[ARTICLE].name} on a map of the world"),
        region=draw_region(marks, routes, label="The same sites in China and around")
        if any(is_in_region(mark.point) for mark in marks)
        else "",
        rows=rows,
        has_weak=any(link.weak and not link.leads for link in chain.links),
    )


def _supplies(node: Node, chain: Chain, numbers: dict[str, int]) -> tuple[str, ...]:
    """To which numbers a party supplies what, in words."""
    return tuple(
        f"{link.goods or _unsaid(link)} to {numbers[link.target]}" + (f" ({link.grade})" if link.grade else "")
        for link in chain.links
        if link.source == node.id
    )


def _unsaid(link: Link) -> str:
    return "the goods of the shipment" if link.target == ARTICLE else "goods not said"


def _routes(link: Link, places: dict[str, tuple[Placed, ...]]) -> Iterable[Route]:
    """From the first place of the supplier to that of the buyer: which of several sites delivered is not known."""
    ends = [places[key][:1] for key in (link.source, link.target)]
    if all(ends) and ends[0][0].point != ends[1][0].point:
        yield Route(ends[0][0].point, ends[1][0].point, link.leads, bool(link.weak))


def _places(shipment: Shipment, chain: Chain, user: User) -> dict[str, tuple[Placed, ...]]:
    """By box where its sites are: what the shipment says of its own parties, else the sites the reader may know."""
    facts: dict[str, list[PartyFacts]] = defaultdict(list)
    for part in shipment.parties.select_related("party"):
        party = part.party
        facts[str(party.supplier_id or f"party-{party.pk}")].append(PartyFacts(**party.facts()))
    for chunk in parts_of(int(key) for key in chain.nodes if key.isdigit()):
        if user.is_officer:
            for site in Site.objects.filter(supplier__in=chunk).order_by("pk"):
                facts[str(site.supplier_id)].append(PartyFacts(**site.facts()))
        else:
            for said in DeclaredParty.objects.visible_to(user).filter(supplier__in=chunk).order_by("pk"):
                facts[str(said.supplier_id)].append(PartyFacts(**said.facts()))
    found = {node.id: _distinct(facts[node.id], node.country) for node in chain.nodes.values()}
    destination = place_by_country(DESTINATION)
    found[ARTICLE] = (destination,) if destination else ()
    return found


def _distinct(facts: Iterable[PartyFacts], country: str) -> tuple[Placed, ...]:
    """The places of some sites, each once; a country only where nothing nearer in it is known."""
    placed = [one for said in facts if (one := place(said))]
    nearer = [one for one in placed if one.by != "country"]
    chinese = bool(nearer)
    kept = [*nearer, *(one for one in placed if one.by == "country" and not (chinese and one.point.code == "CN"))]
    if not kept and (known := place_by_country(country)):
        kept = [known]
    return tuple({one.point: one for one in reversed(kept)}.values())[::-1]
