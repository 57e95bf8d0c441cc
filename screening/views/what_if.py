"""What if: planned goods screened before they are bought, and the receipts of such questions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from entities.domain.errors import Refused
from entities.domain.facts import PARTY_FIELDS
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from screening.forms.what_if import BehindFormSet, LineFormSet, PartyFormSet, WhatIfForm, planned
from screening.models import Shipment, WhatIfReceipt
from screening.serializers.what_if import said
from screening.services import what_if
from screening.services.shipments import snapshot

_CRUMB = {"label": "What if", "url": "what-if"}
_FIRST = {"block": 0, "high": 1, "medium": 2, "low": 3, "info": 4}


@permission_required(Act.ADD_SHIPMENT, raise_exception=True)
@require_http_methods(["GET", "POST"])
def what_if_ask(request: SignedInRequest) -> HttpResponse:
    """Ask what a screening would say: of goods written down here, or of a shipment's with another supplier."""
    like = _like(request)
    links = _links_of(like)
    data = _with_more_rows(request) if request.method == "POST" else None
    head = WhatIfForm(data, user=request.user, links=links, initial={"owner": like.owner} if like else None)
    initial = _initial(like)
    lines = LineFormSet(data, prefix="line", initial=initial["lines"])
    parties = PartyFormSet(data, prefix="party", initial=initial["parties"])
    behind = BehindFormSet(data, prefix="behind")
    is_sent = request.method == "POST" and "add_row" not in request.POST
    context: dict[str, Any] = {
        "section": "shipment-list",
        "like": like,
        "head": head,
        "lines": lines,
        "parties": parties,
        "behind": behind,
        "breadcrumbs": [{"label": "Shipments", "url": reverse("shipment-list")}, {"label": _CRUMB["label"]}],
    }
    if is_sent and all([head.is_valid(), lines.is_valid(), parties.is_valid(), behind.is_valid()]):
        shipment, chain = planned(head, lines, parties, behind)
        if behind.is_valid() and not any(form.errors for form in behind.forms):
            try:
                answer = what_if.ask(
                    shipment,
                    chain,
                    without=[link.pk for link in head.cleaned_data.get("without") or ()],
                    owner=head.cleaned_data["owner"],
                    actor=request.user,
                )
            except Refused as refused:
                head.add_error(None, refused.message)
            else:
                receipt = what_if.give_receipt(answer, said(answer), actor=request.user)
                return render(request, "screening/what_if_answer.html", _answered(answer, receipt, shipment, chain))
    return render(request, "screening/what_if_form.html", context, status=422 if is_sent else 200)


@require_safe
def what_if_receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """That a question was asked and answered, to be kept or printed."""
    receipt = get_object_or_404(WhatIfReceipt.objects.visible_to(request.user).select_related("organization"), pk=pk)
    return render(
        request,
        "screening/what_if_receipt.html",
        {
            "section": "shipment-list",
            "receipt": receipt,
            "facts": _receipt_facts(receipt),
            "breadcrumbs": [
                {"label": "What if", "url": reverse("what-if")},
                {"label": "Receipts", "url": reverse("what-if-receipts")},
                {"label": f"Receipt {receipt.pk}"},
            ],
        },
    )


@require_safe
def what_if_receipt_list(request: SignedInRequest) -> HttpResponse:
    """The receipts one may see, the newest first."""
    rows = WhatIfReceipt.objects.visible_to(request.user).select_related("organization", "list_version")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    crumbs = [{"label": "What if", "url": reverse("what-if")}, {"label": "Receipts"}]
    context = {"section": "shipment-list", "page": page, "breadcrumbs": crumbs}
    return render(request, "screening/what_if_receipt_list.html", context)


def _like(request: SignedInRequest) -> Shipment | None:
    """The shipment the plan begins from; 404 where it is not one's own."""
    key = request.GET.get("like", "")
    if not (key.isdigit() and len(key) < 19):
        return None
    rows = Shipment.objects.visible_to(request.user).select_related("owner", "latest_screening")
    return get_object_or_404(rows, pk=int(key))


def _links_of(like: Shipment | None) -> list[int]:
    """The links of its chain as last screened; the form shows those of them one may know."""
    if like is None or like.latest_screening is None:
        return []
    upstream = like.latest_screening.facts.get("upstream", [])
    return sorted({link for party in upstream for link in party["links"] if link > 0})


def _initial(like: Shipment | None) -> dict[str, Any]:
    if like is None:
        return {"lines": [], "parties": []}
    facts = snapshot(like)
    return {
        "lines": [{**line, "hts_codes": ", ".join(line["hts_codes"])} for line in facts["lines"]],
        "parties": [
            {"role": part["role"], "line_number": part["line"], **{name: part[name] for name in PARTY_FIELDS}}
            for part in facts["parties"]
        ],
    }


def _with_more_rows(request: SignedInRequest) -> Any:
    prefix = request.POST.get("add_row")
    if prefix not in {"line", "party", "behind"}:
        return request.POST
    data = request.POST.copy()
    data[f"{prefix}-TOTAL_FORMS"] = str(int(str(data[f"{prefix}-TOTAL_FORMS"])) + 1)
    return data


def _answered(answer: what_if.Answer, receipt: WhatIfReceipt, shipment: Any, chain: Any) -> dict[str, Any]:
    screening = answer.screening
    findings = sorted(answer.findings, key=lambda one: (not one.ground, _FIRST[one.severity]))
    lead = next((one.headline for one in findings if one.ground or one.asks_review), "")
    unknown = next((row["sentence"] for row in screening.coverage if row["unknown_above_step"] is not None), "")
    for number, finding in enumerate(findings, 1):
        finding.pk = -number  # an anchor on the page; it is not stored
    return {
        "section": "shipment-list",
        "state": screening.outcome,
        "reason": lead or f"No finding; {unknown[0].lower()}{unknown[1:]}" if lead or unknown else _ALL_DECLARED,
        "screening": screening,
        "findings": findings,
        "shipment": shipment,
        "chain": chain,
        "receipt": receipt,
        "facts": _receipt_facts(receipt),
        "breadcrumbs": [{"label": "What if", "url": reverse("what-if")}, {"label": "Answer"}],
    }


_ALL_DECLARED = "No finding; every expected stage of the chain is stated."


def _receipt_facts(receipt: WhatIfReceipt) -> list[dict[str, Any]]:
    return [
        {"label": "Receipt", "value": receipt.pk},
        {"label": "Asked by", "value": receipt.asked_by_name, "note": f"for {receipt.organization.name}"},
        {"label": "Asked at", "value": f"{receipt.asked_at:%Y-%m-%d %H:%M:%S} UTC"},
        {"label": "List", "value": receipt.list_version.label},
        {"label": "Orders", "value": receipt.wro_version.label if receipt.wro_version else "none loaded"},
        {
            "label": "Engine and thresholds",
            "value": receipt.engine_version,
            "note": f"thresholds set {receipt.thresholds_id}" if receipt.thresholds_id else "thresholds as shipped",
        },
        {"label": "Digest of the question (SHA-256)", "value": receipt.question_sha256},
        {"label": "Digest of the answer (SHA-256)", "value": receipt.answer_sha256},
    ]
