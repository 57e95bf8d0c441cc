"""A list as a file: the page DHS publishes, or a table of comma-separated values. Answers text, judges nothing."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from typing import Any

MAX_BYTES = 20 * 1024 * 1024
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "li"})


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """``{"format": "page", …}`` or ``{"format": "table", …}``."""
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return {"format": "too_large"}
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {"format": "unknown"}
    return _page(text) if re.match(r"\s*<", text) else _table(text)


def _table(text: str) -> dict[str, Any]:
    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True), strict=True) if row]
    except csv.Error:
        rows, is_complete = [], False  # a quoted cell that never ends
    else:
        is_complete = text.endswith(("\n", "\r")) if text else True
    heading = rows[0] if rows else []
    return {"format": "table", "heading": heading, "rows": rows[1:], "is_complete": is_complete}


def _page(text: str) -> dict[str, Any]:
    page = _Page()
    page.feed(text)
    page.close()
    return {
        "format": "page",
        "tables": page.tables,
        "updated": page.updated,
        "is_complete": page.is_ended and page.table is None,
    }


class _Page(HTMLParser):
    """Tables with their cells, each with the paragraphs since the table before it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[dict[str, Any]] = []
        self.table: dict[str, Any] | None = None
        self.updated = ""
        self.is_ended = False
        self._row: list[str] | None = None
        self._row_is_heading = False
        self._cell: list[str] | None = None
        self._between: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._silent += 1
        elif tag == "table":
            before = " ".join("".join(self._between).split())
            self.table = {"before": before[-2000:], "heading": [], "rows": []}
            self._between = []
        elif tag == "tr" and self.table is not None:
            self._row, self._row_is_heading = [], False
        elif tag in {"td", "th"} and self._row is not None:
            self._cell = []
            self._row_is_heading = self._row_is_heading or tag == "th"
        elif tag == "br" or tag in _BLOCKS:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._silent = max(0, self._silent - 1)
        elif tag in {"td", "th"} and self._row is not None and self._cell is not None:
            self._row.append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag == "tr" and self.table is not None and self._row is not None:
            if self._row_is_heading and not self.table["heading"]:
                self.table["heading"] = self._row
            elif any(self._row):
                self.table["rows"].append(self._row)
            self._row = None
        elif tag == "table" and self.table is not None:
            self.tables.append(self.table)
            self.table = None
        elif tag == "html":
            self.is_ended = True

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(data)
        elif self.table is None:
            self._between.append(data)
            if not self.updated and "Last Updated" in "".join(self._between[-6:]):
                found = re.search(r"Last Updated:\s*(\d{2}/\d{2}/\d{4})", "".join(self._between[-6:]))
                self.updated = found[1] if found else ""
