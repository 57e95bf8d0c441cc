"""The finding rules: one function each, named by its code, with its legal basis.

A rule looks at the facts of a shipment and yields what it finds. Only findings that raise the presumption have a
ground; every finding has a basis. The software raises the question, a person concludes.
"""

from __future__ import annotations

from collections.abc import Sequence

from screening.domain.rules.chain import (
    chain_gap,
    contradictory_links,
    high_risk_input,
    mixed_source_plant,
    transshipment,
)
from screening.domain.rules.facts import (
    SOURCE_ROLES,
    Article,
    Delivery,
    Found,
    LabourWords,
    ListedKin,
    ListRow,
    MaterialAtStep,
    MixedPlant,
    PartyAtStep,
    Rule,
    ShipmentFacts,
    UnknownInput,
)
from screening.domain.rules.orders import withhold_release_order
from screening.domain.rules.parties import labour_transfer, listed_affiliate, listed_entity
from screening.domain.rules.places import xinjiang_material, xinjiang_name, xinjiang_registration, xinjiang_site, xpcc
from screening.domain.rules.shipment import (
    postal_code,
    price_outlier,
    priority_hts,
    route_change,
    stale_list,
)
from screening.domain.rules.wording import steps_in_words

__all__ = [
    "RULES",
    "SOURCE_ROLES",
    "Article",
    "Delivery",
    "Found",
    "LabourWords",
    "ListRow",
    "ListedKin",
    "MaterialAtStep",
    "MixedPlant",
    "PartyAtStep",
    "ShipmentFacts",
    "UnknownInput",
    "evaluate",
    "listed_affiliate",
    "outcome",
    "steps_in_words",
]


RULES: tuple[Rule, ...] = (
    listed_entity,
    listed_affiliate,
    xpcc,
    xinjiang_site,
    xinjiang_registration,
    xinjiang_name,
    xinjiang_material,
    withhold_release_order,
    labour_transfer,
    mixed_source_plant,
    chain_gap,
    priority_hts,
    high_risk_input,
    transshipment,
    contradictory_links,
    postal_code,
    route_change,
    price_outlier,
    stale_list,
)


def evaluate(shipment: ShipmentFacts) -> tuple[Found, ...]:
    """All rules over one shipment: what raises the presumption first, then by severity, parties before gaps."""
    found = [finding for rule in RULES for finding in rule(shipment)]
    order = {"block": 0, "high": 1, "medium": 2, "low": 3, "info": 4}
    return tuple(
        sorted(
            found,
            key=lambda one: (
                not one.ground,
                order[one.severity],
                one.at is None,
                one.at.steps_upstream if one.at else 0,
                -(one.score or 0.0),
            ),
        )
    )


def outcome(found: Sequence[Found]) -> str:
    """``presumption`` where a finding has a ground of the UFLPA, ``review`` where a person must look, else
    ``no_finding``. A withhold release order presumes nothing."""
    if any(finding.ground not in {"", "WRO"} for finding in found):
        return "presumption"
    return "review" if any(finding.asks_review for finding in found) else "no_finding"
