"""What programs are told: events, the webhook endpoints they go to, and how each delivery went.

Events are rows of their own beside the change feed. A ``Change`` is work for us, taken up and done with, about firms
and lists that belong to nobody; an event is a statement to one organisation that stays as it was written.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from django.db import models
from django.utils import timezone

from entities.domain.roles import Act
from entities.models.account import Organization, in_environment_of


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Any) -> EventQuerySet:
        """All for the office; others those of the organisations they see, and those that are for everybody."""
        if not user.is_authenticated:
            return self.none()
        return self.to(user.organizations())

    def to(self, organizations: models.QuerySet[Organization]) -> EventQuerySet:
        """What these organisations are told, and what everybody is."""
        return self.filter(models.Q(organization=None) | models.Q(organization__in=organizations))


class Event(models.Model):
    """Something that happened, told to an organisation and the brokers that act for it; without one, to everybody.

    Its number grows in the order in which transactions are committed (``entities.services.events``), so whoever has
    read up to a number has missed nothing below it.
    """

    kind = models.CharField(max_length=30, help_text="Of entities.domain.events.")
    organization = models.ForeignKey(
        "entities.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=120, help_text="The address of the API to read more at.")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["organization", "id"], name="event_by_organization")]

    def __str__(self) -> str:
        return f"{self.name} {self.kind}"

    @property
    def name(self) -> str:
        """By which a program tells that it was told before."""
        return f"evt_{self.pk}"

    def told(self) -> dict[str, Any]:
        """The event as it is told, by webhook and in the feed alike."""
        return {
            "id": self.name,
            "kind": self.kind,
            "at": self.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "organization": self.organization_id,
            "subject": self.subject,
            "data": self.data,
        }

    def body(self) -> bytes:
        """What is sent and signed: the same bytes each time."""
        return json.dumps(self.told(), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def visible_to(self, user: Any) -> WebhookEndpointQuerySet:
        """Those of one's own organisation; all for whoever in the office looks after programs."""
        if not user.is_authenticated or not user.has_perm(Act.MANAGE_API_CLIENTS):
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "organization"))
        return self.filter(organization__in=[one.organization_id for one in user.active_memberships])

    def open(self) -> WebhookEndpointQuerySet:
        """Those to which events go now."""
        return self.filter(ended_at=None, paused_at=None, organization__is_active=True)


class WebhookEndpoint(models.Model):
    """An address of an importer's or a broker's own to which its events are posted, signed.

    What is kept of a secret is a salt: the key is made of it and this system's own key, so the table alone signs
    nothing.
    """

    organization = models.ForeignKey("entities.Organization", on_delete=models.PROTECT, related_name="webhooks")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list, blank=True, help_text="Kinds of events it is told; empty: all.")
    salt = models.CharField(max_length=64)
    salt_before = models.CharField(max_length=64, blank=True)
    before_until = models.DateTimeField(null=True, blank=True, help_text="Until then the secret before signs too.")
    told_up_to = models.BigIntegerField(default=0, help_text="Number of the last event put in line for it.")
    failing_since = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    is_paused_by_failure = models.BooleanField(default=False)
    created_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name} of {self.organization}"

    @property
    def state(self) -> str:
        if self.ended_at is not None:
            return "ended"
        if self.paused_at is not None:
            return "paused"
        return "failing" if self.failing_since is not None else "active"


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def visible_to(self, user: Any) -> WebhookDeliveryQuerySet:
        return self.filter(endpoint__in=WebhookEndpoint.objects.visible_to(user))

    def due(self, now: Any) -> WebhookDeliveryQuerySet:
        return self.filter(state=WebhookDelivery.State.WAITING, next_at__lte=now)


class WebhookDelivery(models.Model):
    """An event on its way to an endpoint: until the receiver has answered with 2xx, or no further try follows."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        DEAD = "dead", "Given up"

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Since it was put in line, or put there again.")
    next_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once")]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="delivery_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint} ({self.state})"

    @property
    def last_attempt(self) -> WebhookAttempt | None:
        """The try made last, of those that are read already where they are."""
        return next(reversed(list(self.attempts.all())), None)


class WebhookAttempt(models.Model):
    """One try of a delivery and what came of it. What the receiver wrote is not kept: nobody is to read by us."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField()
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status; none: no answer came.")
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.problem or f"{self.status}"
