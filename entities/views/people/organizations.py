"""One organisation, its members and invitations, and who acts for whom."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from entities.domain.errors import Refused
from entities.forms.people import (
    AuthorizationForm,
    OrganizationForm,
)
from entities.models import BrokerAuthorization, Job, Organization
from entities.services import accounts
from entities.views.people.frame import (
    act_page,
    may_manage,
    members_for,
    organizations_for,
    page_of,
    shown,
    trail,
    with_reason,
)
from entities.views.request import SignedInRequest


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
    return act_page(request, form, "Add an importer or broker", submit="Add")


@may_manage
@require_GET
def organization_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One organisation: its members, its open invitations, and who acts for whom."""
    organization = get_object_or_404(organizations_for(request), pk=pk)
    members = members_for(request).filter(organization=organization).order_by("user__person__full_name", "pk")
    open_invitations = organization.invitations.filter(accepted_at=None, expires_at__gt=timezone.now())
    invitations = [shown(row) for row in open_invitations.select_related("invited_by__person").order_by("-pk")]
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
            "breadcrumbs": trail("organization-list", organization.name),
            "page": page_of(request, members),
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
    importers = organizations_for(request).filter(kind=Organization.Kind.IMPORTER)
    importer = get_object_or_404(importers, pk=pk)
    form = AuthorizationForm(request.POST or None, importer=importer, brokers=organizations_for(request))
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
    return act_page(
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
    powers = BrokerAuthorization.objects.filter(importer__in=organizations_for(request), revoked_at=None)
    power = get_object_or_404(powers.select_related("broker", "importer"), pk=pk)

    def revoke(reason: str) -> None:
        accounts.revoke_broker(power, actor=request.user, reason=reason)

    return with_reason(
        request,
        revoke,
        f"Revoke {power.broker} for {power.importer}",
        about=f"Members of {power.broker} no longer see {power.importer} from this moment on. What they sent stays.",
        submit="Revoke",
        done=f"{power.broker} no longer acts for {power.importer}.",
        organization=power.importer,
    )
