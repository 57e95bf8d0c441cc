"""The lists: load a version, publish it, read it as the matcher needs it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit, reference
from entities.domain.actions import Action
from entities.models import Change, ListedEntity, Listing, ListVersion, User
from entities.services.changes import record_change


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where a list comes from, and when it was retrieved."""

    register: str
    label: str
    source: str
    source_url: str
    retrieved_on: date


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list as printed, with the dates that count."""

    row_id: str
    entity_key: str
    name: str
    listed_as: str
    aliases: tuple[str, ...]
    native_names: tuple[dict[str, Any], ...]
    section: str
    effective_on: date
    first_effective_on: date
    removed_on: date | None
    scope: str
    location: str
    sector: str
    citation: str
    document_number: str
    source_url: str
    completeness: str
    is_current: bool


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


@transaction.atomic
def load_reference_lists(*, actor: User | None = None) -> list[ListVersion]:
    """Load and publish the lists that come with the product; a version already loaded is left as it is."""
    return [
        load_version(UFLPA_LIST, [_uflpa_row(row) for row in reference.listed_rows()], actor=actor),
        load_version(
            WRO_LIST, [_wro_row(number, row) for number, row in enumerate(reference.wro_rows(), 1)], actor=actor
        ),
    ]


@transaction.atomic
def load_version(source: ListSource, rows: Sequence[ListRow], *, actor: User | None) -> ListVersion:
    """Store a list as a version of its own and publish it. The same rows again are the version already stored."""
    canonical = json.dumps([asdict(row) for row in rows], sort_keys=True, default=str, ensure_ascii=False)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    known = ListVersion.objects.filter(register=source.register, rows_sha256=digest).first()
    if known is not None:
        return known
    current = [row for row in rows if row.is_current]
    version = ListVersion.objects.create(
        register=source.register,
        label=source.label,
        source=source.source,
        source_url=source.source_url,
        retrieved_on=source.retrieved_on,
        rows_sha256=digest,
        row_count=len(current),
        entity_count=len({row.entity_key for row in current}),
        published_at=timezone.now(),
    )
    entities = _entities(source.register, rows)
    fields = [name for name in ListRow.__dataclass_fields__ if name != "entity_key"]
    Listing.objects.bulk_create(
        Listing(version=version, entity=entities[row.entity_key], **{name: getattr(row, name) for name in fields})
        for row in rows
    )
    record_change(Change.Kind.LIST, [version.pk], note=f"{source.label} published")
    audit.record(
        Action.LIST_LOADED,
        actor=actor,
        target=version,
        after={"rows": version.row_count, "entities": version.entity_count, "sha256": digest},
    )
    return version


def _entities(register: str, rows: Sequence[ListRow]) -> dict[str, ListedEntity]:
    """The entity of each key, made where it is new. Its name is the one printed on its current row."""
    names = {row.entity_key: row.name for row in sorted(rows, key=lambda row: row.is_current)}
    known = {entity.key for entity in ListedEntity.objects.filter(register=register, key__in=names)}
    ListedEntity.objects.bulk_create(
        ListedEntity(register=register, key=key, name=name) for key, name in names.items() if key not in known
    )
    return {entity.key: entity for entity in ListedEntity.objects.filter(register=register, key__in=names)}


def _uflpa_row(row: dict[str, str]) -> ListRow:
    return ListRow(
        row_id=row["list_id"],
        entity_key=row["entity_key"],
        name=row["name"],
        listed_as=row["listed_as"],
        aliases=_parts(row["aliases"], "|"),
        native_names=tuple(reference.native_names(row)),
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
        entity_key="".join(letter for letter in row["name"].lower() if letter.isalnum()),
        name=row["name"],
        listed_as=row["listed_as"],
        aliases=_parts(row["aliases"], "|"),
        native_names=tuple({"text": text, "source": "", "confirmed": False} for text in _parts(row["name_zh"], "|")),
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


def _parts(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())
