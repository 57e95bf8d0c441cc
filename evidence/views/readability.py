"""How well each page of a paper can be read, and what a mail or an archive holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from entities.models import User
from evidence.domain.readability import Grade
from evidence.domain.scripts import script_label
from evidence.models import Document, Page

# Tag and words of each grade, worst first.
GRADES: dict[Grade, tuple[str, str]] = {
    Grade.UNREADABLE: ("failed", "Cannot be read: shows nothing"),
    Grade.POOR: ("look", "Hard to read"),
    Grade.BLANK: ("note", "Blank"),
    Grade.READABLE: ("done", "Readable"),
}
# Scripts are named where they make up more than this share of a page.
_NAMED = 0.05


@dataclass(frozen=True, slots=True)
class ReadablePage:
    """One line of the table of pages."""

    number: int
    tone: str
    label: str
    reasons: tuple[str, ...]
    how: str
    written_in: str
    needs_translation: bool


@dataclass(frozen=True, slots=True)
class Readable:
    """How well the pages of a paper can be read: in a sentence, and page by page."""

    said: str
    pages: list[ReadablePage]


def readable_pages(document: Document) -> Readable:
    """The table of pages. Waiting for machine reading, a silent page is not graded yet."""
    rows: list[ReadablePage] = []
    counts: dict[Grade, int] = dict.fromkeys(GRADES, 0)
    waiting = 0
    for page in document.pages.defer("text"):
        if document.state == Document.State.OCR and not page.has_text and page.looked_at is None:
            waiting += 1
            rows.append(ReadablePage(page.number, "wait", "Waiting to be read", (), "", "", False))
            continue
        found = page.readability
        counts[found.grade] += 1
        tone, label = GRADES[found.grade]
        rows.append(
            ReadablePage(
                page.number, tone, label, found.reasons, _how(page), _written_in(page), page.needs_translation
            )
        )
    said = [f"{count} {GRADES[grade][1].lower().partition(':')[0]}" for grade, count in counts.items() if count]
    if waiting:
        said.append(f"{waiting} waiting to be read from the picture")
    return Readable(", ".join(said), rows)


def _how(page: Page) -> str:
    if page.source == Page.Source.OCR and page.confidence is not None:
        return f"from the picture, {page.confidence:.0%} sure"
    return {Page.Source.TEXT: "text of the file", Page.Source.SHEET: "cells of a sheet"}.get(
        Page.Source(page.source), ""
    )


def _written_in(page: Page) -> str:
    total = sum(page.scripts.values()) or 1
    return ", ".join(script_label(script) for script, count in page.scripts.items() if count / total >= _NAMED)


def parts_in(document: Document, user: User) -> list[dict[str, Any]]:
    """The files in a mail or an archive, each with the document it became."""
    hashes = [one["sha256"] for one in document.attachments]
    rows = Document.objects.visible_to(user).filter(organization=document.organization_id, sha256__in=hashes)
    known = {row.sha256: row for row in rows}
    return [{**one, "document": known.get(one["sha256"])} for one in document.attachments]
