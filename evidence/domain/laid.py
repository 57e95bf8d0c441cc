"""The papers of a case laid on its chain: steps from the importation up to the raw material, and which paper belongs
to which of them.

A paper of a sale belongs to the step that sells: order, invoice, payment, transport to the next one. A record of
production, origin, identity or labour belongs to the step it speaks of; a goods-received note to the step that
received. What nobody named on the chain delivers is a step too: a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from evidence.domain.papers import CasePaper
from evidence.domain.requirements import IMPORT, PACKAGE


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A party at a stage of the chain, or a stage where no party is declared.

    ``stage`` is empty where it is not known; ``supplies``: the keys of the steps it delivers to. ``facts`` are what
    the conditions of requirements ask: ``labour_indicator``, ``mixed_source``, ``trades``.
    """

    key: str
    name: str
    stage: str = ""
    number: int | None = None
    commodity: str = ""
    native_name: str = ""
    country: str = ""
    step: int = 0
    is_gap: bool = False
    supplies: tuple[str, ...] = ()
    facts: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """The party as written, or the stage that has none."""
        return " ".join(filter(None, (self.native_name, self.name))) if not self.is_gap else f"{self.name}: no party"

    @property
    def is_of_chain(self) -> bool:
        return self.key not in (IMPORT, PACKAGE)


@dataclass(frozen=True, slots=True)
class Placement:
    """The steps a paper belongs to, and why; none where that could not be told."""

    steps: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    is_sure: bool = False
    by: str = ""  # the person who placed it; empty: proposed


@dataclass(frozen=True)
class Laid:
    """A case's papers on its chain.

    ``is_exception``: the importer asks for an exception, not for applicability. ``same_party``: whether two names are
    one firm, by the matching engine; None where that is open. ``record``: by step what this system has on record
    (types with ``SYS_``), in the shape of papers so that they can be tied to it.
    """

    steps: tuple[ChainStep, ...]
    papers: tuple[CasePaper, ...] = ()
    placed: Mapping[int, Placement] = field(default_factory=dict)
    is_exception: bool = False
    record: Mapping[str, tuple[CasePaper, ...]] = field(default_factory=dict)
    same_party: Callable[[str, str], bool | None] = lambda one, other: None

    def on_record(self, keys: Collection[str]) -> list[CasePaper]:
        """What the system has on record of any of these steps."""
        return [one for key in dict.fromkeys(keys) for one in self.record.get(key, ())]

    def step(self, key: str) -> ChainStep | None:
        return next((one for one in self.steps if one.key == key), None)

    def at(self, keys: Collection[str]) -> Iterator[CasePaper]:
        """The papers that belong to any of these steps."""
        for paper in self.papers:
            if set(self.placed.get(paper.key, Placement()).steps) & set(keys):
                yield paper

    def up(self, key: str) -> tuple[str, ...]:
        """Who delivers to a step."""
        return tuple(one.key for one in self.steps if key in one.supplies)

    def down(self, key: str) -> tuple[str, ...]:
        """Whom a step delivers to."""
        found = self.step(key)
        return found.supplies if found else ()

    def closed(self, documents: Collection[int], why: str) -> Laid:
        """The same, but nothing is told of what the papers of these documents say: only their kind and their step."""
        closed = {one.key for one in self.papers if one.document in documents}
        papers = [
            replace(one, file_name="", paper=replace(one.paper, fields=())) if one.key in closed else one
            for one in self.papers
        ]
        placed = {key: replace(one, why=(why,)) if key in closed else one for key, one in self.placed.items()}
        return replace(self, papers=tuple(papers), placed=placed)

    def unplaced(self) -> list[CasePaper]:
        return [one for one in self.papers if not self.placed.get(one.key, Placement()).steps]
