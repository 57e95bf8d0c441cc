"""The statutory clocks, computed from the days on record and never moved by an extension.

Business days skip Saturdays, Sundays, federal holidays and closing days declared by order; calendar days skip nothing,
and no last day is moved off a weekend (the cautious reading). The count starts the day after the event. Sources:
19 U.S.C. 1499(c) and 1514(c)(3), 19 CFR 151.16, 174.21(b), 174.31 and 12.42 to 12.44.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import holidays

# Sec. 3 of the UFLPA takes effect 180 days after enactment: it speaks of goods imported from this day on. If the Act
# ends (when is not verified), its last day is set here and the exposure index made anew (``manage.py rebuild_index``).
UFLPA_IN_FORCE_FROM = date(2022, 6, 21)
UFLPA_IN_FORCE_UNTIL: date | None = None
BUSINESS_DAYS_TO_DECIDE = 5
BUSINESS_DAYS_TO_NOTIFY = 5
DAYS_TO_DETERMINE = 30
DAYS_TO_PROTEST = 180
DAYS_TO_DECIDE_PROTEST = 30
DAYS_TO_SUMMON = 180
DAYS_TO_REPORT_EXCEPTION = 30
# Days on which federal offices were closed by executive order, beside the holidays; to be kept up by hand.
CLOSED_BY_ORDER = frozenset(
    {
        date(2018, 12, 5),  # mourning
        date(2018, 12, 24),
        date(2019, 12, 24),
        date(2020, 12, 24),
        date(2024, 12, 24),
        date(2025, 1, 9),  # mourning
        date(2025, 12, 24),
        date(2025, 12, 26),
    }
)
MONTHS_TO_PROVE = 3  # under a withhold release order, after the importation
DAYS_TO_ABANDON = 60  # under a withhold release order, after the written exclusion


def is_uflpa_in_force(on: date) -> bool:
    """Whether sec. 3 of the UFLPA speaks of goods imported on that day."""
    return on >= UFLPA_IN_FORCE_FROM and (UFLPA_IN_FORCE_UNTIL is None or on <= UFLPA_IN_FORCE_UNTIL)


def uflpa_in_force() -> tuple[int, int]:
    """The first and the last day of sec. 3 of the UFLPA, as ordinals."""
    return UFLPA_IN_FORCE_FROM.toordinal(), (UFLPA_IN_FORCE_UNTIL or date.max).toordinal()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something must happen, what happens then, and the provision that sets it."""

    code: str
    on: date
    text: str
    provision: str


@dataclass(frozen=True, slots=True)
class DetentionClock:
    """Every day that follows from the presentation; those of a protest follow from its filing and its denial.

    ``deemed_excluded_on`` is None where the goods were excluded in time. ``protest_by`` counts from the exclusion in
    time, else from the last day to decide: an exclusion after that day does not give more time (the cautious reading).
    """

    presented_on: date
    decide_by: date
    notice_by: date
    last_determination_day: date
    deemed_excluded_on: date | None
    protest_by: date
    protest_deemed_denied_on: date | None = None
    summons_by: date | None = None

    def deadlines(self) -> tuple[Deadline, ...]:
        """The days set, each with what must happen by then, in the order of the procedure."""
        return tuple(replace(sort, on=on) for sort in _DEADLINES if (on := getattr(self, sort.code)) is not None)

    def days(self) -> dict[str, date | None]:
        """Every day by its code; None where nothing sets it."""
        return {sort.code: getattr(self, sort.code) for sort in _DEADLINES}

    def day(self, today: date) -> int:
        """Which day of the thirty it is; 0 on the day of presentation."""
        return (today - self.presented_on).days


_UNSET = date.min
_DEADLINES = (
    Deadline("decide_by", _UNSET, "Release or detain", "19 CFR 151.16(b)"),
    Deadline("notice_by", _UNSET, "Notice of detention", "19 CFR 151.16(c)"),
    Deadline(
        "last_determination_day",
        _UNSET,
        "Last day to decide; without a decision the goods are deemed excluded from the next day",
        "19 U.S.C. 1499(c)(5)(A)",
    ),
    Deadline("deemed_excluded_on", _UNSET, "Deemed excluded, if not decided before", "19 U.S.C. 1499(c)(5)(A)"),
    Deadline("protest_by", _UNSET, "Last day to protest the exclusion", "19 U.S.C. 1514(c)(3)"),
    Deadline(
        "protest_deemed_denied_on",
        _UNSET,
        "Protest deemed denied, if not decided before",
        "19 CFR 174.21(b); 19 U.S.C. 1499(c)(5)(B)",
    ),
    Deadline("summons_by", _UNSET, "Last day to file a summons at the Court of International Trade", "19 CFR 174.31"),
)


