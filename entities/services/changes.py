"""The change feed: services write what changed, screening reads it (screening/services/feed.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from entities.models import Change
from entities.services import jobs

_recorded: ContextVar[list[Change] | None] = ContextVar("changes recorded", default=None)


@contextmanager
def recorded() -> Iterator[list[Change]]:
    """The changes recorded inside, for who screens with them in the transaction that made them."""
    own: list[Change] = []
    before = _recorded.set(own)
    try:
        yield own
    finally:
        _recorded.reset(before)


def record_change(kind: Change.Kind, keys: Iterable[int | str], *, note: str = "") -> None:
    """Note that these rows changed, in the transaction that changed them, and ask for them to be screened again."""
    rows = [Change(kind=kind, key=str(key), note=note) for key in keys]
    if not rows:
        return
    Change.objects.bulk_create(rows, batch_size=1000)
    if (own := _recorded.get()) is not None:
        own += rows
    jobs.enqueue("feed", dedupe_key="feed")
    if kind in {Change.Kind.LIST, Change.Kind.NAME}:  # papers that were read are looked through for other names now
        jobs.enqueue("rescan", dedupe_key="rescan")
