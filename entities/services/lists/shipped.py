"""The lists that come with the product, and rows of tables built like theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from entities import reference
from entities.domain.listing import ListRow, NativeName, entity_key
from entities.models import ListVersion


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where a list comes from, and when it was retrieved."""

    register: str
    label: str
    source: str
    source_url: str
    retrieved_on: date


UFLPA_LIST = ListSource(
    register=ListVersion.Register.UFLPA,
    label="UFLPA Entity List as shown on 9 July 2026",
    source="DHS, UFLPA Entity List (page last updated 14 January 2025), with superseded rows kept",
    source_url="https://www.dhs.gov/uflpa-entity-list",
    retrieved_on=date(2026, 7, 9),
)
WRO_LIST = ListSource(
    register=ListVersion.Register.WRO,
    label="CBP withhold release orders about Xinjiang, 9 July 2026",
    source="CBP, withhold release orders and findings",
    source_url="https://www.cbp.gov/trade/forced-labor/withhold-release-orders-and-findings",
    retrieved_on=date(2026, 7, 9),
)


def shipped_uflpa_rows() -> list[ListRow]:
    """The UFLPA Entity List as shipped, past rows included."""
    return [uflpa_row(row) for row in reference.listed_rows()]


def shipped_wro_rows() -> list[ListRow]:
    """CBP's withhold release orders about Xinjiang as shipped."""
    return [_wro_row(number, row) for number, row in enumerate(reference.wro_rows(), 1)]


def uflpa_row(row: dict[str, str]) -> ListRow:
    """A row of a table with the columns of the shipped one. Raises ``ValueError`` where a date is none."""
    return ListRow(
        row_id=row["list_id"],
        entity_key=row["entity_key"],
        name=row["name"],
        listed_as=row["listed_as"],
        aliases=_parts(row["aliases"]),
        native_names=tuple(cast("list[NativeName]", reference.native_names(row))),
        section=f"sec. {row['sublist']}",
        effective_on=date.fromisoformat(row["effective_date"]),
        first_effective_on=date.fromisoformat(row["entity_first_effective"]),
        removed_on=date.fromisoformat(row["removed_date"]) if row["removed_date"] else None,
        scope=row["scope_note"],
        location=row["location"],
        sector=row["sector"],
        citation=row["fr_citation"],
        document_number=row["fr_document"],
        source_url=row["source_url"],
        completeness=row["completeness"],
        is_current=row["row_status"] == "current",
    )


def _wro_row(number: int, row: dict[str, str]) -> ListRow:
    ordered_on = date.fromisoformat(row["order_date"])
    return ListRow(
        row_id=f"wro-{number}",
        entity_key=entity_key(row["name"]),
        name=row["name"],
        listed_as=row["listed_as"],
        aliases=_parts(row["aliases"]),
        native_names=tuple(NativeName(text=text, source="", confirmed=False) for text in _parts(row["name_zh"])),
        section=row["order_type"],
        effective_on=ordered_on,
        first_effective_on=ordered_on,
        removed_on=None,
        scope=f"Goods: {row['goods']}. {row['remarks']}".strip(),
        location="",
        sector=row["industry"],
        citation="",
        document_number="",
        source_url=row["source_url"],
        completeness="verbatim-source",
        is_current=row["status"] == "Active",
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
