"""The shipment itself: its goods and the particulars of its parties."""

from __future__ import annotations

from collections.abc import Iterator

from entities.domain.identifiers import chinese_postal_code
from screening.domain.rules.facts import Found, ShipmentFacts
from screening.domain.rules.wording import capital


def priority_hts(shipment: ShipmentFacts) -> Iterator[Found]:
    """The goods belong to a priority sector of the FLETF strategy. That asks for attention; it presumes nothing."""
    for article in shipment.articles:
        if not article.sectors:
            continue
        sectors = ", ".join(sector.replace("_", " ") for sector in article.sectors)
        yield Found(
            rule="PRIORITY_HTS",
            severity="medium",
            basis="FLETF strategy, priority sectors (sec. 2(d)(2)(B)(viii))",
            headline=f"{capital(article.label)} belongs to a priority sector: {sectors}.",
            line_numbers=(article.number,),
            matched_field="hts_codes",
            matched_text=", ".join(article.hts_codes),
            reasons=("The sector is designated in the strategy; the HTS prefix is this project's mapping.",),
        )


def postal_code(shipment: ShipmentFacts) -> Iterator[Found]:
    """A Chinese manufacturer without a valid six-digit postal code: CBP's systems reject it (since 18 March 2023)."""
    for party in shipment.parties:
        if party.role != "manufacturer" or party.steps_upstream != 1 or party.facts.country != "CN":
            continue
        code = party.facts.postal_code
        if code and chinese_postal_code(code).valid:
            continue
        yield Found(
            rule="BAD_POSTAL" if code else "NO_POSTAL",
            severity="medium",
            basis="CBP Region Alert (CSMS 55403002)",
            headline=f"Manufacturer {party.name} has "
            + (f"the postal code {code}, which is not a Chinese one." if code else "no postal code."),
            line_numbers=party.line_numbers,
            party=party,
            matched_field="postal_code",
            matched_text=code,
            reasons=("A manufacturer in China needs a six-digit postal code on entry.",),
        )
