"""What goods can become: kinds of goods by commodity chain and stage, and whether one can be an input of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class GoodsKind:
    """Goods as a stage of a commodity chain puts them out (stage 1: the raw material), or by their heading alone.

    ``stage`` is None where only the chain is known. Goods of no chain are known by their four-digit HS ``heading``.
    """

    commodity: str = ""
    stage: int | None = None
    heading: str = ""

    @property
    def in_words(self) -> str:
        if not self.commodity:
            return f"goods of heading {self.heading}"
        return f"{self.commodity.replace('_', ' ')}, stage {self.stage}" if self.stage else self.commodity


@dataclass(frozen=True, slots=True)
class Crossing:
    """Goods of one chain go into another: what a stage puts out is taken in by a stage elsewhere."""

    commodity: str
    stage: int
    into_commodity: str
    into_stage: int


@dataclass(frozen=True, slots=True)
class Use:
    """What an input is to the goods, in words: a part they always have, or used up in making them at a stage.

    ``goods``: what is taken in, where the name of its chain does not say it.
    """

    words: str
    at_stage: int = 1
    is_used_up: bool = False
    goods: str = ""


class CanBe(StrEnum):
    """Can goods be an input of others: they can, they cannot, or too little is known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Inputs:
    """The relation between kinds of goods: within a chain from a lower stage to a higher, and over the crossings.

    Goods of the same stage are inputs of each other too: they are merely sold on.
    """

    def __init__(self, crossings: Iterable[Crossing]) -> None:
        self._crossings = tuple(crossings)
        self._known: dict[tuple[GoodsKind, GoodsKind], CanBe] = {}

    def can_be(self, goods: GoodsKind, input_of: GoodsKind) -> CanBe:
        """Whether goods can be used, at once or after further stages, in making others, or are these."""
        key = (goods, input_of)
        if key not in self._known:
            self._known[key] = self._relation(goods, input_of)
        return self._known[key]

    def can_be_any(self, goods: GoodsKind, input_of: Iterable[GoodsKind]) -> CanBe:
        """The same for an article of several kinds; of none, nothing is known."""
        answers = {self.can_be(goods, kind) for kind in input_of}
        if CanBe.YES in answers:
            return CanBe.YES
        return CanBe.NO if answers == {CanBe.NO} else CanBe.UNKNOWN

    def _relation(self, goods: GoodsKind, other: GoodsKind) -> CanBe:
        if not (goods.commodity and other.commodity):
            same = bool(goods.heading) and goods.heading == other.heading
            return CanBe.YES if same else CanBe.UNKNOWN
        reached = self._reached(goods.commodity, goods.stage)
        if other.commodity not in reached:
            return CanBe.NO
        last = other.stage
        return CanBe.YES if last is None or reached[other.commodity] <= last else CanBe.NO

    def _reached(self, commodity: str, stage: int | None) -> Mapping[str, int]:
        """The chains these goods get into, each with the first stage whose goods contain them."""
        reached = {commodity: stage or 1}
        waiting = [commodity]
        while waiting:
            now = waiting.pop()
            for one in self._crossings:
                if one.commodity != now or one.stage < reached[now]:
                    continue
                if reached.get(one.into_commodity, 99) > one.into_stage:
                    reached[one.into_commodity] = one.into_stage
                    waiting.append(one.into_commodity)
        return reached
