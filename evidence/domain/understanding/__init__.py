"""Understand what was read: which papers a file holds, what each is, what it says and where."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.domain.papers import PageContent, PaperRead
from evidence.domain.understanding.layout import lay_out
from evidence.domain.understanding.paper import look, read_paper
from evidence.domain.understanding.splitting import split
from evidence.domain.understanding.vocabulary import Vocabulary

__all__ = ["Vocabulary", "read_as", "understand"]


def understand(pages: Sequence[PageContent], words: Vocabulary) -> list[PaperRead]:
    """The papers of a file in the order of their pages.

    Each page is looked at by itself first, then the pages of one paper together, so that those of a long file need
    not be in memory at once.
    """
    first_looks = [look(lay_out(page), words) for page in pages]
    numbers = {one.number: place for place, one in enumerate(first_looks)}
    papers: list[PaperRead] = []
    for span in split(first_looks):
        own = [lay_out(pages[numbers[number]]) for number in range(span.first, span.last + 1) if number in numbers]
        papers += read_paper(own, words)
    return papers


def read_as(pages: Sequence[PageContent], type_code: str, words: Vocabulary) -> PaperRead:
    """These pages as one paper of a type that a person named."""
    return read_paper([lay_out(page) for page in pages], words, type_code)[0]
