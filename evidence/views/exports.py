"""Exports of a case: asked for, made by a worker, fetched by the office."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from entities import audit
from entities.views.request import SignedInRequest
from evidence.export_file import file_of
from evidence.models import CaseExport
from evidence.services import exports
from screening.models import Case
from screening.views.access import look_first, office


@office()
@require_http_methods(["GET", "POST"])
def case_exports(request: SignedInRequest, pk: int) -> HttpResponse:
    """The exports made of a case, what is being made, and the button that asks for one."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    if first := look_first(request, case):
        return first
    if request.method == "POST":
        exports.ask_for_export(case, actor=request.user, with_notes="with_notes" in request.POST)
        messages.success(request, "The export is being made.")
        return redirect("case-exports", pk=case.pk)
    return render(
        request,
        "evidence/case_exports.html",
        {
            "case": case,
            "exports": CaseExport.objects.visible_to(request.user).filter(case=case).select_related("made_by__person"),
            "job": exports.latest_job(case),
            "head": audit.head(),
        },
    )


@require_GET
def export_download(request: SignedInRequest, pk: int) -> FileResponse:
    """The ZIP as it was made."""
    return file_of(get_object_or_404(CaseExport.objects.visible_to(request.user).exclude(file=""), pk=pk))
