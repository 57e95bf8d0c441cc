"""Suppliers: the list, one supplier with its sites, links and findings, and the forms."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import DeclaredParty, Supplier, SupplyLink
from entities.services import suppliers as service
from entities.views.request import SignedInRequest
from screening.forms.suppliers import LinkForm, ReasonForm, SupplierFilter, SupplierForm
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
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
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
        request, "screening/supplier_form.html", {"section": "supplier-list", "form": form, "customer": None}
    )


@require_safe
def supplier_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One supplier: names and sites, who supplies it and whom it supplies, what was found about it."""
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user), pk=pk)
    is_officer = request.user.is_officer
    links = SupplyLink.objects.visible_to(request.user).filter(withdrawn_at=None)
    links = links.select_related("supplier", "customer", "declared_by")
    shipments = Shipment.objects.visible_to(request.user).filter(parties__party__supplier=supplier).distinct()
    current = Finding.objects.visible_to(request.user).filter(
        supplier=supplier, screening__shipment__latest_screening=F("screening")
    )
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
            "shipments": shipments[:50],
            "findings": current.select_related("screening__shipment", "listing")[:20] if is_officer else [],
            "withdraw_form": ReasonForm(),
            "breadcrumbs": [{"label": "Suppliers", "url": reverse("supplier-list")}, {"label": str(supplier)}],
        },
    )


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_http_methods(["GET", "POST"])
def link_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Declare who supplies this firm."""
    customer = get_object_or_404(Supplier.objects.visible_to(request.user), pk=pk)
    form = LinkForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["declared_for"]
        try:
            supplier = service.add_supplier(form.facts(), organization=owner, actor=request.user)
            service.declare_link(supplier, customer, actor=request.user, declared_by=owner, **form.link())
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("supplier-detail", pk=customer.pk)
    return render(
        request, "screening/supplier_form.html", {"section": "supplier-list", "form": form, "customer": customer}
    )


@permission_required(Act.ADD_SUPPLIER, raise_exception=True)
@require_POST
def link_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a link one declared; the office may take back any."""
    links = SupplyLink.objects.visible_to(request.user)
    if not request.user.is_officer:
        links = links.filter(declared_by__in=request.user.organizations())
    link = get_object_or_404(links, pk=pk)
    form = ReasonForm(request.POST)
    try:
        service.withdraw_link(link, actor=request.user, reason=form.data.get("reason", ""))
    except Refused as refused:
        return render(
            request,
            "screening/link_withdraw.html",
            {"section": "supplier-list", "link": link, "form": form, "refusal": refused.message},
            status=409,
        )
    return redirect("supplier-detail", pk=link.customer_id)
