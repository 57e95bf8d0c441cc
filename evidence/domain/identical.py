"""Is the chain of a shipment the one of a case decided before: the same parties at every stage, the same inputs.

What differs is named; nothing is carried over by itself. A stage without a party is never the same as another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evidence.domain.laid import ChainStep


@dataclass(frozen=True, slots=True)
class Part:
    """A party in a chain: where it stands and whom it supplies with what it makes there."""

    key: str
    label: str
    stage: str
    commodity: str
    country: str
    supplies: tuple[str, ...]
    is_gap: bool = False

    @property
    def place(self) -> str:
        return self.stage or "a stage that is not known"


def parts_of(steps: Iterable[ChainStep]) -> list[Part]:
    """The chain as it is compared: without the importation and the package."""
    return [
        Part(one.key, one.label, one.stage, one.commodity, one.country, tuple(sorted(one.supplies)), one.is_gap)
        for one in steps
        if one.is_of_chain
    ]


def parts_out_of(sealed: Iterable[Mapping[str, Any]]) -> list[Part] | None:
    """The chain as it was sealed with a decision; None where it was sealed before its parts were kept."""
    rows = list(sealed)
    if not rows or not all("supplies" in row for row in rows):
        return None
    return [
        Part(
            row["key"],
            row["label"],
            row["stage"],
            row["commodity"],
            row["country"],
            tuple(row["supplies"]),
            row["is_gap"],
        )
        for row in rows
    ]


def fingerprint(parts: Iterable[Part], goods: Collection[str]) -> str:
    """Equal for chains of the same parties, stages and inputs that make the same kinds of goods."""
    said = sorted([one.key, one.stage, one.commodity, one.country, list(one.supplies)] for one in parts)
    return hashlib.sha256(json.dumps([said, sorted(goods)]).encode()).hexdigest()


def differences(
    now: Iterable[Part], before: Iterable[Part], goods: Collection[str], before_goods: Collection[str]
) -> list[str]:
    """What sets a chain apart from one decided before, in sentences; none where they are identical."""
    ours, theirs = {one.key: one for one in now}, {one.key: one for one in before}
    found = [f"New: {one.label}, {one.place}." for key, one in ours.items() if key not in theirs and not one.is_gap]
    found += [f"No longer there: {one.label}, {one.place}." for key, one in theirs.items() if key not in ours]
    for key in ours.keys() & theirs.keys():
        one, other = ours[key], theirs[key]
        if (one.stage, one.commodity) != (other.stage, other.commodity):
            found.append(f"{one.label} stands at {one.place}; then at {other.place}.")
        if one.country != other.country:
            found.append(f"{one.label} is in {one.country or 'no known country'}; then in {other.country or 'none'}.")
        if one.supplies != other.supplies:
            names = [ours[to].label for to in one.supplies if to in ours and to not in other.supplies]
            gone = [theirs[to].label for to in other.supplies if to in theirs and to not in one.supplies]
            found += [f"{one.label} now delivers to {name}." for name in names]
            found += [f"{one.label} no longer delivers to {name}." for name in gone]
    found += [f"No party is declared: {one.label}." for one in ours.values() if one.is_gap]
    found += [f"Goods of another kind: heading {one}." for one in sorted(set(goods) - set(before_goods))]
    return sorted(one.replace("..", ".") for one in found)  # a name that ends in Ltd. brings its own full stop
