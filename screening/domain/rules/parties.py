"""Parties of a chain and the Entity List: a listed entity itself, and a firm that seems to belong to one."""

from __future__ import annotations

from collections.abc import Iterator

from entities.domain.judging import Judged, effect
from entities.domain.matching import ListMatch
from screening.domain.rules.facts import Found, ListRow, PartyAtStep, ShipmentFacts
from screening.domain.rules.wording import headline, row_basis, signs, why_not_presumed


def listed_entity(shipment: ShipmentFacts) -> Iterator[Found]:
    """A party at any step is on the UFLPA Entity List in force on the date of importation."""
    for party in shipment.parties:
        for match in party.verdict.matches:
            row = shipment.rows[match.key]
            judged = party.judged.get(match.key)
            does = effect(judged, match.verdict)
            if judged and does == "sets_aside":
                yield _set_aside(shipment, party, match, row, judged)
                continue
            is_match = match.verdict == "match" or does == "confirms"
            holds = is_match and party.raises_presumption and shipment.is_under_uflpa
            since = f"{row.listed_since:%-d %B %Y}"
            says = f"is {row.name}, listed since {since}" if is_match else f"may be {row.name}, listed since {since}"
            yield Found(
                rule="LISTED_ENTITY",
                severity="block" if holds else "high",
                basis=f"UFLPA sec. 3(a); {row_basis(row)}",
                ground="LISTED_ENTITY" if holds else "",
                asks_review=True,
                headline=headline(shipment, party, says),
                line_numbers=party.line_numbers,
                party=party,
                matched_field=match.field,
                matched_text=match.matched_text,
                score=match.score,
                reasons=(
                    *match.reasons,
                    *signs(match.signs),
                    *_judged(judged, does),
                    *why_not_presumed(party, is_match),
                ),
                listed_key=match.key,
                verdict=match.verdict,
                judgement=judged.pk if judged and does == "confirms" else None,
            )


def listed_affiliate(shipment: ShipmentFacts) -> Iterator[Found]:
    """A party seems to belong to a listed entity without being it: a subsidiary, a sister firm, a shared address.

    The presumption speaks of the entity the list names. Whether a listing reaches another firm its own words say; a
    person reads them, so this alone never stops the goods.
    """
    for party in shipment.parties:
        for kin in party.affiliations:
            row = shipment.rows[kin.key]
            says = f"seems to belong to {row.name}, listed since {row.listed_since:%-d %B %Y}"
            yield Found(
                rule="LISTED_AFFILIATE",
                severity="high",
                basis=f"UFLPA sec. 3(a), read with the words of the listing; {row_basis(row)}",
                asks_review=True,
                headline=headline(shipment, party, says),
                line_numbers=party.line_numbers,
                party=party,
                matched_field=kin.field,
                matched_text=kin.matched_text,
                reasons=kin.reasons,
                listed_key=kin.key,
            )


def _set_aside(shipment: ShipmentFacts, party: PartyAtStep, match: ListMatch, row: ListRow, judged: Judged) -> Found:
    """A likeness to a listed entity that people judged to be another firm: shown, but it asks for nothing."""
    says = f"was judged a different firm from {row.name}"
    return Found(
        rule="LISTED_ENTITY",
        severity="info",
        basis=f"UFLPA sec. 3(a); {row_basis(row)}",
        headline=headline(shipment, party, says),
        line_numbers=party.line_numbers,
        party=party,
        matched_field=match.field,
        matched_text=match.matched_text,
        score=match.score,
        reasons=(judged.sentence, *match.reasons, *signs(match.signs)),
        listed_key=match.key,
        verdict=match.verdict,
        judgement=judged.pk,
    )


def _judged(judged: Judged | None, does: str) -> tuple[str, ...]:
    """What a judgement adds to the reasons where the finding goes on."""
    if judged is None or does == "nothing":
        return ()
    if does == "awaits":
        return (f"{judged.sentence}. It was a possible match then; setting a match aside takes a second person.",)
    return (judged.sentence,)
