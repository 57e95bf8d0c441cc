"""Look at the pages of a document: the picture of each, and its words where the file itself holds none.

Comes after reading, page by page, since a scanned page takes seconds. Whoever asks may do other work between pages.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from entities.sandbox import OCR_LIMITS, PICTURE_LIMITS, Unreadable, run_reader
from evidence.domain.media import BY_CODE, MediaType
from evidence.domain.scripts import needs_translation, script_counts
from evidence.readers.answers import storable
from evidence.readers.results import OCR, PageRead, ReadResult, verdict

PICTURED = ("pdf", "jpeg", "png", "tiff")  # kinds that have pages to look at
# Words that a machine sees in the dirt of a page are few and short.
FEWEST_LETTERS = 4
# Less ink than this is a page of nothing: the back of a sheet.
LEAST_INK = 0.0015
# A file of pages that harm their reader is left alone after so many.
MOST_FAILURES = 5
_PICTURES_PER_CALL = 25
_OCR_PER_CALL = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to look at; with ``is_silent`` its words are read too."""

    number: int
    turned: int = 0
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class SeenPage:
    """What was seen of a page. ``picture`` is WebP, empty where the page could not be drawn."""

    number: int
    picture: bytes = b""
    size: tuple[float, float] | None = None
    blacked_out: float = 0.0
    ink: float = 0.0
    turned: int = 0
    was_read: bool = False
    text: str = ""
    layout: str = ""
    confidence: float | None = None

    def laid_over(self, page: PageRead) -> PageRead:
        """The page with what was seen of it: its words where it had none, and how much of it is blacked out."""
        page = replace(page, blacked_out=self.blacked_out, size=page.size or self.size)
        if not self.was_read:
            return page
        has_text = sum(map(str.isalnum, self.text)) >= FEWEST_LETTERS
        return replace(
            page,
            text=self.text if has_text else page.text,
            has_text=has_text,
            blank=not has_text and not page.text and self.ink < LEAST_INK,
            scripts=script_counts(self.text if has_text else page.text),
            needs_translation=needs_translation(self.text if has_text else page.text),
            layout=self.layout if has_text else "",
            size=self.size,
            turned=self.turned,
            source=OCR if has_text else "",
            confidence=self.confidence if has_text else None,
        )


def with_pictures(path: Path, result: ReadResult) -> ReadResult:
    """The result of reading a file, with the words of its silent pages read from their pictures."""
    if result.media is None or result.media.code not in PICTURED or not result.silent:
        return result
    started, silent = time.monotonic(), set(result.silent)
    wanted = [Wanted(page.number, page.turned, True) for page in result.pages if page.number in silent]
    pages = {page.number: page for page in result.pages}
    for seen in look_at(path, result.media, wanted):
        pages[seen.number] = seen.laid_over(pages[seen.number])
    read = tuple(pages.values())
    stands = result.problem is not None and result.problem.code != "no_text"
    problem = result.problem if stands else verdict(result.media, read, result.page_count, looked=True)
    seconds = round(result.seconds + time.monotonic() - started, 2)
    return replace(result, pages=read, problem=problem, seconds=seconds)


def look_at(
    path: Path, media: MediaType, wanted: Sequence[Wanted], meanwhile: Callable[[], object] | None = None
) -> Iterator[SeenPage]:
    """Every wanted page, as it is seen: pictures first, which are quick, then the pages that have to be read.

    ``meanwhile`` is called about every second while a page is worked on.
    """
    looking = _Looking(path, media, meanwhile)
    yield from looking.through([page for page in wanted if not page.is_silent], reads=False)
    yield from looking.through([page for page in wanted if page.is_silent], reads=True)


class _Looking:
    """One file on its way through as many child processes as it takes."""

    def __init__(self, path: Path, media: MediaType, meanwhile: Callable[[], object] | None) -> None:
        self.path = path
        self.media = media
        self.meanwhile = meanwhile
        self.failures = 0

    def through(self, pages: list[Wanted], *, reads: bool) -> Iterator[SeenPage]:
        most = _OCR_PER_CALL if reads else _PICTURES_PER_CALL
        together = most
        while pages:
            if self.failures >= MOST_FAILURES:
                yield from (SeenPage(page.number, turned=page.turned) for page in pages)
                return
            found = self._call(pages[:together], reads=reads)
            if not found and together > 1:
                together = 1  # so that one bad page does not take the good ones along
                continue
            if not found:
                self.failures += 1
                found = (reads and self._call(pages[:1], reads=False)) or [SeenPage(pages[0].number)]
                together = most
            yield from found
            pages = pages[len(found) :]

    def _call(self, pages: list[Wanted], *, reads: bool) -> list[SeenPage]:
        """What is seen of these pages, or of the first of them; nothing where the child was stopped."""
        options = {"media": self.media.code, "pages": [(page.number, page.turned) for page in pages]}
        module, limits = ("ocr", OCR_LIMITS) if reads else ("pictures", PICTURE_LIMITS)
        try:
            answer = run_reader(
                f"evidence.readers.{module}", self.path, options=options, limits=limits, meanwhile=self.meanwhile
            )
        except Unreadable:
            return []
        return [_seen(entry, reads=reads) for entry in answer["pages"]]


def _seen(entry: dict[str, Any], *, reads: bool) -> SeenPage:
    text = storable(entry["text"]) if reads else ""
    return SeenPage(
        number=entry["number"],
        picture=base64.b64decode(entry["picture"]),
        size=tuple(entry["size"]) if entry["size"] else None,
        blacked_out=entry["blacked_out"],
        ink=entry["ink"],
        turned=entry["turned"] if reads else 0,
        was_read=reads and bool(entry["picture"]),
        text=text,
        layout=entry["layout"] if reads else "",
        confidence=entry["confidence"] if reads else None,
    )


def media_of(mime: str) -> MediaType | None:
    """The kind of a stored file, where it has pages to look at."""
    return next((media for code in PICTURED if (media := BY_CODE[code]).mime == mime), None)
