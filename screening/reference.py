"""The commodity chains that coverage is measured against, read once and handed out as domain values."""

import re
from collections.abc import Mapping

from entities.domain.names.scripts import has_han, simplified
from entities.reference_tables import kept, rows_of
from screening.domain.coverage import ChainPosition, Stage
from screening.domain.goods import Crossing, GoodsKind, Inputs, Use
from screening.domain.orders import Goods


def _rows(name: str) -> list[dict[str, str]]:
    return rows_of(f"screening/data/{name}")


@kept()
def commodity_stages() -> Mapping[str, tuple[Stage, ...]]:
    """Per commodity the stages of its chain, raw material first."""
    stages: dict[str, list[Stage]] = {}
    for row in _rows("commodity_stages.csv"):
        stage = Stage(int(row["stage"]), row["name"], row["conditional"] == "yes", row["trades"] == "yes")
        stages.setdefault(row["commodity"], []).append(stage)
    return {commodity: tuple(sorted(found, key=lambda stage: stage.number)) for commodity, found in stages.items()}


@kept()
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


@kept()
def inputs() -> Inputs:
    """Which goods can be an input of which, within the chains and from one into another."""
    return Inputs(
        Crossing(row["commodity"], int(row["stage"]), row["into_commodity"], int(row["into_stage"]))
        for row in _rows("goods_crossings.csv")
    )


@kept()
def _stage_numbers() -> Mapping[tuple[str, str], int]:
    return {
        (commodity, stage.name.lower()): stage.number
        for commodity, stages in commodity_stages().items()
        for stage in stages
        if not stage.trades
    }


@kept()
def _goods_words() -> tuple[tuple[re.Pattern[str], GoodsKind], ...]:
    """The words that name goods of a chain, the longest first; Latin ones as whole words, a plural among them."""
    rows = sorted(_rows("goods_words.csv"), key=lambda row: -len(row["words"]))
    return tuple(
        (
            re.compile(
                rf"\b{re.escape(row['words'])}(?:s|es)?\b" if row["words"].isascii() else re.escape(row["words"])
            ),
            GoodsKind(row["commodity"], int(row["stage"]) if row["stage"] else None),
        )
        for row in rows
    )


@kept()
def article_kinds(hts_codes: tuple[str, ...]) -> frozenset[GoodsKind]:
    """The kinds of goods an article of these codes is: by its commodity chain, else by its heading."""
    return frozenset(kind for code in hts_codes if (kind := _kind_of_code(code)))


@kept(4096)
def goods_kind(commodity: str, stage: str, hts_prefix: str, goods: str) -> GoodsKind | None:
    """The kind of goods a supply link delivers, by what it says of them: chain and stage, code, or words.

    None where it says nothing that is known. What a stage the chain does not have puts out is not known, nor what a
    trader sells; the code or the words may still tell it.
    """
    by_code = _kind_of_code(hts_prefix) if hts_prefix else None
    text = goods.lower()
    by_words = next((kind for words, kind in _goods_words() if words.search(text)), None) if text else None
    if not commodity:
        return by_code or by_words
    number = _stage_numbers().get((commodity, stage.strip().lower()))
    for kind in (by_code, by_words):
        if number is None and kind is not None and kind.commodity == commodity:
            number = kind.stage
    return GoodsKind(commodity, number)


def _kind_of_code(code: str) -> GoodsKind | None:
    if position := chain_position(code):
        return GoodsKind(position.commodity, position.made_by_stage)
    digits = "".join(char for char in code if char.isdigit())
    return GoodsKind(heading=digits[:4]) if len(digits) >= 4 else None


@kept()
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


@kept()
def assembly_countries() -> Mapping[str, str]:
    """Countries where input from China is made up, by code with their names."""
    return {row["country"]: row["name"] for row in _rows("assembly_countries.csv")}


@kept()
def industries() -> Mapping[str, tuple[str, ...]]:
    """By industry the HTS chapters and headings counted under it; a heading goes before its chapter."""
    found: dict[str, list[str]] = {}
    for row in _rows("industries.csv"):
        found.setdefault(row["industry"], []).append(row["hts_prefix"])
    return {industry: tuple(prefixes) for industry, prefixes in found.items()}


@kept()
def priority_chains() -> frozenset[str]:
    """The commodity chains that belong to a priority sector."""
    return frozenset(row["commodity"] for row in _rows("sector_chains.csv"))


@kept()
def priority_inputs(position: ChainPosition) -> Mapping[str, Use]:
    """By chain the inputs of priority sectors that goods at this place of their chain need, and what for.

    What only some of the goods have, or what comes out of the same plant beside them, is not needed.
    """
    own = {position.commodity: Use("the raw material of the goods")}
    taken_in = {
        row["commodity"]: Use(row["what"], int(row["into_stage"]), row["taken_in"] == "process", row["called"])
        for row in _rows("goods_crossings.csv")
        if row["into_commodity"] == position.commodity
        and int(row["into_stage"]) <= position.made_by_stage
        and row["taken_in"] in {"part", "process"}
    }
    return {chain: use for chain, use in (own | taken_in).items() if chain in priority_chains()}


@kept()
def _labour_words() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """The words of state labour schemes, the country they are bound to, and the first word; the longest first."""
    rows = sorted(_rows("labour_words.csv"), key=lambda row: -len(row["words"]))
    return tuple((_pattern(row["words"]), row["only_in"], re.split(r"[\s-]", row["words"])[0]) for row in rows)


def _pattern(words: str) -> re.Pattern[str]:
    if not words.isascii():
        return re.compile(re.escape(words))
    return re.compile(r"\b" + r"[\s-]+".join(map(re.escape, re.split(r"[\s-]", words))) + r"\b", re.IGNORECASE)


@kept(8192)
def labour_words_in(text: str, country: str) -> str:
    """The words for a state labour scheme that a text about a party of that country uses; empty where it uses none."""
    if not text:
        return ""
    plain = simplified(text) if has_han(text) else text
    lowered = plain.lower()
    for pattern, only_in, first in _labour_words():
        if first in lowered and (not only_in or country in ("", only_in)) and (found := pattern.search(plain)):
            return found.group()
    return ""


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)
