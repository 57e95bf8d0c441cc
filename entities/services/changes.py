"""The change feed: services write what changed, screening reads it (screening/services/feed.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from entities.models import Change
from entities.services import jobs

GATHERING = timedelta(seconds=1)  # what was screened as it was declared is taken up with the others of a second
_waiting: ContextVar[list[Change] | None] = ContextVar("changes waiting", default=None)


@contextmanager
def together() -> Iterator[list[Change]]:
    """Store the changes recorded inside at its end, in their order; none where it ends by an exception.

    For who screens with them in the transaction that makes them.
    """
    rows: list[Change] = []
    before = _waiting.set(rows)
    try:
        yield rows
    finally:
        _waiting.reset(before)
    _store(rows)


def record_change(kind: Change.Kind, keys: Iterable[int | str], *, note: str = "") -> None:
    """Note that these rows changed, in the transaction that changed them, and ask for them to be screened again."""
    rows = [Change(kind=kind, key=str(key), note=note) for key in keys]
    if (waiting := _waiting.get()) is not None:
        waiting += rows
    else:
        _store(rows)


def _store(rows: Sequence[Change]) -> None:
    if not rows:
        return
    Change.objects.bulk_create(rows, batch_size=1000)
    _take_up(after=GATHERING if all(row.screened for row in rows) else timedelta())
    if any(row.kind in {Change.Kind.LIST, Change.Kind.NAME} for row in rows):
        jobs.enqueue("rescan", dedupe_key="rescan")  # papers that were read are looked through for other names now


def wake() -> bool:
    """Have changes taken up that nobody is asked to take up, and say whether there were such.

    A worker may take the job in line before a change is committed that counted on it, and see none.
    """
    is_waiting = Change.objects.filter(consumed_at=None).exists()
    if is_waiting:
        _take_up()
    return is_waiting


def _take_up(after: timedelta = timedelta()) -> None:
    jobs.enqueue("feed", dedupe_key="feed", after=after)
