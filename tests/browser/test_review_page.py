"""The review by keyboard: a verdict, pages leafed and cited, and nothing typed lost on the way."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from entities.domain.roles import Role
from evidence.models import Assessment
from screening.models import Case
from tests.browser.checks import axe_clean, fits
from tests.factories import make_user
from tests.screening.made_cases import make_case, make_exhibit, recommended

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case():
    case = make_case(Case.Stage.UNDER_REVIEW)
    make_exhibit(case, "Invoice, lot 31", "Packing list, 620 cones", "Terms")
    return case


def test_a_requirement_is_judged_by_keyboard(page, sign_in, case):
    reviewer = sign_in(make_user(Role.REVIEWER))
    page.goto(reverse("case-review", args=[case.pk], query={"requirement": "A3"}))
    page.keyboard.press("2")
    page.get_by_label("Reason").fill("Payment is missing.")
    page.locator("h1").click()
    page.keyboard.press("n")
    page.get_by_text("page 2 of 3").wait_for()
    page.keyboard.press("c")
    page.locator("#cited").get_by_text("exhibit 1, page 2").wait_for()
    page.keyboard.press("j")
    page.get_by_role("heading", name="A4").wait_for()
    page.keyboard.press("k")
    page.get_by_role("heading", name="A3").wait_for()
    axe_clean(page)
    page.get_by_role("button", name="Record the verdict").click()
    page.get_by_text("A3 is recorded: not shown.").wait_for()
    row = Assessment.objects.get()
    assert (row.author, row.reason) == (reviewer, "Payment is missing.")
    assert [one.page_number for one in row.citations.all()] == [2]


def test_a_marked_passage_becomes_the_quote(page, sign_in, case):
    sign_in(make_user(Role.REVIEWER))
    page.goto(reverse("case-review", args=[case.pk], query={"requirement": "A3"}))
    page.locator(".co-paper__text").dblclick(position={"x": 30, "y": 20})
    expect(page.get_by_label("Passage to quote")).to_have_value("Invoice")  # the browser tells of a selection later


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["desk", "look-list", "case-detail", "case-review", "case-recommend", "case-decide"])
def test_officer_pages_are_accessible_and_fit(name, width, page, sign_in, case):
    reviewer = sign_in(make_user(Role.REVIEWER))
    recommended(case, reviewer)
    page.set_viewport_size({"width": width, "height": 800})
    answer = page.goto(reverse(name, args=[] if name in {"desk", "look-list"} else [case.pk]))
    assert answer.status == 200
    axe_clean(page)
    fits(page)
