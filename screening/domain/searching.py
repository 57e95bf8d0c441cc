"""A network upstream, made ready once and searched for many articles and days of importation.

Following every way by itself is far too slow where suppliers are many and buy from each other. What a link is worth
hangs on the kind of its goods and on what they must be an input of. So each kind is a bit and what may go into the
goods needed at a firm is a mask: a firm reached again is followed further only for kinds no earlier way to it let in.
The answers are those of following every way (tests/screening/test_searching.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from screening.domain.counting import Onward, PathCounter
from screening.domain.goods import CanBe, GoodsKind, Inputs
from screening.domain.tracing import (
    MAX_STEPS,
    TIME_IN_PROCESS,
    Grade,
    Link,
    Needs,
    Path,
    Step,
    Traced,
    grade_link,
)

# Links that go into whatever is needed: over lots, or because nothing is known of the goods.
ONCE = 1  # with goods that are known: what is needed above them is the same whoever asks, so once is enough
EACH_TIME = 2  # what is needed above them is what was needed below
_NEVER, _EVER = 0, date.max.toordinal()
_PASSES = (Grade.TRACED, Grade.RELEVANT, Grade.POSSIBLE, Grade.UNRELATED)
_RELEVANT, _POSSIBLE = _PASSES.index(Grade.RELEVANT), _PASSES.index(Grade.POSSIBLE)

Masks = tuple[int, ...]  # by pass the kinds of goods that are let in


class Way(NamedTuple):
    """A link as a search follows it: its kind as a bit, and the days of importation for which it counts.

    ``needs``: what is needed above it, None where that is what was needed below; ``masks``: what that lets in.
    """

    bit: int
    first: int
    last: int
    supplier: int
    link: Link
    needs: Needs | None
    masks: Masks


@dataclass(frozen=True, slots=True, eq=False)
class _Reached:
    """A firm reached over a link from one reached before, and what is needed above it."""

    supplier: int
    needs: Needs
    steps: int
    link: Link | None = None
    below: _Reached | None = None


class Network:
    """Links by customer. Made ready when it is made; it does not see links added later."""

    def __init__(self, links_by_customer: Mapping[int, Sequence[Link]], inputs: Inputs) -> None:
        self._inputs = inputs
        kinds = {link.kind: None for links in links_by_customer.values() for link in links if link.kind}
        self._bits: dict[GoodsKind, int] = {kind: 4 << number for number, kind in enumerate(kinds)}
        self._masks: dict[Needs, Masks] = {}
        self._set_ways(
            {customer: [self._way(link) for link in links] for customer, links in links_by_customer.items()}
        )

    def with_lots(self, delivered: Mapping[int, Sequence[Link]]) -> Network:
        """The same network with the deliveries of one shipment's lots, by customer, before its other links."""
        if not delivered:
            return self
        other = Network({}, self._inputs)
        other._bits, other._masks = self._bits, self._masks
        lots = {customer: [self._way(link) for link in links] for customer, links in delivered.items()}
        other._set_ways(
            {**self._ways, **{customer: [*own, *self._ways.get(customer, ())] for customer, own in lots.items()}}
        )
        return other

    def trace(self, starts: Iterable[int], *, article: Needs, on: date, with_unrelated: bool = False) -> Traced:
        """For every supplier upstream of the starts its best path: the better grade, then the nearest.

        Cycles are harmless: a supplier is visited once for the same goods. An aggregate is never a party; a link from
        one counts only for what it states itself. ``with_unrelated`` adds the paths nobody needs to follow, for
        showing. The same question again costs nothing.
        """
        question = (tuple(dict.fromkeys(starts)), article, on, with_unrelated)
        if question not in self._traced:
            self._traced[question] = self._trace(*question)
        return self._traced[question]

    def count_paths(self, target: int, starts: Iterable[int], article: Needs, on: date) -> int:
        """How many ways lead from the starts to a party without passing a firm twice, as far as they are counted."""
        question = (target, tuple(dict.fromkeys(starts)), article)
        if question not in self._counted:
            reached = self.trace(question[1], article=article, on=on).paths
            lets_in = self._lets_in(self._masks_of(article))
            self._counted[question] = self._counter.count(target, question[1], lets_in, {*question[1], *reached})
        return self._counted[question]

    @cached_property
    def _counter(self) -> PathCounter:
        onward = {
            customer: [
                Onward(way.supplier, way.bit, None if way.needs is None else self._lets_in(way.masks))
                for way in ways
                if not way.link.is_aggregate
            ]
            for customer, ways in self._ways.items()
        }
        lead_from: dict[int, list[int]] = {}
        for customer, ways in self._ways.items():
            for supplier in dict.fromkeys(way.supplier for way in ways):
                lead_from.setdefault(supplier, []).append(customer)
        return PathCounter(onward, lead_from)

    @staticmethod
    def _lets_in(masks: Masks) -> int:
        return masks[_POSSIBLE] | ONCE | EACH_TIME

    def lets_in(self, link: Link, needs: Needs) -> bool:
        """What a link of the network delivers may be an input of what is needed, as far as is known."""
        return link.kind is None or link.is_traced or bool(self._bits[link.kind] & self._masks_of(needs)[_POSSIBLE])

    def _set_ways(self, ways: Mapping[int, Sequence[Way]]) -> None:
        self._ways = ways
        self._sure = {
            customer: [_on_its_days(one) for one in rows if _can_be_relevant(one.link)]
            for customer, rows in ways.items()
        }
        self._traced: dict[tuple[tuple[int, ...], Needs, date, bool], Traced] = {}
        self._counted: dict[tuple[int, tuple[int, ...], Needs], int] = {}

    def _way(self, link: Link) -> Way:
        needs = frozenset({link.kind}) if link.kind else None
        bit = self._bits[link.kind] if link.kind and not link.is_traced else ONCE if link.kind else EACH_TIME
        return Way(bit, _NEVER, _EVER, link.supplier, link, needs, self._masks_of(needs) if needs else ())

    def _masks_of(self, needs: Needs) -> Masks:
        """By pass the kinds of goods that may be an input of what is needed."""
        if needs not in self._masks:
            sure = possible = 0
            for kind, bit in self._bits.items():
                answer = self._inputs.can_be_any(kind, needs)
                if needs and answer == CanBe.YES:
                    sure |= bit
                if not needs or answer != CanBe.NO:
                    possible |= bit
            self._masks[needs] = (0, sure, possible, -1)
        return self._masks[needs]

    def _trace(self, starts: Sequence[int], article: Needs, on: date, with_unrelated: bool) -> Traced:
        paths: dict[int, _Reached] = {}
        stated: dict[int, _Reached] = {}
        for number in range(len(_PASSES) if with_unrelated else len(_PASSES) - 1):
            self._pass(number, starts, article, on.toordinal(), paths, stated)
        steps: dict[_Reached, tuple[Step, ...]] = {}

        def path_to(reached: _Reached) -> Path:
            return Path(reached.supplier, steps_to(reached))

        def steps_to(reached: _Reached) -> tuple[Step, ...]:
            if reached.link is None or reached.below is None:
                return ()
            if reached not in steps:
                step = grade_link(reached.link, needs=reached.below.needs, on=on, inputs=self._inputs)
                steps[reached] = (*steps_to(reached.below), step)
            return steps[reached]

        return Traced(
            {supplier: path_to(reached) for supplier, reached in paths.items()},
            {key: path_to(reached) for key, reached in stated.items()},
        )

    def _pass(
        self,
        number: int,
        starts: Sequence[int],
        article: Needs,
        day: int,
        paths: dict[int, _Reached],
        stated: dict[int, _Reached],
    ) -> None:
        """Reach what can be reached over links of one grade and better, the nearest first, and keep what is new."""
        ways = self._sure if number <= _RELEVANT else self._ways
        masks = self._masks_of(article)
        let_in = dict.fromkeys(starts, masks[number])
        waiting = deque((_Reached(start, article, 1), masks, masks[number] | ONCE | EACH_TIME) for start in let_in)
        while waiting:
            at, masks, fresh = waiting.popleft()
            if at.steps >= MAX_STEPS:
                break
            for bit, first, last, supplier, link, needs, above in ways.get(at.supplier, ()):
                if not bit & fresh or not first <= day <= last:
                    continue
                if (link.from_xinjiang or link.labour) and link.key not in stated:
                    stated[link.key] = _Reached(supplier, at.needs, at.steps + 1, link, at)
                if link.is_aggregate:
                    continue
                if needs is None:
                    needs, above = at.needs, masks
                before = let_in.get(supplier)
                if before is None:
                    let_in[supplier] = above[number]
                    new = above[number] | ONCE | EACH_TIME
                else:
                    new = above[number] & ~before
                    if not new:
                        continue
                    let_in[supplier] = before | new
                    new |= EACH_TIME
                reached = _Reached(supplier, needs, at.steps + 1, link, at)
                if supplier not in paths and supplier not in starts:
                    paths[supplier] = reached
                waiting.append((reached, above, new))


def _can_be_relevant(link: Link) -> bool:
    if link.is_traced:
        return True
    return link.kind is not None and not link.is_disputed and (link.valid_from or link.valid_to) is not None


def _on_its_days(way: Way) -> Way:
    """The same way for the days of importation its period fits."""
    link = way.link
    if link.is_traced:
        return way
    first = link.valid_from.toordinal() if link.valid_from else _NEVER
    last = link.valid_to.toordinal() + TIME_IN_PROCESS.days if link.valid_to else _EVER
    return way._replace(first=first, last=last)
