"""What every page must pass, whoever looks at it."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

SHOTS = Path(__file__).resolve().parents[2] / "test-results"


def axe_clean(page):
    """No accessibility violation that axe can find."""
    result = Axe().run(page)
    assert result.violations_count == 0, f"{page.url}\n{result.generate_report()}"


def fits(page):
    """Nothing makes the page scroll sideways."""
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px too wide at {page.viewport_size['width']} px"


def shot(page, name):
    """Keep a picture of the whole page under test-results/."""
    SHOTS.mkdir(exist_ok=True)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")  # else sticky heads are drawn where the page stood
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
