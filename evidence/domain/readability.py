"""Whether a page can be read: what a reviewer, and CBP after it, can take from it as it lies there.

CBP returns files whose pages are illegible, blacked out or blank. A page that cannot be read shows nothing until a
readable copy replaces it; what is poor is looked at by a person before it counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Of words read from a picture, the mean confidence. Clean print is read with 0.95 and more.
SURE, UNSURE = 0.85, 0.6
# Of letters that stand in words which look like words.
WELL, BADLY = 0.8, 0.5
# Of the page under solid black bars.
NOTICED, LARGE, COVERED = 0.01, 0.2, 0.5
_FEWEST_LETTERS = 40  # less says nothing about quality
_ENOUGH = 20_000

_WORD = re.compile(r"[^\W\d_]{4,}")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_VOWEL = re.compile(r"[aeiouy\u00c0-\u00c6\u00c8-\u00cf\u00d2-\u00d6\u00d8-\u00dd\u00e0-\u00e6\u00e8-\u00ef"
                    r"\u00f2-\u00f6\u00f8-\u00fd\u0100-\u0105\u0112-\u011b\u0128-\u0131\u014c-\u0151\u0168-\u0173"
                    r"\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]", re.IGNORECASE)  # fmt: skip
_UNLIKE_A_WORD = re.compile(r"([A-Za-z])\1{3}|[bcdfghjklmnpqrstvwxz]{7}", re.IGNORECASE)
_NOT_A_SIGN = re.compile("[\ufffd\ue000-\uf8ff\u25a0\u25a1]")


class Grade(StrEnum):
    """How well a page can be read."""

    READABLE = "readable"
    POOR = "poor"
    UNREADABLE = "unreadable"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Readability:
    """A page's grade, and why it is not better."""

    grade: Grade
    reasons: tuple[str, ...] = ()

    @property
    def shows_nothing(self) -> bool:
        """Whether nothing on the page can count as shown."""
        return self.grade == Grade.UNREADABLE


def text_quality(text: str) -> float | None:
    """The share of letters in words that look like words, less what is no sign at all; None where too few to tell.

    Only Latin words can look wrong: one without a vowel, or of the same letter over and over, is none. Capitals alone
    (codes, marks, abbreviations) are not judged. Of a long text its beginning tells.
    """
    text = text[:_ENOUGH]
    signs = sum(not sign.isspace() for sign in text)
    letters = sum(map(str.isalpha, text))
    if signs < _FEWEST_LETTERS or not letters:
        return None
    wrong = sum(
        len(word)
        for word in _WORD.findall(text)
        if _LATIN.fullmatch(word) and ((not _VOWEL.search(word) and not word.isupper()) or _UNLIKE_A_WORD.search(word))
    )
    return max(0.0, 1 - wrong / letters - len(_NOT_A_SIGN.findall(text)) / signs)


def readability(
    *,
    has_text: bool,
    is_blank: bool,
    quality: float | None = None,
    confidence: float | None = None,
    blacked_out: float = 0.0,
) -> Readability:
    """How well a page can be read, from its text, how surely that was read, and how much of it is blacked out."""
    if is_blank and not has_text:
        return Readability(Grade.BLANK)
    bad: list[str] = []
    doubtful: list[str] = []
    if blacked_out >= NOTICED:
        (bad if blacked_out >= COVERED else doubtful).append(f"{blacked_out:.0%} of the page is blacked out")
    if not has_text:
        bad.append("nothing on it could be read by machine")
    if confidence is not None and confidence < SURE:
        (bad if confidence < UNSURE else doubtful).append(f"read from the picture with {confidence:.0%} confidence")
    if has_text and quality is not None and quality < WELL:
        (bad if quality < BADLY else doubtful).append(f"only {quality:.0%} of its letters stand in words")
    grade = Grade.UNREADABLE if bad else Grade.POOR if doubtful else Grade.READABLE
    return Readability(grade, (*bad, *doubtful))
