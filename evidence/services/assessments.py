"""Weighing the evidence: requirement by requirement, then the conclusion that goes to an approver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from evidence.domain.requirements import not_assessed, not_shown, requirement
from evidence.models import Assessment, Citation, Document, Exhibit, Page
from screening.models import Case, Recommendation
from screening.services import decisions
from screening.services.cases import lock, under_uflpa


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page of an exhibit, as a reviewer points to it."""

    exhibit_number: int
    page_number: int
    quote: str = ""


@transaction.atomic
def assess(
    case: Case,
    *,
    actor: User,
    pathway: str,
    code: str,
    verdict: str,
    reason: str,
    citations: Sequence[CitedPage] = (),
) -> Assessment:
    """Record whether a requirement is shown, why, and by which pages.

    Raises ``Refused`` where the case is not under review, the requirement is not one of the pathway's, no reason is
    given, a page does not exist, or a requirement is held to be shown by nothing.
    """
    case = lock(case)
    under_uflpa(case)
    asked = requirement(pathway, code)
    if not actor.has_perm(Act.ASSESS):
        raise Refused("not_a_reviewer", "Only a reviewer judges requirements.")
    if asked is None:
        raise Refused("no_such_requirement", f"{code} is not a requirement of this pathway.")
    if case.stage != Case.Stage.UNDER_REVIEW:
        raise Refused("not_under_review", "Take the case into review before you judge its evidence.")
    if not reason.strip():
        raise Refused("reason_missing", f"Say why {code} is held to be so.")
    if verdict == Assessment.Verdict.SHOWN and asked.needs_citation and not citations:
        raise Refused("citation_missing", f"{code} cannot be shown by nothing: cite at least one page.")
    pages = [_find_page(case, cited) for cited in dict.fromkeys(citations)]
    assessment = Assessment.objects.create(
        case=case, pathway=pathway, requirement=code, verdict=verdict, reason=reason.strip(), author=actor
    )
    Citation.objects.bulk_create(
        Citation(
            assessment=assessment,
            exhibit=exhibit,
            page_number=page.number,
            page_sha256=page.sha256,
            quote=cited.quote,
        )
        for exhibit, page, cited in pages
    )
    audit.record(
        Action.REQUIREMENT_ASSESSED,
        actor=actor,
        target=assessment,
        case=case,
        organization_id=case.importer_id,
        after={
            "requirement": code,
            "verdict": verdict,
            "pages": [f"{exhibit.number}/{page.number}" for exhibit, page, _ in pages],
        },
        reason=reason.strip(),
    )
    return assessment


@transaction.atomic
def conclude_review(case: Case, *, actor: User, pathway: str, conclusion: str, reasons: str) -> Recommendation:
    """Recommend a conclusion on a pathway: every requirement judged, the record sealed, an approver asked.

    Raises ``Refused`` where a requirement is not judged, a conclusion in the importer's favour rests on something not
    shown, a cited page is no longer what was cited, or a paper of the case is still waiting to be read.
    """
    case = lock(case)
    standing = Assessment.objects.standing(case, pathway)
    verdicts = {code: row.verdict for code, row in standing.items()}
    if missing := not_assessed(pathway, verdicts):
        raise Refused("not_assessed", f"Judge {', '.join(missing)} first: every requirement needs a verdict.")
    if decisions.is_favourable(conclusion) and (open_points := not_shown(pathway, verdicts)):
        raise Refused(
            "not_shown",
            f"{', '.join(open_points)} not shown: this conclusion needs every requirement shown.",
        )
    if waiting := case.exhibits.filter(document__state=Document.State.QUEUED).count():
        raise Refused("papers_unread", f"{waiting} paper(s) of the case are still being read; wait for them.")
    record = {
        "pathway": pathway,
        "assessments": [_sealed(row) for row in standing.values()],
        "exhibits": [
            {"number": row.number, "file_name": row.document.file_name, "sha256": row.document.sha256}
            for row in case.exhibits.select_related("document")
        ],
    }
    return decisions.record_recommendation(
        case, actor=actor, pathway=pathway, conclusion=conclusion, reasons=reasons, record=record
    )


def _find_page(case: Case, cited: CitedPage) -> tuple[Exhibit, Page, CitedPage]:
    exhibit = case.exhibits.filter(number=cited.exhibit_number).first()
    if exhibit is None:
        raise Refused("no_such_exhibit", f"The case has no exhibit {cited.exhibit_number}.")
    page = Page.objects.filter(document=exhibit.document, number=cited.page_number).first()
    if page is None:
        raise Refused("no_such_page", f"Exhibit {exhibit.number} has no page {cited.page_number} that could be read.")
    return exhibit, page, cited


def _sealed(row: Assessment) -> dict[str, Any]:
    """An assessment as plain values, each cited page checked against the hash it was cited by."""
    citations = []
    for citation in row.citations.select_related("exhibit__document"):
        page = Page.objects.filter(document=citation.exhibit.document, number=citation.page_number).first()
        if page is None or page.sha256 != citation.page_sha256:
            raise Refused(
                "page_changed",
                f"{row.requirement} cites exhibit {citation.exhibit.number}, page {citation.page_number}, which was "
                "read again with another result since: judge it again.",
            )
        citations.append(
            {
                "exhibit": citation.exhibit.number,
                "page": citation.page_number,
                "sha256": citation.page_sha256,
                "quote": citation.quote,
            }
        )
    return {
        "requirement": row.requirement,
        "verdict": row.verdict,
        "reason": row.reason,
        "author": row.author.full_name,
        "citations": citations,
    }
