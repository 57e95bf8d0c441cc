"""A list newly retrieved, joined with what was known before: an entity keeps its first day and its past names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from entities.domain.listing.rows import ListRow, entity_key, loose_key


@dataclass(frozen=True, slots=True)
class Merged:
    """All rows of the new version, past ones included, and what could not be decided."""

    rows: tuple[ListRow, ...]
    doubts: tuple[str, ...]


def merge(previous: Sequence[ListRow], fresh: Sequence[ListRow], *, changed_on: date) -> Merged:
    """The rows of a new version out of the list as retrieved and the version before.

    A printed date is reset when a row is renamed, corrected or moved, so an entity known before keeps its first
    effective date: goods imported since then were within the presumption all along (sec. 3(a)). A row that is no
    longer printed stays as history, up to the date of the row in its place, else up to ``changed_on``.
    """
    keys, doubts = _entities(previous, fresh)
    fresh = [replace(row, entity_key=keys[row.entity_key]) for row in fresh]
    first = _first_days(previous, fresh)
    standing = [row for row in previous if row.is_current]
    before = {row.place: row for row in standing}
    known = _by_entity(standing)
    rows: list[ListRow] = []
    for row in fresh:
        row = replace(row, first_effective_on=first[row.entity_key])
        old = before.get(row.place)
        if row.is_current and old is not None and old.printed == row.printed and not _has_details(row):
            row = replace(old, first_effective_on=row.first_effective_on)
        elif row.is_current and not _has_details(row) and row.entity_key in known:
            row = _with_details(row, old or known[row.entity_key][0])
        rows.append(row)
    past = [row for row in rows if not row.is_current]
    told = {(row.place, entity_key(row.name)) for row in past}
    identifiers = {row.row_id for row in rows}
    rows += [row for row in previous if not row.is_current and row.row_id not in identifiers]
    for old in standing:
        if (old.place, entity_key(old.name)) not in told and (ended := _ended(old, rows, before, changed_on)):
            rows.append(ended)
    return Merged(tuple(_numbered(rows)), doubts)


def rows_in_force(rows: Iterable[ListRow], on: date) -> list[ListRow]:
    """The rows as they were printed on a day; where the wording of that day is not kept, the row that followed."""
    by_entity = _by_entity(rows)
    found: list[ListRow] = []
    for own in by_entity.values():
        printed = [row for row in own if row.effective_on <= on and (row.removed_on is None or on < row.removed_on)]
        if not printed:
            stands = (
                row for row in own if row.first_effective_on <= on and (row.removed_on is None or on < row.removed_on)
            )
            printed = sorted(stands, key=lambda row: row.effective_on)[:1]
        found += printed
    return found


def _entities(previous: Sequence[ListRow], fresh: Sequence[ListRow]) -> tuple[dict[str, str], tuple[str, ...]]:
    """For each key of the new rows the key the entity is known by, by its name, else by a name it bore before."""
    own_names: dict[str, str] = {}
    for row in sorted(previous, key=lambda row: row.is_current):
        own_names[entity_key(row.name)] = own_names[row.entity_key] = row.entity_key
    keys = {row.entity_key: known for row in fresh if (known := own_names.get(row.entity_key))}
    gone = _by_entity(row for row in previous if row.is_current and row.entity_key not in set(keys.values()))
    doubts: list[str] = []
    claimed: dict[str, str] = {}
    for row in fresh:
        if row.entity_key in keys:
            continue
        ours, also = loose_key(row.name), {loose_key(alias) for alias in row.aliases}
        candidates = [
            key
            for key, old in gone.items()
            if also & {loose_key(one.name) for one in old}
            or ours in {loose_key(a) for one in old for a in one.aliases}
        ]
        keys[row.entity_key] = row.entity_key
        if len(candidates) == 1 and claimed.get(candidates[0], row.entity_key) == row.entity_key:
            keys[row.entity_key] = candidates[0]
            claimed[candidates[0]] = row.entity_key
        elif candidates:
            names = "; ".join(gone[key][0].name for key in candidates)
            doubts.append(f"{row.name} may be the new name of more than one entity ({names}); it is taken as new.")
    return keys, tuple(doubts)


def _first_days(previous: Sequence[ListRow], fresh: Sequence[ListRow]) -> dict[str, date]:
    """The first day of each entity. One that had left the list altogether begins again."""
    standing = {row.entity_key for row in previous if row.is_current}
    first: dict[str, date] = {}
    for row in [*(row for row in previous if row.entity_key in standing), *fresh]:
        first[row.entity_key] = min(first.get(row.entity_key, date.max), row.first_effective_on)
    return first


def _ended(
    old: ListRow, rows: Sequence[ListRow], before: dict[tuple[str, str], ListRow], changed_on: date
) -> ListRow | None:
    """A row that is not printed any more, as history; None where it still stands."""
    current = [row for row in rows if row.is_current and row.entity_key == old.entity_key]
    in_place = [row for row in current if row.section == old.section]
    if any(row.printed == old.printed for row in in_place):
        return None
    moved = [row for row in current if row.place not in before]
    dated = [row.effective_on for row in in_place or moved if row.effective_on > old.effective_on]
    ended_on = min(dated, default=max(changed_on, old.effective_on))
    return replace(old, row_id=f"{old.row_id}-until-{ended_on}", removed_on=ended_on, is_current=False)


def _has_details(row: ListRow) -> bool:
    """The row comes with what the page does not print: citation, place, sector, names in Chinese script."""
    return bool(row.citation or row.document_number or row.location or row.sector or row.native_names)


def _with_details(row: ListRow, old: ListRow) -> ListRow:
    cited = old if old.effective_on == row.effective_on else row
    return replace(
        row,
        native_names=old.native_names,
        location=old.location,
        sector=old.sector,
        citation=cited.citation,
        document_number=cited.document_number,
    )


def _by_entity(rows: Iterable[ListRow]) -> dict[str, list[ListRow]]:
    found: dict[str, list[ListRow]] = defaultdict(list)
    for row in rows:
        found[row.entity_key].append(row)
    return found


def _numbered(rows: Iterable[ListRow]) -> Iterable[ListRow]:
    """Row identifiers that occur once, in the order of the list."""
    seen: dict[str, int] = defaultdict(int)
    for row in sorted(rows, key=lambda row: (not row.is_current, row.section, row.name.lower(), row.effective_on)):
        seen[row.row_id] += 1
        yield row if seen[row.row_id] == 1 else replace(row, row_id=f"{row.row_id}-{seen[row.row_id]}")
