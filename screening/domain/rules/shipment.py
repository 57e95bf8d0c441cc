"""The shipment itself: its goods, its way and price beside earlier ones, the particulars of its parties, the list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from entities.domain.identifiers import chinese_postal_code
from screening.domain.rules.facts import Found, ShipmentFacts
from screening.domain.rules.wording import capital, lines_in_words, listing

# A list retrieved longer ago than this, seen from the day of importation, may miss a listing in force on that day.
LIST_MAY_BE_OLD = timedelta(days=30)


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


def route_change(shipment: ShipmentFacts) -> Iterator[Found]:
    """Soon after a listing or a detention the same goods come from another source, another origin or another port."""
    for change in shipment.routes:
        what, plural = lines_in_words(shipment, change.line_numbers)
        yield Found(
            rule="ROUTE_CHANGE",
            severity="low",
            basis="CBP UFLPA practice: trade moved after a listing or detention (unverified)",
            headline=f"{what} {'come' if plural else 'comes'} by a new way, {listing(change.new)}, since "
            f"{change.since.sentence}.",
            line_numbers=change.line_numbers,
            matched_field="route",
            matched_text=", ".join(change.new),
            reasons=(
                f"{capital(change.since.sentence)}; {change.earlier} earlier "
                f"{'ways' if change.earlier > 1 else 'way'} of goods of heading {change.heading} to this importer "
                f"{'are' if change.earlier > 1 else 'is'} on record.",
                "A new way may be the answer of a careful importer, or the old goods by another road.",
            ),
        )


def price_outlier(shipment: ShipmentFacts) -> Iterator[Found]:
    """The unit price stands far under that of like goods on record."""
    for price in shipment.prices:
        article = shipment.article(price.line_number)
        label = capital(article.label) if article else f"Line {price.line_number}"
        yield Found(
            rule="PRICE_OUTLIER",
            severity="low",
            basis="Price far under like goods, a common sign of forced labour (unverified)",
            headline=f"{label} costs {price.currency} {price.amount:,} a {price.unit}, far under the "
            f"{price.currency} {price.median:,} of like goods.",
            line_numbers=(price.line_number,),
            matched_field="value",
            matched_text=f"{price.currency} {price.amount} a {price.unit}",
            reasons=(
                f"Compared with {price.peers} lines of {price.hts} on {price.shipments} other shipments, in the same "
                f"unit and currency, within two years: "
                f"the median is {price.currency} {price.median:,}, half of them lie between {price.low:,} and "
                f"{price.high:,}.",
                "Quality, size and terms of sale are not known to the comparison.",
            ),
        )


def stale_list(shipment: ShipmentFacts) -> Iterator[Found]:
    """The list in use was retrieved long before the day of importation: a listing since then is not seen."""
    retrieved = shipment.list_retrieved_on
    if retrieved is None or shipment.on - retrieved <= LIST_MAY_BE_OLD:
        return
    days = (shipment.on - retrieved).days
    yield Found(
        rule="STALE_LIST",
        severity="info",
        basis="UFLPA sec. 3(a): the list in force on the date of importation",
        headline=f"Screened with the list retrieved on {retrieved:%-d %B %Y}, {days} days before "
        f"{shipment.on:%-d %B %Y}.",
        matched_field="list_version",
        matched_text=f"{retrieved:%-d %B %Y}",
        reasons=("A listing since then is not seen. Load the newest list; what it touches is screened again.",),
    )
