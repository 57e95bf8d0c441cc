"""Understand what was read: which papers a file holds, what each is, what it says and where."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.domain.papers import PageContent, PaperRead
from evidence.domain.understanding.layout import Sheet, lay_out
from evidence.domain.understanding.paper import numbers_on, read_paper
from evidence.domain.understanding.splitting import split
from evidence.domain.understanding.vocabulary import Vocabulary

__all__ = ["Vocabulary", "understand"]


def understand(pages: Sequence[PageContent], words: Vocabulary) -> list[PaperRead]:
    """The papers of a file in the order of their pages."""
    sheets = [lay_out(page) for page in pages]
    ranges = split(sheets, [numbers_on(sheet, words) for sheet in sheets], words)
    papers: list[PaperRead] = []
    for span in ranges:
        own: list[Sheet] = [sheet for sheet in sheets if span.first <= sheet.page.number <= span.last]
        papers += read_paper(own, words)
    return papers
