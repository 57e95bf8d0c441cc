"""Stretches of days on all of which the lists say the same: a party is asked about once in each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.db.models import QuerySet

from entities.domain.matching import Matcher
from entities.parts import MANY, parts_of
from screening.models import Shipment


@dataclass(frozen=True, slots=True)
class Stretches:
    """The days on which lists change part the time into stretches, which are told by their number."""

    edges: tuple[date, ...]
    today: date

    @classmethod
    def between(cls, matchers: Iterable[Matcher], today: date) -> Stretches:
        """The stretches between the days on which one of these lists carries another entity, or name, than before."""
        listed = [party for matcher in matchers for party in matcher.parties.values()]
        days = {edge for party in listed for period in party.periods for edge in period}
        days |= {end for party in listed for name in party.names for end in (name.valid_from, name.valid_to)}
        return cls(tuple(sorted(day for day in days if day is not None)), today)

    def of(self, on: date) -> int:
        return bisect_right(self.edges, on)

    def numbers(self, first: date, last: date) -> range:
        """The stretches these days fall into."""
        return range(self.of(first), self.of(last) + 1)

    def begin(self, numbers: Collection[int]) -> tuple[date, date] | None:
        """The day on which the first of these stretches begins, and the last; None where none has such a day."""
        days = [self.edges[number - 1] for number in numbers if number]
        return (min(days), max(days)) if days else None

    def is_announced(self, numbers: Iterable[int]) -> bool:
        """One of these stretches is still to come."""
        return any(number > self.of(self.today) for number in numbers)

    def spans(self) -> Iterator[tuple[date | None, date | None]]:
        """The first day of each stretch and the day after its last; None where it has no such end."""
        yield from pairwise((None, *self.edges, None))

    def days(self, dates: Iterable[date]) -> dict[int, date]:
        """One day of each stretch that one of these dates, today, or a listing announced for later falls into."""
        ahead = (edge for edge in self.edges if edge > self.today)
        found: dict[int, date] = {}
        for on in {*dates, self.today, *ahead}:
            found.setdefault(self.of(on), on)
        return dict(sorted(found.items()))

    def among(self, shipments: QuerySet[Shipment], ids: Iterable[int], numbers: Collection[int]) -> Iterator[int]:
        """Those of the shipments screened for a day in one of these stretches; all of them where one is still to
        come, since it is announced on whatever was imported before."""
        is_announced = self.is_announced(numbers)
        for some in parts_of(ids, MANY):
            for pk, imported, arrives in shipments.filter(pk__in=some).values_list("pk", "imported_on", "arrives_on"):
                on, _ = Shipment(imported_on=imported, arrives_on=arrives).screening_date(self.today)
                if is_announced or self.of(on) in numbers:
                    yield pk
