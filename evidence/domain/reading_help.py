"""Help for a reader who does not read Chinese: pinyin over each line, and the terms of trade that stand in it.

This is not a translation, and is never worded as one: it names single terms, not what a sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

from evidence.domain.finding import plain

_HAN = re.compile("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
MAX_LINES = 150


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A line with Chinese: as written, its reading, and the terms in it with their English."""

    text: str
    pinyin: str
    terms: tuple[tuple[str, str], ...]


class Glossary:
    """Terms of trade, Chinese to English. The longest term at a place counts: 增值税专用发票 is not just 发票."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self.terms = {plain(term): english for term, english in terms.items()}
        longest_first = sorted(self.terms, key=len, reverse=True)
        self._any = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def terms_in(self, text: str) -> tuple[tuple[str, str], ...]:
        """The terms that stand in a text, in order, each once."""
        if self._any is None:
            return ()
        found = dict.fromkeys(hit.group() for hit in self._any.finditer(plain(text)))
        return tuple((term, self.terms[term]) for term in found)


def help_with(text: str, glossary: Glossary) -> list[HelpLine]:
    """The lines of a text that hold Chinese, with reading and terms; of a long page the first ones."""
    lines: list[HelpLine] = []
    for line in text.splitlines():
        if _HAN.search(line):
            said = " ".join(line.split())[:400]
            lines.append(HelpLine(said, pinyin_of(said), glossary.terms_in(said)))
            if len(lines) == MAX_LINES:
                break
    return lines


def pinyin_of(text: str) -> str:
    """How the Chinese of a text is read, in pinyin with tones; all else stays as it is."""
    read = _HAN.sub(lambda run: f" {' '.join(lazy_pinyin(run.group(), style=Style.TONE))} ", text)
    return " ".join(read.split())
