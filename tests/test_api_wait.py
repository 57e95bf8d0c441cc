"""``Prefer: wait``: a shipment is declared and screened before the answer, by the service that workers use."""

import threading
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from config.preferences import seconds_to_wait
from entities.audit import verify
from entities.domain.roles import Role
from entities.models import AuditEvent, Change, Job, StoredAnswer
from entities.services import changes, jobs
from entities.services.lists import load_reference_lists
from screening.models import Screening, Shipment
from tests.api_client import V1, client_of, declaration, delivery
from tests.factories import make_organization, make_user

SHIPMENTS = f"{V1}/shipments/"
LISTED = "Aksu Huafu Color Spinning Co., Ltd."


@pytest.fixture(autouse=True)
def _taken_up_at_once(monkeypatch):
    monkeypatch.setattr(changes, "GATHERING", timedelta())


@pytest.fixture
def client(db):
    load_reference_lists()
    jobs.work_off()
    return client_of(make_user(Role.IMPORTER_MEMBER, make_organization()))


def post(client, prefer="wait", **head):
    headers = {"HTTP_PREFER": prefer} | ({"HTTP_IDEMPOTENCY_KEY": head.pop("key")} if "key" in head else {})
    return client.post(SHIPMENTS, declaration(**head), format="json", **headers)


def listed_chain():
    return [*declaration()["suppliers"], delivery("listed", "spinner", LISTED, stage="ginner")]


def test_the_answer_holds_the_screening_and_says_that_it_was_waited_for(client):
    response = post(client, suppliers=listed_chain())
    assert (response.status_code, response["Preference-Applied"]) == (201, "wait=10")
    body = response.json()
    assert (body["status"], body["outcome"]) == ("current", "presumption")
    assert body["screening"]["case"] is not None
    assert "LISTED_ENTITY" in [one["code"] for one in body["screening"]["findings"]]


def test_without_it_a_worker_screens(client):
    response = client.post(SHIPMENTS, declaration(), format="json")
    assert response.json()["status"] == "pending"
    assert "Preference-Applied" not in response


def test_the_feed_does_not_screen_it_again(client):
    key = post(client, suppliers=listed_chain()).json()["id"]
    jobs.work_off()
    assert Screening.objects.filter(shipment=key).count() == 1
    assert client.get(f"{SHIPMENTS}{key}/").json()["status"] == "current"
    assert not Change.objects.filter(consumed_at=None).exists()


def test_what_comes_within_a_second_is_taken_up_together(client, monkeypatch):
    monkeypatch.setattr(changes, "GATHERING", timedelta(hours=1))
    for reference in ("one", "two"):
        assert post(client, reference=reference, suppliers=listed_chain()).json()["status"] == "current"
    waiting = Job.objects.get(kind="feed", state=Job.State.QUEUED)
    assert timedelta(minutes=55) < waiting.run_after - timezone.now() <= timedelta(hours=1)
    jobs.work_off()
    assert Change.objects.filter(consumed_at=None).exists()


def test_other_shipments_of_the_same_firms_are_screened_again(client):
    first = post(client, reference="one").json()["id"]
    jobs.work_off()
    post(client, reference="two", suppliers=listed_chain())
    jobs.work_off()
    assert client.get(f"{SHIPMENTS}{first}/").json()["outcome"] == "presumption"
    assert Screening.objects.filter(shipment=first).count() == 2


def test_a_change_is_screened_before_the_answer_too(client):
    key = post(client).json()["id"]
    response = client.put(
        f"{SHIPMENTS}{key}/", declaration(imported_on="2026-06-01"), format="json", HTTP_PREFER="wait=5"
    )
    assert response["Preference-Applied"] == "wait=5"
    assert (response.json()["status"], response.json()["screening"]["screened_on"]) == ("current", "2026-06-01")


def test_sending_the_same_again_screens_nothing_again(client):
    key = post(client).json()["id"]
    response = client.put(f"{SHIPMENTS}{key}/", declaration(), format="json", HTTP_PREFER="wait")
    assert response.json()["status"] == "current"
    assert Screening.objects.filter(shipment=key).count() == 1


