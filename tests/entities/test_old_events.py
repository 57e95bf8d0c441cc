"""Events are dropped when they are old and every webhook has them; the feed says where something may be missing."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from config.problems import PROBLEMS
from entities.domain.events import EventKind
from entities.domain.roles import Role
from entities.models import AuditEvent, Event, WebhookAttempt, WebhookDelivery
from entities.services import webhooks
from entities.services.old_events import drop_events
from tests.api_client import V1, client_of
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
KEPT = 400


@pytest.fixture(autouse=True)
def days(settings):
    settings.EVENTS_KEPT_DAYS = KEPT


@pytest.fixture
def importer():
    return make_organization()


@pytest.fixture
def client(importer):
    return client_of(make_user(Role.IMPORTER_MEMBER, importer))


def told(importer, *ages):
    """Events told so many days ago."""
    now = timezone.now()
    return [
        Event.objects.create(
            kind=EventKind.SHIPMENT_SCREENED, organization=importer, subject="", at=now - timedelta(days=age)
        )
        for age in ages
    ]


def endpoint_of(importer, **values):
    member = make_user(Role.IMPORTER_MEMBER, importer)
    return importer.webhooks.create(name="Ours", url="https://example.com/", salt="0", created_by=member, **values)


def kept():
    return list(Event.objects.order_by("pk"))


def test_old_events_go_and_the_last_of_them_stays(importer):
    events = told(importer, 500, 450, KEPT + 1, KEPT - 1, 0)
    assert drop_events(timezone.now()) == 2
    assert kept() == events[2:]
    assert drop_events(timezone.now()) == 0
    said = AuditEvent.objects.get(action="events.dropped")
    assert (said.after, said.actor_id) == ({"count": 2, "up_to": events[1].pk}, None)


def test_an_event_a_webhook_waits_for_stays_and_so_does_what_follows(importer):
    events = told(importer, 500, 499, 498, 497)
    endpoint = endpoint_of(importer, told_up_to=events[3].pk)
    states = WebhookDelivery.State
    for event, state in zip(events, [states.DELIVERED, states.DEAD, states.WAITING, states.DELIVERED], strict=True):
        delivery = endpoint.deliveries.create(event=event, state=state)
        delivery.attempts.create(seconds=1, status=200)
    assert drop_events(timezone.now()) == 2
    assert kept() == events[2:]
    assert (WebhookDelivery.objects.count(), WebhookAttempt.objects.count()) == (2, 2)


def test_an_event_not_yet_put_in_line_for_a_webhook_stays_unless_it_was_ended(importer):
    events = told(importer, 500, 499, 498)
    endpoint = endpoint_of(importer, told_up_to=events[0].pk)
    assert drop_events(timezone.now()) == 1
    assert kept() == events[1:]
    endpoint.ended_at = timezone.now()
    endpoint.save()
    assert drop_events(timezone.now()) == 1
    assert kept() == events[2:]


def test_another_importers_webhook_holds_up_only_what_it_is_told(importer):
    told(importer, 500, 499)
    endpoint_of(make_organization(), told_up_to=0)
    assert drop_events(timezone.now()) == 1


def test_the_feed_says_where_something_may_be_missing(importer, client):
    events = told(importer, 500, 499, 498, 0)
    drop_events(timezone.now())
    gone = client.get(f"{V1}/events/", {"after": events[1].name})
    assert gone.status_code == 410
    assert gone["Content-Type"] == "application/problem+json"
    body = gone.json()
    assert (body["code"], body["remedy"]) == ("events_dropped", PROBLEMS["events_dropped"].remedy)
    read_on = client.get(f"{V1}/events/", {"after": events[2].name})
    assert [one["id"] for one in read_on.json()["results"]] == [events[3].name]
    from_the_first = client.get(f"{V1}/events/")
    assert [one["id"] for one in from_the_first.json()["results"]] == [events[2].name, events[3].name]


def test_the_job_is_done_once_a_day(importer, settings):
    from entities.models import Job
    from entities.services import jobs

    told(importer, 500, 499)
    with transaction.atomic():
        jobs.enqueue_daily()
    jobs.run(Job.objects.get(kind="drop_events").pk, heartbeat=False)
    assert Event.objects.count() == 1
    assert webhooks.wake_due() == 0
