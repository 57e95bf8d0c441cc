"""What the lines drawn elsewhere would have said of the pairs an office judged."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from entities.domain.facts import PartyFacts
from entities.domain.matching.results import Said


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A party and a listed entity that a person found to be one firm, or two."""

    judgement: int
    party: PartyFacts
    entity_key: str
    entity_name: str
    verdict: Literal["same", "different"]

    @property
    def party_name(self) -> str:
        return self.party.native_name or self.party.name or "(no name)"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many judged pairs the engine answers in which way; to ask whether a firm belongs to the entity is to ask.

    A firm judged the same of which it says nothing is lost: only the judgement still finds the very words that were
    judged, and the firm declared a little differently goes on without a look.
    """

    same_match: int = 0
    same_possible: int = 0
    same_none: int = 0
    different_match: int = 0
    different_possible: int = 0
    different_none: int = 0

    @classmethod
    def of(cls, pairs: Iterable[JudgedPair], said: Iterable[Said]) -> "Tally":
        asked = ("possible" if word == "affiliate" else word for word in said)
        return cls(**Counter(f"{pair.verdict}_{word}" for pair, word in zip(pairs, asked, strict=True)))


@dataclass(frozen=True, slots=True)
class Moved:
    """A judged pair, what is said of it now and what would be said."""

    pair: JudgedPair
    before: Said
    after: Said

    @property
    def is_lost(self) -> bool:
        return self.pair.verdict == "same" and self.after == "none"


def moved(pairs: Sequence[JudgedPair], before: Sequence[Said], after: Sequence[Said]) -> list[Moved]:
    """The pairs answered otherwise, and every firm judged the same that would be lost: those first."""
    found = [Moved(*one) for one in zip(pairs, before, after, strict=True)]
    return sorted((one for one in found if one.is_lost or one.before != one.after), key=lambda one: not one.is_lost)
