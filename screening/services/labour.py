"""Words for a state labour scheme: in a party's own particulars, and in what a statement says of its deliveries."""

from __future__ import annotations

from collections.abc import Iterator

from entities.domain.facts import PartyFacts
from entities.models import SupplyLink
from screening.domain.rules import LabourWords
from screening.reference import labour_words_in


def words_of_party(facts: PartyFacts) -> Iterator[LabourWords]:
    """Where the name or the address of a party uses such words."""
    for name in ("name", "native_name", "address"):
        if words := labour_words_in(getattr(facts, name), facts.country):
            yield LabourWords(name, words)


def words_of_statement(row: SupplyLink) -> Iterator[tuple[str, str]]:
    """Where a supply link, or the paper it rests on, uses such words: the field, and the words."""
    for name in ("goods", "source"):
        if words := labour_words_in(getattr(row, name), row.supplier.country):
            yield name, words
