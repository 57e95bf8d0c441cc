"""What the pages of people share: whose rows they show, tabs and trails, and the page of an act with its reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.forms.people import ReasonForm
from entities.models import Invitation, Membership, Organization, User
from entities.views.request import SignedInRequest

PAGE_SIZE = 50
MEMBER_ORDERS = {
    "name": ["user__person__full_name", "user__email"],
    "organization": ["organization__name", "user__person__full_name"],
    "role": ["role", "user__person__full_name"],
    "signed_in": ["user__last_login", "pk"],
}

may_manage = permission_required(Act.MANAGE_PEOPLE, raise_exception=True)
may_invite = permission_required(Act.INVITE_IMPORTER, raise_exception=True)


def organizations_for(request: SignedInRequest) -> QuerySet[Organization]:
    """Those one may know of. Whoever looks after people looks after those of sandboxes too."""
    if request.user.has_perm(Act.MANAGE_PEOPLE):
        return Organization.objects.all()
    return Organization.objects.visible_to(request.user)


def members_for(request: SignedInRequest) -> QuerySet[Membership]:
    """Memberships this account may know of, with whether the account has a second factor."""
    devices = TOTPDevice.objects.filter(user=OuterRef("user"), confirmed=True)
    return (
        Membership.objects.filter(organization__in=organizations_for(request))
        .select_related("user__person", "organization")
        .annotate(has_second_factor=Exists(devices))
    )


def page_of(request: SignedInRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def order_of(request: SignedInRequest, orders: dict[str, list[str]], default: str) -> list[str]:
    """The fields to order by, for ``?sort=name`` and ``?sort=-name``."""
    asked = request.GET.get("sort", "")
    first, *rest = orders.get(asked.removeprefix("-"), orders[default])
    return [f"-{first}" if asked.startswith("-") else first, *rest]


def tabs(current: str) -> list[dict[str, Any]]:
    pages = [("people", "Members"), ("organization-list", "Organisations"), ("invitation-list", "Invitations")]
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in pages]


def shown(invitation: Invitation) -> dict[str, Any]:
    """An invitation with the state a manager sees."""
    if invitation.accepted_at:
        state, words = "done", f"Accepted {timezone.localtime(invitation.accepted_at):%-d %b %Y}"
    elif invitation.is_open(timezone.now()):
        state, words = "waiting", f"Open until {timezone.localtime(invitation.expires_at):%-d %b %Y %H:%M}"
    else:
        state, words = "expired", f"Ended {timezone.localtime(invitation.expires_at):%-d %b %Y}"
    return {"invitation": invitation, "state": state, "words": words, "open": state == "waiting"}


def accounts_for(request: SignedInRequest) -> QuerySet[User]:
    visible = Membership.objects.filter(organization__in=organizations_for(request))
    return User.objects.filter(Exists(visible.filter(user=OuterRef("pk")))).select_related("person")


def with_reason(
    request: SignedInRequest, service: Callable[[str], None], title: str, *, done: str, **context: Any
) -> HttpResponse:
    """A page that says what an act means and asks why; then the act."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect(back_of(context))
    return act_page(request, form, title, **{"danger": True, **context})


def act_page(request: SignedInRequest, form: Form, title: str, **context: Any) -> HttpResponse:
    back = back_of(context)
    account, organization = context.get("account"), context.get("organization")
    if account:
        breadcrumbs = trail("people", (account.full_name, back), title)
    elif organization:
        breadcrumbs = trail("organization-list", (organization.name, back), title)
    else:
        breadcrumbs = trail("organization-list", title)
    return render(
        request,
        "entities/people_act.html",
        {"form": form, "title": title, "back_url": back, "breadcrumbs": breadcrumbs, **context},
    )


def trail(*steps: str | tuple[str, str]) -> list[dict[str, str]]:
    """Where the page stands below the People pages: the list it belongs to, perhaps a record, then itself."""
    labels = {"people": "People", "organization-list": "Organisations"}
    first, *rest = steps
    made = [{"label": labels[str(first)], "url": reverse(str(first))}]
    for step in rest:
        made.append({"label": step, "url": ""} if isinstance(step, str) else {"label": step[0], "url": step[1]})
    return made


def back_of(context: dict[str, Any]) -> str:
    """The page the act was begun from."""
    if account := context.get("account"):
        return reverse("account-detail", args=[account.pk])
    if organization := context.get("organization"):
        return reverse("organization-detail", args=[organization.pk])
    return reverse("organization-list")
