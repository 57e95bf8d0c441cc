"""Read one document that somebody sent: its kind, its pages, their text, or the reason why not.

``read_document`` never raises for what a file holds. The parsers themselves are imported only by the modules
beside this one, and those run only in the limited child process of ``entities.sandbox``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from entities.sandbox import IMAGE_LIMITS, PDF_LIMITS, SHEET_LIMITS, TEXT_LIMITS, Limits, Unreadable, run_reader
from evidence.domain.media import HEAD_BYTES, MAX_PAGES, MAX_TEXT_CHARACTERS, MAX_WORDS, MediaType, recognise
from evidence.domain.papers import PageContent, page_content
from evidence.domain.problems import DAMAGED, EMPTY, NO_TEXT, RESOURCE_LIMIT, TOO_LARGE, Problem
from evidence.domain.scripts import needs_translation, script_counts
from evidence.readers.answers import storable

Progress = Callable[[int, int], None]

YES, PARTLY, NO = "yes", "partly", "no"

# A scan often carries a line of machine-made text (a stamp, a page number) over the picture of the page.
FEWEST_LETTERS_BESIDE_A_PICTURE = 20
# One file may not hold a worker longer than this, however many pages it has.
WALL_SECONDS_PER_FILE = 300.0
_ONE_PAGE = replace(PDF_LIMITS, cpu_seconds=10, wall_seconds=20.0)

_READERS: dict[str, tuple[str, Limits]] = {
    "pdf": ("evidence.readers.pdf", PDF_LIMITS),
    "jpeg": ("evidence.readers.image", IMAGE_LIMITS),
    "png": ("evidence.readers.image", IMAGE_LIMITS),
    "tiff": ("evidence.readers.image", IMAGE_LIMITS),
    "xlsx": ("evidence.readers.sheet", SHEET_LIMITS),
    "xls": ("evidence.readers.sheet", SHEET_LIMITS),
    "docx": ("evidence.readers.docx", SHEET_LIMITS),
    "csv": ("evidence.readers.text", TEXT_LIMITS),
    "txt": ("evidence.readers.text", TEXT_LIMITS),
    "eml": ("evidence.readers.mail", TEXT_LIMITS),
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


@dataclass(frozen=True)
class PageRead:
    """One page, sheet or picture: its text as read, where its words stand, and in which scripts it is written.

    ``layout`` is the JSON of its words and tables, since a long file has too many to keep as objects.
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

    @property
    def chars(self) -> int:
        return len(self.text)

    @property
    def words_and_tables(self) -> dict[str, list[Any]]:
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
        unread = bool(self.attachments) or (self.problem is not None and self.problem.code != NO_TEXT)
        return PARTLY if silent > 0 or unread else YES

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
            "notes": list(self.notes),
            "attachments": list(self.attachments),
            "seconds": self.seconds,
            "peak_memory_mb": self.peak_memory_mb,
        }


def read_document(path: Path, declared_name: str, progress: Progress | None = None) -> ReadResult:
    """Read a file under the name its sender gave it. ``progress(read, pages)`` is called as pages come in."""
    started = time.monotonic()
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = recognise(head, path.stat().st_size, declared_name)
    if isinstance(kind, Problem):
        return ReadResult(media=None, problem=kind, seconds=round(time.monotonic() - started, 2))
    reading = _Reading(kind, path, started, progress)
    reading.run()
    return reading.result()


