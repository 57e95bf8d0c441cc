"""Which requirements hold at a step of a case's chain: always, on a condition that is met, not met, or not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evidence.domain.laid import ChainStep, Laid
from evidence.domain.requirements import EXCEPTION, GENERAL, IMPORT, IMPORTER, PACKAGE, Requirement, Requirements

CHINA = "CN"
OF_A_SALE = frozenset({"PURCHASE_ORDER", "COMMERCIAL_INVOICE", "PROOF_OF_PAYMENT", "BILL_OF_LADING"})
Holds = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement at a step, and whether its condition is met there."""

    requirement: Requirement
    holds: Holds


def asked_at(
    step: ChainStep, laid: Laid, requirements: Requirements, conditions: Mapping[str, str]
) -> tuple[Asked, ...]:
    """What is asked at a step. ``conditions``: by the words of a condition the fact that meets it."""
    return tuple(
        Asked(one, _holds(conditions.get(one.condition, ""), step, laid) if one.condition else "yes")
        for one in _rows(step, laid, requirements)
    )


def _rows(step: ChainStep, laid: Laid, requirements: Requirements) -> Sequence[Requirement]:
    if step.key == PACKAGE:
        more = requirements.at(GENERAL, EXCEPTION) if laid.is_exception else ()
        return (*requirements.at(GENERAL, PACKAGE), *more)
    if step.key == IMPORT:
        return (*requirements.at(GENERAL, IMPORT), *requirements.at(step.commodity, IMPORTER))
    if "trades" in step.facts and not step.stage:
        return [one for one in requirements.at(GENERAL, IMPORT) if one.type in OF_A_SALE]
    if step.commodity not in requirements.commodities:
        return requirements.at(requirements.commodities[0], "")
    return requirements.at(step.commodity, step.stage)


def _holds(fact: str, step: ChainStep, laid: Laid) -> Holds:
    """Whether a condition is met at a step; a fact that nothing on record tells is unknown."""
    met = _FACTS[fact](step, laid) if fact in _FACTS else None
    return "unknown" if met is None else "yes" if met else "no"


def _buyers(step: ChainStep, laid: Laid) -> list[str]:
    return [one.country for one in laid.steps if one.key in step.supplies]


def _crosses_border(step: ChainStep, laid: Laid) -> bool | None:
    to = _buyers(step, laid)
    if not step.country or not to or "" in to:
        return None
    return any(country != step.country for country in to)


def _within_china(step: ChainStep, laid: Laid) -> bool | None:
    if step.country and step.country != CHINA:
        return False
    to = _buyers(step, laid)
    if not step.country or not to or "" in to:
        return None
    return CHINA in to


def _has_type(laid: Laid, type_: str) -> bool:
    return any(one.paper.type == type_ for one in laid.papers)


_FACTS = {
    "crosses_border": _crosses_border,
    "within_china": _within_china,
    "in_china": lambda step, laid: step.country == CHINA if step.country else None,
    "party_known": lambda step, laid: not step.is_gap,
    "exception_or_labour_indicator": lambda step, laid: laid.is_exception or "labour_indicator" in step.facts,
    "labour_indicator": lambda step, laid: any("labour_indicator" in one.facts for one in laid.steps),
    "mixed_source": lambda step, laid: True if "mixed_source" in step.facts else None,
    "untranslated": lambda step, laid: any(one.untranslated_pages for one in laid.papers),
    "translated": lambda step, laid: _has_type(laid, "TRANSLATION"),
    "identical_claimed": lambda step, laid: _has_type(laid, "PRIOR_CLEARANCE_TRACING_REPORT"),
    "offered": lambda step, laid: False,
}
