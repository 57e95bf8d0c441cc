"""What the comparison with a list answers."""

from dataclasses import dataclass
from typing import Literal

from entities.domain.facts import ListedName

# Raised with every change of a weight, a threshold, a word list or a rule: a stored finding names the version it
# was made with.
ENGINE_VERSION = "2026.11.5"

MatchVerdict = Literal["match", "possible"]
Said = Literal["match", "possible", "none"]  # of one party and one entity


@dataclass(frozen=True, slots=True)
class ListMatch:
    """A listed entity a party may be. ``reasons``: which words matched, which were ignored, what is against."""

    key: str
    verdict: MatchVerdict
    score: float
    field: str
    matched_text: str
    listed_name: ListedName
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextMention:
    """A listed name found in running text, by its place in the text as given."""

    start: int
    end: int
    text: str
    key: str
    listed_name: ListedName
    verdict: MatchVerdict
