"""Many keys, a part at a time: a statement takes only so many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

AT_ONCE = 500  # keys in one statement
MANY = 5000  # in one that reads a row of each by its key alone


Key = TypeVar("Key", int, str)


def parts_of(keys: Iterable[Key], at_once: int = AT_ONCE) -> Iterator[list[Key]]:
    """Keys in their order, as many at a time as one statement takes."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), at_once):
        yield ordered[start : start + at_once]
