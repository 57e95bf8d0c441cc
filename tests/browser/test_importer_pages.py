"""The importer's pages in a browser: files sent one by one, the checklist follows, nothing untrue is claimed."""

import pytest
from playwright.sync_api import expect

from entities.models import Organization
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.models import Document
from tests.browser.checks import axe_clean, fits
from tests.evidence.sending import make_case, member_of, send

pytestmark = pytest.mark.django_db(transaction=True)
LISTED = "Aksu Huafu Color Spinning Co., Ltd."


@pytest.fixture
def case():
    load_reference_lists()
    case = make_case(maker=LISTED, items=("Invoice, knitter to spinner", "Bale list"))
    send(case, f"Seller: {LISTED}\n发货地：新疆阿克苏\n".encode(), "结算单.txt")
    jobs.work_off()
    return case


@pytest.mark.parametrize("width", [1280, 390])
def test_the_importers_pages_are_accessible_and_fit(page, sign_in, case, width):
    sign_in(member_of(case))
    page.set_viewport_size({"width": width, "height": 900})
    document = Document.objects.get()
    for path in ("/to-do/", f"/to-do/cases/{case.pk}/", "/documents/", f"/documents/{document.pk}/"):
        assert page.goto(path).status == 200
        axe_clean(page)
        fits(page)


def test_files_are_sent_one_by_one_and_the_checklist_follows(page, sign_in, case):
    sign_in(member_of(case))
    page.goto(f"/to-do/cases/{case.pk}/")
    expect(page.locator("#standing")).to_contain_text("2 of 2 things still to send")
    page.locator("details[open] input[type=file]").set_input_files(
        [
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"invoice one"},
            {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"<html>not a pdf</html>"},
        ]
    )
    expect(page.get_by_text("Received as exhibit 2. It is being read.")).to_be_visible()
    expect(page.get_by_text("Received, but it cannot be read. The file is a web page.")).to_be_visible()
    expect(page.locator("#standing")).to_contain_text("1 of 2 things still to send")
    expect(page.locator("[id^=asked-]").first).to_contain_text("2 files, 1 being read, 1 cannot be read")
    jobs.work_off()
    expect(page.locator("#papers [role=status]")).to_contain_text("3 papers received; 1 cannot be read")
    axe_clean(page)


def test_a_file_sent_after_signing_out_is_not_said_to_be_received(page, context, sign_in, case):
    sign_in(member_of(case))
    page.goto(f"/to-do/cases/{case.pk}/")
    cookies = context.cookies()
    context.clear_cookies(name="sessionid")
    page.locator("details[open] input[type=file]").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"invoice one"}
    )
    expect(page.get_by_text("You are no longer signed in")).to_be_visible()
    assert Document.objects.count() == 1
    context.add_cookies(cookies)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Received as exhibit 2. It is being read.")).to_be_visible()
    assert Organization.objects.filter(documents__file_name="a.txt").exists()
