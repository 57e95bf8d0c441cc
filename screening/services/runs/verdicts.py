"""What the lists, the places and people say of a firm. It is asked once in a run for all days with the same lists."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from entities import reference
from entities.domain.facts import PartyFacts
from entities.domain.judging import Judged, effect, party_key
from entities.domain.known import KnownFirms
from entities.domain.matching import ListMatch, Matcher
from entities.domain.parties import NOBODY, PartyScreening, screen
from entities.matchers import matcher_for
from entities.models import Judgement, Listing, ListVersion
from entities.services import judgements
from screening.domain import rules
from screening.domain.orders import Order
from screening.models import ScreeningRun
from screening.services.runs.in_words import order_in_words, row_in_words, rows_by_entity
from screening.services.sight import Sight


@dataclass(slots=True)
class Verdicts:
    """The lists of a run by entity, the matchers over them, and what was answered so far.

    ``firms``: those judged to be listed entities. ``uses_judgements``: what people judged may be told here.
    """

    version: ListVersion
    matcher: Matcher
    firms: KnownFirms
    uses_judgements: bool
    rows: Mapping[str, Listing]
    order_matcher: Matcher | None = None
    orders: Mapping[str, Listing] = field(default_factory=dict)  # the withhold release orders
    told: Mapping[str, Mapping[str, Judged]] | None = None  # by party and entity what was judged; none: it is read
    rows_in_words: dict[str, rules.ListRow] = field(init=False)  # as the rules take them
    orders_in_words: dict[str, Order] = field(init=False)
    _changes: list[date] = field(init=False)  # the days from which another entity, or name, is on a list
    _verdicts: dict[tuple[PartyFacts, int], PartyScreening] = field(default_factory=dict)
    _ordered: dict[tuple[PartyFacts, int], tuple[ListMatch, ...]] = field(default_factory=dict)
    _judged: dict[tuple[PartyFacts, tuple[str, ...]], dict[str, Judged]] = field(default_factory=dict)
    _found: dict[PartyFacts, dict[str, Judged]] = field(default_factory=dict)
    _ahead: dict[date, dict[str, date]] = field(default_factory=dict)

    @classmethod
    def of(cls, run: ScreeningRun, sight: Sight) -> Verdicts:
        """By the lists and the basis of a run."""
        firms = judgements.known_firms(run.list_version) if sight.is_whole else NOBODY
        return cls._by(run, firms, uses_judgements=sight.is_whole)

    @classmethod
    def kept(cls, run: ScreeningRun, firms: KnownFirms, told: Mapping[str, Mapping[str, Judged]]) -> Verdicts:
        """By the lists and the basis of a run, and by what people had judged then."""
        verdicts = cls._by(run, firms, uses_judgements=True)
        verdicts.told = told
        return verdicts

    @classmethod
    def _by(cls, run: ScreeningRun, firms: KnownFirms, *, uses_judgements: bool) -> Verdicts:
        version, orders = run.list_version, run.wro_version
        return cls(
            version=version,
            matcher=matcher_for(version, run.basis),
            firms=firms,
            uses_judgements=uses_judgements,
            rows=rows_by_entity(version),
            order_matcher=matcher_for(orders, run.basis) if orders else None,
            orders=rows_by_entity(orders) if orders else {},
        )

    def __post_init__(self) -> None:
        self.rows_in_words = {key: row_in_words(row) for key, row in self.rows.items()}
        self.orders_in_words = {key: order_in_words(key, row) for key, row in self.orders.items()}
        self._changes = sorted(_days_of_change(one for one in (self.matcher, self.order_matcher) if one))

    def verdict(self, facts: PartyFacts, on: date) -> PartyScreening:
        """What the engine says of a party."""
        key = (facts, self._stretch(on))
        if key not in self._verdicts:
            self._verdicts[key] = screen(facts, self.matcher, reference.gazetteer(), on, self.firms)
        return self._verdicts[key]

    def orders_on(self, facts: PartyFacts, on: date) -> tuple[ListMatch, ...]:
        """The withhold release orders that name a party on that day."""
        if self.order_matcher is None:
            return ()
        key = (facts, self._stretch(on))
        if key not in self._ordered:
            self._ordered[key] = self.order_matcher.screen(facts, on)
        return self._ordered[key]

    def judged(self, facts: PartyFacts, verdict: PartyScreening) -> dict[str, Judged]:
        """What people judged of this party and the entities it looks like."""
        keys = tuple(match.key for match in verdict.matches)
        if not (keys and self.uses_judgements):
            return {}
        if (facts, keys) not in self._judged:
            self._judged[facts, keys] = self._standing(facts, keys)
        return self._judged[facts, keys]

    def judged_of(self, facts: PartyFacts) -> Mapping[str, Judged]:
        """What was found judged so far of a party, by entity."""
        return self._found.get(facts, {})

    @property
    def is_anything_judged(self) -> bool:
        """Whether a judgement can have borne on anything asked so far."""
        return bool(self.firms or self._found)

    def _standing(self, facts: PartyFacts, keys: tuple[str, ...]) -> dict[str, Judged]:
        if self.told is not None:
            said = self.told.get(party_key(facts, Judgement.Scope.SITE), {})
            return {key: said[key] for key in keys if key in said}
        found = judgements.standing(facts, keys, self.version)
        if found:
            self._found.setdefault(facts, {}).update(found)
        return found

    def listed(self, facts: PartyFacts, on: date) -> Iterator[ListMatch]:
        """The entities a firm is or may be on a day, as people judged it."""
        verdict = self.verdict(facts, on)
        judged = self.judged(facts, verdict)
        for match in verdict.matches:
            does = effect(judged.get(match.key), match.verdict)
            if does != "sets_aside":
                yield replace(match, verdict="match") if does == "confirms" else match

    def listed_since(self, facts: PartyFacts, on: date) -> date | None:
        """Since when a firm is listed that certainly is on the list on a day."""
        keys = [match.key for match in self.listed(facts, on) if match.verdict == "match"]
        return max((self.rows[key].first_effective_on for key in keys if key in self.rows), default=None)

    def announced(self, parties: Iterable[rules.PartyAtStep], on: date, today: date) -> Iterator[str]:
        """Listings that take effect on a day to come, where a party of the shipment is or may be that entity."""
        ahead = {key: start for key, start in self._listed_after(today).items() if start > on}
        if not ahead:
            return
        for facts in dict.fromkeys(party.facts for party in parties):
            for match in self.matcher.screen(facts, max(ahead.values())):
                if start := ahead.get(match.key):
                    name = self.rows[match.key].name if match.key in self.rows else match.listed_name.text
                    yield (
                        f"ANNOUNCED: {name} is on the list from {start:%-d %B %Y}. "
                        f"{facts.name or facts.native_name} {'is' if match.verdict == 'match' else 'may be'} that "
                        "entity; goods imported from that day on fall under the listing."
                    )

    def _stretch(self, on: date) -> int:
        """Which stretch of days a day lies in, on all of which the lists carry the same."""
        return bisect_right(self._changes, on)

    def _listed_after(self, today: date) -> dict[str, date]:
        """The entities announced for a day to come."""
        if today not in self._ahead:
            self._ahead[today] = {
                party.key: first
                for party in self.matcher.parties.values()
                for first, _ in party.periods
                if first > today
            }
        return self._ahead[today]


def _days_of_change(matchers: Iterable[Matcher]) -> set[date]:
    """The days from which a list carries other entities, or other names of them, than on the day before."""
    listed = [party for matcher in matchers for party in matcher.parties.values()]
    periods = {day for party in listed for period in party.periods for day in period}
    names = {day for party in listed for name in party.names for day in (name.valid_from, name.valid_to)}
    return {day for day in periods | names if day is not None}
