"""Unit prices far under those of like goods. A low price proves nothing; it is one more reason to ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from math import exp, log
from statistics import median
from typing import NamedTuple

FEWEST_PEERS = 10  # other shipments with such goods
DEVIATIONS = 3.5  # the usual line for an outlier by the median absolute deviation (Iglewicz and Hoaglin 1993)
AT_LEAST_UNDER = 0.5  # nor is a price spoken of that is more than half the median
NARROWEST = 0.05  # spread assumed where peers are nearly all alike
NEAR = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one unit of goods of a tariff number cost, on a line imported on a day."""

    shipment: int
    hts: str
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class FarUnder:
    """A unit price far under its peers: the figures. Half of the peers lie between ``low`` and ``high``."""

    line_number: int
    amount: Decimal
    currency: str
    unit: str
    hts: str
    peers: int
    shipments: int
    median: Decimal
    low: Decimal
    high: Decimal


class Peers:
    """Unit prices of goods of the same first six digits, ready to be compared with by many lines."""

    def __init__(self, record: Iterable[UnitPrice]) -> None:
        self._record = list(record)
        self._first = min((one.on for one in self._record), default=date.min)
        self._last = max((one.on for one in self._record), default=date.min)
        self._near: dict[tuple[str, date | None], _Like] = {}

    def like(self, hts: str, on: date) -> _Like:
        """The prices of a tariff number, or of what it begins with, within two years of a day."""
        is_near_all = self._last - on <= NEAR and on - self._first <= NEAR  # as mostly
        day = None if is_near_all else on
        if (hts, day) not in self._near:
            like = [one for one in self._record if one.hts.startswith(hts)]
            self._near[hts, day] = _Like(one for one in like if day is None or abs(one.on - day) <= NEAR)
        return self._near[hts, day]


class _Spread(NamedTuple):
    prices: int
    middle: float
    around: float  # the median of how far they are from the middle

    @classmethod
    def of(cls, prices: Sequence[float]) -> _Spread:
        middle = median(prices)
        return cls(len(prices), middle, median(abs(one - middle) for one in prices))


class _Like:
    """Prices by their logarithms, so that half and double are equally far."""

    def __init__(self, prices: Iterable[UnitPrice]) -> None:
        self._by_shipment: dict[int, list[float]] = defaultdict(list)
        for one in prices:
            self._by_shipment[one.shipment].append(log(one.amount))
        self._whole: _Spread | None = None
        self._sorted = sorted(chain.from_iterable(self._by_shipment.values()))

    def shipments_beside(self, shipment: int) -> int:
        return len(self._by_shipment) - (shipment in self._by_shipment)

    def beside(self, shipment: int) -> _Spread:
        """How the prices of other shipments are spread; of most lines that ask, the shipment is none of them."""
        if shipment in self._by_shipment:
            own = self._by_shipment[shipment]
            return _Spread.of([one for prices in self._by_shipment.values() if prices is not own for one in prices])
        if self._whole is None:
            self._whole = _Spread.of(self._sorted)
        return self._whole

    def highest_middle_beside(self, shipment: int) -> float:
        """The median of the prices of other shipments is this at most."""
        own = len(self._by_shipment.get(shipment, ()))
        return self._sorted[min((len(self._sorted) + own) // 2, len(self._sorted) - 1)]


def far_under(line_number: int, price: UnitPrice, peers: Peers, *, currency: str, unit: str) -> FarUnder | None:
    """Whether a price stands far under those of other shipments of like goods; None where it does not.

    Peers share the first eight digits where enough do, else the first six, and were imported within two years of it.
    Prices are compared by their ratios (logarithms), so that half and double are equally far.
    """
    for digits in (8, 6):
        if len(price.hts) < digits:
            continue
        like = peers.like(price.hts[:digits], price.on)
        shipments = like.shipments_beside(price.shipment)
        if shipments < FEWEST_PEERS:
            continue
        own = log(price.amount)
        if own >= like.highest_middle_beside(price.shipment) + log(AT_LEAST_UNDER):
            return None
        others, middle, spread = like.beside(price.shipment)
        line = middle - DEVIATIONS * max(spread, NARROWEST) / 0.6745
        if own >= line or own >= middle + log(AT_LEAST_UNDER):
            return None
        return FarUnder(
            line_number,
            _money(float(price.amount)),
            currency,
            unit,
            price.hts[:digits],
            others,
            shipments,
            _money(exp(middle)),
            _money(exp(middle - spread)),
            _money(exp(middle + spread)),
        )
    return None


def _money(amount: float) -> Decimal:
    """Two digits behind the point, four below one unit."""
    return Decimal(f"{amount:.2f}" if amount >= 1 else f"{amount:.4f}")
