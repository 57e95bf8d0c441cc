"""Screen one name against the whole list in a fraction of a millisecond.

An index from the words that single out a listed entity, in every script and with one slip of the pen, finds the few
candidates; only those are weighed word by word.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, islice, product

from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.gazetteer import Gazetteer
from entities.domain.matching.comparison import Comparison, compare
from entities.domain.matching.profile import Profile, profile
from entities.domain.matching.reasons import explain
from entities.domain.matching.results import ListMatch, MatchVerdict, TextMention
from entities.domain.matching.scanning import TextScanner
from entities.domain.matching.spelling import deletions
from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.scripts import fold, readings
from entities.domain.names.vocabulary import Vocabulary, places_agree
from entities.domain.names.words import NameParser, ParsedName, Word

CUT_AT = 35  # manifest systems cut a party name after 35 characters
CUT_FROM = 33
FUZZY_FROM = 5
_BREAKS = re.compile(
    r"\n|\s/\s|\b[oc]/[obc]\b|\bon behalf of\b|\bd/b/a\b|\bdba\b|\ba/k/a\b|\bf/k/a\b|\bformerly\b", re.IGNORECASE
)
# Scope words of a listing that take in other firms.
REACHES_FURTHER = re.compile(r"\band (?:its )?(?:subsidiaries|subordinate|affiliat)", re.IGNORECASE)
NAME_FIELDS = ("name", "native_name")


@dataclass(frozen=True, slots=True)
class Target:
    """One listed name ready for comparison."""

    party: ListedParty
    listed: ListedName
    profile: Profile
    folded: str
    codes: frozenset[str]

    @property
    def reaches_further(self) -> bool:
        """The listing itself says that subsidiaries, or subordinate and affiliated entities, are meant too."""
        return REACHES_FURTHER.search(self.party.scope) is not None


@dataclass(frozen=True, slots=True)
class _Weighed:
    target: Target
    comparison: Comparison
    verdict: MatchVerdict
    score: float
    field: str
    text: str
    name: ParsedName
    notes: tuple[str, ...]


class Matcher:
    """A list, indexed. Build it once per list version; it holds no state between names."""

    def __init__(self, listed: Sequence[ListedParty], gazetteer: Gazetteer, vocabulary: Vocabulary) -> None:
        self.gazetteer = gazetteer
        self.parties = {party.key: party for party in listed}
        self._vocabulary = vocabulary
        self._place_parser = NameParser(vocabulary)
        self._lexicon: set[str] = set()
        # Twice: the words that single an entity out must be known before loose syllables can be put together.
        for party in listed:
            for name in party.names:
                for parsed in NameParser(vocabulary).parse(name.text):
                    for word in parsed.words:
                        if word.kind == "distinct" and len(word.text) > 1:
                            self._lexicon.update((word.text, *word.sounds))
        self._parser = NameParser(vocabulary, self._lexicon)
        self.targets: list[Target] = [t for party in listed for t in self._targets(party)]
        self._characters_known = {t.party.key for t in self.targets if t.profile.name.han and t.listed.confirmed}
        self._index()
        self._scanner = TextScanner(self.targets)

    # Building ------------------------------------------------------------------------------------------------------

    def _targets(self, party: ListedParty) -> Iterable[Target]:
        parsed = [(name, one) for name in party.names for one in self._parser.parse(name.text)]
        codes = {c for _, one in parsed for w in one.words if w.kind == "place" for c in w.codes}
        if party.location:
            codes |= {c for w in self._place_parser.latin(party.location).words for c in w.codes}
        for name, one in parsed:
            if any(w.kind not in ("form", "filler") for w in one.words):
                yield Target(party, name, profile(one), fold(name.text), frozenset(codes))

    def _index(self) -> None:
        self._by_key: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_slip: dict[str, set[str]] = defaultdict(set)
        self._everyday: dict[str, str] = {}
        self._by_squeezed: dict[str, list[int]] = defaultdict(list)
        self._by_pair: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        frequency: dict[str, int] = defaultdict(int)
        for target in self.targets:
            for concept in set(target.profile.key):
                frequency[concept] += 1
        for number, target in enumerate(self.targets):
            self._by_key[tuple(sorted(target.profile.key))].append(number)
            for squeezed in _squeezed(target.profile.name):
                self._by_squeezed[squeezed].append(number)
            brands = [word for word, points in target.profile.brands if points >= W.foreign_two]
            for word in brands:
                for spelling in {word.text, *word.sounds}:
                    self._by_word[spelling].append(number)
                if not word.sounds and len(word.text) >= FUZZY_FROM - 1 and not word.text.isdigit():
                    for slip in deletions(word.text, 2 if len(word.text) >= 9 else 1):
                        self._by_slip[slip].add(word.text)
            if target.profile.brand_points < W.everyday_below:
                for word in target.profile.name.words:
                    if word.kind not in ("form", "filler") and word.text.isascii() and len(word.text) >= FUZZY_FROM:
                        self._everyday[word.text] = word.concept
                        for slip in deletions(word.text):
                            self._by_slip[slip].add(word.text)
                rare = sorted(set(target.profile.key), key=lambda c: (frequency[c], c))[:3]
                for one, other in combinations(rare, 2):
                    self._by_pair[one][other].append(number)
        self._slip_keys = self._by_slip.keys()
        self._prefixes = sorted((t.folded, n) for n, t in enumerate(self.targets) if len(t.folded) >= CUT_FROM)

    # Screening -----------------------------------------------------------------------------------------------------

    def screen(self, party: PartyFacts, on: date) -> tuple[ListMatch, ...]:
        """The listed entities this party may be on that day, the most probable first."""
        best: dict[str, _Weighed] = {}
        place_codes: frozenset[str] | None = None
        for field in NAME_FIELDS:
            text = getattr(party, field)
            if not text or text.isspace():
                continue
            for segment in _segments(text):
                for name in self._parser.parse(segment):
                    candidates = self._candidates(name)
                    if not name.han:
                        candidates.update(self._by_squeezed.get(name.squeezed, ()))
                    begun = set(self._beginning_of(segment)) if len(segment) >= CUT_FROM and not name.han else set()
                    if not candidates and not begun:
                        continue
                    if place_codes is None:
                        place_codes = self._site_codes(party)
                    for weighed in self._weigh(name, candidates | begun, begun, segment, field, on, place_codes):
                        known = best.get(weighed.target.party.key)
                        if known is None or _rank(weighed) > _rank(known):
                            best[weighed.target.party.key] = weighed
        ordered = sorted(best.values(), key=_rank, reverse=True)
        return tuple(
            ListMatch(
                key=w.target.party.key,
                verdict=w.verdict,
                score=w.score,
                field=w.field,
                matched_text=w.text,
                listed_name=w.target.listed,
                reasons=(*explain(w.name, w.comparison, w.target.party, w.target.listed), *w.notes),
            )
            for w in ordered
        )

    def why_not(self, party: PartyFacts, key: str, on: date) -> tuple[str, ...]:
        """Why a party is not taken for one entity: what agrees, what is missing, what speaks against."""
        text = party.name or party.native_name
        for name in self._parser.parse(text):
            ours = profile(name)
            found = [
                (compare(ours, t.profile), t) for t in self.targets if t.party.key == key and t.listed.stands_on(on)
            ]
            if found:
                comparison, target = max(found, key=lambda f: f[0].score)
                return explain(name, comparison, target.party, target.listed)
        return ()

    def scan(self, text: str, on: date) -> tuple[TextMention, ...]:
        """Listed names in running text, with their positions."""
        return self._scanner.scan(text, on)

    def _site_codes(self, party: PartyFacts) -> frozenset[str]:
        codes: set[str] = set()
        for text in (party.city, party.province):
            if text:
                for name in self._place_parser.parse(text):
                    codes |= {c for w in name.words if w.kind == "place" for c in w.codes}
        return frozenset(codes)

    def _candidates(self, name: ParsedName) -> set[int]:
        found: set[int] = set()
        words = self._by_word
        concepts: set[str] = set()
        for word in name.words:
            kind = word.kind
            if kind in ("form", "filler"):
                continue
            concepts.add(word.concept)
            if kind == "distinct" or kind == "place":
                hits = words.get(word.text)
                if hits:
                    found.update(hits)
                elif kind == "distinct":
                    if word.sounds:
                        for sound in word.sounds:
                            found.update(words.get(sound, ()))
                        self._inside(word, found)
                    elif len(word.text) >= FUZZY_FROM - 1:
                        self._slips(word.text, found, concepts)
        pairs = self._by_pair
        for concept in concepts:
            partners = pairs.get(concept)
            if partners:
                for other in partners.keys() & concepts:
                    found.update(partners[other])
        return found

    def _inside(self, word: Word, found: set[int]) -> None:
        """A Chinese brand may stand at the head of a run the vocabulary could not part: 浩林发饰."""
        for size in range(2, len(word.text)):
            found.update(self._by_word.get(word.text[:size], ()))

    def _slips(self, text: str, found: set[int], concepts: set[str]) -> None:
        near = {text[:place] + text[place + 1 :] for place in range(len(text))}
        near.add(text)
        for slip in near & self._slip_keys:
            for spelling in self._by_slip[slip]:
                found.update(self._by_word.get(spelling, ()))
                if spelling in self._everyday:
                    concepts.add(self._everyday[spelling])

    def _beginning_of(self, text: str) -> Iterable[int]:
        """Listed names of which a name cut off at the end of its field is the beginning."""
        folded = fold(text)
        for place in range(bisect_left(self._prefixes, (folded, -1)), len(self._prefixes)):
            whole, number = self._prefixes[place]
            if not whole.startswith(folded):
                return
            if len(whole) > len(folded):
                yield number

    def _weigh(
        self,
        name: ParsedName,
        candidates: set[int],
        begun: set[int],
        text: str,
        field: str,
        on: date,
        site: frozenset[str],
    ) -> Iterable[_Weighed]:
        cut = bool(begun) or CUT_FROM <= len(text.strip()) <= CUT_AT
        variants = [replace(name, truncated=cut and not name.han)]
        shorter = _until_legal_form(name)
        if shorter is not None:
            variants.append(shorter)
        alike = frozenset(self._by_squeezed.get(name.squeezed, ())) if not name.han else frozenset()
        for reading in variants:
            ours = profile(reading)
            for number in candidates:
                target = self.targets[number]
                if not target.listed.stands_on(on) or not target.party.listed_on(on):
                    continue
                comparison = compare(ours, target.profile)
                weighed = self._judge(reading, ours, comparison, target, text, field, site)
                if number in alike and (weighed is None or weighed.verdict == "possible"):
                    sure: MatchVerdict = "match" if target.listed.confirmed else "possible"
                    note = (f"Letter for letter “{target.listed.text}”, grouped into words differently.",)
                    weighed = _Weighed(target, comparison, sure, max(comparison.score, 0.8), field, text, reading, note)
                if weighed is None and number in begun:
                    note = (f"The name is the beginning of “{target.listed.text}”, cut off after {len(text)} characters.",)
                    verdict: MatchVerdict = "possible"
                    weighed = _Weighed(target, comparison, verdict, comparison.score, field, text, reading, note)
                if weighed is not None:
                    yield weighed

    def _judge(
        self,
        name: ParsedName,
        ours: Profile,
        found: Comparison,
        target: Target,
        text: str,
        field: str,
        site: frozenset[str],
    ) -> _Weighed | None:
        notes: list[str] = []
        if name.han and not target.profile.name.han and target.party.key in self._characters_known:
            return None  # the entity's own characters are known and compared by themselves
        verdict = _verdict(ours, found, target)
        if verdict is None:
            return None
        score = found.score
        if site and target.codes and not found.same_words:
            agreement = places_agree(site, target.codes)
            if agreement == "differs":
                score *= 0.85
                notes.append("Against: the party's city or province is not where the entity is known to sit.")
                verdict = "possible"
                if found.gained * 0.85 < W.possible_points:
                    return None
            else:
                score = min(0.999, score * 1.03)
                notes.append("The party's city or province is where the entity is known to sit.")
        if verdict == "match" and not target.listed.confirmed:
            verdict = "possible"
        if verdict == "match" and name.han != target.profile.name.han:
            # Characters against Latin letters: the listed name itself was not seen in that script.
            whole = target.listed.kind == "native" and not found.missing and not found.extra and found.share > 0.97
            if name.han or not whole:
                verdict = "possible"
                notes.append(
                    "Read by sound or translation only: other characters give the same, so a person has to look."
                )
        if score < 0.05:
            return None
        return _Weighed(target, found, verdict, round(score, 4), field, text.strip(), name, tuple(notes))


def _verdict(ours: Profile, found: Comparison, target: Target) -> MatchVerdict | None:
    """The verdict the weights give, before anything outside the name is heard."""
    if found.same_words:
        return "match"
    listed = target.profile
    if target.reaches_further and _contains(ours.key, listed.key):
        return "match"
    if listed.brand_points < W.everyday_below:
        # A name made of everyday words ("Western Gold") is only that name when all of it is there.
        return _everyday_verdict(found, listed)
    if not found.pairs or found.place == "differs":
        return None
    if found.share < W.possible_share or found.gained < W.possible_points:
        return None
    strongest = max(p.points for p in found.pairs)
    if listed.trades and not listed.families & ours.families and not found.slipped and strongest < W.three_syllables:
        # Two firms of one place may share a two-syllable brand; without the trade there is nothing left to go by.
        if not ours.name.truncated:
            return None
    hard_extra = [w for w in found.extra if not w.text.isdigit()]
    new_business = any(c in _OTHER_BUSINESS for c in found.soft_extra)
    sure = (
        found.share >= W.match_share
        and found.gained >= W.match_points
        and not found.missing
        and not hard_extra
        and not new_business
        and not (listed.trades and ours.trades and not listed.trades & ours.trades)
        and all(p.how != "misspelt" or p.likeness > W.other_syllables for p in found.pairs)
    )
    return "match" if sure else "possible"


def _contains(key: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(key[i : i + len(part)] == part for i in range(len(key) - len(part) + 1))


_OTHER_BUSINESS = frozenset({"trade", "import", "export", "international", "investment", "service"})
_LESSER = frozenset({"group", "head", "industry", "manufacture", "technology", "development", "trade", "import", "export"})


def _everyday_verdict(found: Comparison, listed: Profile) -> MatchVerdict | None:
    differing = [c for c in (*found.soft_missing, *found.soft_extra) if c != "china"]
    near = [c for c in differing if c.partition("/")[0] in found.related]
    differing = [c for c in differing if c not in near]
    points = sum(listed.soft.values()) + listed.brand_points
    if found.missing or found.extra:
        return None
    if not differing:
        if found.place in ("same", "none") and not found.slipped and not near:
            return "match" if len(listed.key) > 1 else "possible"
        return "possible" if found.place == "same" or (found.place != "differs" and points >= W.possible_points) else None
    if found.place not in ("same", "none"):
        return None
    if len(differing) == 1 and differing[0] in _LESSER and len(found.shared) + (found.place == "same") >= 2:
        return "possible"
    return None


def _rank(weighed: _Weighed) -> tuple[bool, float, int, str]:
    order = {"listed": 3, "alias": 2, "former": 1, "native": 2}
    return (weighed.verdict == "match", weighed.score, order[weighed.target.listed.kind], weighed.target.party.key)


def _squeezed(name: ParsedName) -> Iterable[str]:
    """The letters of a listed name; for a Chinese one in every reading of its characters."""
    if not name.han:
        return (name.squeezed,)
    spelled = [w.sounds or readings(w.text) for w in name.words if w.kind != "form"]
    return ("".join(parts) for parts in islice(product(*spelled), 16))


def _segments(text: str) -> list[str]:
    """A cell may hold two names, or a name and an address below it."""
    if len(text) < 12 or not _BREAKS.search(text):
        return [text]
    parts = [p.strip() for p in _BREAKS.split(text) if p and p.strip()]
    return list(dict.fromkeys([" ".join(text.split()), *parts]))


def _until_legal_form(name: ParsedName) -> ParsedName | None:
    """The name up to its legal form, or to a house number, where an address follows in the same cell."""
    seen_form = False
    brand = False
    for place, word in enumerate(name.words):
        if word.kind == "form":
            seen_form = brand
        elif seen_form or (brand and word.text == "no" and _is_number(name, place + 1)):
            rest = [w for w in name.words[place:] if w.kind not in ("form", "filler")]
            return ParsedName(name.text, name.words[:place], name.han) if rest else None
        if word.kind not in ("form", "filler"):
            brand = True
    return None


def _is_number(name: ParsedName, place: int) -> bool:
    return place < len(name.words) and name.words[place].text.isdigit()
