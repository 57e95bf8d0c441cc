"""A name made ready for comparison: its brand words with their strength, its trades, its places."""

from dataclasses import dataclass

from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.syllables import syllable_count
from entities.domain.names.words import ParsedName, Word

_USUAL_FORMS = frozenset({"company", "limited", "corporation"})
_SOFT = {"trade": W.trade, "generic": W.generic, "common": W.common, "role": W.role}


def strength(word: Word) -> float:
    """How much it says that two names share this word."""
    if word.sounds:
        return (W.han_one, W.han_two, W.han_three, W.han_more)[min(len(word.text), 4) - 1]
    if word.text.isdigit():
        return W.number_word
    syllables = syllable_count(word.text)
    if syllables:
        if word.codes:
            return W.county_word
        by_count = (W.one_syllable, W.two_syllables, W.three_syllables, W.more_syllables)
        return by_count[min(syllables, 4) - 1]
    by_length = (W.one_syllable / 2, W.foreign_two, W.foreign_three, W.foreign_four, W.foreign_word)
    return by_length[min(len(word.text), 5) - 1]


@dataclass(frozen=True, slots=True)
class Profile:
    """A parsed name by the parts the comparison weighs."""

    name: ParsedName
    brands: tuple[tuple[Word, float], ...]
    soft: dict[str, float]
    spellings: dict[str, str]
    trades: frozenset[str]
    families: frozenset[str]
    codes: frozenset[str]
    place_words: tuple[Word, ...]
    pieces: frozenset[str]
    key: tuple[str, ...]
    placed: bool  # its places are places: no brand word could be one as well

    @property
    def brand_points(self) -> float:
        return sum(points for _, points in self.brands)


def profile(name: ParsedName) -> Profile:
    brands: list[tuple[Word, float]] = []
    soft: dict[str, float] = {}
    spellings: dict[str, str] = {}
    trades: set[str] = set()
    codes: set[str] = set()
    places: list[Word] = []
    for word in name.words:
        if word.kind == "distinct":
            brands.append((word, strength(word)))
        elif word.kind == "place":
            codes |= word.codes
            places.append(word)
        elif word.kind in _SOFT and word.concept != "county":
            soft[word.concept] = _SOFT[word.kind]
            spellings[word.concept] = word.text
            if word.kind == "trade":
                trades.add(word.concept)
    families = frozenset(t.partition("/")[0] for t in trades)
    pieces = frozenset(piece for word in name.words for piece in word.text.split() if len(piece) > 3)
    return Profile(
        name=name,
        brands=tuple(brands),
        soft=soft,
        spellings=spellings,
        trades=frozenset(trades),
        families=families,
        codes=frozenset(codes),
        place_words=tuple(places),
        pieces=pieces | _USUAL_FORMS,
        key=name.key,
        placed=bool(codes) and not any(word.codes for word, _ in brands),
    )
