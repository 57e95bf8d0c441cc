"""Is it the same firm? Judged by keyboard alone; the judgement survives a re-screening and lapses with an alias."""

import pytest
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Change, Judgement
from entities.services import jobs
from entities.services.changes import record_change
from entities.services.lists import load_reference_lists
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_user
from tests.screening import test_judgements as made

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _lists(transactional_db):
    load_reference_lists()


def test_a_pair_is_judged_by_keyboard_and_the_judgement_lapses_when_an_alias_changes(page, sign_in):
    analyst = sign_in(make_user(Role.ANALYST))
    both = PartyFacts(
        name="Huafu Fashion Co., Ltd.", native_name="华孚时尚股份有限公司", city="Shaoxing", country="CN"
    )
    shipments = [made.ship(made.POSSIBLE), made.ship(made.POSSIBLE), made.ship(both)]
    first = made.listed(shipments[1])
    page.goto(reverse("match-judge", args=[first.pk]))
    page.get_by_role("heading", name="Is it the same firm? 1 of 2").wait_for()
    # 1. The verdict by its key, the reason by typing on, sent by Control and Enter: the mouse is not used.
    page.keyboard.press("2")
    page.keyboard.type("Another owner: see the register of Foshan.")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Is it the same firm? 1 of 1").wait_for()
    assert page.locator("mark").count() == 0 or page.get_by_text("华孚时尚").first.is_visible()
    row = Judgement.objects.get()
    assert (row.verdict, row.author, row.reason) == (
        "different",
        analyst,
        "Another owner: see the register of Foshan.",
    )
    # 2. It is applied, and stands when the shipment is screened again for another reason.
    jobs.work_off()
    assert made.listed(shipments[0]).severity == "info"
    shipments[0].lines.update(description="Cotton shirts")
    record_change(Change.Kind.SHIPMENT, [shipments[0].pk], note="shipment changed")
    before = shipments[0].latest_screening_id
    jobs.work_off()
    shipments[0].refresh_from_db()
    assert shipments[0].latest_screening_id != before
    page.goto(reverse("shipment-detail", args=[shipments[0].pk]))
    page.get_by_text("was judged a different firm from").first.wait_for()
    # 3. One alias of the entity changes: it lapses, and the pair waits again.
    made.load_with_one_alias_more(row.entity_key)
    assert made.listed(shipments[0]).severity == "high"
    page.goto(reverse("match-list") + "?show=judged")
    page.get_by_text("alias “Example New Alias” added").wait_for()
    page.goto(reverse("match-judge", args=[made.listed(shipments[1]).pk]))
    page.get_by_text("Lapsed").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_judgements_are_accessible_and_fit(page, sign_in, width):
    analyst, reviewer = make_user(Role.ANALYST), make_user(Role.REVIEWER)
    name = "Esquel Garment and Knitwear Manufacturing Trading Company Limited of Foshan Nanhai"
    made.ship(PartyFacts(name=name, country="CN", city="Foshan", address="18 Example Industrial Road, Building 5"))
    made.ship(made.POSSIBLE, value=12400)
    both = PartyFacts(
        name="Huafu Fashion Co., Ltd.", native_name="华孚时尚股份有限公司", city="Shaoxing", country="CN"
    )
    match = made.listed(made.ship(both, value=820000))
    other = made.listed(made.ship(made.MATCH))
    pending = made.judge(other, analyst, reason="The register shows another owner.")
    sign_in(reviewer)
    page.set_viewport_size({"width": width, "height": 800})
    addresses = {
        "queue": reverse("match-list"),
        "second": reverse("match-list") + "?show=second",
        "judged": reverse("match-list") + "?show=judged",
        "judge": reverse("match-judge", args=[match.pk]),
        "confirm": reverse("match-confirm", args=[pending.pk]),
        "desk": reverse("desk"),
        "looks": reverse("look-list"),
    }
    for name, address in addresses.items():
        assert page.goto(address).ok
        shot(page, f"match-{name}-{width}")
        axe_clean(page)
        fits(page)
