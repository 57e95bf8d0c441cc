"""From the words of a name to the few listed names worth weighing."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations, islice, product

from entities.domain.matching.spelling import deletions, misread
from entities.domain.matching.targets import Target
from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.scripts import fold, readings
from entities.domain.names.words import ParsedName, Word

CUT_FROM = 33  # a name this long may have been cut off by the field it stood in
MISSPELT_FROM = 4  # a shorter word is another word, not a misspelt one
TWO_SLIPS_FROM = 9
READINGS = 16


class NameIndex:
    """Looks up listed names by a brand word in any script, by one slip of the pen, by pairs of everyday words.

    What it costs to ask does not grow with the list: only dictionary look-ups by the words of the name asked for.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self._by_slip: dict[str, set[str]] = defaultdict(set)
        self.by_pair: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.by_letters: dict[str, list[int]] = defaultdict(list)
        self.everyday: dict[str, str] = {}
        frequency: dict[str, int] = defaultdict(int)
        for target in targets:
            for concept in set(target.profile.key):
                frequency[concept] += 1
        for number, target in enumerate(targets):
            for letters in _letters(target.profile.name):
                self.by_letters[letters].append(number)
            self._add_brands(number, target)
            if target.profile.brand_points < W.everyday_below:
                self._add_everyday(number, target, frequency)
        self._slips = self._by_slip.keys()
        self.beginnings = sorted((t.folded, n) for n, t in enumerate(targets) if len(t.folded) >= CUT_FROM)

    def _add_brands(self, number: int, target: Target) -> None:
        for word, points in target.profile.brands:
            if points < W.foreign_two:
                continue
            for spelling in {word.text, *word.sounds}:
                self.by_word[spelling].append(number)
            if not word.sounds and len(word.text) >= MISSPELT_FROM and not word.text.isdigit():
                self._add_slips(word.text, 2 if len(word.text) >= TWO_SLIPS_FROM else 1)

    def _add_everyday(self, number: int, target: Target, frequency: dict[str, int]) -> None:
        """A name of everyday words is looked up by any two of its three rarest."""
        for word in target.profile.name.words:
            if word.kind not in ("form", "filler") and word.text.isascii() and len(word.text) > MISSPELT_FROM:
                self.everyday[word.text] = word.concept
                self._add_slips(word.text, 1)
        rare = sorted({*target.profile.key} - {"county"}, key=lambda concept: (frequency[concept], concept))[:3]
        for one, other in combinations(rare, 2):
            self.by_pair[one][other].append(number)

    def _add_slips(self, spelling: str, depth: int) -> None:
        for slip in deletions(spelling, depth):
            self._by_slip[slip].add(spelling)

    def alike(self, name: ParsedName) -> Sequence[int]:
        """Listed names of the same letters, however they are grouped into words."""
        return () if name.han else self.by_letters.get(name.squeezed, ())

    def candidates(self, name: ParsedName) -> set[int]:
        """Listed names that share a brand word, or two everyday words, with the name."""
        found: set[int] = set()
        words = self.by_word
        concepts: set[str] = set()
        for word in name.words:
            kind = word.kind
            if kind == "form" or kind == "filler":
                continue
            concepts.add(word.concept)
            if kind != "distinct" and kind != "place" and not word.sounds:
                continue
            hits = words.get(word.text)
            if hits:
                found.update(hits)
            elif word.sounds:
                self._by_sound(word, found)
            elif kind == "distinct" and len(word.text) >= MISSPELT_FROM:
                self._misspelt(word.text, found, concepts)
        for concept in concepts & self.by_pair.keys():
            partners = self.by_pair[concept]
            for other in partners.keys() & concepts:
                found.update(partners[other])
        return found

    def _by_sound(self, word: Word, found: set[int]) -> None:
        for sound in word.sounds:
            found.update(self.by_word.get(sound, ()))
        # A Chinese brand may stand at the head of a run the vocabulary could not part: 浩林发饰.
        for size in range(2, len(word.text)):
            found.update(self.by_word.get(word.text[:size], ()))

    def _misspelt(self, text: str, found: set[int], concepts: set[str]) -> None:
        near = {text[:place] + text[place + 1 :] for place in range(len(text))}
        near.update((text, *misread(text)))
        for slip in near & self._slips:
            for spelling in self._by_slip[slip]:
                found.update(self.by_word.get(spelling, ()))
                if spelling in self.everyday:
                    concepts.add(self.everyday[spelling])

    def beginning_with(self, text: str) -> Iterable[int]:
        """Listed names of which a name cut off at the end of its field is the beginning."""
        folded = fold(text)
        for place in range(bisect_left(self.beginnings, (folded, -1)), len(self.beginnings)):
            whole, number = self.beginnings[place]
            if not whole.startswith(folded):
                return
            if len(whole) > len(folded):
                yield number


def _letters(name: ParsedName) -> Iterable[str]:
    """The letters of a listed name; for a Chinese one in the readings of its characters."""
    if not name.han:
        return (name.squeezed,)
    spelled = [w.sounds or readings(w.text) for w in name.words if w.kind != "form"]
    return ("".join(parts) for parts in islice(product(*spelled), READINGS))
