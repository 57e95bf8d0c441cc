"""The reports in a real browser: every section accessible, drawn without a complaint, no wider than a phone."""

import pytest

from entities.domain.roles import Role
from tests.browser.checks import axe_clean, fits
from tests.factories import make_organization, make_user
from tests.screening.made_goods import MODULES, SHIRTS, held


@pytest.mark.parametrize("show", ["shipments", "value", "ageing", "decisions"])
def test_each_section_is_accessible_and_fits_a_phone(page, sign_in, transactional_db, settings, show):
    settings.DEMO = True
    owner = make_organization(name="Harbor Knit Company of the Northern and Southern Coasts, Limited")
    held(("released", SHIRTS, "VN", "50", "USD"), ("excluded", MODULES, "CN", "200", "EUR"), importer=owner)
    held(("noticed", "", "", None, ""))
    sign_in(make_user(Role.AUDITOR))
    page.goto(f"/reports/?show={show}")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        axe_clean(page)
        fits(page)
    assert page.locator(".co-bars svg").count() == {"shipments": 4, "value": 4, "ageing": 2, "decisions": 0}[show]
