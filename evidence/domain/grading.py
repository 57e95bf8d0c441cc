"""The reading of papers graded against what people read on them: field by field, types, packs parted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rapidfuzz import fuzz

from evidence.domain.papers import PaperRead
from evidence.domain.understanding.normalise import find_currency, find_date
from evidence.domain.understanding.vocabulary import squeezed

RIGHT, WRONG, MISSING = "right", "wrong", "missing"
ALIKE = 90.0  # of 100: two spellings of one name
_PARTS = re.compile(r"\s*[:,;+]\s*")


@dataclass(frozen=True, slots=True)
class Key:
    """How the words of an index are understood."""

    words: Mapping[str, Sequence[str]]  # of types
    columns: Mapping[str, Sequence[str]]
    countries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grade:
    """One file: each labelled column right, wrong or missing; its type and its parting, where the index says them."""

    fields: Mapping[str, str]
    type_is_right: bool | None
    parting_is_right: bool | None
    said: Mapping[str, str]  # what was read, by column


def grade(row: Mapping[str, str], papers: Sequence[PaperRead], key: Key) -> Grade:
    """A file of the index against the papers that were read from it.

    A label is right where a paper of the file says it; wrong where the papers say something else instead.
    """
    fields, said = {}, {}
    for column, names in key.columns.items():
        label = (row.get(column) or "").strip()
        if not label:
            continue
        values = [
            one
            for name in names
            for paper in papers
            for one in paper.all(name)
            if one.line is None or name in ("quantity", "origin")
        ]
        whole = [one.value for one in values if one.line is None]
        parts = [part.strip() for part in label.split(";") if part.strip()] if column == "doc_no" else [label]
        is_right = all(any(_is_same(column, part, one.value, key) for one in values) for part in parts)
        fields[column] = RIGHT if is_right else WRONG if whole else MISSING
        said[column] = " | ".join(dict.fromkeys(whole))[:120]
    words = row.get("type", "")
    kinds = types_of(words, key)
    parting = _parting_is_right(kinds, papers) if is_pack(words) else None
    said["type"] = ", ".join(f"{one.type or 'unknown'} {one.first_page}-{one.last_page}" for one in papers)[:300]
    return Grade(fields, _type_is_right(kinds, words, papers), parting, said)


def types_of(words: str, key: Key) -> list[Sequence[str]]:
    """The types that the words of an index name, in their order: one for a single paper, several for a pack."""
    text = words.casefold()
    if is_pack(words):
        text = re.sub(r"\([^)]*[a-z]{3}[^)]*\)", " ", text)
        text = text.partition("pack:")[2] or text.partition(",")[0]
    found: list[tuple[int, int, Sequence[str]]] = []
    for word in sorted(key.words, key=len, reverse=True):
        for match in re.finditer(rf"(?<![a-z]){re.escape(word)}s?(?![a-z])", text):
            if all(match.end() <= start or match.start() >= end for start, end, _ in found):
                times = re.match(r"\s*\((\d)\)", text[match.end() :])
                found += [(match.start(), match.end(), key.words[word])] * (int(times.group(1)) if times else 1)
    return [types for _, _, types in sorted(found, key=lambda one: one[0])]


def is_pack(words: str) -> bool:
    """Whether the words of an index name several papers in one file."""
    return "pack:" in words.casefold() or " + " in words


def _type_is_right(kinds: Sequence[Sequence[str]], words: str, papers: Sequence[PaperRead]) -> bool | None:
    if not kinds:
        return None
    if not papers:
        return "" in kinds[0]
    if words.startswith("BLANK"):
        return all(paper.is_blank_form for paper in papers)
    is_form = re.search(r"\bform\b", words.casefold()) is not None
    return any(papers[0].type in types for types in kinds) and (is_form or not papers[0].is_blank_form)


def _parting_is_right(kinds: Sequence[Sequence[str]], papers: Sequence[PaperRead]) -> bool | None:
    """For packs: as many papers as the index names, each of its type, in any order of the types."""
    left = list(kinds)
    for paper in papers:
        match = next((types for types in left if paper.type in types), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _is_same(column: str, label: str, value: str, key: Key) -> bool:
    if column == "doc_date":
        return (found := find_date(label)) is not None and found.value == value
    if column in ("total", "quantity"):
        return _number(label) is not None and _number(label) == _number(value)
    if column == "currency":
        return (code := find_currency(label)) is not None and code.value == value
    if column == "origin":
        return key.countries.get(squeezed(label), label.upper()) == value
    if column == "doc_no":
        return squeezed(label) == squeezed(value)
    return is_same_name(label, value)


def is_same_name(label: str, value: str) -> bool:
    """Whether a name is the one an index gives, but for spelling, an aside in brackets, or more of the same name."""
    one, other = (squeezed(re.sub(r"[(（][^)）]*[)）]", " ", text)) for text in (label, value))
    full = squeezed(label), squeezed(value)
    if not one or not other:
        return full[0] == full[1]
    if one == other or full[0] == full[1]:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= 4 and shorter in longer and len(shorter) >= 0.6 * len(longer):
        return True
    return (
        max(fuzz.ratio(one, other), fuzz.ratio(*full), fuzz.token_sort_ratio(label.casefold(), value.casefold()))
        >= ALIKE
    )


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
