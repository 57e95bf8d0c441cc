"""The words column headings are made of, in the languages of the files, and what each names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from screening.domain.intake.cells import compact, header_key
from screening.domain.intake.headings import bare_heading
from screening.domain.intake.places import Places

# Words that say nothing about what a column holds.
_FILLERS = frozenset(
    ("of", "the", "de", "del", "do", "da", "dos", "la", "el", "les", "des", "du", "le", "l", "d")
    + ("party", "parties", "format", "s", "and")
)
_LONGEST_HEADING = 80


@dataclass(frozen=True)
class ColumnName:
    """One heading seen in the trade, the field it names, and how willingly it is taken (1 first)."""

    field: str
    name: str
    language: str = "en"
    rank: int = 1


@dataclass(frozen=True)
class ColumnWord:
    """A word of a composed heading: a role (importer), an attribute (address) or a modifier (original format)."""

    kind: str
    value: str
    word: str


@dataclass(frozen=True)
class PartyHeading:
    """What a composed heading says: whose attribute it is, and in which version."""

    role: str
    attribute: str
    modifier: str = ""
    number: int = 0


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All that intake knows of words: headings, places, units. Read from data files by the caller."""

    names: tuple[ColumnName, ...] = ()
    words: tuple[ColumnWord, ...] = ()
    places: Places = field(default_factory=Places)
    mass_units: Mapping[str, Decimal] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> dict[str, ColumnName]:
        """The named headings by their letters and digits; the first of two equal ones wins."""
        found: dict[str, ColumnName] = {}
        for name in self.names:
            found.setdefault(compact(name.name), name)
        return found

    @cached_property
    def _words(self) -> dict[str, list[tuple[str, str]]]:
        """Per kind, (letters of the word, value), longest first so that “notify party” goes before “party”."""
        kinds: dict[str, list[tuple[str, str]]] = {}
        for word in self.words:
            kinds.setdefault(word.kind, []).append((header_key(word.word), word.value))
        return {kind: sorted(set(words), key=lambda word: -len(word[0])) for kind, words in kinds.items()}

    def named(self, header: str) -> ColumnName | None:
        """The known heading this one is, its unit, its currency or the number of a continued column put aside."""
        found = self.by_key.get(compact(header)) or self.by_key.get(compact(bare_heading(header)))
        if found is None and (numbered := re.fullmatch(r"(.+?) ?[1-9]", header_key(header))):
            found = self.by_key.get(compact(numbered[1]))
        return found

    def party_heading(self, header: str) -> PartyHeading | None:
        """Read a composed heading: ``Shipper Address (Original Format)``, ``IMPORTERNAME``, ``收货人地址``."""
        text = header_key(header)
        text, role = self._take("role", text)
        if not role:
            return None
        text, modifier = self._take("modifier", text)
        text, attribute = self._take("attribute", text)
        rest = [word for word in text.split() if word not in _FILLERS]
        number = int(rest.pop()) if rest and rest[-1].isdigit() and len(rest[-1]) == 1 else 0
        if rest:
            return None
        return PartyHeading(role, attribute or "name", modifier, number)

    def bare_attribute(self, header: str) -> PartyHeading | None:
        """An attribute without a role, ``ADDRESS`` or ``zip_code``: whose it is depends on the columns before it."""
        text, attribute = self._take("attribute", header_key(header))
        rest = [word for word in text.split() if word not in _FILLERS]
        number = int(rest.pop()) if rest and rest[-1].isdigit() and len(rest[-1]) == 1 else 0
        if not attribute or rest or attribute == "name":
            return None
        return PartyHeading("", attribute, "", number)

    def _take(self, kind: str, text: str) -> tuple[str, str]:
        """Find a word of this kind in a heading, and return the heading without it."""
        padded = f" {text} "
        for word, value in self._words.get(kind, ()):
            if f" {word} " in padded:
                return " ".join(padded.replace(f" {word} ", " ", 1).split()), value
        squeezed = text.replace(" ", "")
        for word, value in self._words.get(kind, ()):
            letters = word.replace(" ", "")
            # Headings run together (IMPORTERNAME) and languages without spaces: at either end of the heading.
            if len(letters) >= 4 or not letters.isascii():
                if squeezed.startswith(letters):
                    return squeezed[len(letters) :], value
                if squeezed.endswith(letters):
                    return squeezed[: -len(letters)], value
        return text, ""

    def recognises(self, header: str) -> bool:
        """Whether a cell reads like a column heading known here."""
        return bool(self.named(header) or self.party_heading(header) or self.bare_attribute(header))

    def recognised(self, cells: Iterable[str]) -> int:
        return sum(1 for cell in cells if cell.strip() and self.recognises(cell))
