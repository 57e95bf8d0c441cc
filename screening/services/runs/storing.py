"""Screenings and findings as rows: made of what the rules said, and stored with what follows for the shipment."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from entities.domain.judging import party_key
from entities.models import Judgement
from screening.domain import rules
from screening.models import ORDER_RULE, Finding, Screening, ScreeningRun
from screening.services import cases
from screening.services.runs.one_shipment import Result
from screening.services.runs.verdicts import Verdicts


def store(run: ScreeningRun, result: Result, verdicts: Verdicts) -> list[dict[str, Any]]:
    """The screening, its findings, and what follows from them for the shipment and its case."""
    shipment = result.shipment
    screening = screening_row(run, result)
    screening.save(force_insert=True)
    findings = finding_rows(run, result, verdicts)
    for finding in findings:
        finding.screening = screening
    Finding.objects.bulk_create(findings)
    shipment.latest_screening = screening
    shipment.outcome = result.outcome
    shipment.looked_at = None
    shipment.save(update_fields=["latest_screening", "outcome", "looked_at"])
    return cases.take_up_screening(screening, findings)


def screening_row(run: ScreeningRun, result: Result) -> Screening:
    return Screening(
        run=run,
        shipment=result.shipment,
        facts_version=result.shipment.facts_version,
        facts=result.facts,
        screened_on=result.on,
        date_basis=result.date_basis,
        outcome=result.outcome,
        coverage=result.coverage,
        caveats=result.caveats,
    )


def finding_rows(run: ScreeningRun, result: Result, verdicts: Verdicts) -> list[Finding]:
    return [
        Finding(
            rule=found.rule,
            severity=found.severity,
            basis=found.basis[:200],
            ground=found.ground,
            asks_review=found.asks_review,
            headline=found.headline[:500],
            line_numbers=list(found.line_numbers),
            party_role=found.party.role if found.party else "",
            party_id=found.party.party_id if found.party else None,
            supplier_id=found.party.supplier_id if found.party else None,
            party_name=found.party.name if found.party else "",
            steps_upstream=found.at.steps_upstream if found.at else None,
            grade=found.at.grade if found.at else "",
            path=list(found.at.path) if found.at else [],
            other_paths=found.party.other_paths if found.party else 0,
            matched_field=found.matched_field,
            matched_text=found.matched_text[:600],
            score=found.score,
            reasons=list(found.reasons),
            verdict=found.verdict,
            judgement_id=found.judgement,
            **_pair(found),
            **_listed(run, found, verdicts),
            place_code=found.place_code,
            place_name=found.place_name,
        )
        for found in result.found
    ]


def _pair(found: rules.Found) -> dict[str, Any]:
    """What a judgement on this finding would speak of."""
    if not (found.rule == "LISTED_ENTITY" and found.party):
        return {}
    facts = found.party.facts
    return {
        "declared": {key: value for key, value in asdict(facts).items() if value},
        "firm_key": party_key(facts, Judgement.Scope.FIRM),
        "site_key": party_key(facts, Judgement.Scope.SITE),
    }


def _listed(run: ScreeningRun, found: rules.Found, verdicts: Verdicts) -> dict[str, Any]:
    """The row of the list a finding rests on, and the version: that of the orders, or the Entity List."""
    if found.rule == ORDER_RULE:
        return {"listing": verdicts.orders[found.listed_key], "list_version": run.wro_version}
    return {"listing": verdicts.rows.get(found.listed_key), "list_version": run.list_version}