def test_all_acts_are_on_record_in_their_order_and_the_chain_holds(client):
    before = AuditEvent.objects.count()
    post(client, suppliers=listed_chain())
    acts = AuditEvent.objects.order_by("sequence").values_list("action", flat=True)[before:]
    assert list(acts) == [
        "shipment.added",
        "link.declared",
        "link.declared",
        "link.declared",
        "shipments.screened",
        "case.opened",
    ]
    assert list(verify()) == []


@pytest.mark.parametrize("fault", [OperationalError("canceling statement due to statement timeout"), KeyError("x")])
def test_where_it_cannot_be_screened_now_the_declaration_stands_and_a_worker_does_it(client, fault):
    with patch("screening.services.at_once.screen_shipments", side_effect=fault):
        response = post(client)
    assert (response.status_code, response.json()["status"]) == (201, "pending")
    assert "Preference-Applied" not in response
    jobs.work_off()
    assert client.get(f"{SHIPMENTS}{response.json()['id']}/").json()["status"] == "current"


def test_with_a_key_the_stored_answer_is_the_one_with_the_screening(client):
    first, again = post(client, key="k-1"), post(client, key="k-1")
    assert first.json()["status"] == "current"
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert again["Preference-Applied"] == "wait=10"
    assert (Shipment.objects.count(), Screening.objects.count()) == (1, 1)


def test_a_fault_after_the_screening_leaves_nothing_behind_with_a_key(client):
    client.raise_request_exception = False
    with patch("screening.api.shipments.ShipmentAnswer.data", property(lambda self: 1 / 0)):
        assert post(client, key="k-1").status_code == 500
    assert not Shipment.objects.exists()
    assert not Screening.objects.exists()
    assert not StoredAnswer.objects.exists()
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait", 10),
        ("wait=3", 3),
        ('Wait="3"', 3),
        ("wait=100", 30),
        ("wait=0", 0),
        ("respond-async, wait=7", 7),
        ("wait=4; foo=bar", 4),
        ("wait=2, wait=9", 2),
        ("waiting", 0),
        ("wait=soon", 0),
        ("return=minimal", 0),
        ("", 0),
    ],
)
def test_what_is_preferred_is_read_as_the_standard_says(rf, prefer, seconds):
    assert seconds_to_wait(rf.post("/", HTTP_PREFER=prefer)) == seconds


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite writes one transaction after another")
def test_a_link_declared_while_a_shipment_is_screened_at_once_reaches_it():
    """The feed waits for a transaction that screens at once, so that it sees the shipment."""
    load_reference_lists()
    jobs.work_off()
    member = make_user(Role.IMPORTER_MEMBER)
    client, other = client_of(member), client_of(member)
    post(client, reference="before")
    jobs.work_off()
    read, go_on = threading.Event(), threading.Event()
    from screening.services import at_once

    screen = at_once.screen_shipments

    def slowly(*args, **kwargs):
        run = screen(*args, **kwargs)
        read.set()
        go_on.wait(20)
        return run

    def in_thread(act):
        def run():
            try:
                act()
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    with patch("screening.services.at_once.screen_shipments", slowly):
        waiting = in_thread(lambda: post(client, reference="meanwhile"))
        assert read.wait(20)
        link = {
            "supplier": {"name": LISTED, "country": "CN"},
            "customer": {"name": "Example Lake Spinning Co., Ltd.", "country": "CN"},
            "commodity": "cotton",
            "stage": "ginner",
            "valid_from": "2025-06-01",
        }
        # The audit trail is written by one transaction at a time, so the link is put on record without it here.
        with patch("entities.services.suppliers.audit.record"):
            assert other.post(f"{V1}/links/bulk/", {"links": [link]}, format="json").json()["stored"] == 1
        feed = in_thread(jobs.work_off)
        feed.join(1)
        assert feed.is_alive()
        go_on.set()
        waiting.join(20)
        feed.join(60)
    jobs.work_off()
    meanwhile = Shipment.objects.get(reference="meanwhile")
    assert meanwhile.outcome == "presumption"
