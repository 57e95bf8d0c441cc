"""Screen one name against the whole list in a fraction of a millisecond.

An index from the words that single out a listed entity, in every script and with one slip of the pen, finds the few
candidates; only those are weighed word by word.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from entities.domain.facts import ListedParty, PartyFacts
from entities.domain.gazetteer import Gazetteer
from entities.domain.matching.affiliation import (
    affiliated_by_address,
    affiliated_by_name,
    affiliated_by_own_words,
    holds_listed_name,
    is_another_firm,
)
from entities.domain.matching.beyond import CodeAgrees, ManufacturerCodes, sits_with
from entities.domain.matching.cells import segments, without_address
from entities.domain.matching.comparison import Comparison, are_apart, compare
from entities.domain.matching.index import CUT_FROM, NameIndex
from entities.domain.matching.profile import Profile, profile
from entities.domain.matching.reasons import explain
from entities.domain.matching.relations import Tie, tie_in
from entities.domain.matching.results import Affiliation, Answer, ListMatch, Said, TextMention
from entities.domain.matching.scanning import TextScanner
from entities.domain.matching.targets import Target, targets_of
from entities.domain.matching.thresholds import SHIPPED, Thresholds
from entities.domain.matching.verdicts import Judgement, judge
from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.vocabulary import Vocabulary
from entities.domain.names.words import NameParser, ParsedName

CUT_AT = 35  # manifest systems cut a party name after 35 characters
NAME_FIELDS = ("name", "native_name")
_CORPS_MARKS = ("师", "師", "兵团", "兵團")  # one of these stands in every Chinese name of the Corps or a division
_BY_KIND = {"listed": 3, "alias": 2, "former": 1, "native": 2}


class _Compared(NamedTuple):
    """A name of a party beside a name of the list, before any line is drawn."""

    target: Target
    comparison: Comparison
    ours: Profile
    field: str
    name: ParsedName
    site: frozenset[str]
    is_alike: bool  # letter for letter, grouped into words differently
    cut_after: int  # letters after which it was cut off, where it is the beginning of the listed name; else 0
    tie: Tie | None  # the name is that of another firm, which the party says it belongs to or is a branch of

    def judged(self, lines: Thresholds) -> "_Weighed | None":
        if self.tie is not None and self.tie.kind == "affiliate" and not self.target.reaches_further:
            return None
        weighed = self.alike(lines)
        if weighed is None or self.tie is not None or self.is_alike:
            return weighed
        return None if is_another_firm(self.ours, self.comparison, self.target) else weighed

    @property
    def is_weak(self) -> bool:
        """Some word that singles the entity out agrees, and no place speaks against it."""
        is_other = self.tie is not None or is_another_firm(self.ours, self.comparison, self.target)
        return bool(self.comparison.pairs) and self.comparison.place != "differs" and not is_other

    def alike(self, lines: Thresholds) -> "_Weighed | None":
        """The verdict on the two names, whoever bears them."""
        judgement = judge(self.ours, self.comparison, self.target, self.site, lines)
        if self.is_alike:
            judgement = _letter_for_letter(judgement, self.comparison, self.target)
        elif judgement is None and self.cut_after:
            note = f"The name is the beginning of “{self.target.listed.text}”, cut off after {self.cut_after} letters."
            judgement = Judgement("possible", self.comparison.score, (note,))
        if judgement is None:
            return None
        return _Weighed(self.target, self.comparison, judgement, self.field, self.name, self.tie)

    def affiliation(self, lines: Thresholds) -> Affiliation | None:
        """What the name says of a listed entity the party belongs to without being it."""
        if self.tie is None:
            if holds_listed_name(self.ours, self.comparison, self.target):
                return affiliated_by_name(self.ours, self.comparison, self.target, self.field)
        elif self.tie.kind == "affiliate" and (
            (weighed := self.alike(lines)) or holds_listed_name(self.ours, self.comparison, self.target)
        ):
            is_sure = weighed is not None and weighed.judgement.verdict == "match"
            return affiliated_by_own_words(self.tie, self.target, self.field, is_sure=is_sure)
        return None


@dataclass(frozen=True, slots=True)
class _Weighed:
    target: Target
    comparison: Comparison
    judgement: Judgement
    field: str
    name: ParsedName
    tie: Tie | None

    @property
    def rank(self) -> tuple[bool, float, int, str]:
        kind = _BY_KIND[self.target.listed.kind]
        return (self.judgement.verdict == "match", self.judgement.score, kind, self.target.party.key)

    def answer(self) -> ListMatch:
        """The finding with its reasons; they are put into words only for what is handed out."""
        party, listed = self.target.party, self.target.listed
        return ListMatch(
            key=party.key,
            verdict=self.judgement.verdict,
            score=self.judgement.score,
            field=self.field,
            matched_text=self.name.text.strip(),
            listed_name=listed,
            reasons=(*explain(self.name, self.comparison, party, listed), *self._of_tie(), *self.judgement.notes),
        )

    def _of_tie(self) -> tuple[str, ...]:
        if self.tie is None:
            return ()
        if self.tie.kind == "branch":
            return (f"The name says “{self.tie.words}”: a branch is part of the entity itself.",)
        return (f"The name says “{self.tie.words}”, and the listing reaches such firms.",)


class Matcher:
    """A list, indexed. Build it once per list version; it holds no state between names."""

    def __init__(
        self,
        listed: Sequence[ListedParty],
        gazetteer: Gazetteer,
        vocabulary: Vocabulary,
        thresholds: Thresholds = SHIPPED,
    ) -> None:
        self.gazetteer = gazetteer
        self.thresholds = thresholds
        self.parties = {party.key: party for party in listed}
        self._places = NameParser(vocabulary)
        # The words that single an entity out must be known before loose syllables can be put together.
        self.parser = NameParser(vocabulary, _lexicon(listed, self._places))
        self.targets = [t for party in listed for t in targets_of(party, self.parser, self._places)]
        self._characters_known = {t.party.key for t in self.targets if t.profile.name.han and t.profile.brands}
        self.corps = next((t for t in self.targets if t.folded == "xpcc"), None)
        self.index = NameIndex(self.targets)
        self.codes = ManufacturerCodes(self.targets, self._places)
        self._first = {target.party.key: target for target in reversed(self.targets)}
        self.scanner = TextScanner(self.targets)

    def at(self, thresholds: Thresholds) -> "Matcher":
        """The same list, the lines drawn elsewhere."""
        other = copy(self)
        other.thresholds = thresholds
        return other

    def screen(self, party: PartyFacts, on: date) -> tuple[ListMatch, ...]:
        """The listed entities this party may be on that day, the most probable first."""
        compared = self._compared(party, on)
        return self._matches(party, on, compared, [one.judged(self.thresholds) for one in compared])

    def answer(self, party: PartyFacts, on: date) -> Answer:
        """The listed entities this party is or may be, and those it seems to belong to."""
        compared = self._compared(party, on)
        matches = self._matches(party, on, compared, [one.judged(self.thresholds) for one in compared])
        if not compared and not party.address:
            return Answer(matches)
        return Answer(matches, self._affiliations(party, on, compared, matches))

    def _matches(
        self, party: PartyFacts, on: date, compared: Sequence[_Compared], weighed: Iterable[_Weighed | None]
    ) -> tuple[ListMatch, ...]:
        standing = _standing(weighed) if compared else []
        found = [one.answer() for one in sorted(standing, key=lambda w: w.rank, reverse=True)]
        unit = self._corps_unit(party, on)
        if unit is not None and not any(m.key == unit.key and m.verdict == "match" for m in found):
            found = [unit, *(m for m in found if m.key != unit.key)]
        if not found and not party.mid:
            return ()
        codes = self.codes.agreeing(party) if party.mid else {}
        by_name = {match.key for match in found}
        found += [match for key, match in self._by_code(codes, compared, on).items() if key not in by_name]
        return tuple(self._with_signs(match, party, codes) for match in found)

    def _by_code(
        self, codes: Mapping[str, CodeAgrees], compared: Sequence[_Compared], on: date
    ) -> dict[str, ListMatch]:
        """Entities whose code the party's agrees with, where the name agrees a little or the letters tell enough."""
        found: dict[str, ListMatch] = {}
        for key, code in codes.items():
            target, sign = code.target, code.sign
            if not code.tells_more:
                continue
            weak = [one for one in compared if one.target.party.key == key and one.is_weak]
            if weak:
                best = max(weak, key=lambda one: one.comparison.score)
                reasons = (
                    *explain(best.name, best.comparison, best.target.party, best.target.listed),
                    "The name alone would raise no question; its manufacturer code does.",
                )
                text, listed, score = best.name.text.strip(), best.target.listed, best.comparison.score
                found[key] = ListMatch(key, "possible", score, best.field, text, listed, reasons)
            elif code.alone and target.listed.stands_on(on) and target.party.listed_on(on):
                score = W.known_otherwise
                found[key] = ListMatch(key, "possible", score, sign.field, sign.token, target.listed, ())
        return found

    def _with_signs(self, match: ListMatch, party: PartyFacts, codes: Mapping[str, CodeAgrees]) -> ListMatch:
        """What else the declaration says for it, each a reason of its own."""
        place = sits_with(party, self._first[match.key], self._places)
        code = codes.get(match.key)
        signs = (*((code.sign,) if code else ()), *((place,) if place else ()))
        return replace(match, signs=signs) if signs else match

    def _affiliations(
        self, party: PartyFacts, on: date, compared: Sequence[_Compared], matches: Sequence[ListMatch]
    ) -> tuple[Affiliation, ...]:
        """One for each entity that the party is not taken for; a listed firm's own name says nothing of others."""
        found = {match.key for match in matches}
        is_listed = any(match.verdict == "match" for match in matches)
        stated = [one for one in compared if one.tie is not None]
        exact = [one for one in stated if one.comparison.same_words]
        contained = [] if is_listed else [one for one in compared if one.tie is None]
        kin: dict[str, Affiliation] = {}
        for one in (*sorted(exact or stated, key=_closeness), *sorted(contained, key=_closeness)):
            key = one.target.party.key
            if key not in found and key not in kin and (affiliation := one.affiliation(self.thresholds)):
                kin[key] = affiliation
        if party.address:
            for mention in self.scanner.scan(party.address, on):
                if mention.key not in found and (self.corps is None or mention.key != self.corps.party.key):
                    kin.setdefault(mention.key, affiliated_by_address(mention, self.parties[mention.key]))
        return tuple(kin.values())

    def verdicts(self, party: PartyFacts, key: str, on: date, lines: Sequence[Thresholds]) -> list[Said]:
        """What ``answer`` says of one entity with the lines drawn in each of these places; names are compared once."""
        compared = self._compared(party, on)
        if any(one.tie is not None for one in compared):
            # Which words are the party's own depends on where the lines are drawn.
            return [_said_of(key, self.at(drawn).answer(party, on)) for drawn in lines]
        may_belong = any(kin.key == key for kin in self._affiliations(party, on, compared, ()))
        # Another entity bears on this one only where the party has its name word for word.
        compared = [one for one in compared if one.target.party.key == key or one.comparison.same_words]
        answered: dict[tuple[tuple[str, float] | None, ...], Said] = {}
        found: list[Said] = []
        for drawn in lines:
            weighed = [one.judged(drawn) for one in compared]
            judged = tuple(None if one is None else (one.judgement.verdict, one.judgement.score) for one in weighed)
            if judged not in answered:
                answered[judged] = _said_of(key, Answer(self._matches(party, on, compared, weighed)))
            said = answered[judged]
            if said == "none" and may_belong:  # whether that is asked depends on what else the party is taken for
                said = _said_of(key, self.at(drawn).answer(party, on))
            found.append(said)
        return found

    def why_not(self, party: PartyFacts, key: str, on: date) -> tuple[str, ...]:
        """Why a party is not taken for one entity: what agrees, what is missing, what speaks against."""
        for name in self.parser.parse(party.name or party.native_name):
            ours = profile(name)
            ours_against = [
                (compare(ours, target.profile), target)
                for target in self.targets
                if target.party.key == key and target.listed.stands_on(on)
            ]
            if ours_against:
                comparison, target = max(ours_against, key=lambda pair: pair[0].score)
                return explain(name, comparison, target.party, target.listed)
        return ()

    def scan(self, text: str, on: date) -> tuple[TextMention, ...]:
        """Listed names in running text, with their positions."""
        return self.scanner.scan(text, on)

    def _compared(self, party: PartyFacts, on: date) -> list[_Compared]:
        """Every name of the party beside the names of the list it may be."""
        found: list[_Compared] = []
        for field in NAME_FIELDS:
            text = getattr(party, field)
            if not text or text.isspace():
                continue
            for segment in segments(text):
                tie = tie_in(segment)
                if tie is not None:
                    others = [one._replace(tie=tie) for one in self._named(tie.other, field, on, None)]
                    found += others
                    if tie.kind == "affiliate" and any(one.affiliation(self.thresholds) for one in others):
                        segment = tie.own
                found += self._named(segment, field, on, party)
        return found

    def _named(self, text: str, field: str, on: date, party: PartyFacts | None) -> list[_Compared]:
        """A name of the party, or without a party of a firm it speaks of, beside the names of the list it may be."""
        found: list[_Compared] = []
        for name in self.parser.parse(text) if text else ():
            candidates = self.index.candidates(name)
            alike = self.index.alike(name)
            begun = () if name.han or len(text) < CUT_FROM else tuple(self.index.beginning_with(text))
            if candidates or alike or begun:
                site = self._site_codes(party) if party is not None else frozenset()
                found += self._beside(name, candidates, alike, begun, field, on, site)
        return found

    def _beside(
        self,
        name: ParsedName,
        candidates: Iterable[int],
        alike: Sequence[int],
        begun: Sequence[int],
        field: str,
        on: date,
        site: frozenset[str],
    ) -> Iterator[_Compared]:
        cut = not name.han and (bool(begun) or CUT_FROM <= len(name.text.strip()) <= CUT_AT)
        readings = [name._replace(truncated=cut), without_address(name)]
        for reading in readings:
            if reading is None:
                continue
            ours = profile(reading)
            for number in sorted({*candidates, *alike, *begun}):
                target = self.targets[number]
                if not target.listed.stands_on(on) or not target.party.listed_on(on):
                    continue
                if name.han and not target.profile.name.han and target.party.key in self._characters_known:
                    continue  # the entity's own characters are known and compared by themselves
                is_alike, is_begun = number in alike, number in begun
                if not is_alike and not is_begun and are_apart(ours, target.profile):
                    continue  # no other word could outweigh it
                comparison = compare(ours, target.profile)
                cut_after = len(name.text) if is_begun else 0
                yield _Compared(target, comparison, ours, field, reading, site, is_alike, cut_after, None)

    def _site_codes(self, party: PartyFacts) -> frozenset[str]:
        codes: set[str] = set()
        for text in (party.city, party.province):
            for name in self._places.parse(text) if text else ():
                codes.update(code for word in name.words if word.kind == "place" for code in word.codes)
        return frozenset(codes)

    def _corps_unit(self, party: PartyFacts, on: date) -> ListMatch | None:
        """The Corps or a division of it by its wording; the listing takes in what is subordinate to it."""
        corps = self.corps
        names = party.name + party.native_name
        if names.isascii() or not any(mark in names for mark in _CORPS_MARKS):
            return None
        if corps is None or not corps.party.listed_on(on) or not corps.listed.stands_on(on):
            return None
        for signal in self.gazetteer.corps(party, near=False):
            if signal.field in NAME_FIELDS:
                scope = (f"The listing says: “{corps.party.scope}”.",) if corps.party.scope else ()
                text = getattr(party, signal.field)
                reasons = (f"{signal.reason}.", *scope)
                return ListMatch(corps.party.key, "match", W.corps_unit, signal.field, text, corps.listed, reasons)
        return None


