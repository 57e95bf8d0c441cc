"""How many ways lead to a party, as far as they are counted: there can be far more ways than anybody waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from screening.domain.tracing import MAX_STEPS, MOST_PATHS, MOST_TRIED


class Onward(NamedTuple):
    """A link to a supplier that is a party: its goods as bits, and the bits of what goes in above it; None where that
    is what goes in below."""

    supplier: int
    goods: int
    lets_in: int | None


@dataclass(slots=True, eq=False)
class _Firm:
    """A firm reached for some goods. ``others``: all firms but it; ``layers``: who delivers to it, whatever it is.

    ``let_in`` and ``onward``: who delivers what goes in here; None until it is asked for.
    """

    firm: int
    lets_in: int
    others: int
    layers: tuple[int, ...]
    let_in: int = 0
    onward: list[tuple[int, _Firm]] | None = None


class PathCounter:
    """Counts ways upstream that pass no firm twice, over links by customer. Each firm is a bit, several are a mask."""

    def __init__(self, links: Mapping[int, Sequence[Onward]], lead_from: Mapping[int, Iterable[int]]) -> None:
        """``lead_from``: by supplier the customers, over links of every kind."""
        self._links, self._lead_from = links, lead_from
        firms = {*links, *lead_from, *(firm for customers in lead_from.values() for firm in customers)}
        self._bits = {firm: 1 << number for number, firm in enumerate(sorted(firms))}
        self._layers = {customer: self._in_layers(rows) for customer, rows in links.items()}
        self._firms: dict[tuple[int, int], _Firm] = {}

    def count(self, target: int, starts: Iterable[int], lets_in: int, among: Iterable[int]) -> int:
        """How many ways lead from the starts to a party, over links whose goods are ``lets_in`` at the start.

        Only firms of the chain are passed (``among``), so that the answer is the same whatever other links are known.
        Counting stops at ``MOST_PATHS``, or when ``MOST_TRIED`` links were tried.
        """
        if target not in self._bits:
            return 0
        below, sought = self._firms_below(target, self._mask(among)), self._bits[target]
        count = tried = 0
        waiting = [(self._firm(start, lets_in), below, 1) for start in starts if self._bits.get(start, 0) & below]
        while waiting and count < MOST_PATHS and tried < MOST_TRIED:
            at, left, steps = waiting.pop()
            left &= at.others
            for layer in at.layers:
                tried += (layer & left).bit_count()
            onward = self._onward(at) if at.onward is None else at.onward
            if at.let_in & left & sought:
                count += sum(bit == sought for bit, _ in onward)
            if steps + 1 < MAX_STEPS:
                further = left & ~sought
                waiting += [(one, left, steps + 1) for bit, one in onward if bit & further]
        return count

    def _firm(self, firm: int, lets_in: int) -> _Firm:
        key = (firm, lets_in)
        if key not in self._firms:
            self._firms[key] = _Firm(firm, lets_in, ~self._bits[firm], self._layers.get(firm, ()))
        return self._firms[key]

    def _onward(self, at: _Firm) -> list[tuple[int, _Firm]]:
        """Who delivers to a firm what goes in there, by the links in order."""
        at.onward = [
            (self._bits[one.supplier], self._firm(one.supplier, at.lets_in if one.lets_in is None else one.lets_in))
            for one in self._links.get(at.firm, ())
            if one.goods & at.lets_in
        ]
        for bit, _ in at.onward:
            at.let_in |= bit
        return at.onward

    def _in_layers(self, links: Iterable[Onward]) -> tuple[int, ...]:
        """The suppliers of a firm; those with a second link to it once more in a second layer, and so on."""
        layers: list[int] = []
        for one in links:
            bit = self._bits[one.supplier]
            number = next((number for number, layer in enumerate(layers) if not layer & bit), len(layers))
            if number == len(layers):
                layers.append(0)
            layers[number] |= bit
        return tuple(layers)

    def _mask(self, firms: Iterable[int]) -> int:
        mask = 0
        for firm in firms:
            mask |= self._bits.get(firm, 0)
        return mask

    def _firms_below(self, target: int, among: int) -> int:
        """Those of the firms from which links among them lead up to a party, and itself."""
        found, waiting = self._bits[target], [target]
        left = among & ~found
        while waiting and left:
            for customer in self._lead_from.get(waiting.pop(), ()):
                bit = self._bits[customer]
                if bit & left:
                    found |= bit
                    left &= ~bit
                    waiting.append(customer)
        return found
