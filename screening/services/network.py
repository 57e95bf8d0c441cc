"""The network upstream as the tracing takes it: standing supply links, and the lots of one shipment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from entities import reference
from entities.models import SupplyLink
from screening.domain.tracing import Link
from screening.models import LotTrace, TracedLot
from screening.reference import goods_kind


def links_to(customers: Iterable[int]) -> Iterable[SupplyLink]:
    """The standing links to customers, with their suppliers."""
    ids = sorted(customers)
    for start in range(0, len(ids), 500):
        rows = SupplyLink.objects.filter(customer__in=ids[start : start + 500], withdrawn_at=None)
        yield from rows.select_related("supplier").order_by("pk")


def link_of(row: SupplyLink) -> Link:
    """A supply link with what its words mean."""
    return Link(
        key=row.pk,
        supplier=row.supplier_id,
        customer=row.customer_id,
        kind=goods_kind(row.commodity, row.stage, row.hts_prefix, row.goods),
        stage=row.stage,
        goods=row.goods or row.commodity,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        is_disputed=row.is_disputed,
        from_xinjiang=is_in_xinjiang(row.origin),
        is_aggregate=row.supplier.is_aggregate,
    )


@lru_cache(maxsize=4096)
def is_in_xinjiang(origin: str) -> bool:
    """The words in which a statement says where material comes from name a place in Xinjiang."""
    return bool(origin) and bool(reference.gazetteer().scan(origin))


def lot_links(traces: Sequence[LotTrace]) -> dict[int, list[Link]]:
    """By customer who delivered it the lots of a shipment: the maker of the lot, else the supplier the trace names.

    The key of such a link is the negative of the input lot's: it stands in no table of links.
    """
    makers: dict[str, list[int]] = defaultdict(list)
    for trace in traces:
        for lot in _lots(trace, TracedLot.Direction.OUTPUT):
            makers[_same(lot.lot)].append(trace.maker_id)
    found: dict[int, list[Link]] = defaultdict(list)
    for trace in traces:
        for lot in _lots(trace, TracedLot.Direction.INPUT):
            suppliers = makers.get(_same(lot.lot)) or ([lot.supplier_id] if lot.supplier_id else [])
            for supplier in suppliers:
                if supplier != trace.maker_id:
                    found[trace.maker_id].append(_lot_link(lot, supplier, trace.maker_id))
    return found


def makers_of(line_number: int, traces: Sequence[LotTrace]) -> list[int]:
    """Who made the article of a line, by the traces: its lot came out there."""
    return list(
        dict.fromkeys(
            trace.maker_id
            for trace in traces
            for lot in _lots(trace, TracedLot.Direction.OUTPUT)
            if lot.line_number == line_number
        )
    )


def _lot_link(lot: TracedLot, supplier: int, customer: int) -> Link:
    return Link(
        key=-lot.pk,
        supplier=supplier,
        customer=customer,
        kind=goods_kind("", "", lot.hts_prefix, lot.goods),
        goods=f"lot {lot.lot}" + (f", {lot.goods}" if lot.goods else ""),
        is_traced=True,
    )


def _lots(trace: LotTrace, direction: str) -> list[TracedLot]:
    return [lot for lot in trace.lots.all() if lot.direction == direction]


def _same(lot: str) -> str:
    return "".join(lot.split()).casefold()
