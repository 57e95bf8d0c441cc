"""Webhooks: signed so that others verify it, tried again, given up, sent anew, and told to nobody else."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from entities.domain.errors import Refused
from entities.domain.events import EventKind
from entities.domain.roles import Role
from entities.models import (
    BrokerAuthorization,
    Event,
    Job,
    Organization,
    StoredAnswer,
    WebhookAttempt,
    WebhookDelivery,
)
from entities.services import api_clients, jobs, webhooks
from entities.services.events import News, tell
from entities.services.webhooks import delivering
from entities.services.webhooks.sending import Outcome
from tests.api_client import V1, client_of
from tests.entities.receiving import Receiver
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
TAKEN, BROKEN, SILENT = Outcome(204, "", 0.1), Outcome(500, "Answered 500.", 0.1), Outcome(None, "No answer.", 5.0)


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER, make_organization())


@pytest.fixture
def sent(monkeypatch):
    """What is posted, and as many outcomes as are put in; the last one from then on."""

    class Sent(list):
        outcomes = [TAKEN]

        def post(self, url, body, headers):
            self.append((url, body, headers))
            return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    posted = Sent()
    monkeypatch.setattr(delivering, "post", posted.post)
    return posted


def endpoint_of(member, url="https://hooks.example.com/", **said):
    organization = said.pop("organization", None) or member.organizations().get()
    return webhooks.add_endpoint(organization, name="entry system", url=url, actor=member, **said)


@transaction.atomic
def list_published():
    listed = {"list_version": 6, "register": "uflpa", "label": "List"}
    return tell([News(EventKind.LIST_PUBLISHED, 6, None, listed)])[0]


@transaction.atomic
def case_opened(organization, number="2026-0001"):
    said = {"case": number, "regime": "UFLPA", "shipment": 1}
    return tell([News(EventKind.CASE_OPENED, number, organization.pk, said)])[0]


def names(sent):
    return [headers["webhook-id"] for _, _, headers in sent]


def later(**by):
    """The time after a while, when a worker looks for what is due."""
    return time_machine.travel(timezone.now() + timedelta(**by), tick=False)


def worked_off():
    webhooks.wake_due()
    jobs.work_off()


def test_a_delivery_is_verified_by_the_verifier_of_others(member, settings):
    with Receiver() as receiver:
        settings.WEBHOOK_ALLOWED_PRIVATE = ["127.0.0.1"]
        _, secret = endpoint_of(member, f"http://127.0.0.1:{receiver.port}/in")
        event = case_opened(member.organizations().get())
        jobs.work_off()
    headers, body = receiver.received[0]
    assert Webhook(secret).verify(body, headers) == event.told()
    assert (headers["webhook-id"], headers["Content-Type"]) == (event.name, "application/json")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"2026-0001", b"2026-0002"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)})
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts.get().status) == ("delivered", 200)


def test_while_a_secret_is_renewed_both_sign_and_then_the_new_one_alone(member, sent):
    endpoint, old = endpoint_of(member)
    new = webhooks.rotate_secret(endpoint, overlap_hours=24, actor=member)
    case_opened(endpoint.organization)
    jobs.work_off()
    for secret in (old, new):
        assert Webhook(secret).verify(sent[0][1], sent[0][2])["kind"] == "case.opened"
    with later(hours=25):
        case_opened(endpoint.organization)
        jobs.work_off()
        assert Webhook(new).verify(sent[1][1], sent[1][2])["kind"] == "case.opened"
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(sent[1][1], sent[1][2])


def test_a_secret_renewed_without_overlap_ends_the_old_one_at_once(member, sent):
    endpoint, old = endpoint_of(member)
    webhooks.rotate_secret(endpoint, overlap_hours=0, actor=member)
    case_opened(endpoint.organization)
    jobs.work_off()
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(sent[0][1], sent[0][2])


def test_no_table_keeps_a_secret(member, sent):
    endpoint, first = endpoint_of(member)
    second = webhooks.rotate_secret(endpoint, overlap_hours=1, actor=member)
    kept = " ".join(str(list(model.objects.values())) for model in apps.get_app_config("entities").get_models())
    for secret in (first, second):
        assert re.fullmatch("whsec_[A-Za-z0-9+/]{43}=", secret)
        assert secret.removeprefix("whsec_") not in kept


def test_an_answer_that_is_given_again_is_without_the_secret(member):
    client = client_of(member)

    def posted(address, body):
        answers = [client.post(address, body, format="json", HTTP_IDEMPOTENCY_KEY=address) for _ in range(2)]
        assert answers[1]["Idempotent-Replayed"] == "true"
        return [one.json() for one in answers]

    made, again = posted(f"{V1}/webhooks/", {"name": "entry system", "url": "https://hooks.example.com/"})
    assert again == made | {"secret": None}
    first, second = posted(f"{V1}/webhooks/{made['id']}/rotate-secret/", {"overlap_hours": 1})
    assert second == {"secret": None}
    kept = b" ".join(bytes(one.body) for one in StoredAnswer.objects.all())
    assert made["secret"].encode() not in kept
    assert first["secret"].encode() not in kept


def test_nothing_of_a_body_or_a_secret_is_logged(member, sent, caplog):
    caplog.set_level(logging.DEBUG)
    sent.outcomes = [BROKEN]
    endpoint, secret = endpoint_of(member)
    case_opened(endpoint.organization)
    jobs.work_off()
    assert f"webhook delivery {WebhookDelivery.objects.get().pk}, try 1: 500" in caplog.text
    logged = " ".join(one.getMessage() for one in caplog.records if one.name != "django.db.backends")
    assert all(word not in logged for word in (secret.removeprefix("whsec_"), "2026-0001", "UFLPA"))


def test_a_failed_delivery_is_tried_again_later_each_time_and_given_up_at_last(member, sent):
    sent.outcomes = [BROKEN]
    waits = []
    with time_machine.travel("2026-05-04T12:00:00Z", tick=False) as clock:
        event = case_opened(endpoint_of(member)[0].organization)
        worked_off()
        while (delivery := WebhookDelivery.objects.get()).state == "waiting":
            waits.append(delivery.next_at - timezone.now())
            clock.move_to(delivery.next_at - timedelta(seconds=1))
            worked_off()
            assert WebhookAttempt.objects.count() == len(waits)
            clock.move_to(delivery.next_at)
            worked_off()
    minutes = [wait.total_seconds() / 60 for wait in waits]
    assert minutes == [1, 5, 30, 120, 360, 720, 1440]
    assert (delivery.state, delivery.attempts.count()) == ("dead", 8)
    assert set(names(sent)) == {event.name}
    assert len({body for _, body, _ in sent}) == 1


def test_a_dead_letter_is_sent_again_under_the_same_id(member, sent):
    endpoint, _ = endpoint_of(member)
    event = case_opened(endpoint.organization)
    jobs.work_off()
    WebhookDelivery.objects.update(state="dead", tries=8)
    delivery = webhooks.replay(WebhookDelivery.objects.get(), actor=member)
    jobs.work_off()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, names(sent)) == ("delivered", 1, [event.name, event.name])


def test_what_was_delivered_can_be_sent_again(member, sent):
    endpoint, _ = endpoint_of(member)
    case_opened(endpoint.organization)
    jobs.work_off()
    webhooks.replay(WebhookDelivery.objects.get(), actor=member)
    jobs.work_off()
    assert len(sent) == 2
    with pytest.raises(Refused, match="Only members of"):
        webhooks.replay(WebhookDelivery.objects.get(), actor=make_user(Role.IMPORTER_MEMBER))


def test_each_is_told_its_own_and_the_kinds_it_asked_for(member, sent):
    importer, rival = member.organizations().get(), make_user(Role.IMPORTER_MEMBER)
    broker = make_organization(Organization.Kind.BROKER)
    agent = make_user(Role.BROKER_MEMBER, broker)
    BrokerAuthorization.objects.create(broker=broker, importer=importer, valid_from=timezone.localdate())
    endpoint_of(member, "https://importer.example.com/")
    endpoint_of(member, "https://lists.example.com/", kinds=["list.published"])
    endpoint_of(agent, "https://broker.example.com/", organization=broker)
    endpoint_of(rival, "https://rival.example.com/")
    mine, everybodys = case_opened(importer), list_published()
    jobs.work_off()
    told = {}
    for url, _, headers in sent:
        told.setdefault(url.split("/")[2].split(".")[0], []).append(headers["webhook-id"])
    assert told == {
        "importer": [mine.name, everybodys.name],
        "lists": [everybodys.name],
        "broker": [mine.name, everybodys.name],
        "rival": [everybodys.name],
    }


def test_an_endpoint_is_told_what_happens_from_the_moment_it_is_named(member, sent):
    importer = member.organizations().get()
    case_opened(importer)
    endpoint_of(member)
    after = case_opened(importer)
    jobs.work_off()
    assert names(sent) == [after.name]


def test_what_a_broker_is_told_ends_with_its_power_of_attorney_also_in_line(sent):
    importer, broker = make_organization(), make_organization(Organization.Kind.BROKER)
    agent = make_user(Role.BROKER_MEMBER, broker)
    BrokerAuthorization.objects.create(broker=broker, importer=importer, valid_from=timezone.localdate())
    endpoint_of(agent, organization=broker)
    sent.outcomes = [BROKEN]
    case_opened(importer)
    jobs.work_off()
    BrokerAuthorization.objects.update(revoked_at=timezone.now())
    with later(minutes=2):
        worked_off()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, len(sent)) == ("dead", 1)
    assert delivery.attempts.last().problem.startswith("Not sent: the power of attorney")


def test_a_test_event_goes_to_the_endpoint_that_is_tested_alone(member, sent):
    tested, _ = endpoint_of(member, "https://tested.example.com/", kinds=["list.published"])
    endpoint_of(member, "https://other.example.com/")
    webhooks.send_test(tested, actor=member)
    jobs.work_off()
    assert [url for url, _, _ in sent] == ["https://tested.example.com/"]
    assert Event.objects.get().told()["data"] == {"webhook": tested.pk}


def test_while_an_endpoint_is_paused_events_wait_and_go_out_when_it_is_resumed(member, sent):
    endpoint, _ = endpoint_of(member)
    sent.outcomes = [BROKEN, TAKEN]
    before = case_opened(endpoint.organization)
    jobs.work_off()
    webhooks.pause(endpoint, actor=member)
    meanwhile = case_opened(endpoint.organization, "2026-0002")
    with later(hours=1):
        worked_off()
    assert len(sent) == 1
    webhooks.resume(endpoint, actor=member)
    jobs.work_off()
    assert names(sent)[1:] == [before.name, meanwhile.name]


def test_an_endpoint_that_only_fails_for_days_is_paused_and_its_people_are_told(member, sent):
    sent.outcomes = [BROKEN]
    endpoint, _ = endpoint_of(member)
    api_clients.add_client(endpoint.organization, name="entry system", actor=member)
    make_user(Role.IMPORTER_MEMBER)
    case_opened(endpoint.organization)
    jobs.work_off()
    endpoint.refresh_from_db()
    assert endpoint.state == "failing"
    with later(days=3, minutes=1):
        case_opened(endpoint.organization)
        worked_off()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.is_paused_by_failure) == ("paused", True)
    assert [(one.to, one.subject) for one in mail.outbox] == [
        ([member.email], "Webhook entry system is paused: its address has not taken a delivery for three days")
    ]
    assert f"/webhooks/{endpoint.pk}/" in mail.outbox[0].body


def test_one_delivery_taken_means_the_endpoint_no_longer_fails(member, sent):
    sent.outcomes = [BROKEN, TAKEN]
    endpoint, _ = endpoint_of(member)
    case_opened(endpoint.organization)
    case_opened(endpoint.organization)
    jobs.work_off()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.failing_since) == ("active", None)


def test_where_nobody_answers_what_else_is_due_waits_a_minute_too(member, sent):
    sent.outcomes = [SILENT]
    endpoint, _ = endpoint_of(member)
    for _ in range(5):
        case_opened(endpoint.organization)
    jobs.work_off()
    assert len(sent) == 1
    assert WebhookDelivery.objects.due(timezone.now()).count() == 0
    with later(seconds=61):
        assert WebhookDelivery.objects.due(timezone.now()).count() == 5


def test_a_delivery_killed_half_way_is_sent_again_under_the_same_id(member, sent, monkeypatch):
    endpoint, _ = endpoint_of(member)
    event = case_opened(endpoint.organization)

    class Killed(BaseException):
        pass

    def killed(url, body, headers):
        sent.append((url, body, headers))
        raise Killed

    with monkeypatch.context() as half_way:
        half_way.setattr(delivering, "post", killed)
        with pytest.raises(Killed):
            delivering.deliver_job(Job.objects.get(kind="deliver"))
    assert WebhookDelivery.objects.get().state == "waiting"
    worked_off()
    assert len(sent) == 1  # another worker may still be at it
    with later(minutes=3):
        worked_off()
    assert (names(sent), WebhookDelivery.objects.get().state) == ([event.name, event.name], "delivered")


def test_a_delivery_is_taken_by_one_worker_at_a_time(member, sent):
    endpoint, _ = endpoint_of(member)
    case_opened(endpoint.organization)
    delivering._put_in_line(endpoint)
    pk = WebhookDelivery.objects.get().pk
    WebhookDelivery.objects.update(next_at=timezone.now() + delivering.LEASE)
    assert delivering._deliver(pk)
    assert sent == []


def test_an_ended_endpoint_is_told_nothing_and_its_log_stays(member, sent):
    endpoint, _ = endpoint_of(member)
    case_opened(endpoint.organization)
    jobs.work_off()
    webhooks.end_endpoint(endpoint, actor=member)
    case_opened(endpoint.organization)
    worked_off()
    assert (len(sent), WebhookDelivery.objects.count()) == (1, 1)
    with pytest.raises(Refused, match="was ended"):
        webhooks.resume(endpoint, actor=member)


def test_only_members_look_after_an_endpoint_and_the_office_has_none(member):
    importer, rival = member.organizations().get(), make_user(Role.IMPORTER_MEMBER)
    with pytest.raises(Refused, match="Only members of"):
        endpoint_of(rival, organization=importer)
    endpoint, _ = endpoint_of(member)
    with pytest.raises(Refused, match="Only members of"):
        webhooks.rotate_secret(endpoint, overlap_hours=1, actor=rival)
    manager = make_user(Role.MANAGER)
    with pytest.raises(Refused, match="belong to an importer or a broker"):
        endpoint_of(manager, organization=manager.organizations().get(kind="office"))


def test_an_endpoint_with_a_private_address_is_not_named(member):
    with pytest.raises(Refused, match="not on the public internet"):
        endpoint_of(member, "https://10.0.0.1/")
    with pytest.raises(Refused, match="There are no events shipment.lost"):
        endpoint_of(member, kinds=["shipment.lost"])
