"""Find the places a text names, in Chinese, Latin and Arabic script, with what stands before and after."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from entities.domain.gazetteer.terms import Term
from entities.domain.names.scripts import HAN, fold, simplified

_ROAD_HAN = re.compile(
    r"^[东西南北中一二三四五六七八九十]{0,2}(?:路|街|大街|大道|巷|弄|道(?!路)|胡同|里弄|村(?!镇)|新村|小区|花园|公寓|大厦"
    r"|饭店|餐厅|餐馆|餐饮|饭庄|酒楼|宾馆|酒家|菜|烤|羊肉|大盘鸡|拉面|拌面|瓜|玉(?!溪|林|米)|大枣|红枣|枣|馕|舞|风味|美食|驻)"
)
_ROAD_LATIN = re.compile(
    r"^(?:(?:east|west|north|south|middle|central|mid|dong|xi|nan|bei|zhong|e|w|n|s|1st|2nd|3rd|first|second|third) )?"
    r"(?:road|rd|street|str|st|avenue|ave|lu|jie|dajie|dadao|lane|alley|hutong|highway|expressway|boulevard|blvd|bridge"
    r"|square|building|bldg|mansion|village|cun|garden|restaurant|restaurants|cuisine|noodle|noodles|kebab|kebabs|bbq"
    r"|barbecue|grill|melon|melons|pilaf|dish|dishes|food street|jade)\b"
)
_SUB_ROAD_PINYIN = re.compile(r"^(?:dong|xi|nan|bei|zhong)(?:lu|jie|dajie|dadao)\b")
ARABIC = re.compile(r"[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True)
class Found:
    """A term in a text. ``quiet`` is set where it names a road, a dish or a building after the place."""

    term: Term
    start: int
    end: int
    quiet: bool = False
    head: bool = False


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    return fold(f"x{character}x").removeprefix("x").removesuffix("x") if not character.isspace() else " "


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text, every letter with its place in the original."""

    text: str
    places: list[int]

    @classmethod
    def of(cls, original: str) -> "Folded":
        letters: list[str] = [" "]
        places: list[int] = [0]
        for position, character in enumerate(original):
            for letter in _letter(character):
                if letter == " " and letters[-1] == " ":
                    continue
                letters.append(letter)
                places.append(position)
        letters.append(" ")
        places.append(len(original))
        return cls("".join(letters), places)


@dataclass(frozen=True, slots=True)
class HanStream:
    """The Chinese characters of a text without blanks between them, each with its place in the original."""

    text: str
    places: list[int]

    @classmethod
    def of(cls, original: str) -> "HanStream":
        letters: list[str] = []
        places: list[int] = []
        for position, character in enumerate(original):
            if character.isspace():
                continue
            letters.append(character)
            places.append(position)
        joined = "".join(letters)
        plain = simplified(joined)
        return cls(plain if len(plain) == len(joined) else joined, places)


class TermReader:
    """Searches a text for all terms at once."""

    def __init__(self, han: Sequence[Term], latin: Sequence[Term], uyghur: Sequence[Term]) -> None:
        self._han, self._latin, self._uyghur = list(han), list(latin), list(uyghur)
        longest = MatchKind.LeftmostLongest
        self._han_search = AhoCorasick([t.text for t in self._han], matchkind=longest)
        # The blank after a term is checked by hand: two terms may share it ("xinjiang urumqi").
        self._latin_search = AhoCorasick([f" {t.text} " for t in self._latin], matchkind=MatchKind.Standard)
        self._uyghur_search = AhoCorasick([t.text for t in self._uyghur], matchkind=longest)

    def chinese(self, text: str) -> list[Found]:
        """Terms in simplified Chinese text."""
        found = []
        for index, start, end in self._han_search.find_matches_as_indexes(text):
            term = self._han[index]
            bare = term.text[-1] not in "市县区州团师" or term.text == "天山区"
            quiet = bare and _ROAD_HAN.match(text[end : end + 6]) is not None
            if quiet and term.text == "新疆" and text[end : end + 2] == "玉":
                quiet = False
            found.append(Found(term, start, end, quiet, start == 0))
        return found

    def latin(self, folded: str) -> list[Found]:
        """Terms in folded text that starts and ends with a blank; the longest at each place."""
        hits = self._latin_search.find_matches_as_indexes(folded, overlapping=True)
        if not hits:
            return []
        found: list[Found] = []
        last_end = 0
        for index, start, end in sorted(hits, key=lambda h: (h[1], -h[2])):
            if end - 1 <= last_end:
                continue
            last_end = end - 1
            rest = folded[end : end + 40]
            own_county = self._latin[index].level == "region" and rest.startswith(("county ", "xian "))  # 新绛, Shanxi
            quiet = own_county or _ROAD_LATIN.match(rest) is not None or _SUB_ROAD_PINYIN.match(rest) is not None
            found.append(Found(self._latin[index], start + 1, end - 1, quiet, start == 0))
        return found

    def arabic(self, text: str) -> list[Found]:
        """Terms in Uyghur written in Arabic script, on word boundaries."""
        text = unicodedata.normalize("NFC", text)
        found = []
        for index, start, end in self._uyghur_search.find_matches_as_indexes(text):
            before, after = text[start - 1 : start], text[end : end + 1]
            if not (before.isalpha() or (after.isalpha() and not ARABIC.match(after))):
                found.append(Found(self._uyghur[index], start, end, False, start == 0))
        return found

    def read(self, text: str) -> list[Found]:
        """All terms of a short text; positions are those of the script's own reading."""
        found = self.latin(f" {fold(text)} ")
        if text.isascii():
            return found
        if HAN.search(text):
            found += self.chinese("".join(simplified(text).split()))
        if ARABIC.search(text):
            found += self.arabic(text)
        return found
