"""Understand the pages of a file with the words of the data files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evidence.domain.papers import PageContent, PaperRead
from evidence.domain.understanding import read_as as read_as_with
from evidence.domain.understanding import understand as understand_with
from evidence.readers import PageRead
from evidence.reference import vocabulary


def understand(pages: Sequence[PageContent]) -> list[PaperRead]:
    """Which papers a file holds, what each is, and what it says, with the place of each value."""
    return understand_with(pages, vocabulary())


def understand_read(pages: Sequence[PageRead]) -> list[PaperRead]:
    """The same from what a reader returned, whose pages are unpacked one at a time."""
    return understand(_Unpacked(pages))


def read_as(pages: Sequence[PageContent], type_code: str) -> PaperRead:
    """These pages as one paper of a type that a person named."""
    return read_as_with(pages, type_code, vocabulary())


class _Unpacked(Sequence[PageContent]):
    """The pages of a reader, each unpacked when it is asked for: a long file has too many words to keep as objects."""

    def __init__(self, pages: Sequence[PageRead]) -> None:
        self._pages = pages

    def __len__(self) -> int:
        return len(self._pages)

    def __getitem__(self, place: Any) -> Any:
        return self._pages[place].content
