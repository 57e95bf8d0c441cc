"""The spellings of a place, each with how far it can be trusted on its own.

The measured precision of the names, on three million registered addresses, decides: a full name with its unit word is
almost perfectly specific, a bare one can belong to hundreds of villages elsewhere.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from entities.domain.gazetteer.places import Place, Strength
from entities.domain.names.scripts import HAN, fold, simplified
from entities.domain.names.syllables import syllable_count
from entities.domain.names.vocabulary import Division

RARE_ELSEWHERE = 5  # a bare Chinese name in at most this many of 2.9 million addresses elsewhere stands alone
XPCC_CODE = "XPCC"
_UNIT = "市县区州盟旗"
_UNITS = re.compile(r" (?:county|district|city|xian|shi|qu)$")
_NOT_UNIQUE_ZH = frozenset(
    {"新市区", "东山区", "米泉", "迪化", "北庭", "塔县", "察县", "和丰县", "新建集团", "西工业园区"}
)
Level = Literal["region", "city", "county", "small", "corps"]


@dataclass(frozen=True, slots=True)
class Term:
    """One spelling of a place."""

    text: str
    code: str
    name: str
    strength: Strength
    level: Level
    foreign: bool = False  # also a name, a word or a town abroad
    parent: str = ""


def _level(place: Place) -> Level:
    if place.level == "region":
        return "region"
    if place.level in ("prefecture", "city") or (place.level == "xpcc" and re.fullmatch(r"6590\d\d", place.code)):
        return "city"
    if place.level == "county":
        return "county"
    return "corps" if place.level == "xpcc" and not place.code else "small"


def _is_stem_safe(place: Place) -> bool:
    """The bare Chinese name hardly occurs outside Xinjiang."""
    return (
        len(place.stem_zh) >= 2
        and place.stem_elsewhere <= RARE_ELSEWHERE
        and place.code[:4] not in ("6532",)
        or (len(place.stem_zh) >= 3 and place.stem_elsewhere <= 60)
    )


def han_terms(places: Sequence[Place]) -> list[Term]:
    """Chinese spellings. Parks named after other provinces' cities count only beside another sign of Xinjiang."""
    stems = {
        p.stem_zh
        for p in places
        if p.level in ("prefecture", "county", "city", "xpcc") and p.stem_zh and _is_stem_safe(p)
    }
    certain = stems | {p.name_zh for p in places if p.stem_zh and p.name_zh not in _NOT_UNIQUE_ZH}
    heads = {p.stem_zh[:2] for p in places if p.level in ("prefecture", "county", "city") and len(p.stem_zh) == 2}
    found: dict[str, Term] = {}

    def add(text: str, place: Place, strength: Strength) -> None:
        text = "".join(HAN.findall(simplified(text)))
        known = found.get(text)
        if len(text) < 2 or (known is not None and (known.strength == "strong" or strength == "weak")):
            return
        found[text] = Term(
            text,
            place.code or XPCC_CODE * (place.level == "xpcc"),
            _shown(place),
            strength,
            _level(place),
            parent=place.parent,
        )

    for place in places:
        if place.level == "region":
            for text in ("新疆维吾尔自治区", "新疆自治区", "新疆省", "新疆维吾尔族自治区", "新疆维吾尔"):
                add(text, place, "strong")
            add("新疆", place, "strong")
            continue
        if place.level == "xpcc" and not place.code:
            if place.level == "xpcc" and "师" in place.name_zh and len(place.name_zh) <= 5:
                continue  # numbered divisions are recognised by their pattern
            for text in (place.name_zh, *place.spellings):
                if HAN.search(text):
                    add(text, place, "strong")
            continue
        full_ok = place.name_zh not in _NOT_UNIQUE_ZH
        if place.level in ("prefecture", "county", "city") or re.fullmatch(r"6590\d\d", place.code):
            add(place.name_zh, place, "strong" if full_ok else "weak")
            if place.stem_zh:
                add(place.stem_zh, place, "strong" if place.stem_zh in stems else "weak")
            for text in place.spellings:
                if HAN.search(text):
                    sure = text not in _NOT_UNIQUE_ZH and (
                        text[-1] in _UNIT and len(text) > 2 or simplified(text) in stems
                    )
                    sure = sure or text in ("昌吉州", "伊犁州")
                    add(text, place, "strong" if sure and text not in ("乌市", "巴州", "博州", "克州") else "weak")
            continue
        for text in (place.name_zh, *place.spellings):
            if not HAN.search(text) or re.search(r"[一二三四五六七八九零]+团|\d团", text):
                continue
            sure = any(known in text for known in certain) or "兵团" in text
            sure = sure or (not place.ambiguous and text[:2] in heads)  # 昌吉高新区 is not in another Changji
            add(text, place, "strong" if sure else "weak")
    return list(found.values())


