"""People, for managers: who belongs to which organisation, in which role; invitations; powers of attorney."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.forms.people import (
    AuthorizationForm,
    InvitationFilter,
    InvitationForm,
    OrganizationFilter,
    OrganizationForm,
    PeopleFilter,
    ReasonForm,
    RoleForm,
    SamePersonForm,
)
from entities.models import BrokerAuthorization, Invitation, Job, Membership, Organization, User
from entities.services import accounts
from entities.services.accounts import second_factor
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


def _organizations(request: SignedInRequest) -> QuerySet[Organization]:
    return Organization.objects.visible_to(request.user)


def _members(request: SignedInRequest) -> QuerySet[Membership]:
    """Memberships this account may know of, with whether the account has a second factor."""
    devices = TOTPDevice.objects.filter(user=OuterRef("user"), confirmed=True)
    return (
        Membership.objects.filter(organization__in=_organizations(request))
        .select_related("user__person", "organization")
        .annotate(has_second_factor=Exists(devices))
    )


def _page(request: SignedInRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def _order(request: SignedInRequest, orders: dict[str, list[str]], default: str) -> list[str]:
    """The fields to order by, for ``?sort=name`` and ``?sort=-name``."""
    asked = request.GET.get("sort", "")
    first, *rest = orders.get(asked.removeprefix("-"), orders[default])
    return [f"-{first}" if asked.startswith("-") else first, *rest]


def _tabs(current: str) -> list[dict[str, Any]]:
    pages = [("people", "Members"), ("organization-list", "Organisations"), ("invitation-list", "Invitations")]
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in pages]


# --- lists ------------------------------------------------------------------------------------------------------


@may_manage
@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    """Every member of every organisation, to search, filter and page."""
    form = PeopleFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = _members(request)
    for word in asked.get("q", "").split():
        rows = rows.filter(
            Q(user__person__full_name__icontains=word)
            | Q(user__email__icontains=word)
            | Q(organization__name__icontains=word)
        )
    if asked.get("kind"):
        rows = rows.filter(organization__kind=asked["kind"])
    if asked.get("role"):
        rows = rows.filter(role=asked["role"])
    if asked.get("state"):
        rows = rows.filter(suspended_at__isnull=asked["state"] == "active")
    page = _page(request, rows.order_by(*_order(request, MEMBER_ORDERS, "name")))
    return render(
        request,
        "entities/people.html",
        {"filter": PeopleFilter(initial=request.GET.dict()), "page": page, "tabs": _tabs("people"), "sort": "name"},
    )


@may_manage
@require_GET
def organization_list(request: SignedInRequest) -> HttpResponse:
    """The office, importers and brokers."""
    form = OrganizationFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = _organizations(request)
    if asked.get("q"):
        rows = rows.filter(Q(name__icontains=asked["q"]) | Q(importer_number__icontains=asked["q"]))
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    now = timezone.now()
    rows = rows.annotate(
        members=Count("memberships", filter=Q(memberships__suspended_at=None), distinct=True),
        invited=Count(
            "invitations",
            filter=Q(invitations__accepted_at=None, invitations__expires_at__gt=now),
            distinct=True,
        ),
    )
    return render(
        request,
        "entities/organization_list.html",
        {
            "filter": OrganizationFilter(initial=request.GET.dict()),
            "page": _page(request, rows.order_by("name", "pk")),
            "tabs": _tabs("organization-list"),
            "actions": [{"label": "Add an importer or broker", "url": reverse("organization-add"), "primary": True}],
        },
    )


@may_manage
@require_GET
def invitation_list(request: SignedInRequest) -> HttpResponse:
    """Invitations, the open ones first asked for."""
    form = InvitationFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = Invitation.objects.filter(organization__in=_organizations(request))
    rows = rows.select_related("organization", "invited_by__person")
    if asked.get("q"):
        rows = rows.filter(Q(email__icontains=asked["q"]) | Q(organization__name__icontains=asked["q"]))
    now = timezone.now()
    state = asked.get("state") or "open"
    if state == "open":
        rows = rows.filter(accepted_at=None, expires_at__gt=now)
    elif state == "expired":
        rows = rows.filter(accepted_at=None, expires_at__lte=now)
    elif state == "accepted":
        rows = rows.exclude(accepted_at=None)
    page = _page(request, rows.order_by("-created_at", "-pk"))
    return render(
        request,
        "entities/invitation_list.html",
        {
            "filter": InvitationFilter(initial={"state": "open", **request.GET.dict()}),
            "page": page,
            "invitations": [_shown(invitation) for invitation in page],
            "tabs": _tabs("invitation-list"),
        },
    )


def _shown(invitation: Invitation) -> dict[str, Any]:
    """An invitation with the state a manager sees."""
    if invitation.accepted_at:
        state, words = "done", f"Accepted {timezone.localtime(invitation.accepted_at):%-d %b %Y}"
    elif invitation.is_open(timezone.now()):
        state, words = "waiting", f"Open until {timezone.localtime(invitation.expires_at):%-d %b %Y %H:%M}"
    else:
        state, words = "expired", f"Ended {timezone.localtime(invitation.expires_at):%-d %b %Y}"
    return {"invitation": invitation, "state": state, "words": words, "open": state == "waiting"}


# --- organisations ----------------------------------------------------------------------------------------------


@may_manage
@require_http_methods(["GET", "POST"])
def organization_add(request: SignedInRequest) -> HttpResponse:
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organization = accounts.add_organization(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{organization} is added. Invite its first member below.")
            return redirect("organization-detail", pk=organization.pk)
    return _act(request, form, "Add an importer or broker", submit="Add")


@may_manage
@require_GET
def organization_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One organisation: its members, its open invitations, and who acts for whom."""
    organization = get_object_or_404(_organizations(request), pk=pk)
    members = _members(request).filter(organization=organization).order_by("user__person__full_name", "pk")
    open_invitations = organization.invitations.filter(accepted_at=None, expires_at__gt=timezone.now())
    invitations = [_shown(row) for row in open_invitations.select_related("invited_by__person").order_by("-pk")]
    mails = _mails(organization) if invitations else {}
    for row in invitations:
        row["mail"] = mails.get(row["invitation"].pk)
        row["link"] = accounts.invitation_path(row["invitation"]) if settings.DEMO else ""
    powers = BrokerAuthorization.objects.filter(Q(broker=organization) | Q(importer=organization))
    today = timezone.localdate()
    return render(
        request,
        "entities/organization_detail.html",
        {
            "organization": organization,
            "breadcrumbs": _trail("organization-list", organization.name),
            "page": _page(request, members),
            "invitations": invitations,
            "powers": [
                {"power": power, "state": _state_of(power, today), "is_open": _is_open(power, today)}
                for power in powers.select_related("broker", "importer").order_by("-valid_from", "-pk")[:200]
            ],
        },
    )


