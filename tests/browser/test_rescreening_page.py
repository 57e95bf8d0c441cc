"""A re-screening in the browser: its page follows the work by itself, and stops asking when all was looked at."""

import pytest
from django.urls import reverse

from entities.domain.roles import Role
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.models import Rescreening
from screening.services.feed import consume_changes
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_organization, make_user
from tests.screening.test_rescreenings import NEW, list_with, shipment_by

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_pages_of_a_re_screening_refresh_until_it_is_finished(page, sign_in):
    load_reference_lists()
    shipment_by(NEW, make_organization(name="Example Imports LLC"))
    list_with(NEW, work=False)
    consume_changes()
    sign_in(make_user(Role.ANALYST))
    page.goto(reverse("rescreening-list"))
    page.get_by_text("Shipments are being looked at").wait_for()
    overview = page.context.new_page()
    overview.goto(reverse("rescreening-detail", args=[Rescreening.objects.latest("pk").pk]))
    overview.get_by_text("0 of 1", exact=True).wait_for()
    axe_clean(overview)
    fits(overview)
    shot(overview, "rescreening-at-work")
    jobs.work_off()
    overview.get_by_text("1 of 1 shipments came out otherwise. Finished on").wait_for(timeout=10_000)
    page.get_by_text("Shipments are being looked at").wait_for(state="detached", timeout=10_000)
    for one in (page, overview):
        assert one.locator("[hx-get]").count() == 0
    axe_clean(page)
    shot(page, "rescreening-list")
