"""What a name says of another firm: that it is its branch, or a firm of its family."""

import re
from dataclasses import dataclass
from typing import Literal

from ahocorasick_rs import AhoCorasick

from entities.domain.names.scripts import simplified

Kind = Literal["branch", "affiliate"]

_KIN = r"(?:subsidiary|affiliate|(?:affiliated|associated|member|sister) (?:company|firm|enterprise|entity)|member)"
_HOW = r"(?:(?:an?|the|is|as|wholly|fully|majority|partly|jointly|100\s?%|direct|indirect)[\s-]+)*(?:owned[\s-]+)?"
_OFFICE = r"(?:branch(?: office| company| factory| plant)?|representative office|rep\.? office|liaison office)"
# The words stand before the other firm's name …
_BEFORE: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(rf"\b{_HOW}{_KIN} (?:of|to) (?:the )?", re.IGNORECASE), "affiliate"),
    (re.compile(rf"\b{_HOW}(?:owned|controlled) by ", re.IGNORECASE), "affiliate"),
    (re.compile(r"\bc[oô]ng ty con c[uủ]a ", re.IGNORECASE), "affiliate"),
    (re.compile(r"\bдочерн\w+ (?:компания|предприятие|общество) ", re.IGNORECASE), "affiliate"),
    (re.compile(rf"\b(?:an? |the )?{_OFFICE} of (?:the )?", re.IGNORECASE), "branch"),
    (re.compile(r"\bchi nh[aá]nh |\bфилиал ", re.IGNORECASE), "branch"),
)
# … or after it.
_HAN_KIN = r"(?:子公司|孙公司|(?:关联|附属)(?:公司|企业)|旗下|下属|所属|直属)"
_AFTER: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(rf"(?:['’`]s\b[^,;()]*?)? {_HOW}(?:subsidiary|affiliate)\b(?: company)?", re.IGNORECASE), "affiliate"),
    (re.compile(rf"[的之]?(?:全资|控股|参股|直属|下属|旗下|所属)*{_HAN_KIN}"), "affiliate"),
    (re.compile(rf"(?:['’`]s\b[^,;()]*?)? {_OFFICE}\b", re.IGNORECASE), "branch"),
    (re.compile(r"(?<=公司)[\u3400-\u9fff]{0,8}(?:分公司|分厂|办事处|代表处)|分公司|分厂|办事处|代表处"), "branch"),
)
# One of them stands in every such text; quick to look for.
_MARKS = (
    *("subsidiar", "affiliate", "associated", "member", "sister", "owned", "controlled", "branch", "office"),
    *("子公司", "孙公司", "孫公司", "关联", "關聯", "附属", "附屬"),
    *("旗下", "下属", "下屬", "所属", "所屬", "直属", "直屬"),
    *("分公司", "分厂", "分廠", "办事处", "辦事處", "代表处", "代表處", "con c", "chi nh", "дочерн", "филиал"),
)  # fmt: skip
_MARKED = AhoCorasick(_MARKS)
_EDGE = " \t\n,，;；.-–—()（）"


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie between the firm of a name and another firm, in the words of the name itself."""

    kind: Kind
    own: str  # the firm's own name; empty where the text gives it none
    other: str
    words: str


def tie_in(text: str) -> Tie | None:
    """The other firm a name speaks of, and whether it says branch or family."""
    if not _MARKED.find_matches_as_indexes(text.lower()):
        return None
    plain = simplified(text)
    for pattern, kind in _BEFORE:
        if found := pattern.search(plain):
            own, other = plain[: found.start()].strip(_EDGE), plain[found.end() :].strip(_EDGE)
            if other:
                return Tie(kind, own, other, found.group().strip(_EDGE))
    for pattern, kind in _AFTER:
        if found := pattern.search(plain):
            before, after = plain[: found.start()], plain[found.end() :]
            own = ""
            if re.match(r"\s*[)）]", after):  # Example Co., Ltd. (Listed subsidiary)
                own, _, before = before.replace("（", "(").rpartition("(")
            own = f"{own.strip(_EDGE)} {after.strip(_EDGE)}".strip()
            if before.strip(_EDGE):
                return Tie(kind, own, before.strip(_EDGE), found.group().strip(_EDGE))
    return None
