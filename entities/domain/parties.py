"""Screen one party: is it on the list, and is it in Xinjiang. Two questions, two verdicts, one list of reasons."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from entities.domain.facts import PartyFacts
from entities.domain.gazetteer import Gazetteer, PlaceSignal
from entities.domain.known import KnownFirms
from entities.domain.matching import Affiliation, ListMatch, Matcher

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
    affiliations: tuple[Affiliation, ...] = ()

    @property
    def reasons(self) -> list[Reason]:
        """Every reason in the order of weight: the list first, then the firms it does not name, then the places."""
        found: list[Reason] = []
        for match in self.matches:
            found += [_reason("LISTED_ENTITY", match.field, match.matched_text, text) for text in match.reasons]
            found += [_reason("LISTED_ENTITY", sign.field, sign.token, sign.text) for sign in match.signs]
        for kin in self.affiliations:
            found += [_reason("LISTED_AFFILIATE", kin.field, kin.matched_text, text) for text in kin.reasons]
        found += [_reason(signal.rule, signal.field, signal.token, signal.reason) for signal in self.signals]
        return found


NOBODY = KnownFirms()


def screen(
    party: PartyFacts, matcher: Matcher, gazetteer: Gazetteer, on: date, known: KnownFirms = NOBODY
) -> PartyScreening:
    """Compare a party with the list in force on a day and with the firms judged to be on it, and look where it is.

    The date is that of importation: an entity counts only from its first day on the list.
    """
    answer = matcher.answer(party, on)
    matches = known.recognised(party, answer.matches, matcher.parties, on)
    kin = answer.affiliations
    if kin and matches:
        keys = {match.key for match in matches}
        kin = tuple(one for one in kin if one.key not in keys)
    place = gazetteer.locate(party)
    return PartyScreening(
        listed_verdict=matches[0].verdict if matches else "none",
        matches=matches,
        region_verdict=place.verdict,
        signals=place.signals,
        affiliations=kin,
    )


def _reason(rule: str, field: str, token: str, text: str) -> Reason:
    return {"field": field, "token": token, "rule": rule, "text": text}