class _Reading:
    """One file on its way through as many child processes as it takes."""

    def __init__(self, kind: MediaType, path: Path, started: float, progress: Progress | None) -> None:
        self.kind = kind
        self.path = path
        self.started = started
        self.progress = progress
        self.pages: list[PageRead] = []
        self.page_count = 0
        self.problem: Problem | None = None
        self.notes: list[str] = []
        self.attachments: list[dict[str, Any]] = []
        self.peak: float | None = None
        self.room = MAX_TEXT_CHARACTERS
        self.room_for_words = MAX_WORDS
        self.page_by_page = False

    def run(self) -> None:
        first = 1
        while self.problem is None:
            answer = self._call(first)
            if answer is None:
                return
            self._take(answer)
            first = self.pages[-1].number + 1 if self.pages else MAX_PAGES + 1
            if first > min(self.page_count, MAX_PAGES):
                return
            if not answer["pages"]:
                self.problem = BROKEN
            elif time.monotonic() - self.started > WALL_SECONDS_PER_FILE:
                self.problem = STOPPED

    def _call(self, first: int) -> dict[str, Any] | None:
        """The answer for the pages from ``first`` on; once pages cannot be read together, for one page at a time."""
        module, limits = _READERS[self.kind.code]
        options: dict[str, Any] = {"media": self.kind.code, "first": first}
        if self.page_by_page:
            options["last"] = first
            limits = _ONE_PAGE
        try:
            return run_reader(module, self.path, options=options, limits=limits)
        except Unreadable as failure:
            unreadable = failure
        if self.kind.code == "pdf" and self.page_count != 1 and not self.page_by_page:
            self.page_by_page = True  # so that one bad page does not take the good ones before it along
            return self._call(first)
        self.problem = BROKEN if unreadable.code == "crashed" else STOPPED
        return None

    def _take(self, answer: dict[str, Any]) -> None:
        self.page_count = max(answer["page_count"], len(answer["pages"]))
        self.notes += map(storable, answer["notes"])
        self.attachments += answer.get("attachments", [])
        self.peak = max(filter(None, (self.peak, answer["measured"]["peak_memory_mb"])), default=None)
        self.problem = Problem(**answer["problem"]) if answer["problem"] else None
        for entry in answer["pages"]:
            text = storable(entry["text"])[: self.room]
            self.room -= len(text)
            self._leave_out_words(entry)
            self.pages.append(_page(entry, text))
        if self.room <= 0 and self.problem is None:
            self.problem = _too_much(self.pages[-1].number, self.page_count, "text")
        if self.progress and self.pages:
            before = time.monotonic()
            self.progress(len(self.pages), self.page_count)
            self.started += (
                time.monotonic() - before
            )  # whoever is told may have other work first: not this file's time

    def _leave_out_words(self, entry: dict[str, Any]) -> None:
        """Beyond so many words of one file, only the text is kept."""
        if entry["word_count"] > self.room_for_words:
            entry["layout"], entry["word_count"] = "", 0
            if self.room_for_words > 0:
                self.notes.append(f"From page {entry['number']} on, places of words are not kept: there are too many.")
            self.room_for_words = 0
        self.room_for_words -= entry["word_count"]

    def result(self) -> ReadResult:
        return ReadResult(
            media=self.kind,
            pages=tuple(self.pages),
            page_count=self.page_count,
            problem=self._verdict(),
            notes=tuple(self.notes),
            attachments=tuple(self.attachments),
            seconds=round(time.monotonic() - self.started, 2),
            peak_memory_mb=self.peak,
        )

    def _verdict(self) -> Problem | None:
        if self.problem is not None:
            if self.pages and self.problem in (STOPPED, BROKEN):
                return _stopped_at(self.problem, self.pages[-1].number, self.page_count)
            return self.problem
        if self.page_count > MAX_PAGES:
            return _too_much(MAX_PAGES, self.page_count, "pages")
        silent = [page.number for page in self.pages if not page.has_text and not page.blank]
        if not silent:
            blank = not any(page.has_text for page in self.pages)
            return _nothing_in_it(self.kind) if blank else None
        return _no_text(self.kind, silent, self.page_count)


def _page(entry: dict[str, Any], text: str) -> PageRead:
    letters = sum(character.isalnum() for character in text)
    enough = letters >= FEWEST_LETTERS_BESIDE_A_PICTURE if entry["images"] else letters > 0
    return PageRead(
        number=entry["number"],
        text=text,
        has_text=enough,
        images=entry["images"],
        blank=entry["blank"] and not letters,
        label=storable(entry["label"]),
        scripts=script_counts(text),
        needs_translation=needs_translation(text),
        layout=entry["layout"],
        size=tuple(entry["size"]) if entry["size"] else None,
        turned=entry["turned"],
    )


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


def _no_text(kind: MediaType, silent: list[int], page_count: int) -> Problem:
    remedy = "If you have the original file (PDF with text, Excel, Word), send that as well."
    if kind.code in ("jpeg", "png", "tiff"):
        return Problem(NO_TEXT, f"A {kind.label} holds no text a machine can read: a person must read it.", remedy)
    if len(silent) == page_count:
        return Problem(NO_TEXT, "The file holds no text layer (scanned or drawn): a person must read it.", remedy)
    which = f"Page {silent[0]}" if len(silent) == 1 else f"Pages {_numbers(silent)}"
    holds = "holds" if len(silent) == 1 else "hold"
    return Problem(
        NO_TEXT, f"{which} of {page_count} {holds} no text layer (scanned or drawn): a person must read it.", remedy
    )


def _nothing_in_it(kind: MediaType) -> Problem:
    where = {"xlsx": "No sheet of the workbook holds a value.", "xls": "No sheet of the workbook holds a value."}
    return Problem(
        EMPTY,
        where.get(kind.code, "Every page is blank: there is nothing to read or to see."),
        "Check the file on your computer and send the filled one.",
    )


def _too_much(read: int, page_count: int, what: str) -> Problem:
    limit = f"{MAX_PAGES} pages" if what == "pages" else f"{MAX_TEXT_CHARACTERS:,} characters"
    return Problem(
        TOO_LARGE,
        f"Only the first {read} of {page_count} pages were read; up to {limit} of one file are read.",
        "Split it into several files and send those.",
    )


def _stopped_at(problem: Problem, read: int, page_count: int) -> Problem:
    return Problem(
        problem.code,
        f"Reading stopped after page {read} of {page_count}. {problem.message}",
        problem.remedy,
    )
