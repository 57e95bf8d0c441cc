"""The chain as it is declared: what has no party."""

from __future__ import annotations

from collections.abc import Iterator

from screening.domain.rules.facts import Found, ShipmentFacts
from screening.domain.rules.wording import capital


def chain_gap(shipment: ShipmentFacts) -> Iterator[Found]:
    """A stage the goods must have passed has no party declared. In a priority sector a person must look."""
    for article in shipment.articles:
        coverage = article.coverage
        if not coverage.missing:
            continue
        yield Found(
            rule="CHAIN_GAP",
            severity="high" if article.sectors else "low",
            basis="CBP UFLPA FAQ (Feb 2023): tracing from raw material to the imported article",
            asks_review=bool(article.sectors),
            headline=f"{capital(article.label)}: {coverage.sentence}",
            line_numbers=(article.number,),
            matched_field="chain",
            matched_text=", ".join(coverage.missing),
            reasons=(f"Expected for {coverage.commodity}: {', '.join(coverage.expected)}.",),
        )
