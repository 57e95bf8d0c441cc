"""What the comparison with a list answers."""

from dataclasses import dataclass
from typing import Literal

from entities.domain.facts import ListedName

# Raised with every change of a weight, a threshold, a word list or a rule: a stored finding names the version it
# was made with.
ENGINE_VERSION = "2026.12.2"

MatchVerdict = Literal["match", "possible"]
Said = Literal["match", "possible", "affiliate", "none"]  # of one party and one entity


@dataclass(frozen=True, slots=True)
class Sign:
    """Something beside the name that speaks for it: the field, the words in it, and a sentence for the reader.

    ``judgement``: the number of the judgement it was learned from, where it was.
    """

    field: str
    token: str
    text: str
    judgement: int | None = None


@dataclass(frozen=True, slots=True)
class ListMatch:
    """A listed entity a party may be. ``reasons``: which words matched, which were ignored, what is against.

    ``signs`` are what else speaks for it: manufacturer code, registration number, telephone, address, city.
    """

    key: str
    verdict: MatchVerdict
    score: float
    field: str
    matched_text: str
    listed_name: ListedName
    reasons: tuple[str, ...]
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A firm that seems to belong to a listed entity without being it, and the words that say so.

    ``how``: its name contains the listed one, its name states the tie, or its address names the entity.
    """

    key: str
    how: Literal["name", "stated", "address"]
    field: str
    matched_text: str
    listed_name: ListedName
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the list says of a party: the entities it is or may be, and those it seems to belong to."""

    matches: tuple[ListMatch, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()


@dataclass(frozen=True, slots=True)
class TextMention:
    """A listed name found in running text, by its place in the text as given."""

    start: int
    end: int
    text: str
    key: str
    listed_name: ListedName
    verdict: MatchVerdict
