"""Unit prices far under those of like goods. A low price proves nothing; it is one more reason to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import exp, log
from statistics import median

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


def far_under(
    line_number: int, price: UnitPrice, record: Sequence[UnitPrice], *, currency: str, unit: str
) -> FarUnder | None:
    """Whether a price stands far under those of other shipments of like goods; None where it does not.

    Peers share the first eight digits where enough do, else the first six, and were imported within two years of it.
    Prices are compared by their ratios (logarithms), so that half and double are equally far.
    """
    near = [one for one in record if one.shipment != price.shipment and abs(one.on - price.on) <= NEAR]
    for digits in (8, 6):
        if len(price.hts) < digits:
            continue
        like = [one for one in near if one.hts[:digits] == price.hts[:digits]]
        shipments = len({one.shipment for one in like})
        if shipments < FEWEST_PEERS:
            continue
        peers = [log(one.amount) for one in like]
        middle = median(peers)
        spread = median(abs(one - middle) for one in peers)
        line = middle - DEVIATIONS * max(spread, NARROWEST) / 0.6745
        own = log(price.amount)
        if own >= line or own >= middle + log(AT_LEAST_UNDER):
            return None
        return FarUnder(
            line_number,
            _money(float(price.amount)),
            currency,
            unit,
            price.hts[:digits],
            len(peers),
            shipments,
            _money(exp(middle)),
            _money(exp(middle - spread)),
            _money(exp(middle + spread)),
        )
    return None


def _money(amount: float) -> Decimal:
    """Two digits behind the point, four below one unit."""
    return Decimal(f"{amount:.2f}" if amount >= 1 else f"{amount:.4f}")
