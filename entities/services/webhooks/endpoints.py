"""Webhook endpoints: named, changed, tested, paused, given a new secret, ended by the members whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.events import EventKind
from entities.domain.webhooks import secret_of
from entities.models import Event, Organization, User, WebhookDelivery, WebhookEndpoint
from entities.services import account_rules as rules
from entities.services.events import News, send_soon, tell
from entities.services.webhooks.addresses import checked
from entities.services.webhooks.keys import key_of, new_salt

MOST_ENDPOINTS = 20
MOST_OVERLAP_HOURS = 7 * 24
KINDS = [kind.value for kind in EventKind if kind != EventKind.WEBHOOK_TESTED]


@transaction.atomic
def add_endpoint(
    organization: Organization, *, name: str, url: str, kinds: Sequence[str] = (), actor: User
) -> tuple[WebhookEndpoint, str]:
    """Name an address that is told what happens from now on, and the secret its deliveries are signed with; the secret
    is shown this once."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    rules.require_client(actor, organization)
    rules.require_active(organization)
    if organization.kind == Organization.Kind.OFFICE:
        raise Refused("the_office", "Webhooks belong to an importer or a broker. The office reads the feed of events.")
    said = _checked(name, url, kinds)
    if organization.webhooks.filter(ended_at=None).count() >= MOST_ENDPOINTS:
        raise Refused("too_many_webhooks", f"{organization} has {MOST_ENDPOINTS} webhooks. End one first.")
    salt = new_salt()
    audit.lock_head()  # every event with a lower number than the last one is known then
    last = Event.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    endpoint = WebhookEndpoint.objects.create(
        organization=organization, salt=salt, told_up_to=last, created_by=actor, **said
    )
    _record(Action.WEBHOOK_ADDED, endpoint, actor, after=said)
    return endpoint, secret_of(key_of(salt))


@transaction.atomic
def edit_endpoint(
    endpoint: WebhookEndpoint, *, name: str, url: str, kinds: Sequence[str] = (), actor: User
) -> WebhookEndpoint:
    """Change what an endpoint is called, where it is, or what it is told. What waits goes to the new address."""
    endpoint = _locked(endpoint, actor)
    before = {field: getattr(endpoint, field) for field in ("name", "url", "kinds")}
    said = _checked(name, url, kinds)
    endpoint.name, endpoint.url, endpoint.kinds = said["name"], said["url"], said["kinds"]
    endpoint.save(update_fields=["name", "url", "kinds"])
    _record(Action.WEBHOOK_EDITED, endpoint, actor, before=before, after=said)
    return endpoint


@transaction.atomic
def rotate_secret(endpoint: WebhookEndpoint, *, overlap_hours: int, actor: User) -> str:
    """A new secret; for the hours in between every delivery is signed with both. It is shown this once."""
    endpoint = _locked(endpoint, actor)
    if not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
        raise Refused("overlap", f"The old secret can sign for 0 to {MOST_OVERLAP_HOURS} hours more.")
    until = timezone.now() + timedelta(hours=overlap_hours) if overlap_hours else None
    endpoint.salt_before = endpoint.salt if until else ""
    endpoint.before_until, endpoint.salt = until, new_salt()
    endpoint.save(update_fields=["salt", "salt_before", "before_until"])
    _record(Action.WEBHOOK_SECRET_ROTATED, endpoint, actor, after={"overlap_hours": overlap_hours})
    return secret_of(key_of(endpoint.salt))


@transaction.atomic
def send_test(endpoint: WebhookEndpoint, *, actor: User) -> WebhookDelivery:
    """Send an event that says nothing else than that it is a test, by the way all others go."""
    endpoint = _locked(endpoint, actor)
    if endpoint.paused_at is not None:
        raise Refused("webhook_paused", f"{endpoint.name} is paused. Resume it first.")
    told = News(EventKind.WEBHOOK_TESTED, endpoint.pk, endpoint.organization_id, {"webhook": endpoint.pk})
    delivery = WebhookDelivery.objects.create(endpoint=endpoint, event=tell([told])[0])
    send_soon(endpoint.pk)
    return delivery


@transaction.atomic
def pause(endpoint: WebhookEndpoint, *, actor: User) -> WebhookEndpoint:
    """Send nothing for now. What happens meanwhile waits."""
    endpoint = _locked(endpoint, actor)
    if endpoint.paused_at is None:
        endpoint.paused_at, endpoint.is_paused_by_failure = timezone.now(), False
        endpoint.save(update_fields=["paused_at", "is_paused_by_failure"])
        _record(Action.WEBHOOK_PAUSED, endpoint, actor)
    return endpoint


@transaction.atomic
def resume(endpoint: WebhookEndpoint, *, actor: User) -> WebhookEndpoint:
    """Send again, first of all what waited."""
    endpoint = _locked(endpoint, actor)
    if endpoint.paused_at is not None:
        endpoint.paused_at, endpoint.is_paused_by_failure, endpoint.failing_since = None, False, None
        endpoint.save(update_fields=["paused_at", "is_paused_by_failure", "failing_since"])
        waiting = endpoint.deliveries.filter(state=WebhookDelivery.State.WAITING)
        waiting.update(next_at=timezone.now())
        _record(Action.WEBHOOK_RESUMED, endpoint, actor)
        send_soon(endpoint.pk)
    return endpoint


@transaction.atomic
def end_endpoint(endpoint: WebhookEndpoint, *, actor: User) -> WebhookEndpoint:
    """Send nothing any more. The log of what was sent stays."""
    endpoint = _locked(endpoint, actor)
    endpoint.ended_at = timezone.now()
    endpoint.save(update_fields=["ended_at"])
    _record(Action.WEBHOOK_ENDED, endpoint, actor)
    return endpoint


def _checked(name: str, url: str, kinds: Sequence[str]) -> dict[str, Any]:
    name, url = " ".join(name.split()), url.strip()
    if not name:
        raise Refused("name_missing", "Name the endpoint after the program that is told.")
    checked(url)
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise Refused("event_kind", f"There are no events {', '.join(unknown)}.")
    return {"name": name, "url": url, "kinds": [kind for kind in KINDS if kind in set(kinds)]}


def _locked(endpoint: WebhookEndpoint, actor: User) -> WebhookEndpoint:
    """The endpoint, locked, where it was not ended and the actor looks after it."""
    rows = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("organization")
    endpoint = rows.get(pk=endpoint.pk)
    rules.require_client(actor, endpoint.organization)
    if endpoint.ended_at is not None:
        raise Refused("webhook_ended", f"{endpoint.name} was ended. Name the address anew.")
    return endpoint


def _record(
    action: Action,
    endpoint: WebhookEndpoint,
    actor: User,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        action,
        actor=actor,
        target=endpoint,
        organization_id=endpoint.organization_id,
        before=before,
        after={"name": endpoint.name, **(after or {})},
    )
