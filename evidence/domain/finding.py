"""Find words in the text of papers, Chinese or not, and say where they stand.

A text is compared in a plain form: full-width letters and digits as plain ones (Unicode NFKC), traditional characters
as simplified ones, case left aside, and no spaces between Chinese characters, since scans and layouts put them there.
What is found is told as a range of the text as it is written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_SPACES_IN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_IS_HAN = re.compile(f"[{_HAN}]")
_QUOTED = re.compile(r'["\u201c\u201d]([^"\u201c\u201d]+)["\u201c\u201d]|(\S+)')
MAX_TERMS = 8


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a text: from ``start`` up to, not including, ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in its plain form; ``at[i]`` is where its i-th character stands in the text as written."""

    text: str
    at: tuple[int, ...]


def plain(text: str) -> str:
    """The plain form of a text, without its places: quick, for looking whether it is worth a closer look."""
    folded = unicodedata.normalize("NFKC", text).translate(_simplified()).casefold()
    return _SPACES_IN_HAN.sub("", folded)


def plain_with_places(text: str) -> Plain:
    """The plain form of a text with the place of each of its characters."""
    chars: list[str] = []
    at: list[int] = []
    for index, one in enumerate(text):
        for char in unicodedata.normalize("NFKC", one).translate(_simplified()).casefold():
            chars.append(char)
            at.append(index)
    joined = "".join(chars)
    kept: list[int] = []
    last = 0
    for gap in _SPACES_IN_HAN.finditer(joined):
        kept += range(last, gap.start())
        last = gap.end()
    kept += range(last, len(joined))
    return Plain("".join(joined[i] for i in kept), tuple(at[i] for i in kept))


def terms_of(words: str) -> tuple[re.Pattern[str], ...]:
    """What is looked for: each word by itself, what stands in quotation marks together.

    Chinese is found within longer text; other words as whole words. Single Chinese characters with spaces between
    them are one word.
    """
    spelt: list[str] = []
    for quoted, word in _QUOTED.findall(words):
        term = " ".join(plain(quoted or word).split())
        lone = len(term) == 1 and _IS_HAN.match(term)
        if lone and spelt and all(map(_IS_HAN.match, spelt[-1])) and not quoted:
            spelt[-1] += term
        elif any(char.isalnum() for char in term):
            spelt.append(term)
    return tuple(map(_pattern, dict.fromkeys(spelt[:MAX_TERMS])))


def find(text: str, terms: tuple[re.Pattern[str], ...]) -> list[Span]:
    """Every place of these terms in a text, in order; nothing unless each term stands in it."""
    quick = plain(text) if terms else ""
    if not terms or not all(term.search(quick) for term in terms):
        return []
    form = plain_with_places(text)
    found = {(form.at[hit.start()], form.at[hit.end() - 1] + 1) for term in terms for hit in term.finditer(form.text)}
    return [Span(*one) for one in sorted(found)]


def snippet(text: str, span: Span, *, around: int = 60) -> tuple[str, str, str]:
    """What stands before a place, at it and after it, on one line."""
    before = " ".join(text[max(0, span.start - around) : span.start].split())
    after = " ".join(text[span.end : span.end + around].split())
    space_before = " " if span.start and text[span.start - 1].isspace() and before else ""
    space_after = " " if text[span.end : span.end + 1].isspace() and after else ""
    return before + space_before, " ".join(text[span.start : span.end].split()), space_after + after


def _pattern(term: str) -> re.Pattern[str]:
    body = r"\s+".join(map(re.escape, term.split(" ")))
    before = "" if _IS_HAN.match(term[0]) or not term[0].isalnum() else rf"(?<![^\W_{_HAN}])"
    after = "" if _IS_HAN.match(term[-1]) or not term[-1].isalnum() else rf"(?![^\W_{_HAN}])"
    return re.compile(before + body + after)


@cache
def _simplified() -> dict[int, str]:
    """Each traditional character with its simplified one; character by character, so that places are kept."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(one): other for one, other in zip(characters, simple, strict=True) if one != other}


def quoted(text: str, quote: str) -> Span | None:
    """Where a quoted passage stands in a text, however its lines are broken; None where it does not."""
    words = plain(quote).split()
    if not words:
        return None
    form = plain_with_places(text)
    hit = re.search(r"\s*".join(map(re.escape, words)), form.text)
    return Span(form.at[hit.start()], form.at[hit.end() - 1] + 1) if hit else None
