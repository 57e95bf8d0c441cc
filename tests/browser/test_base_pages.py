"""The frame, the partials and the scripts, on one page that shows them all."""

import pytest
from django.test import Client
from django.test.utils import override_settings

from entities.domain.roles import Role
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_user

pytestmark = pytest.mark.urls("tests.browser.gallery")


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_partial_is_accessible_and_fits(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.goto("/").ok
    page.get_by_text("The same chain as a table").click()
    axe_clean(page)
    fits(page)
    shot(page, f"gallery_{width}")


def test_the_deadline_says_days_left_and_whose_it_is(page):
    page.goto("/")
    words = page.locator(".co-head .co-deadline").inner_text()
    assert words == "Day 12 of 30: 18 days left (20 Dec, statutory, 19 U.S.C. 1499(c)(5)(A))"


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_field(page):
    page.goto("/")
    page.get_by_label("Entry number").fill("551-3518786-6")
    page.get_by_role("button", name="Record").click()
    page.get_by_role("link", name="Country").click()
    assert page.evaluate("document.activeElement.id") == "id_country"
    assert page.get_by_label("Entry number").input_value() == "551-3518786-6"
    axe_clean(page)
    shot(page, "form_errors")


def test_a_draft_comes_back_after_leaving_the_page(page):
    page.goto("/")
    page.get_by_label("Reason").fill("The yarn invoice is missing.")
    page.goto("/job")
    page.goto("/")
    assert page.get_by_label("Reason").input_value() == "The yarn invoice is missing."


def test_files_are_sent_one_by_one_and_each_says_what_became_of_it(page):
    page.goto("/")
    files = {"good.pdf": b"%PDF-", "refused.pdf": b"%PDF-", "big.pdf": b"x" * 2000, "wrong.exe": b"x"}
    page.locator("#upload").set_input_files(
        [{"name": name, "mimeType": "application/pdf", "buffer": body} for name, body in files.items()]
    )
    page.get_by_text("This file is encrypted.").wait_for()
    rows = page.locator(".co-files li")
    said = {row.split("\n")[0]: row for row in rows.all_inner_texts()}
    assert "Received." in said["good.pdf"]
    assert "Too large" in said["big.pdf"]
    assert "not accepted" in said["wrong.exe"]


def test_a_file_is_offered_again_after_the_connection_was_lost(page, complaints):
    page.goto("/")
    page.route("**/upload", lambda route: route.abort(), times=1)
    page.locator("#upload").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"})
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Received.").wait_for()
    assert page.get_by_role("button", name="Try again").count() == 0
    complaints.clear()  # the lost connection itself


def test_files_can_be_dropped_on_the_box(page):
    page.goto("/")
    transfer = page.evaluate_handle(
        """() => { const transfer = new DataTransfer();
        for (const name of ["a.pdf", "b.pdf"]) transfer.items.add(new File(["%PDF-"], name)); return transfer; }"""
    )
    page.locator("form[data-upload]").dispatch_event("drop", {"dataTransfer": transfer})
    page.get_by_text("Received.").nth(1).wait_for()
    assert page.locator(".co-files li").count() == 2


def test_progress_asks_until_the_job_is_done(page):
    page.goto("/")
    page.locator("#job .co-tag--done").wait_for(timeout=8000)
    assert page.locator("#job progress").count() == 0


def test_keys_are_listed_and_can_be_turned_off(page):
    page.goto("/")
    page.keyboard.press("?")
    assert "Next case" in page.get_by_role("dialog").inner_text()
    axe_clean(page)
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert not page.url.endswith("#case")


def test_a_key_presses_its_link(page):
    page.goto("/")
    page.keyboard.press("j")
    assert page.url.endswith("#case")


def test_an_officer_sees_the_navigation_and_can_sign_out(page, sign_in):
    sign_in(make_user(Role.MANAGER, name="Dana Whitfield"))
    page.goto("/")
    assert "People" in page.get_by_role("navigation", name="Main").inner_text()
    page.get_by_text("Dana Whitfield").click()
    axe_clean(page)
    page.get_by_role("button", name="Sign out").click()
    assert page.url.endswith("/sign-out")


def test_an_importer_sees_a_navigation_of_its_own(page, sign_in):
    sign_in(make_user(Role.IMPORTER_MEMBER))
    page.goto("/")
    words = page.get_by_role("navigation", name="Main").inner_text()
    assert "To do" in words
    assert "People" not in words


@pytest.mark.parametrize(
    ("address", "words"), [("/no-such-page", "does not exist"), ("/forbidden", "Your role does not allow this")]
)
def test_errors_speak_plainly(page, address, words):
    page.goto(address)
    assert words in page.get_by_role("heading", level=1).inner_text()
    axe_clean(page)


def test_the_page_says_it_is_a_demonstration(page, settings):
    settings.DEMO = True
    page.goto("/")
    assert "DEMONSTRATION" in page.locator(".co-demo").inner_text()
    axe_clean(page)


def test_pages_work_without_scripts(live_server, browser):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("#upload").set_input_files(
        [{"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"} for name in "ab"]
    )
    page.get_by_role("button", name="Send files").click()
    assert "2 files" in page.inner_text("body")
    context.close()


def test_a_watched_page_reports_a_breach_of_the_policy(page, complaints):
    page.goto("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in complaint for complaint in complaints)
    complaints.clear()


@override_settings(ROOT_URLCONF="tests.browser.gallery")
def test_a_stale_form_is_refused_in_plain_words(db):
    answer = Client(enforce_csrf_checks=True).post("/", {})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()
