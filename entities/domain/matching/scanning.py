"""Find listed names in the running text of a document."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind

from entities.domain.gazetteer.reading import Folded, HanStream
from entities.domain.matching.results import TextMention
from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.scripts import HAN, fold, simplified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entities.domain.matching.targets import Target


class TextScanner:
    """All listed names in one search.

    A name with a brand word of its own is found with or without its legal form. A name made of everyday words is found
    only as the list prints it, legal form included; an acronym only in capitals.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = targets
        latin: dict[str, list[int]] = defaultdict(list)
        han: dict[str, list[int]] = defaultdict(list)
        self._capitals: set[str] = set()
        self._titled: set[str] = set()  # everyday words that are a name only where each begins with a capital
        for number, target in enumerate(targets):
            text = target.listed.text
            if target.profile.name.han:
                for pattern in self._han_patterns(target):
                    han[pattern].append(number)
                continue
            folded = fold(text)
            bare = self._without_form(folded, target)
            own = target.profile.brand_points >= W.two_syllables or len(bare.split()) >= 4
            if " " not in folded:
                if len(folded) >= 4:
                    latin[folded].append(number)
                    if text.isupper():
                        self._capitals.add(folded)
                continue
            latin[folded].append(number)
            if not own and bare == folded:
                self._titled.add(folded)
            if own and len(bare.split()) >= 2:
                latin[bare].append(number)
        self._latin_patterns = sorted(latin)
        self._latin = [latin[p] for p in self._latin_patterns]
        self._latin_search = AhoCorasick([f" {p} " for p in self._latin_patterns], matchkind=MatchKind.Standard)
        self._han_list = sorted(han)
        self._han = [han[p] for p in self._han_list]
        self._han_search = AhoCorasick(self._han_list, matchkind=MatchKind.LeftmostLongest)

    def patterns(self) -> dict[str, tuple[list[int], tuple[bool, bool]]]:
        """What is searched for: the names behind each text, and whether only in capitals, only with capitals."""
        latin = {
            text: (found, (text in self._capitals, text in self._titled))
            for text, found in zip(self._latin_patterns, self._latin, strict=True)
        }
        return latin | {text: (found, (False, False)) for text, found in zip(self._han_list, self._han, strict=True)}

    def _han_patterns(self, target: Target) -> set[str]:
        whole = "".join(HAN.findall(simplified(target.listed.text)))
        words = list(target.profile.name.words)
        while words and words[-1].kind == "form":
            words.pop()
        bare = "".join(w.text for w in words)
        patterns = {whole}
        if len(bare) >= 5 and target.profile.brand_points >= W.han_two:
            patterns.add(bare)
        return {p for p in patterns if len(p) >= 2}

    def _without_form(self, folded: str, target: Target) -> str:
        forms = {piece for w in target.profile.name.words if w.kind == "form" for piece in w.text.split()}
        words = folded.split()
        while words and words[-1] in forms:
            words.pop()
        return " ".join(words)

    def scan(self, text: str, on: date) -> tuple[TextMention, ...]:
        found: dict[tuple[int, int], TextMention] = {}
        folded = Folded.of(text)
        hits = self._latin_search.find_matches_as_indexes(folded.text, overlapping=True)
        for index, start, end in sorted(hits, key=lambda h: (h[1], -h[2])):
            begin, stop = folded.places[start + 1], folded.places[end - 2] + 1
            if self._latin_patterns[index] in self._capitals and not text[begin:stop].isupper():
                continue
            if self._latin_patterns[index] in self._titled and any(w[0].islower() for w in text[begin:stop].split()):
                continue
            self._add(found, text, begin, stop, self._latin[index], on)
        if HAN.search(text):
            stream = HanStream.of(text)
            for index, start, end in self._han_search.find_matches_as_indexes(stream.text):
                begin, stop = stream.places[start], stream.places[end - 1] + 1
                self._add(found, text, begin, stop, self._han[index], on)
        return tuple(self._longest(found))

    def _add(
        self, found: dict[tuple[int, int], TextMention], text: str, begin: int, stop: int, numbers: list[int], on: date
    ) -> None:
        for number in numbers:
            target = self._targets[number]
            if not target.listed.stands_on(on) or not target.party.listed_on(on):
                continue
            verdict = "match" if target.listed.confirmed else "possible"
            known = found.get((begin, stop))
            if known is None or (known.verdict == "possible" and verdict == "match"):
                found[begin, stop] = TextMention(
                    begin,
                    stop,
                    text[begin:stop],
                    target.party.key,
                    target.listed,
                    verdict,  # type: ignore[arg-type]
                )

    def _longest(self, found: dict[tuple[int, int], TextMention]) -> list[TextMention]:
        kept: list[TextMention] = []
        for mention in sorted(found.values(), key=lambda m: (m.start, -m.end)):
            if kept and mention.end <= kept[-1].end:
                continue
            kept.append(mention)
        return kept
