"""Recommendation and decision: the reviewer concludes, a second person decides. Both are appended, never edited.

Called by the service that weighed the evidence (``evidence.services.concluding``), which brings the record of the
papers as they are now; what the office knows beside them is read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from entities import audit
from entities.attempts import on_record
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from screening.domain.pathways import GROUNDS, OUTCOMES, TABLE
from screening.domain.sealing import changes, digest
from screening.models import Case, Decision, Finding, Override, Recommendation
from screening.sealed import record_of
from screening.services import events, second_looks
from screening.services.carrying_out import carry_out, check_lines, left_over
from screening.services.cases import lock

Record = dict[str, Any]


def record_recommendation(
    case: Case,
    *,
    actor: User,
    pathway: str,
    conclusion: str,
    reasons: str,
    grounds: Sequence[str],
    lines: Sequence[str] = (),
    record: Record,
    reviewers: Sequence[User] = (),
) -> Recommendation:
    """Put a reviewer's conclusion before an approver, with the record it rests on sealed beside it.

    ``record``: verdicts and papers as they are now. ``reviewers``: whoever judged, beside the one who recommends;
    none of them may decide. Raises ``Refused`` where a ground or the reasons are missing, where the conclusion is not
    one of the pathway, or where a finding that stands speaks against it.
    """
    with on_record("recommend", actor=actor, target=case, case=case, organization_id=case.importer_id):
        case = lock(case)
        if not actor.has_perm(Act.RECOMMEND):
            raise Refused("not_a_reviewer", "Only a reviewer recommends.")
        _check_conclusion(case, pathway, conclusion, grounds)
        if not reasons.strip():
            raise Refused("reason_missing", "Give the reasons: a decision without reasons does not stand.")
        lines = check_lines(case, conclusion, lines)
        before = case.stage
        case.move_to(Case.Stage.AWAITING_APPROVAL)
        case.save(update_fields=["stage"])
        hands = {one.pk: one for one in (*reviewers, *_who_set_aside(case), actor)}
        sealed = {
            **record,
            **record_of(case, lines),
            "reviewers": [
                {"key": str(pk), "label": one.full_name, "account": pk, "person": one.person_id}
                for pk, one in sorted(hands.items())
            ],
        }
        recommendation = Recommendation.objects.create(
            case=case,
            pathway=pathway,
            conclusion=conclusion,
            grounds=sorted(set(grounds)),
            lines=lines,
            reasons=reasons.strip(),
            record=sealed,
            record_sha256=digest(sealed),
            recommended_by=actor,
            recommended_person=actor.person,
        )
        events.case_moved(case, before=before)
        audit.record(
            Action.RECOMMENDED,
            actor=actor,
            target=recommendation,
            case=case,
            organization_id=case.importer_id,
            after={
                "pathway": pathway,
                "conclusion": conclusion,
                "grounds": recommendation.grounds,
                "lines": lines,
                "overrides": len(sealed["overrides"]),
                "record_sha256": recommendation.record_sha256,
            },
            reason=reasons.strip(),
            rows=[case],
        )
    return recommendation


def record_decision(
    recommendation: Recommendation, *, actor: User, verdict: str, reasons: str, record: Record
) -> Decision:
    """Approve a recommendation, or return it to the reviewer. Never by anybody who had a hand in the review.

    ``record``: verdicts and papers as they are now. Raises ``Refused`` where the actor is no approver now, reviewed by
    whatever account, where anything of the sealed record changed since, or where it was answered before. A refused
    attempt goes on record. An authority's decision is carried out in law at once, on the lines it names.
    """
    case = recommendation.case
    with on_record("decide", actor=actor, target=recommendation, case=case, organization_id=case.importer_id):
        case = lock(case)
        recommendation = Recommendation.objects.select_related("recommended_by").get(pk=recommendation.pk)
        recommendation.case = case
        fresh = User.objects.select_related("person").get(pk=actor.pk)
        if not fresh.has_perm(Act.DECIDE):
            raise Refused("not_an_approver", "Only an approver decides.")
        if why := own_hand(recommendation, fresh):
            raise Refused("own_recommendation", why)
        if Decision.objects.filter(recommendation=recommendation).exists():
            raise Refused("decided_before", "This recommendation was answered before.")
        if recommendation != case.recommendations.first():
            raise Refused("recommendation_superseded", "A later recommendation has taken the place of this one.")
        if not reasons.strip():
            raise Refused("reason_missing", "Give the reasons: a decision without reasons does not stand.")
        before = case.stage
        if verdict == Decision.Verdict.APPROVED:
            _check_unchanged(recommendation, record)
            decision = _approve(recommendation, fresh, reasons.strip())
        else:
            decision = _answer(recommendation, fresh, Decision.Verdict.RETURNED, reasons.strip())
            case.move_to(Case.Stage.UNDER_REVIEW)
            case.save(update_fields=["stage"])
        events.case_moved(case, before=before)
        audit.record(
            Action.DECIDED if verdict == Decision.Verdict.APPROVED else Action.RECOMMENDATION_RETURNED,
            actor=fresh,
            target=decision,
            case=case,
            organization_id=case.importer_id,
            after={
                "verdict": verdict,
                "pathway": decision.pathway,
                "conclusion": decision.conclusion,
                "grounds": decision.grounds,
                "lines": decision.lines,
                "record_sha256": recommendation.record_sha256,
            },
            reason=reasons.strip(),
            rows=[case],
        )
        if verdict == Decision.Verdict.APPROVED:
            second_looks.draw(decision)
    return decision


def own_hand(recommendation: Recommendation, user: User) -> str:
    """Why this person cannot decide: it had a hand in the review, by whatever account; empty where it had none."""
    if user.person_id not in recommendation.hands():
        return ""
    did = "reviewed this case"
    if user.person_id in {recommendation.recommended_person_id, recommendation.recommended_by.person_id}:
        same = recommendation.recommended_by_id == user.pk
        account = "" if same else f", as {recommendation.recommended_by.email},"
        on = timezone.localtime(recommendation.recommended_at)
        did = f"recommended this{account} on {on:%-d %B %Y}"
    return f"You {did}; a different person must decide. No change of role or account alters that."


def hindrance(recommendation: Recommendation, user: User) -> str:
    """Why this recommendation cannot be answered by this person, or not any more; empty where it can."""
    if hasattr(recommendation, "decision"):
        return "This recommendation was answered."
    return own_hand(recommendation, user)


def changed_since(recommendation: Recommendation, record: Record) -> list[str]:
    """What is no longer as the reviewer saw it, in sentences."""
    case, then = recommendation.case, recommendation.record
    found = changes(then, {**record, **record_of(case, recommendation.lines)})
    if not found and case.facts_changed_at and case.facts_changed_at > recommendation.recommended_at:
        found = ["Facts changed: a shipment was screened again, or its papers changed."]
    return found


def is_sealed(recommendation: Recommendation) -> bool:
    """The record beside a recommendation is still the one that was sealed."""
    return digest(recommendation.record) == recommendation.record_sha256


def is_favourable(conclusion: str) -> bool:
    """The conclusion would let the goods in; it needs every question shown."""
    return OUTCOMES[conclusion].is_favourable


def _check_conclusion(case: Case, pathway: str, conclusion: str, grounds: Sequence[str]) -> None:
    """The pathway is one of the regime, the conclusion one of the pathway, and a ground is named that holds."""
    procedure = TABLE[pathway]
    if case.regime not in procedure.regimes:
        raise Refused(
            "other_regime",
            f"“{procedure.label}” is no pathway of this case: a withhold release order and the UFLPA have dates and "
            "proof of their own (19 CFR 12.42 to 12.44).",
        )
    outcome = next((one for one in procedure.outcomes if one.conclusion == conclusion), None)
    if outcome is None:
        raise Refused("conclusion_of_other_pathway", "This conclusion belongs to another pathway.")
    if not grounds:
        raise Refused("ground_missing", "Name the ground: Xinjiang origin, a listed entity, or the order.")
    if unknown := sorted(set(grounds) - set(GROUNDS[case.regime])):
        raise Refused("no_such_ground", f"{', '.join(unknown)} is no ground of this regime.")
    raised = grounds_that_stand(case)
    if not outcome.is_favourable and (empty := sorted(set(grounds) - raised.keys())):
        words = ", ".join(Finding.Ground(one).label.lower() for one in empty)
        raise Refused(
            "ground_without_finding",
            f"No finding that stands raises {words}. A ground that papers show becomes a finding when the party or "
            "link is added and the shipment is screened again.",
        )
    if outcome.denies_findings and raised:
        first = next(iter(raised.values()))
        raise Refused(
            "finding_stands",
            f"A finding stands against this: {first} Say of each finding with a ground why it does not apply to these "
            "goods, then conclude.",
        )


def grounds_that_stand(case: Case) -> dict[str, str]:
    """Each ground that a finding of the case raises, and nobody set aside, with the first such finding in words."""
    rows = Finding.objects.of_case(case)
    found: dict[str, str] = {}
    for row in rows.exclude(ground="").exclude(pk__in=Override.objects.standing(case)).order_by("pk"):
        found.setdefault(row.ground, row.headline)
    return found


def _who_set_aside(case: Case) -> list[User]:
    rows = Override.objects.filter(case=case).select_related("author__person")
    return [row.author for row in rows]


def _check_unchanged(recommendation: Recommendation, record: Record) -> None:
    if not is_sealed(recommendation):
        raise Refused("record_broken", "The record is not the one that was sealed. Do not decide; tell a manager.")
    if changed := changed_since(recommendation, record):
        more = f" And {len(changed) - 5} more." if len(changed) > 5 else ""
        raise Refused(
            "facts_changed",
            f"Facts changed since the recommendation. {' '.join(changed[:5])}{more} Return it, so that it is weighed "
            "again.",
        )


def _approve(recommendation: Recommendation, actor: User, reasons: str) -> Decision:
    """The decision, carried out where this office is the authority; the case is closed unless lines are left over."""
    case = recommendation.case
    decision = _answer(recommendation, actor, Decision.Verdict.APPROVED, reasons)
    carry_out(decision, actor=actor)
    is_done = not left_over(decision)
    case.move_to(Case.Stage.CLOSED if is_done else Case.Stage.UNDER_REVIEW)
    case.closed_at = timezone.now() if is_done else None
    case.facts_changed_at = None
    case.save(update_fields=["stage", "closed_at", "facts_changed_at"])
    return decision


def _answer(recommendation: Recommendation, actor: User, verdict: str, reasons: str) -> Decision:
    return Decision.objects.create(
        case=recommendation.case,
        recommendation=recommendation,
        verdict=verdict,
        pathway=recommendation.pathway,
        conclusion=recommendation.conclusion,
        grounds=recommendation.grounds,
        lines=recommendation.lines,
        findings=recommendation.record["findings"],
        reasons=reasons,
        recommended_person=recommendation.recommended_person,
        decided_by=actor,
        decided_person=actor.person,
        supersedes=_standing(recommendation) if verdict == Decision.Verdict.APPROVED else None,
    )


def _standing(recommendation: Recommendation) -> Decision | None:
    """The decision on the same pathway and on some of the same lines, whose place this one takes."""
    rows = recommendation.case.decisions.approved().filter(pathway=recommendation.pathway, superseded_by=None)
    lines = set(recommendation.lines)
    return next((row for row in rows if not lines or not row.lines or lines & set(row.lines)), None)
