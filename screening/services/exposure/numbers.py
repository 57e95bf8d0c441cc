"""Kinds of goods, grounds and days as the numbers the index keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from entities.domain.matching import ENGINE_VERSION
from screening.domain.goods import CanBe, GoodsKind
from screening.domain.tracing import TIME_IN_PROCESS, Link
from screening.models.exposure import ALWAYS
from screening.reference import commodity_stages, inputs

UNKNOWN = 0
HEADINGS_FROM = 100_000  # kinds known by heading alone: 100000 + the four digits
GROUNDS = (
    "LISTED_ENTITY",
    "XPCC",
    "XJ_SITE",
    "XJ_REGISTRATION",
    "XJ_NAME",
    "XJ_MATERIAL",
    "LISTED_AFFILIATE",
    "LABOUR_TRANSFER",
)
MADE_BY = f"{ENGINE_VERSION}, {len(GROUNDS)} grounds, names"  # an index made by another is made anew


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule that speaks of a party, and whether it raises the presumption by itself or only asks."""

    rule: str
    is_certain: bool

    @property
    def number(self) -> int:
        return GROUNDS.index(self.rule) * 2 + self.is_certain

    @classmethod
    def of(cls, number: int) -> Ground:
        return cls(GROUNDS[number // 2], bool(number % 2))


@cache
def _commodities() -> tuple[str, ...]:
    return tuple(sorted(commodity_stages()))


def kind_number(kind: GoodsKind | None) -> int:
    """A kind of goods as a number: chain and stage, or the heading; 0 where not known."""
    if kind is None:
        return UNKNOWN
    if kind.commodity:
        return (_commodities().index(kind.commodity) + 1) * 100 + (kind.stage or 0)
    return HEADINGS_FROM + int(kind.heading)


def kind_of(number: int) -> GoodsKind | None:
    """The kind of goods behind a number."""
    if number == UNKNOWN:
        return None
    if number >= HEADINGS_FROM:
        return GoodsKind(heading=f"{number - HEADINGS_FROM:04d}")
    return GoodsKind(_commodities()[number // 100 - 1], number % 100 or None)


def pairs() -> list[tuple[int, int]]:
    """All pairs of kinds of the chains of which one can be an input of the other."""
    kinds = [
        GoodsKind(commodity, number)
        for commodity, stages in commodity_stages().items()
        for number in (None, *(stage.number for stage in stages))
    ]
    relation = inputs()
    return [
        (kind_number(goods), kind_number(other))
        for goods in kinds
        for other in kinds
        if relation.can_be(goods, other) == CanBe.YES
    ]


def days_of(link: Link) -> tuple[bool, int, int]:
    """Whether a path over a link can be relevant at all, and on which days of importation."""
    if link.is_disputed or (link.valid_from is None and link.valid_to is None):
        return False, *ALWAYS
    first = link.valid_from.toordinal() if link.valid_from else ALWAYS[0]
    last = ALWAYS[1]
    if link.valid_to is not None and link.valid_to < date.max - TIME_IN_PROCESS:
        last = (link.valid_to + TIME_IN_PROCESS).toordinal()
    return True, first, last
