"""Where on earth a site is, as far as what is declared of it says: a prefecture of Xinjiang, a province of China, else
a country. Outlines and points are data with their source, see ``screening/data/map/README.md``."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from entities import reference
from entities.domain.facts import PartyFacts
from entities.domain.gazetteer.registers import country_of
from entities.domain.names.scripts import has_han, simplified

DATA = Path(__file__).resolve().parent / "data" / "map"
XINJIANG = "650000"
Outline = tuple[tuple[float, float], ...]  # longitude, latitude


@dataclass(frozen=True, slots=True)
class Point:
    """Where a country, a province or a prefecture is marked on a map."""

    code: str
    level: str
    name: str
    name_zh: str
    latitude: float
    longitude: float
    where: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A site on the map, and by what it was placed there; the point is not the site."""

    point: Point
    by: str

    @property
    def in_words(self) -> str:
        return f"{self.point.name}, placed by {self.by} ({self.point.where})"


def place(facts: PartyFacts) -> Placed | None:
    """Where a site goes on the map; None where not even its country is known."""
    by_code = points()
    if code := _in_xinjiang(facts):
        point = by_code[code]
        return Placed(point, point.level if point.level == "prefecture" else "region")
    country = country_of(facts.country)
    is_chinese = country == "CN" or (not country and has_han(facts.address + facts.city + facts.province))
    if is_chinese and (province := _province(facts)):
        return Placed(by_code[province], "province")
    if is_chinese and (registered := by_code.get(f"{facts.uscc[2:4]}0000")) and registered.code != XINJIANG:
        return Placed(registered, "the province it is registered in")
    return place_by_country("CN" if is_chinese else country)


def place_by_country(country: str) -> Placed | None:
    point = points().get(country)
    return Placed(point, "country") if point else None


@cache
def points() -> Mapping[str, Point]:
    """The points by ISO 3166 code of a country or GB/T 2260 code of a place in China."""
    return {
        row["code"]: Point(
            row["code"],
            row["level"],
            row["name"],
            row["name_zh"],
            float(row["latitude"]),
            float(row["longitude"]),
            row["where"],
        )
        for row in _rows("points.csv")
    }


@cache
def outlines() -> tuple[Outline, ...]:
    """The countries of the world, roughly."""
    return tuple(_outline(row["outline"]) for row in _rows("countries.csv"))


@cache
def xinjiang() -> Outline:
    """The boundary of Xinjiang."""
    return _outline(_rows("xinjiang.csv")[0]["outline"])


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _outline(text: str) -> Outline:
    pairs = (pair.split(",") for pair in text.split())
    return tuple((float(longitude), float(latitude)) for longitude, latitude in pairs)


@lru_cache(maxsize=4096)
def _in_xinjiang(facts: PartyFacts) -> str:
    """The prefecture of a site that is in Xinjiang, the region where none is named; empty where it is not there."""
    found = reference.gazetteer().locate(facts)
    if found.verdict != "in_xinjiang":
        return ""
    named = [_marked(signal.place_code) for signal in found.signals if signal.strength == "strong"]
    return next((code for code in named if code != XINJIANG), XINJIANG)


def _marked(code: str) -> str:
    """The nearest place around one of Xinjiang that has a point of its own."""
    known, parents = points(), _parents()
    while code and code not in known:
        code = parents.get(code, "")
    return code or XINJIANG


@cache
def _parents() -> Mapping[str, str]:
    return {one.code: one.parent for one in reference.places() if one.code}


def _province(facts: PartyFacts) -> str:
    """The one province that province, city and address agree on, the first of them that names any; else empty."""
    candidates: set[str] = set()
    parts = [part for part in re.split(r"[,;，；]", facts.address) if part.strip()]
    for text in (facts.province, facts.city, *reversed(parts)):
        named = _provinces_named(text)
        if not named:
            continue
        candidates = candidates & named or named if candidates else named
        if len(candidates) == 1:
            return next(iter(candidates))
    return ""


def _provinces_named(text: str) -> set[str]:
    """The provinces whose own name, or that of a prefecture of theirs, a text is; Chinese text may only begin so."""
    text = simplified(text.strip())
    if has_han(text):
        spellings: Iterable[str] = (name for name in _by_name() if has_han(name) and text.startswith(name))
        longest = max(spellings, key=len, default="")
        return set(_by_name().get(longest, ()))
    words = re.sub(r"[^a-z' ]+", " ", text.lower())
    bare = re.sub(r"\b(city|province|municipality|sheng|shi|p r china|china)\b", " ", words)
    return set(_by_name().get(" ".join(bare.split()), ()))


@cache
def _by_name() -> Mapping[str, frozenset[str]]:
    """Every spelling of a province or prefecture outside Xinjiang, with the provinces it may mean."""
    found: dict[str, set[str]] = {}
    for one in reference.divisions():
        province = f"{one.code[:2]}0000"
        if one.level == "county" or province == XINJIANG or province not in points():
            continue
        stem = [one.stem_zh] if len(one.stem_zh) > 1 else []
        for spelling in (one.name_zh, *stem, *(latin.lower() for latin in one.latin)):
            found.setdefault(spelling, set()).add(province)
    return {name: frozenset(codes) for name, codes in found.items()}
