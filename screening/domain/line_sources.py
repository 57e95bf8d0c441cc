"""Do the goods of a shipment's line and those of a supply link name the same article: by part number, or in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_TOKEN = re.compile(r"[^\W_]+(?:[./_-][^\W_]+)*")
_DIGITS = re.compile(r"(?:\d.*){3}")
_WORD = re.compile(r"[^\W_]+")


def names_same_goods(line: str, line_codes: Sequence[str], link: str, link_code: str) -> bool:
    """Whether the goods sold on are those delivered: what a line is, not what went into it.

    Part numbers decide where both have them: those of one must all stand in the other. Without any, the words must be
    the same, in any order. Codes of different headings never name the same goods.
    """
    if not line.strip() or not link.strip() or _differ(line_codes, link_code):
        return False
    ours, theirs = part_numbers(line), part_numbers(link)
    if ours or theirs:
        return bool(ours and theirs) and (ours <= theirs or theirs <= ours)
    return _words(line) == _words(link)


def part_numbers(text: str) -> frozenset[str]:
    """The words of a description that read like part numbers or measures: at least three digits, and more beside."""
    found = _TOKEN.findall(unicodedata.normalize("NFKC", text).upper())
    return frozenset(token for token in found if len(token) >= 5 and _DIGITS.search(token) and not token.isdigit())


def _differ(line_codes: Sequence[str], link_code: str) -> bool:
    digits = ["".join(char for char in code if char.isdigit())[:4] for code in (*line_codes, link_code)]
    *ours, theirs = digits
    known = [code for code in ours if len(code) == 4]
    return bool(known) and len(theirs) == 4 and theirs not in known


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
