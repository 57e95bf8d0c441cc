"""Lots of a shipment through the API: steps claimed and withdrawn, EPCIS documents sent."""

import pytest

from entities.models import Organization
from screening.models import LotDocument, LotTrace
from tests.api_client import client_of, errors_of
from tests.screening.made_epcis import PLACES, chain, document
from tests.screening.made_lots import LISTED, Cotton

pytestmark = pytest.mark.django_db


@pytest.fixture
def cotton():
    return Cotton()


def post(cotton, path, body, user=None):
    address = f"/api/v1/shipments/{cotton.shipment.pk}/{path}"
    return client_of(user or cotton.member).post(address, body, format="json")


def get(cotton, path, user=None):
    return client_of(user or cotton.member).get(f"/api/v1/shipments/{cotton.shipment.pk}/{path}").json()


def test_a_step_is_claimed_with_what_its_lots_leave_open(cotton):
    body = {
        "maker": cotton.maker.pk,
        "made_on": "2026-02-03",
        "process": "garment maker",
        "inputs": [{"lot": "Y-1", "quantity": "10", "unit": "kg"}],
        "outputs": [{"lot": "S-1", "quantity": "12", "unit": "kg", "line": 1}],
    }
    response = post(cotton, "lot-traces/", body)
    said = response.json()
    assert response.status_code == 201
    assert response["Location"].endswith(f"/lot-traces/{said['id']}/")
    assert (said["maker"]["name"], said["declared_by"]["id"]) == ("Example Maker", cotton.importer.pk)
    assert [(one["lot"], one["quantity"], one["line"]) for one in said["outputs"]] == [("S-1", "12.0000", 1)]
    assert [(one["pointer"], one["code"]) for one in said["warnings"]] == [
        ("/outputs/0", "more_out_than_in"),
        ("/inputs/0", "origin_not_traced"),
    ]
    assert get(cotton, f"lot-traces/{said['id']}/")["process"] == "garment maker"


def test_lots_sent_by_program_are_screened(cotton):
    gin = cotton.supplier(LISTED)
    body = {
        "maker": cotton.maker.pk,
        "inputs": [{"lot": "B-1", "supplier": gin.pk}],
        "outputs": [{"lot": "S-1", "line": 1}],
    }
    assert post(cotton, "lot-traces/", body).status_code == 201
    assert cotton.found() == [(LISTED, "traced", 2)]
    shipment = client_of(cotton.member).get(f"/api/v1/shipments/{cotton.shipment.pk}/").json()
    [finding] = [one for one in shipment["screening"]["findings"] if one["code"] == "LISTED_ENTITY"]
    assert (finding["party"]["grade"], finding["path"][-1]["goods"]) == ("traced", "lot B-1")


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"maker": 10**9}, {"/maker": "does_not_exist"}),
        ({"outputs": []}, {"/outputs": "output_missing"}),
        ({"outputs": [{"lot": "S-1", "line": 7}]}, {"/outputs/0/line": "unknown_line"}),
        ({"outputs": [{"lot": "S-1"}, {"lot": "s-1"}]}, {"/outputs/1/lot": "lot_twice"}),
        ({"outputs": [{"lot": ""}]}, {"/outputs/0/lot": "lot_missing"}),
        ({"inputs": [{"lot": "Y-1", "quantity": "-1", "unit": "kg"}]}, {"/inputs/0/quantity": "quantity_negative"}),
        ({"inputs": [{"lot": "Y-1", "quantity": "1"}]}, {"/inputs/0/unit": "unit_missing"}),
        ({"inputs": [{"lot": "Y-1", "supplier": 10**9}]}, {"/inputs/0/supplier": "does_not_exist"}),
        ({"declared_by": 10**9}, {"/declared_by": "unknown_owner"}),
        ({"line": 1}, {"/line": "unknown_field"}),
    ],
)
def test_each_fault_is_named_by_its_pointer(cotton, changed, errors):
    body = {"maker": cotton.maker.pk, "outputs": [{"lot": "S-1"}]} | changed
    assert errors_of(post(cotton, "lot-traces/", body)) == errors
    assert LotTrace.objects.count() == 0


