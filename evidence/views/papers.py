"""The papers within a file: looked at, set right by a reviewer, and named as versions of each other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from entities.views.request import SignedInRequest
from evidence.forms.papers import FieldAddForm, FieldCorrectionForm, PaperSetForm, ReplacesForm
from evidence.models import Document, Paper, PaperField
from evidence.papers_shown import KINDS_OF_REPLACEMENT, field_label, shown, shown_papers, type_label
from evidence.services import access, corrections, versions


def may_correct(user: User) -> bool:
    return user.is_officer and user.has_perm(Act.ASSESS)


def section_of(document: Document, user: User) -> dict[str, Any]:
    """What the page of a file shows of its papers and versions."""
    papers = shown_papers(document)
    replaced = versions.replaced_by_it(document)
    visible = Document.objects.visible_to(user)
    if replaced is not None and not visible.filter(pk=replaced.pk).exists():
        replaced = None
    comparison = versions.comparison(document, replaced) if replaced else None
    tone, label, meaning = KINDS_OF_REPLACEMENT[comparison.kind] if comparison else ("", "", "")
    return {
        "papers": papers,
        "may_correct": may_correct(user) and document.state != Document.State.QUEUED,
        "set_form": PaperSetForm(initial={"first_page": 1, "last_page": max(document.page_count, 1)}),
        "replaced": replaced,
        "replacement": {"tone": tone, "label": label, "meaning": meaning},
        "differences": [(field_label(one.name), one) for one in comparison.differences] if comparison else [],
        "replaced_by": [one for one in versions.replacements_of(document) if visible.filter(pk=one.pk).exists()],
        "alike": versions.alike(document, visible.values("pk")),
        "replaces_form": _replaces_form(document, user, replaced) if user.has_perm(Act.UPLOAD_DOCUMENT) else None,
    }


def _replaces_form(document: Document, user: User, replaced: Document | None) -> ReplacesForm:
    return ReplacesForm(initial={"replaces": replaced}, files=_others(document, user))


def _others(document: Document, user: User) -> Any:
    rows = Document.objects.visible_to(user).filter(organization=document.organization_id)
    return rows.exclude(pk=document.pk).exclude(state=Document.State.REFUSED)


@require_http_methods(["GET", "POST"])
def paper_detail(request: SignedInRequest, pk: int, paper: int) -> HttpResponse:
    """One paper with all its fields and lines; a reviewer sets right its pages, its type and any field."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("organization"), pk=pk)
    row = get_object_or_404(document.papers.select_related("author", "document"), pk=paper)
    if request.method == "POST" and not may_correct(request.user):
        raise PermissionDenied
    corrected = _field_of(row, request.GET.get("correct", ""))
    form = _form(request, row, corrected)
    if request.method == "POST" and form.is_valid():
        try:
            corrections.correct_field(row, actor=request.user, corrects=corrected, **{"name": "", **form.cleaned_data})
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "Kept. What stood there before stays on record beside it.")
            return redirect("paper-detail", pk=pk, paper=paper)
    access.record_view(document, actor=request.user, page=row.first_page)
    return render(
        request,
        "evidence/paper_detail.html",
        {
            "section": "document-list",
            "document": document,
            "paper": shown([row])[0],
            "corrected": corrected,
            "corrected_label": field_label(corrected.name) if corrected else "",
            "may_correct": may_correct(request.user) and row.superseded_at is None,
            "form": form,
            "set_form": PaperSetForm(
                initial={
                    "first_page": row.first_page, "last_page": row.last_page, "type_code": row.type,
                    "is_blank_form": row.is_blank_form,
                }
            ),
            "title": type_label(row.type),
            "breadcrumbs": [
                {"label": "Documents", "url": reverse("document-list")},
                {"label": document.file_name, "url": reverse("document-detail", args=[pk])},
                {"label": type_label(row.type)},
            ],
        },
    )  # fmt: skip


def _field_of(paper: Paper, key: str) -> PaperField | None:
    """The field that is to be corrected, where it still stands."""
    if not key.isdecimal():
        return None
    return PaperField.objects.filter(paper=paper, pk=int(key[:18]), replaced_by=None).first()


def _form(request: SignedInRequest, paper: Paper, corrected: PaperField | None) -> FieldCorrectionForm:
    data = request.POST or None
    if corrected is None:
        return FieldAddForm(data, initial={"page": paper.first_page})
    initial = {"value": corrected.value, "unit": corrected.unit, "page": corrected.page_number}
    return FieldCorrectionForm(data, initial=initial)


@permission_required(Act.ASSESS, raise_exception=True)
@require_POST
def paper_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """A reviewer says which pages are one paper, and of which type."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    form = PaperSetForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("paper", "Give the first and the last page, the type, and say why.")
        row = corrections.set_paper(document, actor=request.user, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(f"{reverse('document-detail', args=[pk])}#papers")
    messages.success(request, "Kept. Its fields were read anew; how the file was divided before stays on record.")
    return redirect("paper-detail", pk=pk, paper=row.pk)


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_POST
def document_replaces(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which file this one replaces."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    form = ReplacesForm(request.POST, files=_others(document, request.user))
    try:
        if not form.is_valid():
            raise Refused("replaces", "Choose one of the files in the list.")
        versions.name_replaced(
            document, form.cleaned_data["replaces"], actor=request.user, reason=form.cleaned_data["reason"]
        )
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "Kept. Both files stay; what differs stands below.")
    return redirect(f"{reverse('document-detail', args=[pk])}#versions")
