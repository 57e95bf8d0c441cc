"""Lots through production: what a step must say to be taken, and what the steps of a shipment together leave open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot that went into a step or came out of it; empty where the claim does not say.

    ``supplier``: who delivered an input lot. ``line_number``: the line of the shipment an output lot is.
    """

    lot: str
    goods: str = ""
    hts_prefix: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    supplier: int | None = None
    line_number: int | None = None


@dataclass(frozen=True, slots=True)
class ProductionStep:
    """A maker turned input lots into output lots. ``key`` tells steps apart."""

    key: int
    maker: int
    inputs: tuple[Lot, ...] = ()
    outputs: tuple[Lot, ...] = ()
    made_on: date | None = None
    process: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a step cannot be taken: which lot of which side, which field of it, and a sentence with the remedy."""

    side: str
    index: int | None
    field: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the steps of a shipment leave open or contradict, told of one lot."""

    code: str
    lot: str
    sentence: str


def same_lot(lot: str) -> str:
    """What two spellings of a lot number have in common: spaces and capitals do not count."""
    return "".join(lot.split()).casefold()


def faults(inputs: Sequence[Lot], outputs: Sequence[Lot], lines: Collection[int]) -> Iterator[Fault]:
    """Why a claimed step cannot be taken; nothing where it can."""
    if not outputs:
        yield Fault("outputs", None, "", "output_missing", "A step of production puts out at least one lot: name it.")
    for side, lots in (("inputs", inputs), ("outputs", outputs)):
        seen: set[str] = set()
        for index, lot in enumerate(lots):
            number = same_lot(lot.lot)
            if not number:
                yield Fault(side, index, "lot", "lot_missing", "A lot needs its lot or batch number.")
            elif number in seen:
                yield Fault(side, index, "lot", "lot_twice", f"Lot {lot.lot} stands here twice: name it once.")
            seen.add(number)
            if lot.quantity is not None and lot.quantity < 0:
                sentence = f"The quantity of lot {lot.lot} is below zero: send what was measured."
                yield Fault(side, index, "quantity", "quantity_negative", sentence)
            elif lot.quantity is not None and not lot.unit.strip():
                sentence = f"The quantity of lot {lot.lot} has no unit: say in what it is measured, for example kg."
                yield Fault(side, index, "unit", "unit_missing", sentence)
            if lot.line_number is not None and lot.line_number not in lines:
                known = ", ".join(str(number) for number in sorted(lines)) or "none"
                sentence = f"The shipment has no line {lot.line_number}. Its lines: {known}."
                yield Fault(side, index, "line", "unknown_line", sentence)


def questions(
    steps: Sequence[ProductionStep], *, lines: Collection[int], sources: Collection[int], mass: Mapping[str, Decimal]
) -> tuple[Question, ...]:
    """What the steps of one shipment leave open or contradict, in their order.

    ``sources``: who made or sold the goods by the shipment itself. ``mass``: kilograms of each unit of mass.
    """
    made: dict[str, list[ProductionStep]] = defaultdict(list)
    used: dict[str, list[tuple[ProductionStep, Lot]]] = defaultdict(list)
    for step in steps:
        for lot in step.outputs:
            made[same_lot(lot.lot)].append(step)
        for lot in step.inputs:
            used[same_lot(lot.lot)].append((step, lot))
    found: list[Question] = []
    untraced: set[str] = set()
    for step in steps:
        found += _balance(step, mass)
        for lot in step.inputs:
            number = same_lot(lot.lot)
            before = [other for other in made[number] if other.key != step.key]
            if not before and lot.supplier is None and number not in untraced:
                untraced.add(number)
                sentence = f"The origin of lot {lot.lot} is not traced: no step put it out and no supplier is named."
                found.append(Question("origin_not_traced", lot.lot, sentence))
            found += (_order(step, lot, other) for other in before if _is_before(step, other))
        for lot in step.outputs:
            number = same_lot(lot.lot)
            makers = {other.maker for other in made[number]}
            if len(makers) > 1 and made[number][0].key == step.key:
                sentence = f"Lot {lot.lot} is said to come from {len(makers)} makers: one of the steps is wrong."
                found.append(Question("made_twice", lot.lot, sentence))
            if lot.line_number is not None and lot.line_number not in lines:
                sentence = f"Lot {lot.lot} is said to be line {lot.line_number}, which the shipment does not have."
                found.append(Question("unknown_line", lot.lot, sentence))
            if not used[number] and lot.line_number is None and step.maker not in sources:
                sentence = f"Lot {lot.lot} goes into no further step and is tied to no line of the shipment."
                found.append(Question("leads_nowhere", lot.lot, sentence))
            found += _use(lot, [one for _, one in used[number]], mass)
    return tuple(found)


def in_sentences(found: Sequence[Question], most: int = 20) -> list[str]:
    """The questions as what the reader of a result must know; beyond the first so many only how many more."""
    sentences = [f"LOTS: {one.sentence}" for one in found[:most]]
    rest = len(found) - most
    return [*sentences, f"LOTS: {rest} more questions about lots."] if rest > 0 else sentences


def _balance(step: ProductionStep, mass: Mapping[str, Decimal]) -> Iterator[Question]:
    """More came out than went in: told only where every input was weighed."""
    went_in = [_kilograms(lot, mass) for lot in step.inputs]
    came_out = sum((kg for lot in step.outputs if (kg := _kilograms(lot, mass)) is not None), Decimal(0))
    if not went_in or None in went_in:
        return
    total = sum((kg for kg in went_in if kg is not None), Decimal(0))
    if came_out > total:
        first = step.outputs[0].lot
        yield Question(
            "more_out_than_in",
            first,
            f"More came out than went in: {_number(came_out)} kg from {_number(total)} kg, "
            f"in the step that put out lot {first}.",
        )


def _use(lot: Lot, uses: Sequence[Lot], mass: Mapping[str, Decimal]) -> Iterator[Question]:
    """More of a lot went on than came out of the step that made it."""
    if lot.quantity is None or not uses:
        return
    made, went_on, unit = _kilograms(lot, mass), Decimal(0), "kg"
    if made is None:
        made, unit = lot.quantity, lot.unit
    for use in uses:
        used = (
            _kilograms(use, mass) if unit == "kg" else use.quantity if same_lot(use.unit) == same_lot(unit) else None
        )
        if used is None:
            return
        went_on += used
    if went_on > made:
        yield Question(
            "more_used_than_made",
            lot.lot,
            f"More of lot {lot.lot} went on than came out: {_number(went_on)} {unit} of {_number(made)} {unit}.",
        )


def _is_before(step: ProductionStep, other: ProductionStep) -> bool:
    return step.made_on is not None and other.made_on is not None and step.made_on < other.made_on


def _order(step: ProductionStep, lot: Lot, other: ProductionStep) -> Question:
    first = step.outputs[0].lot if step.outputs else ""
    return Question(
        "made_before_input",
        first,
        f"Lot {first} was made on {step.made_on:%-d %B %Y}, before its input lot {lot.lot} was "
        f"({other.made_on:%-d %B %Y}).",
    )


def _kilograms(lot: Lot, mass: Mapping[str, Decimal]) -> Decimal | None:
    factor = mass.get(lot.unit.strip().upper())
    return None if lot.quantity is None or factor is None else lot.quantity * factor


def _number(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.001')).normalize():,f}"
