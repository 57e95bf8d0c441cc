"""Weigh two names against each other, word by word."""

from dataclasses import dataclass
from math import exp

from rapidfuzz.distance import OSA

from entities.domain.matching.profile import Profile
from entities.domain.matching.spelling import likeness, stands_for
from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.syllables import syllable_count
from entities.domain.names.vocabulary import places_agree
from entities.domain.names.words import Word


@dataclass(frozen=True, slots=True)
class BrandPair:
    """A brand word of the name and the one of the listed name it was read as."""

    word: Word
    listed: Word
    points: float
    likeness: float
    how: str  # same, sound, misspelt, cut


@dataclass(frozen=True, slots=True)
class Comparison:
    """Points for and against, and what they were given for."""

    gained: float
    against: float
    pairs: tuple[BrandPair, ...]
    missing: tuple[Word, ...]
    extra: tuple[Word, ...]
    shared: tuple[str, ...]
    slipped: tuple[Word, ...]
    soft_missing: tuple[str, ...]
    soft_extra: tuple[str, ...]
    related: frozenset[str]
    codes: frozenset[str]
    place: str  # same, contains, missing, differs, none
    same_words: bool

    @property
    def share(self) -> float:
        total = self.gained + self.against
        return self.gained / total if total else 0.0

    @property
    def score(self) -> float:
        """Between 0 and 1, never saturated: a longer agreement always ranks before a shorter one."""
        return round(self.share * (1 - exp(-self.gained / 4)), 4)


def _dissent(concept: str, related: frozenset[str]) -> float:
    """How much a word on one side only speaks against: little where the other side names the same line of trade."""
    return W.related_missing if concept.partition("/")[0] in related else W.soft_missing


def _is_slip_of(word: str, piece: str) -> bool:
    """A place misspelt: with the brand beside it right, one letter off can be nothing else."""
    return min(len(word), len(piece)) > 3 and OSA.distance(word, piece, score_cutoff=2) <= (1 if len(piece) < 8 else 2)


def _pair(word: Word, listed: Word) -> tuple[float, str]:
    if word.text == listed.text:
        return 1.0, "same"
    if word.sounds and listed.sounds:
        shorter, longer = sorted((word.text, listed.text), key=len)
        if len(shorter) > 1 and longer.startswith(shorter):
            return len(shorter) / len(longer), "same"
        return 0.0, ""
    if word.text in listed.sounds or listed.text in word.sounds:
        return W.by_sound, "sound"
    if word.sounds or listed.sounds:
        return 0.0, ""
    if word.kind != "distinct":
        return 0.0, ""
    found = likeness(word.text, listed.text)
    return found, "misspelt"


def are_apart(name: Profile, listed: Profile) -> bool:
    """The two name different places, for certain and without a word-by-word comparison."""
    return name.placed and listed.placed and places_agree(name.codes, listed.codes) == "differs"


