"""Cases: opened on a finding or by a person, assigned, taken into review, taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import User
from screening.domain.grouping import Way, chain_key
from screening.models import ORDER_RULE, Case, Finding, Look, Screening, Shipment
from screening.services import events


def take_up_screening(screening: Screening, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """What a screening means for the shipment's cases: open one where a ground of its regime applies, or say in the
    one there is that facts changed since its decision. The presumption and a withhold release order never share a
    case. Runs in the transaction of the screening. Answers by case what was done."""
    grounds = [finding for finding in findings if finding.ground]
    taken_up = [
        _take_up(screening, Case.Regime.UFLPA, [finding for finding in grounds if finding.rule != ORDER_RULE]),
        _take_up(screening, Case.Regime.WRO, [finding for finding in grounds if finding.rule == ORDER_RULE]),
    ]
    return [one for one in taken_up if one is not None]


def _take_up(screening: Screening, regime: Case.Regime, grounds: Sequence[Finding]) -> dict[str, Any] | None:
    shipment, lead = screening.shipment, next(iter(grounds), None)
    case = shipment.cases.select_for_update(of=("self",)).filter(regime=regime).order_by("-pk").first()
    if case is not None:
        _note_new_findings(case, screening, lead)
        act = "decided" if case.stage in {Case.Stage.CLOSED, Case.Stage.AWAITING_APPROVAL} else "open"
    elif lead is not None:
        chain = chain_key(
            Way.of(one.ground, str(one.listing.entity_id) if one.listing else one.place_code, one.path)
            for one in grounds
        )
        case, act = _join_same_chain(shipment, regime, chain, lead), "joined"
        if case is None:
            case, act = (
                _open(shipment, because=lead.headline, lead=lead, actor=None, regime=regime, chain=chain),
                "opened",
            )
    else:
        return None
    return {"case": case.pk, "act": act}


@transaction.atomic
def open_case(shipment: Shipment, *, actor: User, reason: str) -> Case:
    """A person opens a case on a shipment that no rule opened one for."""
    shipment = Shipment.objects.select_for_update(of=("self",)).get(pk=shipment.pk)
    if (known := shipment.cases.open().filter(regime=Case.Regime.UFLPA).first()) is not None:
        raise Refused("case_open", f"Case {known.number} is already open on this shipment.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the case is opened.")
    screening = shipment.latest_screening
    lead = screening.findings.of_regime(Case.Regime.UFLPA).filter(asks_review=True).first() if screening else None
    return _open(shipment, because=reason.strip(), lead=lead, actor=actor)


@transaction.atomic
def set_aside(shipment: Shipment, *, actor: User, reason: str) -> Look:
    """A person looked at findings that only ask for review, and holds that nothing follows. The findings stay."""
    shipment = Shipment.objects.select_for_update(of=("self",)).get(pk=shipment.pk)
    screening = shipment.latest_screening
    if not reason.strip():
        raise Refused("reason_missing", "Say why nothing follows from these findings.")
    if screening is None or not shipment.is_screened:
        raise Refused("not_screened", "The shipment is being screened; look again when that is done.")
    if shipment.outcome != Shipment.Outcome.REVIEW:
        raise Refused("nothing_to_set_aside", "Only findings that ask for a look can be set aside here.")
    if screening.findings.exclude(ground="").exists():
        raise Refused("has_a_ground", "A withhold release order applies: it is worked on in its case, not set aside.")
    if Look.objects.filter(screening=screening).exists():
        raise Refused("set_aside", "These findings were set aside before.")
    look = Look.objects.create(screening=screening, reason=reason.strip(), looked_by=actor)
    shipment.looked_at = look.looked_at
    shipment.save(update_fields=["looked_at"])
    audit.record(
        Action.FINDINGS_SET_ASIDE,
        actor=actor,
        target=shipment,
        organization_id=shipment.owner_id,
        after={"screening": screening.pk, "findings": list(screening.findings.values_list("rule", flat=True))},
        reason=reason.strip(),
        rows=[look],
    )
    return look


@transaction.atomic
def assign(case: Case, *, actor: User, to: User | None, reason: str = "") -> Case:
    """Put a case into the hands of a member of the office, or of nobody."""
    case = lock(case)
    if to is not None and not (to.is_officer and to.is_active):
        raise Refused("not_an_officer", f"{to.full_name} is not an active member of the office.")
    before = case.assigned_to_id
    case.assigned_to = to
    case.save(update_fields=["assigned_to"])
    audit.record(
        Action.CASE_ASSIGNED,
        actor=actor,
        target=case,
        case=case,
        organization_id=case.importer_id,
        before={"assigned_to": before},
        after={"assigned_to": to.pk if to else None, "name": to.full_name if to else ""},
        reason=reason,
    )
    return case


@transaction.atomic
def start_review(case: Case, *, actor: User, reason: str = "") -> Case:
    """Take a case into review without waiting for an answer; open requests are closed unanswered."""
    case = lock(case)
    before = case.stage
    case.move_to(Case.Stage.UNDER_REVIEW)
    case.closed_at = None
    case.save(update_fields=["stage", "closed_at"])
    closed = case.tasks.open().update(closed_at=timezone.now())
    events.case_moved(case, before=before)
    audit.record(
        Action.CASE_REOPENED if before == Case.Stage.CLOSED else Action.REVIEW_STARTED,
        actor=actor,
        target=case,
        case=case,
        organization_id=case.importer_id,
        before={"stage": before},
        after={"stage": case.stage, "requests_closed": closed},
        reason=reason,
    )
    return case


@transaction.atomic
def reopen(case: Case, *, actor: User, reason: str) -> Case:
    """Take a decided case up again; the decision stays on record, a later one takes its place."""
    if not reason.strip():
        raise Refused("reason_missing", "Say why the case is taken up again.")
    if Case.objects.get(pk=case.pk).stage != Case.Stage.CLOSED:
        raise Refused("case_not_decided", "Only a decided case can be taken up again.")
    return start_review(case, actor=actor, reason=reason.strip())


def under_uflpa(case: Case) -> None:
    """Refuse an act of the UFLPA on the case of a withhold release order: the two never share dates or pathways."""
    if case.regime == Case.Regime.WRO:
        raise Refused(
            "other_regime",
            "This case is under a withhold release order, with dates and proof of its own (19 CFR 12.42 to 12.44). "
            "The dates and pathways of the UFLPA do not apply to it.",
        )


def lock(case: Case) -> Case:
    """The case, locked until the transaction ends. Lock it before anything that belongs to it."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    history.note_changed(case, case=case)
    return case


