"""The network upstream of some goods, as far as goods can have come along it and no further.

In a large network nearly everybody is upstream of everybody, by office paper and spare parts if by nothing else. What
matters to a shipment are the firms that a search reaches (screening/domain/searching.py): there the goods of each link
can be an input of the next, or nothing tells that they cannot. So the network is read a step at a time along such
links alone. Of every firm so reached all links in are read, those of other goods too: they may contradict the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from screening.domain.goods import CanBe, GoodsKind, Inputs
from screening.domain.tracing import MAX_STEPS, Link, Needs

ANYTHING: Needs = frozenset()  # nothing is known of what is needed, so whatever is delivered may go in
Needed = Mapping[int, AbstractSet[Needs]]  # by firm what the goods that come to it must be an input of


@dataclass(slots=True)
class Upstream:
    """Links by customer, followed upstream; ``inputs`` tells which goods go into which.

    What goods must be an input of is numbered, and what a firm needs is one whole number with a bit for each.
    """

    links: Mapping[int, Sequence[Link]]
    inputs: Inputs
    _needs: dict[Needs, int] = field(default_factory=dict)  # each with its bit
    _takes: dict[GoodsKind, tuple[int, int]] = field(default_factory=dict)  # the goods' own bit, and what they go into

    def firms(self, needed: Needed, read: Callable[[set[int]], object] | None = None) -> set[int]:
        """The firms that goods can have come from, these among them. ``read`` is given those of each step, so that
        the links to them are at hand."""
        step = {firm: sum({self._bit(one) for one in needs}) for firm, needs in needed.items()}
        known = dict(step)
        reached: set[int] = set()
        for _ in range(MAX_STEPS):
            if not step:
                break
            if read is not None:
                read(step.keys() - reached)
            reached |= step.keys()
            above: dict[int, int] = defaultdict(int)
            for customer, needs in step.items():
                for link in self.links.get(customer, ()):
                    if not link.is_aggregate:
                        above[link.supplier] |= self._above(link.kind, needs)
            step = {firm: new for firm, needs in above.items() if (new := needs & ~known.get(firm, 0))}
            for firm, needs in step.items():
                known[firm] = known.get(firm, 0) | needs
        return reached

    def ends(self, firms: AbstractSet[int]) -> set[int]:
        """Who else delivers to these firms, whatever it is: of them the name is told at most."""
        return {link.supplier for firm in firms for link in self.links.get(firm, ())} - firms

    def _above(self, kind: GoodsKind | None, needs: int) -> int:
        """What is needed above a link where any of these is needed below; nothing where its goods go into none."""
        if kind is None:
            return needs
        own, into = self._takes.get(kind) or self._take(kind)
        return own if into & needs else 0

    def _take(self, kind: GoodsKind) -> tuple[int, int]:
        own = self._bit(frozenset({kind}))
        into = sum(bit for needs, bit in self._needs.items() if self._does_go_in(kind, needs))
        self._takes[kind] = (own, into)
        return own, into

    def _bit(self, needs: Needs) -> int:
        """The bit of what goods may be needed for; goods numbered before learn whether they go into it."""
        if needs not in self._needs:
            bit = self._needs[needs] = 1 << len(self._needs)
            for kind, (own, into) in self._takes.items():
                if self._does_go_in(kind, needs):
                    self._takes[kind] = (own, into | bit)
        return self._needs[needs]

    def _does_go_in(self, kind: GoodsKind, needs: Needs) -> bool:
        return self.inputs.can_be_any(kind, needs) != CanBe.NO
