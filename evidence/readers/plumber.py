"""Words with their boxes and ruled tables of a PDF by pdfplumber. Runs in the child process only."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pdfplumber
from pdfminer.pdfparser import PDFSyntaxError
from pdfminer.utils import decode_text
from pdfplumber import utils
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from evidence.readers.answers import CellRow, WordRow

# A drawing of thousands of lines is no table, and every line is compared with every other.
MOST_RULES = 2_000
FEWEST_RULES = 6
MOST_CELLS_PER_PAGE = 5_000
_SAME_LINE = 3  # points
UNMAPPED = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True, slots=True)
class Laid:
    """A page as laid out: its text line by line, what is filled into its form, its words and ruled tables."""

    text: str = ""
    form: str = ""
    words: tuple[WordRow, ...] = ()
    tables: tuple[tuple[tuple[CellRow, ...], ...], ...] = ()
    turned: int = 0


class Plumber:
    """pdfplumber over a range of pages, one page in memory at a time."""

    def __init__(self, path: str, first: int, last: int) -> None:
        self._pages: dict[int, Any] = {}
        try:
            self._pdf = pdfplumber.open(path, pages=list(range(first, last + 1)))
            self._pages = {sheet.page_number: sheet for sheet in self._pdf.pages}
        except (PdfminerException, PDFSyntaxError, ValueError, TypeError, KeyError, RecursionError):
            return  # PDFium repairs more than pdfminer does: its text stands

    def page(self, number: int, plain: str) -> Laid:
        """One page laid out; ``plain`` is what PDFium found, to tell letters that are printed twice."""
        sheet = self._pages.pop(number, None)
        if sheet is None:
            return Laid()
        try:
            return laid_out(sheet, plain)
        except MemoryError:
            raise
        except Exception:  # pdfminer raises what it likes on a broken page
            return Laid()
        finally:
            # Without this each page read stays in memory: 1.8 GB for 500 pages instead of 57 MB.
            sheet.close()


def laid_out(sheet: Any, plain: str = "") -> Laid:
    """The page with its words in reading order. A page whose words run sideways is turned first."""
    form = _filled_in(sheet)
    turned = _turned(sheet.chars)
    if turned:
        sheet = _turn(sheet, turned)
    try:
        words = _words(sheet.chars)
        if plain and letters("".join(word["text"] for word in words)) > 1.3 * letters(plain):
            sheet = sheet.dedupe_chars()  # bold made by printing twice
            words = _words(sheet.chars)
        lines = utils.cluster_objects(words, lambda word: word["top"], _SAME_LINE)
        return Laid(
            text="\n".join(" ".join(word["text"] for word in line) for line in lines),
            form=form,
            words=tuple((_mapped(word["text"]), *_box(word, sheet.cropbox), 1.0) for line in lines for word in line),
            tables=tuple(_tables(sheet)),
            turned=turned,
        )
    finally:
        if turned:
            sheet.close()


def letters(text: str) -> int:
    """How many signs a text has beside its spaces."""
    return sum(not char.isspace() for char in text)


def _words(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return utils.extract_words(chars)


def _mapped(text: str) -> str:
    return UNMAPPED.sub("\ufffd", text)


def _turned(chars: list[dict[str, Any]]) -> int:
    """By how many degrees clockwise the page has to be turned for most of its letters to stand upright."""
    turns = Counter(_turn_of(*char["matrix"][:2]) for char in chars if not char["text"].isspace())
    turn, count = turns.most_common(1)[0] if turns else (0, 0)
    return turn if 2 * count > turns.total() else 0


def _turn_of(along: float, up: float) -> int:
    if abs(along) >= abs(up):
        return 0 if along >= 0 else 180
    return 90 if up > 0 else 270


def _turn(sheet: Any, degrees: int) -> Any:
    sheet.close()
    source = sheet.page_obj
    source.rotate = (sheet.rotation + degrees) % 360
    source.attrs["Rotate"] = source.rotate
    return Page(sheet.pdf, source, sheet.page_number, 0)


def _box(thing: dict[str, Any], shown: Any) -> tuple[float, float, float, float]:
    return _share((thing["x0"], thing["top"], thing["x1"], thing["bottom"]), shown)


def _share(box: Any, shown: Any) -> tuple[float, float, float, float]:
    """A box in points as shares of the part of the page that is shown (its crop box)."""
    left, top, right, bottom = shown
    width, height = (right - left) or 1, (bottom - top) or 1
    return (box[0] - left) / width, (box[1] - top) / height, (box[2] - left) / width, (box[3] - top) / height


def _tables(sheet: Any) -> list[tuple[tuple[CellRow, ...], ...]]:
    """What stands in ruled tables of more than one cell. A frame around a page is none."""
    if not FEWEST_RULES <= len(sheet.edges) <= MOST_RULES:
        return []
    tables: list[tuple[tuple[CellRow, ...], ...]] = []
    room = MOST_CELLS_PER_PAGE
    for table in sheet.find_tables():
        room -= len(table.cells)
        if room < 0:
            break
        rows = [row for row in zip(table.rows, table.extract(), strict=True)]
        if len(table.cells) < 2 or not any(text for _, texts in rows for text in texts):
            continue
        tables.append(
            tuple(
                tuple(
                    (_mapped(text or "").strip(), _share(box, sheet.cropbox) if box else None)
                    for box, text in zip(row.cells, texts, strict=True)
                )
                for row, texts in rows
            )
        )
    return tables


def _filled_in(sheet: Any) -> str:
    """Form fields and typed-on notes as lines; they are no part of the page's own text."""
    lines = []
    for annotation in sheet.annots:
        data = annotation.get("data") or {}
        kind = str(data.get("Subtype", ""))
        if "Widget" in kind and "Btn" not in str(data.get("FT", "")):
            name, value = _string(data.get("T")), _string(data.get("V"))
            lines.append(f"{name}: {value}" if name and value else value)
        elif "FreeText" in kind:
            lines.append(_string(data.get("Contents")))
    return "\n".join(line for line in lines if line)


def _string(value: Any) -> str:
    return decode_text(value).strip() if isinstance(value, bytes) else ""
