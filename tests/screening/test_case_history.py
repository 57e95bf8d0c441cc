"""The history of a case says in words what happened, and on which day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.roles import Role
from entities.models import AuditEvent
from screening.domain.law.states import Kind
from screening.models import Case, TaskItem
from screening.services import detentions, extensions, requests
from screening.views.case_history import history_of
from tests.factories import make_user
from tests.screening.made_cases import ask, make_case

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def day(on):
    return f"{on:%-d %B %Y}"


def told(case, action):
    """The detail of the latest event of this act."""
    acts = list(AuditEvent.objects.filter(case_number=case.number).values_list("action", flat=True))
    return history_of(case)["events"][acts.index(action)]["detail"]


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


def test_an_event_in_law_is_told_with_its_kind_day_and_source(analyst):
    case, presented = make_case(), TODAY - timedelta(days=12)
    detention = detentions.record_detention(
        case,
        case.shipments.get(),
        actor=analyst,
        presented_on=presented,
        detained_on=presented + timedelta(days=3),
        source="form 6051D",
    )
    assert told(case, Action.DETENTION_RECORDED) == (
        f"presented {day(presented)}, detained {day(presented + timedelta(days=3))} (form 6051D)"
    )
    first, second = TODAY - timedelta(days=3), TODAY - timedelta(days=2)
    event = detentions.record_event(detention, Kind.NOTICE_ISSUED, first, actor=analyst, source="stamp")
    assert told(case, Action.LEGAL_EVENT_RECORDED) == f"Notice of detention issued, {day(first)} (stamp)"
    event = detentions.correct_event(event, actor=analyst, on=second, source="form", reason="Misread.")
    assert told(case, Action.LEGAL_EVENT_CORRECTED) == (
        f"Notice of detention issued, {day(second)} (form); before: {day(first)} (stamp)"
    )
    detentions.withdraw_event(event, actor=analyst, reason="It never went out.")
    assert told(case, Action.LEGAL_EVENT_WITHDRAWN) == f"Notice of detention issued, {day(second)} (form)"
    detentions.advance(TODAY + timedelta(days=30))
    moved = told(case, Action.LEGAL_STATE_CHANGED)
    assert moved.startswith("Line")
    assert ": deemed excluded" in moved


def test_under_an_order_the_day_of_importation_is_told(analyst):
    case, imported = make_case(regime=Case.Regime.WRO), TODAY - timedelta(days=12)
    days = {"imported_on": imported, "detained_on": imported + timedelta(days=2)}
    detentions.record_detention(case, case.shipments.get(), actor=analyst, source="form 6051D", **days)
    said = f"imported {day(imported)}, detained {day(days['detained_on'])} (form 6051D)"
    assert told(case, Action.DETENTION_RECORDED) == said


def test_questions_answers_and_more_time_are_told_by_round_and_day(analyst):
    case = make_case()
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    task = ask(case, analyst, items=["Proof of payment"])
    due = task.due_on
    assert told(case, Action.EVIDENCE_REQUESTED) == f"Until {day(due)}: Proof of payment"
    asked = extensions.ask_extension(task, actor=member, days=5, reason="A holiday.", missing="The bank's paper.")
    assert told(case, Action.EXTENSION_ASKED) == f"5 more days for round 1, due on {day(due)}"
    extensions.answer_extension(asked, actor=analyst, grant=True, reason="Granted.", days=1)
    moved = f"due on {day(due + timedelta(days=1))} instead of {day(due)}"
    assert told(case, Action.EXTENSION_GRANTED) == f"1 more day for round 1: {moved}"
    item = task.items.get()
    requests.answer_item(item, actor=member, text="It is on its way.")
    assert told(case, Action.QUESTION_ANSWERED) == "Question 1 of round 1: It is on its way."
    requests.answer_request(task, actor=member)
    assert told(case, Action.EVIDENCE_ANSWERED) == "Round 1; no questions without an answer"
    requests.judge_answer(item, actor=analyst, state=TaskItem.State.INCOMPLETE, reason="No paper came.")
    assert told(case, Action.ANSWER_JUDGED) == "Question 1 of round 1: not completely answered"
