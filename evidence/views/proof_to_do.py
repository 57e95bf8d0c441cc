"""The importer's own look at what its papers prove, before the office judges."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from entities.domain.errors import Refused
from entities.views.request import SignedInRequest
from evidence import proof_to_do as to_do
from evidence.services import proof_grids, reuse
from screening.domain.letters.catalogue import KINDS
from screening.models import Case
from screening.services import letters
from screening.views.access import look_first


@require_safe
def importer_proof(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step by step of the importer's chain: what is missing and why it is asked, what to mend, what is there."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    if request.user.is_officer:
        return redirect("case-proof-grid", pk=pk)
    content, is_current = proof_grids.current(case, request.user)
    steps = to_do.steps_of(content)
    return render(
        request,
        "evidence/importer_proof.html",
        {
            "section": "importer-home",
            "case": case,
            "is_current": is_current,
            "steps": steps,
            "sentence": to_do.sentence_of(steps),
            "clashes": to_do.clashes_of(content),
            "unplaced": to_do.unplaced_of(content),
            "is_open": case.stage != Case.Stage.CLOSED,
            "decided_before": reuse.decided_before(case, request.user),
            "may_report": letters.may_draft(request.user, KINDS[reuse.REPORT]),
            "breadcrumbs": [
                {"label": "To do", "url": reverse("importer-home")},
                {"label": f"Case {case.number}", "url": reverse("importer-case", args=[case.pk])},
                {"label": "What your papers prove"},
            ],
        },
    )


@require_POST
def identical_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft the report that the chain is the one of a case decided before; a person edits and sends it."""
    rows = Case.objects.visible_to(request.user).select_related("importer")
    case = get_object_or_404(rows, pk=pk)
    if first := look_first(request, case):
        return first
    if not letters.may_draft(request.user, KINDS[reuse.REPORT]):
        raise PermissionDenied
    back = "case-proof-grid" if request.user.is_officer else "importer-proof"
    number = request.POST.get("prior", "")
    try:
        prior = rows.filter(number=number).first()
        if prior is None:
            raise Refused("no_such_case", "Choose the case that was decided before.")
        draft = reuse.draft_report(case, prior, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back, pk=pk)
    messages.success(request, "The report is drafted from the record. Check it, then send it.")
    return redirect("letter-draft", pk=draft.pk)
