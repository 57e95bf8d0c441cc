"""Webhooks: the endpoints one looks after, what was sent to them, and what came back."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count, Max, Q, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.domain.errors import Refused
from entities.forms.webhooks import DeliveryFilterForm, NewWebhookForm, SecretForm, WebhookForm
from entities.models import WebhookDelivery, WebhookEndpoint
from entities.pages import LongPaginator
from entities.services import webhooks
from entities.views.api_clients import may_look_after
from entities.views.request import SignedInRequest

PER_PAGE = 50


def _endpoints(request: SignedInRequest) -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.visible_to(request.user).select_related("organization", "created_by__person")


@may_look_after
@require_safe
def webhook_list(request: SignedInRequest) -> HttpResponse:
    """The webhooks one looks after, and how they do."""
    state = WebhookDelivery.State
    rows = _endpoints(request).annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=state.WAITING)),
        dead=Count("deliveries", filter=Q(deliveries__state=state.DEAD)),
        last_at=Max("deliveries__attempts__at"),
    )
    return render(request, "entities/webhook_list.html", {"rows": rows.order_by("ended_at", "organization", "name")})


@never_cache
@may_look_after
@require_http_methods(["GET", "POST"])
def webhook_add(request: SignedInRequest) -> HttpResponse:
    """Name an endpoint; its secret is shown on the answer and never again."""
    form = NewWebhookForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = webhooks.add_endpoint(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return _secret(request, endpoint, secret)
    return _act(request, form, "Add a webhook", "Add")


@may_look_after
@require_safe
def webhook_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One webhook with the log of what was sent to it."""
    endpoint = get_object_or_404(_endpoints(request), pk=pk)
    rows = WebhookDelivery.objects.visible_to(request.user).filter(endpoint=endpoint)
    form = DeliveryFilterForm(request.GET or None)
    if form.is_valid() and form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    page = LongPaginator(rows.select_related("event").prefetch_related("attempts"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    said = {"endpoint": endpoint, "page": page, "filter": form, "breadcrumbs": [_up(), {"label": endpoint.name}]}
    return render(request, "entities/webhook_detail.html", said)


@may_look_after
@require_http_methods(["GET", "POST"])
def webhook_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what an endpoint is called, where it is, or what it is told."""
    endpoint = get_object_or_404(_endpoints(request), pk=pk)
    initial = {"name": endpoint.name, "url": endpoint.url, "kinds": endpoint.kinds}
    form = WebhookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            webhooks.edit_endpoint(endpoint, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "Changed. What waits goes to the new address.")
            return redirect("webhook-detail", pk=pk)
    return _act(request, form, f"Change {endpoint.name}", "Change", endpoint)


@never_cache
@may_look_after
@require_http_methods(["GET", "POST"])
def webhook_rotate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give an endpoint a new secret; it is shown on the answer and never again."""
    endpoint = get_object_or_404(_endpoints(request), pk=pk)
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            secret = webhooks.rotate_secret(endpoint, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            endpoint.refresh_from_db(fields=["before_until"])
            return _secret(request, endpoint, secret)
    return _act(request, form, f"Give {endpoint.name} a new secret", "Make the new secret", endpoint)


@may_look_after
@require_POST
def webhook_test(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a test event."""
    return _done(request, pk, webhooks.send_test, "A test event is on its way. What comes back is shown below.")


@may_look_after
@require_POST
def webhook_pause(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send nothing for now."""
    return _done(request, pk, webhooks.pause, "Paused. What happens meanwhile waits.")


@may_look_after
@require_POST
def webhook_resume(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send again."""
    return _done(request, pk, webhooks.resume, "Resumed. What waited is sent first.")


@may_look_after
@require_POST
def webhook_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send nothing any more."""
    return _done(request, pk, webhooks.end_endpoint, "Ended. Nothing is sent to it any more; its log stays.")


@may_look_after
@require_safe
def delivery_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One delivery: what was sent, and each try with what came back."""
    delivery = get_object_or_404(
        WebhookDelivery.objects.visible_to(request.user).select_related("event", "endpoint"), pk=pk
    )
    endpoint = delivery.endpoint
    crumbs = [
        _up(),
        {"label": endpoint.name, "url": reverse("webhook-detail", args=[endpoint.pk])},
        {"label": delivery.event.name},
    ]
    body = json.dumps(json.loads(delivery.event.body()), indent=2, ensure_ascii=False)
    said = {"delivery": delivery, "endpoint": endpoint, "body": body, "breadcrumbs": crumbs}
    return render(request, "entities/delivery_detail.html", said)


@may_look_after
@require_POST
def delivery_replay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send an event again."""
    delivery = get_object_or_404(WebhookDelivery.objects.visible_to(request.user), pk=pk)
    try:
        webhooks.replay(delivery, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "On its way again, under the same id.")
    return redirect("delivery-detail", pk=pk)


def _done(request: SignedInRequest, pk: int, act: Callable[..., object], words: str) -> HttpResponse:
    endpoint = get_object_or_404(_endpoints(request), pk=pk)
    try:
        act(endpoint, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, words)
    return redirect("webhook-detail", pk=pk)


def _secret(request: SignedInRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    return render(request, "entities/webhook_secret.html", {"endpoint": endpoint, "secret": secret})


def _act(
    request: SignedInRequest, form: Form, title: str, submit: str, endpoint: WebhookEndpoint | None = None
) -> HttpResponse:
    back = reverse("webhook-detail", args=[endpoint.pk]) if endpoint else reverse("webhook-list")
    said = {"form": form, "title": title, "submit": submit, "back": back, "breadcrumbs": [_up(), {"label": title}]}
    return render(request, "entities/webhook_act.html", said)


def _up() -> dict[str, str]:
    return {"label": "Webhooks", "url": reverse("webhook-list")}