def compare(name: Profile, listed: Profile) -> Comparison:
    """What speaks for and against the name being the listed name."""
    gained = against = 0.0
    pairs: list[BrandPair] = []
    missing: list[Word] = []
    used: set[int] = set()
    across = name.name.han and not listed.name.han
    words = [
        w for w in name.name.words if w.kind in ("distinct", "place") or (across and w.kind == "common" and w.sounds)
    ]
    cut_word = name.name.words[-1] if name.name.truncated and name.name.words else None
    order = {word.text: place for place, word in enumerate(listed.name.words)}
    last = len(name.name.words) - 1  # what the listed name says beyond this word may have been cut off
    # 1. Brand words of the listed name, the strongest first.
    for brand, points in sorted(listed.brands, key=lambda b: -b[1]):
        best, best_index, best_how = 0.0, -1, ""
        for index, word in enumerate(words):
            if index in used:
                continue
            value, how = _pair(word, brand)
            if not value and word is cut_word and len(word.text) > 2 and brand.text.startswith(word.text):
                value, how = W.cut_off, "cut"
            if value > best:
                best, best_index, best_how = value, index, how
        if best_index < 0:
            missing.append(brand)
            if cut_word is None or order.get(brand.text, 0) < last:
                # Beside another brand word a county says where, not who: Hoshine Silicon Industry (Shanshan).
                against += W.county_missing if brand.codes and pairs else points
            continue
        used.add(best_index)
        gained += points * best
        against += points * (1 - best)
        pairs.append(BrandPair(words[best_index], brand, points, best, best_how))
    # 2. Words the list does not have: a trade or a place misspelt or shortened, or another firm's brand.
    shared = [c for c in listed.soft if c in name.soft]
    gained += sum(listed.soft[c] for c in shared)
    lacking = {c: t for c, t in listed.spellings.items() if c not in name.soft}
    slipped: list[Word] = []
    placed_by_slip = False
    extra: list[Word] = []
    for word, points in name.brands:
        position = next((i for i, w in enumerate(words) if w is word), -1)
        if position in used or word is cut_word:
            continue
        if word.codes and listed.codes and places_agree(word.codes, listed.codes) != "differs":
            continue
        if not word.sounds and not word.codes:
            concept = next((c for c, full in lacking.items() if stands_for(word.text, full)), None)
            if concept is not None:
                del lacking[concept]
                gained += listed.soft[concept] * W.soft_misspelt
                shared.append(concept)
                slipped.append(word)
                continue
            if any(_is_slip_of(word.text, piece) for place in listed.place_words for piece in place.text.split()):
                placed_by_slip = placed_by_slip or not name.codes
                slipped.append(word)
                continue
            if not syllable_count(word.text) and any(stands_for(word.text, piece) for piece in listed.pieces):
                slipped.append(word)  # a legal form, or a piece of a phrase whose other words are there already
                continue
        extra.append(word)
        if word.text.isdigit():
            against += W.extra_number
        elif word.joined and word.sounds and lacking and not listed.name.han:
            against += W.unread
        else:
            against += points * W.extra_brand
    # 3. Trades and other common words on one side only.
    soft_missing = tuple(c for c in listed.soft if c not in shared)
    spelt = {pair.word.concept for pair in pairs}
    soft_extra = tuple(c for c in name.soft if c not in listed.soft and c not in spelt)
    related = listed.families & name.families
    if cut_word is None:
        against += sum(listed.soft[c] * _dissent(c, related) for c in soft_missing)
    against += sum(W.extra_country if c == "china" else name.soft[c] * _dissent(c, related) for c in soft_extra)
    if listed.families and name.families and not listed.trades & name.trades and not slipped:
        if related:
            gained += W.related_trade
        else:
            against += W.trade_conflict
    # 4. Places.
    place = "none"
    used_words = {id(p.word) for p in pairs}
    codes = frozenset().union(*(w.codes for w in words if w.codes and id(w) not in used_words))
    if listed.codes or name.codes:
        if placed_by_slip:
            place = "same"
            gained += W.place_contains
        elif listed.codes and codes:
            place = places_agree(codes, listed.codes)
            if place == "differs":
                against += W.place_differs
            else:
                gained += W.place_same if place == "same" else W.place_contains
        elif any(pair.word.codes and pair.how == "sound" for pair in pairs):
            place = "same"  # 鄯善, a place in characters, was read as the brand word Shanshan and counted there
        else:
            place = "missing"
            against += W.place_missing
            if across and shared and not (missing or extra or soft_missing or soft_extra or name.codes):
                gained += W.only_place_missing  # 今创集团: all that Jiangsu Jinchuang Group says but where
    return Comparison(
        gained=gained,
        against=against,
        pairs=tuple(pairs),
        missing=tuple(missing),
        extra=tuple(extra),
        shared=tuple(shared),
        slipped=tuple(slipped),
        soft_missing=soft_missing,
        soft_extra=soft_extra,
        related=related,
        codes=codes,
        place=place,
        same_words=name.key == listed.key,
    )
