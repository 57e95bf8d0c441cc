"""The commodity chains that coverage is measured against, read once and handed out as domain values."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from screening.domain.coverage import ChainPosition, Stage
from screening.domain.orders import Goods

DATA = Path(__file__).resolve().parent / "data"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def commodity_stages() -> Mapping[str, tuple[Stage, ...]]:
    """Per commodity the stages of its chain, raw material first."""
    stages: dict[str, list[Stage]] = {}
    for row in _rows("commodity_stages.csv"):
        stage = Stage(int(row["stage"]), row["name"], row["conditional"] == "yes")
        stages.setdefault(row["commodity"], []).append(stage)
    return {commodity: tuple(sorted(found, key=lambda stage: stage.number)) for commodity, found in stages.items()}


@cache
def _positions() -> Mapping[str, ChainPosition]:
    return {
        row["hts_prefix"]: ChainPosition(row["commodity"], int(row["made_by_stage"]))
        for row in _rows("hts_commodities.csv")
    }


def chain_position(hts_code: str) -> ChainPosition | None:
    """Where an article of this code stands in its commodity chain; the longest known prefix decides."""
    digits = "".join(char for char in hts_code if char.isdigit())
    for length in range(len(digits), 1, -1):
        if position := _positions().get(digits[:length]):
            return position
    return None


@cache
def order_goods() -> Mapping[str, Goods]:
    """What the goods of a withhold release order cover, by their words as printed."""
    return {
        row["goods"]: Goods(
            sectors=frozenset(_parts(row["sectors"])) - {"any"},
            hts_prefixes=_parts(row["hts_prefixes"]),
            is_any=row["sectors"] == "any",
            by_place=_parts(row["by_place"]),
        )
        for row in _rows("wro_goods.csv")
    }


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)