def _join_same_chain(shipment: Shipment, regime: Case.Regime, chain: str, lead: Finding) -> Case | None:
    """Put a shipment into the importer's case on the same chain, while nobody has begun to weigh that one's record."""
    audit.lock_head()  # as for a new case: two runs at once then find each other's
    begun = Case.objects.filter(importer=shipment.owner_id, regime=regime, chain=chain)
    case = begun.filter(stage__in=(Case.Stage.OPEN, Case.Stage.AWAITING_EVIDENCE)).order_by("pk").first()
    if case is None:
        return None
    history.note_changed(case, case=case)
    case.shipments.add(shipment)
    audit.record(
        Action.CASE_SHIPMENT_ADDED,
        actor=None,
        target=case,
        case=case,
        organization_id=case.importer_id,
        after={"shipment": shipment.pk, "label": shipment.label, "finding": lead.pk},
        reason="Its goods come to the same ground by the same chain.",
    )
    events.shipment_added(case, shipment)
    return case


def _open(
    shipment: Shipment,
    *,
    because: str,
    lead: Finding | None,
    actor: User | None,
    regime: Case.Regime = Case.Regime.UFLPA,
    chain: str = "",
) -> Case:
    case = Case.objects.create(
        number=_next_number(),
        importer=shipment.owner,
        opened_because=because[:500],
        lead_finding=lead,
        regime=regime,
        chain=chain,
    )
    case.shipments.add(shipment)
    audit.record(
        Action.CASE_OPENED,
        actor=actor,
        target=case,
        case=case,
        organization_id=case.importer_id,
        after={"shipment": shipment.pk, "label": shipment.label, "finding": lead.pk if lead else None},
        reason=because,
    )
    events.case_opened(case, shipment)
    return case


def _next_number() -> str:
    """Year and running number. The lock on the audit trail's head keeps two cases from taking the same."""
    audit.lock_head()
    year = timezone.localdate().year
    latest = (
        Case.objects.filter(number__startswith=f"{year}-").order_by("-pk").values_list("number", flat=True).first()
    )
    running = int(latest.split("-")[1]) + 1 if latest else 1
    return f"{year}-{running:04d}"


def _note_new_findings(case: Case, screening: Screening, lead: Finding | None) -> None:
    """The case goes on with the newest screening; where it was decided, it says that facts changed since."""
    changed = []
    lead = lead or _what_became_of(case.lead_finding, screening)
    if lead is not None or case.lead_finding is not None:
        case.lead_finding = lead or case.lead_finding
        changed.append("lead_finding")
    if case.stage in {Case.Stage.CLOSED, Case.Stage.AWAITING_APPROVAL}:
        case.facts_changed_at = timezone.now()
        changed.append("facts_changed_at")
    if changed:
        case.save(update_fields=changed)
    audit.record(
        Action.CASE_FACTS_CHANGED,
        actor=None,
        target=case,
        case=case,
        organization_id=case.importer_id,
        after={"screening": screening.pk, "outcome": screening.outcome},
        reason=screening.run.trigger,
    )


def _what_became_of(lead: Finding | None, screening: Screening) -> Finding | None:
    """What the newest screening says of the party and entity a case was opened on, judged another firm since."""
    if lead is None or lead.listing is None or not lead.firm_key:
        return None
    if lead.screening.shipment_id != screening.shipment_id:
        return None
    return screening.findings.filter(firm_key=lead.firm_key, listing__entity=lead.listing.entity_id).first()
