"""The grammar of a printed cell: the name, its aliases in brackets, and the words that reach further.

The list has used several wordings over the years, for example ``(including one alias: A)``, ``(and two aliases: A;
and B)``, ``(also known as A; and B and formerly known as C)``; nothing says which one a new row will use.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from entities.domain.listing.rows import acronym

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {word: number for number, word in enumerate(_NUMBERS, 1)}
_MARK = re.compile(
    r"(?:[;,]?\s*\band\s+)?(?:(?P<former>formerly known as)|(?P<aka>also known as)"
    r"|(?:(?:including|and)\s+)?\b(?P<count>\w+)\s+alias(?:es)?\b)\s*:?\s*",
    re.IGNORECASE,
)
_SCOPE = re.compile(r",?\s+(and (?:its |all )?(?:subsidiaries|subordinate|affiliat)\S*(?:\s.*)?)$", re.IGNORECASE)
FORMER = 'former names (listed as "formerly known as"): '


@dataclass(frozen=True, slots=True)
class Cell:
    """What a printed cell says. ``doubt`` is a sentence where it was not understood for certain."""

    name: str
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    scope: str = ""
    doubt: str = ""

    @property
    def scope_note(self) -> str:
        """Scope words and former names, as a row keeps them."""
        former = FORMER + "; ".join(self.former) if self.former else ""
        return " // ".join(part for part in (self.scope, former) if part)


def read_cell(text: str) -> Cell:
    """Take a printed cell apart. ``aliases`` holds every other name, the former ones too."""
    text = " ".join(text.split())
    start, end = _alias_group(text)
    head, inside, tail = (text[:start], text[start + 1 : end - 1], text[end:]) if end else (text, "", "")
    name, scope = head.strip(), tail.strip(" ,")
    if not scope and (found := _SCOPE.search(name)):
        name, scope = name[: found.start()], found[1]
    aliases: list[str] = []
    former: list[str] = []
    doubt = ""
    for mark, words in _clauses(inside):
        count = _COUNTS.get((mark["count"] or "").lower())
        names = _names(words, count)
        if count is not None and count != len(names):
            doubt = f"The cell speaks of {mark['count']} aliases; {len(names)} were read: {'; '.join(names)}."
        aliases += names
        former += names if mark["former"] else []
    if short := acronym(name):
        aliases.insert(0, short)
    return Cell(name, tuple(dict.fromkeys(aliases)), tuple(former), scope, doubt)


def _alias_group(text: str) -> tuple[int, int]:
    """Where the brackets with the aliases begin and end; brackets inside names are part of the names."""
    for opening in re.finditer(r"\(", text):
        if not _MARK.match(text, opening.end()):
            continue
        depth = 0
        for at in range(opening.start(), len(text)):
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            if depth == 0:
                return opening.start(), at + 1
    return 0, 0


def _clauses(text: str) -> Iterator[tuple[re.Match[str], str]]:
    marks = list(_MARK.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):
        yield mark, text[mark.end() : end]


def _names(text: str, count: int | None) -> list[str]:
    """Names between semicolons; an "and" parts two names after a legal form, or where the stated count asks for it."""
    parts = [re.sub(r"^and\s+", "", part.strip()) for part in text.split(";")]
    names = [name.strip(" ,") for part in parts for name in re.split(r"(?<=\.)\s+and\s+", part)]
    names = [name for name in names if name]
    if count == len(names) + 1 and len(halves := names[-1].split(" and ")) == 2:
        names[-1:] = halves
    return names
