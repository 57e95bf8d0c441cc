"""Files of shipments: sent in, their columns confirmed, and what became of every row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import BoundField
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Job
from entities.views.request import SignedInRequest
from screening.domain.intake.mapping import FIELDS
from screening.domain.intake.tabular import column_letters
from screening.forms.batches import BatchFilter, BatchForm, MappingForm
from screening.handed_back import handed_back
from screening.models import ImportBatch, ImportRow, Shipment
from screening.services import intake

State = ImportBatch.State
_SETTLED = {
    "proposed": "as proposed by the system",
    "remembered": "as confirmed before for this layout",
    "confirmed": "as confirmed for this file",
    "left_out": "left out",
}


# Headings and a row as a file may have them.
_EXAMPLE = [
    {"label": "Entry number", "value": "551-0900201-8"},
    {"label": "Manufacturer", "value": "Example Garment Co. Ltd., 12 Sample Road, Hanoi, Vietnam"},
    {"label": "Goods description", "value": "Cotton T-shirts"},
    {"label": "HTS code", "value": "6109.10.0012"},
    {"label": "Import date", "value": "2026-03-02"},
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
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "screening/batch_list.html",
        {
            "section": "batch-list",
            "form": form,
            "page": page,
            "has_owners": "owner" in form.fields,
            "actions": [{"label": "Upload a file", "url": reverse("batch-add"), "primary": True}],
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


@require_safe
def batch_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One import: how far it is, counts that add up, and each row that was not stored or not all understood."""
    batch = _find(request, pk)
    rejected = batch.rows.filter(state=ImportRow.State.REJECTED).order_by("sheet", "number")
    page = Paginator(rejected, 50).get_page(request.GET.get("page"))
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
            "reason": _reason(batch),
            "progress": _progress(batch) if batch.is_at_work else None,
            "counts": _counts(batch),
            "outcomes": _outcomes(batch),
            "facts": _facts(batch),
            "columns": _columns(batch),
            "rejected": page,
            "rejected_by_sheet": by_sheet,
            "may_import": may_import,
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
    return render(request, "partials/_progress.html", _progress(batch))


