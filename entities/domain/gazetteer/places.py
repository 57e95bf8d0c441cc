"""Places of Xinjiang, and what the place engine answers."""

import re
from dataclasses import dataclass
from typing import Literal

from entities.domain.names.scripts import HAN, fold

Rule = Literal["XJ_SITE", "XJ_NAME", "XJ_REGISTRATION", "XPCC"]
Strength = Literal["strong", "weak", "hint"]
Verdict = Literal["in_xinjiang", "possible", "none"]

_UNIT_WORDS = re.compile(
    r"\b(?:uyghur|hui|mongol|kyrgyz|kazakh|tajik|xibe|autonomous|region|prefecture|county|district|city|state|area"
    r"|qu|xian|shi|diqu|shehiri|town|municipality)\b"
)
# English words, surnames and foreign towns: as a spelling of a place they need the rest of the address.
_TOO_SHORT = frozenset(
    [
        "xj",
        "bay",
        "bai",
        "jing",
        "mori",
        "lop",
        "lob",
        "guma",
        "kaba",
        "abad",
        "chira",
        "toli",
        "emin",
        "aral",
        "alar",
        "usu",
        "cele",
        "niya",
        "bole",
    ]
)


@dataclass(frozen=True, slots=True)
class Place:
    """A prefecture, county, city, division, regiment or park of Xinjiang with every spelling met in a source."""

    code: str
    level: str
    name_zh: str
    pinyin: str = ""
    syllables: tuple[str, ...] = ()
    name_en: str = ""
    spellings: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    name_ug: str = ""
    stem_zh: str = ""
    stem_elsewhere: int = 0
    ambiguous: bool = False
    note: str = ""
    parent: str = ""
    retired: tuple[str, ...] = ()

    def latin_names(self) -> tuple[str, ...]:
        """Spellings in Latin letters that name the place itself, without unit words."""
        found: dict[str, None] = {}
        for spelling in (self.pinyin, self.name_en, *self.spellings):
            if HAN.search(spelling):
                continue
            bare = " ".join(_UNIT_WORDS.sub(" ", fold(spelling)).split())
            if len(bare) > 2 and bare not in _TOO_SHORT:
                found[bare] = None
        return tuple(found)


@dataclass(frozen=True, slots=True)
class PlaceSignal:
    """One thing that points to Xinjiang: the field, the words in it, the place they name, and how far to trust it."""

    rule: Rule
    field: str
    token: str
    place_code: str
    place_name: str
    strength: Strength
    reason: str


@dataclass(frozen=True, slots=True)
class PlaceVerdict:
    verdict: Verdict
    signals: tuple[PlaceSignal, ...] = ()

    @property
    def place(self) -> str:
        """The place of the first signal, the strongest one."""
        return self.signals[0].place_name if self.signals else ""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place of Xinjiang named in running text."""

    start: int
    end: int
    text: str
    place_code: str
    place_name: str
    strength: Strength
