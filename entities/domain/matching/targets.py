"""The names of the list made ready, once per list version."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from entities.domain.facts import ListedName, ListedParty
from entities.domain.matching.profile import Profile, profile
from entities.domain.names.scripts import fold
from entities.domain.names.words import NameParser

# Scope words of a listing that take in other firms.
REACHES_FURTHER = re.compile(r"\band (?:its )?(?:subsidiaries|subordinate|affiliat)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """One listed name ready for comparison. ``codes`` are the places of the entity, by all its names."""

    party: ListedParty
    listed: ListedName
    profile: Profile
    folded: str
    codes: frozenset[str]
    reaches_further: bool


def _readings(name: ListedName, party: ListedParty) -> Iterable[str]:
    """The name as listed, and without the acronym in brackets behind it that is an alias of its own."""
    yield name.text
    before, _, behind = name.text.rstrip(") ").rpartition("(")
    if before and any(behind == other.text for other in party.names):
        yield before.strip()


def targets_of(party: ListedParty, names: NameParser, places: NameParser) -> Iterable[Target]:
    """Every name of an entity, a mixed one once for each script."""
    parsed = [(name, one) for name in party.names for text in _readings(name, party) for one in names.parse(text)]
    codes = {code for _, one in parsed for word in one.words if word.kind == "place" for code in word.codes}
    if party.location:
        codes |= {code for word in places.latin(party.location).words for code in word.codes}
    further = REACHES_FURTHER.search(party.scope) is not None
    for name, one in parsed:
        if any(word.kind not in ("form", "filler") for word in one.words):
            yield Target(party, name, profile(one), fold(name.text), frozenset(codes), further)
