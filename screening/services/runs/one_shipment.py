"""All rules over one shipment, and what is kept of the facts they saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import islice
from typing import Any

from entities.domain.facts import PARTY_FIELDS
from entities.domain.judging import effect
from entities.domain.matching import ENGINE_VERSION
from entities.reference_tables import in_use
from screening.domain import lots, rules
from screening.domain.coverage import Coverage
from screening.lot_facts import facts_of_lots, questions_about
from screening.models import Screening, ScreeningRun, Shipment
from screening.reference import assembly_countries
from screening.services.record import facts_of_record
from screening.services.runs.at_odds import contradictions_among, mixed_plants
from screening.services.runs.chains import chains_of
from screening.services.runs.parties import named_parties
from screening.services.runs.surroundings import Surroundings
from screening.services.shipments import facts_of

_COVERAGE = [one.name for one in fields(Coverage)]
MOST_CONTRADICTIONS = 5  # told of one shipment


@dataclass(slots=True)
class Result:
    """What the rules said of one shipment."""

    shipment: Shipment
    facts: dict[str, Any]
    on: date
    date_basis: str
    found: tuple[rules.Found, ...]
    coverage: list[dict[str, Any]]
    caveats: list[str]

    @property
    def outcome(self) -> str:
        return rules.outcome(self.found)

    def repeats(self, run: ScreeningRun, tables: Mapping[str, str] | None) -> bool:
        """The latest screening, made with these tables, saw the same facts, for the same date, on the same basis with
        the same lists."""
        latest = self.shipment.latest_screening
        return (
            latest is not None
            and self.shipment.is_screened
            and latest.run.list_version_id == run.list_version_id
            and latest.run.wro_version_id == run.wro_version_id
            and latest.run.engine_version == ENGINE_VERSION
            and latest.run.basis == run.basis
            and tables == dict(in_use().digests)
            and latest.facts == self.facts
            and latest.screened_on == self.on
        )


def screen_one(shipment: Shipment, known: Surroundings) -> Result:
    """All rules over one shipment."""
    on, date_basis = shipment.screening_date(known.today)
    chains = chains_of(shipment, known, on)
    parties = [*named_parties(shipment, known, on), *chains.upstream]
    traced = facts_of_lots(known.traces[shipment.pk], _sources(shipment, known))
    open_lots = questions_about(traced, [line.number for line in known.lines[shipment.pk]])
    lines, parts = known.lines[shipment.pk], known.parts[shipment.pk]
    verdicts, record = known.verdicts, known.record
    routes = record.changes(shipment, lines, parts, on, verdicts.listed_since)
    prices = record.low_prices(shipment, lines, on)
    facts = rules.ShipmentFacts(
        articles=tuple(chains.articles),
        parties=tuple(parties),
        materials=tuple(chains.materials),
        spoken_of=tuple(chains.spoken_of),
        mixed=tuple(mixed_plants(parties, lines, known)),
        contradictions=tuple(islice(contradictions_among(parties, known), MOST_CONTRADICTIONS)),
        routes=tuple(routes),
        prices=tuple(prices),
        assembly_countries=assembly_countries(),
        list_retrieved_on=verdicts.version.retrieved_on,
        on=on,
        rows=verdicts.rows_in_words,
        orders=verdicts.orders_in_words,
    )
    found = rules.evaluate(facts)
    return Result(
        shipment=shipment,
        facts={
            **facts_of(shipment, lines, parts),
            "upstream": [_upstream_facts(party) for party in chains.upstream],
            **({"lots": traced} if traced else {}),
            **facts_of_record(routes, prices),
            **_statements_in(found),
            **_judgements_in(parties),
        },
        on=on,
        date_basis=date_basis,
        found=found,
        coverage=coverage_of(chains.articles),
        caveats=[
            *_day_assumed(on, date_basis),
            *verdicts.announced(parties, on, known.today),
            *lots.in_sentences(open_lots),
        ],
    )


def coverage_of(articles: Iterable[rules.Article]) -> list[dict[str, Any]]:
    """How far the chain of each line is known, with the sentence that says so."""
    return [
        {**{name: getattr(one.coverage, name) for name in _COVERAGE}, "sentence": one.coverage.sentence}
        for one in articles
    ]


def _sources(shipment: Shipment, known: Surroundings) -> set[int]:
    """Who made or sold the goods, by the shipment itself."""
    parts = (part for part in known.parts[shipment.pk] if part.role in rules.SOURCE_ROLES)
    return {part.party.supplier_id for part in parts if part.party.supplier_id}


def _day_assumed(on: date, date_basis: str) -> list[str]:
    """What the reader must know where the day of importation is not known yet."""
    if date_basis == "imported":
        return []
    return [f"Screened for {on:%-d %B %Y}: {Screening.DateBasis(date_basis).label}."]


def _upstream_facts(party: rules.PartyAtStep) -> dict[str, Any]:
    """A supplier upstream as it was screened."""
    return {
        "supplier": party.supplier_id,
        "steps_upstream": party.steps_upstream,
        "grade": party.grade.value,
        "lines": list(party.line_numbers),
        "links": [node["link"] for node in party.path if "link" in node],
        **({"stage": stage} if (stage := party.path[-1].get("stage", "")) and party.path[-1]["link"] < 0 else {}),
        **{name: words for name in PARTY_FIELDS if (words := getattr(party.facts, name))},
    }


def _statements_in(found: Iterable[rules.Found]) -> dict[str, Any]:
    """The statements that findings rest on beside the paths: it is another screening where these are others."""
    signs = [reason for one in found for reason in one.reasons if isinstance(reason, dict)]
    said = {name: {pk for sign in signs for pk in sign.get(name, ())} for name in ("links", "holdings")}
    ends = [one.at for one in found if one.material or one.rule == "LABOUR_TRANSFER"]
    said["links"] |= {node["link"] for end in ends if end for node in end.path if node.get("link", 0) > 0}
    kin = {(one.listed_key, one.verdict) for one in found if one.matched_field == "ownership"}
    rests_on = {name: sorted(keys) for name, keys in said.items()}
    return {"rests_on": rests_on | {"kin": [list(one) for one in sorted(kin)]}} if any(said.values()) else {}


def _judgements_in(parties: Iterable[rules.PartyAtStep]) -> dict[str, Any]:
    """The judgements that bear on a screening: it is another one where these are others."""
    learned = {
        (sign.judgement, "made known")
        for party in parties
        for match in party.verdict.matches
        for sign in match.signs
        if sign.judgement is not None
    }
    bearing = learned | {
        (judged.pk, does)
        for party in parties
        for match in party.verdict.matches
        if (judged := party.judged.get(match.key)) and (does := effect(judged, match.verdict)) != "nothing"
    }
    return {"judgements": [list(one) for one in sorted(bearing)]} if bearing else {}
