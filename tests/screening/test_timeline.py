"""The dates of a case in order, as the worked example of the handbook has them (P = Mon 29 June 2026)."""

from datetime import UTC, date, datetime

import pytest

from screening.models import Case, Detention, Task
from screening.timeline import clock_of, days, statutory_due

PRESENTED = date(2026, 6, 29)


def labels(today, *, tasks=(), detained_on=None, decided_on=None, stage=Case.Stage.OPEN):
    case = Case(number="2026-1", stage=stage, opened_at=datetime(2026, 6, 28, 12, tzinfo=UTC))
    detention = Detention(presented_on=PRESENTED, detained_on=detained_on, source="6051D")
    return [(day.label, day.kind) for day in days(case, [detention], tasks, today, decided_on=decided_on)]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (
            date(2026, 7, 1),
            [
                ("Presented", "past"),
                ("Today", "today"),
                ("Release or detain", "statutory"),
                ("Notice of detention", "statutory"),
                ("Day 30: last to decide", "statutory"),
            ],
        ),
        (
            date(2026, 7, 20),
            [
                ("Presented", "past"),
                ("Detained by law", "past"),
                ("Today", "today"),
                ("Day 30: last to decide", "statutory"),
            ],
        ),
        (
            date(2026, 7, 30),
            [
                ("Presented", "past"),
                ("Detained by law", "past"),
                ("Today", "today"),
                ("Deemed excluded", "late"),
                ("Last day to protest", "statutory"),
            ],
        ),
    ],
)
def test_the_days_that_count_now(today, expected):
    assert labels(today) == expected


def test_tasks_stand_among_the_statutory_days_and_look_different():
    tasks = [Task(kind="evidence", due_on=date(2026, 7, 10)), Task(kind="evidence", due_on=date(2026, 7, 25))]
    shown = labels(date(2026, 7, 20), tasks=tasks)
    assert ("Evidence due", "late") in shown
    assert ("Evidence due", "task") in shown


def test_a_decision_in_time_leaves_no_deemed_exclusion():
    shown = labels(date(2026, 9, 1), decided_on=date(2026, 7, 28), stage=Case.Stage.CLOSED)
    assert shown[-2:] == [("Decided", "past"), ("Day 30: last to decide", "statutory")]


def test_without_a_detention_no_statutory_clock_runs():
    assert clock_of([]) is None
    assert statutory_due(None, PRESENTED) is None


def test_the_earliest_presentation_runs_out_first():
    rows = [Detention(presented_on=date(2026, 7, 3)), Detention(presented_on=PRESENTED)]
    assert clock_of(rows).last_determination_day == date(2026, 7, 29)


@pytest.mark.parametrize(
    ("today", "on", "label"),
    [(date(2026, 7, 29), date(2026, 7, 29), "Decide"), (date(2026, 7, 30), date(2027, 1, 25), "Protest")],
)
def test_after_the_last_day_to_decide_the_protest_counts(today, on, label):
    due = statutory_due(clock_of([Detention(presented_on=PRESENTED)]), today)
    assert (due.on, due.label, due.statutory) == (on, label, True)
