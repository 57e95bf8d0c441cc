"""ETag, If-None-Match and If-Match: a reading that is not sent twice, a write only onto what one saw."""

import threading
from unittest.mock import patch

import pytest
from django.db import connection

from entities.domain.roles import Role
from entities.models import SupplyLink
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.models import Shipment
from tests.api_client import V1, client_of, declaration
from tests.factories import make_organization, make_user

SHIPMENTS = f"{V1}/shipments/"


@pytest.fixture
def member(db):
    load_reference_lists()
    jobs.work_off()
    return make_user(Role.IMPORTER_MEMBER, make_organization())


@pytest.fixture
def client(member):
    return client_of(member)


@pytest.fixture
def shipment(client):
    return client.post(SHIPMENTS, declaration(), format="json", HTTP_PREFER="wait")


def put(client, key, tag, **head):
    return client.put(f"{SHIPMENTS}{key}/", declaration(**head), format="json", HTTP_IF_MATCH=tag)


def test_what_was_declared_and_what_is_read_have_the_same_strong_tag(client, shipment):
    read = client.get(f"{SHIPMENTS}{shipment.json()['id']}/")
    assert read["ETag"] == shipment["ETag"]
    assert read["ETag"].startswith('"')


@pytest.mark.parametrize("address", ["shipments/{}/", "shipments/", "suppliers/", "me/"])
def test_what_the_caller_has_is_not_sent_again(client, shipment, address):
    address = f"{V1}/{address.format(shipment.json()['id'])}"
    tag = client.get(address)["ETag"]
    again = client.get(address, HTTP_IF_NONE_MATCH=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert again["API-Version"] == "1"
    assert client.get(address, HTTP_IF_NONE_MATCH='"another"').status_code == 200


def test_a_screening_made_meanwhile_is_another_state(client):
    declared = client.post(SHIPMENTS, declaration(), format="json")
    jobs.work_off()
    read = client.get(f"{SHIPMENTS}{declared.json()['id']}/", HTTP_IF_NONE_MATCH=declared["ETag"])
    assert (read.status_code, read.json()["status"]) == (200, "current")


def test_a_change_onto_what_one_saw_is_written_and_gives_the_next_tag(client, shipment):
    key = shipment.json()["id"]
    first = put(client, key, shipment["ETag"], reference="second")
    assert (first.status_code, first.json()["reference"]) == (200, "second")
    assert first["ETag"] != shipment["ETag"]
    assert put(client, key, first["ETag"], reference="third").status_code == 200


def test_a_change_onto_what_is_no_longer_so_is_not_written(client, shipment):
    key = shipment.json()["id"]
    put(client, key, shipment["ETag"], reference="second")
    stale = put(client, key, shipment["ETag"], reference="third")
    assert (stale.status_code, stale["Content-Type"]) == (412, "application/problem+json")
    assert stale.json()["code"] == "precondition_failed"
    assert Shipment.objects.get(pk=key).reference == "second"


@pytest.mark.parametrize(("tag", "status"), [("*", 200), ('"none"', 412), ('W/"weak"', 412)])
def test_any_state_and_weak_tags_are_taken_as_the_standard_says(client, shipment, tag, status):
    assert put(client, shipment.json()["id"], tag, reference="second").status_code == status


def test_without_a_condition_the_last_write_stands(client, shipment):
    key = shipment.json()["id"]
    assert client.put(f"{SHIPMENTS}{key}/", declaration(reference="x"), format="json").status_code == 200


def test_a_reader_with_other_eyes_has_another_tag(client, shipment):
    address = f"{SHIPMENTS}{shipment.json()['id']}/"
    office = client_of(make_user(Role.ANALYST)).get(address)
    own = client.get(address)
    assert (office["ETag"] == own["ETag"]) == (office.content == own.content)


def test_a_link_is_withdrawn_only_as_it_was_seen(client, shipment):
    link = SupplyLink.objects.first()
    address = f"{V1}/links/{link.pk}/"
    tag = client.get(address)["ETag"]
    stale = client.post(f"{address}withdraw/", {"reason": "Test"}, format="json", HTTP_IF_MATCH='"other"')
    assert (stale.status_code, SupplyLink.objects.get(pk=link.pk).withdrawn_at) == (412, None)
    done = client.post(f"{address}withdraw/", {"reason": "Test"}, format="json", HTTP_IF_MATCH=tag)
    assert done.status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite writes one transaction after another")
def test_of_two_changes_onto_the_same_state_one_is_written():
    client = client_of(make_user(Role.IMPORTER_MEMBER))
    shipment = client.post(SHIPMENTS, declaration(), format="json")
    key, tag, answers = shipment.json()["id"], shipment["ETag"], []
    together = threading.Barrier(2)
    from config import etags

    checked = etags.check_precondition

    def check(request, shown):
        checked(request, shown)
        together.wait(20)  # both have seen the same state

    def send(reference):
        try:
            answers.append(put(client, key, tag, reference=reference).status_code)
        finally:
            connection.close()

    with patch("screening.api.shipments.check_precondition", check):
        threads = [threading.Thread(target=send, args=[one]) for one in ("second", "third")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == [200, 412]
