"""Receipts: what a screening looked at, by which lists, thresholds and engine, and what it said; and saying it again.

A receipt is an export of a stored screening, not a second record. It is replayed on what it holds and on the versions
it names, which never change: the same bytes come out whatever list, thresholds, names or tables are in use now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from entities.domain.chain import canonical, sha256
from entities.domain.errors import Refused
from entities.domain.matching import ENGINE_VERSION
from entities.domain.parties import NOBODY
from entities.domain.plain import from_plain, to_plain
from entities.matchers import matcher_for
from entities.models import ListVersion, ThresholdSet
from screening.domain import rules
from screening.models import Finding, Screening, ScreeningInput, ScreeningRun, Shipment
from screening.services.runs.in_words import current_rows, order_in_words, row_in_words
from screening.services.runs.one_shipment import Result, coverage_of
from screening.services.runs.storing import finding_rows
from screening.services.runs.verdicts import Verdicts

FORMAT = 1
_SAID = (
    *("rule", "severity", "basis", "ground", "asks_review", "headline", "line_numbers", "party_role", "party_id"),
    *("supplier_id", "party_name", "steps_upstream", "grade", "path", "other_paths", "matched_field", "matched_text"),
    *("score", "verdict", "declared", "firm_key", "site_key", "judgement_id", "reasons", "place_code", "place_name"),
)


def receipt_of(screening: Screening) -> bytes:
    """The receipt of a stored screening, as canonical JSON.

    Raises ``Refused`` where it was screened before the whole input was kept.
    """
    kept = ScreeningInput.objects.filter(screening=screening).first()
    if kept is None:
        raise Refused("input_not_kept", "This shipment was screened before receipts were kept: screen it again.")
    run = screening.run
    findings = list(screening.findings.select_related("listing").order_by("pk"))
    return _sealed(
        {
            "receipt": FORMAT,
            "screening": screening.pk,
            "shipment": {"id": screening.shipment_id, "facts_version": screening.facts_version},
            "screened_at": screening.created_at.isoformat(),
            "engine_version": run.engine_version,
            "lists": {
                version.register: {"id": version.pk, "label": version.label, "sha256": version.rows_sha256}
                for version in (run.list_version, run.wro_version)
                if version is not None
            },
            "thresholds": {"id": run.thresholds_id, "values": _thresholds(run.thresholds)},
            "names_up_to": run.names_up_to,
            "tables": kept.tables,
            "input": {
                "on": screening.screened_on.isoformat(),
                "date_basis": screening.date_basis,
                "declared": screening.facts,
                "seen": kept.facts,
                "caveats": screening.caveats,
            },
            "result": _result(screening.outcome, screening.coverage, screening.caveats, findings),
        }
    )


def read_receipt(content: bytes) -> dict[str, Any]:
    """A receipt as it was sent. Raises ``Refused`` where it is none, or was changed since it was made."""
    try:
        receipt = json.loads(content)
        sealed = _sealed({name: value for name, value in receipt.items() if name != "sha256"})
        is_intact = json.loads(sealed)["sha256"] == receipt["sha256"]
    except (ValueError, KeyError, AttributeError, UnicodeDecodeError) as fault:
        raise Refused("no_receipt", "This is no receipt of a screening.") from fault
    if not is_intact:
        raise Refused("receipt_changed", "This receipt was changed after it was made: its SHA-256 is another.")
    return receipt


def replay(receipt: Mapping[str, Any]) -> bytes:
    """Screen the input of a receipt again by the lists, thresholds and names it names; the receipt that comes of it.

    Raises ``Refused`` where this program has another engine, or a version the receipt names is not stored here.
    """
    if receipt["engine_version"] != ENGINE_VERSION:
        raise Refused(
            "engine_changed",
            f"This receipt was made by engine {receipt['engine_version']}; this program has engine {ENGINE_VERSION}. "
            "Replay it with a program that has the engine of the receipt.",
        )
    run = ScreeningRun(
        list_version=_version(receipt, ListVersion.Register.UFLPA),
        wro_version=_version(receipt, ListVersion.Register.WRO),
        engine_version=ENGINE_VERSION,
        thresholds_id=_same_thresholds(receipt),
        names_up_to=receipt["names_up_to"],
    )
    verdicts = _verdicts(run)
    given = receipt["input"]
    facts = from_plain(rules.ShipmentFacts, given["seen"])
    facts = replace(
        facts,
        rows={key: row_in_words(row) for key, row in verdicts.rows.items()},
        orders={key: order_in_words(key, row) for key, row in verdicts.orders.items()},
        parties=tuple(_matched_again(party, verdicts, facts.on) for party in facts.parties),
    )
    found = rules.evaluate(facts)
    result = Result(
        shipment=Shipment(pk=receipt["shipment"]["id"]),
        facts=given["declared"],
        seen=facts,
        on=facts.on,
        date_basis=given["date_basis"],
        found=found,
        coverage=coverage_of(facts.articles),
        caveats=given["caveats"],
    )
    findings = finding_rows(run, result, verdicts)
    said = _result(result.outcome, result.coverage, given["caveats"], findings)
    return _sealed({**{name: value for name, value in receipt.items() if name != "sha256"}, "result": said})


def _matched_again(party: rules.PartyAtStep, verdicts: Verdicts, on: date) -> rules.PartyAtStep:
    """A party with what the lists say of it asked anew. What was learned from a judgement stands as it was then."""
    if any(sign.judgement is not None for match in party.verdict.matches for sign in match.signs):
        return replace(party, orders=verdicts.orders_on(party.facts, on))
    answer = verdicts.matcher.answer(party.facts, on)
    keys = {match.key for match in answer.matches}
    verdict = replace(
        party.verdict,
        listed_verdict=answer.matches[0].verdict if answer.matches else "none",
        matches=answer.matches,
        affiliations=tuple(one for one in answer.affiliations if one.key not in keys),
    )
    return replace(party, verdict=verdict, orders=verdicts.orders_on(party.facts, on))


def _verdicts(run: ScreeningRun) -> Verdicts:
    version, orders = run.list_version, run.wro_version
    return Verdicts(
        version=version,
        matcher=matcher_for(version, run.basis),
        firms=NOBODY,
        uses_judgements=False,
        rows={row.entity.key: row for row in current_rows(version)},
        order_matcher=matcher_for(orders, run.basis) if orders else None,
        orders={row.entity.key: row for row in current_rows(orders)} if orders else {},
    )


def _version(receipt: Mapping[str, Any], register: str) -> ListVersion | None:
    named = receipt["lists"].get(register)
    if named is None:
        return None
    version = ListVersion.objects.filter(pk=named["id"], rows_sha256=named["sha256"]).first()
    if version is None:
        raise Refused("list_not_here", f"The list of the receipt is not stored here: {named['label']}.")
    return version


def _same_thresholds(receipt: Mapping[str, Any]) -> int | None:
    named = receipt["thresholds"]
    if named["id"] is None:
        return None
    row = ThresholdSet.objects.filter(pk=named["id"]).first()
    if row is None or _thresholds(row) != named["values"]:
        raise Refused("thresholds_not_here", f"The thresholds of the receipt are not stored here: set {named['id']}.")
    return int(row.pk)


def _thresholds(row: ThresholdSet | None) -> dict[str, Any] | None:
    return to_plain(row.values) if row is not None else None


def _result(outcome: str, coverage: Any, caveats: Any, findings: list[Finding]) -> dict[str, Any]:
    said = [
        {
            **{name: getattr(one, name) for name in _SAID},
            "listing": one.listing.row_id if one.listing else None,
        }
        for one in findings
    ]
    return {"outcome": str(outcome), "coverage": coverage, "caveats": caveats, "findings": said}


def _sealed(receipt: dict[str, Any]) -> bytes:
    plain = json.loads(canonical(receipt))
    return (canonical({**plain, "sha256": sha256(canonical(plain))}) + "\n").encode()
