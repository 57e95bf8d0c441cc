"""Read one document that somebody sent: its kind, its pages, their text, or the reason why not.

``read_document`` never raises for what a file holds. The parsers themselves are imported only by the modules
beside this one, and those run only in the limited child process of ``entities.sandbox``.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from entities.sandbox import IMAGE_LIMITS, PDF_LIMITS, SHEET_LIMITS, TEXT_LIMITS, Limits, Unreadable, run_reader
from evidence.domain.media import (
    CSV,
    HEAD_BYTES,
    MAX_PAGES,
    MAX_TEXT_CHARACTERS,
    MAX_WORDS,
    XLS,
    XLSX,
    MediaType,
    recognise,
)
from evidence.domain.problems import Problem
from evidence.domain.scripts import needs_translation, script_counts
from evidence.readers.answers import storable
from evidence.readers.results import (
    BROKEN,
    SHEET,
    STOPPED,
    TEXT,
    PageRead,
    ReadResult,
    stopped_at,
    too_much,
    verdict,
)

__all__ = ["PageRead", "ReadResult", "part_of", "read_document"]

Progress = Callable[[int, int], None]

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
    "zip": ("evidence.readers.archive", SHEET_LIMITS),
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


def part_of(path: Path, kind: MediaType, number: int) -> bytes | None:
    """The bytes of one of the files that a mail or an archive holds; None where it cannot be taken out."""
    module, limits = _READERS[kind.code]
    try:
        answer = run_reader(module, path, options={"media": kind.code, "part": number}, limits=limits)
        return base64.b64decode(answer["content"])
    except (Unreadable, KeyError):
        return None


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
            self.pages.append(_page(entry, text, self.kind))
        if self.room <= 0 and self.problem is None:
            self.problem = too_much(self.pages[-1].number, self.page_count, "text")
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
        if self.problem is None:
            return verdict(self.kind, self.pages, self.page_count)
        if self.pages and self.problem in (STOPPED, BROKEN):
            return stopped_at(self.problem, self.pages[-1].number, self.page_count)
        return self.problem


def _page(entry: dict[str, Any], text: str, kind: MediaType) -> PageRead:
    letters = sum(character.isalnum() for character in text)
    has_text = letters >= FEWEST_LETTERS_BESIDE_A_PICTURE if entry["images"] else letters > 0
    return PageRead(
        number=entry["number"],
        text=text,
        has_text=has_text,
        images=entry["images"],
        blank=entry["blank"] and not letters,
        label=storable(entry["label"]),
        scripts=script_counts(text),
        needs_translation=needs_translation(text),
        layout=entry["layout"],
        size=tuple(entry["size"]) if entry["size"] else None,
        turned=entry["turned"],
        source=(SHEET if kind in (XLSX, XLS, CSV) else TEXT) if has_text else "",
    )
