"""What stands on one side of a tie: the values of its papers in a field, added up where they are sums.

What a machine read too faintly from a picture is not set against another paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.units import Quantity, Unit, Units, comparable, number

State = Literal["agrees", "breaks", "open"]
Papers = Sequence[CasePaper]


@dataclass(frozen=True, slots=True)
class Field:
    """How a field of ``links_to`` is compared: its label, the comparison, and the fields of papers it reads."""

    label: str
    how: str = "person"
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Within:
    """How far two sums may lie apart; empty ``fields`` or types fit all."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    fields: tuple[str, ...]
    how: str
    tolerance: str
    rule: str

    def fits(self, name: str, first: str, second: str) -> bool:
        return (not self.fields or name in self.fields) and all(
            not types or one in types for types, one in ((self.first, first), (self.second, second))
        )


@dataclass(frozen=True)
class Ways:
    """All that a comparison needs beside the papers.

    ``same_party``: whether two names are one firm, by the matching engine; None where that is open. ``contained``:
    pairs of types of which every lot of the first stands on the second.
    """

    fields: Mapping[str, Field]
    roles: Mapping[str, tuple[str, ...]]
    forward: Mapping[str, int]
    within: Sequence[Within]
    tolerances: Mapping[str, Decimal]
    units: Units
    same_party: Callable[[str, str], bool | None]
    contained: frozenset[tuple[str, str]] = frozenset()
    families: Mapping[str, str] = field(default_factory=dict)

    @property
    def faintest(self) -> float:
        return float(self.tolerances.get("read", Decimal(0)))


@dataclass(frozen=True, slots=True)
class Value:
    """What stands on one side, and the field it was read from."""

    paper: CasePaper
    read: FieldRead
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The answer, in words with both values; ``rule`` is that of reconciliation it applies."""

    state: State
    words: str
    left: tuple[Value, ...] = ()
    right: tuple[Value, ...] = ()
    rule: str = ""


def values(names: Sequence[str], papers: Papers, ways: Ways, *, lines: bool = True) -> list[Value]:
    """What the papers say under the first of these names, faint readings left out."""
    found = []
    for paper in papers:
        for name in names:
            reads = [
                one
                for one in paper.paper.all(name)
                if one.value and one.confidence >= ways.faintest and (lines or one.line is None)
            ]
            if reads:
                found += [Value(paper, one, one.text or one.value) for one in reads]
                break
    return found


def totals(how: Field, papers: Papers, side: str, ways: Ways) -> list[Value]:
    """What each paper says of itself as a whole, else all its lines; nothing where one of them is silent."""
    found: list[Value] = []
    for paper in papers:
        own: list[Value] = []
        for name in of_side(how, [paper], side, ways):
            reads = values([name], [paper], ways)
            whole = [one for one in reads if one.read.line is None]
            if own := whole[:1] or reads:
                break
        if not own:
            return []
        found += own
    return found


def of_side(how: Field, papers: Papers, side: str, ways: Ways) -> tuple[str, ...]:
    """Of a production record what went in or what came out, as the tie asks."""
    if side and ways.families.get(papers[0].paper.type) == "production":
        first = {"quantity": f"{side}_quantity", "net_weight": f"{side}_quantity", "lot": f"{side}_lot"}
        return tuple(dict.fromkeys((*(first[name] for name in how.reads if name in first), *how.reads)))
    return how.reads


def added(values: Sequence[Value], ways: Ways) -> Quantity | None:
    total: Quantity | None = None
    for one in values:
        unit = one.read.unit or one.paper.paper.value("currency")
        quantity = ways.units.quantity(one.read.value, unit) or _plain_amount(one.read.value, unit)
        if quantity is None:
            return None
        if total is None:
            total = quantity
            continue
        if total.unit != quantity.unit:
            pair = comparable(total, quantity)
            kilograms = ways.units.unit("kg")
            if pair is None or pair[2] != "kg" or kilograms is None:
                return None
            total = Quantity(pair[0] + pair[1], kilograms)
            continue
        total = Quantity(total.value + quantity.value, total.unit)
    return total


def _plain_amount(value: str, unit: str) -> Quantity | None:
    """An amount in a currency, or a figure in a unit that is compared only with itself."""
    amount = number(value)
    label = unit.strip()
    return (
        Quantity(amount, Unit(label.casefold(), label, f"as {label.casefold()}", Decimal(1)))
        if amount is not None
        else None
    )


def limit(name: str, left: CasePaper, right: CasePaper, ways: Ways) -> tuple[str, str, bool, Decimal]:
    """Rule, mode, whether the left is the one that may be less, and the share allowed."""
    for row in ways.within:
        for is_first, (one, other) in ((True, (left, right)), (False, (right, left))):
            if row.fits(name, one.paper.type, other.paper.type):
                return row.rule, row.how, is_first, ways.tolerances.get(row.tolerance, Decimal(0))
    return "", "equal", True, Decimal(0)
