"""Files of shipments and of links: sent in, their columns confirmed, and what became of every row."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Supplier
from entities.pages import LongPaginator
from entities.views.request import SignedInRequest
from screening import import_page
from screening.domain.intake.kinds import KINDS, LINKS
from screening.forms.batches import BatchFilter, BatchForm, LinkBatchForm, MappingForm
from screening.handed_back import handed_back
from screening.models import ImportBatch, ImportRow
from screening.services import intake

State = ImportBatch.State
# Headings and a row as a file may have them.
_EXAMPLE = [
    {"label": "Entry number", "value": "551-0900201-8"},
    {"label": "Manufacturer", "value": "Example Garment Co. Ltd., 12 Sample Road, Hanoi, Vietnam"},
    {"label": "Goods description", "value": "Cotton T-shirts"},
    {"label": "HTS code", "value": "6109.10.0012"},
    {"label": "Import date", "value": "2026-03-02"},
]


_LINK_EXAMPLE = [
    {"label": "Supplier", "value": "Example Spinning Co., Ltd."},
    {"label": "Location", "value": "Shandong, CN"},
    {"label": "Customer", "value": "Example Garments JSC"},
    {"label": "Material", "value": "cotton yarn"},
    {"label": "Period", "value": "2024-01 to 2026-06"},
]


@permission_required(Act.IMPORT_SHIPMENTS, raise_exception=True)
@require_safe
def batch_list(request: SignedInRequest) -> HttpResponse:
    """Every import one may see, newest first."""
    form = BatchFilter(request.GET or None, user=request.user)
    rows = ImportBatch.objects.visible_to(request.user).select_related("organization", "uploaded_by__person", "job")
    if form.is_valid():
        if words := form.cleaned_data["q"].strip():
            rows = rows.filter(file_name__icontains=words)
        if state := form.cleaned_data["state"]:
            rows = rows.filter(state=state)
        if owner := form.cleaned_data.get("owner"):
            rows = rows.filter(organization=owner)
    page = LongPaginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "screening/batch_list.html",
        {
            "section": "batch-list",
            "form": form,
            "page": page,
            "has_owners": "owner" in form.fields,
            "actions": [
                {"label": "Upload shipments", "url": reverse("batch-add"), "primary": True},
                {"label": "Upload links between firms", "url": reverse("batch-add-links")},
            ],
        },
    )


@permission_required(Act.IMPORT_SHIPMENTS, raise_exception=True)
@require_http_methods(["GET", "POST"])
def batch_add(request: SignedInRequest) -> HttpResponse:
    """Send a file of shipments, or several that belong together."""
    form = BatchForm(request.POST or None, request.FILES or None, user=request.user)
    earlier = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            batch = intake.receive_files(
                values["files"],
                organization=values["owner"],
                actor=request.user,
                confirm_mapping=values["confirm"],
                again=values["again"],
            )
        except intake.SameFile as same:
            earlier = same.batch
            form.offer_again()
            form.add_error("again", f"{same.message} To do so, choose the file again and tick this box.")
        except Refused as refused:
            form.add_error("files", refused.message)
        else:
            return redirect("batch-detail", pk=batch.pk)
    return render(
        request,
        "screening/batch_add.html",
        {
            "section": "batch-list",
            "form": form,
            "earlier": earlier,
            "example": _EXAMPLE,
            "breadcrumbs": [{"label": "Imports", "url": reverse("batch-list")}, {"label": "Upload"}],
        },
        status=422 if form.is_bound else 200,
    )


@permission_required(Act.IMPORT_SHIPMENTS, raise_exception=True)
@require_http_methods(["GET", "POST"])
def batch_add_links(request: SignedInRequest) -> HttpResponse:
    """Send a file that says who supplies whom, or who owns whom."""
    initial = {"customer": request.GET.get("customer", "")}
    form = LinkBatchForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    earlier = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            batch = intake.receive_files(
                values["files"],
                organization=values["owner"],
                actor=request.user,
                confirm_mapping=values["confirm"],
                again=values["again"],
                kind=LINKS,
                is_public=values.get("is_public", False),
                customer=values["customer"] or intake.customer_named(values.get("customer_name", ""), values["owner"]),
            )
        except intake.SameFile as same:
            earlier = same.batch
            form.offer_again()
            form.add_error("again", f"{same.message} To do so, choose the file again and tick this box.")
        except Refused as refused:
            form.add_error("is_public" if refused.code == "not_the_office" else "files", refused.message)
        else:
            return redirect("batch-detail", pk=batch.pk)
    return render(
        request,
        "screening/batch_add_links.html",
        {
            "section": "batch-list",
            "form": form,
            "earlier": earlier,
            "customer": _customer(request),
            "example": _LINK_EXAMPLE,
            "breadcrumbs": [{"label": "Imports", "url": reverse("batch-list")}, {"label": "Upload links"}],
        },
        status=422 if form.is_bound else 200,
    )


def _customer(request: SignedInRequest) -> Supplier | None:
    """The firm from whose page the upload was opened: who is supplied where a row does not say."""
    wanted = request.POST.get("customer") or request.GET.get("customer") or ""
    return Supplier.objects.visible_to(request.user).filter(pk=int(wanted)).first() if wanted.isdigit() else None


@require_safe
def batch_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One import: how far it is, counts that add up, and each row that was not stored or not all understood."""
    batch = _find(request, pk)
    rejected = batch.rows.filter(state=ImportRow.State.REJECTED).order_by("sheet", "number")
    page = LongPaginator(rejected, 50).get_page(request.GET.get("page"))
    page.object_list = import_page.with_remedies(page.object_list)
    by_sheet = list(rejected.values("sheet").annotate(count=Count("pk")).order_by("sheet"))
    may_import = request.user.has_perm(Act.IMPORT_SHIPMENTS)
    return render(
        request,
        "screening/batch_detail.html",
        {
            "section": "batch-list",
            "batch": batch,
            "state": "failed" if batch.has_stopped else batch.state,
            "state_label": "Stopped by a fault" if batch.has_stopped else batch.get_state_display(),
            "reason": import_page.state_in_words(batch),
            "progress": import_page.progress_of(batch) if batch.is_at_work else None,
            "counts": import_page.counts_of(batch),
            "outcomes": import_page.outcomes_of(batch),
            "recorded": import_page.links_of(batch, request.user) if batch.kind == ImportBatch.Kind.LINKS else None,
            "facts": import_page.facts_of(batch),
            "columns": import_page.columns_read(batch),
            "rejected": page,
            "rejected_by_sheet": by_sheet,
            "may_import": may_import,
            "may_screen": may_import and not batch.is_at_work and batch.left_unscreened().exists(),
            "breadcrumbs": [
                {"label": "Imports", "url": reverse("batch-list") if may_import else ""},
                {"label": batch.file_name},
            ],
        },
    )


