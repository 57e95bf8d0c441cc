"""What a replacement changes: the fields that differ between two versions of a paper, and what that makes of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from evidence.domain.papers import FieldRead, PaperRead

SAME, CLEARER, CORRECTED, MATERIAL, NEW = "same", "better_copy", "corrected_field", "material_change", "new_paper"
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of two versions: what the old one says and what the new one says; one of them may say nothing."""

    name: str
    line: int | None
    before: FieldRead | None
    after: FieldRead | None
    is_material: bool

    @property
    def is_contrary(self) -> bool:
        """Whether both say something, and not the same."""
        return self.before is not None and self.after is not None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A replacement compared with what it replaces."""

    kind: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Legibility:
    """How well a file could be read: pages that could not, and how sure the reading of the others is."""

    unread: int = 0
    confidence: float = 1.0


def compare(
    old: Sequence[PaperRead],
    new: Sequence[PaperRead],
    *,
    material: Collection[str],
    most_corrected: int,
    legibility: tuple[Legibility, Legibility] = (Legibility(), Legibility()),
) -> Comparison:
    """What a new file is to the one it is said to replace.

    A new paper shares neither type nor number with the old; a clearer copy says the same and more of it; a corrected
    field changes little of what the case rests on; anything else is a material change.
    """
    pairs = list(_pairs(old, new))
    if not pairs and old and new:
        return Comparison(NEW)
    found = [one for before, after in pairs for one in _differences(before, after, material)]
    contrary = [one for one in found if one.is_contrary]
    lost = [one for one in found if one.after is None and one.is_material]
    if any(one.is_material for one in contrary) or lost or len(contrary) > most_corrected or len(old) != len(pairs):
        kind = MATERIAL if old else CLEARER
    elif contrary:
        kind = CORRECTED
    else:
        before, after = legibility
        gained = any(one.before is None for one in found)
        clearer = gained or after.unread < before.unread or after.confidence > before.confidence + 0.02
        kind = CLEARER if clearer or not old else SAME
    return Comparison(kind, tuple(found[:MOST_SHOWN]))


def _pairs(old: Sequence[PaperRead], new: Sequence[PaperRead]) -> Iterator[tuple[PaperRead, PaperRead]]:
    """Old and new papers that are versions of each other: by type and number, then by type alone."""
    free = list(new)
    left = []
    for paper in old:
        number = _plain(paper.value("document_number"))
        match = next(
            (
                one
                for one in free
                if one.type == paper.type and number and _plain(one.value("document_number")) == number
            ),
            None,
        )
        if match is None:
            left.append(paper)
            continue
        free.remove(match)
        yield paper, match
    for paper in left:
        match = next((one for one in free if one.type == paper.type), None)
        if match is not None:
            free.remove(match)
            yield paper, match


def _differences(before: PaperRead, after: PaperRead, material: Collection[str]) -> Iterator[Difference]:
    olds, news = _stated(before), _stated(after)
    for key in sorted(olds.keys() | news.keys(), key=lambda one: (one[1], one[0])):
        old, new = olds.get(key), news.get(key)
        if old and new and is_same(old, new):
            continue
        line = (new or old).line  # type: ignore[union-attr]
        yield Difference(key[0], line, old, new, key[0] in material)


def _stated(paper: PaperRead) -> Mapping[tuple[str, str], FieldRead]:
    """Fields by name and by what names their line of goods: its part or lot, else its place in the order."""
    found: dict[tuple[str, str], FieldRead] = {}
    for one in paper.fields:
        if one.line is None:
            found.setdefault((one.name, ""), paper.one(one.name) or one)
    seen: dict[str, int] = {}
    for number, line in paper.lines():
        named = next((line[name].value for name in ("part", "lot", "serial", "goods") if name in line), str(number))
        seen[named] = seen.get(named, 0) + 1
        for name, one in line.items():
            found[name, f"{named} {seen[named]}"] = one
    return found


def is_same(one: FieldRead, other: FieldRead) -> bool:
    """Whether two fields say the same, however they write it."""
    if _plain(one.value) == _plain(other.value):
        return True
    try:
        return Decimal(one.value) == Decimal(other.value)
    except InvalidOperation:
        return False


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()
