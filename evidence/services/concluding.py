"""Concluding a review and deciding on it: what was judged is checked against the papers as they are, and sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from entities.attempts import on_record
from entities.digests import digest_of
from entities.domain.errors import Refused
from entities.models import User
from evidence import reference
from evidence.domain.identical import parts_of
from evidence.models import Assessment, Document, Page, ProofGrid
from evidence.services.laying import steps_laid
from evidence.steps import steps_of
from screening.confidential import Office
from screening.domain.pathways import TABLE, not_assessed, not_shown
from screening.models import Case, Decision, Recommendation
from screening.services import decisions
from screening.services.cases import lock
from screening.services.requests import open_inquiries

Record = dict[str, Any]


def conclude_review(
    case: Case,
    *,
    actor: User,
    pathway: str,
    conclusion: str,
    reasons: str,
    grounds: Sequence[str] = (),
    lines: Sequence[str] = (),
) -> Recommendation:
    """Recommend a conclusion on a pathway: every question judged, the record sealed, an approver asked.

    Raises ``Refused`` where a question is not judged, a conclusion in the importer's favour rests on something not
    shown for every step of the chain as it is now, a cited page or its paper is no longer what was cited, or a paper
    of the case is still waiting to be read.
    """
    broken = _broken_papers(_judged(case, pathway))  # reads whole files: before anything is locked
    with on_record("recommend", actor=actor, target=case, case=case, organization_id=case.importer_id):
        case = lock(case)
        rows = _standing(case, pathway)
        verdicts = {row.requirement: row.verdict for row in rows if not row.step}
        if missing := not_assessed(pathway, verdicts):
            raise Refused("not_assessed", f"Judge {', '.join(missing)} first: every requirement needs a verdict.")
        if decisions.is_favourable(conclusion):
            _check_shown(case, actor, pathway, rows, verdicts)
        if waiting := case.exhibits.filter(document__in=Document.objects.being_read()).count():
            raise Refused("papers_unread", f"{waiting} paper(s) of the case are still being read; wait for them.")
        if broken:
            raise Refused("page_changed", broken)
        record = record_of(case, actor, pathway)
        for row, sealed in zip(_judged(case, pathway), [*record["assessments"], *record["cells"]], strict=True):
            _check_pages(row, sealed)
        return decisions.record_recommendation(
            case,
            actor=actor,
            pathway=pathway,
            conclusion=conclusion,
            reasons=reasons,
            grounds=grounds,
            lines=lines,
            record=record,
            reviewers=_reviewers(case, pathway),
        )


def decide(recommendation: Recommendation, *, actor: User, verdict: str, reasons: str) -> Decision:
    """Answer a recommendation. Approved only while the papers, and all else of the sealed record, are unchanged."""
    case, pathway = recommendation.case, recommendation.pathway
    is_approved = verdict == Decision.Verdict.APPROVED
    broken = _broken_papers(_judged(case, pathway)) if is_approved else ""
    with on_record("decide", actor=actor, target=recommendation, case=case, organization_id=case.importer_id):
        if broken:
            raise Refused("page_changed", broken)
        lock(case)
        record = record_of(case, actor, pathway)
        return decisions.record_decision(recommendation, actor=actor, verdict=verdict, reasons=reasons, record=record)


def changed_since(recommendation: Recommendation, user: User) -> list[str]:
    """What is no longer as the reviewer saw it, in sentences."""
    record = record_of(recommendation.case, user, recommendation.pathway)
    return decisions.changed_since(recommendation, record)


def record_of(case: Case, user: User, pathway: str) -> Record:
    """The papers of a case and what was judged by them, as they are now: each cited page with its hash of today."""
    rows, cells = _standing(case, pathway), _cells(case)
    pages = _pages_now([*rows, *cells])
    return {
        "pathway": pathway,
        "chain": _chain(case, user),
        "assessments": [_as_it_stands(row, pages) for row in rows],
        "cells": [_cell_as_it_stands(row, pages) for row in cells],
        "exhibits": [
            {
                "key": str(row.number),
                "label": f"{row.number}: {row.document.file_name}",
                "number": row.number,
                "file_name": row.document.file_name,
                "sha256": row.document.sha256,
            }
            for row in case.exhibits.select_related("document")
        ],
    }


def _chain(case: Case, user: User) -> list[Record]:
    """The steps that are judged, each with its place in the chain, so that a later chain can be compared with it."""
    parts = {one.key: one for one in parts_of(steps_laid(case, Office.of(case)))}
    rows = []
    for one in steps_of(case, user):
        part = parts[one.key]
        where = {"stage": part.stage, "commodity": part.commodity, "country": part.country, "is_gap": part.is_gap}
        rows.append({"key": one.key, "label": one.label, **where, "supplies": list(part.supplies)})
    return rows


def _standing(case: Case, pathway: str) -> list[Assessment]:
    """The verdicts that stand, in the order of the questions: as a whole, then step by step."""
    latest: dict[tuple[str, str], Assessment] = {}
    rows = Assessment.objects.filter(case=case, pathway=pathway).select_related("author__person")
    for row in rows.prefetch_related("citations__exhibit__document").order_by("pk"):
        latest[row.requirement, row.step] = row
    codes = [one.code for one in TABLE[pathway].questions]
    return sorted(latest.values(), key=lambda row: (codes.index(row.requirement), row.step != "", row.pk))


def _cells(case: Case) -> list[Assessment]:
    """What persons hold of the cells that the proof grid has now."""
    kept = ProofGrid.objects.filter(case=case).first()
    cells = kept.content["cells"] if kept else {}
    judged = Assessment.objects.standing_in_grid(case)
    return [row for (step, family), row in sorted(judged.items()) if family in cells.get(step, {})]


def _judged(case: Case, pathway: str) -> list[Assessment]:
    """Every verdict that a conclusion on a pathway rests on."""
    return [*_standing(case, pathway), *_cells(case)]


def _check_shown(case: Case, actor: User, pathway: str, rows: Iterable[Assessment], verdicts: dict[str, str]) -> None:
    by_step = {(row.requirement, row.step): row.verdict for row in rows if row.step}
    chain = [one.key for one in steps_of(case, actor)]
    if open_points := not_shown(pathway, verdicts, by_step, chain):
        raise Refused(
            "not_shown",
            f"{', '.join(open_points)} not shown, as a whole and for every step: this conclusion needs every "
            "requirement shown.",
        )
    if any(one.asks_for_answers for one in TABLE[pathway].questions) and (waiting := open_inquiries(case)):
        raise Refused(
            "questions_open",
            f"{len(waiting)} question(s) to the importer are not completely answered; this conclusion needs an answer "
            "to each.",
        )


def _reviewers(case: Case, pathway: str) -> list[User]:
    """Everybody who judged anything on this pathway or in the proof grid, whether it still stands or not."""
    rows = Assessment.objects.filter(case=case, pathway__in=[pathway, ""]).select_related("author__person")
    return list({row.author_id: row.author for row in rows}.values())


def _pages_now(rows: Iterable[Assessment]) -> dict[tuple[int, int], str]:
    documents = {one.exhibit.document_id for row in rows for one in row.citations.all()}
    pages = Page.objects.filter(document__in=documents).values_list("document", "number", "sha256")
    return {(document, number): sha256 for document, number, sha256 in pages}


def _as_it_stands(row: Assessment, pages: dict[tuple[int, int], str]) -> Record:
    return {
        "key": f"{row.requirement}/{row.step}",
        "label": f"{row.requirement}, {row.step_label}" if row.step else row.requirement,
        "requirement": row.requirement,
        "step": row.step,
        "step_label": row.step_label,
        "verdict": row.verdict,
        "reason": row.reason,
        "marks": row.marks,
        "author": row.author.full_name,
        "citations": _citations(row, pages),
    }


def _cell_as_it_stands(row: Assessment, pages: dict[tuple[int, int], str]) -> Record:
    return {
        "key": f"{row.step}/{row.family}",
        "label": _name_of(row),
        "step": row.step,
        "family": row.family,
        "state": row.get_verdict_display().lower(),
        "proposed": row.proposed,
        "reason": row.reason,
        "author": row.author.full_name,
        "citations": _citations(row, pages),
    }


def _citations(row: Assessment, pages: dict[tuple[int, int], str]) -> list[Record]:
    return [
        {
            "exhibit": one.exhibit.number,
            "page": one.page_number,
            "sha256": pages.get((one.exhibit.document_id, one.page_number), ""),
            "quote": one.quote,
        }
        for one in row.citations.all()
    ]


def _name_of(row: Assessment) -> str:
    """What was judged: the question, or the cell by its step and family of papers."""
    if not row.family:
        return row.requirement
    families = {one.code: one.label for one in reference.families()}
    return f"{row.step_label}: {families[row.family].lower()}"


def _check_pages(row: Assessment, sealed: Record) -> None:
    for citation, now in zip(row.citations.all(), sealed["citations"], strict=True):
        if citation.page_sha256 != now["sha256"]:
            raise Refused(
                "page_changed",
                f"{_name_of(row)} cites exhibit {citation.exhibit.number}, page {citation.page_number}, which was "
                "read again with another result since: judge it again.",
            )


def _broken_papers(rows: Iterable[Assessment]) -> str:
    """Which cited paper is gone from the store, or no longer the file that came; empty where all are as they came."""
    papers = {one.exhibit.document_id: one.exhibit for row in rows for one in row.citations.all()}
    for exhibit in papers.values():
        try:
            with exhibit.document.file.open("rb") as file:
                digest = digest_of(file)
        except (OSError, ValueError):
            return f"Exhibit {exhibit.number} is cited, but its file cannot be opened. Tell a manager."
        if digest != exhibit.document.sha256:
            return f"Exhibit {exhibit.number} is cited, but its file is not the one that came. Tell a manager."
    return ""
