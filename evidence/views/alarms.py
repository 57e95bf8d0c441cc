"""What does not agree in the papers of a case and what is missing; the ledger; an importer's things to mend."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence import alarms_page
from evidence.forms.alarms import AlarmForm, YieldForm
from evidence.models import StatedYield
from evidence.services import alarms, proof_grids
from screening.models import Case
from screening.views.access import look_first, office


@office()
@require_safe
def case_alarms(request: SignedInRequest, pk: int) -> HttpResponse:
    """Contradictions and gaps, the weightiest first; what agrees; what could not be checked."""
    case = _case(request, pk)
    if first := look_first(request, case):
        return first
    page = alarms_page.page_of(case, request.user)
    return render(
        request,
        "evidence/case_alarms.html",
        {
            "section": "desk",
            "case": case,
            "page": page,
            "is_current": proof_grids.current(case, request.user)[1],
            "may_dismiss": request.user.has_perm(Act.ASSESS),
            "breadcrumbs": _breadcrumbs(case, "Contradictions and gaps"),
        },
    )


@office(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def alarm_answer(request: SignedInRequest, pk: int, fingerprint: str) -> HttpResponse:
    """Dismiss an alarm with a reason, or take a dismissal back."""
    case = _case(request, pk)
    if first := look_first(request, case):
        return first
    row = alarms_page.row_of(case, request.user, fingerprint)
    if row is None:
        raise Http404
    form = AlarmForm(request.POST or None)
    dismiss = row.dismissal is None
    if request.method == "POST" and form.is_valid():
        try:
            alarms.answer_alarm(
                case, fingerprint, is_dismissed=dismiss, reason=form.cleaned_data["reason"], actor=request.user
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "It is dismissed, with your reason." if dismiss else "It is an alarm again.")
            return redirect("case-alarms", pk=pk)
    return render(
        request,
        "evidence/alarm_answer.html",
        {
            "section": "desk",
            "case": case,
            "row": row,
            "form": form,
            "dismiss": dismiss,
            "back": reverse("case-alarms", args=[pk]),
            "breadcrumbs": _breadcrumbs(case, "Contradictions and gaps", reverse("case-alarms", args=[pk])),
        },
        status=422 if form.is_bound else 200,
    )


@office()
@require_safe
def case_ledger(request: SignedInRequest, pk: int) -> HttpResponse:
    """Inputs, the range of the yield, outputs and the gap, in figures."""
    case = _case(request, pk)
    if first := look_first(request, case):
        return first
    return render(
        request,
        "evidence/case_ledger.html",
        {
            "section": "desk",
            "case": case,
            "is_current": proof_grids.current(case, request.user)[1],
            "parts": alarms_page.ledger_of(case, request.user),
            "stated": StatedYield.objects.visible_to(request.user).filter(case=case).select_related("author__person"),
            "may_state": request.user.has_perm(Act.ASSESS),
            "breadcrumbs": _breadcrumbs(case, "Ledger"),
        },
    )


@office(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def yield_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set the range of a process for this case, with its source."""
    case = _case(request, pk)
    form = YieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            alarms.state_yield(case, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The range is on record. The ledger is worked out anew.")
            return redirect("case-ledger", pk=pk)
    return render(
        request,
        "evidence/yield_state.html",
        {
            "section": "desk",
            "case": case,
            "form": form,
            "back": reverse("case-ledger", args=[pk]),
            "breadcrumbs": _breadcrumbs(case, "Ledger", reverse("case-ledger", args=[pk])),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def importer_mend(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the importer can mend in its own papers before the office looks at them."""
    case = _case(request, pk)
    if request.user.is_officer:
        return redirect("case-alarms", pk=pk)
    return render(
        request,
        "evidence/importer_mend.html",
        {
            "section": "importer-home",
            "case": case,
            "page": alarms_page.page_of(case, request.user),
            "is_current": proof_grids.current(case, request.user)[1],
            "is_open": case.stage != Case.Stage.CLOSED,
            "breadcrumbs": [
                {"label": "To do", "url": reverse("importer-home")},
                {"label": f"Case {case.number}", "url": reverse("importer-case", args=[case.pk])},
                {"label": "What to mend"},
            ],
        },
    )


def _case(request: SignedInRequest, pk: int) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)


def _breadcrumbs(case: Case, last: str, url: str = "") -> list[dict[str, str]]:
    return [
        {"label": "Desk", "url": reverse("desk")},
        {"label": case.number, "url": reverse("case-detail", args=[case.pk])},
        {"label": last} | ({"url": url} if url else {}),
    ]
