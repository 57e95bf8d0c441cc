"""The list as DHS publishes it: a page with one table per section."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from entities.domain.errors import Refused
from entities.domain.listing.cells import read_cell
from entities.domain.listing.rows import ListRow, entity_key, slug

_SECTION = re.compile(r"Section\s+2\(d\)\(2\)\(B\)\((?P<roman>i|ii|iv|v)\)")
_NAME_HEADINGS = {"name of entity", "entity name"}


@dataclass(frozen=True, slots=True)
class PageRows:
    """The rows of a page, what was doubtful in them, and the day the page says it was last changed."""

    rows: tuple[ListRow, ...]
    doubts: tuple[str, ...]
    updated_on: date | None


def rows_of_page(page: dict[str, Any], *, source_url: str) -> PageRows:
    """Read the tables of the page; a section is named in the paragraph before its table (sec. 2(d)(2)(B)).

    Raises ``Refused`` where the page ends early, holds no list, or its tables are not built as known.
    """
    if not page["is_complete"]:
        raise Refused("list_truncated", "The page ends in the middle. Save the whole page from DHS and load it again.")
    rows: list[ListRow] = []
    doubts: list[str] = []
    for number, table in enumerate(page["tables"], 1):
        section = _SECTION.findall(table["before"])
        heading = [cell.strip().lower() for cell in table["heading"]]
        if not section and not (heading and heading[0] in _NAME_HEADINGS):
            continue  # another table of the page
        if not section:
            raise Refused(
                "list_section", f"No section of the law is named before table {number}. Is this the DHS page?"
            )
        if len(heading) != 2 or heading[0] not in _NAME_HEADINGS or heading[1] != "effective date":
            raise Refused(
                "list_columns",
                f"Table {number} has the columns {', '.join(table['heading']) or 'none'}; the list prints the name of "
                "the entity, then the effective date.",
            )
        for cells in table["rows"]:
            row, doubt = _row(cells, section[-1], source_url)
            rows.append(row)
            doubts += [doubt] if doubt else []
    if not rows:
        raise Refused("list_empty", "There is no row of the list on this page.")
    return PageRows(tuple(rows), tuple(doubts), _updated(page["updated"]))


def _row(cells: Sequence[str], roman: str, source_url: str) -> tuple[ListRow, str]:
    if len(cells) != 2 or not cells[0].strip():
        raise Refused("list_row", f"A row of section ({roman}) cannot be read: {' | '.join(cells)[:200]}")
    cell = read_cell(cells[0])
    try:
        effective_on = datetime.strptime(" ".join(cells[1].split()), "%B %d, %Y").date()  # noqa: DTZ007 a day, no clock
    except ValueError as error:
        raise Refused("list_row", f"“{cells[1][:60]}” beside {cell.name} is no date. Nothing was loaded.") from error
    row = ListRow(
        row_id=f"uflpa-{roman}-{slug(cell.name)}",
        entity_key=entity_key(cell.name),
        name=cell.name,
        listed_as=" ".join(cells[0].split()),
        aliases=cell.aliases,
        native_names=(),
        section=f"sec. 2(d)(2)(B)({roman})",
        effective_on=effective_on,
        first_effective_on=effective_on,
        removed_on=None,
        scope=cell.scope_note,
        location="",
        sector="",
        citation="",
        document_number="",
        source_url=source_url,
        completeness="verbatim-source",
        is_current=True,
    )
    return row, f"{cell.name}: {cell.doubt}" if cell.doubt else ""


def _updated(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 a day, no clock
    except ValueError:
        return None
