"""An importer adds a step of production with its lots, corrects what was wrong, and sends an EPCIS document."""

import json

import pytest

from entities.services import jobs
from screening.models import LotTrace
from tests.browser.checks import axe_clean, fits, shot
from tests.screening.made_epcis import chain, document
from tests.screening.made_lots import LISTED, Cotton


@pytest.fixture
def cotton(transactional_db, settings):
    settings.DEMO = True
    return Cotton()


def looks_right(page, name):
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe_clean(page)
        fits(page)
        shot(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_step_is_added_row_by_row_and_leads_to_the_finding(page, sign_in, cotton):
    sign_in(cotton.member)
    page.goto(f"/shipments/{cotton.shipment.pk}/")
    page.get_by_role("link", name="Add a step of production").click()
    page.get_by_label("Maker").select_option(label="Example Maker")
    page.get_by_label("Stage or process").fill("garment maker")
    first, out = page.get_by_role("group", name="Input lot 1"), page.get_by_role("group", name="Output lot 1")
    first.get_by_label("Lot number").fill("Y-31")
    first.get_by_label("Name of another firm").fill(LISTED)
    page.get_by_role("button", name="Add an input lot").click()
    second = page.get_by_role("group", name="Input lot 2")
    second.get_by_label("Lot number").fill("T-9")
    second.get_by_label("Quantity").fill("12")
    out.get_by_label("Lot number").fill("S-1")
    out.get_by_label("Line it is").select_option("1")
    page.get_by_role("button", name="Save and screen").click()
    assert page.get_by_role("link", name="Unit: The quantity of lot T-9 has no unit").is_visible()
    looks_right(page, "lots-form")
    second.get_by_label("Unit").fill("kg")
    page.get_by_role("button", name="Save and screen").click()
    page.wait_for_url("**/#lots")
    assert LotTrace.objects.get().lots.count() == 3
    jobs.work_off()
    page.reload()
    assert page.get_by_text("Traced by lots path").first.is_visible()
    assert page.get_by_text("(lot Y-31)").first.is_visible()
    assert page.get_by_text("The origin of lot T-9 is not traced").is_visible()
    looks_right(page, "lots-shipment")


def test_an_epcis_document_is_sent_and_who_is_who_said(page, sign_in, cotton):
    sign_in(cotton.member)
    page.goto(f"/shipments/{cotton.shipment.pk}/lot-documents/add/")
    file = {
        "name": "chain.jsonld",
        "mimeType": "application/ld+json",
        "buffer": json.dumps(document(*chain())).encode(),
    }
    page.get_by_label("EPCIS 2.0 document").set_input_files(file)
    page.get_by_role("button", name="Send and read").click()
    assert page.get_by_text("5 events: 5 not stored.").is_visible()
    looks_right(page, "lots-document")
    page.get_by_label("Name of another firm: GLN 9520002000026").fill(LISTED)
    page.get_by_label("Supplier: GLN 9520005000054").select_option(label="Example Maker")
    page.get_by_role("button", name="Save and take the events up again").click()
    assert page.get_by_text("5 events: 2 stored as a step, 3 not stored.").is_visible()