@require_safe
def batch_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far an import is: the part of its page that asks again by itself, until there is something else to show."""
    batch = _find(request, pk)
    if request.headers.get("HX-Request") and not batch.is_at_work:
        if batch.state == State.MAPPING and request.user.has_perm(Act.IMPORT_SHIPMENTS):
            return HttpResponseClientRedirect(reverse("batch-mapping", args=[pk]))
        return HttpResponseClientRefresh()
    return render(request, "partials/_progress.html", import_page.progress_of(batch))


@permission_required(Act.IMPORT_SHIPMENTS, raise_exception=True)
@require_http_methods(["GET", "POST"])
def batch_mapping(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm or correct which column holds what, before anything is stored."""
    batch = _find(request, pk)
    if batch.state != State.MAPPING:
        return redirect("batch-detail", pk=pk)
    form = MappingForm(request.POST or None, mapping=batch.mapping, kind=KINDS[batch.kind])
    if request.method == "POST" and form.is_valid():
        try:
            intake.confirm_mapping(batch, form.mappings(), actor=request.user, left_out=form.left_out())
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("batch-detail", pk=pk)
    return render(
        request,
        "screening/batch_mapping.html",
        {
            "section": "batch-list",
            "batch": batch,
            "form": form,
            "layouts": import_page.columns_to_confirm(batch, form),
            "breadcrumbs": [
                {"label": "Imports", "url": reverse("batch-list")},
                {"label": batch.file_name, "url": reverse("batch-detail", args=[pk])},
                {"label": "Columns"},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


@permission_required(Act.IMPORT_SHIPMENTS, raise_exception=True)
@require_POST
def batch_resume(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put an import that a fault has stopped in line again."""
    batch = _find(request, pk)
    try:
        intake.resume_import(batch, actor=request.user)
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect("batch-detail", pk=pk)


@permission_required(Act.IMPORT_SHIPMENTS, raise_exception=True)
@require_POST
def batch_screen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have shipments that were stored only screened."""
    batch = _find(request, pk)
    try:
        asked = intake.ask_to_screen(batch, actor=request.user)
    except Refused as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, f"{asked:,} shipment{'' if asked == 1 else 's'} will be screened in a moment.")
    return redirect("batch-detail", pk=pk)


@require_safe
def batch_rejected(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """The rows of one sheet that were not stored, with the reasons behind them: to correct and send again."""
    batch = _find(request, pk)
    sheet = request.GET.get("sheet", "")
    response = StreamingHttpResponse(handed_back(batch, sheet), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-not-stored.csv"'
    return response


def _find(request: SignedInRequest, pk: int) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(request.user).select_related(
        "organization", "uploaded_by__person", "job", "customer"
    )
    return get_object_or_404(rows, pk=pk)