def _said_of(key: str, answer: Answer) -> Said:
    kin: Said = "affiliate" if any(one.key == key for one in answer.affiliations) else "none"
    return next((match.verdict for match in answer.matches if match.key == key), kin)


def _closeness(one: _Compared) -> tuple[bool, float]:
    """The names most alike first, those of one script before others."""
    return (one.name.han != one.target.profile.name.han, -one.comparison.score)


def _standing(weighed: Iterable[_Weighed | None]) -> list[_Weighed]:
    """The strongest of each entity that stands beside the others."""
    best: dict[str, _Weighed] = {}
    whole: dict[str, _Weighed] = {}  # per field the listed name the party bears word for word
    for one in weighed:
        if one is None:
            continue
        if one.comparison.same_words and (one.field not in whole or whole[one.field].judgement.verdict != "match"):
            whole[one.field] = one
        known = best.get(one.target.party.key)
        if known is None or one.rank > known.rank:
            best[one.target.party.key] = one
    return [w for w in best.values() if not _is_outdone(w, whole.get(w.field))]


def _is_outdone(one: _Weighed, whole: _Weighed | None) -> bool:
    """Whoever bears a listed name word for word is that entity, not another one of a similar name.

    Only by sound or translation, and where the other name says more of it, both are asked: 菏泽市棉麻公司巨野棉麻站.
    """
    if whole is None or one.comparison.same_words:
        return False
    if whole.judgement.verdict == "match":
        return True
    says_more = one.name.han and one.comparison.gained > whole.comparison.gained
    return one.judgement.verdict == "possible" and not says_more


def _lexicon(listed: Sequence[ListedParty], parser: NameParser) -> frozenset[str]:
    words = (
        word
        for party in listed
        for name in party.names
        for parsed in parser.parse(name.text)
        for word in parsed.words
        if word.kind == "distinct" and len(word.text) > 1
    )
    return frozenset(spelling for word in words for spelling in (word.text, *word.sounds))


def _letter_for_letter(judgement: Judgement | None, found: Comparison, target: Target) -> Judgement:
    """The letters of a whole listed name, only grouped into words differently."""
    if judgement is not None and judgement.verdict == "match":
        return judgement
    note = f"Letter for letter “{target.listed.text}”, grouped into words differently."
    verdict = "match" if target.listed.confirmed else "possible"
    return Judgement(verdict, max(found.score, W.letter_for_letter), (note,))  # type: ignore[arg-type]
