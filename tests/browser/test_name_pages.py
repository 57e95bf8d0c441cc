"""A Chinese name of a listed entity in the browser: proposed by one person by keyboard, confirmed by another."""

import pytest
from django.urls import reverse

from entities.domain.roles import Role
from entities.models import NameStatement
from entities.services import jobs
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_user
from tests.screening import test_name_pages as made

pytestmark = pytest.mark.django_db(transaction=True)
_lists = made._lists  # the lists, loaded anew
entity = made.entity


def look(page, name):
    """The page at both widths, as it stands."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        axe_clean(page)
        fits(page)
        shot(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_name_is_proposed_by_one_person_and_confirmed_by_another(page, sign_in, entity):
    shipment = made.ship()
    # 1. An analyst proposes the name; the mouse is not used.
    analyst = sign_in(make_user(Role.ANALYST))
    page.goto(reverse("listed-entity-detail", args=[entity.pk]))
    page.get_by_role("link", name="Propose a name").press("Enter")
    page.get_by_label("Name").focus()
    page.keyboard.type("有限公司")
    page.keyboard.press("Tab")
    page.keyboard.type(made.SOURCE)
    page.keyboard.press("Enter")
    page.get_by_text("has no word that tells one firm from another").first.wait_for()
    look(page, "name-refused")
    page.get_by_role("textbox", name="Name").fill(made.NEW)
    page.keyboard.press("Enter")
    page.get_by_text("It raises questions now").wait_for()
    row = page.get_by_role("row").filter(has_text=made.NEW)
    row.get_by_text("Proposed by the office").wait_for()
    assert [one.split()[0] for one in row.get_by_role("link").all_inner_texts()] == ["Take"]
    look(page, "name-proposed")
    assert made.found(shipment) == ["possible"]
    # 2. The same person cannot confirm it.
    row.get_by_role("link").press("Enter")
    page.get_by_text("A second person must confirm it; you can take it back.").wait_for()
    assert page.get_by_role("radio").count() == 0
    look(page, "name-own")
    # 3. A second person finds it from the desk, sees what it touches, and confirms.
    page.context.clear_cookies()
    reviewer = sign_in(make_user(Role.REVIEWER))
    page.goto(reverse("desk"))
    look(page, "name-desk")
    page.get_by_role("link", name="Names to confirm 1").press("Enter")
    look(page, "name-waiting")
    page.get_by_role("link", name=f"Confirm or decline {made.NEW}").press("Enter")
    page.locator("#touched").get_by_role("link", name=shipment.label).wait_for()
    page.locator("#touched").get_by_role("row", name=f"{made.NEW} CN Possibly on the list On the list").wait_for()
    look(page, "name-answer")
    page.get_by_role("radio", name="Confirm: the entity bears this name").press("Space")
    page.get_by_role("button", name="Record the answer").press("Enter")
    page.get_by_text("counts like an alias now").wait_for()
    page.get_by_role("row").filter(has_text=made.NEW).get_by_text("Confirmed by the office").wait_for()
    page.get_by_text(f"proposed by {analyst.full_name}").wait_for()
    look(page, "name-confirmed")
    answer = NameStatement.objects.get(act="confirm")
    assert (answer.author, answer.proposal.author) == (reviewer, analyst)
    # 4. The shipment is screened again; the finding names the source.
    assert made.found(shipment) == ["match"]
    page.goto(reverse("shipment-detail", args=[shipment.pk]))
    page.get_by_text(made.SOURCE).first.wait_for(state="attached")
    page.get_by_text("Presumption applies").first.wait_for()


def test_a_confirmed_name_is_given_up_by_two_persons(page, sign_in, entity):
    analyst, reviewer = make_user(Role.ANALYST), make_user(Role.REVIEWER)
    made.confirm(made.propose(entity, analyst), reviewer)
    shipment = made.ship()
    assert made.found(shipment) == ["match"]
    sign_in(analyst)
    page.goto(reverse("listed-entity-detail", args=[entity.pk]))
    page.get_by_role("link", name=f"Withdraw {made.NEW}").click()
    page.get_by_label("Reason").fill("The report names another firm.")
    look(page, "name-withdraw")
    page.get_by_role("button", name="Propose the withdrawal").click()
    page.get_by_text("counts on until a second person").wait_for()
    page.get_by_text("Withdrawal needs a second person").wait_for()
    look(page, "name-withdrawal-waits")
    page.context.clear_cookies()
    sign_in(reviewer)
    page.goto(reverse("listed-name-list"))
    page.get_by_role("link", name=f"Confirm or decline {made.NEW}").click()
    page.get_by_text("Confirm: the name is withdrawn").click()
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_text("counts no more").wait_for()
    assert page.get_by_role("row").filter(has_text=made.NEW).count() == 0
    page.get_by_text("What the office stated").click()
    page.get_by_text("The report names another firm.").wait_for()
    jobs.work_off()
    assert made.found(shipment) == []
