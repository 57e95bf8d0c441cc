"""What a change of the list can be found by: everybody whose answer it can change has one of these keys.

Two matchers are compared by what they look names up with, not by their rows. So whatever bears on an answer is in: a
word that singles an entity out, its misspellings, which everyday words are rare enough to look by, which loose
syllables are put together, where a listed name takes the place of another. Who is found is asked of both lists in
full; finding too many costs time, finding too few is an error.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property, reduce
from itertools import accumulate
from operator import or_
from typing import Any

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind

from entities.domain.matching.index import CUT_FROM, MISSPELT_FROM, TWO_SLIPS_FROM
from entities.domain.matching.keys import ADDRESS, CODE, EVERYWHERE, LONG_ENOUGH, SOUND, sounding
from entities.domain.matching.matcher import Matcher
from entities.domain.matching.spelling import deletions, misread
from entities.domain.names.scripts import HAN, readings
from entities.domain.names.syllables import SYLLABLES
from entities.domain.names.words import SHORT, SPLIT_FROM

Condition = tuple[frozenset[str], ...]  # a party must have one key of each of these
_BY_ITSELF = ""  # what a word near it is sought for: itself, not a concept
_NUMERALS = "〇一二三四五六七八九"
_ODD = 1 << 30  # beside the letters of a word: something in it is no letter, or may be another letter misread


class Sought:
    """What differs between two matchers, and the keys of the parties it can concern.

    ``everybody``: what differs leaves no key to find parties by, so all must be asked.
    """

    def __init__(self, old: Matcher, new: Matcher) -> None:
        self._both = (old, new)
        self._parsers = (old.parser, new.parser)
        self._known = {**old.parser.known, **new.parser.known}
        tables = _Tables(), _Tables()
        signs: dict[Hashable, int] = {}
        for table, matcher in zip(tables, self._both, strict=True):
            table.read(matcher, signs)
        before, now = tables
        self.everybody = before.corps != now.corps
        self._brands = _differing(before.words, now.words)
        # What another word may be misspelt for tells only where its concept is looked up with another one.
        moved = {m.index.everyday.get(word) for m in self._both for word in self._everyday_moved}
        with_moved = {pair for table in tables for pair in table.pairs if not moved.isdisjoint(pair)}
        self._pairs = _differing(before.pairs, now.pairs) | with_moved
        self._letters = _differing(before.letters, now.letters)
        self._beginnings = _differing(before.beginnings, now.beginnings)
        self._patterns = _differing(before.patterns, now.patterns)
        self._codes = _differing(before.codes, now.codes)
        self._joined = old.parser.lexicon ^ new.parser.lexicon
        self._halves = _differing(old.parser.half_translated, new.parser.half_translated)

    def among(self, words: Iterable[str]) -> list[Condition]:
        """The conditions one of which everybody concerned fulfils, given the Latin words that names are kept by."""
        vocabulary = _Vocabulary(words, self._near, self._never_misspelt, self._exact, self._heads, self._parts_of)
        alone: set[str] = set()
        several: set[Condition] = set()

        def take(conditions: Iterable[Condition]) -> None:
            for condition in conditions:
                if len(condition) == 1:
                    alone.update(condition[0])
                else:
                    several.add(condition)

        for word in self._spellings:
            take(self._written(word, vocabulary))
        alone |= vocabulary.near[_BY_ITSELF]
        for pair in self._pairs:
            one, other = (self._meant(concept, vocabulary) for concept in sorted(pair))
            take((*first, *second) for first in one for second in other)
        for letters in self._letters:
            take(self._grouped(letters, vocabulary.words))
        for text in self._beginnings:
            take(self._cut_off(text))
        for pattern in self._patterns:
            take(self._in_address(pattern))
        for head, _ in self._halves:
            take([(frozenset(_heard("zhong" if head == "china" else head)),)])
        alone |= {CODE + letters for letters in self._codes}
        if not alone:
            return sorted(several, key=str)
        return [(frozenset(alone),), *(one for one in several if not any(keys <= alone for keys in one))]

    # Words -----------------------------------------------------------------------------------------------------------

    @cached_property
    def _everyday_moved(self) -> Set[str]:
        """Everyday words that only one of the lists takes misspellings for, or each for another concept."""
        old, new = self._both
        return _differing(old.index.everyday, new.index.everyday)

    @cached_property
    def _near(self) -> Mapping[str, set[str]]:
        """What is left of a word when letters are dropped, and for what it is sought: itself, or a concept."""
        found: dict[str, set[str]] = defaultdict(set)
        for brand in self._brands:
            if brand.isascii() and len(brand) >= MISSPELT_FROM and not brand.isdigit():
                for slip in deletions(brand, 2 if len(brand) >= TWO_SLIPS_FROM else 1):
                    found[slip].add(_BY_ITSELF)
        concepts = {concept for pair in self._pairs for concept in pair}
        for matcher in self._both:
            for word, concept in matcher.index.everyday.items():
                if concept in concepts:
                    for slip in deletions(word):
                        found[slip].add(concept)
        return found

    @cached_property
    def _never_misspelt(self) -> frozenset[str]:
        """Words read as what they are: a trade or a legal form is no other word misspelt."""
        return frozenset(spelling for spelling, (_, inside) in self._known.items() if inside.kind != "distinct")

    @cached_property
    def _misspelt(self) -> Mapping[str, set[str]]:
        """Known words, brands or places, that may be a word sought misspelt; by what it is sought for."""
        found: dict[str, set[str]] = defaultdict(set)
        for spelling, (_, inside) in self._known.items():
            if inside.kind == "distinct" and len(spelling) >= MISSPELT_FROM and " " not in spelling:
                for slip in _slips_of(spelling):
                    for concept in self._near.get(slip, ()):
                        found[concept].add(spelling)
        return found

    @cached_property
    def _spellings(self) -> frozenset[str]:
        """Words that must stand in a name as they are, by themselves, apart or in another."""
        return frozenset({*self._brands, *self._joined, *self._misspelt.get(_BY_ITSELF, ())})

    @cached_property
    def _meanings(self) -> Mapping[str, set[str]]:
        """How the concepts of pairs are written."""
        wanted = {concept for pair in self._pairs for concept in pair}
        found: dict[str, set[str]] = {concept: set() for concept in wanted}
        for concept in wanted:
            if not concept.startswith("@"):
                found[concept].add(concept)
            if concept.isdigit() and len(concept) == 1:
                found[concept].add(f"第{_NUMERALS[int(concept)]}")
        if "china" in found:
            found["china"].add("中")
        vocabulary = self._both[0].parser.vocabulary
        for spelling, sense in vocabulary.latin.items():
            if sense.concept in wanted:
                found[sense.concept].add(spelling)
        for spelling, sense in vocabulary.han.items():
            for concept in sense.concept.split("+"):
                if concept in wanted:
                    found[concept].add(spelling)
        for concept in wanted:
            found[concept].update(self._misspelt.get(concept, ()))
        return found

    @cached_property
    def _exact(self) -> frozenset[str]:
        """Latin spellings that may stand inside a longer word."""
        words = {*self._spellings, *(one for many in self._meanings.values() for one in many)}
        return frozenset(_longest(word) for word in words if word.isascii() and _longest(word))

    @cached_property
    def _heads(self) -> frozenset[str]:
        """Beginnings of these that may be the end of a word run together with another."""
        return frozenset(head for word in self._exact for head in self._run_on(word))

    def _parts_of(self, word: str) -> set[str]:
        """What a longer word is read as by either list where it is words run together."""
        return {part for parser in self._parsers for part in parser.run_together(word) or ()}

    def _run_on(self, word: str) -> list[str]:
        parts = self._parsers[0].parts | self._parsers[1].parts
        heads = (word[:cut] for cut in range(2, len(word)))
        return [head for head in heads if any(head[at:] in parts for at in range(len(head) - 1))]

    def _written(self, text: str, vocabulary: "_Vocabulary") -> Iterable[Condition]:
        """A word as it may stand in a name: whole, in loose syllables, in or across a longer word, in characters."""
        if not text.isascii():
            yield (frozenset(_heard_of(text)),)
            return
        word = _longest(text)
        if not word:
            return
        keys = {word, *vocabulary.holding.get(word, ()), *_heard(word)}
        for end in range(2, len(word) + 1):
            keys.update(
                f"{word[:cut]} {word[cut:end]}" for cut in range(1, end) if cut <= SHORT and end - cut <= SHORT
            )
        yield (frozenset(keys),)
        for head in self._run_on(word):
            if ending := vocabulary.ending.get(head):
                rest = word[len(head) :]
                following = frozenset(rest[:size] for size in range(1, SHORT + 1))
                yield (frozenset(ending),) if following & EVERYWHERE else (frozenset(ending), following)

    def _meant(self, concept: str, vocabulary: "_Vocabulary") -> list[Condition]:
        """A concept by any of its spellings."""
        alone: set[str] = set(vocabulary.near[concept])
        several: list[Condition] = []
        for spelling in self._meanings[concept]:
            for condition in self._written(spelling, vocabulary):
                if len(condition) == 1:
                    alone |= condition[0]
                else:
                    several.append(condition)
        return [(frozenset(alone),), *several]

    # Whole names -----------------------------------------------------------------------------------------------------

    def _grouped(self, letters: str, known: Set[str]) -> Iterable[Condition]:
        """The same letters grouped into words otherwise: a first word, a last one, and none or some between them."""
        yield (frozenset({letters}),)
        starts, ends = {0}, {len(letters)}
        joined: set[str] = set()  # a legal form read as a part of a word is kept with the word beside it alone
        for form in EVERYWHERE:
            if letters.startswith(form):
                starts.add(len(form))
            if letters.endswith(form):
                ends.add(len(letters) - len(form))
            for at in range(1, len(letters)):
                if letters.startswith(form, at):
                    behind = at + len(form)
                    joined.update(f"{letters[start:at]} {form}" for start in range(max(0, at - SHORT), at))
                    joined.update(f"{form} {letters[behind:end]}" for end in range(behind + 1, behind + SHORT + 1))
        first = {letters[start:cut] for start in starts for cut in range(start + 1, len(letters))} & known
        last = {letters[cut:end] for end in ends for cut in range(1, end)} & known
        inner = {
            letters[one:other] for one in range(1, len(letters)) for other in range(one + 1, len(letters))
        } & known
        for start in starts:
            for end in ends:
                yield (frozenset({letters[start:end]}),)
                for cut in range(start + 1, end):
                    if letters[start:cut] in first and letters[cut:end] in last:
                        yield (frozenset({letters[start:cut]}), frozenset({letters[cut:end]}))
        yield (frozenset(first), frozenset(inner | joined), frozenset(last))

    def _cut_off(self, text: str) -> Iterable[Condition]:
        """A name cut off behind its 33rd letter or later has the words before."""
        words = {word for word in text[:CUT_FROM].split()[:-1] if len(word) > 1 and word not in EVERYWHERE}
        if not words:
            self.everybody = True
            return
        yield tuple(frozenset({word}) for word in sorted(words, key=lambda word: (len(word), word))[-2:])

    def _in_address(self, pattern: str) -> Iterable[Condition]:
        """A listed name in an address: by its most telling words."""
        if not pattern.isascii():
            ends = (pattern[:2], pattern[-2:])
            yield tuple(frozenset(ADDRESS + key for key in _heard_of(end)) for end in ends)
            return
        everyday = self._both[0].parser.vocabulary.latin
        long = {word for word in pattern.split() if len(word) >= LONG_ENOUGH}
        words = sorted(long, key=lambda word: (word in everyday, -len(word), word))
        if not words:
            self.everybody = True
            return
        yield tuple(frozenset({ADDRESS + word}) for word in words[:2])


class _Tables:
    """What a matcher looks names up with; listed names as numbers that are the same for the same name."""

    corps: int | None = None

    def read(self, matcher: Matcher, signs: dict[Hashable, int]) -> None:
        numbers = [
            signs.setdefault((one.party, one.listed, one.profile.name, one.codes, one.reaches_further), len(signs))
            for one in matcher.targets
        ]

        def named(table: Mapping[Any, Iterable[int]]) -> dict[Any, frozenset[int]]:
            return {key: frozenset(numbers[number] for number in found) for key, found in table.items()}

        index = matcher.index
        if matcher.corps is not None:
            self.corps = numbers[matcher.targets.index(matcher.corps)]
        self.words, self.letters = named(index.by_word), named(index.by_letters)
        pairs: dict[frozenset[str], set[int]] = defaultdict(set)
        for one, others in index.by_pair.items():
            for other, found in others.items():
                pairs[frozenset((one, other))].update(numbers[number] for number in found)
        self.pairs = pairs
        self.beginnings: dict[str, set[int]] = defaultdict(set)
        for text, number in index.beginnings:
            self.beginnings[text].add(numbers[number])
        self.patterns = {
            pattern: (frozenset(numbers[number] for number in found), how)
            for pattern, (found, how) in matcher.scanner.patterns().items()
        }
        of_target = {id(target): number for target, number in zip(matcher.targets, numbers, strict=True)}
        self.codes = {
            letters: frozenset((of_target[id(one.target)], one.city, one.telling) for one in found)
            for letters, found in matcher.codes.by_letters.items()
        }


class _Vocabulary:
    """The Latin words of names, looked through once: which are near a word sought, are read as one and others run
    together, or end as one begins."""

    def __init__(
        self,
        words: Iterable[str],
        near: Mapping[str, set[str]],
        never_misspelt: frozenset[str],
        exact: frozenset[str],
        heads: frozenset[str],
        parts_of: Callable[[str], set[str]],
    ) -> None:
        self.near: dict[str, set[str]] = defaultdict(set)
        self.holding: dict[str, set[str]] = defaultdict(set)
        self.ending: dict[str, set[str]] = defaultdict(set)
        self.words = frozenset(words)
        ordered = list(self.words)
        for word in _perhaps_misspelt(ordered, near):
            if len(word) >= MISSPELT_FROM and word not in never_misspelt:
                for slip in _slips_of(word):
                    if slip in near:
                        for concept in near[slip]:
                            self.near[concept].add(word)
        for word, within, ends in _holding(ordered, exact, heads):
            if len(word) >= SPLIT_FROM and (parts := parts_of(word)):
                for part in parts & within:
                    self.holding[part].add(word)
                for end in ends:
                    self.ending[end].add(word)


def _perhaps_misspelt(words: Sequence[str], near: Iterable[str]) -> Iterable[str]:
    """The words of which one of these may be left when a letter is dropped: told by their length and their letters
    together, for all words at once. Those that a scanner may have misread are let through."""
    if not words:
        return ()
    slips = {(len(slip), _letters_of(slip)) for slip in near if slip.isascii() and slip.isalpha()}
    wanted = {size << 32 | letters for size, letters in slips}
    wanted |= {size + 1 << 32 | letters | 1 << place for size, letters in slips for place in range(26)}
    text = np.frombuffer(("\n".join(words) + "\n").encode(), dtype=np.uint8)
    breaks = np.flatnonzero(text == ord("\n"))
    starts = np.concatenate(([0], breaks[:-1] + 1))
    is_letter = (text >= ord("a")) & (text <= ord("z"))
    bits = np.where(is_letter, np.int64(1) << (text.astype(np.int64) - ord("a")).clip(0, 25), _ODD)
    bits[breaks] = 0
    following = np.append(text[1:], 0)
    for one, other in ("rn", "vv"):
        bits[(text == ord(one)) & (following == ord(other))] |= _ODD
    letters = np.bitwise_or.reduceat(bits, starts)
    sizes = (breaks - starts).astype(np.int64)
    chosen = np.isin(sizes << 32 | letters, np.fromiter(wanted, dtype=np.int64)) | (letters >= _ODD)
    return (words[place] for place in np.flatnonzero(chosen).tolist())


def _letters_of(word: str) -> int:
    return reduce(or_, (1 << ord(letter) - ord("a") for letter in word), 0)


def _holding(words: Sequence[str], exact: Set[str], heads: Set[str]) -> Iterator[tuple[str, set[str], set[str]]]:
    """The words in which one of the exact ones stands, or that end as a head, with these: all searched at once."""
    patterns = [*sorted(exact), *(f"{head}\n" for head in sorted(heads))]
    if not patterns:
        return
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    search = AhoCorasick(patterns, matchkind=MatchKind.Standard)
    found: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for number, start, _ in search.find_matches_as_indexes("\n".join((*words, "")), overlapping=True):
        pattern = patterns[number]
        found[bisect_right(starts, start) - 1][pattern[-1] == "\n"].add(pattern.rstrip("\n"))
    for place, (within, ends) in found.items():
        yield words[place], within, ends


def _slips_of(word: str) -> list[str]:
    """What a word is compared by where it may be misspelt: as the index of a matcher does."""
    return [word, *(word[:place] + word[place + 1 :] for place in range(len(word))), *misread(word)]


def _longest(text: str) -> str:
    """The word of a spelling to look by."""
    return max((word for word in text.split() if word not in EVERYWHERE), key=len, default="")


def _heard(word: str) -> Iterable[str]:
    """The keys of names in characters that sound so, from their first two characters; of one character from it."""
    for end in range(len(word) + 1):
        yield from (f"{SOUND}{word[:cut]}-{word[cut:end]}" for cut in range(end + 1) if cut <= 6 and end - cut <= 6)
    if word in SYLLABLES:
        yield from _lone(word)


def _heard_of(characters: str) -> Iterable[str]:
    """The keys of names with these characters."""
    han = "".join(HAN.findall(characters))
    if len(han) > 1:
        yield from sounding(readings(han[0]), readings(han[1]))
    elif han:
        for reading in readings(han):
            yield from _lone(reading)


def _lone(reading: str) -> Iterable[str]:
    """The keys of names in which a character with this reading stands anywhere."""
    for other in (*SYLLABLES, ""):
        yield from (f"{SOUND}{reading}-{other}", f"{SOUND}{other}-{reading}")


def _differing(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> set[Any]:
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
