"""Shipments: the list, one shipment with its reason first, and the form."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from entities.domain.errors import Refused
from entities.domain.facts import PARTY_FIELDS
from entities.domain.roles import Act
from entities.pages import LongPaginator
from entities.views.request import SignedInRequest
from screening.chain_view import page_of, preview_of
from screening.confidential import caveats_for, coverage_for, findings_for
from screening.doubtful import doubts_in_words
from screening.forms.shipments import LineFormSet, PartyFormSet, ShipmentFilter, ShipmentForm, declared
from screening.line_sources import sources_by_line
from screening.lots_page import lots_of
from screening.models import Case, Finding, ImportBatch, Shipment, ShipmentLine, ShipmentParty
from screening.rescreened import latest_of
from screening.services import shipments as service


@require_safe
def shipment_list(request: SignedInRequest) -> HttpResponse:
    """Every shipment one may see, newest first."""
    form = ShipmentFilter(request.GET or None, user=request.user)
    rows = Shipment.objects.visible_to(request.user).select_related("owner", "latest_screening")
    batch = None
    if form.is_valid():
        rows, batch = _filtered(rows, form.cleaned_data), form.cleaned_data["batch"]
    page = LongPaginator(rows.prefetch_related("lines", "cases"), 50).get_page(request.GET.get("page"))
    rows_shown = [(shipment, _goods(shipment)) for shipment in page.object_list]
    context = {"section": "shipment-list", "form": form, "page": page, "rows": rows_shown, "batch": batch}
    return render(request, "screening/shipment_list.html", context)


@require_safe
def shipment_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One shipment: the outcome and why, how far its chain is known, its facts as declared."""
    rows = Shipment.objects.visible_to(request.user).select_related(
        "owner", "latest_screening__run__list_version", "batch"
    )
    shipment = get_object_or_404(rows, pk=pk)
    screening = shipment.latest_screening
    findings = findings_for(request.user, screening) if screening else []
    coverage = coverage_for(request.user, screening) if screening else []
    # What lots leave open stands with the lots.
    caveats = caveats_for(request.user, screening) if screening else []
    parties = list(shipment.parties.select_related("party__supplier", "line"))
    sources = [part.party.supplier for part in parties if part.role in ShipmentParty.SOURCES]
    lines = list(shipment.lines.all())
    by_line = sources_by_line(shipment, lines, request.user)
    actions = []
    if request.user.has_perm(Act.ADD_SHIPMENT):
        what_if = f"{reverse('what-if')}?like={pk}"
        actions = [
            {"label": "Change", "url": reverse("shipment-edit", args=[pk])},
            {"label": "What if", "url": what_if},
        ]
    return render(
        request,
        "screening/shipment_detail.html",
        {
            "section": "shipment-list",
            "shipment": shipment,
            "screening": screening,
            "state": shipment.outcome if screening else "pending",
            "reason": _reason(shipment, findings, coverage),
            "findings": findings,
            "facts": _facts(shipment),
            "doubts": doubts_in_words(shipment, lines, parties, request.user),
            "actions": actions,
            "coverage": coverage,
            "caveats": [one for one in caveats if not one.startswith("LOTS: ")],
            "lots": lots_of(shipment, request.user),
            "drawing": preview_of(shipment, request.user),
            "chain_url": page_of(shipment),
            "lines": [(line, by_line.get(line.number, [])) for line in lines],
            "has_sources": bool(by_line),
            "unsourced": [number for number, found in by_line.items() if not found],
            "parties": parties,
            "first_supplier": next((supplier for supplier in sources if supplier), None),
            "cases": Case.objects.visible_to(request.user).filter(shipments=shipment),
            "case_url_name": "case-detail" if request.user.is_officer else "importer-case",
            "import_rows": shipment.import_rows.all()[:20],
            "batch": ImportBatch.objects.visible_to(request.user).filter(shipments=shipment).first(),
            "agains": latest_of(shipment, request.user),
            "earlier": shipment.screenings.select_related("run")[1:11],
            "breadcrumbs": [{"label": "Shipments", "url": reverse("shipment-list")}, {"label": shipment.label}],
        },
    )


@permission_required(Act.ADD_SHIPMENT, raise_exception=True)
@require_http_methods(["GET", "POST"])
def shipment_add(request: SignedInRequest) -> HttpResponse:
    """Declare a shipment by hand."""
    return _edit(request, None)


