"""Withhold release orders: from when an order holds, which goods it covers, and what took its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from screening.domain.law.clocks import UFLPA_IN_FORCE_FROM


@dataclass(frozen=True, slots=True)
class Goods:
    """What an order's goods, as printed, mean in sectors and HTS prefixes. ``by_place``: it names a region or a
    corps, and is met by a party's place (rule codes of the place engine), never by its name alone."""

    sectors: frozenset[str] = frozenset()
    hts_prefixes: tuple[str, ...] = ()
    is_any: bool = False
    by_place: tuple[str, ...] = ()

    def cover(self, hts_codes: Iterable[str], sectors: Iterable[str]) -> bool:
        """Whether an article of these codes and sectors is among the goods."""
        if self.is_any or not self.sectors.isdisjoint(sectors):
            return True
        return any("".join(filter(str.isdigit, code)).startswith(self.hts_prefixes) for code in hts_codes)


@dataclass(frozen=True, slots=True)
class Order:
    """A withhold release order as it stands in the list."""

    key: str
    name: str
    ordered_on: date
    printed_goods: str
    goods: Goods | None  # None: these printed goods are not in the table, so a person must look
    is_superseded: bool  # its enforcement was superseded by that of the UFLPA presumption
    ended_on: date | None = None

    def stands(self, on: date) -> bool:
        """Whether the order was issued and not ended on that day."""
        return self.ordered_on <= on and (self.ended_on is None or on < self.ended_on)

    def is_enforced(self, on: date) -> bool:
        """Whether goods imported on that day are still withheld under the order itself."""
        return not (self.is_superseded and on >= UFLPA_IN_FORCE_FROM)

    def covers(self, hts_codes: Iterable[str], sectors: Iterable[str]) -> bool:
        return self.goods is None or self.goods.cover(hts_codes, sectors)
