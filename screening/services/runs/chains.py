"""The chains behind the lines of one shipment: how far each is known, and who and what stands in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from entities import reference
from screening.domain import rules, tracing
from screening.domain.coverage import ChainPosition, measure
from screening.domain.tracing import Grade
from screening.models import Shipment, ShipmentLine
from screening.reference import article_kinds, chain_position, commodity_stages, priority_inputs
from screening.services.network import lot_links, makers_of, traces_behind
from screening.services.runs.parties import Reached, nodes_of, spoken_of, upstream_parties
from screening.services.runs.surroundings import Surroundings


@dataclass(slots=True)
class Chains:
    """The lines with what is known of their chains, every party upstream with its best path, every link that states
    where its material comes from, and the supplier of every one that speaks of a labour scheme."""

    articles: list[rules.Article]
    upstream: list[rules.PartyAtStep]
    materials: list[rules.MaterialAtStep]
    spoken_of: list[rules.PartyAtStep]


def chains_of(shipment: Shipment, known: Surroundings, on: date) -> Chains:
    """What lies upstream of the lines of a shipment."""
    articles = []
    best: dict[int, Reached] = {}
    lines = known.lines[shipment.pk] or [ShipmentLine(shipment=shipment, number=1)]
    stated: dict[int, tuple[tracing.Path, list[int], Mapping[int, int]]] = {}
    for line in lines:
        sources = known.sources(shipment.pk, line.number)
        named = [part.party.supplier_id for part in sources if part.party.supplier_id]
        steps = traces_behind(line.number, named, known.traces[shipment.pk])
        network = known.network.with_lots(lot_links(steps))
        made = {pk: lot for pk, lot in makers_of(line.number, steps).items() if pk not in named}
        starts = [*named, *made]
        positions = [position for code in line.hts_codes if (position := chain_position(code))]
        kinds = article_kinds(tuple(line.hts_codes))
        traced = network.trace(starts, article=kinds, on=on)
        paths = {**{maker: tracing.Path(maker) for maker in made}, **traced.paths}
        for key, path in traced.stated.items():
            kept_path, numbers, kept_made = stated.get(key, (path, [], made))
            best_way = (path, made) if _is_better(path, kept_path) else (kept_path, kept_made)
            stated[key] = (best_way[0], [*numbers, line.number], best_way[1])
        stages: dict[int, list[str]] = defaultdict(list)
        if sources:
            stages[1] = []
        for supplier_id, path in paths.items():
            stages[path.steps_upstream].append(path.last.stage if path.last else "")
            kept = best.get(supplier_id)
            numbers = kept.line_numbers if kept else []
            if kept is None or _is_better(path, kept.path):
                best[supplier_id] = Reached(path, numbers, tuple(starts), kinds, network, made)
            numbers.append(line.number)
        position = positions[0] if positions else None
        coverage = measure(
            line.number,
            position,
            commodity_stages().get(position.commodity, ()) if position else (),
            has_source=bool(sources or made),
            stage_names_by_step=stages,
        )
        if line.pk is not None or sources:
            sectors = {one.sector for code in line.hts_codes for one in reference.sectors_of(code)}
            articles.append(
                rules.Article(
                    line.number,
                    line.description,
                    tuple(line.hts_codes),
                    tuple(sorted(sectors)),
                    coverage,
                    line.origin_country,
                    _unknown_inputs(position, sectors, paths.values(), known),
                )
            )
    upstream = [party for reached in best.values() for party in upstream_parties(reached, known, on)]
    materials = [
        rules.MaterialAtStep(
            path=nodes_of(path, made, known),
            goods=path.links[-1].goods,
            customer=str(known.suppliers[path.links[-1].customer]),
            supplier=str(known.suppliers[path.supplier]),
            line_numbers=tuple(sorted(set(numbers))),
            steps_upstream=path.steps_upstream,
            grade=path.grade,
        )
        for path, numbers, made in stated.values()
        if path.links[-1].from_xinjiang
    ]
    spoken = [spoken_of(*one, known) for one in stated.values() if one[0].links[-1].labour]
    return Chains(articles, upstream, materials, spoken)


def _is_better(path: tracing.Path, kept: tracing.Path) -> bool:
    grades = list(Grade)  # from the best: lots of the shipment go before goods that merely fit
    return (grades.index(path.grade), path.steps_upstream) < (grades.index(kept.grade), kept.steps_upstream)


def _unknown_inputs(
    position: ChainPosition | None, sectors: set[str], paths: Iterable[tracing.Path], known: Surroundings
) -> tuple[rules.UnknownInput, ...]:
    """The inputs of priority sectors that no supplier with a country is known to deliver for an article.

    Of the article's own chain only where the article belongs to no sector itself: its gaps are told there.
    """
    if position is None:
        return ()
    kinds = {path.last.kind for path in paths if path.last and known.country(path.supplier)}
    delivered = {kind.commodity for kind in kinds if kind}
    own = {position.commodity} if sectors else set()
    return tuple(
        rules.UnknownInput(chain, use)
        for chain, use in priority_inputs(position).items()
        if chain not in delivered and chain not in own
    )
