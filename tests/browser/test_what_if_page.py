"""The answer of a what-if question in a real browser: asked by filling in the form, readable on a phone."""

import pytest
from playwright.sync_api import expect

from entities.domain.roles import Role
from entities.services.lists import load_reference_lists
from screening.models import Shipment, WhatIfReceipt
from tests.browser.checks import axe_clean, fits
from tests.factories import make_user


@pytest.fixture
def member(transactional_db):
    load_reference_lists()
    return make_user(Role.IMPORTER_MEMBER)


def test_a_planned_chain_is_asked_about_and_answered(page, sign_in, member):
    sign_in(member)
    page.goto("/what-if/")
    page.get_by_label("HTS codes").fill("6109.10.0012")
    page.locator("#id_party-0-role").select_option("manufacturer")
    page.locator("#id_party-0-name").fill("Example Bay Garments JSC")
    page.locator("#id_behind-0-name").fill("Aksu Huafu Color Spinning Co., Ltd.")
    page.locator("#id_behind-0-supplies").fill("party 1")
    page.locator("#id_behind-0-commodity").fill("cotton")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name="What if: the answer")).to_be_visible(timeout=30_000)
    assert "Aksu Huafu" in page.locator("#findings").inner_text()
    assert WhatIfReceipt.objects.get().answer_sha256 in page.locator("#receipt").inner_text()
    assert not Shipment.objects.exists()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        axe_clean(page)
        fits(page)
