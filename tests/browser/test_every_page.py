"""Every page in a real browser: accessible, without a complaint of the browser, and no wider than a phone."""

import pytest

from tests.browser.checks import axe_clean, fits
from tests.test_access import PAGES, POST_ONLY
from tests.world import ANALYST, APPROVER, IMPORTER, MANAGER, NOBODY, REVIEWER, World

NOT_PAGES = {
    "healthz",
    "readyz",
    "batch-rejected",
    "report-file",
    "document-download",
    "document-page-image",
    "packet-download",
    "packet-progress",
    "lot-document-download",
    "exception-report",
    "letter-draft-preview",
    "letter-file",
    "letter-portal",
    "screening-receipt",
    "export-download",
    "document-progress",
    "batch-progress",
    "rescreening-progress",
}
BY_LINK = {
    *("invitation-accept", "password-reset-confirm"),
    *("from-supplier", "from-supplier-receipt", "original-file"),
}  # looked at where they are made, with a link that works
READERS = (NOBODY, REVIEWER, MANAGER, APPROVER, ANALYST, IMPORTER)


@pytest.fixture
def world(transactional_db, settings):
    settings.DEMO = True  # the second factor stands in no one's way; its pages have tests of their own
    return World()


def reader_of(name):
    return next(who for who in READERS if who in PAGES[name])


def test_every_page_is_accessible_and_fits_a_phone(page, sign_in, world):
    faults = []
    for who in READERS:
        page.context.clear_cookies()
        if who != NOBODY:
            sign_in(world.users[who])
        for name in PAGES:
            if name in NOT_PAGES | BY_LINK | POST_ONLY or reader_of(name) != who:
                continue
            page.set_viewport_size({"width": 1280, "height": 800})
            answer = page.goto(world.address(name))
            assert answer.status == 200, f"{name}: {answer.status}"
            for check in (axe_clean, fits):
                for width in (1280, 390):
                    page.set_viewport_size({"width": width, "height": 800})
                    try:
                        check(page)
                    except AssertionError as fault:
                        faults.append(f"{name} at {width}: {fault}")
    assert not faults, "\n\n".join(faults)
