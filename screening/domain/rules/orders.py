"""Withhold release orders (19 CFR 12.42): goods of an order from a party or a region it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from screening.domain.law.clocks import UFLPA_IN_FORCE_FROM
from screening.domain.orders import Order
from screening.domain.rules.facts import Found, PartyAtStep, ShipmentFacts
from screening.domain.rules.wording import headline, signs


def withhold_release_order(shipment: ShipmentFacts) -> Iterator[Found]:
    """Goods of an order, from a party that the order names or, where it names a region, from that region."""
    for party in shipment.parties:
        named = [(shipment.orders[match.key], match) for match in party.orders]
        for order, match in named:
            if order.goods is None or not order.goods.by_place:
                reasons = (*match.reasons, *signs(match.signs))
                yield from _order(
                    shipment, party, order, match.verdict, match.field, match.matched_text, reasons, match.score
                )
        for order in shipment.orders.values():
            if order.goods is None or not order.stands(shipment.on):
                continue
            signals = [signal for signal in party.verdict.signals if signal.rule in order.goods.by_place]
            if best := next((signal for signal in signals if signal.strength == "strong"), None):
                yield from _order(shipment, party, order, "match", best.field, best.token, (best.reason,), None)


def _order(
    shipment: ShipmentFacts,
    party: PartyAtStep,
    order: Order,
    verdict: str,
    matched_field: str,
    matched_text: str,
    reasons: tuple[Any, ...],
    score: float | None,
) -> Iterator[Found]:
    """The finding for an order and a party, on those lines alone whose goods the order covers."""
    covered = [
        article.number
        for number in party.line_numbers
        if (article := shipment.article(number)) and order.covers(article.hts_codes, article.sectors)
    ]
    if not covered:
        return
    party = replace(party, line_numbers=tuple(covered))
    is_match = verdict == "match" and order.goods is not None
    enforced = order.is_enforced(shipment.on)
    holds = is_match and enforced and party.raises_presumption
    says = "falls under" if is_match else "may fall under"
    why = [*reasons]
    if not enforced:
        since = f"{UFLPA_IN_FORCE_FROM:%-d %B %Y}"
        why.append(f"For goods imported from {since} enforcement of the order is superseded by that of the UFLPA.")
    elif is_match and not holds:
        why.append("Its role, or the path to it, is not certain enough to withhold the goods: a person must look.")
    if order.goods is None:
        why.append("The goods of this order are not in the table of goods; whether it covers these a person must say.")
    yield Found(
        rule="WRO",
        severity="info" if not enforced else "block" if holds else "high",
        basis=f"19 U.S.C. 1307; 19 CFR 12.42(e); order of {order.ordered_on:%-d %B %Y}: {order.printed_goods}",
        ground="WRO" if holds else "",
        asks_review=enforced,
        headline=headline(shipment, party, f"{says} the withhold release order on {order.name}"),
        line_numbers=party.line_numbers,
        party=party,
        matched_field=matched_field,
        matched_text=matched_text,
        score=score,
        reasons=tuple(why),
        listed_key=order.key,
        verdict=verdict,
    )
