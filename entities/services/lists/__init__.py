"""The lists: load a version as a draft, put the shipped ones in use, read one as plain rows."""

from entities.domain.listing import ListRow
from entities.services.lists.drafts import ListFile, draft_version, read_list
from entities.services.lists.shipped import UFLPA_LIST, WRO_LIST, ListSource, shipped_uflpa_rows
from entities.services.lists.versions import (
    difference_of,
    history_of,
    load_reference_lists,
    load_version,
    rows_of,
    store,
)

__all__ = [
    "UFLPA_LIST",
    "WRO_LIST",
    "ListFile",
    "ListRow",
    "ListSource",
    "difference_of",
    "draft_version",
    "history_of",
    "load_reference_lists",
    "load_version",
    "read_list",
    "rows_of",
    "shipped_uflpa_rows",
    "store",
]
