"""Is this party an entity of the list: the words that say so, the words that speak against it, and a verdict."""

from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.matching.matcher import Matcher
from entities.domain.matching.results import ENGINE_VERSION, Affiliation, Answer, ListMatch, Sign, TextMention
from entities.domain.matching.targets import REACHES_FURTHER
from entities.domain.matching.thresholds import SHIPPED, Thresholds

__all__ = [
    "ENGINE_VERSION",
    "REACHES_FURTHER",
    "SHIPPED",
    "Affiliation",
    "Answer",
    "ListMatch",
    "ListedName",
    "ListedParty",
    "Matcher",
    "PartyFacts",
    "Sign",
    "TextMention",
    "Thresholds",
]
