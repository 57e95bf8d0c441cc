"""A made cotton file in the browser: sent by the importer, read, told on the proof grid and in contradictions,
searched in Chinese, and put together as a packet. Small by default; ``make whole-file`` runs it with 300 pages, a
third of them scanned, and leaves pictures of every step in test-results/."""

import os
import re
import resource
import time

import pypdfium2
import pytest

from bench.whole_file import IMPORTER, case_for, cotton_file
from entities.domain.roles import Role
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.models import Document, Packet
from tests.browser.checks import SHOTS, axe_clean, fits, shot
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = int(os.environ.get("WHOLE_FILE_PAGES", "24"))
SCANNED = float(os.environ.get("WHOLE_FILE_SCANNED", "0.09"))  # pages read by machine are dear
PATIENCE = 300_000  # milliseconds: the machine may be busy


@pytest.fixture
def made(settings):
    settings.DEMO, settings.OCR = True, True
    load_reference_lists()
    file = cotton_file(PAGES, SCANNED)
    owner = make_organization(name=IMPORTER)
    member = make_user(Role.IMPORTER_MEMBER, owner)
    case = case_for(file, owner=owner, member=member, officer=make_user(Role.ANALYST))
    return file, case, member


def look(page, name):
    """Keep a picture at both widths, and judge the page."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_load_state("networkidle")
        shot(page, f"whole-file-{name}-{width}")
        fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    axe_clean(page)


def work_off(what):
    """Let the worker do what is waiting, and say how long that took."""
    started, spent = time.monotonic(), _processor_time()
    jobs.work_off()
    print(f"\n{what}: {time.monotonic() - started:.0f} s, {_processor_time() - spent:.0f} s of processor time", end="")


def _processor_time():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def words_of(page):
    """What the page says, with its numbers written plainly."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", page.locator("main").inner_text())


def total_of(sheet):
    """The quantity of a whole paper, in plain digits."""
    if "quantity" in sheet.head:
        return str(sheet.head["quantity"][0])
    return str(sum(int(float(line["quantity"][0])) for line in sheet.lines))


def test_a_file_of_many_papers_from_upload_to_packet(page, sign_in, made, tmp_path):
    file, case, member = made
    page.set_default_timeout(PATIENCE)
    assert abs(file.scanned - SCANNED * PAGES) <= 2
    (tmp_path / "cotton.pdf").write_bytes(file.content)

    # 1. The importer sends it.
    sign_in(member)
    page.goto(f"/to-do/cases/{case.pk}/")
    page.locator("details[open] input[type=file]").last.set_input_files(tmp_path / "cotton.pdf")
    page.get_by_text("1 paper received").first.wait_for()
    work_off(f"{PAGES} pages, {file.scanned} of them scanned, read and checked")
    document = Document.objects.get(exhibits__case=case)
    assert (document.state, document.page_count) == ("read", PAGES)
    assert document.papers.standing().count() >= 0.6 * PAGES
    assert document.pages.filter(source="ocr", needs_translation=True).count() >= 0.9 * file.scanned

    # 2. What the papers prove, and what not: in words, without knowing the data.
    page.goto(f"/to-do/cases/{case.pk}/proof/")
    look(page, "proof")

    # 3. The office sees the grid: which step is not proven, and what of it.
    sign_in(make_user(Role.REVIEWER))
    page.goto(f"/cases/{case.pk}/proof-grid/")
    said = words_of(page)
    assert re.search("No party is declared for: .*cotton farm", said)
    ginner = file.firms[0]
    assert re.search(rf"(Not shown in full|Papers contradict each other at).*{re.escape(ginner.native)}", said)
    look(page, "grid")
    page.locator("tr", has_text=ginner.native).locator("a[href*='family=payment']").click()
    page.wait_for_url("**family=payment**")
    assert "missing" in page.locator("#cell").inner_text().lower()
    look(page, "grid-opened")

    # 4. What does not agree: both values of what was planted, and both places at once.
    page.goto(f"/cases/{case.pk}/contradictions/")
    said = words_of(page)
    first = file.piles[0]
    differs = next(fault for fault in first.faults if fault.code == "R3")
    for slot in differs.slots:
        assert total_of(first[slot]) in said
    for name in ("net_weight", "gross_weight"):
        assert str(first["b.pl"].head[name][0]) in said
    look(page, "contradictions")
    page.get_by_role("link", name="Both places side by side").first.click()
    page.wait_for_url("**/viewer/**")
    assert page.locator("mark, .co-mark, #mark").count() >= 1
    look(page, "side-by-side")
    page.goto(f"/cases/{case.pk}/viewer/?along=alarms")
    page.keyboard.press("n")
    page.wait_for_url("**left=1.**")
    assert page.locator("#mark").count() == 1
    look(page, "viewer")

    # 5. Chinese is found on the scanned pages, and helped with.
    page.goto(f"/cases/{case.pk}/search/?q=有限公司")
    page.locator(".co-view__hits a").first.click()
    page.wait_for_url("**/viewer/**")
    assert page.locator("#mark").count() == 1
    page.get_by_text("Help with the Chinese (not a translation)").first.click()
    look(page, "chinese")

    # 6. The packet, made while the page tells how far it is.
    sign_in(member)
    page.goto(f"/cases/{case.pk}/packets/")
    page.get_by_role("button", name="Make a packet").click()
    page.get_by_text("The packet is being made").wait_for()
    work_off("packet")
    page.goto(f"/cases/{case.pk}/packets/")
    with page.expect_download() as download:
        page.get_by_role("link", name="One PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert Packet.objects.get(case=case, form="pdf").page_count > PAGES
    keep_pictures(download.value.path(), pages=8)
    look(page, "packets")
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"\nmemory at most {own:.0f} MB here (with the browser's driver), {children:.0f} MB in a child")


def keep_pictures(path, *, pages):
    """The first pages of the packet beside the pictures of the pages."""
    with pypdfium2.PdfDocument(path) as packet:
        for number in range(min(pages, len(packet))):
            picture = packet[number].render(scale=1.3).to_pil()
            picture.save(SHOTS / f"whole-file-packet-{number + 1}.png")
