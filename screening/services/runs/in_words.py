"""Rows of the lists as the rules take them and findings show them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from entities.matchers import KEPT
from entities.models import Listing, ListVersion
from screening.domain import rules
from screening.domain.orders import Order
from screening.reference import order_goods


def current_rows(version: ListVersion) -> list[Listing]:
    """One row per entity to show a finding with: a current row where there is one, the newest listing first."""
    rows: dict[int, Listing] = {}
    listings = Listing.objects.filter(version=version).select_related("entity")
    for row in listings.order_by("is_current", "effective_on", "pk"):
        rows[row.entity_id] = row
    return list(rows.values())


def rows_by_entity(version: ListVersion) -> Mapping[str, Listing]:
    """By entity the row a finding is shown with. A version never changes, so they are read once in a process."""
    return _rows_by_entity(version.pk, version.rows_sha256)


@lru_cache(maxsize=KEPT)
def _rows_by_entity(version_id: int, rows_sha256: str) -> Mapping[str, Listing]:
    return {row.entity.key: row for row in current_rows(ListVersion(pk=version_id))}


def list_rows_in_words(version: ListVersion) -> dict[str, rules.ListRow]:
    """By entity the row of a list version that a finding is shown with, as the rules take it."""
    return {row.entity.key: row_in_words(row) for row in current_rows(version)}


def row_in_words(row: Listing) -> rules.ListRow:
    return rules.ListRow(row.name, row.first_effective_on, row.section, row.citation)


def order_in_words(key: str, row: Listing) -> Order:
    """A withhold release order as the rules see it; its goods and remark stand in the scope, as printed."""
    printed, _, remark = row.scope.removeprefix("Goods: ").partition(". ")
    printed = printed.rstrip(".")
    return Order(
        key=key,
        name=row.name,
        ordered_on=row.first_effective_on,
        printed_goods=printed,
        goods=order_goods().get(printed),
        is_superseded="superseded by enforcement of UFLPA" in remark,
        ended_on=row.removed_on,
    )
