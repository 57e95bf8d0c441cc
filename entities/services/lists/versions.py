"""Versions of a list: stored with their rows, read back as plain rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.listing import ListChange, ListRow, difference
from entities.models import Change, ListedEntity, Listing, ListVersion, User
from entities.services.changes import record_change
from entities.services.lists.shipped import (
    UFLPA_LIST,
    WRO_LIST,
    ListSource,
    shipped_uflpa_rows,
    shipped_wro_rows,
)

_FIELDS = [name for name in ListRow.__dataclass_fields__ if name != "entity_key"]


@transaction.atomic
def load_reference_lists(*, actor: User | None = None) -> list[ListVersion]:
    """Load and publish the lists that come with the product; a version already loaded is left as it is."""
    return [
        load_version(UFLPA_LIST, shipped_uflpa_rows(), actor=actor),
        load_version(WRO_LIST, shipped_wro_rows(), actor=actor),
    ]


@transaction.atomic
def load_version(source: ListSource, rows: Sequence[ListRow], *, actor: User | None) -> ListVersion:
    """Put a list that comes with the product in use. The same rows again are the version already stored.

    Whoever installs the product stands for these; a list loaded later needs a second person (``draft_version``).
    """
    known = ListVersion.objects.published().filter(register=source.register, rows_sha256=digest(rows)).first()
    if known is not None:
        return known
    version = store(source, rows, state=ListVersion.State.PUBLISHED, published_at=timezone.now())
    record_change(Change.Kind.LIST, [version.pk], note=f"{source.label} published")
    audit.record(Action.LIST_LOADED, actor=actor, target=version, after=figures(version))
    return version


def store(source: ListSource, rows: Sequence[ListRow], **fields: Any) -> ListVersion:
    """A version with its rows, and the entities that are new."""
    current = [row for row in rows if row.is_current]
    version = ListVersion.objects.create(
        register=source.register,
        label=source.label[:80],
        source=source.source[:300],
        source_url=source.source_url,
        retrieved_on=source.retrieved_on,
        rows_sha256=digest(rows),
        row_count=len(current),
        entity_count=len({row.entity_key for row in current}),
        **fields,
    )
    entities = _entities(source.register, rows)
    Listing.objects.bulk_create(
        Listing(version=version, entity=entities[row.entity_key], **{name: getattr(row, name) for name in _FIELDS})
        for row in rows
    )
    return version


def rows_of(version: ListVersion | None) -> list[ListRow]:
    """The rows of a stored version as plain values; none where there is no version."""
    if version is None:
        return []
    return [_row(row) for row in Listing.objects.filter(version=version).select_related("entity").order_by("pk")]


def difference_of(version: ListVersion) -> tuple[ListChange, ...]:
    """How a version differs from the one that was in use when it was loaded."""
    base = version.base
    if base is None and version.published_at is not None:
        base = ListVersion.objects.before(version)
    return difference(rows_of(base), rows_of(version))


def history_of(entity: ListedEntity) -> list[tuple[ListVersion, tuple[ListChange, ...]]]:
    """What each version put in use changed about an entity, the newest first."""
    own = Listing.objects.filter(entity=entity, version__published_at__isnull=False).select_related("entity")
    rows: dict[int, list[ListRow]] = {}
    for row in own.order_by("pk"):
        rows.setdefault(row.version_id, []).append(_row(row))
    found: list[tuple[ListVersion, tuple[ListChange, ...]]] = []
    before: list[ListRow] = []
    for version in ListVersion.objects.published().filter(register=entity.register).order_by("published_at", "pk"):
        now = rows.get(version.pk, [])
        if changes := difference(before, now):
            found.append((version, changes))
        before = now
    return found[::-1]


def figures(version: ListVersion) -> dict[str, Any]:
    """What the audit trail keeps of a version."""
    return {
        "rows": version.row_count,
        "entities": version.entity_count,
        "sha256": version.rows_sha256,
        "retrieved_on": f"{version.retrieved_on}",
    }


def digest(rows: Sequence[ListRow]) -> str:
    """The hash of the rows in one canonical order: a list printed in another order is the same list."""
    plain = sorted((asdict(row) for row in rows), key=lambda row: str(row["row_id"]))
    canonical = json.dumps(plain, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _row(row: Listing) -> ListRow:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {"aliases": tuple(row.aliases), "native_names": tuple(row.native_names)}
    return ListRow(entity_key=row.entity.key, **values)


def _entities(register: str, rows: Sequence[ListRow]) -> dict[str, ListedEntity]:
    """The entity of each key, made where it is new. Its name is the one printed on its current row."""
    names = {row.entity_key: row.name for row in sorted(rows, key=lambda row: row.is_current)}
    known = {entity.key for entity in ListedEntity.objects.filter(register=register, key__in=names)}
    ListedEntity.objects.bulk_create(
        ListedEntity(register=register, key=key, name=name) for key, name in names.items() if key not in known
    )
    return {entity.key: entity for entity in ListedEntity.objects.filter(register=register, key__in=names)}
