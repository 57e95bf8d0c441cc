"""Suppliers: the list, one supplier with its sites, links and findings, and the forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import DeclaredParty, OwnershipLink, Supplier, SupplyLink
from entities.pages import LongPaginator
from entities.services import ownership
from entities.services import suppliers as service
from entities.services.ownership import owners_of
from entities.views.request import SignedInRequest
from screening.exposed import exposed_rows
from screening.forms.suppliers import LinkForm, OwnershipForm, ReasonForm, StatementForm, SupplierFilter, SupplierForm
from screening.models import Finding, Shipment


@require_safe
def supplier_list(request: SignedInRequest) -> HttpResponse:
    """The suppliers one may see."""
    form = SupplierFilter(request.GET or None)
    rows = Supplier.objects.visible_to(request.user)
    if form.is_valid():
        if text := form.cleaned_data["q"].strip():
            rows = rows.filter(Q(name__icontains=text) | Q(native_name__icontains=text))
        if country := form.cleaned_data["country"].strip():
            rows = rows.filter(country__iexact=country)
    page = LongPaginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "screening/supplier_list.html", {"section": "supplier-list", "form": form, "page": page})


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_http_methods(["GET", "POST"])
def supplier_add(request: SignedInRequest) -> HttpResponse:
    """Declare a supplier."""
    form = SupplierForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            supplier = service.add_supplier(
                form.facts(), organization=form.cleaned_data["declared_for"], actor=request.user
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("supplier-detail", pk=supplier.pk)
    return render(
        request,
        "screening/supplier_form.html",
        {"section": "supplier-list", "form": form, "title": "Declare a supplier"},
        status=422 if form.is_bound else 200,
    )


@require_safe
def supplier_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One supplier: names and sites, who supplies it and whom it supplies, what was found about it."""
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user), pk=pk)
    is_officer = request.user.is_officer
    links = SupplyLink.objects.visible_to(request.user).filter(withdrawn_at=None)
    links = links.select_related("supplier", "customer", "declared_by")
    shipments = Shipment.objects.visible_to(request.user).filter(parties__party__supplier=supplier).distinct()
    current = Finding.objects.visible_to(request.user).current().filter(supplier=supplier)
    both = Q(supplier=supplier) | Q(customer=supplier)
    holdings = OwnershipLink.objects.visible_to(request.user).filter(withdrawn_at=None)
    holdings = holdings.select_related("owner", "owned", "declared_by").order_by("-valid_from", "pk")
    return render(
        request,
        "screening/supplier_detail.html",
        {
            "section": "supplier-list",
            "supplier": supplier,
            # The sites come from every importer's declarations; an outsider sees its own words only.
            "sites": supplier.sites.all() if is_officer else [],
            "declarations": DeclaredParty.objects.visible_to(request.user)
            .filter(supplier=supplier)
            .select_related("organization"),
            "purchases": links.filter(customer=supplier),
            "sales": links.filter(supplier=supplier),
            "disputable": _keys(SupplyLink.objects.disputable_by(request.user).filter(both, is_disputed=False)),
            "withdrawable": _keys(SupplyLink.objects.withdrawable_by(request.user).filter(both)),
            "owners": holdings.filter(owned=supplier),
            "holdings": holdings.filter(owner=supplier),
            "withdrawable_holdings": _keys(
                OwnershipLink.objects.withdrawable_by(request.user).filter(Q(owner=supplier) | Q(owned=supplier))
            ),
            "behind": _owners_further_up(supplier) if is_officer else [],
            "may_correct": is_officer and request.user.has_perm(Act.ADD_SUPPLIER),
            "exposed": exposed_rows(supplier, request.user),
            "shipments": shipments[:50],
            "findings": current.select_related("screening__shipment", "listing")[:20] if is_officer else [],
            "breadcrumbs": [{"label": "Suppliers", "url": reverse("supplier-list")}, {"label": str(supplier)}],
        },
    )


