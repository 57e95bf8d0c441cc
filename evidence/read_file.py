"""One file read as an upload would be, without storing anything: what `manage.py read_document` says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import DatabaseError

from entities import reference
from evidence.domain.mentions import LISTED, PLACE
from evidence.domain.papers import PageContent, PaperRead
from evidence.domain.readability import readability, text_quality
from evidence.listed_names import ListedNames
from evidence.paper_json import paper_json
from evidence.readers import PageRead, ReadResult, read_document
from evidence.readers.looking import with_pictures
from evidence.services.scanning import Scan
from evidence.services.understanding import parties_by_page
from evidence.understanding import understand_read


def read_file(path: Path, name: str = "", *, pictures: bool = True) -> tuple[ReadResult, list[PaperRead]]:
    """A file and the papers in it; with ``pictures``, pages without text are read from theirs."""
    result = read_document(path, name or path.name)
    if pictures:
        result = with_pictures(path, result)
    return result, understand_read(result.pages)


def told(path: Path, result: ReadResult, papers: Sequence[PaperRead]) -> dict[str, Any]:
    """What became of a file, as JSON. Listed names are null where no list is loaded to look for."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "sha256": digest,
        **result.as_dict(),
        "documents": [_paper(paper, result) for paper in papers],
        "readability": [_readability(page) for page in result.pages],
        **_mentions(result, papers),
    }


def _paper(paper: PaperRead, result: ReadResult) -> dict[str, Any]:
    pages = [page for page in result.pages if paper.first_page <= page.number <= paper.last_page and page.layout]
    return {**paper_json(paper), "tables": [table for page in pages for table in _tables(page.content)]}


def _tables(page: PageContent) -> list[dict[str, Any]]:
    return [
        {"page": page.number, "rows": [[cell.text for cell in row] for row in table.rows]} for table in page.tables
    ]


def _readability(page: PageRead) -> dict[str, Any]:
    found = readability(
        has_text=page.has_text,
        is_blank=page.blank,
        quality=text_quality(page.text),
        confidence=page.confidence,
        blacked_out=page.blacked_out,
    )
    return {"page": page.number, "grade": found.grade, "reasons": list(found.reasons)}


def _mentions(result: ReadResult, papers: Sequence[PaperRead]) -> dict[str, Any]:
    try:
        names = ListedNames.in_use()
    except DatabaseError:  # no database was set up: places are found all the same
        names = None
    scan, parties = Scan(names, reference.gazetteer()), parties_by_page(papers)
    seen = [(page.number, one) for page in result.pages for one in scan.page(page.text, parties.get(page.number, ()))]

    def of(kind: str) -> list[dict[str, Any]]:
        return [
            {"page": number, "text": one.text, "name": one.name, "strength": one.strength}
            for number, one in seen
            if one.kind == kind
        ]

    return {"xinjiang_mentions": of(PLACE), "listed_mentions": of(LISTED) if names else None}
