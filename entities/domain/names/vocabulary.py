"""The words a company name shares with thousands of others: legal forms, trades, places.

They say what a firm does and where it sits, never which firm it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from entities.domain.names.division_names import stem_of
from entities.domain.names.scripts import fold, readings

Kind = Literal["form", "filler", "role", "generic", "trade", "common", "place", "distinct"]
Level = Literal["province", "prefecture", "county"]


@dataclass(frozen=True, slots=True)
class WordRow:
    """A concept with all its spellings: ``纺织``, ``fangzhi``, ``textile`` and ``det may`` are one trade.

    ``textile/yarn`` is a concept of the family ``textile``; ``toy/*`` makes each spelling a concept of its own;
    ``cotton+textile`` is a Chinese word that is translated by two. A row ``distinct`` says how a name of the land,
    which is no division and serves as a brand, is known abroad: 准噶尔 is Junggar.
    """

    kind: Kind
    concept: str
    latin: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division of China by its GB/T 2260 code, with every spelling in use."""

    code: str
    level: Level
    name_zh: str
    stem_zh: str
    latin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sense:
    """What a known word means: its kind, its concept, and for a place the divisions it may stand for.

    ``sounds`` is how a county or an everyday word, which may be read as a brand, is spelt in pinyin.
    """

    kind: Kind
    concept: str
    codes: frozenset[str] = frozenset()
    county: bool = False
    sounds: tuple[str, ...] = ()


@dataclass
class Vocabulary:
    """Known words by spelling. ``phrases`` holds, by first word, the spellings of several words, longest first."""

    latin: dict[str, Sense] = field(default_factory=dict)
    han: dict[str, Sense] = field(default_factory=dict)
    phrases: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def add_latin(self, spelling: str, sense: Sense) -> None:
        known = self.latin.get(spelling)
        if known is not None:
            # 济南 is not 金安区, though both are Jinan: a county does not count where a larger place has its name.
            if not known.kind == sense.kind == "place" or known.county != sense.county:
                return
            sense = Sense("place", known.concept, known.codes | sense.codes, county=known.county)
        self.latin[spelling] = sense
        words = tuple(spelling.split())
        if len(words) > 1 and known is None:
            phrases = self.phrases.setdefault(words[0], [])
            phrases.append(words)
            phrases.sort(key=len, reverse=True)

    def add_han(self, spelling: str, sense: Sense) -> None:
        known = self.han.get(spelling)
        if known is not None and known.kind == sense.kind == "place":
            county = known.county and sense.county
            sounds = known.sounds if county else ()
            sense = Sense("place", known.concept, known.codes | sense.codes, county=county, sounds=sounds)
        elif known is not None:
            return
        self.han[spelling] = sense


def build_vocabulary(rows: Iterable[WordRow], divisions: Sequence[Division]) -> Vocabulary:
    """Put trade words and places together. A trade word wins over a county of the same spelling."""
    vocabulary = Vocabulary()
    given = list(rows)
    listed = [row for row in given if row.kind != "distinct"]
    for row in given:
        if row.kind != "distinct":
            continue
        for spelling in row.chinese:
            # A brand all the same; written as the land is known abroad or by its sound.
            sounds = (*readings(spelling), *map(fold, row.latin))
            vocabulary.add_han(spelling, Sense("distinct", spelling, sounds=tuple(dict.fromkeys(sounds))))
    for row in listed:
        for spelling in row.latin:
            vocabulary.add_latin(fold(spelling), Sense(row.kind, _own_concept(row.concept, spelling)))
        for spelling in row.chinese:
            # 和平 is translated (Peace) or spelt (Heping); a trade is always translated.
            sounds = readings(spelling) if row.kind == "common" and len(spelling) > 1 else ()
            vocabulary.add_han(spelling, Sense(row.kind, _own_concept(row.concept, spelling), sounds=sounds))
    # Provinces and prefectures first, so that a county never gives its name to a larger place.
    order = {"province": 0, "prefecture": 1, "county": 2}
    for division in sorted(divisions, key=lambda d: (order[d.level], d.code)):
        county = division.level == "county"
        concept = f"@{division.code}"  # one in both scripts: 江阴 is Jiangyin
        for spelling in dict.fromkeys(map(fold, division.latin)):
            if len(spelling) > 2:
                vocabulary.add_latin(spelling, Sense("place", concept, frozenset({division.code}), county=county))
        for spelling in dict.fromkeys((division.name_zh, division.stem_zh)):
            sounds = readings(stem_of(spelling)) if county else ()
            place = Sense("place", concept, frozenset({division.code}), county=county, sounds=sounds)
            vocabulary.add_han(spelling, place)
    for row in listed:
        for spelling in row.chinese:
            if len(spelling) > 1 and row.kind != "common" and "+" not in row.concept:
                for reading in readings(spelling)[:1]:
                    vocabulary.add_latin(reading, Sense(row.kind, _own_concept(row.concept, spelling)))
    return vocabulary


def _own_concept(concept: str, spelling: str) -> str:
    if not concept.endswith("*"):
        return concept
    return concept[:-1] + (spelling[:-1] if spelling.endswith("s") and not spelling.endswith("ss") else spelling)


def places_agree(ours: frozenset[str], theirs: frozenset[str]) -> Literal["same", "contains", "differs"]:
    """Two sets of divisions name the same place, one inside the other, or different places.

    >>> places_agree(frozenset({"650000"}), frozenset({"650100"}))
    'contains'
    """
    if ours & theirs:
        return "same"
    for one in ours:
        for other in theirs:
            if one.startswith(other.rstrip("0")) or other.startswith(one.rstrip("0")):
                return "contains"
    return "differs"
