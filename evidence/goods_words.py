"""Lines of goods and their place in a commodity chain, in words."""

from __future__ import annotations

from collections.abc import Mapping

from screening.domain.coverage import ChainPosition
from screening.models import ShipmentLine
from screening.reference import commodity_stages


def line_words(line: ShipmentLine) -> str:
    """A line of goods as one names it in a list."""
    codes = ", ".join(line.hts_codes) or "no HTS code"
    return f"{line.shipment.label}, line {line.number}: {line.description or 'goods not described'} ({codes})"


def chain_words(commodity: str) -> str:
    return commodity.replace("_", " ")


def stage_words(position: ChainPosition) -> str:
    """The stage that makes the goods."""
    return next(one.name for one in commodity_stages()[position.commodity] if one.number == position.made_by_stage)


def position_words(position: ChainPosition | None) -> str:
    """Where goods stand in their chain."""
    if position is None:
        return "no chain that is known here"
    return f"{chain_words(position.commodity)}, made by the {stage_words(position)}"


def by_chain(places: Mapping[str, ChainPosition]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The places to choose from, chain by chain."""
    found: dict[str, list[tuple[str, str]]] = {}
    for key, one in places.items():
        found.setdefault(chain_words(one.commodity).capitalize(), []).append((key, f"Made by the {stage_words(one)}"))
    return list(found.items())
