"""The lots of a shipment as its page shows them: the steps upstream, what they leave open, the documents sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from entities.domain.roles import Act
from entities.models import Supplier, User
from screening.domain.lots import Question, same_lot
from screening.lot_facts import facts_of_lots, questions_about
from screening.models import LotDocument, LotTrace, Shipment, ShipmentParty, TracedLot
from screening.services.epcis import ties_of

Direction = TracedLot.Direction
MOST_SHOWN = 200  # rows of one table on a page
OUTCOMES = {
    "step": "stored as a step",
    "delivery": "delivery",
    "packing": "packing",
    "in_error": "declared in error",
    "repeated": "told before",
    "withdrawn": "withdrawn by a person",
    "not_stored": "not stored",
    "nothing": "nothing to store",
}


@dataclass(frozen=True)
class Step:
    """A step of production, how far upstream its lots lead, and whether the reader may take it back."""

    trace: LotTrace
    depth: int
    inputs: list[TracedLot]
    outputs: list[TracedLot]
    may_withdraw: bool


@dataclass(frozen=True)
class Section:
    """All a page says of lots: the first steps, how many more there are, and the rest."""

    more: int = 0
    steps: list[Step] = field(default_factory=list)
    withdrawn: list[LotTrace] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)


def lots_of(shipment: Shipment, user: User) -> Section:
    """The lots of a shipment, as far as the reader may know them."""
    rows = LotTrace.objects.visible_to(user).filter(shipment=shipment)
    rows = rows.select_related("maker", "declared_by", "document", "withdrawn_by__person")
    # What became of its events is as long as the document, and would be read once for every step.
    rows = rows.defer("document__events", "document__remarks", "document__identifiers")
    traces = list(rows.prefetch_related("lots__supplier"))
    standing = [trace for trace in traces if trace.withdrawn_at is None]
    speaks_for = {shipment.owner_id, *(one.organization_id for one in user.active_memberships)}
    may_act = user.has_perm(Act.ADD_SHIPMENT)
    depths = depths_of(standing)
    steps = [
        Step(
            trace,
            depths[trace.pk],
            [lot for lot in trace.lots.all() if lot.direction == Direction.INPUT],
            [lot for lot in trace.lots.all() if lot.direction == Direction.OUTPUT],
            may_act and trace.declared_by_id in speaks_for,
        )
        for trace in standing
    ]
    return Section(
        steps=sorted(steps, key=lambda step: (step.depth, step.trace.pk))[:MOST_SHOWN],
        more=max(0, len(steps) - MOST_SHOWN),
        withdrawn=[trace for trace in traces if trace.withdrawn_at is not None],
        questions=questions_in(shipment, standing),
        documents=[_document(row) for row in LotDocument.objects.visible_to(user).filter(shipment=shipment)],
    )


def questions_in(shipment: Shipment, traces: Sequence[LotTrace]) -> list[Question]:
    """What these steps of a shipment leave open or contradict, as they stand now."""
    if not traces:
        return []
    parts = shipment.parties.filter(role__in=ShipmentParty.SOURCES).values_list("party__supplier", flat=True)
    numbers = list(shipment.lines.values_list("number", flat=True))
    return questions_about(facts_of_lots(traces, {pk for pk in parts if pk}), numbers)


def firms_about(shipment: Shipment, user: User) -> list[Supplier]:
    """The suppliers of a shipment's chain that the reader knows: what a maker or deliverer of a lot is chosen from."""
    named = shipment.parties.exclude(party__supplier=None).values_list("party__supplier", flat=True)
    screening = shipment.latest_screening
    upstream = [party["supplier"] for party in screening.facts.get("upstream", [])] if screening else []
    traces = LotTrace.objects.visible_to(user).filter(shipment=shipment)
    lots = TracedLot.objects.filter(trace__in=traces).exclude(supplier=None)
    wanted = {*named, *upstream, *traces.values_list("maker", flat=True), *lots.values_list("supplier", flat=True)}
    return list(Supplier.objects.visible_to(user).filter(pk__in=wanted, is_aggregate=False))


def depths_of(traces: Sequence[LotTrace]) -> dict[int, int]:
    """How many steps each lies upstream of the lots that go no further, counted from 1."""
    made: dict[str, list[LotTrace]] = {}
    used: set[str] = set()
    for trace in traces:
        for lot in trace.lots.all():
            if lot.direction == Direction.OUTPUT:
                made.setdefault(same_lot(lot.lot), []).append(trace)
            else:
                used.add(same_lot(lot.lot))
    step = [trace for trace in traces if not any(same_lot(lot.lot) in used for lot in _outputs(trace))] or list(traces)
    depths = {trace.pk: 1 for trace in step}
    depth = 1
    while step:
        depth += 1
        makers = {
            maker.pk: maker
            for trace in step
            for lot in trace.lots.all()
            if lot.direction == Direction.INPUT
            for maker in made.get(same_lot(lot.lot), [])
            if maker.pk not in depths
        }
        depths |= dict.fromkeys(makers, depth)
        step = list(makers.values())
    return {trace.pk: depths.get(trace.pk, depth) for trace in traces}


def summary_of(document: LotDocument) -> str:
    """What became of a document's events, in one sentence."""
    counts = Counter(event["outcome"] for event in document.events)
    told = [f"{counts[outcome]} {words}" for outcome, words in OUTCOMES.items() if counts[outcome]]
    events = f"{len(document.events)} event{'' if len(document.events) == 1 else 's'}"
    return f"{events}: {', '.join(told)}." if told else f"{events}."


def _outputs(trace: LotTrace) -> list[TracedLot]:
    return [lot for lot in trace.lots.all() if lot.direction == Direction.OUTPUT]


def _document(row: LotDocument) -> dict[str, Any]:
    known = ties_of(row.declared_by, row.identifiers)
    return {
        "row": row,
        "summary": summary_of(row),
        "untied": sum(identifier not in known for identifier in row.identifiers),
        "problems": sum(one["is_problem"] and one["code"] != "untied" for one in row.remarks),
    }
