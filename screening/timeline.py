"""The dates of a case in order: what happened, what the statute sets, what the office asked for, and today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from screening.domain.law.clocks import DetentionClock, detention_clock
from screening.models import Case, Detention, Task


@dataclass(frozen=True, slots=True)
class Day:
    """One date on the line. ``kind``: past, today, statutory, task or late."""

    on: date
    label: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The day a case is up against. A statutory day is never moved; a task's day is the office's own."""

    on: date
    label: str
    statutory: bool
    provision: str = ""
    started_on: date | None = None


def clock_of(detentions: Sequence[Detention]) -> DetentionClock | None:
    """The clock of the goods that were presented first: it runs out first."""
    if not detentions:
        return None
    first = min(detentions, key=lambda one: one.presented_on)
    return detention_clock(first.presented_on, detained_on=first.detained_on)


def statutory_due(clock: DetentionClock | None, today: date) -> Due | None:
    """The statutory day that comes next: the last day to decide, then the last day to protest a deemed exclusion."""
    if clock is None:
        return None
    if today <= clock.last_determination_day:
        return Due(clock.last_determination_day, "Decide", True, "19 U.S.C. 1499(c)(5)(A)", clock.presented_on)
    return Due(clock.protest_by, "Protest", True, "19 U.S.C. 1514(c)(3)")


def days(
    case: Case, detentions: Sequence[Detention], tasks: Sequence[Task], today: date, *, decided_on: date | None = None
) -> list[Day]:
    """Every date of a case, today among them."""
    line = [
        *_statutory(detentions, decided_on or today),
        *(_task(task, today) for task in tasks if task.closed_at is None),
    ]
    if not detentions:
        line.append(Day(timezone.localdate(case.opened_at), "Case opened", "past"))
    if decided_on:
        line.append(Day(decided_on, "Decided", "past"))
    if case.stage != Case.Stage.CLOSED:
        line.append(Day(today, "Today", "today"))
    return sorted(line, key=lambda day: (day.on, day.kind != "past", day.kind != "today"))


def _statutory(detentions: Sequence[Detention], today: date) -> list[Day]:
    """The statutory days as they stood on a day: a decision in time leaves no deemed exclusion."""
    clock = clock_of(detentions)
    if clock is None:
        return []
    first = min(detentions, key=lambda one: one.presented_on)
    line = [Day(clock.presented_on, "Presented", "past", "19 CFR 151.16(b)")]
    if first.detained_on:
        line.append(Day(first.detained_on, "Detained", "past", first.source))
    elif today > clock.decide_by:
        line.append(Day(clock.decide_by, "Detained by law", "past", "19 CFR 151.16(b): not released in five days"))
    else:
        line.append(Day(clock.decide_by, "Release or detain", "statutory", "19 CFR 151.16(b)"))
    if today <= clock.notice_by:
        line.append(Day(clock.notice_by, "Notice of detention", "statutory", "19 CFR 151.16(c)"))
    if today <= clock.last_determination_day:
        line.append(
            Day(clock.last_determination_day, "Day 30: last to decide", "statutory", "19 U.S.C. 1499(c)(5)(A)")
        )
    elif clock.deemed_excluded_on is not None:
        line.append(Day(clock.deemed_excluded_on, "Deemed excluded", "late", "19 U.S.C. 1499(c)(5)(A)"))
        line.append(Day(clock.protest_by, "Last day to protest", "statutory", "19 U.S.C. 1514(c)(3)"))
    return line


def _task(task: Task, today: date) -> Day:
    return Day(task.due_on, f"{task.get_kind_display()} due", "late" if task.due_on < today else "task", "set by us")