@permission_required(Act.ADD_SHIPMENT, raise_exception=True)
@require_http_methods(["GET", "POST"])
def shipment_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what is declared; the shipment is screened again."""
    return _edit(request, get_object_or_404(Shipment.objects.visible_to(request.user), pk=pk))


def _edit(request: SignedInRequest, shipment: Shipment | None) -> HttpResponse:
    data = _with_more_rows(request) if request.method == "POST" else None
    initial = _initial(shipment) if shipment else {"head": {}, "lines": [], "parties": []}
    head = ShipmentForm(data, user=request.user, initial=initial["head"])
    lines = LineFormSet(data, prefix="line", initial=initial["lines"])
    parties = PartyFormSet(data, prefix="party", initial=initial["parties"])
    is_sent = request.method == "POST" and "add_row" not in request.POST
    if is_sent and all([head.is_valid(), lines.is_valid(), parties.is_valid()]):
        try:
            values = declared(head, lines, parties)
            if shipment is None:
                stored = service.add_shipment(values, owner=head.cleaned_data["owner"], actor=request.user)
            else:
                stored = service.change_shipment(shipment, values, actor=request.user)
        except Refused as refused:
            head.add_error(None, refused.message)
        else:
            return redirect("shipment-detail", pk=stored.pk)
    return render(
        request,
        "screening/shipment_form.html",
        {"section": "shipment-list", "shipment": shipment, "head": head, "lines": lines, "parties": parties},
        status=422 if is_sent else 200,
    )


def _with_more_rows(request: SignedInRequest) -> Any:
    """The posted form, with another empty row where the button for one was pressed (works without a script)."""
    prefix = request.POST.get("add_row")
    if prefix not in {"line", "party"}:
        return request.POST
    data = request.POST.copy()
    data[f"{prefix}-TOTAL_FORMS"] = str(int(str(data[f"{prefix}-TOTAL_FORMS"])) + 1)
    return data


def _initial(shipment: Shipment) -> dict[str, Any]:
    facts = service.snapshot(shipment)
    head = {**facts, "owner": shipment.owner, "containers": ", ".join(facts["containers"])}
    return {
        "head": head,
        "lines": [{**line, "hts_codes": ", ".join(line["hts_codes"])} for line in facts["lines"]],
        "parties": [
            {"role": part["role"], "line_number": part["line"], **{name: part[name] for name in PARTY_FIELDS}}
            for part in facts["parties"]
        ],
    }


def _filtered(rows: Any, values: dict[str, Any]) -> Any:
    if text := values["q"].strip():
        named = Q(party__name__icontains=text) | Q(party__native_name__icontains=text)
        rows = rows.filter(
            Q(entry_number__icontains=text)
            | Q(bill_of_lading__icontains=text)
            | Q(house_bill__icontains=text)
            | Q(reference__icontains=text)
            | Exists(ShipmentLine.objects.filter(shipment=OuterRef("pk"), description__icontains=text))
            | Exists(ShipmentParty.objects.filter(named, shipment=OuterRef("pk")))
        )
    if values["outcome"]:
        rows = rows.filter(outcome=values["outcome"])
    if values.get("owner"):
        rows = rows.filter(owner=values["owner"])
    if values["batch"]:
        rows = rows.filter(batch=values["batch"])
    return rows


def _reason(shipment: Shipment, findings: list[Finding], coverage: list[dict[str, Any]]) -> str:
    """The page's first sentence: the state and why."""
    if shipment.latest_screening is None:
        return "Waiting to be screened."
    lead = next((one for one in findings if one.ground or one.asks_review), None)
    if lead is not None:
        return lead.headline
    unknown = next((line["sentence"] for line in coverage if line["unknown_above_step"] is not None), "")
    if unknown:
        return f"No finding; {unknown[0].lower()}{unknown[1:]}"
    return "No finding; every expected stage of the chain is declared."


def _facts(shipment: Shipment) -> list[dict[str, Any]]:
    rows = [
        ("Importer", shipment.owner.name),
        ("Entry number", shipment.entry_number),
        ("Reference", shipment.reference),
        ("Bill of lading", shipment.bill_of_lading),
        ("House bill", shipment.house_bill),
        ("Carrier, vessel, voyage", ", ".join(filter(None, [shipment.carrier, shipment.vessel, shipment.voyage]))),
        ("From port", shipment.port_of_lading),
        ("To port", shipment.port_of_unlading),
        ("Country of export", shipment.export_country),
        ("Containers", ", ".join(shipment.containers)),
        ("Estimated arrival", shipment.arrives_on),
        ("Date of importation", shipment.imported_on),
    ]
    return [{"label": label, "value": value} for label, value in rows]


def _goods(shipment: Shipment) -> str:
    """The first line in a few words, and how many more there are."""
    lines = list(shipment.lines.all())
    if not lines:
        return ""
    text = " ".join(lines[0].description.split())
    short = f"{text[:80]}…" if len(text) > 81 else text
    return short + (f" and {len(lines) - 1} more" if len(lines) > 1 else "")
