"""Statements about a chain that cannot all be true: goods that go round, and goods of a later stage fed to an earlier.

They are no evidence of anything but of a chain that is not understood: somebody must say which statement is wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from screening.domain.goods import CanBe, GoodsKind, Inputs
from screening.domain.knots import knots
from screening.domain.tracing import Link

MOST_FIRMS = 12  # a round longer than this is not looked for
MOST_ROUNDS = 100  # nor are more than this many told of one chain
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


class Contradictions:
    """Standing links made ready once and asked for the firms of one chain after another: what contradicts itself among
    them is the same whatever is known of other firms."""

    def __init__(self, links_by_customer: Mapping[int, Sequence[Link]], inputs: Inputs) -> None:
        links = [
            link
            for customer in sorted(links_by_customer)
            for link in links_by_customer[customer]
            if not (link.is_aggregate or link.is_disputed or link.is_traced)
        ]
        knots = _knots(links, inputs)
        self._in_rounds = sorted(
            ((link, onward) for knot in knots for onward in [_Onward(knot, inputs)] for link in knot),
            key=lambda one: one[0].key,
        )
        self._onward = _latest_first(links)
        self._feeding = [link for link in links if next(self._fed_backwards(link, None), None)]

    def among(self, firms: AbstractSet[int]) -> Iterator[Contradiction]:
        """Each round once, by its shortest way; then goods of a later stage that go into a firm of which every
        delivery to these firms is, in that commodity chain, of an earlier one.

        Firms that process for each other (yarn one way, cloth the other) are no contradiction: goods of a round must
        be able to be an input of each other all the way, or say nothing of what they are.
        """
        yield from self._rounds(firms)
        for link in self._feeding:
            if link.customer in firms:
                yield from self._fed_backwards(link, firms)

    def _rounds(self, firms: AbstractSet[int]) -> Iterator[Contradiction]:
        seen: set[frozenset[int]] = set()
        for first, onward in self._in_rounds:
            if first.supplier in firms and first.customer in firms:
                way = _round(first, onward, firms)
                if way and (those := frozenset(link.supplier for link in way)) not in seen:
                    seen.add(those)
                    yield Contradiction("both_ways" if len(way) == 2 else "round", way)
                if len(seen) >= MOST_ROUNDS:
                    return

    def _fed_backwards(self, link: Link, firms: AbstractSet[int] | None) -> Iterator[Contradiction]:
        """With ``firms``: whether the latest stage of what goes from the customer to these is an earlier one than that
        of what goes in; without, whether any delivery is."""
        if link.kind is None or link.kind.stage is None:
            return
        onward = self._onward.get((link.customer, link.kind.commodity), ())
        known = onward[-1:] if firms is None else [one for one in onward if one.customer in firms][:1]
        for one in known:
            if one.kind is not None and (one.kind.stage or 0) < link.kind.stage:
                yield Contradiction("backwards", (link, one))


def contradictions(links_by_customer: Mapping[int, Sequence[Link]], inputs: Inputs) -> tuple[Contradiction, ...]:
    """What contradicts itself in a whole network."""
    firms = {firm for rows in links_by_customer.values() for link in rows for firm in (link.supplier, link.customer)}
    return tuple(Contradictions(links_by_customer, inputs).among(firms))


def _knots(links: Sequence[Link], inputs: Inputs) -> list[list[Link]]:
    """The links whose goods can come back to where they came from, those that lie on rounds of each other together."""
    by_key = {link.key: link for link in links}
    onward = _Onward(links, inputs)
    found = knots(by_key, lambda key: [following.key for following in onward.of(by_key[key])])
    return [[by_key[key] for key in knot] for knot in sorted(found)]


class _Onward:
    """Where goods that came in go on: by firm and kind of goods the links that these may be an input of."""

    def __init__(self, links: Iterable[Link], inputs: Inputs) -> None:
        self._inputs = inputs
        self._by_supplier: dict[int, list[Link]] = {}
        for link in links:
            self._by_supplier.setdefault(link.supplier, []).append(link)
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


def _round(first: Link, onward: _Onward, firms: AbstractSet[int]) -> tuple[Link, ...] | None:
    """The shortest way among these firms on which what ``first`` delivers comes back to its supplier."""
    queue: deque[tuple[Link, ...]] = deque([(first,)])
    seen = {(first.customer, first.kind)}
    while queue and len(seen) < MOST_TRIED:
        way = queue.popleft()
        for link in onward.of(way[-1]):
            if link.customer == first.supplier:
                if onward.goes_into(link, first):
                    return (*way, link)
            elif link.customer in firms and (link.customer, link.kind) not in seen and len(way) < MOST_FIRMS - 1:
                seen.add((link.customer, link.kind))
                queue.append((*way, link))
    return None


def _latest_first(links: Iterable[Link]) -> dict[tuple[int, str], list[Link]]:
    """By firm and commodity chain what it delivers, that of the latest stage first."""
    found: dict[tuple[int, str], list[Link]] = {}
    for link in links:
        if link.kind is not None and link.kind.stage is not None:
            found.setdefault((link.supplier, link.kind.commodity), []).append(link)
    for rows in found.values():
        rows.sort(key=lambda link: (-link.kind.stage if link.kind and link.kind.stage else 0, link.key))
    return found
