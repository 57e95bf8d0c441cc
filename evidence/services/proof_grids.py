"""The proof grid of a case: worked out from its papers as laid on the chain, kept, and read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from evidence import reference
from evidence.domain import grid
from evidence.domain.asking import asked_at
from evidence.domain.laid import ChainStep, Laid, Placement
from evidence.domain.papers import CasePaper
from evidence.domain.tie_values import Value, Ways
from evidence.domain.ties import Tie, ties_of
from evidence.models import (
    AlarmDismissal,
    ChosenCommodity,
    Document,
    Exhibit,
    Page,
    Paper,
    PaperField,
    PaperPlacement,
    ProofGrid,
    StatedYield,
    Translation,
)
from evidence.services import alarms
from evidence.services.asking import ask_for_check
from evidence.services.laying import lay_out
from screening.confidential import Office, Owner, Reader
from screening.models import Case, Letter

ON_RECORD = {"SYS_OUTPUT_LOT": "Lots on record", "SYS_HTS": "Tariff numbers on record"}
LAYOUT = 1  # raised when what is kept changes its shape: kept grids are then worked out anew
MOST_VALUES = 12  # places a tie names on either side
Content = dict[str, Any]
EMPTY: Content = {"steps": [], "cells": {}, "ties": [], "papers": {}}


def store(
    case: Case,
    laid: Laid,
    for_importer: Laid,
    *,
    basis: str,
    contradicted: Mapping[int, Sequence[str]] | None = None,
    told: Mapping[int, Sequence[str]] | None = None,
) -> ProofGrid:
    """Work out the grid and keep it: as the office knows the chain, and as the importer does.

    ``contradicted``: by paper what does not agree beside the ties; ``told``: as far as the importer may know of it.
    """
    content = content_of(laid, contradicted or {}) | {
        "basis": basis,
        "importer": content_of(for_importer, told or {}),
    }
    row, _ = ProofGrid.objects.update_or_create(case=case, defaults={"content": content, "checked_at": timezone.now()})
    return row


def current(case: Case, reader: Reader) -> tuple[Content, bool]:
    """The grid of a case as the reader may know it, and whether it rests on what is on record now; where not, a
    worker is asked for another. Where nothing was sent yet it is worked out on the spot: there is nothing to read.
    """
    kept = ProofGrid.objects.filter(case=case).first()
    if kept is None and not Exhibit.objects.filter(case=case).exists():
        eyes = Office.of(case) if reader.is_officer else Owner(case.importer_id)
        return content_of(lay_out(case, eyes), {}), True
    content = kept.content if kept else {}
    is_current = content.get("basis") == basis_of(case)
    if not is_current:
        ask_for_check([case.pk])
    return (content if reader.is_officer else content.get("importer", EMPTY)) or EMPTY, is_current


def basis_of(case: Case) -> str:
    """What the grid of a case rests on, as a digest: another one says that it must be worked out anew."""
    documents = Exhibit.objects.filter(case=case).values("document")
    papers = Paper.objects.standing().filter(document__in=documents)
    said = {
        "layout": LAYOUT,
        "screenings": sorted(case.shipments.values_list("latest_screening", flat=True), key=str),
        "pages": Page.objects.filter(document__in=documents).aggregate(last=Max("pk"), count=Count("pk")),
        "papers": papers.aggregate(last=Max("pk"), count=Count("pk")),
        "access": list(Document.objects.filter(pk__in=documents).order_by("pk").values_list("pk", "access")),
        "fields": PaperField.objects.filter(paper__in=papers).aggregate(last=Max("pk")),
        "translated": Translation.objects.filter(original__in=documents).aggregate(last=Max("pk")),
        "placed": PaperPlacement.objects.filter(case=case).aggregate(last=Max("pk")),
        "goods": ChosenCommodity.objects.filter(case=case).aggregate(last=Max("pk")),
        "dismissed": AlarmDismissal.objects.filter(case=case).aggregate(last=Max("pk")),
        "yields": StatedYield.objects.filter(case=case).aggregate(last=Max("pk")),
        "exception": Letter.objects.filter(case=case, kind="exception_request").exists(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def content_of(laid: Laid, contradicted: Mapping[int, Sequence[str]]) -> Content:
    """The grid in the shape it is kept in."""
    asked = {one.key: asked_at(one, laid, reference.requirements(), reference.conditions()) for one in laid.steps}
    holding = {key: tuple(one.requirement for one in rows if one.holds != "no") for key, rows in asked.items()}
    ties = ties_of(laid, holding, ways_of(laid), reference.stands_for())
    families = reference.families()
    types = reference.document_types()
    words = grid.Words(
        {code: one.label for code, one in types.items()} | ON_RECORD,
        {code: one.family for code, one in types.items()},
    )
    cells = grid.cells_of(
        laid,
        asked,
        ties,
        contradicted,
        families=[one.code for one in families],
        words=words,
        stands_for=reference.stands_for(),
    )
    found: dict[str, dict[str, Any]] = {}
    for cell in cells:
        found.setdefault(cell.step, {})[cell.family] = _cell(cell, words)
    return {
        "steps": [_step(one) for one in laid.steps],
        "cells": found,
        "ties": [_tie(one, words) for one in ties],
        "papers": {str(one.key): _paper(one, laid.placed.get(one.key, Placement()), words) for one in laid.papers},
    }


def ways_of(laid: Laid) -> Ways:
    """How papers are compared: fields, limits, units, and who is whom on this chain."""
    return Ways(
        fields=reference.tie_fields(),
        roles=reference.roles_of_sale(),
        forward=reference.dates_forward(),
        within=reference.tie_limits(),
        tolerances={**alarms.tolerances(), "exact": Decimal(0)},
        units=reference.units(),
        same_party=laid.same_party,
        contained=reference.contained_lots(),
        families={code: one.family for code, one in reference.document_types().items()},
    )


def _step(step: ChainStep) -> Content:
    return {
        "key": step.key,
        "label": step.label,
        "name": step.name,
        "native_name": step.native_name,
        "stage": step.stage,
        "number": step.number,
        "commodity": step.commodity,
        "country": step.country,
        "step": step.step,
        "is_gap": step.is_gap,
        "supplies": list(step.supplies),
    }


def _cell(cell: grid.Cell, words: grid.Words) -> Content:
    return {
        "state": cell.state.value,
        "reasons": list(cell.reasons),
        "items": [_item(one, words) for one in cell.items],
        "papers": [{"paper": one.paper.key, "problems": list(one.problems)} for one in cell.papers],
        "ties": list(cell.ties),
    }


def _item(item: grid.Item, words: grid.Words) -> Content:
    row = item.asked.requirement
    return {
        "type": row.type,
        "label": words.label(row.type),
        "purpose": row.purpose,
        "source": row.source,
        "condition": row.condition,
        "holds": item.asked.holds,
        "state": item.state.value,
        "papers": [one.paper.key for one in item.papers],
    }


def _tie(tie: Tie, words: grid.Words) -> Content:
    return {
        "step": tie.step,
        "other": tie.other,
        "pair": [words.label(one) for one in tie.pair],
        "field": tie.field,
        "state": tie.state,
        "words": tie.words,
        "basis": tie.basis,
        "rule": tie.rule,
        "source": tie.source,
        "papers": list(tie.papers),
        "left": [_value(one) for one in tie.left[:MOST_VALUES]],
        "right": [_value(one) for one in tie.right[:MOST_VALUES]],
    }


def _value(value: Value) -> Content:
    place = value.read.place
    box = place.box
    return {
        "paper": value.paper.key,
        "exhibit": value.paper.exhibit,
        "title": value.paper.title,
        "page": place.page,
        "box": [box.left, box.top, box.right, box.bottom] if box else None,
        "cell": place.cell,
        "text": " ".join(filter(None, (value.text, value.read.unit if value.read.unit not in value.text else ""))),
    }


def _paper(paper: CasePaper, placement: Placement, words: grid.Words) -> Content:
    return {
        "exhibit": paper.exhibit,
        "title": paper.title,
        "file_name": paper.file_name,
        "type": words.label(paper.paper.type) if paper.paper.type else "",
        "first_page": paper.paper.first_page,
        "last_page": paper.paper.last_page,
        "is_blank_form": paper.paper.is_blank_form,
        "steps": list(placement.steps),
        "why": list(placement.why),
        "is_sure": placement.is_sure,
        "by": placement.by,
    }
