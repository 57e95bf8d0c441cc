"""Programs that use the API, and their keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.forms.api_clients import ClientForm, KeyForm, RotateForm
from entities.models import ApiClient, ApiToken, Organization
from entities.services import accounts, api_clients, tokens
from entities.views.request import SignedInRequest

may_look_after = permission_required(Act.MANAGE_API_CLIENTS, raise_exception=True)


def _clients(request: SignedInRequest) -> QuerySet[ApiClient]:
    rows = ApiClient.objects.filter(organization__in=Organization.objects.with_programs_of(request.user))
    return rows.select_related("organization", "account", "created_by__person")


@may_look_after
@require_safe
def api_client_list(request: SignedInRequest) -> HttpResponse:
    """The programs one looks after, with their keys."""
    rows = _clients(request).prefetch_related("account__api_tokens").order_by("closed_at", "organization", "name")
    said = {"rows": rows, "without_sandbox": _without_sandbox(request), "now": timezone.now()}
    return render(request, "entities/api_client_list.html", said)


def _without_sandbox(request: SignedInRequest) -> QuerySet[Organization]:
    """The live organisations of this member that have no sandbox yet."""
    own = Organization.objects.with_member(request.user)
    return own.filter(environment=Organization.Environment.LIVE, sandbox=None)


@may_look_after
@require_POST
def sandbox_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the sandbox of one's own organisation."""
    organization = get_object_or_404(Organization.objects.with_member(request.user), pk=pk)
    try:
        opened = accounts.open_sandbox(organization, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("api-client-list")
    messages.success(request, f"{opened} is open. Add the program that will try it; its keys begin with sb.")
    return redirect(f"{reverse('api-client-add')}?organization={opened.pk}")


@may_look_after
@require_http_methods(["GET", "POST"])
def api_client_add(request: SignedInRequest) -> HttpResponse:
    """Make a program known; of the organisation the address names, where it names one."""
    initial = {"organization": request.GET.get("organization")}
    form = ClientForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            client = api_clients.add_client(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{client.name} is known. Make its first key.")
            return redirect("api-key-add", pk=client.pk)
    return _act(request, form, "Add a program", "Add")


@never_cache
@may_look_after
@require_http_methods(["GET", "POST"])
def api_key_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a key; its secret is shown on the answer and never again."""
    client = get_object_or_404(_clients(request), pk=pk)
    form = KeyForm(request.POST or None)
    return _key(
        request,
        form,
        lambda said: api_clients.make_key(client, actor=request.user, **said),
        f"Make a key of {client.name}",
        "Make the key",
    )


@never_cache
@may_look_after
@require_http_methods(["GET", "POST"])
def api_key_rotate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a new key in place of an old one."""
    key = get_object_or_404(ApiToken.objects.filter(user__api_client__in=_clients(request)), pk=pk)
    form = RotateForm(request.POST or None)
    return _key(
        request,
        form,
        lambda said: api_clients.rotate_key(key, actor=request.user, **said),
        f"Renew the key {key.name} ({key.prefix})",
        "Make the new key",
    )


@may_look_after
@require_POST
def api_key_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a key at once."""
    key = get_object_or_404(ApiToken.objects.filter(user__api_client__in=_clients(request)), pk=pk)
    try:
        tokens.revoke_token(key, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"The key {key.prefix} is revoked; programs that use it are refused from now on.")
    return redirect("api-client-list")


@may_look_after
@require_POST
def api_client_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a program with its keys."""
    client = get_object_or_404(_clients(request), pk=pk)
    try:
        api_clients.close_client(client, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"{client.name} is closed, and its keys with it. What it sent stays.")
    return redirect("api-client-list")


def _key(
    request: SignedInRequest,
    form: Form,
    make: Callable[[dict[str, Any]], tuple[ApiToken, str]],
    title: str,
    submit: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = make(form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            back = reverse("api-client-list")
            return render(request, "entities/token_shown.html", {"token": token, "secret": secret, "back": back})
    return _act(request, form, title, submit)


def _act(request: SignedInRequest, form: Form, title: str, submit: str) -> HttpResponse:
    crumbs = [{"label": "API clients", "url": reverse("api-client-list")}, {"label": title}]
    said = {"form": form, "title": title, "submit": submit, "breadcrumbs": crumbs}
    return render(request, "entities/api_client_act.html", said)
