"""Listed entities among the owners of the firms of a chain, and among what these firms own, by declared holdings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from entities.domain.facts import ListedParty, PartyFacts
from entities.domain.matching import ListMatch
from entities.domain.matching.affiliation import scope_words
from entities.domain.matching.targets import REACHES_FURTHER
from entities.domain.ownership import Holding, OwnerChain, chains_of_owners
from entities.domain.parties import PartyScreening
from entities.models import OwnershipLink
from entities.services.ownership import holdings_around
from screening.domain.rules import ListedKin
from screening.services.sight import Firms, Sight

MAJORITY = Decimal(50)
_CONTROL = re.compile(r"\b(?:control|subsidiar|wholly|majority|parent)", re.IGNORECASE)
IsListed = Callable[[PartyFacts, date], Iterable[ListMatch]]  # the entities a firm is or may be on a day


@dataclass(slots=True)
class Kin:
    """The standing holdings around the firms of some chains: read once, asked for each day of importation."""

    by_owned: dict[int, list[OwnershipLink]] = field(default_factory=lambda: defaultdict(list))
    by_owner: dict[int, list[OwnershipLink]] = field(default_factory=lambda: defaultdict(list))
    names: dict[int, str] = field(default_factory=dict)
    facts: dict[int, list[PartyFacts]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def around(cls, firms: Iterable[int], sight: Sight) -> Kin:
        """Read the holdings above and below these firms, and who the firms on the ways are."""
        ids = sorted(firms)
        above, below = (holdings_around(ids, above=way, standing=sight.holdings()) for way in (True, False))
        others = sight.firms({firm for row in (*above, *below) for firm in (row.owner_id, row.owned_id)})
        return cls.of(above, below, others)

    @classmethod
    def of(cls, above: Iterable[OwnershipLink], below: Iterable[OwnershipLink], others: Firms) -> Kin:
        """Of holdings at hand, with the firms at their ends."""
        kin = cls(facts=others.sites)
        for row in above:
            kin.by_owned[row.owned_id].append(row)
        for row in below:
            kin.by_owner[row.owner_id].append(row)
        for one in others.suppliers.values():
            if not one.is_aggregate:
                kin.names[one.pk] = str(one)
                if not kin.facts[one.pk]:
                    kin.facts[one.pk].append(PartyFacts(name=one.name, native_name=one.native_name))
        return kin

    def of_party(
        self, firm: int, verdict: PartyScreening, on: date, is_listed: IsListed, parties: Mapping[str, ListedParty]
    ) -> tuple[ListedKin, ...]:
        """The listed entities that own a party or that it owns, but for those it is itself."""
        itself = {match.key for match in verdict.matches if match.verdict == "match"}
        return tuple(one for one in self.listed(firm, on, is_listed, parties) if one.match.key not in itself)

    def ways(self, firm: int) -> Iterator[OwnershipLink]:
        """The holdings on the ways from a firm to its owners and down to what it holds, whatever their days."""
        yield from self.above({firm})
        yield from self.below({firm})

    def above(self, firms: AbstractSet[int]) -> Iterator[OwnershipLink]:
        """The holdings on the ways from firms to their owners."""
        return _on_the_way(firms, self.by_owned, lambda row: row.owner_id)

    def below(self, firms: AbstractSet[int]) -> Iterator[OwnershipLink]:
        """The holdings on the ways from firms down to what they hold."""
        return _on_the_way(firms, self.by_owner, lambda row: row.owned_id)

    def days_of_change(self, firm: int) -> set[date]:
        """The days from which other holdings stand around a firm than on the day before."""
        rows = list(self.ways(firm))
        begins = {row.valid_from for row in rows if row.valid_from is not None}
        return begins | {row.valid_to + timedelta(days=1) for row in rows if row.valid_to and row.valid_to < date.max}

    def words_of_kin(self, firm: int) -> set[PartyFacts]:
        """In which words the firms around a firm are declared."""
        firms = {one for row in self.ways(firm) for one in (row.owner_id, row.owned_id)} - {firm}
        return {facts for one in firms & self.names.keys() for facts in self.facts[one]}

    def listed(
        self, firm: int, on: date, is_listed: IsListed, parties: Mapping[str, ListedParty]
    ) -> Iterator[ListedKin]:
        """The listed entities that own a firm on a day, or that it owns, the nearest first, each once."""
        told: set[str] = set()
        for is_owner, table in ((True, self.by_owned), (False, self.by_owner)):
            if firm not in table:
                continue
            for chain in chains_of_owners([firm], _standing(table, on, is_owner))[firm]:
                for match in self._matches(chain.owner, on, is_listed):
                    if match.key not in told:
                        told.add(match.key)
                        yield self._kin(firm, chain, match, is_owner, table, parties[match.key].scope)

    def _matches(self, firm: int, on: date, is_listed: IsListed) -> Iterator[ListMatch]:
        if firm in self.names:
            for facts in self.facts[firm]:
                yield from is_listed(facts, on)

    def _kin(
        self,
        firm: int,
        chain: OwnerChain,
        match: ListMatch,
        is_owner: bool,
        table: Mapping[int, Sequence[OwnershipLink]],
        scope: str,
    ) -> ListedKin:
        rows = {row.pk: row for step in chain.path for row in table[step.owned]}
        way = [rows[step.key] for step in chain.path]
        return ListedKin(
            match=match,
            name=self.names[chain.owner],
            is_owner=is_owner,
            is_controlled=all(_is_control(row) for row in way),
            reaches_further=REACHES_FURTHER.search(scope) is not None,
            holdings=tuple(row.pk for row in way),
            way=self._in_words(way, firm, is_owner),
            scope=scope_words(scope),
        )

    def _in_words(self, way: Sequence[OwnershipLink], firm: int, is_owner: bool) -> str:
        steps = [
            f"{'is held by' if is_owner else 'holds'} {self.names.get(other, 'another firm')} ({_share(row)})"
            for row in way
            for other in [row.owner_id if is_owner else row.owned_id]
        ]
        return f"{self.names.get(firm, 'The firm')} {', which '.join(steps)}"


def _on_the_way(
    firms: AbstractSet[int], table: Mapping[int, Sequence[OwnershipLink]], end: Callable[[OwnershipLink], int]
) -> Iterator[OwnershipLink]:
    seen = set(firms)
    step = sorted(seen)
    while step:
        rows = [row for one in step for row in table.get(one, ())]
        yield from rows
        step = sorted({end(row) for row in rows} - seen)
        seen.update(step)


def _standing(
    table: Mapping[int, Sequence[OwnershipLink]], on: date, is_owner: bool
) -> Callable[[Sequence[int]], Mapping[int, Sequence[Holding]]]:
    """The holdings in force on a day as the chains of owners take them; downwards the two ends change places."""

    def holdings_of(firms: Sequence[int]) -> Mapping[int, Sequence[Holding]]:
        return {
            firm: [
                Holding(
                    row.pk,
                    row.owner_id if is_owner else row.owned_id,
                    firm,
                    row.share_from,
                    row.is_indirect,
                    row.interest,
                )
                for row in table.get(firm, ())
                if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or row.valid_to >= on)
            ]
            for firm in firms
        }

    return holdings_of


def _is_control(row: OwnershipLink) -> bool:
    if row.share_from is not None and row.share_from > MAJORITY:
        return True
    return row.share_to is None and _CONTROL.search(row.interest) is not None


def _share(row: OwnershipLink) -> str:
    if row.share_from is not None:
        return f"{row.share_from.normalize():f} % at least"
    if row.share_to is not None:
        return f"{row.share_to.normalize():f} % at most"
    return row.interest or "share not said"
