"""Thresholds tried on judged pairs by one person and put in use by another; one shipment screened again."""

import pytest
from django.urls import reverse

from entities.domain.roles import Role
from entities.models import ThresholdSet
from entities.services import jobs
from entities.services.lists import load_reference_lists
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_user
from tests.screening import test_judgements as made
from tests.screening.test_thresholds import BRAND_AND_TRADE, MISSPELT, aksu

pytestmark = pytest.mark.django_db(transaction=True)


def look(page, name):
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        axe_clean(page)
        fits(page)
        shot(page, f"thresholds-{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_thresholds_are_proposed_by_one_person_and_put_in_use_by_another(page, sign_in, fresh_matchers):
    load_reference_lists()
    analyst = make_user(Role.ANALYST)
    asked, misspelt = made.ship(BRAND_AND_TRADE), made.ship(MISSPELT)
    made.judge(made.listed(asked), analyst, "same", reason="One register.")
    made.judge(aksu(misspelt), analyst, "same", reason="One register.")
    reviewer = sign_in(make_user(Role.REVIEWER))
    # 1. From the lists to the bench, where each threshold is swept over the judged pairs.
    page.goto(reverse("listed-entity-list"))
    page.get_by_role("link", name="Thresholds").click()
    page.get_by_text("Looked at: 2 pairs").wait_for()
    look(page, "bench")
    # 2. A value out of bounds is said to be; others show what they would do, pair by pair.
    points = page.get_by_role("spinbutton", name="Match: the least number of points")
    points.fill("0")
    page.get_by_role("button", name="See what they would have done").click()
    page.get_by_text("Give a number of points above 0").first.wait_for()
    points.fill("8")
    for label in ("where many firms share the brand", "where the brand is a word of its own"):
        page.get_by_role("spinbutton", name=label).fill("6")
    page.get_by_role("button", name="See what they would have done").click()
    page.get_by_text("1 firm judged the same would be lost").wait_for()
    lost = page.get_by_role("row").filter(has_text=BRAND_AND_TRADE.name).filter(has_text="Lost")
    assert lost.count() == 1
    look(page, "tried")
    # 3. Proposed with a reason; who proposed cannot put it in use.
    page.get_by_label("Why they should be used").fill("Misspelt names are to be asked about.")
    page.get_by_role("button", name="Propose").click()
    page.get_by_text("a different person must put them in use").wait_for()
    assert page.get_by_role("button", name="Put in use").count() == 0
    jobs.work_off()  # what they touch is counted
    # 4. A second person: not without an answer where a firm is lost.
    page.context.clear_cookies()
    approver = sign_in(make_user(Role.APPROVER))
    page.goto(reverse("threshold-bench"))
    page.get_by_role("heading", name="What they touch").wait_for()
    look(page, "proposed")
    page.get_by_role("button", name="Put in use").click()
    page.get_by_text("This field is required").first.wait_for()
    assert ThresholdSet.objects.get().state == "proposed"
    page.get_by_label("Why they are put in use though").fill("That firm is watched by its address.")
    page.get_by_role("button", name="Put in use").click()
    page.get_by_text("The thresholds are in use.").wait_for()
    adopted = ThresholdSet.objects.in_use()
    assert (adopted.proposed_by, adopted.settled_by) == (reviewer, approver)
    look(page, "in-use")
    # 5. The touched shipment is screened again and says with what.
    jobs.work_off()
    assert aksu(misspelt).verdict == "possible"
    page.goto(reverse("shipment-detail", args=[misspelt.pk]))
    page.locator("#screenings").get_by_role("link", name=f"set {adopted.pk}").wait_for()
    page.goto(reverse("how-matching-works"))
    page.get_by_text("Measured at the shipped thresholds").wait_for()
    look(page, "how")
