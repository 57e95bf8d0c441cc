"""Which column of a batch's sheets holds what: proposed, remembered, or confirmed by a person."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from screening.domain.intake.kinds import KINDS
from screening.domain.intake.mapping import Proposal, doubts, mapping_errors, propose_mapping
from screening.intake_words import vocabulary
from screening.models import ImportBatch, MappingProfile
from screening.services.intake.receiving import put_in_line
from screening.services.intake.sheets import BatchSheet

_SAMPLED = 200
PROPOSED, REMEMBERED, CONFIRMED, PUBLISHED, LEFT_OUT = "proposed", "remembered", "confirmed", "published", "left_out"


def propose(batch: ImportBatch, sheets: list[BatchSheet]) -> dict[str, Any]:
    """What is to be stored as the batch's mapping: its sheets, and each layout once with its columns.

    A layout this organisation confirmed before is read as it was then. The tables of the manifest release are read by
    their published headings. Sheets of one layout share it.
    """
    layouts: dict[str, Any] = {}
    for sheet in sheets:
        key = sheet.table.signature
        if key not in layouts:
            layouts[key] = _published(sheet) if sheet.ams_kind or sheet.has_statements else _layout(batch, sheet)
    return {
        "sheets": [
            {
                "label": sheet.label,
                "file": sheet.file_name,
                "layout": sheet.table.signature,
                "header_row": _header_row(sheet),
                "reason": sheet.table.reason,
                "rows": sheet.row_count,
                "ams": sheet.ams_kind,
            }
            for sheet in sheets
        ],
        "layouts": layouts,
    }


def needs_a_person(mapping: dict[str, Any], *, confirm: bool) -> bool:
    """Whether somebody has to look before rows are stored: asked for, or a layout is in doubt."""
    open_layouts = [one for one in mapping["layouts"].values() if one["source"] in (PROPOSED, REMEMBERED)]
    return bool(open_layouts) if confirm else any(one["doubts"] for one in open_layouts)


@transaction.atomic
def confirm_mapping(
    batch: ImportBatch,
    mappings: Mapping[str, Mapping[int, str]],
    *,
    actor: User,
    left_out: frozenset[str] = frozenset(),
) -> ImportBatch:
    """A person says what each column of each layout holds. It is remembered, and the rows are stored by it.

    ``mappings`` has one entry per layout: {column index: field}. The rows of a layout in ``left_out`` are reported as
    not stored. Raises ``Refused`` where the batch does not wait for it, or a mapping cannot be used.
    """
    if not actor.has_perm(Act.IMPORT_SHIPMENTS):
        raise Refused("may_not_import", "Your role does not import files.")
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != ImportBatch.State.MAPPING:
        raise Refused("not_waiting", "The columns of this import are settled already.")
    layouts = batch.mapping["layouts"]
    to_settle = [key for key, layout in layouts.items() if layout["source"] != PUBLISHED]
    if to_settle and left_out.issuperset(to_settle) and len(to_settle) == len(layouts):
        raise Refused("nothing_left", "At least one sheet must be read.")
    for key in to_settle:
        if key in left_out:
            layouts[key]["source"] = LEFT_OUT
            continue
        _settle(batch, layouts[key], mappings.get(key, {}))
        _remember(batch, key, layouts[key]["mapping"])
    batch.mapping["confirmed_by"] = actor.full_name
    batch.state = ImportBatch.State.IMPORTING
    batch.save(update_fields=["mapping", "state"])
    put_in_line(batch)
    return batch


def _settle(batch: ImportBatch, layout: dict[str, Any], chosen: Mapping[int, str]) -> None:
    kind = KINDS[batch.kind]
    if unknown := [field for field in chosen.values() if field not in kind.fields]:
        raise Refused("unknown_field", f"“{unknown[0]}” is not a field.")
    if errors := mapping_errors(chosen, kind=kind, known=said_with_the_file(batch)):
        raise Refused("mapping", " ".join(errors))
    layout["mapping"] = {str(index): field for index, field in sorted(chosen.items())}
    layout["source"] = CONFIRMED


def said_with_the_file(batch: ImportBatch) -> list[str]:
    """The fields that are the same for every row, and need no column."""
    return ["customer_name"] if batch.customer_id else []


def _remember(batch: ImportBatch, layout: str, mapping: dict[str, str]) -> None:
    MappingProfile.objects.update_or_create(
        organization=batch.organization,
        kind=batch.kind,
        layout=layout,
        defaults={"mapping": mapping, "updated_at": timezone.now()},
    )


def _layout(batch: ImportBatch, sheet: BatchSheet) -> dict[str, Any]:
    sample = [cells for _, cells in islice(sheet.rows(), _SAMPLED)]
    kind = sheet.kind
    proposal = propose_mapping(sheet.table.headers, sample, vocabulary(kind.code), kind)
    remembered = MappingProfile.objects.filter(
        organization=batch.organization, kind=kind.code, layout=sheet.table.signature
    )
    profile = remembered.first()
    has_header = sheet.table.header_row is not None
    in_doubt = doubts(proposal, has_header=has_header, kind=kind, known=said_with_the_file(batch))
    return {
        "headers": list(sheet.table.headers),
        "columns": _columns(proposal),
        "mapping": profile.mapping if profile else proposal.mapping(),
        "source": REMEMBERED if profile else PROPOSED,
        "remembered_on": timezone.localtime(profile.updated_at).date().isoformat() if profile else "",
        "doubts": [] if profile else in_doubt,
    }


def _columns(proposal: Proposal) -> list[dict[str, Any]]:
    return [
        {
            "index": column.index,
            "field": column.field,
            "confidence": column.confidence,
            "reason": column.reason,
            "samples": list(column.samples),
        }
        for column in proposal.columns
    ]


def _published(sheet: BatchSheet) -> dict[str, Any]:
    return {
        "headers": list(sheet.table.headers),
        "columns": [],
        "mapping": {},
        "source": PUBLISHED,
        "remembered_on": "",
        "doubts": [],
    }


def _header_row(sheet: BatchSheet) -> int | None:
    """The header's row as a spreadsheet counts it."""
    if sheet.table.header_row is None:
        return None
    return next(islice(sheet.sheet.rows(), sheet.table.header_row, None))[0]
