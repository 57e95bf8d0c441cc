"""The dates of a case in order, as the worked example of the handbook has them (P = Mon 29 June 2026)."""

from datetime import date, timedelta

import pytest
import time_machine

from entities.domain.roles import Role
from screening.domain.law.states import Kind
from screening.models import Case, Task
from screening.services import detentions
from screening.timeline import Held, days
from tests.factories import make_user
from tests.screening.made_cases import make_case

pytestmark = pytest.mark.django_db
PRESENTED = date(2026, 6, 29)


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


def detain(case, actor, presented=PRESENTED, **kwargs):
    with time_machine.travel(presented + timedelta(days=10)):
        return detentions.record_detention(
            case, case.shipments.get(), actor=actor, presented_on=presented, source="form 6051D", **kwargs
        )


def shown(case, today, tasks=()):
    return [(day.label, day.kind) for day in days(case, Held.of(case, case.detentions.all(), today), tasks)]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (
            date(2026, 7, 1),
            [
                ("Presented for examination", "past"),
                ("Today", "today"),
                ("Release or detain", "statutory"),
                ("Notice of detention", "statutory"),
                ("Day 30: last to decide", "statutory"),
            ],
        ),
        (
            date(2026, 7, 10),
            [
                ("Presented for examination", "past"),
                ("Detained by law", "past"),
                ("Today", "today"),
                ("Notice of detention", "statutory"),
                ("Day 30: last to decide", "statutory"),
            ],
        ),
        (
            date(2026, 7, 20),
            [
                ("Presented for examination", "past"),
                ("Detained by law", "past"),
                ("Notice of detention", "late"),
                ("Today", "today"),
                ("Day 30: last to decide", "statutory"),
            ],
        ),
        (
            date(2026, 7, 30),
            [
                ("Presented for examination", "past"),
                ("Detained by law", "past"),
                ("Today", "today"),
                ("Deemed excluded", "late"),
                ("Last day to protest", "statutory"),
            ],
        ),
    ],
)
def test_the_days_that_count_now(today, expected, case, analyst):
    detain(case, analyst)
    assert shown(case, today) == expected


def test_tasks_stand_among_the_statutory_days_and_look_different(case, analyst):
    detain(case, analyst)
    tasks = [Task(round=1, due_on=date(2026, 7, 10)), Task(round=2, due_on=date(2026, 7, 25))]
    line = shown(case, date(2026, 7, 20), tasks)
    assert ("Answers due, round 1", "late") in line
    assert ("Answers due, round 2", "task") in line


def test_an_exclusion_in_time_leaves_no_deemed_exclusion_and_a_protest_a_day_of_its_own(case, analyst):
    detention = detain(case, analyst)
    with time_machine.travel(date(2026, 9, 1)):
        for kind, on in [
            (Kind.NOTICE_ISSUED, date(2026, 7, 13)),
            (Kind.EXCLUDED, date(2026, 7, 20)),
            (Kind.PROTEST_FILED, date(2026, 8, 20)),
        ]:
            detentions.record_event(detention, kind, on, actor=analyst, source="port")
    assert shown(case, date(2026, 9, 1)) == [
        ("Presented for examination", "past"),
        ("Detained by law", "past"),
        ("Notice of detention issued", "past"),
        ("Excluded", "past"),
        ("Protest filed", "past"),
        ("Today", "today"),
        ("Protest deemed denied", "statutory"),
    ]


def test_without_a_detention_no_statutory_clock_runs(case):
    held = Held.of(case, [], PRESENTED)
    assert (held.clock, held.due, held.is_held, held.words) == (None, None, False, "")


def test_the_earliest_presentation_runs_out_first(case, analyst):
    detain(case, analyst, presented=date(2026, 7, 3))
    other = make_case(importer=case.importer)
    case.shipments.add(other.shipments.get())
    with time_machine.travel(date(2026, 7, 10)):
        detentions.record_detention(
            case, other.shipments.get(), actor=analyst, presented_on=PRESENTED, source="form 6051D"
        )
    held = Held.of(case, list(case.detentions.all()), date(2026, 7, 20))
    assert (held.clock.last_determination_day, held.due.on) == (date(2026, 7, 29), date(2026, 7, 29))


@pytest.mark.parametrize(
    ("today", "on", "label"),
    [(date(2026, 7, 29), date(2026, 7, 29), "Decide"), (date(2026, 7, 30), date(2027, 1, 25), "Protest")],
)
def test_after_the_last_day_to_decide_the_protest_counts(today, on, label, case, analyst):
    detain(case, analyst)
    due = Held.of(case, case.detentions.all(), today).due
    assert (due.on, due.label, due.statutory) == (on, label, True)


def test_lines_that_fare_differently_are_told_apart(case, analyst):
    shipment = case.shipments.get()
    shipment.lines.create(number=3, description="Towels", hts_codes=["6302600020"], origin_country="CN")
    detention = detain(case, analyst)
    with time_machine.travel(date(2026, 7, 20)):
        detentions.record_event(
            detention, Kind.RELEASED, date(2026, 7, 15), lines=[3], actor=analyst, source="CBP message"
        )
    held = Held.of(case, case.detentions.all(), date(2026, 7, 20))
    assert held.words == "1 line detained, 1 line released"
    released = next(day for day in days(case, held, []) if day.label == "Released")
    assert released.note == "line 3: CBP message"
    assert case.stage == Case.Stage.OPEN
