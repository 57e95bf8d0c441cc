"""Quantities in the units of the trade, brought to one measure where that can be done without guessing.

Pieces are never turned into kilograms, nor bales, rolls or cartons, unless the paper states the weight of one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MASS = "mass"
_EACH = re.compile(
    r"^\s*(?P<word>[^\d@(×x*]+?)\s*(?:of|@|\(|×|x|\*|each)\s*(?P<weight>\d[\d.,]*)\s*(?P<unit>[^\d\s)/]+)", re.I
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: ``factor`` units of its dimension's base (kg, pieces, m, litres) are in one."""

    code: str
    label: str
    dimension: str
    factor: Decimal


BARE = Unit("", "", "bare", Decimal(1))  # of a figure beside which no unit stands


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of a unit; ``each`` is the weight of one in kilograms where the paper states it."""

    value: Decimal
    unit: Unit
    each: Decimal | None = None

    @property
    def base(self) -> Decimal:
        """The value in the base unit of its dimension."""
        return self.value * self.unit.factor

    @property
    def mass(self) -> Decimal | None:
        """Its weight in kilograms: by the unit itself, or by a stated weight of one; None where neither is there."""
        if self.unit.dimension == MASS:
            return self.base
        return self.base * self.each if self.each is not None else None

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit.label}".rstrip()


@dataclass(frozen=True, slots=True)
class Units:
    """The words for units, English and Chinese, as the table of units names them."""

    by_word: Mapping[str, Unit]

    @classmethod
    def of(cls, rows: list[dict[str, str]]) -> Units:
        """The table of units as a vocabulary."""
        words: dict[str, Unit] = {}
        for row in rows:
            unit = Unit(row["unit"], row["label"], row["dimension"], Decimal(row["factor"]))
            for word in (row["unit"], *row["words"].split("|")):
                words[word.casefold()] = unit
        return cls(words)

    def unit(self, word: str) -> Unit | None:
        """The unit a paper means by this word; None where it is not known."""
        key = " ".join(word.casefold().replace(".", "").strip(" ()").split())
        return self.by_word.get(key) or self.by_word.get(key.removesuffix("s"))

    def quantity(self, value: str, word: str, each: Decimal | None = None) -> Quantity | None:
        """What a paper states; None where the figure or the unit is not known.

        ``bales of 218 kg`` or ``drums (230 kg)`` states the weight of one.
        """
        amount = number(value)
        if amount is None:
            return None
        stated = _EACH.match(word)
        if stated:
            unit, weight_unit = self.unit(stated["word"]), self.unit(stated["unit"])
            weight = number(stated["weight"])
            if unit and weight_unit and weight_unit.dimension == MASS and weight is not None:
                return Quantity(amount, unit, weight * weight_unit.factor / unit.factor)
        found = self.unit(word)
        return Quantity(amount, found, each) if found else None


def number(text: str) -> Decimal | None:
    """A plain decimal; None where the text is none."""
    try:
        found = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def comparable(one: Quantity, other: Quantity) -> tuple[Decimal, Decimal, str] | None:
    """Both in the same measure, with the name of it; None where that would be a guess.

    A figure without a unit is taken in the unit of the other, where both are of one size; else they may differ in it.
    """
    if BARE in (one.unit, other.unit):
        low, high = sorted((abs(one.value), abs(other.value)))
        label = other.unit.label or one.unit.label
        return (one.value, other.value, label) if high <= 3 * low else None
    if one.unit == other.unit:
        return one.value, other.value, one.unit.label
    if one.unit.dimension == other.unit.dimension:
        return one.base, other.base, base_label(one.unit)
    first, second = one.mass, other.mass
    return None if first is None or second is None else (first, second, "kg")


def plain(value: Decimal) -> str:
    """A figure as people write it: thousands parted, no zeros at the end."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def base_label(unit: Unit) -> str:
    """The base unit of its dimension: kg, pieces, m, L."""
    return _BASES.get(unit.dimension, unit.label)


_BASES = {MASS: "kg", "pieces": "pieces", "pairs": "pairs", "length": "m", "area": "m²", "volume": "L", "power": "W"}
