"""The API of rounds of questions, messages and reminders: read, answer, hand in, ask for more time, write."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entities.domain.roles import Role
from screening.models import Message, Reminder, Task
from screening.services import messages
from tests.api_client import client_of
from tests.factories import make_user
from tests.screening.made_cases import ask, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_user(Role.ANALYST)


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def member(case):
    return make_user(Role.IMPORTER_MEMBER, case.importer)


@pytest.fixture
def client(member):
    return client_of(member)


@pytest.fixture
def task(case, officer):
    return ask(case, officer, items=("Which gin baled the cotton?", "Bale list"))


def test_a_round_tells_its_questions_answers_and_days(client, case, task):
    body = client.get("/api/v1/tasks/", {"case": case.number, "open": "true"}).json()["results"][0]
    assert (body["case"], body["round"], body["due_on"]) == (case.number, 1, task.due_on.isoformat())
    assert [(one["text"], one["state"], one["answers"]) for one in body["items"]] == [
        ("Which gin baled the cotton?", "open", []),
        ("Bale list", "open", []),
    ]
    assert client.get("/api/v1/tasks/", {"open": "false"}).json()["results"] == []


def test_an_importer_answers_and_hands_in(client, task):
    first = task.items.first()
    answer = client.post(
        f"/api/v1/tasks/{task.pk}/answers/", {"item": first.pk, "text": "Lubbock Gin 7."}, format="json"
    )
    assert (answer.status_code, answer.json()["items"][0]["answers"][0]["text"]) == (201, "Lubbock Gin 7.")
    done = client.post(f"/api/v1/tasks/{task.pk}/hand-in/")
    assert (done.status_code, [one["state"] for one in done.json()["items"]]) == (200, ["answered", "open"])
    late = client.post(f"/api/v1/tasks/{task.pk}/answers/", {"item": first.pk, "text": "And 8."}, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "task_closed")


def test_a_question_of_another_round_is_not_answered_here(client, task, officer):
    other = ask(make_case(), officer).items.get()
    answer = client.post(f"/api/v1/tasks/{task.pk}/answers/", {"item": other.pk, "text": "x"}, format="json")
    assert (answer.status_code, other.answers.count()) == (400, 0)


def test_an_importer_asks_for_more_time_once_at_a_time(client, task):
    wanted = {"days": 10, "reason": "The mill is closed.", "missing": "Laydown sheets"}
    answer = client.post(f"/api/v1/tasks/{task.pk}/extensions/", wanted, format="json")
    assert (answer.status_code, answer.json()["extensions"][0]["outcome"]) == (201, "")
    again = client.post(f"/api/v1/tasks/{task.pk}/extensions/", wanted, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "extension_waiting")


def test_past_due_no_more_time_can_be_asked_for(client, task):
    Task.objects.filter(pk=task.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    wanted = {"days": 10, "reason": "The mill is closed.", "missing": "Laydown sheets"}
    answer = client.post(f"/api/v1/tasks/{task.pk}/extensions/", wanted, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "past_due")


@pytest.mark.parametrize("path", ["answers", "hand-in", "extensions"])
def test_the_office_does_not_answer_for_the_importer(task, officer, path):
    assert client_of(officer).post(f"/api/v1/tasks/{task.pk}/{path}/", {}, format="json").status_code == 403


@pytest.mark.parametrize("path", ["", "answers/", "hand-in/", "extensions/"])
def test_a_rival_is_not_told_that_a_round_exists(task, path):
    rival = client_of(make_user(Role.IMPORTER_MEMBER))
    call = rival.post if path else rival.get
    assert call(f"/api/v1/tasks/{task.pk}/{path}").status_code == 404


def test_messages_are_written_and_read_on_both_sides(client, case, officer):
    sent = client.post("/api/v1/messages/", {"case": case.number, "text": "Which page?"}, format="json")
    assert (sent.status_code, sent.json()["side"]) == (201, "importer")
    unread = client_of(officer).get("/api/v1/messages/", {"unread": "true"}).json()["results"]
    assert [one["text"] for one in unread] == ["Which page?"]
    assert client.get("/api/v1/messages/", {"unread": "true"}).json()["results"] == []


def test_notes_never_leave_the_office(client, case, officer):
    office = client_of(officer)
    note = office.post(
        "/api/v1/messages/", {"case": case.number, "text": "Odd dates.", "is_note": True}, format="json"
    )
    assert (note.status_code, note.json()["is_note"]) == (201, True)
    assert client.get("/api/v1/messages/").json()["results"] == []
    refused = client.post("/api/v1/messages/", {"case": case.number, "text": "x", "is_note": True}, format="json")
    assert (refused.status_code, Message.objects.count()) == (409, 1)


def test_a_rival_writes_into_no_case_of_others(case):
    rival = client_of(make_user(Role.IMPORTER_MEMBER))
    answer = rival.post("/api/v1/messages/", {"case": case.number, "text": "x"}, format="json")
    assert (answer.status_code, Message.objects.count()) == (400, 0)


def test_reminders_are_events_one_can_ask_for(client, case, task):
    Reminder.objects.create(case=case, day="task_due", task=task, on=task.due_on, days_before=10)
    body = client.get("/api/v1/reminders/", {"case": case.number}).json()["results"]
    assert [(one["day"], one["task"], one["days_before"]) for one in body] == [("task_due", task.pk, 10)]
    assert client_of(make_user(Role.IMPORTER_MEMBER)).get("/api/v1/reminders/").json()["results"] == []


def test_lists_cost_few_queries(client, case, officer, django_assert_max_num_queries):
    for _ in range(4):
        ask(case, officer, items=("a", "b", "c"))
        messages.write_message(case, actor=officer, text="Hello.")
    with django_assert_max_num_queries(10):
        assert len(client.get("/api/v1/tasks/").json()["results"]) == 4
    with django_assert_max_num_queries(7):
        assert len(client.get("/api/v1/messages/").json()["results"]) == 4
