"""What a person holds of a cell of the proof grid: the machine's proposal confirmed, or another verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from evidence.models import Assessment, Citation, ProofGrid
from evidence.services.assessments import CitedPage, find_page
from screening.models import Case
from screening.services.cases import lock

Cell = dict[str, Any]


@transaction.atomic
def assess_cell(
    case: Case,
    *,
    actor: User,
    step: str,
    family: str,
    verdict: str,
    reason: str,
    citations: Sequence[CitedPage] = (),
) -> Assessment:
    """Record what papers of a family show at a step of the chain, why, and by which pages.

    Where the machine's proposal is confirmed and no page is named, the pages it rests on are cited. Raises
    ``Refused`` where the case is not under review, the grid has no such cell, no reason is given, a page does not
    exist, or something is held to be shown by nothing.
    """
    case = lock(case)
    if not actor.has_perm(Act.ASSESS):
        raise Refused("not_a_reviewer", "Only a reviewer judges what papers show.")
    if case.stage != Case.Stage.UNDER_REVIEW:
        raise Refused("not_under_review", "Take the case into review before you judge its evidence.")
    if verdict not in Assessment.OF_CELLS:
        raise Refused("no_such_verdict", "A cell is shown, weak, missing, contradicted or not applicable.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is held to be so.")
    label, cell, papers = _cell_of(case, step, family)
    if not citations and verdict == cell["state"]:
        citations = [CitedPage(one["exhibit"], one["first_page"]) for one in papers]
    if verdict == Assessment.Verdict.SHOWN and not citations:
        raise Refused("citation_missing", "Nothing is shown by nothing: cite at least one page.")
    pages = [find_page(case, cited) for cited in dict.fromkeys(citations)]
    row = Assessment.objects.create(
        case=case,
        family=family,
        step=step,
        step_label=label[:300],
        verdict=verdict,
        proposed=cell["state"],
        reason=reason.strip(),
        author=actor,
    )
    Citation.objects.bulk_create(
        Citation(assessment=row, exhibit=exhibit, page_number=page.number, page_sha256=page.sha256, quote=cited.quote)
        for exhibit, page, cited in pages
    )
    audit.record(
        Action.CELL_ASSESSED,
        actor=actor,
        target=row,
        case=case,
        organization_id=case.importer_id,
        after={
            "step": label,
            "family": family,
            "verdict": verdict,
            "proposed": cell["state"],
            "pages": [f"{exhibit.number}/{page.number}" for exhibit, page, _ in pages],
        },
        reason=row.reason,
    )
    return row


def _cell_of(case: Case, step: str, family: str) -> tuple[str, Cell, list[Cell]]:
    """The step in words, the cell as it stands, and its papers."""
    kept = ProofGrid.objects.filter(case=case).first()
    content = kept.content if kept else {"steps": [], "cells": {}}
    cell = content["cells"].get(step, {}).get(family)
    if cell is None:
        raise Refused("no_such_cell", "The grid has no such cell now. Load the page again.")
    label = next(one["label"] for one in content["steps"] if one["key"] == step)
    return label, cell, [content["papers"][str(one["paper"])] for one in cell["papers"]]
