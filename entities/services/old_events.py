"""Old events are dropped once a day, the oldest first, and none that a webhook still waits for.

What is left is always the end of the row without a gap: whoever has read up to one of the events kept, or up to a
later one, has missed nothing. The acts that events tell of stay on record (``AuditEvent``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.models import Event, Job, WebhookDelivery, WebhookEndpoint
from entities.services.webhooks.delivering import told_to

BATCH = 1000


def drop_job(job: Job | None = None) -> int:
    """The daily job. Returns how many events were dropped."""
    return drop_events(timezone.now())


def drop_events(now: datetime) -> int:
    """Drop the events told more than ``EVENTS_KEPT_DAYS`` ago that every webhook has; the last of them stays, so
    that the feed knows where it begins."""
    end = _first_kept(now - timedelta(days=settings.EVENTS_KEPT_DAYS))
    dropped = 0
    while some := list(Event.objects.filter(pk__lt=end).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            tried = WebhookDelivery.objects.select_for_update(of=("self",)).filter(event__in=some)
            if any(map(_waits, tried.select_related("endpoint"))):
                break  # somebody had one sent again meanwhile
            WebhookDelivery.objects.filter(event__in=some).delete()
            Event.objects.filter(pk__in=some)._raw_delete("default")
            begins = Event.objects.order_by("pk").first()
            assert begins is not None
            audit.record(
                Action.EVENTS_DROPPED, actor=None, target=begins, after={"count": len(some), "up_to": some[-1]}
            )
        dropped += len(some)
    return dropped


def _waits(delivery: WebhookDelivery) -> bool:
    return delivery.state == WebhookDelivery.State.WAITING and delivery.endpoint.ended_at is None


def _first_kept(limit: datetime) -> int:
    """The number of the first event that stays."""
    numbers = Event.objects.order_by("pk").values_list("pk", flat=True)
    young = numbers.filter(at__gte=limit).first()
    old = numbers if young is None else numbers.filter(pk__lt=young)
    ends = [old.last() or 0]
    waiting = WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING, endpoint__ended_at=None)
    ends += waiting.order_by("event").values_list("event", flat=True)[:1]
    for endpoint in WebhookEndpoint.objects.filter(ended_at=None).select_related("organization"):
        untold = told_to(endpoint).filter(pk__gt=endpoint.told_up_to).order_by("pk")
        ends += untold.values_list("pk", flat=True)[:1]
    return min(ends)
