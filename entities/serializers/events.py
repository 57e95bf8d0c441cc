"""Events as programs read them, webhook endpoints, and the log of what was sent."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.api_fields import ModelSerializer, Moment, StrictSerializer, Words
from entities.domain.events import EventKind
from entities.models import Event, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from entities.serializers.owner import OfOrganizationInput
from entities.services.webhooks.endpoints import KINDS, MOST_OVERLAP_HOURS

SECRET_HELP = "Verify deliveries with it. Null where an Idempotency-Key has the answer given again: make a new one."


class EventSerializer(serializers.Serializer[Event]):
    """Something that happened. The same event always has the same id, in the feed and in every delivery."""

    id = serializers.RegexField("^evt_[0-9]{1,18}$", help_text="Tells whether you were told before.")
    kind = serializers.ChoiceField([kind.value for kind in EventKind])
    at = Moment()
    organization = serializers.IntegerField(
        allow_null=True,
        help_text="Whose it is; null: everybody's. GET /api/v1/me/ names those you act for.",
    )
    subject = serializers.CharField(help_text="The address to read more at.")
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="By kind of event: see the webhooks of the schema."
    )

    def to_representation(self, instance: Event) -> dict[str, Any]:
        return instance.told()


class WebhookSerializer(ModelSerializer[WebhookEndpoint]):
    """An address that events are posted to."""

    state = serializers.ChoiceField(["active", "failing", "paused", "ended"])
    kinds = serializers.ListField(child=serializers.ChoiceField(KINDS), help_text="Empty: every kind.")

    class Meta:
        model = WebhookEndpoint
        fields = [
            *("id", "organization", "name", "url", "kinds", "state", "failing_since", "paused_at"),
            *("is_paused_by_failure", "before_until", "created_at", "ended_at"),
        ]
        read_only_fields = fields


class WebhookSecretSerializer(serializers.Serializer[Any]):
    """A new secret. It is shown this once."""

    secret = serializers.RegexField("^whsec_[A-Za-z0-9+/=]{44}$", allow_null=True, help_text=SECRET_HELP)


class WebhookAnswer(WebhookSerializer):
    """A new endpoint, with its secret; that is shown this once."""

    secret = serializers.RegexField("^whsec_[A-Za-z0-9+/=]{44}$", allow_null=True, help_text=SECRET_HELP)

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]
        read_only_fields = fields


class WebhookChange(StrictSerializer):
    """What an endpoint is called, where it is, and what it is told."""

    name = Words(max_length=80)
    url = Words(max_length=500, help_text="An https address on the public internet.")
    kinds = serializers.ListField(
        child=serializers.ChoiceField(KINDS), default=list, max_length=len(KINDS), help_text="Empty: every kind."
    )


class WebhookInput(OfOrganizationInput, WebhookChange):
    """A new endpoint."""


class RotationInput(StrictSerializer):
    """For how long deliveries are signed with the old secret too."""

    overlap_hours = serializers.IntegerField(min_value=0, max_value=MOST_OVERLAP_HOURS, default=24)


class AttemptSerializer(ModelSerializer[WebhookAttempt]):
    """One try, and what came of it."""

    class Meta:
        model = WebhookAttempt
        fields = ["at", "seconds", "status", "problem"]
        read_only_fields = fields


class DeliverySerializer(ModelSerializer[WebhookDelivery]):
    """An event on its way to an endpoint, with every try."""

    event = EventSerializer()
    attempts = AttemptSerializer(many=True)

    class Meta:
        model = WebhookDelivery
        fields = ["id", "endpoint", "state", "tries", "next_at", "created_at", "event", "attempts"]
        read_only_fields = fields
