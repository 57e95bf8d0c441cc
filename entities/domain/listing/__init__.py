"""The UFLPA Entity List as printed: its cells, its rows, its history, and how two versions differ."""

from entities.domain.listing.cells import Cell, read_cell
from entities.domain.listing.difference import ListChange, difference
from entities.domain.listing.history import Merged, merge, rows_in_force
from entities.domain.listing.page import PageRows, rows_of_page
from entities.domain.listing.rows import ListRow, NativeName, entity_key

__all__ = [
    "Cell",
    "ListChange",
    "ListRow",
    "Merged",
    "NativeName",
    "PageRows",
    "difference",
    "entity_key",
    "merge",
    "read_cell",
    "rows_in_force",
    "rows_of_page",
]
