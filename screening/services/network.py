"""The network upstream as the tracing takes it: standing supply links, and the lots of one shipment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import QuerySet

from entities import reference
from entities.models import SupplyLink
from entities.parts import parts_of
from entities.reference_tables import kept
from screening.domain.lots import same_lot
from screening.domain.tracing import Link
from screening.models import LotTrace, TracedLot
from screening.reference import goods_kind
from screening.services.labour import words_of_statement


def links_to(customers: Iterable[int], standing: QuerySet[SupplyLink] | None = None) -> Iterable[SupplyLink]:
    """The standing links to customers, with their suppliers; all of them, or those given."""
    links = SupplyLink.objects.filter(withdrawn_at=None) if standing is None else standing
    for some in parts_of(customers):
        rows = links.filter(customer__in=some)
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
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        is_disputed=row.is_disputed,
        from_xinjiang=is_in_xinjiang(row.origin),
        labour=tuple(words_of_statement(row)),
        is_aggregate=row.supplier.is_aggregate,
    )


@kept(4096)
def is_in_xinjiang(origin: str) -> bool:
    """The words in which a statement says where material comes from name a place in Xinjiang."""
    return bool(origin) and bool(reference.gazetteer().scan(origin))


def lot_links(traces: Sequence[LotTrace]) -> dict[int, list[Link]]:
    """By customer who delivered it the lots of a shipment: the maker of the lot, and the supplier the trace names.

    The key of such a link is the negative of the input lot's: it stands in no table of links. Its stage is the process
    at the maker of the lot.
    """
    makers = _makers(traces)
    found: dict[int, list[Link]] = defaultdict(list)
    for trace in traces:
        for lot in _lots(trace, TracedLot.Direction.INPUT):
            made = {step.maker_id: step.process for step in makers.get(same_lot(lot.lot), ()) if step.pk != trace.pk}
            if lot.supplier_id:
                made.setdefault(lot.supplier_id, "")
            for supplier, process in made.items():
                if supplier != trace.maker_id:
                    found[trace.maker_id].append(_lot_link(lot, supplier, trace.maker_id, process))
    return found


def traces_behind(line_number: int, named: Collection[int], traces: Sequence[LotTrace]) -> list[LotTrace]:
    """The steps whose lots went into the article of one line.

    They begin with the lots said to be that line, and with those that a maker named for the line put out, that are no
    other line and go into no further step; from there every input lot leads to the step that put it out.
    """
    makers = _makers(traces)
    used = {same_lot(lot.lot) for trace in traces for lot in _lots(trace, TracedLot.Direction.INPUT)}
    waiting = [
        trace
        for trace in traces
        if any(
            lot.line_number == line_number
            or (lot.line_number is None and trace.maker_id in named and same_lot(lot.lot) not in used)
            for lot in _lots(trace, TracedLot.Direction.OUTPUT)
        )
    ]
    found = {trace.pk: trace for trace in waiting}
    while waiting:
        for lot in _lots(waiting.pop(), TracedLot.Direction.INPUT):
            for step in makers.get(same_lot(lot.lot), ()):
                if step.pk not in found:
                    found[step.pk] = step
                    waiting.append(step)
    return [trace for trace in traces if trace.pk in found]


def makers_of(line_number: int, traces: Sequence[LotTrace]) -> dict[int, int]:
    """Who made the article of a line, by the traces, each with the lot of it that came out there."""
    return {
        trace.maker_id: lot.pk
        for trace in traces
        for lot in _lots(trace, TracedLot.Direction.OUTPUT)
        if lot.line_number == line_number
    }


def _makers(traces: Sequence[LotTrace]) -> dict[str, list[LotTrace]]:
    """The steps that put out each lot."""
    makers: dict[str, list[LotTrace]] = defaultdict(list)
    for trace in traces:
        for lot in _lots(trace, TracedLot.Direction.OUTPUT):
            makers[same_lot(lot.lot)].append(trace)
    return makers


def _lot_link(lot: TracedLot, supplier: int, customer: int, process: str) -> Link:
    return Link(
        key=-lot.pk,
        supplier=supplier,
        customer=customer,
        kind=goods_kind("", "", lot.hts_prefix, lot.goods),
        stage=process,
        goods=f"lot {lot.lot}" + (f", {lot.goods}" if lot.goods else ""),
        is_traced=True,
    )


def _lots(trace: LotTrace, direction: str) -> list[TracedLot]:
    return [lot for lot in trace.lots.all() if lot.direction == direction]
