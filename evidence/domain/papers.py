"""What stands on papers, and where: the shapes that readers fill, people correct and the rules of evidence ask.

A *document* is a file as it was sent. A *paper* is one paper of trade within it: an invoice, a bill of lading, a mill
certificate, on a range of its pages. What a paper says is a set of *fields*, each with the place it was read at, so
that every claim leads back to a page. The field names are those of ``evidence/data/fields.toml``, the types of paper
those of ``evidence/data/document_types.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, as shares of its width and height (0 to 1) from the top left corner of the upright page."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or an unbroken run of Chinese. ``confidence`` is below 1 only where a machine read it from a picture."""

    text: str
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; ``ref`` is its name in a workbook (``B12``), where it has no box on a page."""

    text: str
    box: Box | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with ruled lines, or the used part of a sheet. Each row holds as many cells as the table has columns."""

    rows: tuple[tuple[Cell, ...], ...]
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class PageContent:
    """One page as read: its text in reading order, its words with boxes, its tables.

    ``marks``: where ink stands that is neither word nor rule, as a signature; None where no picture was looked at.
    """

    number: int
    text: str
    words: tuple[Word, ...] = ()
    tables: tuple[Table, ...] = ()
    label: str = ""  # name of the sheet, where the page is a sheet
    marks: tuple[Box, ...] | None = None


def page_content(
    number: int, text: str, label: str, words: list[Any], tables: list[Any], marks: list[Any] | None = None
) -> PageContent:
    """A page out of its stored layout: words as [text, left, top, right, bottom, confidence], tables as rows of cells
    [text, box or name of the cell], marks as boxes."""
    return PageContent(
        number,
        text,
        tuple(Word(said, Box(*box), confidence) for said, *box, confidence in words),
        tuple(Table(tuple(tuple(_cell(*cell) for cell in row) for row in rows)) for rows in tables),
        label,
        None if marks is None else tuple(Box(*box) for box in marks),
    )


def _cell(text: str, place: list[float] | str | None) -> Cell:
    if isinstance(place, str):
        return Cell(text, ref=place)
    return Cell(text, Box(*place) if place else None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: page of the document, and the box on it or the cell of the sheet."""

    page: int
    box: Box | None = None
    cell: str = ""


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One thing a paper says.

    ``value`` is normalised: dates as ISO 8601, numbers as plain decimals, currencies as ISO 4217 codes, names with
    their spaces in order. ``text`` is what stands there. ``unit`` goes with quantities and weights, as written.
    ``line`` is the number of the line of goods it belongs to; None where it speaks for the whole paper.
    """

    name: str
    value: str
    text: str
    place: Place
    confidence: float = 1.0
    unit: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class PaperRead:
    """One paper within a document: its type (empty where unknown), its pages, what it says."""

    type: str
    first_page: int
    last_page: int
    fields: tuple[FieldRead, ...] = ()
    is_blank_form: bool = False
    confidence: float = 0.0  # of the type
    reasons: tuple[str, ...] = field(default=())  # why this type, in words

    def all(self, name: str) -> list[FieldRead]:
        """Every field of that name, those of lines of goods included."""
        return [one for one in self.fields if one.name == name]

    def one(self, name: str) -> FieldRead | None:
        """The field of that name that speaks for the whole paper, the surest first."""
        found = [one for one in self.fields if one.name == name and one.line is None]
        return max(found, key=lambda one: one.confidence, default=None)

    def value(self, name: str) -> str:
        """The normalised value of ``one``, empty where the paper does not say."""
        found = self.one(name)
        return found.value if found else ""

    def lines(self) -> Iterator[tuple[int, dict[str, FieldRead]]]:
        """The lines of goods in order: number, and its fields by name."""
        numbers = sorted({one.line for one in self.fields if one.line is not None})
        for number in numbers:
            yield number, {one.name: one for one in self.fields if one.line == number}


@dataclass(frozen=True, slots=True)
class CasePaper:
    """A paper in the file of a case: ``key`` names it (its number in the database), ``exhibit``: its number there."""

    key: int
    exhibit: int
    document: int
    file_name: str
    paper: PaperRead
    unreadable_pages: tuple[int, ...] = ()
    untranslated_pages: tuple[int, ...] = ()
    blacked_out_pages: tuple[int, ...] = ()  # to a large part

    @property
    def title(self) -> str:
        """How people are told which paper is meant; a record of the system bears no number of an exhibit."""
        if not self.exhibit:
            return self.file_name
        number = self.paper.value("document_number")
        return f"Exhibit {self.exhibit}" + (f" ({number})" if number else "")
