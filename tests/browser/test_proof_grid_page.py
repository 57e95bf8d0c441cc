"""The proof grid in the browser: judged by keys alone, readable on a phone, and the importer's list of it."""

import pytest

from entities.domain.roles import Role
from evidence.models import Assessment
from evidence.services.checking import check
from screening.services import cases
from tests.browser.checks import axe_clean, fits
from tests.evidence.made_grid import KNITTER, SEWER, a_sale, make_cotton_case, make_paper
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case():
    case = make_cotton_case()
    a_sale(case, KNITTER.name, SEWER.name, number="2207", paid="40000")
    make_paper(case, "ENTITY_PROFILE", holder=KNITTER.native_name, foreign=(1,))
    check(case)
    return case


@pytest.fixture
def at(case):
    step = next(one["key"] for one in case.proof_grid.content["steps"] if KNITTER.name in one["label"])
    return f"/cases/{case.pk}/proof-grid/?step={step}&family=order"


def test_a_cell_is_confirmed_by_a_key_and_the_next_one_judged_by_keys(page, sign_in, case, at):
    reviewer = make_user(Role.REVIEWER)
    cases.start_review(case, actor=reviewer)
    sign_in(reviewer)
    page.goto(at)
    page.keyboard.press("c")
    page.wait_for_url("**family=invoice**")
    page.keyboard.press("2")
    page.keyboard.press("r")
    page.keyboard.type("The payment falls short.")
    page.get_by_role("button", name="Record the verdict").click()
    page.wait_for_url("**family=payment**")
    assert list(Assessment.objects.order_by("pk").values_list("family", "verdict")) == [
        ("order", "shown"), ("invoice", "weak"),
    ]  # fmt: skip
    assert page.get_by_text("judged by a person").count() >= 2


@pytest.mark.parametrize("width", [1280, 390])
def test_the_grid_is_read_without_a_fault_at_any_width(page, sign_in, case, at, width):
    sign_in(make_user(Role.AUDITOR))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(at)
    assert page.get_by_text("Papers contradict each other at").is_visible()
    axe_clean(page)
    fits(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_of_the_importer_is_read_without_a_fault(page, sign_in, case, width):
    sign_in(case.importer.memberships.first().user)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/to-do/cases/{case.pk}/proof/")
    assert page.get_by_role("heading", name="What does not agree (1)").is_visible()
    assert page.get_by_text("page 1 has no English translation").is_visible()
    axe_clean(page)
    fits(page)
