"""Rounds of questions: asked, answered, judged, asked again; what is open at the end; more time."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, BrokerAuthorization, Job, Organization
from screening.domain.requests import may_extend, reminder_due
from screening.models import Answer, Case, Extension, Task, TaskItem
from screening.services import cases, extensions, requests
from tests.factories import make_organization, make_user
from tests.screening.made_cases import ask, make_case

pytestmark = pytest.mark.django_db
State = TaskItem.State


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def member(case):
    return make_user(Role.IMPORTER_MEMBER, case.importer)


def hand_in(task, member, **answers):
    """Answer the items named by their number, then hand the round in."""
    for number, text in answers.items():
        requests.answer_item(task.items.get(number=int(number[1:])), actor=member, text=text)
    return requests.answer_request(task, actor=member)


def judge(task, analyst, number, state, reason=""):
    return requests.judge_answer(task.items.get(number=number), actor=analyst, state=state, reason=reason)


def mails(template):
    return [job.payload for job in Job.objects.filter(kind="mail") if job.payload["template"] == template]


# --- rounds -------------------------------------------------------------------------------------------------------


def test_each_request_is_the_next_round_of_its_case(case, analyst):
    first, second, other = ask(case, analyst), ask(case, analyst), ask(make_case(), analyst)
    assert (first.round, second.round, other.round) == (1, 2, 1)


def test_the_database_keeps_a_round_number_to_one_request(case, analyst):
    ask(case, analyst)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(case=case, round=1, due_on=timezone.localdate(), asked_by=analyst)
    assert case.tasks.count() == 1


def test_an_answer_in_words_answers_the_question(case, analyst, member):
    task = ask(case, analyst)
    item = task.items.get()
    requests.answer_item(item, actor=member, text=" The gin in Lubbock baled it. ")
    item.refresh_from_db()
    assert (item.state, item.answered_at is not None) == (State.ANSWERED, True)
    assert item.answers.get().text == "The gin in Lubbock baled it."
    event = AuditEvent.objects.get(action=Action.QUESTION_ANSWERED)
    assert (event.case_number, event.after["number"]) == (case.number, 1)


def test_a_later_answer_adds_to_the_earlier_one(case, analyst, member):
    item = ask(case, analyst).items.get()
    for text in ("First.", "And the mill."):
        requests.answer_item(item, actor=member, text=text)
    assert [one.text for one in item.answers.all()] == ["First.", "And the mill."]


def test_the_database_refuses_to_change_an_answer(case, analyst, member):
    answer = requests.answer_item(ask(case, analyst).items.get(), actor=member, text="Said once.")
    with pytest.raises(Exception, match="appended, never changed"), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(text="Said otherwise.")
    assert Answer.objects.get().text == "Said once."


@pytest.mark.parametrize("who", ["officer", "rival", "strange broker"])
def test_nobody_but_the_importer_and_its_broker_answers(case, analyst, who):
    item = ask(case, analyst).items.get()
    actor = {
        "officer": lambda: analyst,
        "rival": lambda: make_user(Role.IMPORTER_MEMBER),
        "strange broker": lambda: make_user(Role.BROKER_MEMBER),
    }[who]()
    with pytest.raises(Refused, match="power of attorney"):
        requests.answer_item(item, actor=actor, text="I say so.")
    assert not item.answers.exists()


def test_a_broker_with_its_authorisation_in_force_answers(case, analyst):
    item = ask(case, analyst).items.get()
    broker = make_organization(Organization.Kind.BROKER)
    BrokerAuthorization.objects.create(broker=broker, importer=case.importer, valid_from=timezone.localdate())
    requests.answer_item(item, actor=make_user(Role.BROKER_MEMBER, broker), text="Entry filed on the 3rd.")
    assert item.answers.count() == 1


def test_a_closed_round_takes_no_answer(case, analyst, member):
    task = ask(case, analyst)
    hand_in(task, member)
    with pytest.raises(Refused, match="is closed"):
        requests.answer_item(task.items.get(), actor=member, text="Late.")
    assert not Answer.objects.exists()


def test_an_empty_answer_is_none(case, analyst, member):
    item = ask(case, analyst).items.get()
    with pytest.raises(Refused, match="Write your answer"):
        requests.answer_item(item, actor=member, text="  ")
    item.refresh_from_db()
    assert item.state == State.OPEN


def test_the_officer_in_charge_is_told_what_came_and_what_did_not(case, analyst, member):
    cases.assign(case, actor=analyst, to=analyst)
    hand_in(ask(case, analyst, items=("One", "Two")), member, n1="Here.")
    told = mails("round_answered")
    assert [(one["to"], one["context"]["unanswered"]) for one in told] == [(analyst.email, 1)]


# --- the office judges --------------------------------------------------------------------------------------------


def test_an_answer_is_judged_once_the_round_is_closed(case, analyst, member):
    task = ask(case, analyst)
    requests.answer_item(task.items.get(), actor=member, text="Here.")
    with pytest.raises(Refused, match="can still answer until"):
        judge(task, analyst, 1, State.COMPLETE)
    requests.answer_request(task, actor=member)
    item = judge(task, analyst, 1, State.COMPLETE)
    assert (item.state, item.judged_by) == (State.COMPLETE, analyst)


def test_what_got_no_answer_cannot_be_complete(case, analyst, member):
    task = ask(case, analyst)
    hand_in(task, member)
    with pytest.raises(Refused, match="Nothing came"):
        judge(task, analyst, 1, State.COMPLETE)
    assert task.items.get().state == State.OPEN


@pytest.mark.parametrize("state", [State.INCOMPLETE, State.WITHDRAWN])
def test_returning_or_dropping_a_question_needs_a_reason(case, analyst, member, state):
    task = ask(case, analyst)
    hand_in(task, member, n1="Here.")
    with pytest.raises(Refused, match="the importer reads it"):
        judge(task, analyst, 1, state, " ")
    assert task.items.get().state == State.ANSWERED


def test_a_returned_question_opens_again_in_the_next_round(case, analyst, member):
    first = ask(case, analyst, items=("Invoice", "Bale list"))
    hand_in(first, member, n1="Invoice 7.", n2="No list.")
    judge(first, analyst, 1, State.COMPLETE)
    returned = judge(first, analyst, 2, State.INCOMPLETE, "The gin's own list is missing.")
    second = ask(case, analyst, items=("Gin's address",))
    assert [(one.text, one.again_of, one.state) for one in second.items.all()] == [
        ("Bale list", returned, State.OPEN),
        ("Gin's address", None, State.OPEN),
    ]
    assert "list is missing" in str(mails("evidence_requested")[-1]["context"]["items"])


def test_a_round_may_consist_of_returned_questions_alone(case, analyst, member):
    first = ask(case, analyst)
    hand_in(first, member, n1="Soon.")
    judge(first, analyst, 1, State.INCOMPLETE, "No invoice came.")
    second = ask(case, analyst, items=())
    assert [one.text for one in second.items.all()] == ["Invoice"]
    with pytest.raises(Refused, match="Name at least one"):
        ask(case, analyst, items=())


def test_what_was_asked_again_is_judged_in_its_new_round_only(case, analyst, member):
    first = ask(case, analyst)
    hand_in(first, member, n1="Soon.")
    judge(first, analyst, 1, State.INCOMPLETE, "No invoice came.")
    ask(case, analyst, items=())
    with pytest.raises(Refused, match="asked again"):
        judge(first, analyst, 1, State.COMPLETE)
    assert first.items.get().state == State.INCOMPLETE


def test_a_verdict_can_be_changed_while_the_question_was_not_asked_again(case, analyst, member):
    task = ask(case, analyst)
    hand_in(task, member, n1="Here.")
    judge(task, analyst, 1, State.INCOMPLETE, "Overlooked page 2.")
    judge(task, analyst, 1, State.COMPLETE)
    events = AuditEvent.objects.filter(action=Action.ANSWER_JUDGED).order_by("sequence")
    assert [one.after["state"] for one in events] == ["incomplete", "complete"]
    assert requests.open_questions(case) == []


def test_dropping_every_question_of_an_open_round_closes_it(case, analyst):
    task = ask(case, analyst)
    judge(task, analyst, 1, State.WITHDRAWN, "The broker sent it to another office.")
    task.refresh_from_db()
    assert (task.closed_at is not None, task.answered_at) == (True, None)
    assert Case.objects.get(pk=case.pk).stage == Case.Stage.UNDER_REVIEW


# --- open questions: condition E2 ---------------------------------------------------------------------------------


def test_a_question_is_open_until_its_answer_is_accepted_or_it_is_no_longer_asked(case, analyst, member):
    task = ask(case, analyst, items=("a", "b", "c", "d"))
    assert [one.text for one in requests.open_questions(case)] == ["a", "b", "c", "d"]
    hand_in(task, member, n1="A.", n2="B.")
    judge(task, analyst, 1, State.COMPLETE)
    judge(task, analyst, 2, State.INCOMPLETE, "Half of it.")
    judge(task, analyst, 3, State.WITHDRAWN, "Known from another paper.")
    assert [(one.text, one.state) for one in requests.open_questions(case)] == [("b", "incomplete"), ("d", "open")]


def test_a_question_asked_again_is_open_once_where_it_was_asked_last(case, analyst, member):
    first = ask(case, analyst)
    hand_in(first, member, n1="Soon.")
    judge(first, analyst, 1, State.INCOMPLETE, "No invoice came.")
    second = ask(case, analyst, items=())
    assert [one.task for one in requests.open_questions(case)] == [second]
    hand_in(second, member, n1="Invoice 7 is exhibit 1.")
    judge(second, analyst, 1, State.COMPLETE)
    assert requests.open_questions(case) == []


def test_going_on_without_an_answer_leaves_the_question_open(case, analyst):
    ask(case, analyst)
    cases.start_review(case, actor=analyst, reason="The day has passed.")
    assert [one.text for one in requests.open_questions(case)] == ["Invoice"]


# --- more time ----------------------------------------------------------------------------------------------------


def want(task, member, days=10):
    return extensions.ask_extension(
        task, actor=member, days=days, reason="The mill is closed this week.", missing="Laydown sheets of May"
    )


def give(extension, officer, grant=True, **how):
    return extensions.answer_extension(extension, actor=officer, grant=grant, reason="The mill confirms it.", **how)


def test_a_granted_extension_moves_the_offices_day_and_nothing_else(case, analyst, member):
    task = ask(case, analyst)
    before = task.due_on
    extension = give(want(task, member), analyst)
    task.refresh_from_db()
    assert task.due_on == before + timedelta(days=10)
    assert (extension.outcome, extension.grant_number, extension.days_granted) == ("granted", 1, 10)
    assert mails("extension_answered")[0]["to"] == member.email


def test_the_office_may_give_fewer_days_but_not_more(case, analyst, member):
    task = ask(case, analyst)
    extension = want(task, member)
    with pytest.raises(Refused, match="Grant 1 to 10 days"):
        give(extension, analyst, days=11)
    give(extension, analyst, days=4)
    before, task = task.due_on, Task.objects.get(pk=task.pk)
    assert task.due_on == before + timedelta(days=4)


def test_a_refused_extension_leaves_the_day(case, analyst, member):
    task = ask(case, analyst)
    give(want(task, member), analyst, grant=False)
    assert Task.objects.get(pk=task.pk).due_on == task.due_on
    assert AuditEvent.objects.filter(action=Action.EXTENSION_REFUSED).count() == 1


def test_no_third_extension_is_asked_for_or_granted(case, analyst, member):
    task = ask(case, analyst)
    for _ in range(2):
        give(want(task, member), analyst)
    with pytest.raises(Refused, match="given twice"):
        want(task, member)
    assert task.extensions.count() == 2


def test_a_refused_one_does_not_count(case, analyst, member):
    task = ask(case, analyst)
    give(want(task, member), analyst, grant=False)
    for _ in range(2):
        give(want(task, member), analyst)
    assert [one.grant_number for one in task.extensions.all()] == [None, 1, 2]


def test_on_the_due_day_more_time_can_be_asked_for_and_given_and_the_day_after_neither(case, analyst, member):
    task = ask(case, analyst, days=5)
    noon = timezone.localtime().replace(hour=12, minute=0)
    with time_machine.travel(noon + timedelta(days=5), tick=False):
        extension = want(task, member)
    with time_machine.travel(noon + timedelta(days=6), tick=False):
        with pytest.raises(Refused, match="cannot be extended"):
            give(extension, analyst)
        give(extension, analyst, grant=False)
        with pytest.raises(Refused, match="cannot be extended"):
            want(task, member)
    assert (task.extensions.get().outcome, Task.objects.get(pk=task.pk).due_on) == ("refused", task.due_on)


def test_one_request_for_more_time_waits_at_a_time(case, analyst, member):
    task = ask(case, analyst)
    want(task, member)
    with pytest.raises(Refused, match="not answered yet"):
        want(task, member)
    assert task.extensions.count() == 1


def test_an_extension_is_answered_once_and_only_for_an_open_round(case, analyst, member):
    task = ask(case, analyst)
    extension = want(task, member)
    requests.answer_request(task, actor=member)
    with pytest.raises(Refused, match="no day left"):
        give(extension, analyst)
    give(extension, analyst, grant=False)
    with pytest.raises(Refused, match="refused before"):
        give(extension, analyst, grant=False)
    assert not Extension.objects.waiting(timezone.localdate()).exists()


def granted(task, officer, **fields):
    today = timezone.localdate()
    return Extension(
        **{
            "task": task,
            "days": 5,
            "reason": "r",
            "missing": "m",
            "due_before": task.due_on,
            "asked_by": officer,
            "asked_on": today,
            "outcome": "granted",
            "grant_number": 1,
            "days_granted": 5,
            "answer": "a",
            "answered_by": officer,
            "answered_on": today,
            "answered_at": timezone.now(),
        }
        | fields
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"grant_number": 3},
        {"grant_number": None},
        {"days_granted": 6},
        {"answer": ""},
        {"late": True},
        {"asked_late": True},
    ],
    ids=str,
)
def test_the_database_holds_to_the_rules_of_extensions(case, analyst, fields):
    task = ask(case, analyst)
    after = task.due_on + timedelta(days=1)
    if fields.pop("late", False):
        fields["answered_on"] = after
    if fields.pop("asked_late", False):
        fields |= {"asked_on": after, "answered_on": after}
    with pytest.raises(IntegrityError), transaction.atomic():
        granted(task, analyst, **fields).save()
    assert not Extension.objects.exists()


def test_the_database_keeps_a_second_first_extension_out(case, analyst):
    task = ask(case, analyst)
    granted(task, analyst).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        granted(task, analyst).save()
    assert Extension.objects.count() == 1


# --- the rules alone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "granted_before", "code"),
    [(3, 0, None), (0, 1, None), (-1, 0, "past_due"), (3, 2, "extended_twice"), (-1, 2, "past_due")],
)
def test_when_a_request_can_be_extended(left, granted_before, code):
    today = timezone.localdate()
    refusal = may_extend(today + timedelta(days=left), granted=granted_before, today=today)
    assert (refusal and refusal[0]) == code


@pytest.mark.parametrize(
    ("left", "told_before", "sent", "days"),
    [
        (11, 30, [], None),
        (10, 30, [], 10),
        (8, 30, [10], None),
        (8, 30, [], 10),
        (5, 30, [10], 5),
        (4, 30, [], 5),
        (2, 30, [10, 5], 2),
        (0, 30, [10, 5], 2),
        (0, 30, [10, 5, 2], None),
        (-1, 30, [], None),
        (4, 4, [], None),
        (5, 10, [], 5),
        (10, 10, [], None),
        (2, 3, [], 2),
        (1, 1, [], None),
    ],
)
def test_which_reminder_is_written_today(left, told_before, sent, days):
    today = timezone.localdate()
    on = today + timedelta(days=left)
    assert reminder_due(on, since=on - timedelta(days=told_before), today=today, sent=sent) == days
