"""What every screening answers, wherever it is answered; and a word that never stands in an answer."""

import re

import pytest

from entities.domain.roles import Role
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.models import Case, Shipment
from tests.api_client import V1, client_of, declaration, delivery
from tests.factories import make_organization, make_user
from tests.test_api_access import TABLE, World, call

pytestmark = pytest.mark.django_db
LISTED = "Aksu Huafu Color Spinning Co., Ltd."
CONTRACT = {"outcome", "coverage", "findings", "list_version", "receipt", "case", "status"}
CLEAR = re.compile(r"\bclear(s|ed|ing|ance)?\b(?! and convincing)", re.IGNORECASE)
FINDING = {"code", "severity", "basis", "ground", "lines", "party", "path", "reasons"}


@pytest.fixture
def client():
    load_reference_lists()
    jobs.work_off()
    return client_of(make_user(Role.IMPORTER_MEMBER, make_organization()))


@pytest.fixture
def declared(client):
    chain = [*declaration()["suppliers"], delivery("listed", "spinner", LISTED, stage="ginner")]
    sent = declaration(suppliers=chain)
    return client.post(f"{V1}/shipments/", sent, format="json", HTTP_PREFER="wait").json()


def everywhere(client, key):
    """The screening of a shipment in every answer that has it."""
    screening = Shipment.objects.get(pk=key).latest_screening_id
    return {
        "shipment": client.get(f"{V1}/shipments/{key}/").json()["screening"],
        "its screenings": client.get(f"{V1}/shipments/{key}/screenings/").json()["results"][0],
        "screenings": client.get(f"{V1}/screenings/").json()["results"][0],
        "one screening": client.get(f"{V1}/screenings/{screening}/").json(),
    }


def test_every_screening_answers_by_contract(client, declared):
    answers = everywhere(client, declared["id"]) | {"declared": declared["screening"]}
    for where, answer in answers.items():
        assert set(answer) >= CONTRACT, where
        assert (answer["outcome"], answer["status"]) == ("presumption", "current"), where
        assert answer["list_version"]["register"] == "UFLPA"
        assert answer["case"] == Case.objects.get().number
        assert answer["receipt"]["address"] == f"{V1}/receipts/{answer['id']}/"
        assert answer["coverage"][0]["sentence"]
        assert {one["code"] for one in answer["findings"]} >= {"LISTED_ENTITY", "PRIORITY_HTS"}
        assert all(set(one) >= FINDING for one in answer["findings"]), where


def test_a_plan_answers_by_the_same_contract(client):
    answer = client.post(f"{V1}/what-if/", declaration(), format="json").json()
    assert set(answer) >= CONTRACT
    assert (answer["status"], answer["case"]) == ("current", None)
    assert re.fullmatch("[0-9a-f]{64}", answer["receipt"]["answer_sha256"])


def test_a_shipment_not_screened_yet_has_every_field(client):
    key = client.post(f"{V1}/shipments/", declaration(), format="json").json()["id"]
    answer = client.get(f"{V1}/shipments/{key}/").json()["screening"]
    assert set(answer) >= CONTRACT
    assert (answer["status"], answer["outcome"], answer["receipt"], answer["case"]) == (
        "pending",
        "pending",
        None,
        None,
    )


def test_the_digest_is_that_of_the_receipt_which_the_office_opens(client, declared):
    answer = client.get(f"{V1}/screenings/{declared['screening']['id']}/").json()
    assert client.get(answer["receipt"]["address"]).status_code == 403
    receipt = client_of(make_user(Role.ANALYST)).get(answer["receipt"]["address"]).json()
    assert (receipt["screening"], receipt["sha256"]) == (answer["id"], answer["receipt"]["sha256"])


def test_screenings_are_the_latest_of_each_shipment_unless_all_are_asked_for(client, declared):
    address = f"{V1}/shipments/{declared['id']}/"
    client.put(address, declaration(imported_on="2026-06-01"), format="json", HTTP_PREFER="wait")
    assert [one["status"] for one in client.get(f"{V1}/screenings/").json()["results"]] == ["current"]
    history = client.get(f"{V1}/screenings/?history=true&shipment={declared['id']}").json()["results"]
    assert [one["status"] for one in history] == ["current", "superseded"]
    assert client.get(f"{V1}/screenings/?outcome=no_finding").json()["results"] == []


def test_a_rival_reads_no_screening_of_others(client, declared):
    rival = client_of(make_user(Role.IMPORTER_MEMBER))
    assert rival.get(f"{V1}/screenings/").json()["results"] == []
    assert rival.get(f"{V1}/screenings/{declared['screening']['id']}/").status_code == 404


def test_reading_many_screenings_costs_no_more_queries_than_reading_few(client, django_assert_max_num_queries):
    for number in range(4):
        sent = declaration(reference=f"R{number}")
        client.post(f"{V1}/shipments/", sent, format="json", HTTP_PREFER="wait")
    with django_assert_max_num_queries(11):
        assert len(client.get(f"{V1}/screenings/").json()["results"]) == 4


@pytest.mark.parametrize("role", ["analyst", "importer"])
def test_no_answer_calls_anything_clear(role):
    """But for the words of the law: clear and convincing evidence (sec. 3(b)(2))."""
    world = World()
    client = client_of(world.users[role])
    for method, path in sorted(TABLE):
        if method == "get":
            said = call(client, method, *world.request(method, path))
            if said["Content-Type"].endswith("json"):
                assert not CLEAR.search(said.content.decode()), path


def test_what_is_declared_and_screened_calls_nothing_clear(client, declared):
    said = str(declared) + str(everywhere(client, declared["id"]))
    said += str(client.post(f"{V1}/what-if/", declaration(), format="json").json())
    said += str(client.post(f"{V1}/screen-party/", {"parties": [{"name": "Example Mill"}]}, format="json").json())
    assert not CLEAR.search(said)
