"""A made file on the way of the product: drawn, read in the child process, pictures read by machine, understood."""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.papers import draw, layouts
from bench.papers.made import Pile
from evidence import readers
from evidence.domain.alarms import Said
from evidence.domain.papers import CasePaper
from evidence.domain.readability import LARGE, readability, text_quality
from evidence.readers import PageRead, looking, read_document
from evidence.readers.looking import Wanted, look_at
from evidence.understanding import understand_read

CACHE = Path(tempfile.gettempdir()) / "clearorigin-planted"


@dataclass(frozen=True)
class Read:
    """One file as read, and which paper stands on which page."""

    pages: tuple[PageRead, ...]
    slots: tuple[str, ...]


def read_here() -> None:
    """From now on the readers work in this process, not each in a child of its own: the same answers, much sooner.

    For the papers made here alone: no limit is set to what a reader does, nor to what it reads in one go."""
    pdf = importlib.import_module("evidence.readers.pdf")
    pdf.CPU_SHARE_SECONDS = pdf.WALL_SHARE_SECONDS = math.inf  # type: ignore[attr-defined]
    readers.run_reader = looking.run_reader = _answer_here  # type: ignore[assignment]


def _answer_here(module: str, path: Path, *, options: dict[str, Any], **limits: object) -> dict[str, Any]:
    answer = importlib.import_module(module).read(str(path), options)
    found: dict[str, Any] = json.loads(json.dumps(answer))  # as it would come out of the pipe
    return {**found, "measured": {"peak_memory_mb": None, "seconds": 0.0}}


def as_read(
    pile: Pile, cache: Path | None
) -> tuple[list[CasePaper], list[Said], dict[tuple[int, int], str]]:  # fmt: skip
    """The papers that are understood of a pile, its pages that are in none, and which made paper stands on which page
    of which document."""
    papers: list[CasePaper] = []
    silent: list[Said] = []
    slots: dict[tuple[int, int], str] = {}
    for exhibit, file in enumerate(_files(pile, cache or CACHE), start=1):
        slots |= {(exhibit, page): slot for page, slot in enumerate(file.slots, start=1)}
        unread = {one.number for one in file.pages if _shows_nothing(one)}
        foreign = {one.number for one in file.pages if one.needs_translation}
        black = {one.number for one in file.pages if one.blacked_out >= LARGE}
        understood = understand_read(file.pages)
        inside = {page for one in understood for page in range(one.first_page, one.last_page + 1)}
        silent += [Said(exhibit, exhibit, f"Exhibit {exhibit}", page, f"Page {page}") for page in unread - inside]
        for one in understood:
            own = range(one.first_page, one.last_page + 1)
            papers.append(
                CasePaper(
                    len(papers) + 1,
                    exhibit,
                    exhibit,
                    f"{pile.name}-{exhibit}.pdf",
                    one,
                    tuple(page for page in own if page in unread),
                    tuple(page for page in own if page in foreign),
                    tuple(page for page in own if page in black),
                )
            )
    return papers, silent, slots


def _shows_nothing(page: PageRead) -> bool:
    return readability(
        has_text=page.has_text,
        is_blank=page.blank,
        quality=text_quality(page.text),
        confidence=page.confidence,
        blacked_out=page.blacked_out,
    ).shows_nothing


def _files(pile: Pile, cache: Path) -> Sequence[Read]:
    """The files of a pile as read; kept by what is drawn and by the state of the readers."""
    kept = cache / f"{pile.name}-{_digest(pile)}.pickle"
    if kept.exists():
        found: list[Read] = pickle.loads(kept.read_bytes())  # noqa: S301  (written here, for this measurement alone)
        return found
    found = [_read(file) for file in draw.files_of(pile)]
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(found))
    return found


def _digest(pile: Pile) -> str:
    code = [*Path(readers.__file__).parent.glob("*.py"), Path(draw.__file__), Path(layouts.__file__)]
    parts = [path.read_bytes() for path in sorted(code)]
    parts += [f"{layouts.source_of(one, pile)}{one.scanned}{one.illegible}".encode() for one in pile.sheets]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:24]


def _read(file: draw.Drawn) -> Read:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content)
        result = read_document(path, file.name)
        if result.page_count != len(file.slots):
            raise RuntimeError(
                f"{file.name}: {result.page_count} of {len(file.slots)} pages were read: {result.problem}"
            )
        pages = {page.number: page for page in result.pages}
        if result.media is not None:
            wanted = [Wanted(one.number, one.turned, not one.has_text and not one.blank) for one in result.pages]
            for seen in look_at(path, result.media, wanted):
                pages[seen.number] = seen.laid_over(pages[seen.number])
    return Read(tuple(pages.values()), file.slots)
