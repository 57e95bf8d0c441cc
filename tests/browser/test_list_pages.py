"""A list loaded in the browser: the difference, own publication refused, a second person publishes, a part refused."""

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import ListVersion
from entities.services import jobs
from entities.services.lists import load_reference_lists
from tests.browser.checks import axe_clean, fits, shot
from tests.factories import make_user
from tests.screening.test_lists import NEW, shipment_by, shipped_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shipment():
    load_reference_lists()
    return shipment_by(NEW)


def load(page, path, text):
    path.write_text(text, encoding="utf-8")
    page.goto(reverse("list-version-add"))
    page.get_by_label("File").set_input_files(path)
    page.get_by_label("Retrieved on").fill("2026-11-20")
    page.get_by_role("button", name="Load as a draft").click()


def test_a_list_is_loaded_by_one_person_and_published_by_another(page, sign_in, tmp_path, shipment):
    manager = sign_in(make_user(Role.MANAGER))
    load(page, tmp_path / "page.html", shipped_page()[:9_000])
    page.get_by_text("ends in the middle").first.wait_for()
    axe_clean(page)
    text = shipped_page((NEW, "June 21, 2022")).replace(" (and one alias: Hetian TEDA Garment)", "")
    load(page, tmp_path / "page.html", text)
    page.get_by_role("heading", name="Added").wait_for()
    page.get_by_role("row", name=NEW).wait_for()
    page.get_by_role("heading", name="Alias removed").wait_for()
    jobs.work_off()
    page.reload()
    page.locator("#touched").get_by_role("link", name=shipment.label).wait_for()
    page.get_by_text("a different person must publish it").wait_for()
    assert page.get_by_role("button", name="Publish").count() == 0
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        axe_clean(page)
        fits(page)
        shot(page, f"list-version-{width}")
    page.set_viewport_size({"width": 1280, "height": 800})
    address = page.url
    page.context.clear_cookies()
    sign_in(make_user(Role.APPROVER))
    page.goto(address)
    axe_clean(page)
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("The list is in use.").wait_for()
    jobs.work_off()
    shipment.refresh_from_db()
    assert shipment.outcome == "presumption"
    version = ListVersion.objects.current("UFLPA")
    assert (version.loaded_by, version.settled_by.roles) == (manager, {Role.APPROVER})
    page.goto(reverse("listed-entity-detail", args=[version.listings.get(name=NEW).entity_id]))
    page.locator("#history").get_by_text("in use since").wait_for()
    page.locator("#touched").get_by_role("link", name=shipment.label).wait_for()
    axe_clean(page)
    shot(page, "listed-entity")


def test_a_list_with_warnings_is_published_only_with_a_reason(page, sign_in, tmp_path, shipment):
    sign_in(make_user(Role.ANALYST))
    load(page, tmp_path / "page.html", shipped_page(without=12))
    page.get_by_text("12 of 160 rows are gone").wait_for()
    jobs.work_off()
    address = page.url
    page.context.clear_cookies()
    sign_in(make_user(Role.APPROVER))
    page.goto(address)
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("There is a problem").or_(page.get_by_text("This field is required")).first.wait_for()
    assert ListVersion.objects.filter(state="draft").count() == 1
    shot(page, "list-version-warnings")
    page.get_by_label("Why it is refused").fill("Half the section is missing.")
    page.get_by_role("button", name="Refuse").click()
    page.get_by_text("The list is refused.").wait_for()
    page.goto(reverse("list-version-list"))
    page.get_by_role("row").filter(has_text="Refused").wait_for()
    axe_clean(page)
    shot(page, "list-versions")


def test_a_stale_list_is_said_on_the_result(page, sign_in):
    load_reference_lists()
    late = shipment_by(NEW, imported_on=timezone.localdate())
    sign_in(make_user(Role.ANALYST))
    page.goto(reverse("shipment-detail", args=[late.pk]))
    said = page.get_by_text("Screened with the list retrieved on 9 July 2026")
    said.wait_for()
    assert said.count() == 1
    assert page.get_by_text("A listing since then is not seen.").count() == 1
