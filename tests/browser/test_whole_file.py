"""A made cotton file in the browser: sent by the importer, read, told on the proof grid and in contradictions,
searched in Chinese, and put together as a packet. The large one is run by ``bench.whole_file``."""

import re

import pytest

from bench.whole_file import case_for, cotton_file
from entities.domain.roles import Role
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.models import Document, Packet
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = 24


@pytest.fixture
def made(settings):
    settings.DEMO, settings.OCR = True, True
    load_reference_lists()
    file = cotton_file(PAGES, scanned=0.09)  # pages read by machine are dear
    owner = make_organization(name="Cedar Point Trading LLC")
    member = make_user(Role.IMPORTER_MEMBER, owner)
    case = case_for(file, owner=owner, member=member, officer=make_user(Role.ANALYST))
    return file, case, member


def look(page, name):
    """Keep a picture at both widths, and judge the page."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        shot(page, f"whole-file-{name}-{width}")
        fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    axe_clean(page)


def test_a_file_of_many_papers_from_upload_to_packet(page, sign_in, made, tmp_path):
    file, case, member = made
    assert 1 <= file.scanned <= 3
    (tmp_path / "cotton.pdf").write_bytes(file.content)

    # 1. The importer sends it.
    sign_in(member)
    page.goto(f"/to-do/cases/{case.pk}/")
    page.locator("details[open] input[type=file]").last.set_input_files(tmp_path / "cotton.pdf")
    button = page.get_by_role("button", name=re.compile("Send", re.IGNORECASE))
    if button.count() and button.last.is_visible():
        button.last.click()
    page.get_by_text("1 paper received").first.wait_for()
    jobs.work_off()
    document = Document.objects.get(exhibits__case=case)
    assert (document.state, document.page_count) == ("read", PAGES)
    assert document.papers.standing().count() >= 15
    assert document.pages.filter(source="ocr", needs_translation=True).count() == file.scanned

    # 2. What the papers prove, and what not: in words, without knowing the data.
    page.goto(f"/to-do/cases/{case.pk}/proof/")
    look(page, "proof")

    # 3. The office sees the grid and what does not agree, and both places at once.
    sign_in(make_user(Role.REVIEWER))
    page.goto(f"/cases/{case.pk}/proof-grid/")
    assert page.get_by_text("Missing").count() >= 1
    look(page, "grid")
    page.goto(f"/cases/{case.pk}/contradictions/")
    assert (
        page.get_by_text(re.compile(r"are invoiced|were received|does not|no proof|net", re.IGNORECASE)).count() >= 1
    )
    look(page, "contradictions")
    page.goto(f"/cases/{case.pk}/viewer/?along=alarms")
    page.keyboard.press("n")
    page.wait_for_url("**left=1.**")
    assert page.locator("#mark").count() == 1
    look(page, "viewer")

    # 4. Chinese is found on the scanned pages, and helped with.
    page.goto(f"/cases/{case.pk}/search/?q=有限公司")
    page.locator(".co-view__hits a").first.click()
    page.wait_for_url("**/viewer/**")
    assert page.locator("#mark").count() == 1
    page.get_by_text("Help with the Chinese (not a translation)").first.click()
    look(page, "chinese")

    # 5. The packet, made while the page tells how far it is.
    sign_in(member)
    page.goto(f"/cases/{case.pk}/packets/")
    page.get_by_role("button", name="Make a packet").click()
    page.get_by_text("The packet is being made").wait_for()
    jobs.work_off()
    page.goto(f"/cases/{case.pk}/packets/")
    with page.expect_download() as download:
        page.get_by_role("link", name="One PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert Packet.objects.get(case=case, form="pdf").page_count > PAGES
    look(page, "packets")
