"""The matcher of a list version, built from its rows once and kept.

A version never changes, so its matcher may live as long as the process.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from entities import reference
from entities.domain.facts import ListedName, ListedParty, NameKind
from entities.domain.matching import REACHES_FURTHER, Matcher
from entities.models import Listing, ListVersion

KEPT = 4  # versions in memory at a time: the current ones and those a past date is screened with


def matcher_for(version: ListVersion) -> Matcher:
    """The matcher over the rows of one list version."""
    return _matcher(version.pk, version.rows_sha256)


def matcher_of(listed: Iterable[ListedParty]) -> Matcher:
    """A matcher over any list of parties, with the shipped words and places."""
    return Matcher(tuple(listed), reference.gazetteer(), reference.vocabulary())


@lru_cache(maxsize=KEPT)
def _matcher(version_id: int, rows_sha256: str) -> Matcher:
    rows = Listing.objects.filter(version_id=version_id).select_related("entity").order_by("entity_id", "pk")
    return matcher_of(listed_parties(rows))


def listed_parties(rows: Iterable[Listing]) -> list[ListedParty]:
    """Merge the rows of an entity: an entity may stand in several sections, and under an older name before."""
    by_entity: dict[str, list[Listing]] = {}
    for row in rows:
        by_entity.setdefault(row.entity.key, []).append(row)
    return [_party(key, own) for key, own in by_entity.items()]


def _party(key: str, rows: list[Listing]) -> ListedParty:
    first = min(row.first_effective_on for row in rows)
    standing = [row for row in rows if row.removed_on is None]
    return ListedParty(
        key=key,
        names=tuple(_names(rows)),
        listed_from=first,
        listed_to=None if standing else max(row.removed_on for row in rows if row.removed_on),
        scope=next((words for row in standing or rows if (words := _scope_words(row.scope))), ""),
        location=next((row.location for row in standing or rows if row.location), ""),
    )


def _scope_words(scope: str) -> str:
    """The words of the list that reach beyond the entity itself, without remarks about the row."""
    parts = [part.strip() for part in scope.split("//")]
    return next((part for part in parts if REACHES_FURTHER.search(part)), "")


def _names(rows: list[Listing]) -> Iterable[ListedName]:
    """Each name once, for the longest time any row carries it.

    A printed date is reset when a row is renamed, so a name of a standing row counts from the first day of the entity:
    the entity was the same under either name.
    """
    ends: dict[tuple[str, NameKind], date | None] = {}
    details: dict[str, tuple[str, bool]] = {}
    for row in rows:
        named: list[tuple[str, NameKind]] = [(row.name, "listed")]
        named += [(alias, _alias_kind(alias, row)) for alias in row.aliases]
        for native in row.native_names:
            named.append((native["text"], "native"))
            known = details.get(native["text"])
            if known is None or (native["confirmed"] and not known[1]):
                details[native["text"]] = (native.get("source", ""), bool(native["confirmed"]))
        for name in named:
            if name not in ends:
                ends[name] = row.removed_on
            elif ends[name] is not None:
                ends[name] = None if row.removed_on is None else max(ends[name] or row.removed_on, row.removed_on)
    for (text, kind), end in ends.items():
        provenance, confirmed = details.get(text, ("", True)) if kind == "native" else ("", True)
        yield ListedName(text, kind, None, end, provenance, confirmed)


def _alias_kind(alias: str, row: Listing) -> NameKind:
    return "former" if "formerly known as" in row.scope and alias in row.scope else "alias"