def _keys(rows: QuerySet[Any]) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def _owners_further_up(supplier: Supplier) -> list[dict[str, object]]:
    """The owners behind the direct ones, each with the firms on the way and the share known at least."""
    chains = [chain for chain in owners_of([supplier.pk])[supplier.pk] if chain.steps > 1]
    firms = Supplier.objects.in_bulk({holding.owner for chain in chains for holding in chain.path})
    return [
        {
            "owner": firms[chain.owner],
            "through": [firms[holding.owner] for holding in chain.path[:-1]],
            "share": chain.share_at_least,
        }
        for chain in chains
    ]


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_http_methods(["GET", "POST"])
def link_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Declare who supplies this firm."""
    customer = get_object_or_404(Supplier.objects.visible_to(request.user), pk=pk)
    form = LinkForm(request.POST or None, user=request.user)
    return _declare(
        request,
        form,
        customer,
        lambda supplier: service.declare_link(supplier, customer, actor=request.user, **form.said()),
        {"customer": customer, "title": "Declare who supplies a firm"},
    )


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_http_methods(["GET", "POST"])
def owner_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Declare who owns this firm."""
    owned = get_object_or_404(Supplier.objects.visible_to(request.user), pk=pk)
    form = OwnershipForm(request.POST or None, user=request.user)
    return _declare(
        request,
        form,
        owned,
        lambda owner: ownership.declare_ownership(owner, owned, actor=request.user, **form.said()),
        {"owned": owned, "title": "Declare who owns a firm"},
    )


def _declare(
    request: SignedInRequest,
    form: StatementForm,
    about: Supplier,
    state: Callable[[Supplier], object],
    shown: dict[str, object],
) -> HttpResponse:
    """Declare the firm of the form and state what ties it to the other, both or neither."""
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["declared_for"]
        try:
            with transaction.atomic():
                state(service.add_supplier(form.facts(), organization=owner, actor=request.user))
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("supplier-detail", pk=about.pk)
    context = {"section": "supplier-list", "form": form, **shown}
    return render(request, "screening/supplier_form.html", context, status=422 if form.is_bound else 200)


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_POST
def link_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a link one declared; the office may take back any."""
    link = get_object_or_404(SupplyLink.objects.withdrawable_by(request.user), pk=pk)
    return _act_with_reason(
        request,
        lambda reason: service.withdraw_link(link, actor=request.user, reason=reason),
        {"what": link, "title": "Withdraw a supply link", "submit": "Withdraw", "back": link.customer_id},
    )


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_POST
def link_dispute(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that a link is wrong: one's own, or a public one about a firm one declared; the office any."""
    link = get_object_or_404(SupplyLink.objects.disputable_by(request.user), pk=pk)
    return _act_with_reason(
        request,
        lambda reason: service.dispute_link(link, actor=request.user, reason=reason),
        {"what": link, "title": "Dispute a supply link", "submit": "Dispute", "back": link.customer_id},
    )


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_POST
def ownership_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a holding one declared; the office may take back any."""
    link = get_object_or_404(OwnershipLink.objects.withdrawable_by(request.user), pk=pk)
    return _act_with_reason(
        request,
        lambda reason: ownership.withdraw_ownership(link, actor=request.user, reason=reason),
        {"what": link, "title": "Withdraw a holding", "submit": "Withdraw", "back": link.owned_id},
    )


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_POST
def supplier_aggregate(request: SignedInRequest, pk: int) -> HttpResponse:
    """The office says that a supplier is one firm after all, or a class of firms."""
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user), pk=pk)
    if not request.user.is_officer:
        raise PermissionDenied
    is_aggregate = request.POST.get("is_aggregate") == "yes"
    return _act_with_reason(
        request,
        lambda reason: service.correct_aggregate(
            supplier, is_aggregate=is_aggregate, actor=request.user, reason=reason
        ),
        {
            "what": supplier,
            "title": "A class of firms" if is_aggregate else "One firm",
            "submit": "Save",
            "back": supplier.pk,
            "is_aggregate": "yes" if is_aggregate else "no",
        },
    )


def _act_with_reason(request: SignedInRequest, act: Callable[[str], object], shown: dict[str, Any]) -> HttpResponse:
    """Do what needs a reason; where it is refused, the reason typed stays and the refusal is said."""
    form = ReasonForm(request.POST)
    try:
        act(form.data.get("reason", ""))
    except Refused as refused:
        context = {"section": "supplier-list", "form": form, "refusal": refused.message, **shown}
        return render(request, "screening/link_act.html", context, status=409)
    return redirect("supplier-detail", pk=shown["back"])
