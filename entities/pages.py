"""Pages of lists that grow without end: rows are counted up to a number, so a page of millions costs one of few."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST = 10_000


class LongPaginator(Paginator[Any]):
    """Numbered pages of the first rows. Whoever looks for one further back narrows the list by its filters."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST + 1].count())

    @cached_property
    def count(self) -> int:
        """How many rows can be turned to."""
        return min(self._counted, MOST)

    @property
    def is_cut(self) -> bool:
        """Whether there are rows no page shows."""
        return self._counted > MOST

    @property
    def total(self) -> int | str:
        """How many rows there are, as it is said."""
        return f"more than {MOST:,}" if self.is_cut else self.count
