"""The importer's own look at what its papers prove, before the office judges."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from entities.views.request import SignedInRequest
from evidence import proof_to_do as to_do
from evidence.services import proof_grids
from screening.models import Case


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
            "breadcrumbs": [
                {"label": "To do", "url": reverse("importer-home")},
                {"label": f"Case {case.number}", "url": reverse("importer-case", args=[case.pk])},
                {"label": "What your papers prove"},
            ],
        },
    )
