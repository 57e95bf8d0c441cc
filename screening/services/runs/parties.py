"""The parties of a shipment's chains as the rules take them: those named on it, and each supplier upstream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from entities.domain.facts import PartyFacts
from entities.domain.parties import PartyScreening
from screening.domain import rules, tracing
from screening.domain.goods import GoodsKind
from screening.domain.searching import Network
from screening.domain.tracing import Grade
from screening.models import Shipment
from screening.reference import priority_chains
from screening.services.labour import words_of_party
from screening.services.runs.surroundings import Surroundings

NOTHING = PartyScreening("none", (), "none", ())


@dataclass(slots=True)
class Reached:
    """A supplier upstream: the best path to it, the lines it leads to, and where the way begins.

    ``network``: what was searched for the line of the best path. ``made``: makers known by lots alone, with the lot.
    """

    path: tracing.Path
    line_numbers: list[int]
    starts: tuple[int, ...]
    article: frozenset[GoodsKind]
    network: Network
    made: Mapping[int, int]

    def other_paths(self, on: date) -> int:
        """How many ways lead there beside the best one."""
        return max(0, self.network.count_paths(self.path.supplier, self.starts, self.article, on) - 1)


def named_parties(shipment: Shipment, known: Surroundings, on: date) -> list[rules.PartyAtStep]:
    """The parties named on the shipment itself, each with the lines it is named on."""
    all_lines = tuple(line.number for line in known.lines[shipment.pk])
    named: dict[tuple[int, str], list[int]] = {}
    by_id = {part.party_id: part.party for part in known.parts[shipment.pk]}
    for part in known.parts[shipment.pk]:
        numbers = named.setdefault((part.party_id, part.role), [])
        numbers.extend([part.line.number] if part.line else all_lines)
    parties = []
    for (party_id, role), numbers in named.items():
        party = by_id[party_id]
        facts = PartyFacts(**party.facts())
        verdict = known.verdicts.verdict(facts, on)
        parties.append(
            rules.PartyAtStep(
                facts=facts,
                verdict=verdict,
                judged=known.verdicts.judged(facts, verdict),
                orders=known.verdicts.orders_on(facts, on),
                labour=tuple(words_of_party(facts)),
                kin=_kin(party.supplier_id, verdict, known, on),
                role=role,
                line_numbers=tuple(sorted(set(numbers))),
                steps_upstream=1 if role in rules.SOURCE_ROLES else 0,
                grade=Grade.DIRECT,
                path=(_node(party.display_name, party.native_name, role, 1, supplier=party.supplier_id),),
                party_id=party.pk,
                supplier_id=party.supplier_id,
            )
        )
    return parties


def upstream_parties(reached: Reached, known: Surroundings, on: date) -> Iterator[rules.PartyAtStep]:
    """The supplier at the end of a path, once for each of its sites."""
    path = reached.path
    nodes = nodes_of(path, reached.made, known)
    supplier = known.suppliers[path.supplier]
    for facts in known.sites[path.supplier] or [PartyFacts(name=supplier.name, native_name=supplier.native_name)]:
        verdict = known.verdicts.verdict(facts, on)
        orders = known.verdicts.orders_on(facts, on)
        link = path.last
        labour = tuple(words_of_party(facts))
        kin = _kin(path.supplier, verdict, known, on)
        is_flagged = bool(verdict.matches or verdict.signals or orders or labour or kin)
        yield rules.PartyAtStep(
            facts=facts,
            verdict=verdict,
            judged=known.verdicts.judged(facts, verdict),
            orders=orders,
            labour=labour,
            kin=kin,
            kind=link.kind if link else None,
            is_priority=bool(link and link.kind and link.kind.commodity in priority_chains()),
            role="supplier",
            line_numbers=tuple(sorted(set(reached.line_numbers))),
            other_paths=reached.other_paths(on) if is_flagged else 0,
            steps_upstream=path.steps_upstream,
            grade=path.grade if path.steps else Grade.TRACED,
            path=nodes,
            supplier_id=path.supplier,
        )


def spoken_of(
    path: tracing.Path, line_numbers: Iterable[int], made: Mapping[int, int], known: Surroundings
) -> rules.PartyAtStep:
    """The supplier of a statement that speaks of a labour scheme, on the best path over that very statement; it may be
    a class of firms."""
    supplier, link = known.suppliers[path.supplier], path.links[-1]
    own = known.sites[path.supplier] or [PartyFacts(name=supplier.name, native_name=supplier.native_name)]
    return rules.PartyAtStep(
        facts=own[0],
        verdict=NOTHING,
        labour=tuple(rules.LabourWords(field, words, link.key) for field, words in link.labour),
        kind=link.kind,
        role="supplier",
        line_numbers=tuple(sorted(set(line_numbers))),
        steps_upstream=path.steps_upstream,
        grade=path.grade,
        path=nodes_of(path, made, known),
        supplier_id=path.supplier,
    )


def nodes_of(path: tracing.Path, made: Mapping[int, int], known: Surroundings) -> tuple[dict[str, Any], ...]:
    """The parties of a path in order, each with the link that leads to it and what that link is worth.

    A link over a lot is named by the negative of the lot; so is what ties the maker of the article itself to it,
    where only a lot does.
    """
    first = path.steps[0].link.customer if path.steps else path.supplier
    nodes = [{**_supplier_node(first, 1, known), **({"link": -made[first]} if first in made else {})}]
    return (*nodes, *(_node_of(step, number, known) for number, step in enumerate(path.steps, 2)))


def _node_of(step: tracing.Step, number: int, known: Surroundings) -> dict[str, Any]:
    """The party a step leads to; made once for all paths that run over the step."""
    if id(step) not in known.nodes:
        link = step.link
        node = {
            **_supplier_node(link.supplier, number, known),
            "link": link.key,
            "stage": link.stage,
            "goods": link.goods,
            "grade": step.grade.value,
            "from": link.valid_from.isoformat() if link.valid_from else "",
            "to": link.valid_to.isoformat() if link.valid_to else "",
            "weak": [{"why": one.sentence, "settled_by": one.settled_by} for one in step.weaknesses],
        }
        known.nodes[id(step)] = (step, node)
    return known.nodes[id(step)][1]


def _kin(
    supplier_id: int | None, verdict: PartyScreening, known: Surroundings, on: date
) -> tuple[rules.ListedKin, ...]:
    """The listed entities that own a party or that it owns, but for those it is itself."""
    if supplier_id is None:
        return ()
    verdicts = known.verdicts
    kin = known.kin.of_party(supplier_id, verdict, on, verdicts.listed, verdicts.matcher.parties)
    return tuple(one for one in kin if one.match.key in verdicts.rows)


def _supplier_node(supplier_id: int, step: int, known: Surroundings) -> dict[str, Any]:
    supplier = known.suppliers[supplier_id]
    return _node(supplier.name, supplier.native_name, "supplier", step, supplier=supplier_id)


def _node(name: str, native_name: str, role: str, step: int, *, supplier: int | None) -> dict[str, Any]:
    return {"name": name, "native_name": native_name, "role": role, "step": step, "supplier": supplier}
