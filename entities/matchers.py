"""The matcher of a list version, built from its rows once and kept.

A version never changes, nor does a basis or a state of the tables, so a matcher may live as long as the process.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from entities import office_names, reference, reference_tables
from entities.domain.facts import ListedName, ListedParty, NameKind
from entities.domain.matching import REACHES_FURTHER, Matcher
from entities.domain.names.scripts import has_han
from entities.models import Listing, ListVersion, ThresholdSet
from entities.office_names import OfficeName
from entities.prepared import Prepared
from entities.reference_tables import Tables

KEPT = 4  # lists in memory at a time: the current ones and those a past date is screened with

_ADOPTED_LAST = Prepared(lambda: ThresholdSet.objects.adopted().order_by("-settled_at", "-pk").only("pk")[:1])


@dataclass(frozen=True, slots=True)
class Basis:
    """What a comparison rests on beside the list and the engine: enough to make it again years later.

    ``thresholds``: the set in use, None for those the product ships with; ``names_up_to``: the last statement of the
    office on names of listed entities that counted.
    """

    thresholds: int | None = None
    names_up_to: int = 0

    @classmethod
    def in_use(cls) -> "Basis":
        adopted = _ADOPTED_LAST()
        return cls(adopted[0].pk if adopted else None, office_names.last_statement())


def matcher_for(version: ListVersion, basis: Basis | None = None) -> Matcher:
    """The matcher over the rows of one list version, on the basis in use now or the one given.

    It asks the database for the basis in use: keep the matcher where many parties are screened.
    """
    basis = basis or Basis.in_use()
    indexed = _indexed(version.pk, version.rows_sha256, basis.names_up_to, reference_tables.in_use())
    if basis.thresholds is None:
        return indexed
    return indexed.at(ThresholdSet.objects.get(pk=basis.thresholds).values)


def matcher_if(version: ListVersion, known: Mapping[str, Sequence[OfficeName]]) -> Matcher:
    """The matcher as it would be if these were the names the office knows, by entity. Not kept: none states them."""
    adopted = ThresholdSet.objects.in_use()
    built = _built(version.pk, known)
    return built.at(adopted.values) if adopted else built


def matcher_of(listed: Iterable[ListedParty]) -> Matcher:
    """A matcher over any list of parties, with the shipped words, places and thresholds."""
    return Matcher(tuple(listed), reference.gazetteer(), reference.vocabulary())


@lru_cache(maxsize=KEPT)
def _indexed(version_id: int, rows_sha256: str, names_up_to: int, tables: Tables) -> Matcher:
    register = ListVersion.objects.values_list("register", flat=True).get(pk=version_id)
    return _built(version_id, office_names.names_of(register, up_to=names_up_to))


def _built(version_id: int, known: Mapping[str, Sequence[OfficeName]]) -> Matcher:
    rows = Listing.objects.filter(version_id=version_id).select_related("entity").order_by("entity_id", "pk")
    return matcher_of(listed_parties(rows, known))


def listed_parties(
    rows: Iterable[Listing], known: Mapping[str, Sequence[OfficeName]] | None = None
) -> list[ListedParty]:
    """Merge the rows of an entity, and the names the office knows of it.

    An entity may stand in several sections, and under an older name before.
    """
    by_entity: dict[str, list[Listing]] = {}
    for row in rows:
        by_entity.setdefault(row.entity.key, []).append(row)
    return [_party(key, own, (known or {}).get(key, ())) for key, own in by_entity.items()]


def _party(key: str, rows: list[Listing], known: Sequence[OfficeName]) -> ListedParty:
    standing = [row for row in rows if row.removed_on is None]
    return ListedParty(
        key=key,
        names=tuple(_with_office_names(_names(rows), known)),
        periods=_periods(rows),
        scope=next((words for row in standing or rows if (words := _scope_words(row.scope))), ""),
        location=next((row.location for row in standing or rows if row.location), ""),
    )


def _periods(rows: list[Listing]) -> tuple[tuple[date, date | None], ...]:
    """The stretches of time in which any row lists the entity.

    Each row counts from the first date of the entity, since a rename, correction or move resets the printed one; an
    entity that had left the list and came back has a later first date in its new rows.
    """
    found: list[tuple[date, date | None]] = []
    for first, end in sorted(((row.first_effective_on, row.removed_on) for row in rows), key=lambda one: one[0]):
        if found and (found[-1][1] is None or first <= found[-1][1]):
            known = found[-1][1]
            found[-1] = (found[-1][0], None if known is None or end is None else max(known, end))
        else:
            found.append((first, end))
    return tuple(found)


def _with_office_names(listed: Iterable[ListedName], known: Sequence[OfficeName]) -> Iterable[ListedName]:
    """The names on the list, then those the office knows; one both have is confirmed where either says so."""
    own = {name.text: name for name in known}
    for name in listed:
        # A name that left the list counts on by the office's word.
        mine = own.pop(name.text, None) if name.valid_to is None else None
        if mine is not None and mine.confirmed and not name.confirmed:
            yield ListedName(name.text, name.kind, name.valid_from, name.valid_to, mine.source, by_office=True)
        else:
            yield name
    for mine in own.values():
        kind: NameKind = "native" if has_han(mine.text) else "alias"
        yield ListedName(mine.text, kind, None, None, mine.source, mine.confirmed, by_office=True)


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
