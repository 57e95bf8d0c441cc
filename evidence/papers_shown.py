"""The papers of a file as people see them: type, pages, fields with their places, and what was corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from entities.models import User
from evidence import reference
from evidence.domain.versions import CLEARER, CORRECTED, MATERIAL, NEW, SAME
from evidence.models import Document, Exhibit, Paper, PaperField
from evidence.paper_json import paper_json
from evidence.services import versions
from evidence.services.papers import paper_read
from screening.models import Case

LINES = 20  # of goods, shown at once on the page of a file

KINDS_OF_REPLACEMENT = {
    SAME: ("note", "The same", "It says what the file it replaces says."),
    CLEARER: ("done", "Clearer copy", "It says the same, and more of it can be read."),
    CORRECTED: (
        "look",
        "Corrected field",
        "Little differs, and nothing that says who sold what to whom, or how much.",
    ),
    MATERIAL: (
        "look",
        "Material change",
        "It differs in parties, goods, quantities, amounts or origin, or in much else.",
    ),
    NEW: ("look", "New paper", "It holds no paper of the type or number of the file it is said to replace."),
}


@dataclass(slots=True)
class FieldShown:
    """One field: its name, what is read, where it stands, and what was said before."""

    row: PaperField
    label: str
    earlier: list[PaperField] = field(default_factory=list)

    @property
    def value(self) -> str:
        return f"{self.row.value} {self.row.unit}".strip()

    @property
    def written(self) -> str:
        """What stands there, where the value is not the same letters."""
        return self.row.text if self.row.text not in ("", self.row.value, self.value) else ""

    @property
    def url(self) -> str:
        return f"{reverse('document-detail', args=[self.row.paper.document_id])}?page={self.row.page_number}#page"

    @property
    def place(self) -> str:
        return f"p. {self.row.page_number}" + (f", cell {self.row.cell}" if self.row.cell else "")

    @property
    def is_struck(self) -> bool:
        return self.row.author_id is not None and not self.row.value


@dataclass(slots=True)
class PaperShown:
    """One paper: its type and pages, the fields of the whole, and its lines of goods as a table."""

    row: Paper
    label: str
    fields: list[FieldShown] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    lines: list[tuple[int, list[FieldShown | None]]] = field(default_factory=list)

    @property
    def pages(self) -> str:
        first, last = self.row.first_page, self.row.last_page
        return f"page {first}" if first == last else f"pages {first} to {last}"

    @property
    def first_lines(self) -> list[tuple[int, list[FieldShown | None]]]:
        return self.lines[:LINES]

    @property
    def number(self) -> str:
        return next((one.row.value for one in self.fields if one.row.name == "document_number"), "")


def type_label(code: str) -> str:
    """What people call a type of paper."""
    known = reference.document_types().get(code)
    return known.label if known else "Type not recognised"


def field_label(name: str) -> str:
    return str(reference.table_of("fields.toml").get(name, {}).get("label", name))


def shown_papers(document: Document) -> list[PaperShown]:
    """The papers of a file as they stand now."""
    return shown(list(document.papers.standing().select_related("author", "document")))


def shown(papers: Sequence[Paper]) -> list[PaperShown]:
    """These papers with their fields, each field with what was said before it."""
    labels = {name: entry["label"] for name, entry in reference.table_of("fields.toml").items()}
    rows = PaperField.objects.filter(paper__in=papers).select_related("author", "paper__document").order_by("pk")
    by_paper: dict[int, list[PaperField]] = defaultdict(list)
    for row in rows:
        by_paper[row.paper_id].append(row)
    return [_shown(paper, by_paper[paper.pk], labels) for paper in papers]


def _shown(paper: Paper, rows: Sequence[PaperField], labels: dict[str, str]) -> PaperShown:
    by_key = {row.pk: row for row in rows}
    replaced = {row.replaces_id for row in rows}
    found = PaperShown(paper, type_label(paper.type))
    by_line: dict[int, dict[str, FieldShown]] = defaultdict(dict)
    for row in rows:
        if row.pk in replaced:
            continue
        one = FieldShown(row, labels.get(row.name, row.name), _earlier(row, by_key))
        if row.line is None:
            found.fields.append(one)
        else:
            by_line[row.line][row.name] = one
    order = list(labels)
    found.fields.sort(key=lambda one: order.index(one.row.name) if one.row.name in labels else len(order))
    names = sorted({name for line in by_line.values() for name in line}, key=lambda name: _column(name, order))
    found.columns = [(name, labels.get(name, name)) for name in names]
    found.lines = [(number, [by_line[number].get(name) for name in names]) for number in sorted(by_line)]
    return found


def _earlier(row: PaperField, by_key: dict[int, PaperField]) -> list[PaperField]:
    earlier: list[PaperField] = []
    while row.replaces_id is not None and row.replaces_id in by_key:
        row = by_key[row.replaces_id]
        earlier.append(row)
    return earlier


_FIRST = ("part", "goods", "hts", "lot", "quantity", "unit_price", "amount", "net_weight", "gross_weight")


def _column(name: str, order: Sequence[str]) -> tuple[int, int]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), order.index(name) if name in order else 999)


def type_choices() -> list[tuple[str, Any]]:
    """The types of paper by family, for a list to choose from."""
    families: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in reference.document_types().values():
        families[one.family].append((one.code, one.label))
    return [
        ("", "Not a paper of trade, or not known"),
        *((family.capitalize(), sorted(types, key=lambda one: one[1])) for family, types in sorted(families.items())),
    ]


def field_choices() -> list[tuple[str, str]]:
    """The names of fields, for a list to choose from."""
    return sorted(
        ((name, entry["label"]) for name, entry in reference.table_of("fields.toml").items()), key=lambda one: one[1]
    )


@dataclass(frozen=True, slots=True)
class Replacing:
    """That an exhibit was sent in place of an earlier one, and what that makes of it, once it is read."""

    number: int
    tone: str = ""
    label: str = ""


def replacing_in(case: Case, user: User) -> dict[int, Replacing]:
    """The exhibits of a case that replace others, by document, as far as the reader may open both."""
    pairs = versions.replaced_in(case)
    exhibits = Exhibit.objects.openable_by(user).filter(case=case, document__in=[*pairs, *pairs.values()])
    known = {one.document_id: one for one in exhibits.select_related("document")}
    found = {}
    for new, old in pairs.items():
        if new not in known or old not in known:
            continue
        number, document = known[old].number, known[new].document
        if document.is_being_read:
            found[new] = Replacing(number)
            continue
        tone, label, _ = KINDS_OF_REPLACEMENT[versions.comparison(document, known[old].document).kind]
        found[new] = Replacing(number, tone, label)
    return found


def paper_of_document(paper: Paper) -> dict[str, Any]:
    """A stored paper as the API gives it, with who set it."""
    read = paper_json(paper_read(paper, PaperField.objects.standing().filter(paper=paper)))
    author = paper.author.full_name if paper.author else None
    return {"id": paper.pk, "label": type_label(paper.type), "set_by": author, **read}
