"""The index kept up to date: whatever changed is put in, and the exposures that rest on it are found anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction

from entities.matchers import Basis
from entities.models import ListVersion, SupplyLink
from entities.parts import parts_of
from screening.models import IndexedGround, IndexedLink, IndexState
from screening.services.exposure import names
from screening.services.exposure.building import indexed, lock_state, note_state, rebuild
from screening.services.exposure.concerned import Concerned, suppliers_concerned
from screening.services.exposure.grounds import Grounds
from screening.services.exposure.moving import Downstream, Moved, Said, downstream_of, moved_at
from screening.services.exposure.numbers import MADE_BY
from screening.services.exposure.spreading import prepare, spread
from screening.services.reach import with_kin


@dataclass(frozen=True)
class Followed:
    """What moved when the index was brought up to date, and the list versions it rested on before and rests on now."""

    moved: tuple[Moved, ...] = ()
    before: int | None = None
    now: int | None = None

    @cached_property
    def downstream(self) -> Downstream | None:
        """What lies below what moved, found once; None where too many firms moved."""
        return downstream_of(self.moved)


@transaction.atomic
def update(
    *,
    links: Iterable[int] = (),
    suppliers: Iterable[int] = (),
    named: Iterable[int] = (),
    concerned: Concerned = suppliers_concerned,
) -> Followed:
    """Follow changed links, and suppliers of which something else is known now: what is known of one bears on those
    that own it and that it owns. Returns what moved.

    ``named``: suppliers that were named somewhere; they are asked where that told something of them.
    Where the list, the thresholds or the names in use are not those the index rests on, whomever that may concern is
    asked again; ``concerned`` says who that is.
    An index never built, or built by another engine, is built whole; without a list in use there is none.
    """
    if not ListVersion.objects.published().filter(register=ListVersion.Register.UFLPA).exists():
        return Followed()
    state = lock_state()
    if state.built_at is None or state.engine_version != MADE_BY:
        rebuild()
        return Followed()
    grounds, version_before = Grounds.in_use(), state.list_version_id
    suppliers = set(suppliers)
    sales = SupplyLink.objects.filter(supplier__in=suppliers).values_list(
        "pk", flat=True
    )  # one may be a class of firms
    looked_at = _links({*links, *sales})
    suppliers |= names.keep(suppliers.union(named))
    before = Basis(state.thresholds_id, state.names_up_to)
    if (grounds.version.pk, grounds.basis) != (version_before, before):
        suppliers |= concerned(grounds.version, grounds.basis, state.list_version, before)
    moved, fewer = _grounds(with_kin(suppliers), grounds)
    prepare(customers=looked_at, asked={one.supplier for one in moved}, lost=fewer)
    spread()
    note_state(state, grounds)
    return Followed(tuple(moved), version_before, grounds.version.pk)


def _links(keys: set[int]) -> set[int]:
    """Put changed links in. Returns the customers whose ways in are others."""
    customers: set[int] = set()
    for some in parts_of(keys):
        customers.update(IndexedLink.objects.filter(link__in=some).values_list("customer", flat=True))
        IndexedLink.objects.filter(link__in=some).delete()
        IndexedGround.objects.filter(supplier__in=[-key for key in some]).delete()
        rows = [indexed(row) for row in SupplyLink.objects.filter(pk__in=some).select_related("supplier")]
        links = IndexedLink.objects.bulk_create(link for links, _ in rows for link in links)
        IndexedGround.objects.bulk_create(ground for _, grounds in rows for ground in grounds)
        customers.update(link.customer for link in links)
    return customers


def _grounds(suppliers: set[int], grounds: Grounds) -> tuple[list[Moved], set[int]]:
    """Ask of suppliers anew. Returns what moved at those of which the answer is another, and which lost a ground."""
    moved: list[Moved] = []
    fewer: set[int] = set()
    for some in parts_of(suppliers):
        before: dict[int, set[Said]] = {pk: set() for pk in some}
        now: dict[int, set[Said]] = {pk: set() for pk in some}
        for row in IndexedGround.objects.filter(supplier__in=some):
            before[row.supplier].add((row.ground, row.listed_key, row.first, row.last))
        fresh = list(grounds.of(some))
        for row in fresh:
            now[row.supplier].add((row.ground, row.listed_key, row.first, row.last))
        others = {pk for pk in some if before[pk] != now[pk]}
        IndexedGround.objects.filter(supplier__in=others).delete()
        IndexedGround.objects.bulk_create(row for row in fresh if row.supplier in others)
        for pk in sorted(others):
            moved += moved_at(pk, before[pk], now[pk])
        fewer |= {pk for pk in others if before[pk] - now[pk]}
    return moved, fewer


def state() -> IndexState | None:
    """What the index rests on; None where it was never built."""
    return IndexState.objects.filter(pk=1, built_at__isnull=False).first()
