"""What became of a document: its pages as read, and why something of it could not be read, said to its sender."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.domain.media import MAX_PAGES, MAX_TEXT_CHARACTERS, MediaType
from evidence.domain.papers import PageContent, page_content
from evidence.domain.problems import DAMAGED, EMPTY, NO_TEXT, RESOURCE_LIMIT, TOO_LARGE, Problem
from evidence.domain.readability import BADLY, text_quality

YES, PARTLY, NO = "yes", "partly", "no"
# Where the text of a page comes from.
TEXT, OCR, SHEET = "text", "ocr", "sheet"


@dataclass(frozen=True)
class PageRead:
    """One page, sheet or picture: its text as read, where its words stand, and in which scripts it is written.

    ``layout`` is the JSON of its words and tables, since a long file has too many to keep as objects. ``confidence``
    is that of words read from a picture.
    """

    number: int
    text: str
    has_text: bool
    images: int = 0
    blank: bool = False
    label: str = ""
    scripts: dict[str, int] = field(default_factory=dict)
    needs_translation: bool = False
    layout: str = ""
    size: tuple[float, float] | None = None
    turned: int = 0
    source: str = ""
    confidence: float | None = None
    blacked_out: float = 0.0

    @property
    def chars(self) -> int:
        return len(self.text)

    @property
    def words_and_tables(self) -> dict[str, list[Any]]:
        """Its words and tables, and the marks of one that was read from its picture."""
        return json.loads(self.layout) if self.layout else {"words": [], "tables": []}

    @property
    def content(self) -> PageContent:
        """The page in the shape in which papers are understood."""
        return page_content(self.number, self.text, self.label, **self.words_and_tables)


@dataclass(frozen=True)
class ReadResult:
    """What became of a document. ``readable`` is about text: a scan is kept although it says "no"."""

    media: MediaType | None
    pages: tuple[PageRead, ...] = ()
    page_count: int = 0
    problem: Problem | None = None
    notes: tuple[str, ...] = ()
    attachments: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0
    peak_memory_mb: float | None = None

    @property
    def readable(self) -> str:
        """``yes`` when every page has text or is blank, ``no`` when none has, else ``partly``."""
        readable = [page for page in self.pages if page.has_text]
        if not readable:
            return NO
        silent = self.page_count - len(readable) - sum(page.blank and not page.has_text for page in self.pages)
        unread = self.problem is not None and self.problem.code != NO_TEXT
        return PARTLY if silent > 0 or unread else YES

    @property
    def silent(self) -> list[int]:
        """The pages on which something stands, but no text a machine can take: none at all, or letters in no order."""
        return [
            page.number
            for page in self.pages
            if (not page.has_text and not page.blank) or (text_quality(page.text) or 1.0) < BADLY
        ]

    @property
    def is_kept_as_evidence(self) -> bool:
        """Whether a person can look at it: read, or a scan; not what is refused."""
        return self.readable != NO or (self.problem is not None and self.problem.code == NO_TEXT)

    @property
    def scripts(self) -> dict[str, int]:
        total: dict[str, int] = {}
        for page in self.pages:
            for script, count in page.scripts.items():
                total[script] = total.get(script, 0) + count
        return dict(sorted(total.items(), key=lambda item: -item[1]))

    @property
    def needs_translation(self) -> bool:
        """Whether any page is not mainly in Latin letters."""
        return any(page.needs_translation for page in self.pages)

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON, without the text of the pages."""
        return {
            "media_type": self.media.mime if self.media else None,
            "pages": self.page_count,
            "readable": self.readable,
            "problem": self.problem.as_dict() if self.problem else None,
            "languages": self.scripts,
            "needs_translation": self.needs_translation,
            "chars_per_page": [page.chars for page in self.pages],
            "pages_from_pictures": [page.number for page in self.pages if page.source == OCR],
            "notes": list(self.notes),
            "attachments": list(self.attachments),
            "seconds": self.seconds,
            "peak_memory_mb": self.peak_memory_mb,
        }


STOPPED = Problem(
    RESOURCE_LIMIT,
    "Reading the file took more memory or time than one file may use, so it was stopped.",
    "Print it to a new PDF (200 to 300 dpi) or split it into smaller files, and send those.",
)
BROKEN = Problem(
    DAMAGED,
    "The file is damaged inside and could not be read.",
    "Open it on your computer. If it opens, print it to a new PDF and send that; if not, ask for a new copy.",
)


def verdict(kind: MediaType, pages: Sequence[PageRead], page_count: int, *, looked: bool = False) -> Problem | None:
    """What cannot be read of a file whose reading came to its end; ``looked`` says that its pictures were read too."""
    if page_count > MAX_PAGES:
        return too_much(MAX_PAGES, page_count, "pages")
    silent = [page.number for page in pages if not page.has_text and not page.blank]
    if silent:
        return no_text(kind, silent, page_count, looked=looked)
    return None if any(page.has_text for page in pages) else nothing_in_it(kind)


# -- sentences for the sender ---------------------------------------------------------------------------------


def _numbers(pages: list[int]) -> str:
    """Page numbers as a person writes them: 1, 3 to 5."""
    runs: list[list[int]] = []
    for number in pages:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts[:12]) + (" and others" if len(parts) > 12 else "")


def no_text(kind: MediaType, silent: list[int], page_count: int, *, looked: bool = False) -> Problem:
    """Which pages hold no text. Before their pictures were read a machine may still find some."""
    one = len(silent) == 1
    if kind.code in ("jpeg", "png", "tiff") and page_count == 1:
        where, one = f"A {kind.label}", True
    elif len(silent) == page_count:
        where, one = "The file", True
    else:
        where = f"Page {silent[0]}" if one else f"Pages {_numbers(silent)}"
        where += f" of {page_count}"
    holds, it_is = ("holds", "it is") if one else ("hold", "they are")
    if looked:
        message = f"{where} {holds} nothing a machine could read, not even from the picture: a person must read it."
        return Problem(NO_TEXT, message, "Send a clearer scan (200 to 300 dpi), or the original file if you have it.")
    return Problem(
        NO_TEXT,
        f"{where} {holds} no text layer (scanned or drawn): {it_is} read from the picture, by machine or by a person.",
        "If you have the original file (PDF with text, Excel, Word), send that as well.",
    )


def nothing_in_it(kind: MediaType) -> Problem:
    where = {"xlsx": "No sheet of the workbook holds a value.", "xls": "No sheet of the workbook holds a value."}
    return Problem(
        EMPTY,
        where.get(kind.code, "Every page is blank: there is nothing to read or to see."),
        "Check the file on your computer and send the filled one.",
    )


def too_much(read: int, page_count: int, what: str) -> Problem:
    limit = f"{MAX_PAGES} pages" if what == "pages" else f"{MAX_TEXT_CHARACTERS:,} characters"
    return Problem(
        TOO_LARGE,
        f"Only the first {read} of {page_count} pages were read; up to {limit} of one file are read.",
        "Split it into several files and send those.",
    )


def stopped_at(problem: Problem, read: int, page_count: int) -> Problem:
    return Problem(
        problem.code,
        f"Reading stopped after page {read} of {page_count}. {problem.message}",
        problem.remedy,
    )
