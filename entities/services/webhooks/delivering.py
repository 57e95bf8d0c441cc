"""Sending events to an endpoint: put in line in their order, tried until the receiver has them, given up at last.

Each delivery happens at least once. A worker takes one by moving its next try past the time any try can last; if the
worker is killed, that time comes and another worker sends it again, under the same id.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.events import EventKind
from entities.domain.webhooks import PAUSED_AFTER, headers, wait_after
from entities.models import Event, Job, Organization, User, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from entities.services import account_rules as rules
from entities.services import jobs
from entities.services.events import send_soon
from entities.services.mail import queue_mail
from entities.services.webhooks.keys import keys_in_use
from entities.services.webhooks.sending import Outcome, post

log = logging.getLogger(__name__)
BATCH = 500
BUDGET_SECONDS = 60.0  # then others have their turn
LEASE = timedelta(minutes=2)  # longer than a try can last
NO_ANSWER_WAIT = timedelta(minutes=1)  # for all that waits for an endpoint that does not answer

State = WebhookDelivery.State


def deliver_job(job: Job) -> None:
    """Put in line what an endpoint was not told yet, and send what is due."""
    endpoint = WebhookEndpoint.objects.open().filter(pk=job.payload["endpoint"]).first()
    if endpoint is None:
        return
    _put_in_line(endpoint)
    began = time.monotonic()
    due = WebhookDelivery.objects.filter(endpoint=endpoint).due(timezone.now()).order_by("event")
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        if not _deliver(pk) or time.monotonic() - began > BUDGET_SECONDS:
            break
        jobs.give_way(job)
    if WebhookDelivery.objects.filter(endpoint=endpoint).due(timezone.now()).exists():
        send_soon(endpoint.pk)


def wake_due() -> int:
    """Have sent what is due at endpoints that nobody is sending to. Says to how many."""
    open_ = WebhookEndpoint.objects.open()
    due = WebhookDelivery.objects.due(timezone.now()).filter(endpoint__in=open_)
    at_work = Job.objects.filter(kind="deliver", state=Job.State.RUNNING).values_list("payload__endpoint", flat=True)
    waiting = due.exclude(endpoint__in=list(at_work)).order_by().values_list("endpoint", flat=True).distinct()
    for endpoint in list(waiting):
        send_soon(endpoint)
    return len(waiting)


@transaction.atomic
def replay(delivery: WebhookDelivery, *, actor: User) -> WebhookDelivery:
    """Send an event to an endpoint again, whatever became of it: given up, delivered, or waiting for its next try."""
    delivery = (
        WebhookDelivery.objects.select_for_update(of=("self",))
        .select_related("endpoint__organization")
        .get(pk=delivery.pk)
    )
    endpoint = delivery.endpoint
    rules.require_client(actor, endpoint.organization)
    if endpoint.ended_at is not None:
        raise Refused("webhook_ended", f"{endpoint.name} was ended. Name the address anew.")
    if endpoint.paused_at is not None:
        raise Refused("webhook_paused", f"{endpoint.name} is paused. Resume it first.")
    before = {"state": delivery.state, "tries": delivery.tries}
    delivery.state, delivery.tries, delivery.next_at = State.WAITING, 0, timezone.now()
    delivery.save(update_fields=["state", "tries", "next_at"])
    audit.record(
        Action.WEBHOOK_REPLAYED,
        actor=actor,
        target=delivery,
        organization_id=endpoint.organization_id,
        before=before,
        after={"event": delivery.event_id, "webhook": endpoint.pk},
    )
    send_soon(endpoint.pk)
    return delivery


def _put_in_line(endpoint: WebhookEndpoint) -> None:
    """A delivery for each event the endpoint is told of and was not yet."""
    with transaction.atomic():
        audit.lock_head()  # whoever has just written an event, and found this job in line already, is done then
    while _put_some_in_line(endpoint.pk):
        pass


@transaction.atomic
def _put_some_in_line(pk: int) -> bool:
    endpoint = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("organization").get(pk=pk)
    last = Event.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    events = told_to(endpoint).filter(pk__gt=endpoint.told_up_to, pk__lte=last)
    keys = list(events.order_by("pk").values_list("pk", flat=True)[:BATCH])
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(endpoint=endpoint, event_id=key) for key in keys], ignore_conflicts=True
    )
    is_full = len(keys) == BATCH
    endpoint.told_up_to = keys[-1] if is_full else last
    endpoint.save(update_fields=["told_up_to"])
    return is_full


def told_to(endpoint: WebhookEndpoint) -> QuerySet[Event]:
    """The events an endpoint is told of; a test goes to the one that is tested, by itself."""
    acts_for = Organization.objects.acted_for_by([endpoint.organization_id])
    events = Event.objects.to(acts_for).exclude(kind=EventKind.WEBHOOK_TESTED)
    return events.filter(kind__in=endpoint.kinds) if endpoint.kinds else events


def _deliver(pk: int) -> bool:
    """Try one delivery, unless another worker has it. Says whether the endpoint answers, so that others may follow."""
    now = timezone.now()
    mine = WebhookDelivery.objects.due(now).filter(pk=pk, endpoint__in=WebhookEndpoint.objects.open())
    if not mine.update(next_at=now + LEASE, tries=F("tries") + 1):
        return True
    delivery = WebhookDelivery.objects.select_related("endpoint", "event").get(pk=pk)
    endpoint, event = delivery.endpoint, delivery.event
    if not _is_still_told(endpoint, event):
        WebhookDelivery.objects.filter(pk=pk).update(state=State.DEAD)
        WebhookAttempt.objects.create(delivery=delivery, seconds=0, problem=NO_LONGER)
        return True
    body = event.body()
    signed = headers(keys_in_use(endpoint), event=event.name, timestamp=int(time.time()), body=body)
    outcome = post(endpoint.url, body, {"Content-Type": "application/json", "User-Agent": "ClearOrigin", **signed})
    log.info("webhook delivery %s, try %s: %s", pk, delivery.tries, outcome.status or "no answer")
    _note(delivery, outcome)
    return outcome.status is not None


NO_LONGER = "Not sent: the power of attorney for this importer is no longer in force."


def _is_still_told(endpoint: WebhookEndpoint, event: Event) -> bool:
    """What a broker is told ends with its power of attorney, also for what was in line before."""
    if event.organization_id in {None, endpoint.organization_id}:
        return True
    return Organization.objects.acted_for_by([endpoint.organization_id]).filter(pk=event.organization_id).exists()


@transaction.atomic
def _note(delivery: WebhookDelivery, outcome: Outcome) -> None:
    """Write down what came of a try, and when the next one is."""
    endpoint = (
        WebhookEndpoint.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=delivery.endpoint_id)
    )
    now = timezone.now()
    WebhookAttempt.objects.create(
        delivery=delivery, seconds=outcome.seconds, status=outcome.status, problem=outcome.problem
    )
    mine = WebhookDelivery.objects.filter(pk=delivery.pk)
    if outcome.is_delivered:
        mine.update(state=State.DELIVERED)
        if endpoint.failing_since is not None:
            endpoint.failing_since = None
            endpoint.save(update_fields=["failing_since"])
        return
    wait = wait_after(delivery.tries)
    still_waiting = mine.filter(state=State.WAITING)
    if wait is None:
        still_waiting.update(state=State.DEAD)
    else:
        still_waiting.update(next_at=now + wait)
    if outcome.status is None:
        others = WebhookDelivery.objects.filter(endpoint=endpoint).due(now + NO_ANSWER_WAIT)
        others.update(next_at=now + NO_ANSWER_WAIT)
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    elif endpoint.failing_since <= now - PAUSED_AFTER and endpoint.paused_at is None:
        _give_up_on(endpoint)


def _give_up_on(endpoint: WebhookEndpoint) -> None:
    """Pause an endpoint that has only failed for days, and tell its people. Nothing is lost: it waits."""
    endpoint.paused_at, endpoint.is_paused_by_failure = timezone.now(), True
    endpoint.save(update_fields=["paused_at", "is_paused_by_failure"])
    people = User.objects.people().filter(is_active=True, memberships__suspended_at=None)
    told = people.filter(memberships__organization=endpoint.organization_id).order_by("email").distinct()
    for account in told:
        queue_mail(account.email, "webhook_paused", {"name": endpoint.name, "webhook": endpoint.pk})
    audit.record(
        Action.WEBHOOK_PAUSED,
        actor=None,
        target=endpoint,
        organization_id=endpoint.organization_id,
        after={"because": "it only failed", "since": f"{endpoint.failing_since:%Y-%m-%d %H:%M}"},
    )
