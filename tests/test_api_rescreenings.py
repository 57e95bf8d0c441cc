"""Passes over shipments screened before, by API: for the office, and for an importer as far as its own goes."""

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.models import Case, Rescreening
from tests.api_client import V1, client_of
from tests.factories import make_organization, make_user
from tests.screening.test_rescreenings import NEW, list_with, shipment_by, supplied_by

pytestmark = pytest.mark.django_db
ADDRESS = f"{V1}/rescreenings/"


@pytest.fixture(autouse=True)
def lists(db):
    load_reference_lists()


@pytest.fixture
def importer():
    return make_organization(name="Example Imports LLC")


@pytest.fixture
def office():
    return client_of(make_user(Role.ANALYST))


def test_a_pass_is_told_with_its_reason_its_counts_and_what_came_out_otherwise(importer, office):
    hit = shipment_by(NEW, importer)
    shipment_by("Unrelated Mill JSC", importer)
    list_with(NEW, label="Entity List, next state")
    row = Rescreening.objects.latest("pk")
    (listed,) = [one for one in office.get(ADDRESS).json()["results"] if one["id"] == row.pk]
    assert (listed["is_finished"], listed["shipment_count"]) == (True, 1)
    one = office.get(f"{ADDRESS}{row.pk}/").json()
    assert one["because"] == "a new list is in use (Entity List, next state)"
    assert (one["causes"], one["looked_at"], one["screened_again"], one["otherwise"]) == (["list"], 1, 1, 1)
    (told,) = office.get(f"{ADDRESS}{row.pk}/shipments/").json()["results"]
    hit.refresh_from_db()
    before, after = hit.screenings.order_by("pk")
    assert (told["shipment"], told["screening_before"], told["screening_after"]) == (hit.pk, before.pk, after.pk)
    assert (told["outcome_before"], told["outcome_after"]) == (before.outcome, "presumption")
    assert "LISTED_ENTITY" in [finding["code"] for finding in told["new"]]
    assert [(case["number"], case["act"]) for case in told["cases"]] == [(Case.objects.get().number, "opened")]


def test_what_was_foreseen_is_settled_by_the_screening(importer, office):
    member = make_user(Role.IMPORTER_MEMBER, importer)
    shipment = shipment_by("Example Garments JSC", importer)
    supplied_by(shipment, PartyFacts(name=NEW, country="CN"), declared_by=importer, actor=member)
    list_with(NEW, work=False)
    jobs.work_off()
    row = Rescreening.objects.latest("pk")
    rows = office.get(f"{ADDRESS}{row.pk}/foreseen/").json()["results"]
    assert rows
    assert {(one["shipment"], one["code"], one["is_new"]) for one in rows} == {(shipment.pk, "LISTED_ENTITY", True)}
    assert all(one["is_settled"] and one["is_borne_out"] for one in rows)
    counts = office.get(f"{ADDRESS}{row.pk}/").json()["foreseen"]
    assert (counts["shipments_reached"], counts["settled"], counts["borne_out"]) == (1, len(rows), len(rows))


def test_an_importer_reads_of_its_own_shipments_alone(importer):
    rival = make_organization()
    hit = shipment_by(NEW, importer)
    shipment_by(NEW, rival, entry_number="551-3518787-4")
    list_with(NEW)
    row = Rescreening.objects.latest("pk")
    mine = client_of(make_user(Role.IMPORTER_MEMBER, importer))
    one = mine.get(f"{ADDRESS}{row.pk}/").json()
    assert (one["looked_at"], one["shipment_count"], one["firms_moved"], one["otherwise"], one["foreseen"]) == (
        1,
        None,
        None,
        None,
        None,
    )
    assert [told["shipment"] for told in mine.get(f"{ADDRESS}{row.pk}/shipments/").json()["results"]] == [hit.pk]
    assert mine.get(f"{ADDRESS}{row.pk}/foreseen/").status_code == 403
    stranger = client_of(make_user(Role.IMPORTER_MEMBER))
    assert stranger.get(ADDRESS).json()["results"] == []
    for path in ("", "shipments/", "foreseen/"):
        assert stranger.get(f"{ADDRESS}{row.pk}/{path}").status_code in {403, 404}


def test_what_differs_behind_a_confidential_source_is_not_told(importer):
    rival = make_organization()
    shipment = shipment_by("Example Garments JSC", importer)
    supplied_by(
        shipment, PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN"),
        declared_by=rival, actor=make_user(Role.IMPORTER_MEMBER, rival),
    )  # fmt: skip
    mine = client_of(make_user(Role.IMPORTER_MEMBER, importer))
    row = Rescreening.objects.latest("pk")
    answer = mine.get(f"{ADDRESS}{row.pk}/shipments/").content.decode()
    assert "Huafu" not in answer
