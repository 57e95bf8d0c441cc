"""A write sent again with its Idempotency-Key is done once: after a lost answer, at the same moment, after a fault."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import StoredAnswer
from evidence.models import Document
from screening.models import Shipment
from tests.api_client import V1, client_of
from tests.evidence.sending import make_case, member_of
from tests.factories import make_user

BODY = {"parties": [{"role": "manufacturer", "name": "Example Garments JSC", "country": "VN"}]}


def post(client, body=BODY, key="k-1", address="shipments"):
    return client.post(f"{V1}/{address}/", body, format="json", HTTP_IDEMPOTENCY_KEY=key)


@pytest.fixture
def client(db):
    return client_of(make_user(Role.IMPORTER_MEMBER))


def test_the_same_request_again_is_answered_alike_and_done_once(client):
    first, again = post(client), post(client)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert Shipment.objects.count() == 1


def test_another_request_with_the_key_is_refused(client):
    post(client)
    answer = post(client, {"parties": [{"role": "manufacturer", "name": "Another", "country": "VN"}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_used")
    assert answer["Content-Type"] == "application/problem+json"
    assert Shipment.objects.count() == 1


def test_a_key_belongs_to_the_account_that_sent_it(client):
    post(client)
    assert "Idempotent-Replayed" not in post(client_of(make_user(Role.IMPORTER_MEMBER)))
    assert Shipment.objects.count() == 2


def test_a_request_that_was_refused_leaves_the_key_free_for_the_corrected_one(client):
    assert post(client, {"parties": "none"}).status_code == 400
    assert post(client).status_code == 201
    assert Shipment.objects.count() == 1


def test_a_fault_after_the_write_leaves_neither_the_write_nor_an_answer(client, monkeypatch):
    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr("screening.api.shipments.ShipmentDetailSerializer.data", property(lambda self: 1 / 0))
        assert post(client).status_code == 500
    assert (Shipment.objects.count(), StoredAnswer.objects.count()) == (0, 0)
    assert post(client).status_code == 201
    assert Shipment.objects.count() == 1


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "kéy"])
def test_a_key_of_another_form_is_refused(client, key):
    answer = post(client, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key")
    assert not Shipment.objects.exists()


def test_a_file_sent_again_is_the_same_request_and_another_file_is_not(db):
    case = make_case(items=())
    client = client_of(member_of(case))

    def send(content):
        file = SimpleUploadedFile("note.txt", content)
        body = {"file": file, "case": case.number}
        return client.post(f"{V1}/documents/", body, format="multipart", HTTP_IDEMPOTENCY_KEY="paper")

    assert [send(b"one").status_code, send(b"one").status_code, send(b"two").status_code] == [201, 201, 422]
    assert Document.objects.count() == 1


def test_an_answer_is_forgotten_after_a_week(client):
    post(client)
    StoredAnswer.objects.update(at=timezone.now() - timedelta(days=8))
    assert "Idempotent-Replayed" not in post(client)
    assert Shipment.objects.count() == 2


def test_without_a_token_the_key_changes_nothing(db):
    answer = Client().post(f"{V1}/shipments/", BODY, "application/json", HTTP_IDEMPOTENCY_KEY="k-1")
    assert answer.status_code == 401
    assert not StoredAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_done_once():
    member = make_user(Role.IMPORTER_MEMBER)
    answers, clients = [], [client_of(member) for _ in range(6)]

    def send():
        try:
            answers.append(post(clients.pop()))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.status_code for one in answers] == [201] * 6
    assert len({one.content for one in answers}) == 1
    assert Shipment.objects.count() == 1
