"""The API described for people: opened wide, it is accessible and shows how to call it."""

from playwright.sync_api import expect

from tests.browser.checks import axe_clean, fits


def test_every_operation_is_described_on_an_accessible_page(page):
    page.goto("/api/docs/")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    expect(page.locator("#shipments")).to_contain_text("curl -X POST")
    expect(page.locator("#shipments")).to_contain_text("parties[].role")
    expect(page.locator("#problems")).to_contain_text("application/problem+json")
    axe_clean(page)
    page.set_viewport_size({"width": 390, "height": 800})
    fits(page)
