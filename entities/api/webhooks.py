"""Webhook endpoints and the log of what was sent to them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.events import EventKind
from entities.domain.roles import Act
from entities.models import WebhookDelivery, WebhookEndpoint
from entities.serializers.events import (
    DeliverySerializer,
    RotationInput,
    WebhookAnswer,
    WebhookChange,
    WebhookInput,
    WebhookSecretSerializer,
    WebhookSerializer,
)
from entities.services import webhooks

_ACTS = ("list", "retrieve", "create", "update", "test", "pause", "resume", "rotate_secret", "end", "replay")


@extend_schema_view(list=extend_schema(summary="List webhooks"), retrieve=extend_schema(summary="One webhook"))
class WebhookViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[WebhookEndpoint]):
    """Addresses of your own that events are posted to, signed. Each delivery happens at least once."""

    queryset = WebhookEndpoint.objects.none()
    serializer_class = WebhookSerializer
    lookup_value_regex = "[0-9]{1,18}"
    acts = dict.fromkeys(_ACTS, Act.MANAGE_API_CLIENTS)

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.visible_to(account(self.request)).order_by("-pk")

    @extend_schema(summary="Name a webhook", request=WebhookInput, responses={201: WebhookAnswer})
    def create(self, request: Request) -> Response:
        """It is told what happens from now on. The answer has the secret; it is shown this once."""
        sent = WebhookInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        endpoint, secret = webhooks.add_endpoint(actor=account(request), **sent.validated_data)
        endpoint.secret = secret  # type: ignore[attr-defined]
        return _shown_once(WebhookAnswer(endpoint).data, status.HTTP_201_CREATED)

    @extend_schema(summary="Change a webhook", request=WebhookChange, responses=WebhookSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Its name, its address, or what it is told."""
        endpoint = self.get_object()
        sent = WebhookChange(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        return self._now(webhooks.edit_endpoint(endpoint, actor=account(request), **sent.validated_data))

    @extend_schema(summary="Send a test event", request=None, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """An event of kind webhook.tested, by the way all others go; what came of it is in the log."""
        delivery = webhooks.send_test(self.get_object(), actor=account(request))
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(summary="Pause a webhook", request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Nothing is sent until it is resumed; what happens meanwhile waits."""
        return self._now(webhooks.pause(self.get_object(), actor=account(request)))

    @extend_schema(summary="Resume a webhook", request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """What waited is sent first."""
        return self._now(webhooks.resume(self.get_object(), actor=account(request)))

    @extend_schema(summary="Give a webhook a new secret", request=RotationInput, responses=WebhookSecretSerializer)
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, pk: str) -> Response:
        """For the hours of overlap every delivery carries a signature of each. The answer has the new secret."""
        endpoint = self.get_object()
        sent = RotationInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        secret = webhooks.rotate_secret(endpoint, actor=account(request), **sent.validated_data)
        return _shown_once({"secret": secret}, status.HTTP_200_OK)

    @extend_schema(summary="End a webhook", request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Nothing is sent to it any more. Its log stays."""
        return self._now(webhooks.end_endpoint(self.get_object(), actor=account(request)))

    def _now(self, endpoint: WebhookEndpoint) -> Response:
        return Response(self.get_serializer(endpoint).data)


def _shown_once(data: dict[str, Any], status_code: int) -> Response:
    """An answer with a secret; what is kept of it, to be given again, is without."""
    response = Response(data, status=status_code, headers={"Cache-Control": "no-store"})
    response.kept = JSONRenderer().render({**data, "secret": None})  # type: ignore[attr-defined]
    return response


KIND_CHOICES = [(kind.value, kind.value) for kind in EventKind]


class DeliveryFilter(django_filters.FilterSet):
    endpoint = django_filters.ModelChoiceFilter(
        queryset=lambda request: WebhookEndpoint.objects.visible_to(request.user), help_text="Id of the webhook."
    )
    state = django_filters.ChoiceFilter(choices=WebhookDelivery.State.choices, help_text="dead: dead letters.")
    kind = django_filters.ChoiceFilter(field_name="event__kind", choices=KIND_CHOICES)


@extend_schema_view(list=extend_schema(summary="List deliveries"), retrieve=extend_schema(summary="One delivery"))
class DeliveryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[WebhookDelivery]):
    """What was sent to webhooks, each try with what came back. ``state=dead`` lists dead letters."""

    queryset = WebhookDelivery.objects.none()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = dict.fromkeys(_ACTS, Act.MANAGE_API_CLIENTS)

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        rows = WebhookDelivery.objects.visible_to(account(self.request))
        return rows.select_related("event").prefetch_related("attempts")

    @extend_schema(summary="Send an event again", request=None, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """A dead letter, or one that was delivered: the same event under the same id."""
        webhooks.replay(self.get_object(), actor=account(request))
        return Response(self.get_serializer(self.get_object()).data, status=status.HTTP_202_ACCEPTED)
