"""What speaks of a supplier by itself, and for which days of importation: the rules asked of it alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from entities import reference, reference_tables
from entities.domain.facts import PartyFacts
from entities.domain.known import KnownFirms
from entities.domain.matching import Matcher
from entities.domain.parties import screen
from entities.matchers import Basis, matcher_for, matcher_of
from entities.models import ListVersion
from entities.parts import parts_of
from entities.reference_tables import Tables
from entities.services import judgements
from screening.domain import rules
from screening.domain.law.clocks import UFLPA_IN_FORCE_FROM, uflpa_in_force
from screening.domain.tracing import Grade
from screening.models import IndexedGround
from screening.models.exposure import ALWAYS
from screening.services.exposure.numbers import GROUNDS, Ground
from screening.services.kin import Kin
from screening.services.labour import words_of_party
from screening.services.runs import list_rows_in_words
from screening.services.runs.verdicts import Verdicts
from screening.services.sight import Firms, Sight

TOGETHER = 500  # suppliers asked of at once


@dataclass(slots=True)
class Grounds:
    """The lists and judgements in use, asked of suppliers on every day that makes a difference."""

    version: ListVersion
    basis: Basis
    matcher: Matcher
    ever: Matcher  # the same names without any dates: whom it does not find was never listed
    known: KnownFirms
    rows: dict[str, rules.ListRow] = field(default_factory=dict)

    @classmethod
    def in_use(cls) -> Grounds:
        version, basis = ListVersion.objects.current(ListVersion.Register.UFLPA), Basis.in_use()
        matcher, ever = matcher_for(version, basis), _ever(version, basis)
        return cls(version, basis, matcher, ever, judgements.known_firms(version), list_rows_in_words(version))

    def of(self, suppliers: Iterable[int]) -> Iterator[IndexedGround]:
        """The grounds of these suppliers, each for the days it stands."""
        for some in parts_of(suppliers, TOGETHER):
            yield from _Asked.together(some, self).grounds()


@dataclass(slots=True)
class _Asked:
    """Some suppliers asked of together: who they are, who owns them and what they own, and what was answered."""

    by: Grounds
    firms: Firms
    kin: Kin
    verdicts: Verdicts

    @classmethod
    def together(cls, suppliers: list[int], by: Grounds) -> _Asked:
        sight = Sight()
        verdicts = Verdicts(by.version, by.matcher, by.known, uses_judgements=True, rows={})
        return cls(by, sight.firms(suppliers), Kin.around(suppliers, sight), verdicts)

    def grounds(self) -> Iterator[IndexedGround]:
        for supplier in self.firms.suppliers.values():
            if not supplier.is_aggregate:
                own = self.firms.sites[supplier.pk]
                yield from self._of(
                    supplier.pk, own or [PartyFacts(name=supplier.name, native_name=supplier.native_name)]
                )

    def _of(self, firm: int, sites: Iterable[PartyFacts]) -> Iterator[IndexedGround]:
        stretches: dict[tuple[Ground, str], list[tuple[int, int]]] = defaultdict(list)
        listed_kin = {key for words in self.kin.words_of_kin(firm) for key in self._ever_listed(words)}
        for facts in sites:
            for first, last in self._stretches(firm, facts, listed_kin):
                for ground, key in self._on(firm, facts, date.fromordinal(first)):
                    stretches[ground, key].append((first, last))
        for (ground, key), days in sorted(stretches.items(), key=lambda one: (one[0][0].number, one[0][1])):
            for first, last in _joined(days):
                yield IndexedGround(supplier=firm, ground=ground.number, listed_key=key, first=first, last=last)

    def _stretches(self, firm: int, facts: PartyFacts, listed_kin: set[str]) -> list[tuple[int, int]]:
        """The stretches of days on which the answer is the same; none where nothing ever speaks of the party.

        ``listed_kin``: the entities that the firms around it ever were.
        """
        answer = screen(facts, self.by.ever, reference.gazetteer(), UFLPA_IN_FORCE_FROM, self.by.known)
        keys = {match.key for match in answer.matches} | {kin.key for kin in answer.affiliations} | listed_kin
        if not keys and not answer.signals and not any(words_of_party(facts)):
            return []
        since, until = uflpa_in_force()
        edges = {ALWAYS[0], since} | ({until + 1} if until < ALWAYS[1] else set())
        if listed_kin:
            edges |= {edge.toordinal() for edge in self.kin.days_of_change(firm)}
        for key in keys & self.by.matcher.parties.keys():
            party = self.by.matcher.parties[key]
            edges |= {edge.toordinal() for period in party.periods for edge in period if edge is not None}
            for name in party.names:
                edges |= {edge.toordinal() for edge in (name.valid_from, name.valid_to) if edge is not None}
        starts = sorted(edges)
        return [(first, following - 1) for first, following in zip(starts, [*starts[1:], ALWAYS[1] + 1], strict=True)]

    def _ever_listed(self, facts: PartyFacts) -> set[str]:
        """The entities a party is or may be on some day."""
        answer = screen(facts, self.by.ever, reference.gazetteer(), UFLPA_IN_FORCE_FROM, self.by.known)
        return {match.key for match in answer.matches}

    def _on(self, firm: int, facts: PartyFacts, on: date) -> set[tuple[Ground, str]]:
        """What the rules say of the party alone, taken as a source of the goods."""
        verdict = self.verdicts.verdict(facts, on)
        kin = self.kin.of_party(firm, verdict, on, self.verdicts.listed, self.by.matcher.parties)
        party = rules.PartyAtStep(
            facts,
            verdict,
            "supplier",
            (),
            1,
            Grade.DIRECT,
            judged=self.verdicts.judged(facts, verdict),
            labour=tuple(words_of_party(facts)),
            kin=tuple(one for one in kin if one.match.key in self.by.rows),
            supplier_id=firm,
        )
        found = rules.evaluate(rules.ShipmentFacts(articles=(), parties=(party,), on=on, rows=self.by.rows))
        return {
            (Ground(one.rule, bool(one.ground)), one.listed_key)
            for one in found
            if one.rule in GROUNDS and (one.ground or one.asks_review)
        }


def _ever(version: ListVersion, basis: Basis) -> Matcher:
    return _timeless(version.pk, version.rows_sha256, basis, reference_tables.in_use())


@lru_cache(maxsize=2)
def _timeless(version_id: int, rows_sha256: str, basis: Basis, tables: Tables) -> Matcher:
    """Kept for all it rests on, like the matcher itself."""
    matcher = matcher_for(ListVersion.objects.get(pk=version_id), basis)
    return matcher_of([party.timeless() for party in matcher.parties.values()]).at(matcher.thresholds)


def _joined(days: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of days that touch or overlap, as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(days):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
