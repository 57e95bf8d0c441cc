"""Lots of a shipment in the browser: steps of production claimed and taken back, and EPCIS documents."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Act
from entities.models import Organization
from entities.services import suppliers
from entities.views.request import SignedInRequest
from screening.domain.lots import Lot
from screening.forms.suppliers import ReasonForm
from screening.forms.traces import DocumentForm, InputFormSet, OutputFormSet, TieForm, TraceForm, filled, mark_faults
from screening.lots_page import MOST_SHOWN, OUTCOMES, firms_about, summary_of
from screening.models import LotDocument, LotTrace, Shipment
from screening.readers.epcis import MAX_BYTES
from screening.reference import commodity_stages
from screening.services import epcis, traces


@permission_required(Act.ADD_SHIPMENT, raise_exception=True)
@require_http_methods(["GET", "POST"])
def lot_trace_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Claim a step of production with its lots."""
    shipment = get_object_or_404(Shipment.objects.visible_to(request.user).select_related("owner"), pk=pk)
    data = _with_more_rows(request) if request.method == "POST" else None
    lines = list(shipment.lines.values_list("number", flat=True))
    firms = firms_about(shipment, request.user)
    known = {"firms": firms, "lines": lines}
    head = TraceForm(data, shipment=shipment, user=request.user, firms=firms)
    inputs = InputFormSet(data, prefix="input", form_kwargs=known)
    outputs = OutputFormSet(data, prefix="output", form_kwargs=known)
    is_sent = request.method == "POST" and "add_row" not in request.POST
    is_valid = is_sent and all([head.is_valid(), inputs.is_valid(), outputs.is_valid()])
    if is_valid:
        went_in, came_out = filled(inputs), filled(outputs)
        if whole := mark_faults(went_in, came_out, lines):
            head.add_error(None, whole)
        if not (head.errors or any(form.errors for form in (*went_in, *came_out))):
            try:
                _declare(request, shipment, head, went_in, came_out)
            except Refused as refused:
                head.add_error(None, refused.message)
            else:
                return redirect(f"{reverse('shipment-detail', args=[pk])}#lots")
    if is_sent and any(form.errors for form in (*inputs.forms, *outputs.forms)):
        head.add_error(None, "A lot below needs a correction.")
    context = {
        "section": "shipment-list",
        "shipment": shipment,
        "head": head,
        "inputs": inputs,
        "outputs": outputs,
        "stages": list(dict.fromkeys(stage.name for rows in commodity_stages().values() for stage in rows)),
        "breadcrumbs": _way_to(shipment, "Add a step of production"),
    }
    return render(request, "screening/lot_form.html", context, status=422 if is_sent else 200)