def detention_clock(
    presented_on: date,
    *,
    detained_on: date | None = None,
    excluded_on: date | None = None,
    protested_on: date | None = None,
    denied_on: date | None = None,
) -> DetentionClock:
    """The clock of a detention. Goods neither released nor detained in time are detained by law on that day.

    ``denied_on``: the day the notice that the protest is denied was mailed.

    Raises:
        ValueError: an exclusion before the presentation, a protest before the exclusion it is against, or a denial
            before the protest; in words a person understands.
    """
    decide_by = add_business_days(presented_on, BUSINESS_DAYS_TO_DECIDE)
    last_day = presented_on + timedelta(days=DAYS_TO_DETERMINE)
    if excluded_on is not None and excluded_on < presented_on:
        raise ValueError("Goods are excluded on or after the day they are presented: check both dates.")
    is_deemed = excluded_on is None or excluded_on > last_day
    excluded_from = last_day + timedelta(days=1) if is_deemed or excluded_on is None else excluded_on
    if protested_on is not None and protested_on < excluded_from:
        raise ValueError(
            f"A protest is filed on or after the exclusion, here {excluded_from:%-d %B %Y}: check the dates."
        )
    if denied_on is not None and (protested_on is None or denied_on < protested_on):
        raise ValueError("A protest is denied on or after the day it is filed: check both dates.")
    deemed_denied = protested_on + timedelta(days=DAYS_TO_DECIDE_PROTEST) if protested_on else None
    denied = min(denied_on, deemed_denied) if denied_on and deemed_denied else deemed_denied
    return DetentionClock(
        presented_on=presented_on,
        decide_by=decide_by,
        notice_by=add_business_days(detained_on or decide_by, BUSINESS_DAYS_TO_NOTIFY),
        last_determination_day=last_day,
        deemed_excluded_on=last_day + timedelta(days=1) if is_deemed else None,
        protest_by=(last_day if is_deemed else excluded_from) + timedelta(days=DAYS_TO_PROTEST),
        protest_deemed_denied_on=deemed_denied,
        summons_by=denied + timedelta(days=DAYS_TO_SUMMON) if denied else None,
    )


@dataclass(frozen=True, slots=True)
class OrderClock:
    """The days under a withhold release order: they follow from the importation and from the written exclusion."""

    imported_on: date
    prove_by: date
    abandoned_on: date | None = None

    def deadlines(self) -> tuple[Deadline, ...]:
        prove = Deadline("prove_by", self.prove_by, "Certificate of origin and importer's statement", "19 CFR 12.43")
        if self.abandoned_on is None:
            return (prove,)
        return prove, Deadline(
            "abandoned_on", self.abandoned_on, "Deemed abandoned, unless exported or protested before", "19 CFR 12.44"
        )


def order_clock(imported_on: date, *, excluded_on: date | None = None) -> OrderClock:
    """The clock of goods held under a withhold release order. The day itself is the last on which proof may come."""
    return OrderClock(
        imported_on=imported_on,
        prove_by=_months_after(imported_on, MONTHS_TO_PROVE),
        abandoned_on=excluded_on + timedelta(days=DAYS_TO_ABANDON + 1) if excluded_on else None,
    )


def report_exception_by(granted_on: date) -> date:
    """The day the report on a granted exception is due to Congress and the public (sec. 3(c))."""
    return granted_on + timedelta(days=DAYS_TO_REPORT_EXCEPTION)


def add_business_days(start: date, days: int) -> date:
    """The business day so many business days after the start."""
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _federal_holidays(day.year) and day not in CLOSED_BY_ORDER:
            days -= 1
    return day


@cache
def _federal_holidays(year: int) -> frozenset[date]:
    """Of a year, as observed; a New Year's Day may be observed in the year before."""
    found = holidays.country_holidays("US", years=[year, year + 1], observed=True)
    return frozenset(day for day in found if day.year == year)


def _months_after(start: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is too short."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