def latin_terms(places: Sequence[Place], divisions: Iterable[Division], ambiguous: Mapping[str, str]) -> list[Term]:
    """Latin spellings. One that a division elsewhere in China shares, or a person, counts only with support."""
    elsewhere = {fold(s) for d in divisions if not d.code.startswith("65") for s in d.latin}
    found: dict[str, Term] = {}

    def add(text: str, place: Place, *, attested: bool) -> None:
        spelled = fold(text)
        if not spelled or HAN.search(text) or (not spelled.isascii()) or len(spelled) < 3:
            return
        bare = _UNITS.sub("", spelled)
        shared = bare in elsewhere or spelled in elsewhere or spelled in ambiguous
        named_in_note = re.search(rf"'{re.escape(text)}'", place.note) is not None
        same_sound = "same pinyin" in place.note or "same Chinese name" in place.note
        common = place.ambiguous and (named_in_note or (same_sound and spelled == fold(place.pinyin)))
        if place.level == "region" and spelled not in ambiguous:
            shared = False  # 新绛, a county of Shanxi, is spelt the same and hardly ever meant
        if spelled in ("kashgar", "shihezi", "yining", "zhaosu", "hetian prefecture", "hotan"):
            common = False
        spaced = " " in spelled and spelled.replace(" ", "") == fold(place.pinyin)
        short_spaced = spaced and len(place.syllables) < 3
        weak = shared or common or short_spaced or (not attested and len(spelled) < 7)
        small = place.level in ("park", "township-large") or (place.level == "xpcc" and len(place.code) > 6)
        if small and not any(w in spelled for w in ("zhundong", "wucaiwan", "hongshaquan")):
            weak = weak or not any(known in spelled.split() for known in sure_words)
        term = Term(
            spelled,
            place.code or (XPCC_CODE if place.level == "xpcc" else ""),
            _shown(place),
            "weak" if weak else "strong",
            _level(place),
            ambiguous.get(spelled) == "abroad" or (small and spelled in ambiguous),
            place.parent,
        )
        known = found.get(spelled)
        order = {"region": 0, "corps": 0, "city": 1, "county": 2, "small": 3}
        if known is None or (order[term.level], term.strength != "strong") < (
            order[known.level],
            known.strength != "strong",
        ):
            found[spelled] = term

    sure_words: set[str] = set()
    ordered = sorted(places, key=lambda p: {"region": 0, "prefecture": 1, "city": 2, "county": 3}.get(p.level, 4))
    for place in ordered:
        if re.search(r"Division|Regiment", place.name_en):
            continue
        if place.level == "township-large" or (place.level == "xpcc" and len(place.code) > 6):
            continue
        spellings = [place.name_en, *place.spellings]
        if place.level != "park" and place.level != "region" and place.code:
            spellings += [place.pinyin, *place.latin_names(), " ".join(place.syllables)]
        for text in spellings:
            if not HAN.search(text) and fold(text) != "xj":
                add(text, place, attested=True)
        for text in place.unverified:
            add(text, place, attested=False)
        sure_words.update(
            t.text
            for t in found.values()
            if t.strength == "strong" and " " not in t.text and t.level in ("region", "city", "county")
        )
    return [t for t in found.values() if syllable_count(t.text) != 1 or t.text in ("lop",)]


def uyghur_terms(places: Sequence[Place]) -> list[Term]:
    """Uyghur names in Arabic script."""
    return [
        Term(p.name_ug, p.code, _shown(p), "strong", _level(p), parent=p.parent)
        for p in places
        if p.name_ug and len(p.name_ug) > 3
    ]


def _shown(place: Place) -> str:
    return f"{place.name_en} ({place.name_zh})" if place.name_en else place.name_zh
