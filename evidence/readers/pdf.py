"""Text of a PDF, page by page, with the places of its words. Runs in the child process only.

PDFium looks at each page first (1 to 3 ms): is there text, how many pictures. Only pages with text go to
pdfplumber, which keeps lines and columns together and tells where each word stands. A call reads until its share
of processor time is used up and says where to go on, so that a long honest file never meets the limit that stops
a hostile one.
"""

from __future__ import annotations

import mmap
import re
import time
from dataclasses import dataclass
from typing import Any

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium_c
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from evidence.domain.media import MAX_PAGES, PDF, password_needed
from evidence.domain.problems import DAMAGED, NOT_A_DOCUMENT, Problem
from evidence.readers.answers import page, read_so_far, refused
from evidence.readers.plumber import UNMAPPED, Laid, Plumber, laid_out, letters

# One call stops between pages after this much work, well below the limits of the child; on a busy machine the
# wall clock runs out first.
CPU_SHARE_SECONDS = 8.0
WALL_SHARE_SECONDS = 15.0
PAGES_PER_CALL = 100
WORDS_PER_CALL = 100_000  # so that the answer of a call stays small

DAMAGED_PDF = Problem(
    DAMAGED,
    "The PDF is damaged and cannot be opened.",
    "Open it on your computer. If it opens, print it to a new PDF and send that; if not, ask for a new copy.",
)
_NO_LETTER = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    started = time.monotonic()
    first = options.get("first", 1)
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return _read_without_pdfium(path, first, options, error.err_code, started)
    page_count = len(document)
    if not page_count:
        return refused(PDF, DAMAGED_PDF)
    last = min(page_count, MAX_PAGES, first + PAGES_PER_CALL - 1, options.get("last", MAX_PAGES))
    pages: list[dict[str, Any]] = []
    plumber = None
    for number in range(first, last + 1):
        if pages and (_share_used(started) or sum(one["word_count"] for one in pages) > WORDS_PER_CALL):
            break
        looked_at = _look(document, number)
        laid = Laid()
        if looked_at.text or looked_at.annotations:
            plumber = plumber or Plumber(path, number, last)
            laid = plumber.page(number, looked_at.text)
        pages.append(_page(number, looked_at, laid))
    notes = _notes(document) if first == 1 else []
    return read_so_far(PDF, pages, page_count=page_count, notes=notes)


def _share_used(started: float) -> bool:
    """Whether it is time to answer with what has been read."""
    return time.process_time() > CPU_SHARE_SECONDS or time.monotonic() - started > WALL_SHARE_SECONDS


@dataclass(slots=True)
class _Look:
    """What PDFium sees on one page."""

    text: str = ""
    images: int = 0
    annotations: int = 0
    blank: bool = False
    size: tuple[float, float] | None = None


def _look(document: pypdfium2.PdfDocument, number: int) -> _Look:
    """What PDFium sees on one page; a page it cannot load is a page without text."""
    seen = _Look()
    try:
        sheet = document[number - 1]
    except pypdfium2.PdfiumError:
        return seen
    try:
        seen.size = sheet.get_size()
        text_page = sheet.get_textpage()
        seen.text = text_page.get_text_range().replace("\r\n", "\n").strip()
        text_page.close()
        objects = [thing.type for thing in sheet.get_objects(max_depth=3)]
        seen.images = objects.count(pdfium_c.FPDF_PAGEOBJ_IMAGE)
        seen.annotations = pdfium_c.FPDFPage_GetAnnotCount(sheet)
        seen.blank = not objects and not seen.annotations
    except pypdfium2.PdfiumError:
        return seen
    finally:
        sheet.close()
    return seen


def _page(number: int, seen: _Look, laid: Laid) -> dict[str, Any]:
    text = _better(laid.text, seen.text)
    size = seen.size
    if size and laid.turned in (90, 270):
        size = (size[1], size[0])
    # Words whose letters no table of the font names stand nowhere that could be cited.
    kept = text and text == UNMAPPED.sub("\ufffd", laid.text)
    return page(
        number,
        "\n".join(filter(None, (text, laid.form))),
        seen.images,
        seen.blank,
        words=laid.words if kept else (),
        tables=laid.tables if kept else (),
        size=size,
        turned=laid.turned,
    )


def _better(laid_out: str, plain: str) -> str:
    """pdfplumber's text, unless it lacks what PDFium found or its font has no table of characters."""
    unmapped = len(UNMAPPED.findall(laid_out))
    laid_out = UNMAPPED.sub("\ufffd", laid_out)
    if not laid_out.strip() or 5 * unmapped > letters(laid_out):
        laid_out = plain
    # What no reader can map to letters is a picture of text, not text.
    return "" if 2 * len(_NO_LETTER.findall(laid_out)) > letters(laid_out) else laid_out


def _notes(document: pypdfium2.PdfDocument) -> list[str]:
    notes = []
    if pdfium_c.FPDF_GetSecurityHandlerRevision(document) != -1:
        notes.append("The PDF is encrypted but opens without a password.")
    if document.get_formtype() in (pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND):
        notes.append("The PDF is a dynamic form (XFA): what was filled in may not be on its pages. Print it to PDF.")
    attached = document.count_attachments()
    if attached:
        names = ", ".join(document.get_attachment(n).get_name() for n in range(min(attached, 10)))
        notes.append(f"The PDF carries {attached} attached file(s), which are not read: {names}. Send each by itself.")
    if pdfium_c.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        notes.append("The PDF contains a script. It was not run.")
    return notes


def _read_without_pdfium(
    path: str, first: int, options: dict[str, Any], error: int | None, started: float
) -> dict[str, Any]:
    """What PDFium will not open: pdfminer opens some of it, and its text counts; else say why."""
    protected = error in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)
    unreadable = password_needed("PDF") if protected else DAMAGED_PDF
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(b"obj") < 0:
            return refused(PDF, NO_PDF_INSIDE)
    pages: list[dict[str, Any]] = []
    try:
        with pdfplumber.open(path) as pdf:
            page_count = len(pdf.pages)
            for sheet in pdf.pages[first - 1 : min(MAX_PAGES, options.get("last", MAX_PAGES))]:
                if pages and _share_used(started):
                    break
                laid, size = laid_out(sheet), (float(sheet.width), float(sheet.height))
                pages.append(_page(sheet.page_number, _Look(images=len(sheet.images), size=size), laid))
                sheet.close()
    except MemoryError:
        raise
    except PdfminerException as failure:
        cause = failure.args[0] if failure.args else None
        return refused(PDF, password_needed("PDF") if isinstance(cause, PDFPasswordIncorrect) else unreadable)
    except Exception:  # pdfminer raises what it likes on a broken file
        return refused(PDF, unreadable)
    if not any(entry["text"] for entry in pages) and first == 1:
        return refused(PDF, unreadable)
    note = (
        "The PDF is encrypted. Its text could be read without a password, but most programs will ask for one: "
        "send a copy without a password, so that a reviewer can see its pages."
        if protected
        else "The PDF is damaged. Its text could be read, but its pages may not be shown: send a new copy."
    )
    return read_so_far(PDF, pages, page_count=page_count, notes=[note] if first == 1 else [])


NO_PDF_INSIDE = Problem(
    NOT_A_DOCUMENT,
    "The file calls itself a PDF in its first line, but nothing of a PDF follows.",
    "Open it on your computer. If it does not open there, ask for a new copy.",
)
