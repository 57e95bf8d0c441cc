"""The keys of suppliers' names, kept beside the index; and whom a change of the list can concern, found by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple

from django.db import connection
from django.db.models import Exists, OuterRef

from entities.domain.facts import PartyFacts
from entities.domain.matching import Matcher
from entities.domain.matching.keys import is_word, keys_of, number_of
from entities.domain.matching.seeking import Condition, Sought
from entities.many_rows import write_table
from entities.models import DeclaredParty, Site, Supplier
from screening.models import IndexedName, IndexedWord

CHUNK = 5000
ASKED_AT_ONCE = 10_000  # keys in one question to the database


def keep(suppliers: Iterable[int]) -> set[int]:
    """Write the keys of these suppliers as they are now. Returns those of which something else is known."""
    ids = sorted(suppliers)
    others: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        words: set[str] = set()
        before: dict[int, set[int]] = defaultdict(set)
        now: dict[int, set[int]] = defaultdict(set)
        for supplier, key in IndexedName.objects.filter(supplier__in=chunk).values_list("supplier", "key"):
            before[supplier].add(key)
        for supplier, key in _rows(_facts(chunk), words):
            now[supplier].add(key)
        moved = {pk for pk in chunk if before[pk] != now[pk]}
        IndexedName.objects.filter(supplier__in=moved).delete()
        write_table(
            IndexedName._meta.db_table, ("supplier", "key"), ((pk, key) for pk in sorted(moved) for key in now[pk])
        )
        if moved:
            IndexedWord.objects.bulk_create((IndexedWord(text=word) for word in sorted(words)), ignore_conflicts=True)
        others |= moved
    return others


def keep_all() -> None:
    """Write the keys of every supplier anew."""
    IndexedName.objects.all().delete()
    IndexedWord.objects.all().delete()
    words: set[str] = set()
    write_table(IndexedName._meta.db_table, ("supplier", "key"), _rows(_every_facts(), words))
    write_table(IndexedWord._meta.db_table, ("text",), ((word,) for word in sorted(words)))


def concerned(old: Matcher, new: Matcher) -> set[int]:
    """The suppliers whose answer can be another by the new list than by the old one; more may be found, not fewer."""
    sought = Sought(old, new)
    conditions = sought.among(_words())
    if sought.everybody:
        return set(Supplier.objects.values_list("pk", flat=True))
    return {supplier for condition in conditions for supplier in having(condition)}


def having(condition: Condition) -> set[int]:
    """The suppliers with a key of each of these."""
    rows = IndexedName.objects.all()
    first, *others = sorted(condition, key=len)
    for keys in others:
        rows = rows.filter(supplier__in=IndexedName.objects.filter(key__in=_numbers(keys)).values("supplier"))
    numbers = _numbers(first)
    found: set[int] = set()
    for start in range(0, len(numbers), ASKED_AT_ONCE):
        some = rows.filter(key__in=numbers[start : start + ASKED_AT_ONCE])
        found.update(some.values_list("supplier", flat=True))
    return found


def _words() -> list[str]:
    """All words of names, taken from the database as one text: as rows they would take several times as long."""
    together = "string_agg(text, chr(10))" if connection.vendor == "postgresql" else "group_concat(text, char(10))"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {together} FROM {IndexedWord._meta.db_table}")
        text = cursor.fetchone()[0]
    return text.split("\n") if text else []


def _numbers(keys: Iterable[str]) -> list[int]:
    return sorted(map(number_of, keys))


def _rows(facts: Iterable[tuple[int, list[PartyFacts]]], words: set[str]) -> Iterator[tuple[int, int]]:
    """The keys of suppliers as they are kept; their words are added to those given."""
    for supplier, parties in facts:
        keys = set[str]().union(*map(keys_of, parties))
        words.update(filter(is_word, keys))
        for key in (*keys, *map(_as_it_stands, parties)):
            yield supplier, number_of(key)


def _as_it_stands(party: PartyFacts) -> str:
    """A key of all that is said of a party, so that any change shows."""
    return "=" + "\x1f".join(astuple(party))


def _every_facts() -> Iterator[tuple[int, list[PartyFacts]]]:
    chunk: list[int] = []
    for pk in Supplier.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK):
        chunk.append(pk)
        if len(chunk) == CHUNK:
            yield from _facts(chunk)
            chunk = []
    yield from _facts(chunk)


def _facts(suppliers: list[int]) -> Iterator[tuple[int, list[PartyFacts]]]:
    """All that is asked of suppliers: their sites, and parties a person tied to them that are none of their sites."""
    found: dict[int, list[PartyFacts]] = defaultdict(list)
    for site in Site.objects.filter(supplier__in=suppliers):
        found[site.supplier_id].append(PartyFacts(**site.facts()))
    own = Site.objects.filter(supplier=OuterRef("supplier"), fingerprint=OuterRef("fingerprint"))
    for party in DeclaredParty.objects.filter(~Exists(own), supplier__in=suppliers):
        if party.supplier_id is not None:
            found[party.supplier_id].append(PartyFacts(**party.facts()))
    for pk, name, native_name in Supplier.objects.filter(pk__in=suppliers).values_list("pk", "name", "native_name"):
        yield pk, found[pk] or [PartyFacts(name=name, native_name=native_name)]
