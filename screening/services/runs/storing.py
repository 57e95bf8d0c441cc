"""Screenings and findings as rows: made of what the rules said, and stored with what follows for the shipment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from entities.domain.chain import sha256
from entities.domain.judging import party_key
from entities.models import Judgement
from entities.services import jobs
from entities.services.tables import keep_tables
from screening.domain import rules
from screening.models import (
    ORDER_RULE,
    Case,
    Finding,
    ScreenedNetwork,
    Screening,
    ScreeningInput,
    ScreeningRun,
    Shipment,
)
from screening.services import cases
from screening.services.runs.one_shipment import Result
from screening.services.runs.seen import Reading
from screening.services.runs.surroundings import Surroundings
from screening.services.runs.verdicts import Verdicts

BATCH = 50  # rows with all their facts in one statement


class Stored(NamedTuple):
    """A screening of a run as it was stored, with its findings."""

    screening: Screening
    findings: list[Finding]


def store(run: ScreeningRun, results: Sequence[Result], known: Surroundings) -> list[Stored]:
    """Screenings and their findings, which stand for the shipments from now on.

    The number of statements does not grow with the shipments.
    """
    screenings = Screening.objects.bulk_create([screening_row(run, one) for one in results], batch_size=BATCH)
    keep_inputs(screenings, known)
    findings = [finding_rows(run, one, known.verdicts) for one in results]
    for screening, rows in zip(screenings, findings, strict=True):
        for row in rows:
            row.screening = screening
    Finding.objects.bulk_create([row for rows in findings for row in rows], batch_size=10 * BATCH)
    shipments = [one.shipment for one in results]
    for screening, shipment in zip(screenings, shipments, strict=True):
        shipment.latest_screening, shipment.outcome, shipment.looked_at = screening, screening.outcome, None
    Shipment.objects.bulk_update(shipments, ["latest_screening", "outcome", "looked_at"], batch_size=BATCH)
    return [Stored(*both) for both in zip(screenings, findings, strict=True)]


def take_up(stored: Sequence[Stored]) -> dict[int, list[dict[str, Any]]]:
    """What follows from screenings for the cases of their shipments; by shipment what was done."""
    shipments = [one.screening.shipment for one in stored]
    _ask_for_checks(shipments)
    have_cases = set(Case.objects.filter(shipments__in=shipments).values_list("shipments", flat=True))
    return {
        screening.shipment_id: cases.take_up_screening(screening, rows)
        for screening, rows in stored
        if screening.shipment_id in have_cases or any(row.ground for row in rows)
    }


def _ask_for_checks(shipments: Sequence[Shipment]) -> None:
    """Have papers that were sent laid on the chains as they are now. By the job's name: papers are another app's."""
    held = Case.objects.filter(shipments__in=shipments, exhibits__isnull=False)
    for pk in held.order_by("pk").values_list("pk", flat=True).distinct():
        jobs.enqueue("check_papers", {"case": pk}, dedupe_key=f"case-{pk}")


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


def keep_inputs(screenings: Sequence[Screening], known: Surroundings) -> None:
    """Keep what each screening read; a network that several read is kept once."""
    tables, reading = keep_tables(), Reading(known)
    networks = {one.pk: reading.network(one.shipment) for one in screenings}
    texts = {sha256(text): text for text in dict.fromkeys(networks.values())}
    keys = {text: key for key, text in texts.items()}
    rows = ScreenedNetwork.objects.filter(sha256__in=texts)
    kept = set(rows.values_list("sha256", flat=True))
    ScreenedNetwork.objects.bulk_create(
        [ScreenedNetwork(sha256=key, facts=json.loads(text)) for key, text in texts.items() if key not in kept],
        batch_size=BATCH,
        ignore_conflicts=True,  # another run may have read the same just now
    )
    known_as = dict(rows.values_list("sha256", "pk"))
    ScreeningInput.objects.bulk_create(
        [
            ScreeningInput(
                screening=one,
                facts=reading.goods(one.shipment),
                network_id=known_as[keys[networks[one.pk]]],
                tables=tables,
            )
            for one in screenings
        ],
        batch_size=BATCH,
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
