"""Telling programs what happened: events, written in the transaction of what they tell of.

Whoever writes one holds the end of the audit trail until the transaction ends (``audit.at_the_head``), as every act
does. So events get their numbers one transaction after the other and become visible in the order of their numbers: a
reader that has come up to a number can never miss a lower one that is committed later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from entities import audit
from entities.domain.events import EVENTS, EventKind
from entities.models import BrokerAuthorization, Event, WebhookEndpoint
from entities.services import jobs

BATCH = 1000


@dataclass(frozen=True, slots=True)
class News:
    """An event to be told: its kind, the key of what it is about, whose it is (None: everybody's), what it says."""

    kind: EventKind
    key: int | str
    organization: int | None
    data: dict[str, Any]


def tell(news: Iterable[News]) -> list[Event]:
    """Write events, and have them sent to the webhook endpoints that are told of them.

    Call it late in a service, beside ``audit.record``: like that, it keeps others waiting until the transaction ends.
    Among acts recorded together the events are written at their end, and have no number before.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event belongs in the transaction of what it tells of.")
    rows = [_row(one) for one in news]
    if not rows:
        return []
    endpoints = _endpoints({one.organization_id for one in rows})

    def write() -> None:
        Event.objects.bulk_create(rows, batch_size=BATCH)
        for endpoint in endpoints:
            send_soon(endpoint)  # after the events: who sends them waits for the head, and finds them then

    audit.at_the_head(write)
    return rows


def send_soon(endpoint: int) -> None:
    """Have a worker send what waits for an endpoint."""
    jobs.enqueue("deliver", {"endpoint": endpoint}, dedupe_key=f"endpoint {endpoint}")


def _row(news: News) -> Event:
    about = EVENTS[news.kind]
    if news.data.keys() != about.data.keys():
        raise ValueError(f"{news.kind} says {sorted(about.data)}, not {sorted(news.data)}")
    return Event(
        kind=news.kind, organization_id=news.organization, subject=about.address.format(news.key), data=news.data
    )


def _endpoints(organizations: set[int | None]) -> list[int]:
    """The endpoints that are told what these organisations are, and their brokers; all, where everybody is told."""
    rows = WebhookEndpoint.objects.open()
    if None not in organizations:
        acting = BrokerAuthorization.objects.in_force(timezone.localdate()).filter(importer__in=organizations)
        rows = rows.filter(Q(organization__in=organizations) | Q(organization__in=acting.values("broker")))
    return list(rows.values_list("pk", flat=True))
