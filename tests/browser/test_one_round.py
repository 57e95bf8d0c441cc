"""One round of questions in the browser, from both sides: asked, more time given, answered, judged, asked again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from config.demo.papers import pdf
from entities.domain.roles import Role
from screening.models import Task
from screening.services import requests
from tests.browser.checks import axe_clean, shot
from tests.factories import make_organization, make_user
from tests.screening.made_cases import make_case

pytestmark = pytest.mark.django_db(transaction=True)


def as_user(page, sign_in, user):
    page.context.clear_cookies()
    sign_in(user)


def test_two_rounds_of_questions(page, sign_in, tmp_path):
    case = make_case(importer=make_organization(name="Example Knit Imports LLC"))
    analyst, member = make_user(Role.ANALYST), make_user(Role.IMPORTER_MEMBER, case.importer)
    as_user(page, sign_in, analyst)
    task = asks_two_questions(page, case)
    as_user(page, sign_in, member)
    answers_one_with_a_paper_and_asks_for_time(page, case, task, tmp_path)
    as_user(page, sign_in, analyst)
    gives_time(page, task)
    as_user(page, sign_in, member)
    answers_the_rest(page, case)
    as_user(page, sign_in, analyst)
    finds_one_incomplete(page, case)
    asks_again(page, case)
    as_user(page, sign_in, member)
    reads_what_was_missing(page, case)
    assert [one.text for one in requests.open_questions(case)] == ["Which gin baled the cotton?"]
    assert case.tasks.count() == 2


def asks_two_questions(page, case):
    page.goto(f"/cases/{case.pk}/request-evidence/")
    page.get_by_label("Further items, one per line").fill("Which gin baled the cotton?\nProof of payment for the yarn")
    page.get_by_label("Due on").fill((timezone.localdate() + timedelta(days=10)).isoformat())
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("#requests")).to_contain_text("Round 1")
    axe_clean(page)
    return Task.objects.get(case=case)


def answers_one_with_a_paper_and_asks_for_time(page, case, task, tmp_path):
    page.goto(f"/to-do/cases/{case.pk}/")
    paper = tmp_path / "payment.pdf"
    paper.write_bytes(pdf([["PROOF OF PAYMENT", "USD 12,400 to the spinner"]]))
    second = page.locator(f"#item-{task.items.get(number=2).pk}")
    second.get_by_text("Send files for this").click()
    second.locator("input[type=file]").set_input_files(paper)
    expect(page.locator("#received")).to_contain_text("payment.pdf", timeout=20_000)
    page.goto(f"/to-do/cases/{case.pk}/")
    expect(second).to_contain_text("Answered")
    page.get_by_role("link", name="Ask for more time").click()
    expect(page.get_by_label("How many more days")).to_be_visible()  # the page has come
    axe_clean(page)
    page.get_by_label("How many more days").fill("10")
    page.get_by_label("Why").fill("The gin answers next week.")
    page.get_by_label("What you still lack").fill("Its bale list")
    shot(page, "round-1-more-time")
    page.get_by_role("button", name="Ask for more time").click()
    expect(page.locator("#to-send")).to_contain_text("the office has not answered yet")
    axe_clean(page)


def gives_time(page, task):
    page.goto("/desk/waiting/")
    axe_clean(page)
    shot(page, "round-2-waiting")
    page.get_by_role("link", name=re.compile("10 more days are asked for")).click()
    expect(page.get_by_label("Reason")).to_be_visible()  # the page has come
    axe_clean(page)
    page.locator("label", has_text=re.compile("^given$")).click()
    page.get_by_label("Reason").fill("The gin confirms it.")
    shot(page, "round-3-answer")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#requests")).to_contain_text("More time given")
    assert Task.objects.get(pk=task.pk).due_on == task.due_on + timedelta(days=10)


def answers_the_rest(page, case):
    page.goto(f"/to-do/cases/{case.pk}/")
    page.locator("a", has_text=re.compile(r"Answer in your own words\s*: Which gin")).click()
    expect(page.get_by_label("Your answer")).to_be_visible()  # the page has come
    axe_clean(page)
    page.get_by_label("Your answer").fill("A gin in Texas.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("#to-send")).to_contain_text("A gin in Texas.")
    shot(page, "round-4-answered")
    page.get_by_role("button", name="I have sent what I can").click()
    expect(page.locator("#round-1")).to_contain_text("The office checks it")


def finds_one_incomplete(page, case):
    page.goto(f"/cases/{case.pk}/#requests")
    page.locator("a", has_text=re.compile(r"Judge the answer\s*: Proof of payment")).click()
    page.locator("label", has_text=re.compile("^complete$")).click()
    page.get_by_role("button", name="Record the verdict").click()
    page.locator("a", has_text=re.compile(r"Judge the answer\s*: Which gin")).click()
    expect(page.get_by_label("What is missing")).to_be_visible()  # the page has come
    axe_clean(page)
    page.locator("label", has_text=re.compile("^not complete")).click()
    page.get_by_label("What is missing").fill("Name the gin and its address.")
    shot(page, "round-5-judge")
    page.get_by_role("button", name="Record the verdict").click()
    expect(page.locator("#requests")).to_contain_text("Name the gin and its address.")
    shot(page, "round-6-case")


def asks_again(page, case):
    page.goto(f"/cases/{case.pk}/request-evidence/")
    expect(page.locator("main")).to_contain_text("missing: Name the gin and its address.")
    page.get_by_label("Due on").fill((timezone.localdate() + timedelta(days=7)).isoformat())
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("#round-2")).to_contain_text("Asked again")


def reads_what_was_missing(page, case):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/to-do/cases/{case.pk}/")
    expect(page.locator("#to-send")).to_contain_text("Your answer before was not complete: Name the gin")
    expect(page.locator("#round-1")).to_contain_text("Completely answered")
    axe_clean(page)
    shot(page, "round-7-second-round")
    page.get_by_role("link", name="Messages with the office").click()
    page.get_by_role("textbox", name="Message").fill("The gin is called Lubbock Gin 7.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("Not read yet")
    axe_clean(page)
    shot(page, "round-8-messages")
