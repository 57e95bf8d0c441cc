"""What a declaration says of a listed entity beside the name: its manufacturer code, and where it sits."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from entities.domain.facts import PartyFacts
from entities.domain.identifiers import mid, mid_letters
from entities.domain.matching.reasons import said_of
from entities.domain.matching.results import Sign
from entities.domain.matching.targets import Target
from entities.domain.names.vocabulary import places_agree
from entities.domain.names.words import NameParser

_MUNICIPALITIES = frozenset({"110000", "120000", "310000", "500000", "810000", "820000"})
_TELLING = 6  # letters of words that single an entity out, from which the code alone raises a question
_PLACE_FIELDS = ("city", "province", "address")


@dataclass(frozen=True, slots=True)
class _Constructed:
    target: Target
    city: str
    telling: int


@dataclass(frozen=True, slots=True)
class CodeAgrees:
    """A declared code has the letters of a listed name.

    ``tells_more``: the declared name would not give these letters, so the code says more than the name does.
    ``alone``: the letters tell enough to raise a question.
    """

    target: Target
    sign: Sign
    tells_more: bool
    alone: bool


class ManufacturerCodes:
    """The codes the rules (19 CFR Part 102, appendix) construct from the listed names and the towns of the entities.

    The list prints no street number, so only the letters are compared. A code names a name and an address, not a firm:
    agreement is a hint.
    """

    def __init__(self, targets: Iterable[Target], places: NameParser) -> None:
        self.by_letters: dict[str, list[_Constructed]] = defaultdict(list)
        for target in targets:
            if target.profile.name.han:
                continue
            words = {word.text for word in target.profile.name.words if word.kind == "distinct"}
            for city in _towns(target, places):
                letters, used = mid_letters(target.listed.text, city)
                telling = sum(min(len(word), 3) for word in used if word in words)
                self.by_letters[letters].append(_Constructed(target, city, telling))

    def agreeing(self, party: PartyFacts) -> dict[str, CodeAgrees]:
        """By entity the listed name that the party's code agrees with."""
        code = party.mid.strip().upper()
        if not code or code[:2] not in ("CN", "HK") or not mid(code).valid:
            return {}
        letters = re.sub(r"\d", "", code[2:])
        own, _ = mid_letters(party.name, "")
        found: dict[str, CodeAgrees] = {}
        for one in self.by_letters.get(letters, ()):
            key, alone = one.target.party.key, one.telling >= _TELLING
            if key in found and (found[key].alone or not alone):
                continue
            text = (
                f"The letters of the MID {code} are those the rules construct (19 CFR Part 102, appendix) from "
                f"{said_of(one.target.listed)} and {one.city.title()}. A code is a hint: it is not unique."
            )
            tells_more = not own or not letters.startswith(own)
            found[key] = CodeAgrees(one.target, Sign("mid", party.mid, text), tells_more, alone)
        return found


def sits_with(party: PartyFacts, target: Target, places: NameParser) -> Sign | None:
    """The first of city, province and address that is a place where the entity is known to sit."""
    if not target.codes:
        return None
    for field in _PLACE_FIELDS:
        text = getattr(party, field)
        words = [word for name in places.parse(text) for word in name.words if word.kind == "place"] if text else []
        for word in words:
            narrow = {code for code in word.codes if field != "address" or not _is_province(code)}
            theirs = {code for code in target.codes if field != "address" or not _is_province(code)}
            if narrow and theirs and places_agree(frozenset(narrow), frozenset(theirs)) != "differs":
                sits = target.party.location or "its names say where"
                text = f"The {field} says “{word.text}”, which agrees with where the entity is known to sit: {sits}."
                return Sign(field, word.text, text)
    return None


def _towns(target: Target, places: NameParser) -> Sequence[str]:
    """The towns that location and name of an entity say, as filers would write them."""
    words = [
        *(places.latin(target.party.location).words if target.party.location else ()),
        *target.profile.place_words,
    ]
    towns = (word.text for word in words if word.kind == "place" and not all(map(_is_province, word.codes)))
    return tuple(dict.fromkeys(towns))


def _is_province(code: str) -> bool:
    return code.endswith("0000") and code not in _MUNICIPALITIES
