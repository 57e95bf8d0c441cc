"""Each exhibit of a packet as a PDF of its own: made in the limited child process, whatever the file is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from entities.sandbox import MIB, Limits, Unreadable, run_reader
from evidence.models import Document, Page
from evidence.services.papers import content_of_page

PAGES = "evidence.readers.packet_pages"
LIMITS = Limits(
    memory_bytes=3072 * MIB, cpu_seconds=120, wall_seconds=240.0, written_bytes=1024 * MIB, open_files=256
)  # typst keeps the Chinese font in memory
PICTURES = {"image/jpeg", "image/png", "image/tiff"}
MOST_PAGES = 2000
# What of a sheet or a text is printed; the file itself goes into the ZIP.
ROWS, COLUMNS, LINES, CHARACTERS = 1500, 26, 3000, 400


@dataclass(frozen=True, slots=True)
class Part:
    """The pages of an exhibit as a PDF; ``begins``: where each page of the document begins, if not one to one."""

    file: Path
    pages: int
    begins: tuple[int, ...] = ()
    notes: tuple[str, ...] = field(default=())


def part_of(document: Document, original: Path, name: str, at: datetime) -> Part:
    """The pages of a document for a packet. ``original``: the file as it came; ``name``: how the exhibit is called.

    A PDF goes in as it is, without what acts in it. A picture becomes a page; a sheet, a text or a mail is printed as
    it was read. Where the file cannot be turned into pages, the pictures of its pages stand for it, else its text,
    else one page that says so: no exhibit is missing from the index.
    """
    folder = original.parent
    output = folder / f"{original.name}.pdf"
    pages = list(document.pages.select_related("layout").order_by("number"))
    if document.media_type == "application/pdf" and document.state != Document.State.REFUSED:
        made = _made(original, {"what": "pdf", "output": str(output), "most": MOST_PAGES})
        if made and made["pages"]:
            return Part(output, made["pages"])
    if document.media_type in PICTURES or (pages and all(page.image for page in pages)):
        made = _pictures(document, pages, original, output)
        if made and made["pages"]:
            as_made = document.media_type == "application/pdf"
            note = (f"{name}: the file could not be taken over; the pictures of its pages stand here.",)
            return Part(output, made["pages"], notes=note if as_made else ())
    return _printed(document, pages, output, name, at)


def typeset(template: str, data: dict[str, Any], output: Path, at: datetime) -> dict[str, Any]:
    """Pages set by typst from plain data; answers how many there are and where its parts begin."""
    source = output.with_suffix(".json")
    source.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    options = {
        "what": "sheet",
        "output": str(output),
        "templates": str(settings.BASE_DIR / "templates"),
        "template": template,
        "at": int(at.timestamp()),
    }
    return run_reader(PAGES, source, options=options, limits=LIMITS)


def _made(path: Path, options: dict[str, Any]) -> dict[str, Any] | None:
    """What the child made; None where the file broke it."""
    try:
        return run_reader(PAGES, path, options=options, limits=LIMITS)
    except Unreadable:
        return None


def _pictures(document: Document, pages: list[Page], original: Path, output: Path) -> dict[str, Any] | None:
    names = []
    for page in pages:
        if page.image:
            name = original.parent / f"{original.name}-{page.number}{Path(str(page.image)).suffix}"
            with page.image.open("rb") as file:
                name.write_bytes(file.read())
            names.append(str(name))
    whole = len(names) == len(pages) and names
    order = original.parent / f"{original.name}.pictures"
    order.write_text(json.dumps(names if whole else [str(original)]))
    made = _made(order, {"what": "pictures", "output": str(output)})
    for one in names:
        Path(one).unlink()
    return made


def _printed(document: Document, pages: list[Page], output: Path, name: str, at: datetime) -> Part:
    """A sheet, a text or a mail as it was read."""
    kind = "Printed from what a machine read; the file itself lies in the ZIP."
    parts = [_sheet(page, name) for page in pages if page.text.strip()]
    notes = [f"{name}: printed from what a machine read, since the file has no pages of its own."]
    if not parts:
        said = f"{document.problem} {document.remedy}".strip() or "Nothing could be read from the file."
        parts = [_page_that_says(name, document.file_name, said)]
        notes = [f"{name}: cannot be shown as pages; the file itself lies in the ZIP."]
    parts = [{**one, "last": index == len(parts) - 1} for index, one in enumerate(parts)]
    wide = any(one["columns"] > 7 for one in parts)
    if any(one["cut"] for one in parts):
        notes.append(f"{name}: a long sheet or text is printed in part.")
    try:
        made = typeset("sheet.typ", {"title": name, "wide": wide, "note": kind, "parts": parts}, output, at)
    except Unreadable:
        said = "What was read of this file could not be printed. The file itself lies in the ZIP."
        parts = [_page_that_says(name, document.file_name, said) | {"last": True}]
        notes = [f"{name}: could not be printed; the file itself lies in the ZIP."]
        made = typeset("sheet.typ", {"title": name, "wide": False, "note": kind, "parts": parts}, output, at)
    where = {one["key"]: one["page"] for one in made["where"]}
    begins, last = [], 1
    for number in range(1, max([page.number for page in pages], default=1) + 1):
        last = where.get(number, last)
        begins.append(last)
    return Part(output, made["pages"], tuple(begins), tuple(notes))


def _page_that_says(name: str, *lines: str) -> dict[str, Any]:
    return {"number": 1, "label": name, "rows": [], "columns": 0, "lines": list(lines), "cut": ""}


def _sheet(page: Page, name: str) -> dict[str, Any]:
    content = content_of_page(page)
    label = f"{name}, {page.label or f'page {page.number}'}"
    rows = [[cell.text for cell in row] for table in content.tables for row in table.rows if any(c.ref for c in row)]
    columns = min(max(map(len, rows), default=0), COLUMNS)
    lines = [] if rows else page.text.splitlines()
    cut = ""
    if len(rows) > ROWS or any(len(row) > COLUMNS for row in rows):
        cut = f"Printed: up to {ROWS} rows and {COLUMNS} columns of {len(rows)} rows. All of it lies in the ZIP."
    elif len(lines) > LINES:
        cut = f"Printed: {LINES} of {len(lines)} lines. All of it lies in the ZIP."
    shown = [[cell[:CHARACTERS] for cell in (row + [""] * columns)[:columns]] for row in rows[:ROWS]]
    return {
        "number": page.number,
        "label": label,
        "rows": shown,
        "columns": columns,
        "lines": [line[: 4 * CHARACTERS] for line in lines[:LINES]],
        "cut": cut,
    }
