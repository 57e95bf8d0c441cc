"""Statements about a chain that cannot all be true: goods that go round, and goods of a later stage fed to an earlier.

They are no evidence of anything but of a chain that is not understood: somebody must say which statement is wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from screening.domain.goods import CanBe, GoodsKind, Inputs
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

    def concerns(self, chain: AbstractSet[int], makers: AbstractSet[int]) -> bool:
        """Whether it stands in a chain of these firms; ``makers``: those of them that made or sold the article."""
        if self.how != "backwards":
            return self.firms <= chain
        # Whoever feeds goods of a later stage in is on no path: the goods are no input there.
        feeding, onward = self.links
        return onward.supplier in chain and onward.customer in chain and feeding.customer not in makers


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
    onward = _Onward(by_supplier, inputs)
    found: list[Contradiction] = []
    seen: set[frozenset[int]] = set()
    for ring in _in_rounds(links, onward):
        way = _round(ring, onward)
        if way and (firms := frozenset(link.supplier for link in way)) not in seen:
            seen.add(firms)
            found.append(Contradiction("both_ways" if len(way) == 2 else "round", way))
        if len(found) >= MOST_ROUNDS:
            break
    return (*found, *_backwards(links, by_supplier))


class _Onward:
    """Where goods that came in go on: by firm and kind of goods the links that these may be an input of."""

    def __init__(self, by_supplier: Mapping[int, Sequence[Link]], inputs: Inputs) -> None:
        self._by_supplier, self._inputs = by_supplier, inputs
        self._known: dict[tuple[int, GoodsKind | None], list[Link]] = {}

    def of(self, goods: Link) -> list[Link]:
        """The links of the customer that what a link delivers may go into; both known, or neither."""
        key = (goods.customer, goods.kind)
        if key not in self._known:
            self._known[key] = [one for one in self._by_supplier.get(goods.customer, ()) if self.goes_into(goods, one)]
        return self._known[key]

    def goes_into(self, goods: Link, following: Link) -> bool:
        if goods.kind is None or following.kind is None:
            return goods.kind is following.kind
        return self._inputs.can_be(goods.kind, following.kind) == CanBe.YES


def _in_rounds(links: Sequence[Link], onward: _Onward) -> list[Link]:
    """The links that can lie on a round: those whose goods come from nowhere or go nowhere are peeled off."""
    left = {link.key: link for link in links}
    while True:
        fed = {following.key for link in left.values() for following in onward.of(link)}
        gone = [
            key
            for key, link in left.items()
            if key not in fed or not any(following.key in left for following in onward.of(link))
        ]
        if not gone:
            return list(left.values())
        for key in gone:
            del left[key]


def _round(first: Link, onward: _Onward) -> tuple[Link, ...] | None:
    """The shortest way on which what ``first`` delivers comes back to its supplier."""
    queue: deque[tuple[Link, ...]] = deque([(first,)])
    seen = {(first.customer, first.kind)}
    while queue and len(seen) < MOST_TRIED:
        way = queue.popleft()
        for link in onward.of(way[-1]):
            if link.customer == first.supplier:
                if onward.goes_into(link, first):
                    return (*way, link)
            elif (link.customer, link.kind) not in seen and len(way) < MOST_FIRMS - 1:
                seen.add((link.customer, link.kind))
                queue.append((*way, link))
    return None


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
