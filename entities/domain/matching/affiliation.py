"""Does a firm belong to a listed entity without being it: by the listed name within its own, or by what it states."""

from typing import Literal

from entities.domain.facts import ListedParty
from entities.domain.matching.comparison import Comparison
from entities.domain.matching.profile import Profile
from entities.domain.matching.reasons import said_of, where_known_from
from entities.domain.matching.relations import Tie
from entities.domain.matching.results import Affiliation, TextMention
from entities.domain.matching.targets import REACHES_FURTHER, Target
from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.words import Word


def holds_listed_name(ours: Profile, found: Comparison, target: Target) -> bool:
    """The name contains a whole listed name, place included, and says more: Listed Mining Southwest Co., Ltd.

    A listed name that many firms could bear tells nothing: it must be worth some points, more where it does not stand
    first. The name of a group is borne by its firms (Camel Group Wuhan); where the brand is a word of its own they
    may leave the word out (Esquel Garment for Esquel Group).
    """
    listed = target.profile
    if found.missing or found.same_words or found.slipped:
        return False
    if any(pair.how not in ("same", "sound") for pair in found.pairs):
        return False
    if len(ours.key) <= len(listed.key) - ("group" in found.soft_missing):
        return False
    if contains(ours.key, listed.key):
        if ours.key[: len(listed.key)] != listed.key:
            return _points(target) >= W.affiliate_within
        return _points(target) >= W.affiliate_first or "group" in listed.soft
    if not found.pairs or (listed.codes and found.place not in ("same", "contains")):
        return False
    if max(pair.points for pair in found.pairs) >= W.three_syllables:
        return not set(found.soft_missing) - {"group"}
    # Another word before the brand makes it another brand: Huangmei Zhulin Yinfeng Cotton is not Yinfeng Cotton.
    order = {id(word): place for place, word in enumerate(ours.name.words)}
    brand = min(order[id(pair.word)] for pair in found.pairs)
    if found.soft_missing or any(order[id(word)] < brand for word in found.extra):
        return False
    return _points(target) >= (W.affiliate_within if brand else W.affiliate_first)


def is_another_firm(ours: Profile, found: Comparison, target: Target) -> bool:
    """What the name says beyond the listed one makes it another firm: a further brand, or a trade and a place.

    A legal form must follow these words; without one they may be the address of the entity itself.
    """
    if target.reaches_further or not holds_listed_name(ours, found, target):
        return False
    beyond = [place for place, word in enumerate(ours.name.words) if word in _beyond(ours, found, target)]
    if not any(word.kind == "form" for word in ours.name.words[min(beyond, default=0) :]):
        return False
    if any(word.text.isalpha() and (word.sounds or len(word.text) > 2) and not word.codes for word in found.extra):
        return True
    trades = {concept.partition("/")[0] for concept in found.soft_extra} & ours.families
    return bool(trades - target.profile.families) and bool(_inner_places(ours, target))


def affiliated_by_name(ours: Profile, found: Comparison, target: Target, field: str) -> Affiliation:
    """The firm bears the listed name within its own."""
    more = ", ".join(f"“{word.text}”" for word in _beyond(ours, found, target))
    why = f"The name contains the whole of {said_of(target.listed)} and says more: {more}."
    return _affiliation("name", target.party, target, field, ours.name.text.strip(), why)


def affiliated_by_own_words(tie: Tie, target: Target, field: str, *, is_sure: bool) -> Affiliation:
    """The firm says itself whose subsidiary or affiliate it is."""
    is_it = "is" if is_sure else "may be"
    why = f"The name says “{tie.words}” beside “{tie.other}”, which {is_it} {said_of(target.listed)}."
    return _affiliation("stated", target.party, target, field, tie.other, why)


def affiliated_by_address(mention: TextMention, party: ListedParty) -> Affiliation:
    """The firm's address names a listed entity: care of it, or on its premises."""
    why = f"The address names “{mention.text}”, {said_of(mention.listed_name)}: in its care or on its premises."
    return _affiliation("address", party, mention, "address", mention.text, why)


def _affiliation(
    how: Literal["name", "stated", "address"],
    party: ListedParty,
    by: Target | TextMention,
    field: str,
    text: str,
    why: str,
) -> Affiliation:
    listed = by.listed if isinstance(by, Target) else by.listed_name
    reasons = (why, *where_known_from(listed), scope_words(party.scope))
    return Affiliation(party.key, how, field, text, listed, reasons)


def scope_words(scope: str) -> str:
    """How far the listing reaches, in its own words."""
    if REACHES_FURTHER.search(scope):
        return f"The listing says: “{scope}”."
    return "The listing names this entity alone; whether it reaches this firm a person must say."


def contains(key: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(key[i : i + len(part)] == part for i in range(len(key) - len(part) + 1))


def _beyond(ours: Profile, found: Comparison, target: Target) -> list[Word]:
    """The words of the name that the listed one does not have."""
    known = {*target.profile.key, *(pair.word.concept for pair in found.pairs)}
    return [word for word in ours.name.words if word.kind not in ("form", "filler") and word.concept not in known]


def _points(target: Target) -> float:
    listed = target.profile
    return listed.brand_points + sum(listed.soft.values()) + (W.place_same if listed.codes else 0.0)


def _inner_places(ours: Profile, target: Target) -> frozenset[str]:
    """Places of the name that the listed one does not say."""
    codes = frozenset(code for word in ours.name.words for code in word.codes if word.kind in ("place", "distinct"))
    return codes - target.profile.codes
