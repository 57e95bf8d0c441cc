"""Places of a chain: a site, a name, a registration or material of Xinjiang, and the Corps."""

from __future__ import annotations

from collections.abc import Iterator

from screening.domain.rules.facts import Found, ShipmentFacts
from screening.domain.rules.wording import (
    headline,
    lines_in_words,
    outside_uflpa,
    steps_in_words,
    weak_links,
    why_not_presumed,
)


def xinjiang_site(shipment: ShipmentFacts) -> Iterator[Found]:
    """The address of a site in the chain lies in Xinjiang."""
    yield from _places(shipment, "XJ_SITE", "block", "UFLPA sec. 3(a); CBP Region Alert (CSMS 55403002)", "is in")


def xpcc(shipment: ShipmentFacts) -> Iterator[Found]:
    """A party belongs to the Xinjiang Production and Construction Corps by its name or address."""
    basis = "UFLPA sec. 2(d)(2)(B)(v), sec. 3(a)"
    yield from _places(shipment, "XPCC", "block", basis, "belongs to the Xinjiang Production and Construction Corps:")


def xinjiang_name(shipment: ShipmentFacts) -> Iterator[Found]:
    """Only the name of a firm speaks of Xinjiang; nothing else places it there, so a person looks."""
    basis = "UFLPA sec. 3(a), read with care: a name places no site (unverified)"
    yield from _places(shipment, "XJ_NAME", "high", basis, "carries in its name")


def xinjiang_registration(shipment: ShipmentFacts) -> Iterator[Found]:
    """The unified social credit code was given out in Xinjiang. It proves registration there, not production."""
    basis = "UFLPA sec. 3(a); GB 32100-2015, digits 3 to 8"
    yield from _places(shipment, "XJ_REGISTRATION", "high", basis, "is registered in")


def xinjiang_material(shipment: ShipmentFacts) -> Iterator[Found]:
    """A link of the chain states that its material is of Xinjiang origin, whoever the supplier is."""
    for material in shipment.materials:
        holds = material.grade.raises_presumption and shipment.is_under_uflpa
        where = steps_in_words(material.steps_upstream)
        yield Found(
            rule="XJ_MATERIAL",
            severity="block" if holds else "high",
            basis="UFLPA sec. 3(a): goods made wholly or in part in Xinjiang",
            ground="XINJIANG_ORIGIN" if holds else "",
            asks_review=True,
            headline=f"{lines_in_words(shipment, material.line_numbers)[0]}: {material.customer} takes in "
            f"{material.goods or 'material'} stated to be of Xinjiang origin, from {material.supplier}, {where}.",
            line_numbers=material.line_numbers,
            material=material,
            matched_field="origin",
            matched_text=material.goods,
            reasons=(
                "The statement on the link itself says where the material comes from.",
                *weak_links(material),
                *(() if shipment.is_under_uflpa else (outside_uflpa(),)),
            ),
        )


def _places(shipment: ShipmentFacts, code: str, severity: str, basis: str, verb: str) -> Iterator[Found]:
    for party in shipment.parties:
        signals = [signal for signal in party.verdict.signals if signal.rule == code]
        if not signals:
            continue
        best = signals[0]
        blocks = severity == "block" and best.strength == "strong"
        holds = blocks and party.raises_presumption and shipment.is_under_uflpa
        yield Found(
            rule=code,
            severity="block" if holds else "high",
            basis=basis,
            ground="XINJIANG_ORIGIN" if holds else "",
            asks_review=True,
            headline=headline(shipment, party, f"{verb} {best.place_name}"),
            line_numbers=party.line_numbers,
            party=party,
            matched_field=best.field,
            matched_text=best.token,
            reasons=(
                *(signal.reason for signal in signals),
                *why_not_presumed(party, blocks),
                *(() if shipment.is_under_uflpa else (outside_uflpa(),)),
            ),
            place_code=best.place_code,
            place_name=best.place_name,
        )