def _mails(organization: Organization) -> dict[int, Job]:
    """The last mail job of each invitation: a mail that failed must be seen by whoever waits for an answer."""
    jobs = Job.objects.filter(organization=organization, kind="mail", payload__template="invitation").order_by("pk")
    return {job.payload["context"]["invitation"]: job for job in jobs}


def _is_open(power: BrokerAuthorization, today: date) -> bool:
    return power.revoked_at is None and (power.valid_to is None or power.valid_to >= today)


def _state_of(power: BrokerAuthorization, today: date) -> tuple[str, str]:
    if power.revoked_at:
        return "failed", "Revoked"
    if power.valid_from > today:
        return "wait", "Not yet in force"
    if power.valid_to and power.valid_to < today:
        return "none", "Ended"
    return "done", "In force"


@may_manage
@require_http_methods(["GET", "POST"])
def broker_authorize(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put on record that a broker acts for this importer."""
    importers = _organizations(request).filter(kind=Organization.Kind.IMPORTER)
    importer = get_object_or_404(importers, pk=pk)
    form = AuthorizationForm(request.POST or None, importer=importer, brokers=_organizations(request))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            accounts.authorize_broker(
                asked["broker"],
                importer,
                valid_from=asked["valid_from"],
                valid_to=asked["valid_to"],
                actor=request.user,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{asked['broker']} acts for {importer} from {asked['valid_from']:%-d %b %Y}.")
            return redirect("organization-detail", pk=importer.pk)
    return _act(
        request,
        form,
        f"Authorise a broker for {importer}",
        about="While the power of attorney is in force, every member of the broker sees this importer's shipments "
        "and documents and may add to them.",
        submit="Authorise",
        organization=importer,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def broker_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a broker's power of attorney back."""
    powers = BrokerAuthorization.objects.filter(importer__in=_organizations(request), revoked_at=None)
    power = get_object_or_404(powers.select_related("broker", "importer"), pk=pk)

    def revoke(reason: str) -> None:
        accounts.revoke_broker(power, actor=request.user, reason=reason)

    return _with_reason(
        request,
        revoke,
        f"Revoke {power.broker} for {power.importer}",
        about=f"Members of {power.broker} no longer see {power.importer} from this moment on. What they sent stays.",
        submit="Revoke",
        done=f"{power.broker} no longer acts for {power.importer}.",
        organization=power.importer,
    )


# --- invitations ------------------------------------------------------------------------------------------------


@may_manage
@require_http_methods(["GET", "POST"])
def invitation_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite someone to an organisation by mail."""
    organization = get_object_or_404(_organizations(request), pk=pk)
    form = InvitationForm(request.POST or None, organization=organization)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = accounts.invite(organization, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"An invitation is on its way to {invitation.email}.")
            return redirect("organization-detail", pk=organization.pk)
    return _act(
        request,
        form,
        f"Invite someone to {organization}",
        about=f"They get a link by e-mail that works once, for {settings.INVITATION_DAYS} days.",
        submit="Send invitation",
        organization=organization,
    )


@may_invite
@require_POST
def invitation_resend(request: SignedInRequest, pk: int) -> HttpResponse:
    return _on_invitation(request, pk, accounts.send_again, "A new link is on its way to {}; the old one has ended.")


@may_invite
@require_POST
def invitation_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    return _on_invitation(request, pk, accounts.withdraw, "The invitation of {} is withdrawn; its link has ended.")


def _on_invitation(request: SignedInRequest, pk: int, service: Callable[..., Invitation], done: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.filter(organization__in=_organizations(request)), pk=pk)
    try:
        service(invitation, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done.format(invitation.email))
    return redirect("organization-detail", pk=invitation.organization_id)


# --- members and their accounts ---------------------------------------------------------------------------------


def _accounts(request: SignedInRequest) -> QuerySet[User]:
    visible = Membership.objects.filter(organization__in=_organizations(request))
    return User.objects.filter(Exists(visible.filter(user=OuterRef("pk")))).select_related("person")


@may_manage
@require_GET
def account_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One account: where it may act, how it signs in, and which other accounts are the same person's."""
    account = get_object_or_404(_accounts(request), pk=pk)
    person = account.person
    namesakes = _accounts(request).filter(person__full_name__iexact=person.full_name).exclude(person=person)
    return render(
        request,
        "entities/account_detail.html",
        {
            "account": account,
            "breadcrumbs": _trail("people", account.full_name),
            "memberships": account.memberships.select_related("organization").order_by("organization__name"),
            "has_second_factor": second_factor.has_second_factor(account),
            "tokens": account.api_tokens.filter(revoked_at=None),
            "other_accounts": person.accounts.exclude(pk=account.pk).order_by("email"),
            "namesakes": namesakes.order_by("email")[:10],
            "is_own": accounts.same_person(account, request.user),
        },
    )


@may_manage
@require_http_methods(["GET", "POST"])
def member_role(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    membership = get_object_or_404(_members(request), pk=pk)
    form = RoleForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change_role(membership, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"The role of {membership.user.full_name} is changed.")
            return redirect("account-detail", pk=membership.user_id)
    return _act(
        request,
        form,
        f"Change the role of {membership.user.full_name}",
        about=f"Now {membership.get_role_display()} of {membership.organization}. The new role holds at once; "
        "what was recommended or decided stays, and nobody decides their own recommendation in any role.",
        submit="Change role",
        account=membership.user,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def member_suspend(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a member's rights until restored."""
    membership = get_object_or_404(_members(request), pk=pk)

    def suspend(reason: str) -> None:
        accounts.suspend(membership, actor=request.user, reason=reason)

    return _with_reason(
        request,
        suspend,
        f"Suspend {membership.user.full_name}",
        about=f"They lose every right at {membership.organization} at once, open sessions included. Where this is "
        "their only membership, they cannot sign in and their API tokens end. What they did stays on record.",
        submit="Suspend",
        done=f"{membership.user.full_name} is suspended.",
        account=membership.user,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def member_restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a suspended member their rights back."""
    membership = get_object_or_404(_members(request), pk=pk)

    def restore(reason: str) -> None:
        accounts.restore(membership, actor=request.user, reason=reason)

    return _with_reason(
        request,
        restore,
        f"Restore {membership.user.full_name}",
        about=f"They are {membership.get_role_display()} of {membership.organization} again and may sign in. "
        "API tokens stay revoked.",
        submit="Restore",
        danger=False,
        done=f"{membership.user.full_name} is restored.",
        account=membership.user,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def second_factor_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a colleague's second factor away, so that they set up a new one."""
    account = get_object_or_404(_accounts(request), pk=pk)

    def reset(reason: str) -> None:
        second_factor.reset(account, actor=request.user, reason=reason)

    return _with_reason(
        request,
        reset,
        f"Reset the second factor of {account.full_name}",
        about="Make sure that it is really they who ask, by a call or in person: until they set up a new phone, their "
        "password alone signs them in. Their recovery codes end too.",
        submit="Reset second factor",
        done=f"{account.full_name} sets up a new second factor at the next sign-in.",
        account=account,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def same_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """State that another account belongs to the same person."""
    account = get_object_or_404(_accounts(request), pk=pk)
    form = SamePersonForm(request.POST or None, initial={"email": request.GET.get("email", "")})
    if request.method == "POST" and form.is_valid():
        try:
            accounts.declare_same_person(account, form.other, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{account.email} and {form.other.email} are one person's accounts.")
            return redirect("account-detail", pk=account.pk)
    return _act(
        request,
        form,
        f"Another account of {account.full_name}",
        about="Recommendation and decision need two persons, not two accounts. Once stated, no account of this person "
        "may decide what another of them recommended. This cannot be taken back.",
        submit="State that it is the same person",
        danger=True,
        account=account,
    )


# --- the page of an act -----------------------------------------------------------------------------------------


def _with_reason(
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
            return redirect(_back(context))
    return _act(request, form, title, **{"danger": True, **context})


def _act(request: SignedInRequest, form: Form, title: str, **context: Any) -> HttpResponse:
    back = _back(context)
    account, organization = context.get("account"), context.get("organization")
    if account:
        trail = _trail("people", (account.full_name, back), title)
    elif organization:
        trail = _trail("organization-list", (organization.name, back), title)
    else:
        trail = _trail("organization-list", title)
    return render(
        request,
        "entities/people_act.html",
        {"form": form, "title": title, "back_url": back, "breadcrumbs": trail, **context},
    )


def _trail(*steps: str | tuple[str, str]) -> list[dict[str, str]]:
    """Where the page stands below the People pages: the list it belongs to, perhaps a record, then itself."""
    labels = {"people": "People", "organization-list": "Organisations"}
    first, *rest = steps
    trail = [{"label": labels[str(first)], "url": reverse(str(first))}]
    for step in rest:
        trail.append({"label": step, "url": ""} if isinstance(step, str) else {"label": step[0], "url": step[1]})
    return trail


def _back(context: dict[str, Any]) -> str:
    """The page the act was begun from."""
    if account := context.get("account"):
        return reverse("account-detail", args=[account.pk])
    if organization := context.get("organization"):
        return reverse("organization-detail", args=[organization.pk])
    return reverse("organization-list")
