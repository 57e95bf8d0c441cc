"""The statutory clocks of a detention, computed from the day the goods were presented for examination.

Business days skip Saturdays, Sundays and federal holidays; calendar days skip nothing, and the last day to decide is
not moved off a weekend (the cautious reading). The count starts the day after the event. Sources: 19 U.S.C. 1499(c),
19 CFR 151.16.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import holidays

# Sec. 3 of the UFLPA takes effect 180 days after enactment: it speaks of goods imported from this day on.
UFLPA_IN_FORCE_FROM = date(2022, 6, 21)
BUSINESS_DAYS_TO_DECIDE = 5
BUSINESS_DAYS_TO_NOTIFY = 5
DAYS_TO_DETERMINE = 30
DAYS_TO_PROTEST = 180


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something must happen, what happens then, and the provision that sets it."""

    code: str
    on: date
    text: str
    provision: str


@dataclass(frozen=True, slots=True)
class DetentionClock:
    """Every day that follows from the presentation."""

    presented_on: date
    decide_by: date
    notice_by: date
    last_determination_day: date
    deemed_excluded_on: date
    protest_by: date

    def deadlines(self) -> tuple[Deadline, ...]:
        return (
            Deadline("decide_by", self.decide_by, "Release or detain", "19 CFR 151.16(b)"),
            Deadline("notice_by", self.notice_by, "Notice of detention", "19 CFR 151.16(c)"),
            Deadline(
                "last_determination_day",
                self.last_determination_day,
                "Last day to decide; without a decision the goods are deemed excluded from the next day",
                "19 U.S.C. 1499(c)(5)(A)",
            ),
            Deadline("protest_by", self.protest_by, "Last day to protest a deemed exclusion", "19 U.S.C. 1514(c)(3)"),
        )

    def day(self, today: date) -> int:
        """Which day of the thirty it is; 0 on the day of presentation."""
        return (today - self.presented_on).days


def detention_clock(presented_on: date, *, detained_on: date | None = None) -> DetentionClock:
    """The clock of a detention. Goods neither released nor detained in time are detained by law on that day."""
    decide_by = add_business_days(presented_on, BUSINESS_DAYS_TO_DECIDE)
    last_day = presented_on + timedelta(days=DAYS_TO_DETERMINE)
    return DetentionClock(
        presented_on=presented_on,
        decide_by=decide_by,
        notice_by=add_business_days(detained_on or decide_by, BUSINESS_DAYS_TO_NOTIFY),
        last_determination_day=last_day,
        deemed_excluded_on=last_day + timedelta(days=1),
        protest_by=last_day + timedelta(days=DAYS_TO_PROTEST),
    )


def add_business_days(start: date, days: int) -> date:
    """The business day so many business days after the start."""
    federal = holidays.country_holidays("US", years=[start.year, start.year + 1], observed=True)
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in federal:
            days -= 1
    return day
