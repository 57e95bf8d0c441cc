"""Recommendation and decision: the reviewer concludes, a second person decides. Both are appended, never edited."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from screening.models import CONCLUSIONS, Case, Conclusion, Decision, Finding, Pathway, Recommendation
from screening.services.cases import lock, under_uflpa


@transaction.atomic
def record_recommendation(
    case: Case, *, actor: User, pathway: str, conclusion: str, reasons: str, record: dict[str, Any]
) -> Recommendation:
    """Put a reviewer's conclusion before an approver, with the record it rests on sealed beside it.

    Called by the service that weighed the evidence; ``record`` holds the assessments and the pages they cite.
    """
    case = lock(case)
    if not actor.has_perm(Act.RECOMMEND):
        raise Refused("not_a_reviewer", "Only a reviewer recommends.")
    under_uflpa(case)
    if conclusion not in CONCLUSIONS[Pathway(pathway)]:
        raise Refused("conclusion_of_other_pathway", "This conclusion belongs to the other pathway.")
    if not reasons.strip():
        raise Refused("reason_missing", "Give the reasons: a decision without reasons does not stand.")
    case.move_to(Case.Stage.AWAITING_APPROVAL)
    case.save(update_fields=["stage"])
    sealed = {**record, "findings": findings_as_they_stand(case)}
    recommendation = Recommendation.objects.create(
        case=case,
        pathway=pathway,
        conclusion=conclusion,
        reasons=reasons.strip(),
        record=sealed,
        record_sha256=_digest(sealed),
        recommended_by=actor,
        recommended_person=actor.person,
    )
    audit.record(
        Action.RECOMMENDED,
        actor=actor,
        target=recommendation,
        case=case,
        organization_id=case.importer_id,
        after={"pathway": pathway, "conclusion": conclusion, "record_sha256": recommendation.record_sha256},
        reason=reasons.strip(),
    )
    return recommendation


@transaction.atomic
def record_decision(recommendation: Recommendation, *, actor: User, verdict: str, reasons: str) -> Decision:
    """Approve a recommendation, or return it to the reviewer. Never by the person who recommended it.

    Raises ``Refused`` where the actor is no approver now, is the same person by whatever account, where facts changed
    since the recommendation, or where it was answered before.
    """
    case = lock(recommendation.case)
    recommendation = Recommendation.objects.select_related("recommended_by").get(pk=recommendation.pk)
    fresh = User.objects.select_related("person").get(pk=actor.pk)
    if not fresh.has_perm(Act.DECIDE):
        raise Refused("not_an_approver", "Only an approver decides.")
    # The person then and the person now: an account may have been found to be somebody else's second one since.
    if fresh.person_id in {recommendation.recommended_person_id, recommendation.recommended_by.person_id}:
        raise Refused("own_recommendation", "You recommended this; a different person must decide.")
    if Decision.objects.filter(recommendation=recommendation).exists():
        raise Refused("decided_before", "This recommendation was answered before.")
    if recommendation != case.recommendations.first():
        raise Refused("recommendation_superseded", "A later recommendation has taken the place of this one.")
    if not reasons.strip():
        raise Refused("reason_missing", "Give the reasons: a decision without reasons does not stand.")
    is_approved = verdict == Decision.Verdict.APPROVED
    if is_approved and case.facts_changed_at and case.facts_changed_at > recommendation.recommended_at:
        raise Refused(
            "facts_changed", "Facts changed since the recommendation: return it, so that it is weighed again."
        )
    standing = case.decisions.filter(verdict=Decision.Verdict.APPROVED).first() if is_approved else None
    findings = recommendation.record["findings"]
    decision = Decision.objects.create(
        case=case,
        recommendation=recommendation,
        verdict=verdict,
        pathway=recommendation.pathway,
        conclusion=recommendation.conclusion,
        grounds=sorted({finding["ground"] for finding in findings if finding["ground"]}),
        findings=findings,
        reasons=reasons.strip(),
        recommended_person=recommendation.recommended_person,
        decided_by=fresh,
        decided_person=fresh.person,
        supersedes=standing,
    )
    case.move_to(Case.Stage.CLOSED if is_approved else Case.Stage.UNDER_REVIEW)
    case.closed_at = timezone.now() if is_approved else None
    if is_approved:
        case.facts_changed_at = None
    case.save(update_fields=["stage", "closed_at", "facts_changed_at"])
    audit.record(
        Action.DECIDED if is_approved else Action.RECOMMENDATION_RETURNED,
        actor=fresh,
        target=decision,
        case=case,
        organization_id=case.importer_id,
        after={
            "verdict": verdict,
            "pathway": decision.pathway,
            "conclusion": decision.conclusion,
            "grounds": decision.grounds,
            "record_sha256": recommendation.record_sha256,
        },
        reason=reasons.strip(),
    )
    return decision


def findings_as_they_stand(case: Case) -> list[dict[str, Any]]:
    """The findings of the latest screening of each shipment of the case, as plain values."""
    rows = (
        Finding.objects.filter(screening__in=case.shipments.values("latest_screening"))
        .of_regime(case.regime)
        .select_related("screening__shipment", "listing", "list_version")
        .order_by("pk")
    )
    return [
        {
            "id": row.pk,
            "shipment": row.screening.shipment.label,
            "rule": row.rule,
            "severity": row.severity,
            "ground": row.ground,
            "basis": row.basis,
            "headline": row.headline,
            "party": row.party_name,
            "steps_upstream": row.steps_upstream,
            "listing": row.listing.row_id if row.listing else None,
            "list_version": row.list_version.label,
        }
        for row in rows
    ]


def is_favourable(conclusion: str) -> bool:
    """The conclusion would let the goods in; it needs every requirement shown."""
    return conclusion in {Conclusion.NOT_IN_SCOPE, Conclusion.EXCEPTION_MET}


def is_sealed(recommendation: Recommendation) -> bool:
    """The record beside a recommendation is still the one that was sealed."""
    return _digest(recommendation.record) == recommendation.record_sha256


def _digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
