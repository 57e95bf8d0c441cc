"""Screenings and findings as rows: made of what the rules said, and stored with what follows for the shipment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Model, OuterRef, Subquery

from entities import audit, proof
from entities.audit import Written
from entities.domain.chain import sha256
from entities.domain.judging import party_key
from entities.many_rows import add_rows
from entities.models import Judgement
from entities.services import jobs
from entities.services.tables import keep_tables
from screening.domain import rules
from screening.models import (
    ORDER_RULE,
    Case,
    Finding,
    ScreenedNetwork,
    ScreenedRecord,
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

AT_ONCE = 16_000_000  # letters of networks in memory until they are kept
_FINDING = [one.attname for one in Finding._meta.concrete_fields]


class Stored(NamedTuple):
    """A screening of a run as it was stored, with its findings."""

    screening: Screening
    findings: list[Finding]


def store(run: ScreeningRun, results: Sequence[Result], known: Surroundings) -> tuple[list[Stored], list[Written]]:
    """Screenings and their findings, which stand for the shipments from now on; and what was written of them, for the
    audit event of the run.

    The number of statements does not grow with the shipments.
    """
    screenings = [screening_row(run, one) for one in results]
    written = _add(Screening, screenings)
    written += keep_inputs(screenings, known)
    findings = [finding_rows(run, one, known.verdicts) for one in results]
    for screening, rows in zip(screenings, findings, strict=True):
        for row in rows:
            row.screening = screening
    written += _add(Finding, [row for rows in findings for row in rows])
    mine = Screening.objects.filter(run=run, shipment=OuterRef("pk"))
    Shipment.objects.filter(pk__in=[one.shipment_id for one in screenings]).update(
        latest_screening=Subquery(mine.values("pk")), outcome=Subquery(mine.values("outcome")), looked_at=None
    )
    for screening in screenings:
        shipment = screening.shipment
        shipment.latest_screening, shipment.outcome, shipment.looked_at = screening, screening.outcome, None
    return [Stored(*both) for both in zip(screenings, findings, strict=True)], written


def _add(model: type[Model], rows: Sequence[Model]) -> list[Written]:
    """Store new rows with all their columns, and tell what was written."""
    columns = [one.attname for one in model._meta.concrete_fields if not one.primary_key]
    values = list(map(attrgetter(*columns), rows))
    keys = add_rows(model, columns, values)
    for row, key in zip(rows, keys, strict=True):
        row.pk, row._state.adding = key, False
    return list(proof.written(model, columns, keys, values))


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


def keep_inputs(screenings: Sequence[Screening], known: Surroundings) -> list[Written]:
    """Keep what each screening read; a network or record that several read is kept once."""
    tables, reading = keep_tables(), Reading(known, [one.shipment for one in screenings])
    behind = {one.pk: known.firms_behind(one.shipment) for one in screenings}
    network_keys, written = _keep_networks(dict.fromkeys(behind.values()), reading)
    records = {one.pk: reading.record(one.shipment.owner_id) for one in screenings}
    record_keys, further = _keep_once(ScreenedRecord, filter(None, records.values()))
    rows = [
        ScreeningInput(
            screening=one,
            facts=reading.goods(one.shipment),
            network_id=network_keys[behind[one.pk]],
            record_id=record_keys.get(records[one.pk]),
            tables=tables,
        )
        for one in screenings
    ]
    return [*written, *further, *_add(ScreeningInput, rows)]


def _keep_networks(
    firms: Iterable[frozenset[int]], reading: Reading
) -> tuple[dict[frozenset[int], int], list[Written]]:
    """Keep the networks of these firms. Large ones are kept a few at a time: one may have megabytes."""
    keys: dict[frozenset[int], int] = {}
    written: list[Written] = []
    for some in _portions((one, reading.network(one)) for one in firms):
        found, told = _keep_once(ScreenedNetwork, some.values())
        keys |= {behind: found[text] for behind, text in some.items()}
        written += told
    return keys, written


def _portions(texts: Iterable[tuple[frozenset[int], str]]) -> Iterator[dict[frozenset[int], str]]:
    some: dict[frozenset[int], str] = {}
    size = 0
    for behind, text in texts:
        some[behind] = text
        size += len(text)
        if size > AT_ONCE:
            yield some
            some, size = {}, 0
    yield some


def _keep_once(
    model: type[ScreenedNetwork] | type[ScreenedRecord], texts: Iterable[str]
) -> tuple[dict[str, int], list[Written]]:
    """Keep canonical texts by their digests, where they are not kept yet. Returns their keys, and what was written of
    those that no event has spoken of yet."""
    by_digest = {sha256(text): text for text in dict.fromkeys(texts)}
    rows = model._base_manager.filter(sha256__in=by_digest)
    kept = dict(rows.values_list("sha256", "pk"))
    new = {digest: text for digest, text in by_digest.items() if digest not in kept}
    written: list[Written] = []
    if new:
        made: list[Any] = [model(sha256=digest, text=text) for digest, text in new.items()]
        # Another run may have read the same just now.
        model._base_manager.bulk_create(made, batch_size=100, ignore_conflicts=True)
        kept |= dict(rows.filter(sha256__in=new).values_list("sha256", "pk"))
        untold = {row.pk for row in audit.untold(model, [kept[digest] for digest in new])}
        stored = {kept[digest]: (digest, text) for digest, text in new.items() if kept[digest] in untold}
        written += proof.written(model, ("sha256", "text"), stored.keys(), stored.values())
    return {text: kept[digest] for digest, text in by_digest.items()}, written


def finding_rows(run: ScreeningRun, result: Result, verdicts: Verdicts) -> list[Finding]:
    return [_finding_row(run, found, verdicts) for found in result.found]


def _finding_row(run: ScreeningRun, found: rules.Found, verdicts: Verdicts) -> Finding:
    party, at = found.party, found.at
    said = {
        "rule": found.rule,
        "severity": found.severity,
        "basis": found.basis[:200],
        "ground": found.ground,
        "asks_review": found.asks_review,
        "headline": found.headline[:500],
        "line_numbers": list(found.line_numbers),
        "party_role": party.role if party else "",
        "party_id": party.party_id if party else None,
        "supplier_id": party.supplier_id if party else None,
        "party_name": party.name if party else "",
        "steps_upstream": at.steps_upstream if at else None,
        "grade": at.grade if at else "",
        "path": list(at.path) if at else [],
        "other_paths": party.other_paths if party else 0,
        "matched_field": found.matched_field,
        "matched_text": found.matched_text[:600],
        "score": found.score,
        "reasons": list(found.reasons),
        "verdict": found.verdict,
        "judgement_id": found.judgement,
        **_pair(found),
        "place_code": found.place_code,
        "place_name": found.place_name,
    }
    # The rows it rests on: of the orders, or of the Entity List.
    is_order = found.rule == ORDER_RULE
    listing = verdicts.orders[found.listed_key] if is_order else verdicts.rows.get(found.listed_key)
    said["listing_id"] = listing.pk if listing else None
    said["list_version_id"] = run.wro_version_id if is_order else run.list_version_id
    row = Finding(*map(said.get, _FINDING))  # in the order of the columns: some twenty to a shipment are made here
    if listing:
        row.listing = listing
    return row


def _pair(found: rules.Found) -> dict[str, Any]:
    """What a judgement on this finding would speak of."""
    if not (found.rule == "LISTED_ENTITY" and found.party):
        return {"declared": {}, "firm_key": "", "site_key": ""}
    facts = found.party.facts
    return {
        "declared": {key: value for key, value in asdict(facts).items() if value},
        "firm_key": party_key(facts, Judgement.Scope.FIRM),
        "site_key": party_key(facts, Judgement.Scope.SITE),
    }
