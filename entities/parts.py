"""Many keys, a part at a time: a statement takes only so many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

AT_ONCE = 500  # keys in one statement


def parts_of(keys: Iterable[int], at_once: int = AT_ONCE) -> Iterator[list[int]]:
    """Keys in their order, as many at a time as one statement takes."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), at_once):
        yield ordered[start : start + at_once]
