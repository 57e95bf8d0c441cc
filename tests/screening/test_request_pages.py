"""The pages of requests: judging, more time, messages, what waits, workload; and the importer's side of them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Role
from screening.models import Case, Message, Task
from screening.services import cases, detentions, extensions, messages, requests
from screening.views.cases import officers
from screening.waiting import loads, waiting_for
from tests.factories import make_user
from tests.screening.made_cases import ask, make_case, make_exhibit, recommended

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def member(case):
    return make_user(Role.IMPORTER_MEMBER, case.importer)


@pytest.fixture
def task(case, analyst):
    return ask(case, analyst, items=("Which gin?", "Bale list"))


def answered(task, member, text="Lubbock Gin 7."):
    requests.answer_item(task.items.first(), actor=member, text=text)
    return requests.answer_request(task, actor=member)


def said(response):
    return " ".join(response.content.decode().split())


# --- the importer -------------------------------------------------------------------------------------------------


def test_an_importer_answers_in_its_own_words(client, case, task, member):
    client.force_login(member)
    url = reverse("item-answer", args=[case.pk, task.items.first().pk])
    assert "Which gin?" in said(client.get(url))
    page = client.post(url, {"text": "Lubbock Gin 7."}, follow=True)
    assert "Lubbock Gin 7." in said(page)
    assert task.items.first().answers.get().answered_by == member


def test_an_empty_answer_stays_in_the_form(client, case, task, member):
    client.force_login(member)
    page = client.post(reverse("item-answer", args=[case.pk, task.items.first().pk]), {"text": " "})
    assert (page.status_code, task.items.first().answers.count()) == (422, 0)


def test_an_importer_asks_for_more_time_and_is_told_why_not(client, case, task, member):
    client.force_login(member)
    url = reverse("extension-ask", args=[case.pk, task.pk])
    page = client.post(url, {"days": 10, "reason": "The mill is closed.", "missing": "Laydown sheets"}, follow=True)
    assert "the office has not answered yet" in said(page)
    Task.objects.filter(pk=task.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    page = client.get(url)
    assert "cannot be extended" in said(page)
    assert "Ask for more time</button>" not in said(page)


def test_an_importer_reads_what_was_missing(client, case, task, member, analyst):
    answered(task, member)
    requests.judge_answer(task.items.first(), actor=analyst, state="incomplete", reason="Name its address too.")
    client.force_login(member)
    page = said(client.get(reverse("importer-case", args=[case.pk])))
    assert "Name its address too." in page
    assert "Not answered" in page


def test_what_is_no_longer_asked_is_not_on_the_list(client, case, task, member, analyst):
    requests.judge_answer(task.items.first(), actor=analyst, state="withdrawn", reason="Known from the entry.")
    client.force_login(member)
    page = client.get(reverse("importer-case", args=[case.pk]))
    assert [one["item"].text for one in page.context["requests"][0]["items"]] == ["Bale list"]


# --- the office ---------------------------------------------------------------------------------------------------


def test_an_officer_judges_an_answer(client, task, member, analyst):
    answered(task, member)
    client.force_login(analyst)
    url = reverse("item-judge", args=[task.items.first().pk])
    assert "Lubbock Gin 7." in said(client.get(url))
    page = client.post(url, {"state": "incomplete", "reason": ""})
    assert (page.status_code, "Say what is missing" in said(page)) == (422, True)
    page = client.post(url, {"state": "complete", "reason": ""}, follow=True)
    assert "1 question of the case is open" in said(page)


def test_the_form_offers_only_what_can_be_said(client, task, member, analyst):
    client.force_login(analyst)
    url = reverse("item-judge", args=[task.items.last().pk])
    choices = [value for value, _ in client.get(url).context["form"].fields["state"].choices]
    assert choices == ["withdrawn"]
    answered(task, member)
    choices = [value for value, _ in client.get(url).context["form"].fields["state"].choices]
    assert choices == ["incomplete", "withdrawn"]


def test_the_next_request_shows_what_is_asked_again(client, case, task, member, analyst):
    answered(task, member)
    requests.judge_answer(task.items.first(), actor=analyst, state="incomplete", reason="Name its address too.")
    client.force_login(analyst)
    url = reverse("case-request-evidence", args=[case.pk])
    assert "Name its address too." in said(client.get(url))
    client.post(url, {"further": "", "due_on": (timezone.localdate() + timedelta(days=9)).isoformat(), "message": ""})
    assert [one.text for one in case.tasks.get(round=2).items.all()] == ["Which gin?"]


@pytest.mark.parametrize(("verdict", "days", "moved"), [("grant", 4, 4), ("refuse", "", 0)])
def test_an_officer_answers_a_request_for_more_time(client, task, member, analyst, verdict, days, moved):
    extension = extensions.ask_extension(task, actor=member, days=10, reason="Closed", missing="List")
    client.force_login(analyst)
    url = reverse("extension-answer", args=[extension.pk])
    page = client.post(url, {"verdict": verdict, "days": days, "reason": "The mill says so."}, follow=True)
    assert "is told by mail" in said(page)
    assert Task.objects.get(pk=task.pk).due_on == task.due_on + timedelta(days=moved)


def test_past_due_the_page_offers_refusal_alone(client, task, member, analyst):
    extension = extensions.ask_extension(task, actor=member, days=10, reason="Closed", missing="List")
    Task.objects.filter(pk=task.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    client.force_login(analyst)
    form = client.get(reverse("extension-answer", args=[extension.pk])).context["form"]
    assert [value for value, _ in form.fields["verdict"].choices] == ["refuse"]


# --- messages -----------------------------------------------------------------------------------------------------


def test_messages_are_marked_read_by_opening_the_page(client, case, member, analyst):
    messages.write_message(case, actor=analyst, text="Which page?")
    client.force_login(member)
    url = reverse("case-messages", args=[case.pk])
    assert "Which page?" in said(client.get(url))
    assert not Message.objects.unread_by(member).exists()
    client.force_login(analyst)
    assert f"Read by {member.full_name}" in said(client.get(url))


def test_the_office_writes_notes_the_importer_never_sees(client, case, member, analyst):
    client.force_login(analyst)
    url = reverse("case-messages", args=[case.pk])
    page = client.post(url, {"to": "office", "text": "Odd dates."}, follow=True)
    assert "The note is kept." in said(page)
    client.force_login(member)
    assert "Odd dates." not in said(client.get(url))


def test_an_auditor_reads_and_has_nothing_to_write_in(client, case):
    client.force_login(make_user(Role.AUDITOR))
    url = reverse("case-messages", args=[case.pk])
    assert client.get(url).context["form"] is None
    assert client.post(url, {"text": "x"}).status_code == 403


# --- what waits, and who has how much -----------------------------------------------------------------------------


def whats(user):
    return [one.what for one in waiting_for(user)]


def test_a_new_case_waits_for_whoever_asks(case, analyst):
    assert whats(analyst) == ["New: ask the importer, or take it into review"]
    cases.assign(case, actor=analyst, to=make_user(Role.ANALYST))
    assert whats(analyst) == []


def test_a_request_for_more_time_waits_with_its_day(task, member, analyst):
    extension = extensions.ask_extension(task, actor=member, days=10, reason="Closed", missing="List")
    row = waiting_for(analyst)[0]
    assert (row.what, row.due_on) == ("Answer: 10 more days are asked for", task.due_on)
    assert row.url == reverse("extension-answer", args=[extension.pk])


def test_answers_wait_to_be_judged_and_returned_ones_to_be_asked_again(task, member, analyst):
    answered(task, member)
    assert "Judge 2 answers" in whats(analyst)
    for item in task.items.all():
        requests.judge_answer(item, actor=analyst, state="incomplete", reason="More.")
    assert whats(analyst) == ["Ask 2 returned questions again"]


def test_a_round_past_due_waits_and_is_late(task, analyst):
    Task.objects.filter(pk=task.pk).update(due_on=timezone.localdate() - timedelta(days=3))
    row = waiting_for(analyst)[0]
    assert (row.what, row.is_urgent) == ("No answer to round 1", True)


def test_unread_messages_wait(case, task, member, analyst):
    messages.write_message(case, actor=member, text="Hello.")
    assert "Read 1 message" in whats(analyst)


def test_reviewers_are_told_what_to_review_and_approvers_what_to_decide(analyst):
    reviewer, approver = make_user(Role.REVIEWER), make_user(Role.APPROVER)
    make_case(Case.Stage.UNDER_REVIEW)
    assert whats(reviewer) == ["Review"]
    case = make_case(Case.Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    recommended(case, reviewer)
    assert whats(approver) == ["Decide"]


def detain(case, officer, days_ago):
    detentions.record_detention(
        case,
        case.shipments.first(),
        actor=officer,
        presented_on=timezone.localdate() - timedelta(days=days_ago),
        source="6051D",
    )


def test_managers_see_the_law_s_day_near_and_cases_in_nobodys_hands(case, analyst):
    manager = make_user(Role.MANAGER)
    near = make_case()
    detain(near, analyst, 25)
    cases.assign(near, actor=analyst, to=analyst)
    rows = waiting_for(manager)
    assert [one.what for one in rows] == [
        f"The law’s day is near; with {analyst.full_name}",
        "Assign: in nobody’s hands",
    ]
    assert (rows[0].due_on, rows[0].is_statutory) == (timezone.localdate() + timedelta(days=5), True)


def test_the_workload_is_counted_by_person(task, case, member, analyst):
    cases.assign(case, actor=analyst, to=analyst)
    detain(case, analyst, 25)
    make_case()
    extensions.ask_extension(task, actor=member, days=10, reason="Closed", missing="List")
    found = {one.user: one for one in loads(officers())}
    assert (found[analyst].cases, found[analyst].more_time, found[analyst].near) == (1, 1, 1)
    assert found[None].cases == 1


@pytest.mark.parametrize("name", ["waiting-list", "workload"])
def test_queues_cost_as_many_queries_however_long_they_are(client, analyst, name, django_assert_max_num_queries):
    client.force_login(analyst)
    for _ in range(6):
        case = make_case()
        task = ask(case, analyst)
        member = make_user(Role.IMPORTER_MEMBER, case.importer)
        messages.write_message(case, actor=member, text="Hello.")
        extensions.ask_extension(task, actor=member, days=10, reason="Closed", missing="List")
    with django_assert_max_num_queries(32):
        assert client.get(reverse(name)).status_code == 200
