"""Parties of a chain and the Entity List: a listed entity itself, a firm that belongs to one, words of a scheme."""

from __future__ import annotations

from collections.abc import Iterator

from entities.domain.judging import Judged, effect
from entities.domain.matching import ListMatch
from screening.domain.rules.facts import Found, ListedKin, ListRow, PartyAtStep, ShipmentFacts
from screening.domain.rules.wording import headline, outside_uflpa, row_basis, signs, weak_links, why_not_presumed


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
    person reads them, so this alone never stops the goods. Only a firm that a listed entity controls is itself on the
    list where the listing says that it takes in subsidiaries.
    """
    told: set[tuple[int | None, str, str]] = set()
    for party in shipment.parties:
        for owner in party.kin:
            if (once := (party.supplier_id, party.role, owner.match.key)) not in told:
                told.add(once)
                yield _kin(shipment, party, owner)
        owned = {owner.match.key for owner in party.kin}
        for kin in party.affiliations:
            if kin.key in owned:
                continue
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


def labour_transfer(shipment: ShipmentFacts) -> Iterator[Found]:
    """Name or address of a party, or what is said of its deliveries, speaks of a state labour scheme."""
    told: set[tuple[int | None, int | None]] = set()
    for party in shipment.parties:
        once = (party.supplier_id, None if party.supplier_id else party.party_id)
        if party.is_source and party.labour and once not in told:
            told.add(once)
            yield _labour(shipment, party)
    for party in shipment.spoken_of:
        yield _labour(shipment, party)


def _labour(shipment: ShipmentFacts, party: PartyAtStep) -> Found:
    """The words in a party's own particulars, or in one statement on its deliveries."""
    first = party.labour[0]
    places = {"goods": "what it delivers", "source": "the source of a statement on it"}
    where = places.get(first.field, f"its {first.field.replace('_', ' ')}")
    return Found(
        rule="LABOUR_TRANSFER",
        severity="high",
        basis="UFLPA sec. 2(d)(2)(B)(ii), (v)",
        asks_review=True,
        headline=headline(shipment, party, f"speaks of “{first.words}” in {where}"),
        line_numbers=party.line_numbers,
        party=party,
        matched_field=first.field,
        matched_text=first.words,
        reasons=(
            *(
                {
                    "field": said.field,
                    "token": said.words,
                    "text": "These words are used of government schemes that place workers of Xinjiang.",
                    **({"links": [said.link]} if said.link is not None else {}),
                }
                for said in party.labour
            ),
            "Words alone show no worker of such a scheme at this firm: a person reads the text.",
            *weak_links(party),
        ),
    )


def _kin(shipment: ShipmentFacts, party: PartyAtStep, kin: ListedKin) -> Found:
    """A firm tied to a listed entity by declared holdings."""
    row = shipment.rows[kin.match.key]
    is_sure = kin.match.verdict == "match"
    is_taken_in = is_sure and kin.is_owner and kin.is_controlled and kin.reaches_further
    holds = is_taken_in and party.raises_presumption and shipment.is_under_uflpa
    if kin.is_owner:
        tie = "is controlled by" if kin.is_controlled else "is held in part by"
    else:
        tie = "controls" if kin.is_controlled else "holds a part of"
    who = row.name if is_sure else f"{kin.name}, which may be {row.name}"
    return Found(
        rule="LISTED_AFFILIATE",
        severity="block" if holds else "high",
        basis=f"UFLPA sec. 3(a), read with the words of the listing; {row_basis(row)}",
        ground="LISTED_ENTITY" if holds else "",
        asks_review=True,
        headline=headline(shipment, party, f"{tie} {who}, listed since {row.listed_since:%-d %B %Y}"),
        line_numbers=party.line_numbers,
        party=party,
        matched_field="ownership",
        matched_text=kin.name,
        score=kin.match.score,
        reasons=(
            {"field": "ownership", "token": kin.name, "text": f"{kin.way}.", "holdings": list(kin.holdings)},
            *(reason for reason in kin.match.reasons if reason != kin.scope),
            kin.scope,
            *why_not_presumed(party, is_taken_in),
            *(() if shipment.is_under_uflpa else (outside_uflpa(),)),
        ),
        listed_key=kin.match.key,
        verdict=kin.match.verdict,
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
