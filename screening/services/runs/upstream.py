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
    """Links by customer, followed upstream; ``inputs`` tells which goods go into which."""

    links: Mapping[int, Sequence[Link]]
    inputs: Inputs
    _goes_in: dict[tuple[GoodsKind, Needs], bool] = field(default_factory=dict)

    def firms(self, needed: Needed, read: Callable[[set[int]], object] | None = None) -> set[int]:
        """The firms that goods can have come from, these among them. ``read`` is given those of each step, so that
        the links to them are at hand."""
        known = {firm: set(needs) for firm, needs in needed.items()}
        step = {firm: set(needs) for firm, needs in needed.items()}
        reached: set[int] = set()
        for _ in range(MAX_STEPS):
            if not step:
                break
            if read is not None:
                read(step.keys() - reached)
            reached |= step.keys()
            above: dict[int, set[Needs]] = defaultdict(set)
            for customer, needs in step.items():
                for link in self.links.get(customer, ()):
                    if not link.is_aggregate:
                        above[link.supplier] |= self._above(link, needs) - known.get(link.supplier, set())
            step = {firm: needs for firm, needs in above.items() if needs}
            for firm, needs in step.items():
                known.setdefault(firm, set()).update(needs)
        return reached

    def ends(self, firms: AbstractSet[int]) -> set[int]:
        """Who else delivers to these firms, whatever it is: of them the name is told at most."""
        return {link.supplier for firm in firms for link in self.links.get(firm, ())} - firms

    def _above(self, link: Link, needs: AbstractSet[Needs]) -> AbstractSet[Needs]:
        """What is needed above a link where any of these is needed below; nothing where its goods go into none."""
        if link.kind is None:
            return needs
        return {frozenset({link.kind})} if any(self._does_go_in(link.kind, one) for one in needs) else set()

    def _does_go_in(self, kind: GoodsKind, needs: Needs) -> bool:
        key = (kind, needs)
        if key not in self._goes_in:
            self._goes_in[key] = self.inputs.can_be_any(kind, needs) != CanBe.NO
        return self._goes_in[key]
