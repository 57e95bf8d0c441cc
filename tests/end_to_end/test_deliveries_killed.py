"""A worker that is killed while it waits for the answer to a delivery: the event comes again, under the same id."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook

from entities.domain.events import EventKind
from entities.domain.roles import Role
from entities.models import Job, WebhookDelivery
from entities.services import jobs, webhooks
from entities.services.events import News, tell
from tests.end_to_end.workers import Worker, wait_for
from tests.entities.receiving import Receiver
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = 3


def test_a_worker_killed_in_the_middle_of_a_delivery_delivers_each_event_at_least_once(
    tmp_path, settings, monkeypatch
):
    settings.WEBHOOK_ALLOWED_PRIVATE = ["127.0.0.1"]
    monkeypatch.setenv("WEBHOOK_ALLOWED_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("SECRET_KEY", settings.SECRET_KEY)
    member = make_user(Role.IMPORTER_MEMBER)
    importer = member.organizations().get()
    with Receiver(is_held=True) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/in"
        _, secret = webhooks.add_endpoint(importer, name="entry system", url=url, actor=member)
        with transaction.atomic():
            said = {"regime": "UFLPA", "shipment": 1}
            numbers = [f"2026-000{number}" for number in range(EVENTS)]
            told = tell(News(EventKind.CASE_OPENED, one, importer.pk, {"case": one, **said}) for one in numbers)
        with Worker(tmp_path) as worker:
            wait_for(lambda: receiver.received, worker)
            worker.kill()
        assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"waiting"}
        time_passes()
        receiver.may_answer.set()
        with Worker(tmp_path) as worker:
            wait_for(lambda: not WebhookDelivery.objects.exclude(state="delivered").exists(), worker, seconds=120)
    came = [headers["webhook-id"] for headers, _ in receiver.received]
    assert came[0] == told[0].name
    assert sorted(came) == sorted([told[0].name, *(one.name for one in told)])
    events = [Webhook(secret).verify(body, headers) for headers, body in receiver.received[1:]]
    assert {one["data"]["case"] for one in events} == set(numbers)
    assert not Job.objects.filter(kind="deliver", state=Job.State.FAILED).exists()


def time_passes():
    """The dead worker's heart has stopped long enough, and no try can still be under way."""
    now = timezone.now()
    running = Job.objects.filter(state=Job.State.RUNNING)
    running.update(heartbeat_at=now - jobs.STALE_AFTER - timedelta(seconds=1))
    WebhookDelivery.objects.update(next_at=now)
