"""The chain of a shipment in the browser: by keyboard from the shipment to a party and back, folded steps, the map."""

import pytest
from django.urls import reverse

from entities.domain.roles import Role
from entities.services.lists import load_reference_lists
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_user
from tests.screening.made_chains import deep_chain, ship, wide_chain

pytestmark = pytest.mark.django_db(transaction=True)


SIZES = {"desk": (1280, 800), "phone": (390, 844), "zoom": (320, 180)}  # the last: 1280 by 720 at 400 %


@pytest.fixture
def importer(transactional_db):
    load_reference_lists()
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def shipment(importer):
    return wide_chain(importer.active_memberships[0].organization, importer, 40)


def look(page, name):
    """The page at a desk, on a phone and at 400 % zoom, as it stands."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        axe_clean(page)
        fits(page)
        shot(page, f"{name}-{size}")
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
    page.get_by_role("link", name="Paths to the list or Xinjiang").press("Enter")
    page.wait_for_url("**show=marked**")
    assert drawing.get_by_role("link", name="Example Mill").count() == 1
    # 3. The same on a map.
    page.get_by_role("link", name="On a map").press("Enter")
    page.get_by_role("img", name="Sites of").wait_for()
    assert page.get_by_role("row").filter(has_text="placed by province").count() == 40
    look(page, "chain-map")


def test_a_chain_of_five_steps_tells_the_presumed_path_from_the_one_to_review(page, sign_in, importer):
    shipment = deep_chain(importer.active_memberships[0].organization, importer)
    sign_in(make_user(Role.ANALYST))
    page.goto(reverse("shipment-chain", args=[shipment.pk]))
    for told in ("5 of them on a path that raises the presumption", "1 of them on a path to be reviewed"):
        assert page.get_by_text(told).count() == 1
    assert page.locator("#table").get_by_role("row").filter(has_text="to be reviewed").count() == 1
    assert page.locator("#table").get_by_role("row").filter(has_text="presumption applies").count() == 5
    look(page, "chain-five")
    page.goto(reverse("shipment-map", args=[shipment.pk]))
    assert page.get_by_role("row").filter(has_text="presumption applies").count() == 6  # and the shipment
    look(page, "map-five")
    # The wide drawing scrolls inside its own region, by keyboard too.
    page.set_viewport_size({"width": 320, "height": 180})
    page.goto(reverse("shipment-chain", args=[shipment.pk]))
    region = page.get_by_role("region", name="Supply chain, drawn")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)  # scrolling is smooth
    assert region.evaluate("one => one.scrollLeft") > 0


def test_a_chain_of_three_hundred_parties_stays_a_page_one_can_use(page, sign_in, importer):
    shipment = wide_chain(importer.active_memberships[0].organization, importer, 150)
    sign_in(make_user(Role.ANALYST))
    page.goto(reverse("shipment-chain", args=[shipment.pk]))
    page.get_by_text("301 parties upstream, 3 of them on a path that raises the presumption.").wait_for()
    assert page.get_by_role("group", name="Supply chain of").get_by_role("link").count() < 25
    assert page.locator("#table").get_by_role("rowheader").filter(has_text="Example Mill").count() == 150
    look(page, "chain-300")
    page.goto(reverse("shipment-map", args=[shipment.pk]))
    assert page.locator("#table").get_by_role("row").count() == 303  # the heading and the shipment too
    look(page, "map-300")


@pytest.mark.parametrize("name", ["shipment-chain", "shipment-map"])
def test_a_chain_that_nobody_declared_says_what_is_not_known(page, sign_in, importer, name):
    alone = ship(importer.active_memberships[0].organization, importer)
    alone.parties.all().delete()
    sign_in(make_user(Role.ANALYST))
    page.goto(reverse(name, args=[alone.pk]))
    page.get_by_text("No manufacturer, seller or shipper is named on the shipment").wait_for()
    assert page.get_by_role("img").count() == 0
    look(page, f"{name}-empty")


def test_a_maker_alone_is_drawn_with_the_gap_behind_it(page, sign_in, importer):
    alone = ship(importer.active_memberships[0].organization, importer)
    sign_in(make_user(Role.ANALYST))
    page.goto(reverse("shipment-chain", args=[alone.pk]))
    assert page.get_by_text("1 party upstream, none on a path to the list or to Xinjiang.").count() == 1
    assert page.locator("#table").get_by_text("Not declared").count() == 1
    look(page, "chain-alone")
