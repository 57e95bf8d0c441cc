"""Word documents. Runs in the child process only.

The file does not say where its pages end (the program that shows it decides), so it is read as one page. All
text is taken: paragraphs, tables, text boxes, headers, footers and notes; what was deleted under tracked
changes is not.
"""

from __future__ import annotations

from typing import Any
from zipfile import BadZipFile

import docx
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from lxml import etree  # type: ignore[import-untyped]

from evidence.domain.media import DOCX, MAX_TABLE_CELLS, MAX_TEXT_CHARACTERS
from evidence.domain.problems import TOO_LARGE, Problem
from evidence.readers.answers import CellRow, page, read_so_far, refused
from evidence.readers.containers import check_container, damaged

_BESIDE_THE_BODY = ("header", "footer", "footnotes", "endnotes")
_ENDS = {qn("w:p"): "\n", qn("w:tc"): "\t", qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n"}


def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    problem = check_container(path, DOCX)
    if problem:
        return refused(DOCX, problem)
    try:
        document = docx.Document(path)
        text = "\n".join(_texts(document))
        tables = _tables(document)
        images = sum(part.content_type.startswith("image/") for part in document.part.package.iter_parts())
    except (etree.XMLSyntaxError, BadZipFile, KeyError, ValueError, OSError, AttributeError):
        return refused(DOCX, damaged(DOCX.label))
    cut = len(text) > MAX_TEXT_CHARACTERS
    return read_so_far(
        DOCX,
        [page(1, text[:MAX_TEXT_CHARACTERS], images, blank=not text and not images, tables=tables)],
        problem=_TOO_LONG if cut else None,
        notes=["A Word document is read as one page."],
    )


def _texts(document: Any) -> list[str]:
    texts = [_text_of(document.element.body)]
    for part in document.part.package.iter_parts():
        name = str(part.partname).rsplit("/", 1)[-1]
        if name.startswith(_BESIDE_THE_BODY) and name.endswith(".xml"):
            texts.append(_text_of(parse_xml(part.blob)))
    return [text for text in texts if text]


def _tables(document: Any) -> list[list[list[CellRow]]]:
    """The tables of the body, cell by cell; a table within a cell is part of the cell's text."""
    tables: list[list[list[CellRow]]] = []
    room = MAX_TABLE_CELLS
    for element in document.element.body.iterchildren(qn("w:tbl")):
        rows: list[list[CellRow]] = [
            [(" ".join(_text_of(cell).split()), None) for cell in row.iterchildren(qn("w:tc"))]
            for row in element.iterchildren(qn("w:tr"))
        ]
        columns = max(map(len, rows), default=0)
        room -= columns * len(rows)
        if columns and room >= 0:
            tables.append([row + [("", None)] * (columns - len(row)) for row in rows])
    return tables


def _text_of(root: Any) -> str:
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            # A text box is stored twice, the second time for old programs.
            if element.tag == "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback":
                walk.skip_subtree()
            elif element.tag == qn("w:t"):
                pieces.append(element.text or "")
        elif element.tag in _ENDS:
            inside_a_cell = element.tag == qn("w:p") and element.getparent().tag == qn("w:tc")
            pieces.append(" " if inside_a_cell else _ENDS[element.tag])
        elif element.tag == qn("w:tr"):
            pieces.append("\n")
    lines = (line.strip(" ").rstrip("\t ") for line in "".join(pieces).replace(" \t", "\t").split("\n"))
    return "\n".join(line for line in lines if line)


_TOO_LONG = Problem(
    TOO_LARGE,
    f"The document is longer than the {MAX_TEXT_CHARACTERS:,} characters that are read of one file.",
    "Split it into several files and send those.",
)
