"""Screen one party: is it on the list, and is it in Xinjiang. Two questions, two verdicts, one list of reasons."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from entities.domain.facts import PartyFacts
from entities.domain.gazetteer import Gazetteer, PlaceSignal
from entities.domain.matching import ListMatch, Matcher

ListedVerdict = Literal["match", "possible", "none"]
RegionVerdict = Literal["in_xinjiang", "possible", "none"]


class Reason(TypedDict):
    """Why: the field and the words in it, the rule they fall under, and a sentence for the reader."""

    field: str
    token: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class PartyScreening:
    """What the engine says of one party on one day."""

    listed_verdict: ListedVerdict
    matches: tuple[ListMatch, ...]
    region_verdict: RegionVerdict
    signals: tuple[PlaceSignal, ...]

    @property
    def reasons(self) -> list[Reason]:
        """Every reason in the order of weight: the list first, then the places."""
        found: list[Reason] = [
            {"field": match.field, "token": match.matched_text, "rule": "LISTED_ENTITY", "text": text}
            for match in self.matches
            for text in match.reasons
        ]
        found += [{"field": s.field, "token": s.token, "rule": s.rule, "text": s.reason} for s in self.signals]
        return found


def screen(party: PartyFacts, matcher: Matcher, gazetteer: Gazetteer, on: date) -> PartyScreening:
    """Compare a party with the list in force on a day, and look where it is.

    The date is that of importation: an entity counts only from its first day on the list.
    """
    matches = matcher.screen(party, on)
    place = gazetteer.locate(party)
    return PartyScreening(
        listed_verdict=matches[0].verdict if matches else "none",
        matches=matches,
        region_verdict=place.verdict,
        signals=place.signals,
    )
