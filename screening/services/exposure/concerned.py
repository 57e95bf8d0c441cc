"""Whom a change of the list in use concerns: the suppliers to ask again, without asking all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any

from entities.domain.facts import PartyFacts
from entities.domain.matching.keys import keys_of
from entities.matchers import Basis, matcher_for
from entities.models import Judgement, Listing, ListVersion, Supplier
from screening.models import IndexedGround
from screening.services.exposure.names import concerned, having
from screening.services.reach import suppliers_declaring

TELLING = 3  # words by which a judged firm is looked for
Concerned = Callable[[ListVersion, Basis, ListVersion | None, Basis], set[int]]


def suppliers_concerned(
    version: ListVersion, basis: Basis, earlier: ListVersion | None, earlier_basis: Basis
) -> set[int]:
    """The suppliers of which a version may say otherwise than the one before, each on the basis in use with it.

    That are those whose names an entity that differs bears on, those it spoke of before, and those judged to be it or
    not to be it, since such a judgement lapses. All of them where there was no list, or other thresholds.
    """
    if earlier is None or earlier_basis.thresholds != basis.thresholds:
        return set(Supplier.objects.values_list("pk", flat=True))
    found = concerned(matcher_for(earlier, earlier_basis), matcher_for(version, basis))
    changed = changed_keys(version, earlier)
    found.update(IndexedGround.objects.filter(listed_key__in=changed).values_list("supplier", flat=True))
    found |= judged_on(changed)
    return {supplier for supplier in found if supplier > 0}


def judged_on(keys: Collection[str]) -> set[int]:
    """The suppliers like firms that were judged to be, or not to be, one of these entities."""
    judged = Judgement.objects.filter(entity_key__in=keys)
    return {supplier for one in judged for supplier in _like(PartyFacts(**one.party))}


def changed_keys(version: ListVersion, base: ListVersion | None) -> frozenset[str]:
    """The entities of which any row is not as it was, history included."""

    def rows(one: ListVersion | None) -> dict[str, set[tuple[Any, ...]]]:
        found: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
        for row in Listing.objects.filter(version=one).select_related("entity") if one else ():
            names = (*row.aliases, *(f"{name}" for name in row.native_names))
            dates = (row.effective_on, row.first_effective_on, row.removed_on)
            found[row.entity.key].add((row.name, names, row.section, dates, row.scope, row.location, row.is_current))
        return found

    if version == base:
        return frozenset()
    then, now = rows(base), rows(version)
    return frozenset(key for key in then.keys() | now.keys() if then.get(key) != now.get(key))


def _like(facts: PartyFacts) -> set[int]:
    """The suppliers that share a number, an address, or the words of the name with a firm that was judged."""
    words = keys_of(PartyFacts(name=facts.name, native_name=facts.native_name))
    telling = sorted(words, key=lambda key: (len(key), key))[-TELLING:]
    alike = having(tuple(frozenset({key}) for key in telling)) if telling else set()
    return alike | suppliers_declaring(facts)
