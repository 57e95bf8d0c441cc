"""The lists: members, organisations, invitations."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from entities.forms.people import (
    InvitationFilter,
    OrganizationFilter,
    PeopleFilter,
)
from entities.models import Invitation
from entities.views.people.frame import (
    MEMBER_ORDERS,
    may_manage,
    members_for,
    order_of,
    organizations_for,
    page_of,
    shown,
    tabs,
)
from entities.views.request import SignedInRequest


@may_manage
@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    """Every member of every organisation, to search, filter and page."""
    form = PeopleFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = members_for(request)
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
    page = page_of(request, rows.order_by(*order_of(request, MEMBER_ORDERS, "name")))
    return render(
        request,
        "entities/people.html",
        {"filter": PeopleFilter(initial=request.GET.dict()), "page": page, "tabs": tabs("people"), "sort": "name"},
    )


@may_manage
@require_GET
def organization_list(request: SignedInRequest) -> HttpResponse:
    """The office, importers and brokers."""
    form = OrganizationFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = organizations_for(request)
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
            "page": page_of(request, rows.order_by("name", "pk")),
            "tabs": tabs("organization-list"),
            "actions": [{"label": "Add an importer or broker", "url": reverse("organization-add"), "primary": True}],
        },
    )


@may_manage
@require_GET
def invitation_list(request: SignedInRequest) -> HttpResponse:
    """Invitations, the open ones first asked for."""
    form = InvitationFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = Invitation.objects.filter(organization__in=organizations_for(request))
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
    page = page_of(request, rows.order_by("-created_at", "-pk"))
    return render(
        request,
        "entities/invitation_list.html",
        {
            "filter": InvitationFilter(initial={"state": "open", **request.GET.dict()}),
            "page": page,
            "invitations": [shown(invitation) for invitation in page],
            "tabs": tabs("invitation-list"),
        },
    )
