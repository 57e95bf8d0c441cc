"""The words papers are understood by: labels of fields, heads of columns, cues of types. Filled from data files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

LONGEST_LABEL = 12  # words


@dataclass(frozen=True, slots=True)
class Cue:
    """How a type of paper shows itself."""

    titles: tuple[str, ...]
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    number: str = "document_number"
    also: str = ""
    seller: str = ""
    buyer: str = ""
    telling: tuple[str, ...] = ()  # words hardly any other paper has
    labels: Mapping[str, str] = field(default_factory=dict)  # what labels mean on such papers alone
    columns: Mapping[str, str] = field(default_factory=dict)  # and what heads of columns mean
    letterhead: bool = False  # whether its maker stands at its head


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words, by their squeezed form."""

    labels: Mapping[str, str]
    columns: Mapping[str, str]
    stock: Mapping[str, str]  # heads of the columns of a stock book
    money: Mapping[str, str]  # currencies by the legal form of a firm, for what is paid at a counter
    cues: Mapping[str, Cue]
    kinds: Mapping[str, str]
    late: frozenset[str] = frozenset()  # labels that count only where there is no better one
    weak: frozenset[str] = frozenset()  # words that count as labels only with a colon, or alone on their place
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # squeezed title: types
    countries: Mapping[str, str] = field(default_factory=dict)  # squeezed name or code: ISO code

    def for_type(self, code: str) -> Vocabulary:
        """The words as they are meant on papers of one type."""
        own = self.cues.get(code)
        if own is None or not (own.labels or own.columns):
            return self
        return replace(
            self,
            labels={**self.labels, **own.labels},
            columns={**self.columns, **own.columns},
            weak=self.weak - own.labels.keys(),
            late=self.late - own.labels.keys(),
        )

    @classmethod
    def of(
        cls,
        labels: Mapping[str, Mapping[str, Any]],
        cues: Mapping[str, Mapping[str, Any]],
        fields: Mapping[str, Mapping[str, Any]],
        countries: Mapping[str, str],
    ) -> Vocabulary:
        """Out of the tables of the data files. The first field that claims a word keeps it."""
        by_label: dict[str, str] = {}
        by_column: dict[str, str] = {}
        weak = frozenset(squeezed(word) for word in labels["weak"]["words"])
        for name, entry in labels.items():
            for word in entry.get("labels", ()):
                by_label.setdefault(squeezed(word), name)
            for word in entry.get("columns", ()):
                by_column.setdefault(squeezed(word), name)
        types: dict[str, list[str]] = {}
        for code, entry in cues.items():
            for title in entry["titles"]:
                types.setdefault(squeezed(title), []).append(code)
        return cls(
            labels=by_label,
            columns=by_column,
            money={spaced(form): code for form, code in labels["currency"].get("forms", {}).items()},
            stock={squeezed(word): name for name, entry in labels.items() for word in entry.get("stock", ())},
            weak=weak,
            late=frozenset(squeezed(word) for word in labels["late"]["words"]),
            cues={code: _cue(entry) for code, entry in cues.items()},
            kinds={name: entry["kind"] for name, entry in fields.items()},
            titles={title: tuple(codes) for title, codes in types.items()},
            countries={squeezed(name): code for name, code in countries.items()},
        )


def _cue(entry: Mapping[str, Any]) -> Cue:
    return Cue(
        titles=tuple(squeezed(title) for title in entry["titles"]),
        words=tuple(spaced(word) for word in entry["words"]),
        patterns=tuple(re.compile(pattern) for pattern in entry.get("patterns", ())),
        number=entry.get("number", "document_number"),
        also=entry.get("also", ""),
        seller=entry.get("seller", ""),
        buyer=entry.get("buyer", ""),
        telling=tuple(spaced(word) for word in entry.get("telling", ())),
        labels=_meant(entry.get("labels", {})),
        columns=_meant(entry.get("columns", {})),
        letterhead=entry.get("letterhead", False),
    )


def _meant(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {squeezed(word): name for name, said in words.items() for word in said}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text in its squeezed form, and where it stands."""

    text: str
    start: int
    end: int


_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+|°")


@lru_cache(maxsize=4_096)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text; a run of Chinese is one."""
    return tuple(Token(_folded(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text))


def squeezed(text: str) -> str:
    """A text without spaces, case, accents and punctuation, as words are compared: InvoiceNo. is invoice no."""
    return "".join(token.text for token in tokens(text))


def spaced(text: str) -> str:
    """The words of a text with one space around each, so that a word is found as a word."""
    return f" {' '.join(token.text for token in tokens(text))} "


def is_in(word: str, text: str, squashed: str) -> bool:
    """Whether a cue (as ``spaced`` gives it) stands in a text; Chinese and long ones also within a run of letters."""
    if word in text:
        return True
    bare = word.replace(" ", "")
    return (len(bare) > 8 or not bare.isascii()) and bare in squashed


def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()


def runs(words: Sequence[Token], start: int, longest: int = LONGEST_LABEL) -> Iterator[tuple[str, int]]:
    """The words from one on, joined, the longest run first: the joined text, and the index behind it."""
    joined = "".join(word.text for word in words[start : start + longest])
    for end in range(min(len(words), start + longest), start, -1):
        yield joined, end
        joined = joined[: len(joined) - len(words[end - 1].text)]
