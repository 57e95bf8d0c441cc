"""The whole index, made anew from suppliers, links and the lists in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from entities.models import Supplier, SupplyLink
from screening.domain.law.clocks import uflpa_in_force
from screening.domain.tracing import Link
from screening.models import Exposure, IndexedGround, IndexedLink, IndexedPair, IndexState
from screening.models.exposure import ALWAYS
from screening.services.exposure import names
from screening.services.exposure.grounds import Grounds
from screening.services.exposure.numbers import MADE_BY, Ground, days_of, kind_number, pairs
from screening.services.exposure.spreading import prepare_afresh, spread
from screening.services.network import link_of

CHUNK = 5000


@transaction.atomic
def rebuild(*, report: Callable[[str], object] = lambda said: None) -> IndexState:
    """Make the whole index anew. Whoever asks meanwhile reads the one before."""
    state = lock_state()
    for model in (Exposure, IndexedGround, IndexedLink, IndexedPair):
        model.objects.all().delete()
    write_pairs()
    _insert(IndexedLink, _every_link())
    report("links are read")
    grounds = Grounds.in_use()
    suppliers = Supplier.objects.filter(is_aggregate=False).order_by("pk").values_list("pk", flat=True)
    _insert(IndexedGround, grounds.of(suppliers.iterator(chunk_size=CHUNK)))
    report("suppliers are asked of")
    names.keep_all()
    report("their names are kept")
    return spread_afresh(state, grounds, report=report)


def spread_afresh(
    state: IndexState, grounds: Grounds, *, report: Callable[[str], object] = lambda said: None
) -> IndexState:
    """Spread exposure from the grounds over the links as they stand in the index."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE screening_indexedlink, screening_indexedground, screening_indexedpair")
    prepare_afresh()
    count = spread()
    report(f"{count} exposures found")
    return note_state(state, grounds, built=True)


def lock_state() -> IndexState:
    """The one row that says what the index was built from, locked until the transaction ends."""
    IndexState.objects.get_or_create(pk=1)
    return IndexState.objects.select_for_update().get(pk=1)


def note_state(state: IndexState, grounds: Grounds, *, built: bool = False) -> IndexState:
    """Write down what the index rests on now."""
    state.list_version, state.thresholds_id = grounds.version, grounds.basis.thresholds
    state.names_up_to, state.engine_version = grounds.basis.names_up_to, MADE_BY
    state.changed_at = timezone.now()
    state.built_at = state.changed_at if built else state.built_at
    state.save()
    return state


def write_pairs() -> None:
    """Which goods can be an input of which, as numbers."""
    IndexedPair.objects.bulk_create(
        (IndexedPair(kind=kind, goes_into=other) for kind, other in pairs()), batch_size=CHUNK
    )


def indexed(row: SupplyLink) -> tuple[list[IndexedLink], list[IndexedGround]]:
    """A link as it stands in the index, and the grounds it states itself; nothing where it does not stand."""
    if row.withdrawn_at is not None:
        return [], []
    link = link_of(row)
    links, grounds = [] if link.is_aggregate else [_indexed(link, link.supplier)], []
    since, until = uflpa_in_force()
    stated: list[tuple[Ground, int, int]] = []
    if link.from_xinjiang:
        stated.append((Ground("XJ_MATERIAL", is_certain=False), ALWAYS[0], since - 1))
        stated.append((Ground("XJ_MATERIAL", is_certain=True), since, until))
        if until < ALWAYS[1]:
            stated.append((Ground("XJ_MATERIAL", is_certain=False), until + 1, ALWAYS[1]))
    if link.labour:
        stated.append((Ground("LABOUR_TRANSFER", is_certain=False), *ALWAYS))
    if stated:
        links.append(_indexed(link, -link.key))
    for ground, first, last in stated:
        grounds.append(IndexedGround(supplier=-link.key, ground=ground.number, first=first, last=last))
    return links, grounds


def _indexed(link: Link, supplier: int) -> IndexedLink:
    is_sure, first, last = days_of(link)
    return IndexedLink(
        link=link.key,
        supplier=supplier,
        customer=link.customer,
        kind=kind_number(link.kind),
        is_sure=is_sure,
        first=first,
        last=last,
    )


def _every_link() -> Iterator[IndexedLink]:
    stated: list[IndexedGround] = []
    rows = SupplyLink.objects.filter(withdrawn_at=None).select_related("supplier").order_by("pk")
    for row in rows.iterator(chunk_size=CHUNK):
        links, grounds = indexed(row)
        stated += grounds
        yield from links
    IndexedGround.objects.bulk_create(stated, batch_size=CHUNK)


def _insert(model: type[Any], rows: Iterable[Any]) -> None:
    waiting = iter(rows)
    while some := list(islice(waiting, CHUNK)):
        model.objects.bulk_create(some)
