"""The lots of a shipment as a screening keeps them, and what they leave open for one who may know of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from screening.domain.lots import Lot, ProductionStep, Question, questions, same_lot
from screening.intake_words import vocabulary
from screening.models import LotTrace, TracedLot

Facts = list[dict[str, Any]]

# Customs writes pounds, kilograms and tons with these; on a production record they may be litres or pieces.
_AMBIGUOUS = {"L", "K", "E", "ET", "ST", "LT"}


def facts_of_lots(traces: Iterable[LotTrace], sources: Collection[int]) -> Facts:
    """The production steps of a shipment as plain values; ``sources`` are those who made or sold it by its papers."""
    return [
        {
            "trace": trace.pk,
            "declared_by": trace.declared_by_id,
            "maker": trace.maker_id,
            "is_source": trace.maker_id in sources,
            "made_on": trace.made_on.isoformat() if trace.made_on else "",
            "process": trace.process,
            "inputs": [_fact(lot) for lot in trace.lots.all() if lot.direction == TracedLot.Direction.INPUT],
            "outputs": [_fact(lot) for lot in trace.lots.all() if lot.direction == TracedLot.Direction.OUTPUT],
        }
        for trace in traces
    ]


def questions_about(facts: Facts, lines: Collection[int], declarers: Collection[int] | None = None) -> list[Question]:
    """What the steps leave open or contradict; ``declarers``: only of steps said by these organisations."""
    known = [one for one in facts if declarers is None or one["declared_by"] in declarers]
    steps = [
        ProductionStep(
            key=one["trace"],
            maker=one["maker"],
            inputs=tuple(_lot(lot) for lot in one["inputs"]),
            outputs=tuple(_lot(lot) for lot in one["outputs"]),
            made_on=date.fromisoformat(one["made_on"]) if one["made_on"] else None,
            process=one["process"],
        )
        for one in known
    ]
    sources = {one["maker"] for one in known if one["is_source"]}
    mass = {unit: kg for unit, kg in vocabulary().mass_units.items() if unit not in _AMBIGUOUS}
    return list(questions(steps, lines=lines, sources=sources, mass=mass))


def lot_of(row: TracedLot) -> Lot:
    """A stored lot as the rules take it."""
    return Lot(row.lot, row.goods, row.hts_prefix, row.quantity, row.unit, row.supplier_id, row.line_number)


def declarers_by_lot(facts: Sequence[dict[str, Any]]) -> dict[int, set[int]]:
    """By stored lot who said what leads to it: its own step, and for an input also the steps that put the lot out."""
    makers: dict[str, set[int]] = {}
    for step in facts:
        for lot in step["outputs"]:
            makers.setdefault(same_lot(lot["lot"]), set()).add(step["declared_by"])
    found: dict[int, set[int]] = {}
    for step in facts:
        found |= {lot["id"]: {step["declared_by"]} for lot in step["outputs"]}
        found |= {lot["id"]: {step["declared_by"], *makers.get(same_lot(lot["lot"]), ())} for lot in step["inputs"]}
    return found


def _fact(lot: TracedLot) -> dict[str, Any]:
    return {
        "id": lot.pk,
        "lot": lot.lot,
        "goods": lot.goods,
        "hts_prefix": lot.hts_prefix,
        "quantity": "" if lot.quantity is None else format(lot.quantity.normalize(), "f"),
        "unit": lot.unit,
        "supplier": lot.supplier_id,
        "line": lot.line_number,
    }


def _lot(fact: dict[str, Any]) -> Lot:
    return Lot(
        fact["lot"],
        fact["goods"],
        fact["hts_prefix"],
        Decimal(fact["quantity"]) if fact["quantity"] else None,
        fact["unit"],
        fact["supplier"],
        fact["line"],
    )