@permission_required(Act.ADD_SHIPMENT, raise_exception=True)
@require_POST
def lot_trace_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a step one may speak of."""
    trace = get_object_or_404(LotTrace.objects.visible_to(request.user).select_related("shipment", "maker"), pk=pk)
    form = ReasonForm(request.POST)
    try:
        traces.withdraw_trace(trace, actor=request.user, reason=form.data.get("reason", ""))
    except Refused as refused:
        return render(
            request,
            "screening/lot_withdraw.html",
            {"section": "shipment-list", "trace": trace, "form": form, "refusal": refused.message},
            status=409,
        )
    return redirect(f"{reverse('shipment-detail', args=[trace.shipment_id])}#lots")


@permission_required(Act.ADD_SHIPMENT, raise_exception=True)
@require_http_methods(["GET", "POST"])
def lot_document_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send an EPCIS document for a shipment."""
    shipment = get_object_or_404(Shipment.objects.visible_to(request.user).select_related("owner"), pk=pk)
    form = DocumentForm(
        request.POST or None,
        request.FILES or None,
        shipment=shipment,
        user=request.user,
        lines=list(shipment.lines.values_list("number", flat=True)),
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            document = epcis.receive_document(
                shipment,
                file.read(MAX_BYTES + 1),
                name=file.name,
                actor=request.user,
                declared_by=form.declared_by(),
                line_number=form.cleaned_data["line_number"],
            )
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            return redirect("lot-document-detail", pk=document.pk)
    return render(
        request,
        "screening/lot_document_form.html",
        {
            "section": "shipment-list",
            "shipment": shipment,
            "form": form,
            "breadcrumbs": _way_to(shipment, "Send an EPCIS document"),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_safe
def lot_document_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What became of each event of a document, what was not understood, and who is who in it."""
    document = get_object_or_404(_documents(request), pk=pk)
    return _show(request, document, _tie_form(request, document))


@permission_required(Act.ADD_SHIPMENT, raise_exception=True)
@require_POST
def lot_document_tie(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which suppliers the places of a document are; its events are taken up again."""
    document = get_object_or_404(_documents(request), pk=pk)
    form = _tie_form(request, document, request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                named = {
                    key: suppliers.add_supplier(facts, organization=document.declared_by, actor=request.user)
                    for key, facts in form.named().items()
                }
                epcis.tie_places(
                    document,
                    {**form.chosen(), **named},
                    actor=request.user,
                    line_number=form.cleaned_data["line_number"],
                )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("lot-document-detail", pk=pk)
    return _show(request, document, form, status=422)


@require_safe
def lot_document_download(request: SignedInRequest, pk: int) -> FileResponse:
    """The document as it came."""
    document = get_object_or_404(_documents(request), pk=pk)
    return FileResponse(
        document.file.open("rb"), as_attachment=True, filename=document.name, content_type="application/json"
    )


def _declare(request: SignedInRequest, shipment: Shipment, head: TraceForm, went_in: Any, came_out: Any) -> None:
    declared_by = head.declared_by()
    with transaction.atomic():
        maker = head.cleaned_data["maker"]
        if new := head.new_maker():
            maker = suppliers.add_supplier(new, organization=declared_by, actor=request.user)
        traces.declare_trace(
            shipment,
            maker=maker,
            inputs=[_input(request, form, declared_by) for form in went_in],
            outputs=[form.as_lot() for form in came_out],
            made_on=head.cleaned_data["made_on"],
            process=head.cleaned_data["process"],
            paper=head.cleaned_data["paper"],
            actor=request.user,
            declared_by=declared_by,
        )


def _input(request: SignedInRequest, form: Any, declared_by: Organization) -> Lot:
    lot: Lot = form.as_lot()
    supplier = form.cleaned_data["supplier"]
    if name := form.cleaned_data["supplier_name"]:
        facts = PartyFacts(name=name)
        supplier = suppliers.add_supplier(facts, organization=declared_by, actor=request.user)
    return Lot(lot.lot, lot.goods, "", lot.quantity, lot.unit, supplier.pk if supplier else None)


def _with_more_rows(request: SignedInRequest) -> Any:
    """The posted form, with another empty row where the button for one was pressed (works without a script)."""
    prefix = request.POST.get("add_row")
    count = str(request.POST.get(f"{prefix}-TOTAL_FORMS", ""))
    if prefix not in {"input", "output"} or not count.isdigit():
        return request.POST
    data = request.POST.copy()
    data[f"{prefix}-TOTAL_FORMS"] = str(min(int(count) + 1, 500))
    return data


def _documents(request: SignedInRequest) -> Any:
    return LotDocument.objects.visible_to(request.user).select_related(
        "shipment__owner", "shipment__latest_screening", "declared_by", "uploaded_by__person"
    )


def _tie_form(request: SignedInRequest, document: LotDocument, data: Any = None) -> TieForm:
    return TieForm(
        data,
        identifiers=document.identifiers,
        known=epcis.ties_of(document.declared_by, document.identifiers),
        firms=firms_about(document.shipment, request.user),
        lines=list(document.shipment.lines.values_list("number", flat=True)),
        initial={"line_number": document.line_number},
    )


def _show(request: SignedInRequest, document: LotDocument, form: TieForm, status: int = 200) -> HttpResponse:
    known = epcis.ties_of(document.declared_by, document.identifiers)
    untied = [identifier for identifier in document.identifiers if identifier not in known]
    problems = [one for one in document.remarks if one["is_problem"] and one["code"] != "untied"]
    notes = [one for one in document.remarks if not one["is_problem"]]
    return render(
        request,
        "screening/lot_document_detail.html",
        {
            "section": "shipment-list",
            "document": document,
            "shipment": document.shipment,
            "summary": summary_of(document),
            "untied": untied,
            "tied": [(identifier, known.get(identifier)) for identifier in document.identifiers],
            "form": form,
            "may_tie": request.user.has_perm(Act.ADD_SHIPMENT),
            "events": [
                {**event, "outcome_words": OUTCOMES[event["outcome"]]} for event in document.events[:MOST_SHOWN]
            ],
            "problems": problems[:MOST_SHOWN],
            "notes": notes[:MOST_SHOWN],
            "more": {
                "events": len(document.events) - MOST_SHOWN,
                "problems": len(problems) - MOST_SHOWN,
                "notes": len(notes) - MOST_SHOWN,
            },
            "facts": [
                {"label": "Shipment", "value": document.shipment.label, "url": _lots_url(document.shipment)},
                {"label": "Said by", "value": document.declared_by.name},
                {"label": "Sent by", "value": document.uploaded_by.full_name if document.uploaded_by else "operator"},
                {"label": "Size", "value": f"{document.size:,} bytes"},
                {"label": "SHA-256", "value": document.sha256},
                {
                    "label": "The last lots are",
                    "value": f"line {document.line_number}" if document.line_number else "",
                },
            ],
            "breadcrumbs": _way_to(document.shipment, document.name),
        },
        status=status,
    )


def _lots_url(shipment: Shipment) -> str:
    return f"{reverse('shipment-detail', args=[shipment.pk])}#lots"


def _way_to(shipment: Shipment, label: str) -> list[dict[str, str]]:
    return [
        {"label": "Shipments", "url": reverse("shipment-list")},
        {"label": shipment.label, "url": reverse("shipment-detail", args=[shipment.pk])},
        {"label": label},
    ]
