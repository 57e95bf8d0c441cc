"""What in the chains of a shipment is at odds: plants that mix sources, and statements that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from screening.domain import rules
from screening.domain.contradictions import Contradiction
from screening.models import ShipmentLine
from screening.reference import article_kinds
from screening.services.runs.surroundings import Surroundings


def contradictions_among(parties: Sequence[rules.PartyAtStep], known: Surroundings) -> Iterator[Contradiction]:
    """What contradicts itself in the chain of a shipment."""
    chain = {party.supplier_id for party in parties if party.supplier_id and party.is_source}
    makers = {party.supplier_id for party in parties if party.supplier_id and party.steps_upstream == 1}
    for one in known.contradictions.among(chain):
        if one.concerns(chain, makers):
            yield replace(one, names={firm: str(known.suppliers[firm]) for firm in one.firms})


def mixed_plants(
    parties: Sequence[rules.PartyAtStep], lines: Sequence[ShipmentLine], known: Surroundings
) -> Iterator[rules.MixedPlant]:
    """The plants of the chain that take in goods of one kind both from a source with a ground and from others."""
    firms: dict[int, rules.PartyAtStep] = {}
    concern: dict[int, str] = defaultdict(str)
    for party in parties:
        if party.supplier_id and party.is_source:
            firms.setdefault(party.supplier_id, party)
            concern[party.supplier_id] = concern[party.supplier_id] or party.concern
    for supplier_id, plant in firms.items():
        links = known.links.get(supplier_id, ())
        if not any(link.from_xinjiang or concern.get(link.supplier) for link in links):
            continue
        articles = [line for line in lines if line.number in plant.line_numbers]
        made = {kind for line in articles for kind in article_kinds(tuple(line.hts_codes))}
        needs = frozenset({plant.kind}) if plant.kind else frozenset(made)
        same: dict[object, dict[int, rules.Delivery]] = defaultdict(dict)
        for link in links:
            if link.supplier not in firms and not link.from_xinjiang:
                continue
            if (link.kind or link.goods) and known.network.lets_in(link, needs):
                why = "XJ_MATERIAL" if link.from_xinjiang else concern[link.supplier]
                one = rules.Delivery(link.key, str(known.suppliers[link.supplier]), link.goods, why)
                kept = same[link.kind or link.goods.lower()].setdefault(link.supplier, one)
                if why and not kept.concern:
                    same[link.kind or link.goods.lower()][link.supplier] = one
        for deliveries in same.values():
            suspect = tuple(one for one in deliveries.values() if one.concern)
            others = tuple(one for one in deliveries.values() if not one.concern)
            if suspect and others:
                yield rules.MixedPlant(plant, suspect, others)
