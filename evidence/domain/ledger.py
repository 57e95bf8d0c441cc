"""The arithmetic of a file: what went in, what could have come out, what is claimed, and the gap in figures.

Four questions, per lot and across stages (FAQ23 and the audits of 2024 ask for a mass balance): does a conversion
yield what is claimed of it; is more of a lot used than there is; does a plant claim more than it can make; does a
stock book close.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evidence.domain.alarms import Said
from evidence.domain.units import Quantity, base_label, plain

CONVERSION, LOT, CAPACITY, STOCK = "conversion", "lot", "capacity", "stock"


@dataclass(frozen=True, slots=True)
class Yield:
    """How much comes out of what goes in, as a share: published, or stated by a person for a case or a supplier."""

    process: str
    label: str
    low: Decimal
    high: Decimal
    source: str
    input_words: tuple[str, ...] = ()
    output_words: tuple[str, ...] = ()
    firm: str = ""  # only this supplier
    stated_by: str = ""  # who says so; empty where published
    is_verified: bool = False

    @property
    def words(self) -> str:
        """The range as people read it: ``33 % to 40 %``."""
        return f"{plain(self.low * 100)} % to {plain(self.high * 100)} %"

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Yield:
        """A row of the table of yields."""
        return cls(
            row["process"],
            row["label"],
            Decimal(row["low"]),
            Decimal(row["high"]),
            row["source"],
            tuple(row["input_words"].split("|")),
            tuple(row["output_words"].split("|")),
            is_verified=row["verified"] == "yes",
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity with the place it stands at, and the lot it belongs to."""

    quantity: Quantity
    said: Said
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger. ``gap``: by how much the claim exceeds what can be; None where nothing is to compare."""

    kind: str
    subject: str
    inputs: tuple[Figure, ...]
    outputs: tuple[Figure, ...]
    unit: str = ""
    available: Decimal | None = None  # the most there can be
    least: Decimal | None = None  # the least a conversion would give
    claimed: Decimal | None = None
    range: Yield | None = None
    why_not: str = ""  # why nothing could be compared

    @property
    def gap(self) -> Decimal | None:
        if self.available is None or self.claimed is None:
            return None
        return self.claimed - self.available

    def exceeds(self, tolerance: Decimal) -> bool:
        """More is claimed than can be, beyond the tolerance; a stock book may be off to either side."""
        if self.gap is None or self.available is None:
            return False
        gap = abs(self.gap) if self.kind == STOCK else self.gap
        return gap > abs(self.available) * tolerance


def conversion(
    subject: str, inputs: Sequence[Figure], outputs: Sequence[Figure], process: Yield | None
) -> Row:  # fmt: skip
    """What a process made of what: its output is at most its input times the highest yield (rule R5)."""
    sums = _in_one_measure(inputs, outputs)
    if sums is None:
        return Row(CONVERSION, subject, tuple(inputs), tuple(outputs), range=process, why_not=_UNITS)
    went_in, came_out, unit = sums
    if process is None:
        unknown = "The process is not known."
        return Row(CONVERSION, subject, tuple(inputs), tuple(outputs), unit, claimed=came_out, why_not=unknown)
    return Row(
        CONVERSION,
        subject,
        tuple(inputs),
        tuple(outputs),
        unit,
        available=went_in * process.high,
        least=went_in * process.low,
        claimed=came_out,
        range=process,
    )


def lot_use(lot: str, made: Sequence[Figure], used: Sequence[Figure]) -> Row:
    """How much of a lot is used in all, here and elsewhere, against how much of it there is (rule R6)."""
    sums = _in_one_measure(made, used)
    if sums is None:
        return Row(LOT, lot, tuple(made), tuple(used), why_not=_UNITS)
    return Row(LOT, lot, tuple(made), tuple(used), sums[2], available=sums[0], claimed=sums[1])


def capacity(firm: str, can: Figure, made: Sequence[Figure]) -> Row:
    """What a plant claims to have made in a period against what it says it can make in one."""
    sums = _in_one_measure([can], made)
    if sums is None:
        return Row(CAPACITY, firm, (can,), tuple(made), why_not=_UNITS)
    return Row(CAPACITY, firm, (can,), tuple(made), sums[2], available=sums[0], claimed=sums[1])


def stock(subject: str, opening: Figure, received: Figure, issued: Figure, closing: Figure) -> Row | None:
    """Opening stock plus receipts less issues is the closing stock."""
    inward = _in_one_measure([opening, received], [closing])
    outward = _in_one_measure([issued], [closing])
    if inward is None or outward is None or inward[2] != outward[2]:
        return None
    book = (opening, received, issued)
    return Row(STOCK, subject, book, (closing,), inward[2], available=inward[0] - outward[0], claimed=inward[1])


def process_of(
    texts_in: Iterable[str], texts_out: Iterable[str], yields: Sequence[Yield], firm: str = ""
) -> Yield | None:
    """The process that turns these goods into those; a range that a person stated for it comes first."""
    into, out = " ".join(texts_in).casefold(), " ".join(texts_out).casefold()
    found = [
        one
        for one in yields
        if one.firm in {"", firm}
        and any(word in into for word in one.input_words)
        and any(word in out for word in one.output_words)
    ]
    named = {one.process for one in found}
    if len(named) != 1:
        return None
    return max(found, key=lambda one: (bool(one.stated_by), bool(one.firm)))


def _in_one_measure(
    ones: Sequence[Figure], others: Sequence[Figure]
) -> tuple[Decimal, Decimal, str] | None:  # fmt: skip
    """The sums of both sides in one measure; None where a figure cannot be brought to it without guessing."""
    units = [figure.quantity.unit for figure in (*ones, *others)]
    if not ones or not others:
        return None
    if len(set(units)) == 1:
        first, second = (_sum([one.quantity.value for one in side]) for side in (ones, others))
        return first, second, units[0].label
    if len({one.dimension for one in units}) == 1:
        first, second = (_sum([one.quantity.base for one in side]) for side in (ones, others))
        return first, second, base_label(units[0])
    weights = [[figure.quantity.mass for figure in side] for side in (ones, others)]
    if any(weight is None for side in weights for weight in side):
        return None
    first, second = (_sum([weight for weight in side if weight is not None]) for side in weights)
    return first, second, "kg"


def _sum(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


_UNITS = "The units cannot be compared: the papers do not state what one piece weighs."
