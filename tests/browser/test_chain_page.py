"""The chain of a shipment in the browser: by keyboard from the shipment to a party and back, folded steps, the map."""

import pytest
from django.urls import reverse

from entities.domain.roles import Role
from entities.services.lists import load_reference_lists
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_user
from tests.screening.made_chains import wide_chain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shipment(transactional_db):
    load_reference_lists()
    member = make_user(Role.IMPORTER_MEMBER)
    return wide_chain(member.active_memberships[0].organization, member, 40)


def look(page, name):
    """The page at a desk, on a phone and at 400 % zoom, as it stands."""
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        axe_clean(page)
        fits(page)
        shot(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_chain_is_read_folded_opened_and_on_a_map(page, sign_in, shipment):
    sign_in(make_user(Role.ANALYST))
    page.goto(reverse("shipment-detail", args=[shipment.pk]))
    page.get_by_role("link", name="The chain on its own page").press("Enter")
    look(page, "chain")
    # 1. A wide step is folded in the drawing; the table has every link.
    drawing = page.get_by_role("group", name="Supply chain of")
    assert drawing.get_by_role("link", name="Example Mill").count() == 8
    assert page.locator("#table").get_by_role("rowheader").filter(has_text="Example Mill").count() == 40
    drawing.get_by_role("link", name="and 32 more · step 2").press("Enter")
    page.wait_for_url("**open=2**")
    assert drawing.get_by_role("link", name="Example Mill").count() == 40
    page.get_by_role("link", name="Fold again").press("Enter")
    drawing.get_by_role("link", name="and 32 more · step 2").wait_for()
    page.get_by_text("64 of them are folded").wait_for()
    # 2. A box leads to its party: what was found about it, and its record.
    drawing.get_by_role("link", name="On the Entity List").press("Enter")
    page.get_by_role("heading", name="Aksu Huafu").wait_for()
    assert page.locator("#party").get_by_role("link", name="traces to Aksu Huafu").count() > 0
    look(page, "chain-party")
    page.get_by_role("link", name="The flagged path").press("Enter")
    page.wait_for_url("**show=offending**")
    assert drawing.get_by_role("link", name="Example Mill").count() == 1
    # 3. The same on a map.
    page.get_by_role("link", name="On a map").press("Enter")
    page.get_by_role("img", name="Sites of").wait_for()
    assert page.get_by_role("row").filter(has_text="placed by province").count() == 40
    look(page, "chain-map")
