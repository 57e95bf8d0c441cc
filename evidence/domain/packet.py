"""How a packet is laid out: which exhibit stands where, and which page the index names for each paper.

CBP asks for a table of contents in which every paper is numbered to the step of production it proves, with an
executive summary, a map of the chain and an English translation of each page in another language (CBP, FAQ of
23 February 2023 and guidance on executive summaries and sample tables of contents).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

OTHER = ""  # the key of what belongs to no step


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper as the index names it: its title, its pages within the exhibit, the steps it belongs to."""

    title: str
    first: int
    last: int
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PacketExhibit:
    """An exhibit of the packet: how many pages it fills there, and the papers on them.

    ``begins`` says on which of the pages it fills each page of the document begins, where that is not one to one: a
    sheet may fill several. ``start`` is the page of the packet its first page is; 0 until that is known.
    """

    number: int
    file_name: str
    pages: int
    papers: tuple[Listed, ...] = ()
    begins: tuple[int, ...] = ()
    start: int = 0

    @property
    def step(self) -> str:
        """The step it stands under: that of its first paper that has one."""
        return next((paper.steps[0] for paper in self.papers if paper.steps), OTHER)

    @property
    def end(self) -> int:
        return self.start + self.pages - 1

    def page(self, number: int) -> int:
        """The page of the packet on which a page of the document begins."""
        at = self.begins[number - 1] if 0 < number <= len(self.begins) else number
        return self.start + min(max(1, at), self.pages) - 1

    def last_page(self, number: int) -> int:
        """The page of the packet on which a page of the document ends."""
        if 0 < number < len(self.begins):
            return max(self.page(number), self.page(number + 1) - 1)
        return self.end if self.begins else self.page(number)


@dataclass(frozen=True, slots=True)
class IndexLine:
    """A line of the table of contents: a paper under a step, its exhibit, and the pages of the packet."""

    title: str
    exhibit: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Section:
    """A step of production with its lines."""

    key: str
    label: str
    lines: tuple[IndexLine, ...]


def in_order(exhibits: Sequence[PacketExhibit], steps: Sequence[str]) -> list[PacketExhibit]:
    """The exhibits as they stand in the packet: by step of production, then by number; what has no step comes last."""
    place = {key: index for index, key in enumerate(steps)}
    return sorted(exhibits, key=lambda one: (place.get(one.step, len(place)), one.number))


def numbered(exhibits: Sequence[PacketExhibit], first: int) -> list[PacketExhibit]:
    """The exhibits with the page each begins on, the first one on page ``first``."""
    found = []
    for one in exhibits:
        found.append(replace(one, start=first))
        first += one.pages
    return found


def index_of(exhibits: Sequence[PacketExhibit], steps: Sequence[tuple[str, str]]) -> list[Section]:
    """The table of contents: under each step the papers that belong to it, under the last heading all others.

    A paper of two steps stands under both; an exhibit without told papers is listed as a whole.
    """
    under: dict[str, list[IndexLine]] = {key: [] for key, _ in steps}
    under.setdefault(OTHER, [])
    for one in exhibits:
        for paper in one.papers or (Listed(one.file_name, 1, one.pages),):
            line = IndexLine(paper.title, one.number, one.page(paper.first), one.last_page(paper.last))
            for key in [key for key in paper.steps if key in under] or [OTHER]:
                under[key].append(line)
    labels = [*steps, (OTHER, "Not assigned to a step")]
    sections = [Section(key, label, tuple(sorted(under[key], key=lambda row: row.first))) for key, label in labels]
    return [one for one in sections if one.lines or one.key != OTHER]
