"""The change feed: services write what changed, screening reads it (screening/services/feed.py)."""

from __future__ import annotations

from collections.abc import Iterable

from entities.models import Change
from entities.services import jobs


def record_change(kind: Change.Kind, keys: Iterable[int | str], *, note: str = "") -> None:
    """Note that these rows changed, in the transaction that changed them, and ask for them to be screened again."""
    rows = [Change(kind=kind, key=str(key), note=note) for key in keys]
    if not rows:
        return
    Change.objects.bulk_create(rows, batch_size=1000)
    jobs.enqueue("feed", dedupe_key="feed")
    if kind in {Change.Kind.LIST, Change.Kind.NAME}:  # papers that were read are looked through for other names now
        jobs.enqueue("rescan", dedupe_key="rescan")
