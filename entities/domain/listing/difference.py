"""How two versions of a list differ, entity by entity."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from entities.domain.listing.rows import ListRow, entity_key

ChangeKind = Literal[
    "added", "removed", "renamed", "re-dated", "alias added", "alias removed", "section added", "section left", "scope"
]
ORDER: tuple[ChangeKind, ...] = (
    "added",
    "removed",
    "renamed",
    "re-dated",
    "alias added",
    "alias removed",
    "section added",
    "section left",
    "scope",
)


@dataclass(frozen=True, slots=True)
class ListChange:
    """One thing that is not as it was: of which entity, in which section, before and after."""

    kind: ChangeKind
    key: str
    name: str
    section: str
    before: str
    after: str


def difference(old: Sequence[ListRow], new: Sequence[ListRow]) -> tuple[ListChange, ...]:
    """What changed between the rows printed in two versions; history does not count."""
    then, now = _entities(old), _entities(new)
    found = [change for key, rows in now.items() for change in _of_entity(key, then.get(key, []), rows)]
    for key in then.keys() - now.keys():
        first = then[key][0]
        found.append(ListChange("removed", key, first.name, _sections(then[key]), f"{first.first_effective_on}", ""))
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.kind), one.name.lower(), one.section)))


def _of_entity(key: str, old: Sequence[ListRow], new: Sequence[ListRow]) -> Iterable[ListChange]:
    name = new[0].name
    if not old:
        yield ListChange("added", key, name, _sections(new), "", f"{new[0].effective_on}")
        return
    then = {row.section: row for row in old}
    now = {row.section: row for row in new}
    for section in then.keys() & now.keys():
        before, after = then[section], now[section]
        if before.name != after.name:
            yield ListChange("renamed", key, after.name, section, before.name, after.name)
        if before.effective_on != after.effective_on:
            yield ListChange("re-dated", key, name, section, f"{before.effective_on}", f"{after.effective_on}")
    if not then.keys() & now.keys() and old[0].name != name:
        yield ListChange("renamed", key, name, _sections(new), old[0].name, name)
    for section in now.keys() - then.keys():
        yield ListChange("section added", key, name, section, "", f"{now[section].effective_on}")
    for section in then.keys() - now.keys():
        yield ListChange("section left", key, name, section, f"{then[section].effective_on}", "")
    # A name that moved between the name column and the aliases is no alias change.
    names_then, names_now = _names(old), _names(new)
    for one in names_now.keys() - names_then.keys() - {entity_key(row.name) for row in new}:
        yield ListChange("alias added", key, name, "", "", names_now[one])
    for one in names_then.keys() - names_now.keys():
        yield ListChange("alias removed", key, name, "", names_then[one], "")
    if _scope(old) != _scope(new):
        yield ListChange("scope", key, name, "", _scope(old), _scope(new))


def _entities(rows: Iterable[ListRow]) -> dict[str, list[ListRow]]:
    found: dict[str, list[ListRow]] = defaultdict(list)
    for row in rows:
        if row.is_current:
            found[row.entity_key].append(row)
    return found


def _names(rows: Iterable[ListRow]) -> dict[str, str]:
    return {entity_key(name): name for row in rows for name in (*row.aliases, row.name)}


def _sections(rows: Iterable[ListRow]) -> str:
    return "; ".join(sorted({row.section for row in rows}))


def _scope(rows: Iterable[ListRow]) -> str:
    """Only words that reach further; remarks about a row are no part of the listing."""
    parts = {part.strip() for row in rows for part in row.scope.split("//")}
    return "; ".join(sorted({part.lower() for part in parts if part.lower().startswith("and ")}))
