"""The vocabulary of the statistics: released, denied, pending; fiscal years, spans of days, medians and rates.

As CBP counts under the UFLPA: denied goods are seized, excluded, exported or destroyed; pending is what is stopped and
neither released nor denied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from screening.domain.law.states import State

RELEASED = frozenset({State.RELEASED})
# An exclusion stands while it is protested or in court, and a seizure while a petition is open.
DENIED = frozenset(
    {
        State.EXCLUDED,
        State.DEEMED_EXCLUDED,
        State.PROTESTED,
        State.PROTEST_DENIED,
        State.PROTEST_DEEMED_DENIED,
        State.LITIGATION,
        State.FINAL,
        State.SEIZED,
        State.PETITION,
        State.FORFEITED,
        State.EXPORTED,
        State.DESTROYED,
        State.ABANDONED,
    }
)
PENDING = frozenset(State) - RELEASED - DENIED

INDUSTRIES = (
    "Electronics",
    "Apparel, Footwear and Textiles",
    "Industrial and Manufacturing Materials",
    "Base Metals",
    "Automotive and Aerospace",
    "Agriculture and Prepared Products",
    "Consumer Products and Mass Merchandising",
    "Machinery",
    "Pharmaceuticals, Health and Chemicals",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Shipments stopped, and what became of them. A shipment is pending while any of its lines is; after that it is
    denied where any line was. ``divided``: released in part."""

    stopped: int = 0
    released: int = 0
    denied: int = 0
    divided: int = 0

    @property
    def pending(self) -> int:
        return self.stopped - self.released - self.denied


def fiscal_year(day: date) -> int:
    """The federal fiscal year of a day: it begins on 1 October of the year before."""
    return day.year + (day.month >= 10)


def days_of(year: int) -> tuple[date, date]:
    """The first and the last day of a fiscal year."""
    return date(year - 1, 10, 1), date(year, 9, 30)


@dataclass(frozen=True, slots=True)
class Span:
    """So many days, from the least to the most; None: without end."""

    label: str
    least: int | None
    most: int | None

    def left(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day that lie so many days ahead."""
        return _shift(today, self.least), _shift(today, self.most)

    def ago(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day that lie so many days back."""
        return _shift(today, None if self.most is None else -self.most), _shift(
            today, None if self.least is None else -self.least
        )


def _shift(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


DAYS_LEFT = (
    Span("Past", None, -1),
    Span("Today to 3 days left", 0, 3),
    Span("4 to 7 days left", 4, 7),
    Span("8 to 14 days left", 8, 14),
    Span("15 to 30 days left", 15, 30),
    Span("More than 30 days left", 31, None),
)
DAYS_SINCE = (
    Span("0 to 5 days", 0, 5),
    Span("6 to 15 days", 6, 15),
    Span("16 to 30 days", 16, 30),
    Span("31 to 90 days", 31, 90),
    Span("91 to 210 days", 91, 210),
    Span("More than 210 days", 211, None),
)


def quantile(days: Mapping[int, int], share: float) -> int | None:
    """The number of days within which a share of all stays, by nearest rank; ``days``: how many took how long."""
    total = sum(days.values())
    rank = 0
    for value in sorted(days):
        rank += days[value]
        if rank >= share * total:
            return value
    return None


def percent(part: int, whole: int) -> str:
    """A share in words: ``53 %``; ``none`` where there is nothing to take a share of."""
    return f"{100 * part / whole:.0f} %" if whole else "none"
