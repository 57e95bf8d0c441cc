"""Statements about a chain that cannot all be true: goods that go round, and goods of a later stage fed to an earlier.

They are no evidence of anything but of a chain that is not understood: somebody must say which statement is wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from screening.domain.goods import CanBe, Inputs
from screening.domain.tracing import Link

MOST_FIRMS = 12  # a round longer than this is not looked for
MOST_ROUNDS = 100  # nor are more than this many told of one network
MOST_TRIED = 2000  # nor is one way followed further than this


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Links that contradict each other, in the order goods would flow along them.

    ``both_ways``: two firms deliver the same goods to each other. ``round``: a firm is its own supplier over several
    links. ``backwards``: goods of a later stage go into a firm that delivers goods of an earlier one.
    """

    how: Literal["both_ways", "round", "backwards"]
    links: tuple[Link, ...]
    names: Mapping[int, str] = field(default_factory=dict)  # of the firms, to tell it with

    @property
    def firms(self) -> frozenset[int]:
        return frozenset(firm for link in self.links for firm in (link.supplier, link.customer))

    def concerns(self, chain: Collection[int], makers: Collection[int]) -> bool:
        """Whether it stands in a chain of these firms; ``makers``: those of them that made or sold the article."""
        if self.how != "backwards":
            return self.firms <= set(chain)
        # Whoever feeds goods of a later stage in is on no path: the goods are no input there.
        feeding, onward = self.links
        return {onward.supplier, onward.customer} <= set(chain) and feeding.customer not in makers


def contradictions(links_by_customer: Mapping[int, Sequence[Link]], inputs: Inputs) -> tuple[Contradiction, ...]:
    """What contradicts itself among standing links; each round once, by its shortest way.

    Firms that process for each other (yarn one way, cloth the other) are no contradiction: goods of a round must be
    able to be an input of each other all the way, or say nothing of what they are.
    """
    links = [
        link
        for rows in links_by_customer.values()
        for link in rows
        if not (link.is_aggregate or link.is_disputed or link.is_traced)
    ]
    by_supplier: dict[int, list[Link]] = {}
    for link in links:
        by_supplier.setdefault(link.supplier, []).append(link)
    found: list[Contradiction] = []
    seen: set[frozenset[int]] = set()
    for ring in _in_rounds(links, by_supplier):
        way = _round(ring, by_supplier, inputs)
        if way and (firms := frozenset(link.supplier for link in way)) not in seen:
            seen.add(firms)
            found.append(Contradiction("both_ways" if len(way) == 2 else "round", way))
        if len(found) >= MOST_ROUNDS:
            break
    return (*found, *_backwards(links, by_supplier))


def _in_rounds(links: Iterable[Link], by_supplier: Mapping[int, Sequence[Link]]) -> list[Link]:
    """The links that can lie on a round: what has nothing before it or nothing behind it is peeled off."""
    left = {link.key: link for link in links}
    while True:
        sellers = {link.supplier for link in left.values()}
        buyers = {link.customer for link in left.values()}
        gone = [key for key, link in left.items() if link.supplier not in buyers or link.customer not in sellers]
        if not gone:
            return list(left.values())
        for key in gone:
            del left[key]


def _round(first: Link, by_supplier: Mapping[int, Sequence[Link]], inputs: Inputs) -> tuple[Link, ...] | None:
    """The shortest way on which what ``first`` delivers comes back to its supplier."""
    queue: deque[tuple[Link, ...]] = deque([(first,)])
    seen = {(first.customer, first.kind)}
    while queue and len(seen) < MOST_TRIED:
        way = queue.popleft()
        for link in by_supplier.get(way[-1].customer, ()):
            if not _goes_into(way[-1], link, inputs):
                continue
            if link.customer == first.supplier:
                if _goes_into(link, first, inputs):
                    return (*way, link)
            elif (link.customer, link.kind) not in seen and len(way) < MOST_FIRMS - 1:
                seen.add((link.customer, link.kind))
                queue.append((*way, link))
    return None


def _goes_into(goods: Link, following: Link, inputs: Inputs) -> bool:
    """What a link delivers may be an input of what the next one delivers; both known, or neither."""
    if goods.kind is None or following.kind is None:
        return goods.kind is following.kind
    return inputs.can_be(goods.kind, following.kind) == CanBe.YES


def _backwards(links: Iterable[Link], by_supplier: Mapping[int, Sequence[Link]]) -> Iterable[Contradiction]:
    """Goods of a later stage that go into a firm of which every known delivery in that chain is of an earlier one."""
    latest: dict[tuple[int, str], tuple[int, Link]] = {}  # by firm and chain what it delivers at the latest stage
    for supplier, rows in by_supplier.items():
        for link in rows:
            if link.kind is not None and link.kind.stage is not None:
                key = (supplier, link.kind.commodity)
                if key not in latest or latest[key][0] < link.kind.stage:
                    latest[key] = (link.kind.stage, link)
    for link in links:
        if link.kind is None or link.kind.stage is None:
            continue
        stage, onward = latest.get((link.customer, link.kind.commodity), (link.kind.stage, link))
        if stage < link.kind.stage:
            yield Contradiction("backwards", (link, onward))