def test_a_lot_put_out_before_is_refused_with_the_reason(cotton):
    body = {"maker": cotton.maker.pk, "outputs": [{"lot": "S-1"}]}
    post(cotton, "lot-traces/", body)
    again = post(cotton, "lot-traces/", body)
    assert (again.status_code, again.json()["code"]) == (409, "lot_made_twice")


def test_a_step_is_withdrawn_once_and_stays_in_the_list(cotton):
    said = post(cotton, "lot-traces/", {"maker": cotton.maker.pk, "outputs": [{"lot": "S-1"}]}).json()
    path = f"lot-traces/{said['id']}/withdraw/"
    assert post(cotton, path, {"reason": "Wrong lot"}).json()["withdrawal_reason"] == "Wrong lot"
    assert post(cotton, path, {"reason": "Again"}).json()["code"] == "trace_withdrawn"
    [row] = get(cotton, "lot-traces/")["results"]
    assert row["withdrawn_at"]


def test_what_the_office_says_in_its_own_name_is_not_the_importers_to_see(cotton):
    office = Organization.objects.get(kind=Organization.Kind.OFFICE)
    body = {"maker": cotton.maker.pk, "outputs": [{"lot": "S-1"}], "declared_by": office.pk}
    said = post(cotton, "lot-traces/", body, cotton.analyst)
    assert said.status_code == 201
    assert get(cotton, "lot-traces/")["results"] == []
    assert len(get(cotton, "lot-traces/", cotton.analyst)["results"]) == 1
    assert post(cotton, f"lot-traces/{said.json()['id']}/withdraw/", {"reason": "No"}).status_code == 404
    assert errors_of(post(cotton, "lot-traces/", body)) == {"/declared_by": "unknown_owner"}


def test_a_document_is_sent_tied_and_sent_again(cotton):
    gin, spinner = cotton.supplier(LISTED), cotton.supplier("Example Lake Spinning")
    ties = [{"identifier": PLACES["maker"], "supplier": cotton.maker.pk}]
    ties += [{"identifier": PLACES[at], "supplier": firm.pk} for at, firm in (("gin", gin), ("spinner", spinner))]
    body = {"document": document(*chain()[1:]), "name": "chain.jsonld", "line": 1, "parties": ties}
    first = post(cotton, "lot-documents/", body)
    assert first.status_code == 201
    said = first.json()
    assert [one["became"] for one in said["events"]] == ["step", "step", "not_stored", "step"]
    assert [one["identifier"] for one in said["parties"] if one["supplier"] is None] == ["GLN 9520004000048"]
    assert [one["pointer"] for one in said["remarks"] if one["is_problem"]] == ["/epcisBody/eventList/2/readPoint"]
    weaver = cotton.supplier("Example Weaving")
    tie = {"identifier": PLACES["weaver"], "supplier": weaver.pk}
    again = post(cotton, "lot-documents/", body | {"parties": [tie]}).json()
    assert (again["id"], [one["became"] for one in again["events"]]) == (said["id"], ["step"] * 4)
    assert cotton.found() == [(LISTED, "traced", 4)]
    assert [row["name"] for row in get(cotton, "lot-documents/")["results"]] == ["chain.jsonld"]
    assert get(cotton, f"lot-documents/{said['id']}/")["sha256"] == said["sha256"]


def test_what_is_no_epcis_or_names_nobody_is_refused(cotton):
    refused = post(cotton, "lot-documents/", {"document": {"type": "Invoice"}})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_epcis")
    assert errors_of(post(cotton, "lot-documents/", {})) == {"/document": "required"}
    tie = {"identifier": "GLN 1", "supplier": 10**9}
    assert errors_of(post(cotton, "lot-documents/", {"document": {}, "parties": [tie]})) == {
        "/parties/0/supplier": "does_not_exist"
    }
    assert LotDocument.objects.count() == 0


def test_the_documentation_shows_a_step_and_a_document(client):
    page = client.get("/api/docs/").content.decode()
    assert "Claim a step of production" in page
    assert "urn:epc:class:lgtin:9520001.000002.B-7" in page