@permission_required(Act.IMPORT_SHIPMENTS, raise_exception=True)
@require_http_methods(["GET", "POST"])
def batch_mapping(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm or correct which column holds what, before anything is stored."""
    batch = _find(request, pk)
    if batch.state != State.MAPPING:
        return redirect("batch-detail", pk=pk)
    form = MappingForm(request.POST or None, mapping=batch.mapping)
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
            "layouts": _layouts(batch, form),
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


@require_safe
def batch_rejected(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """The rows of one sheet that were not stored, with the reasons behind them: to correct and send again."""
    batch = _find(request, pk)
    sheet = request.GET.get("sheet", "")
    response = StreamingHttpResponse(handed_back(batch, sheet), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-not-stored.csv"'
    return response


def _find(request: SignedInRequest, pk: int) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(request.user).select_related("organization", "uploaded_by__person", "job")
    return get_object_or_404(rows, pk=pk)


def _reason(batch: ImportBatch) -> str:
    """The page's first sentence: the state and why."""
    if batch.has_stopped:
        done = batch.rows_stored + batch.rows_rejected
        kept = f"{done:,} of {batch.rows_read:,} rows are done and stay so. " if done else ""
        return f"Stopped by a fault on our side. {kept}It can go on where it stood."
    if batch.state == State.READING:
        return "The file is stored unchanged and is being read; nothing of it is stored as shipments yet."
    if batch.state == State.MAPPING:
        return "Nothing is stored yet: say first what the columns hold."
    if batch.state == State.IMPORTING:
        return "The rows are being stored. You can leave this page; the work goes on."
    if batch.state == State.FAILED:
        return f"Not imported. {batch.error}"
    if not batch.rows_rejected:
        return f"All {batch.rows_read:,} rows are stored."
    return f"{batch.rows_read:,} rows read: {batch.rows_stored:,} stored, {batch.rows_rejected:,} not stored."


def _progress(batch: ImportBatch) -> dict[str, Any]:
    job = batch.job
    state = "running" if job is None else job.state
    label = job.progress_note if job is not None else ""
    if state == Job.State.QUEUED:
        label = "for a worker to take it up"
    return {
        "id": "import-progress",
        "url": reverse("batch-progress", args=[batch.pk]),
        "state": state,
        "label": label or "Reading the file",
        "done": job.progress_done if job is not None else batch.rows_stored + batch.rows_rejected,
        "total": job.progress_total if job is not None else batch.rows_read,
    }


def _counts(batch: ImportBatch) -> list[dict[str, Any]]:
    if batch.state not in {State.DONE, State.IMPORTING}:
        return []
    return [
        {"label": "rows read", "count": f"{batch.rows_read:,}"},
        {"label": "stored", "count": f"{batch.rows_stored:,}"},
        {
            "label": "not stored",
            "count": f"{batch.rows_rejected:,}",
            "url": "#rejected" if batch.rows_rejected else "",
        },
        {
            "label": "kinds of warnings",
            "count": f"{len(batch.warnings):,}",
            "url": "#warnings" if batch.warnings else "",
        },
    ]


def _outcomes(batch: ImportBatch) -> list[dict[str, Any]]:
    """The shipments of the import by what screening says of them, each with the list that shows them."""
    found = dict(batch.shipments.values_list("outcome").annotate(count=Count("pk")).order_by())
    base = f"{reverse('shipment-list')}?batch={batch.pk}"
    return [
        {"outcome": value, "label": label, "count": found[value], "url": f"{base}&outcome={value}"}
        for value, label in Shipment.Outcome.choices
        if found.get(value)
    ]


def _facts(batch: ImportBatch) -> list[dict[str, Any]]:
    files = list(batch.files.all())
    uploaded = timezone.localtime(batch.created_at)
    who = batch.uploaded_by.full_name if batch.uploaded_by else "the system's operator"
    facts: list[dict[str, Any]] = [
        {"label": "Importer", "value": batch.organization.name},
        {"label": "Sent", "value": f"{uploaded:%-d %b %Y, %H:%M}", "note": f"by {who}"},
    ]
    if batch.finished_at and batch.state == State.DONE:
        facts.append({"label": "Stored", "value": f"{timezone.localtime(batch.finished_at):%-d %b %Y, %H:%M}"})
    facts += [
        {"label": "File", "value": file.name, "note": f"{max(file.size // 1000, 1):,} kB, SHA-256 {file.sha256}"}
        for file in files
    ]
    return facts


def _columns(batch: ImportBatch) -> list[dict[str, Any]]:
    """How the columns of each layout were read, for whoever wonders afterwards."""
    if batch.state in {State.READING, State.MAPPING} or not batch.mapping:
        return []
    by = batch.mapping.get("confirmed_by", "")
    shown = []
    for key, layout in batch.mapping["layouts"].items():
        if not layout["columns"]:
            continue
        mapping = layout["mapping"]
        shown.append(
            {
                "sheets": _sheet_words(batch, key),
                "settled": _SETTLED[layout["source"]] + (f" by {by}" if layout["source"] == "confirmed" else ""),
                "pairs": [
                    (header, FIELDS[mapping[str(index)]].label if str(index) in mapping else "")
                    for index, header in enumerate(layout["headers"])
                ],
            }
        )
    return shown


def _layouts(batch: ImportBatch, form: MappingForm) -> list[dict[str, Any]]:
    """What the page shows of each layout: its sheets, and each column with its samples and what it is taken for."""
    shown = []
    for number, key in enumerate(form.layouts):
        layout = batch.mapping["layouts"][key]
        sheets = [sheet for sheet in batch.mapping["sheets"] if sheet["layout"] == key]
        columns = [_column(layout, column, form.column(number, column["index"])) for column in layout["columns"]]
        shown.append(
            {
                "sheets": _sheet_words(batch, key),
                "rows": sum(sheet["rows"] for sheet in sheets),
                "header_row": sheets[0]["header_row"],
                "remembered": layout["source"] == "remembered",
                "remembered_on": layout["remembered_on"],
                "doubts": layout["doubts"],
                "leave_out": form.leave_out(number),
                "used": [column for column in columns if column["is_used"]],
                "unused": [column for column in columns if not column["is_used"]],
            }
        )
    return shown


def _column(layout: dict[str, Any], column: dict[str, Any], field: BoundField) -> dict[str, Any]:
    set_to = field.value() or ""
    return {
        "letters": column_letters(column["index"]),
        "header": layout["headers"][column["index"]],
        "samples": column["samples"],
        "proposed": FIELDS[column["field"]].label if column["field"] else "",
        "is_as_proposed": set_to == column["field"],
        "is_used": bool(set_to or column["field"]),
        "confidence": column["confidence"],
        "reason": column["reason"],
        "field": field,
    }


def _sheet_words(batch: ImportBatch, layout: str) -> str:
    labels = [sheet["label"] or sheet["file"] for sheet in batch.mapping["sheets"] if sheet["layout"] == layout]
    return ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")
