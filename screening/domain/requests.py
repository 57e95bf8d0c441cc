"""The office's own dates: when a request may be extended, and when people are reminded.

The office sets these dates and may move them; the statutory clock runs on beside them (domain: clocks).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

MOST_EXTENSIONS = 2  # rule of CBP's Forced Labor Portal: a task is extended at most twice, and never once past due
MOST_DAYS = 90
REMIND_BEFORE = (2, 5, 10)  # days before the day


def may_extend(due_on: date, *, granted: int, today: date) -> tuple[str, str] | None:
    """Code and sentence of why a request cannot be extended any more; None where it can.

    On the due day itself it still can: it is past due from the day after. (Rule of CBP's Forced Labor Portal.)
    """
    if today > due_on:
        return (
            "past_due",
            f"The request was due on {due_on:%-d %B %Y}. Once that day has passed it cannot be extended: "
            "send what you have.",
        )
    if granted >= MOST_EXTENSIONS:
        return (
            "extended_twice",
            "More time was given twice, which is as often as the rules allow. Send what you have until "
            f"{due_on:%-d %B %Y}.",
        )
    return None


def reminder_due(on: date, *, since: date, today: date, sent: Iterable[int] = ()) -> int | None:
    """Which reminder of a day is to be written today: 10, 5 or 2, or None.

    The nearest one reached counts; an earlier one missed is not made up for. One whose time had come before people
    were told of the day at all (``since``) is not written: they were just told.
    """
    left = (on - today).days
    if left < 0:
        return None
    reached = next((days for days in REMIND_BEFORE if left <= days), None)
    if reached is None or reached >= (on - since).days or any(days <= reached for days in sent):
        return None
    return reached
