"""What the pages of an import show: its state in words, counts, files, and how its columns are read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.forms import BoundField
from django.urls import reverse
from django.utils import timezone

from config.problems import problem
from entities.models import Job, OwnershipLink, SupplyLink, User
from screening.domain.intake.kinds import KINDS, FileKind
from screening.domain.intake.tabular import column_letters
from screening.forms.batches import MappingForm
from screening.models import ImportBatch, ImportRow, Shipment

State = ImportBatch.State
SHOWN = 100
_SETTLED = {
    "proposed": "as proposed by the system",
    "remembered": "as confirmed before for this layout",
    "confirmed": "as confirmed for this file",
    "left_out": "left out",
}


def state_in_words(batch: ImportBatch) -> str:
    """The page's first sentence: the state and why."""
    if batch.has_stopped:
        done = batch.rows_stored + batch.rows_rejected
        kept = f"{done:,} of {batch.rows_read:,} rows are done and stay so. " if done else ""
        return f"Stopped by a fault on our side. {kept}It can go on where it stood."
    if batch.state == State.READING:
        return "The file is stored unchanged and is being read; nothing of it is stored yet."
    if batch.state == State.MAPPING:
        return "Nothing is stored yet: say first what the columns hold."
    if batch.state == State.IMPORTING:
        return "The rows are being stored. You can leave this page; the work goes on."
    if batch.state == State.FAILED:
        kept = f"Ended after {batch.rows_read:,} rows, {batch.rows_stored:,} of them stored."
        return f"{kept if batch.rows_stored else 'Not imported.'} {batch.error}"
    if not batch.rows_rejected:
        return f"All {batch.rows_read:,} rows are stored."
    return f"{batch.rows_read:,} rows read: {batch.rows_stored:,} stored, {batch.rows_rejected:,} not stored."


def progress_of(batch: ImportBatch) -> dict[str, Any]:
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


def counts_of(batch: ImportBatch) -> list[dict[str, Any]]:
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


def links_of(batch: ImportBatch, user: User) -> dict[str, Any]:
    """What a file of links recorded, in the order of its rows, as far as a page shows it."""
    keys: dict[str, dict[int, None]] = {"link": {}, "ownership": {}}
    for made in batch.rows.exclude(made=[]).order_by("pk").values_list("made", flat=True)[:SHOWN]:
        for one in made:
            if one["kind"] in keys:
                keys[one["kind"]][one["key"]] = None
    links = SupplyLink.objects.visible_to(user).select_related("supplier", "customer").in_bulk(list(keys["link"]))
    held = OwnershipLink.objects.visible_to(user).select_related("owner", "owned").in_bulk(list(keys["ownership"]))
    return {
        "links": [links[key] for key in keys["link"] if key in links][:SHOWN],
        "holdings": [held[key] for key in keys["ownership"] if key in held][:SHOWN],
        "made": batch.made,
    }


def with_remedies(rows: Iterable[ImportRow]) -> list[ImportRow]:
    """Rows that are not stored; what a rule said of one has its remedy in the catalogue of errors."""
    shown = list(rows)
    for row in shown:
        for one in row.problems:
            one["remedy"] = one["remedy"] or (problem(code, 409).remedy if (code := one.get("code")) else "")
    return shown


def outcomes_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """The shipments of the import by what screening says of them, each with the list that shows them."""
    found = dict(batch.shipments.values_list("outcome").annotate(count=Count("pk")).order_by())
    base = f"{reverse('shipment-list')}?batch={batch.pk}"
    return [
        {"outcome": value, "label": label, "count": found[value], "url": f"{base}&outcome={value}"}
        for value, label in Shipment.Outcome.choices
        if found.get(value)
    ]


def facts_of(batch: ImportBatch) -> list[dict[str, Any]]:
    files = list(batch.files.all())
    uploaded = timezone.localtime(batch.created_at)
    who = batch.uploaded_by.full_name if batch.uploaded_by else "the system's operator"
    facts: list[dict[str, Any]] = [
        {"label": "Importer" if batch.kind == ImportBatch.Kind.SHIPMENTS else "Declared for", "value": _whose(batch)},
        {"label": "Sent", "value": f"{uploaded:%-d %b %Y, %H:%M}", "note": f"by {who}"},
    ]
    if batch.customer is not None:
        facts.append({"label": "Customer where none is named", "value": str(batch.customer)})
    if batch.stores_only:
        facts.append({"label": "Screening", "value": "Not asked for when they were sent"})
    if batch.finished_at and batch.state == State.DONE:
        facts.append({"label": "Stored", "value": f"{timezone.localtime(batch.finished_at):%-d %b %Y, %H:%M}"})
    facts += [
        {
            "label": batch.get_form_display() or "File",
            "value": file.name,
            "note": f"{max(file.size // 1000, 1):,} kB, SHA-256 {file.sha256}",
        }
        for file in files
    ]
    return facts


def _whose(batch: ImportBatch) -> str:
    return f"{batch.organization.name}: public statements" if batch.is_public else batch.organization.name


def columns_read(batch: ImportBatch) -> list[dict[str, Any]]:
    """How the columns of each layout were read, for whoever wonders afterwards."""
    if batch.form or batch.state in {State.READING, State.MAPPING} or not batch.mapping:
        return []
    by = batch.mapping.get("confirmed_by", "")
    fields = KINDS[batch.kind].fields
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
                    (header, fields[mapping[str(index)]].label if str(index) in mapping else "")
                    for index, header in enumerate(layout["headers"])
                ],
            }
        )
    return shown


def columns_to_confirm(batch: ImportBatch, form: MappingForm) -> list[dict[str, Any]]:
    """What the page shows of each layout: its sheets, and each column with its samples and what it is taken for."""
    shown = []
    for number, key in enumerate(form.layouts):
        layout = batch.mapping["layouts"][key]
        sheets = [sheet for sheet in batch.mapping["sheets"] if sheet["layout"] == key]
        columns = [
            _column(KINDS[batch.kind], layout, column, form.column(number, column["index"]))
            for column in layout["columns"]
        ]
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


def _column(kind: FileKind, layout: dict[str, Any], column: dict[str, Any], field: BoundField) -> dict[str, Any]:
    set_to = field.value() or ""
    return {
        "letters": column_letters(column["index"]),
        "header": layout["headers"][column["index"]],
        "samples": column["samples"],
        "proposed": kind.fields[column["field"]].label if column["field"] else "",
        "is_as_proposed": set_to == column["field"],
        "is_used": bool(set_to or column["field"]),
        "confidence": column["confidence"],
        "reason": column["reason"],
        "field": field,
    }


def _sheet_words(batch: ImportBatch, layout: str) -> str:
    labels = [sheet["label"] or sheet["file"] for sheet in batch.mapping["sheets"] if sheet["layout"] == layout]
    return ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")
