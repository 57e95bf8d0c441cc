"""The proof grid: by step of the chain and family of papers what is shown, by which pages, and what is not.

The machine proposes; a person confirms or changes it (rows of ``Assessment``). A blank form, a page that cannot be
read and a page without translation show nothing until they are replaced. That a cell is shown says that its papers
are there and agree as far as they were compared; it says nothing of goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evidence.domain.asking import Asked
from evidence.domain.laid import ChainStep, Laid, Placement
from evidence.domain.papers import CasePaper
from evidence.domain.ties import StandsFor, Tie


class State(StrEnum):
    SHOWN = "shown"
    WEAK = "weak"
    MISSING = "missing"
    CONTRADICTED = "contradicted"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class PaperHere:
    """A paper in a cell: its pages, and why it counts for little where it does."""

    paper: CasePaper
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A requirement in a cell with the papers that stand for it."""

    asked: Asked
    papers: tuple[PaperHere, ...]

    @property
    def state(self) -> State:
        if self.papers:
            is_whole = any(not one.problems for one in self.papers)
            return State.SHOWN if is_whole else State.WEAK
        return State.MISSING if self.asked.holds == "yes" else State.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class Cell:
    """A step of the chain in one family of papers: the state proposed, why, and what it rests on.

    ``ties``: numbers of ties that touch its papers. ``others``: papers of this family here that no row asks for.
    """

    step: str
    family: str
    state: State
    reasons: tuple[str, ...]
    items: tuple[Item, ...] = ()
    others: tuple[PaperHere, ...] = ()
    ties: tuple[int, ...] = ()

    @property
    def papers(self) -> list[PaperHere]:
        """Each paper once, by its pages."""
        found = {one.paper.key: one for item in self.items for one in item.papers}
        found |= {one.paper.key: one for one in self.others}
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Words:
    """What people call types of paper, and the family of each."""

    labels: Mapping[str, str]
    families: Mapping[str, str]

    def label(self, type_: str) -> str:
        return self.labels.get(type_, type_.replace("_", " ").capitalize())


def cells_of(
    laid: Laid,
    asked: Mapping[str, Sequence[Asked]],
    ties: Sequence[Tie],
    contradicted: Mapping[int, Sequence[str]],
    *,
    families: Iterable[str],
    words: Words,
    stands_for: StandsFor,
) -> list[Cell]:
    """Every cell of the grid, step by step. ``contradicted``: by paper what does not agree beside the ties."""
    touching: dict[tuple[str, int], list[int]] = {}
    for number, tie in enumerate(ties):
        for key in tie.papers:
            for where in dict.fromkeys((tie.step, tie.other)):
                touching.setdefault((where, key), []).append(number)
    cells = []
    for step in laid.steps:
        here = list(laid.at([step.key]))
        for family in families:
            rows = [one for one in asked.get(step.key, ()) if words.families.get(one.requirement.type) == family]
            own = [one for one in here if words.families.get(one.paper.type) == family]
            cells.append(_cell(step, family, rows, own, here, laid, ties, touching, contradicted, words, stands_for))
    return cells


def _cell(
    step: ChainStep,
    family: str,
    rows: Sequence[Asked],
    own: Sequence[CasePaper],
    here: Sequence[CasePaper],
    laid: Laid,
    ties: Sequence[Tie],
    touching: Mapping[tuple[str, int], Sequence[int]],
    contradicted: Mapping[int, Sequence[str]],
    words: Words,
    stands_for: StandsFor,
) -> Cell:
    def seen(paper: CasePaper) -> PaperHere:
        return PaperHere(paper, tuple(problems_of(paper, laid.placed.get(paper.key, Placement()))))

    items = tuple(Item(row, tuple(seen(one) for one in here if stands_for(one, row.requirement.type))) for row in rows)
    used = {one.paper.key for item in items for one in item.papers}
    others = tuple(seen(one) for one in own if one.key not in used)
    papers = used | {one.paper.key for one in others}
    numbers = tuple(dict.fromkeys(number for key in papers for number in touching.get((step.key, key), ())))
    breaks = [ties[number].words for number in numbers if ties[number].state == "breaks"]
    breaks += [one for key in sorted(papers) for one in contradicted.get(key, ())]
    state, reasons = _state(step, items, others, list(dict.fromkeys(breaks)), words)
    return Cell(step.key, family, state, tuple(reasons), items, others, numbers)


def _state(
    step: ChainStep, items: Sequence[Item], others: Sequence[PaperHere], breaks: Sequence[str], words: Words
) -> tuple[State, list[str]]:
    missing = [one for one in items if one.state == State.MISSING]
    present = [one for one in items if one.papers]
    whole = [one for one in present if one.state == State.SHOWN]
    said = [f"{words.label(one.asked.requirement.type)}: {_named(one.papers)}." for one in present]
    said += [f"{one.paper.title}: {problem}" for one in _papers(items, others) for problem in one.problems]
    if missing:
        what = ", ".join(words.label(one.asked.requirement.type).lower() for one in missing)
        said.append(f"Not in the file: {what}.")
    if breaks:
        return State.CONTRADICTED, [*breaks, *said]
    if missing and not present:
        if step.is_gap:
            said.append("No party is declared at this step.")
        also = [f"{one.paper.title} is of this kind but not what is asked." for one in others]
        return (State.WEAK if others else State.MISSING), [*said, *also]
    if missing or len(whole) < len(present):
        return State.WEAK, said
    if present:
        return State.SHOWN, said
    if others:
        return State.WEAK, [f"{one.paper.title} is here; no paper of this kind is asked for." for one in others]
    return State.NOT_APPLICABLE, _why_not(items)


def _why_not(items: Sequence[Item]) -> list[str]:
    if not items:
        return ["Nothing of this kind is asked at this step."]
    return list(
        dict.fromkeys(
            f"Asked only if: {one.asked.requirement.condition}."
            + (" The record does not say." if one.asked.holds == "unknown" else " That is not so here.")
            for one in items
        )
    )


def problems_of(paper: CasePaper, placement: Placement) -> list[str]:
    """Why a paper counts for little: what cannot be read, what is not translated, whether it belongs here."""
    found = []
    pages = paper.paper.last_page - paper.paper.first_page + 1
    if paper.paper.is_blank_form:
        found.append("a form nobody filled in shows nothing.")
    if paper.unreadable_pages:
        whole = len(paper.unreadable_pages) == pages
        found.append("cannot be read." if whole else f"{_pages(paper.unreadable_pages)} cannot be read.")
    if paper.untranslated_pages:
        found.append(f"{_pages(paper.untranslated_pages)} {_has(paper.untranslated_pages)} no English translation.")
    if not placement.is_sure and placement.steps and not found:
        found.append(f"whether it belongs here is not sure. {' '.join(placement.why)}")
    return found


def _papers(items: Sequence[Item], others: Sequence[PaperHere]) -> list[PaperHere]:
    found = {one.paper.key: one for item in items for one in item.papers}
    return list((found | {one.paper.key: one for one in others}).values())


def _named(papers: Sequence[PaperHere]) -> str:
    return ", ".join(one.paper.title for one in papers)


def _pages(numbers: Sequence[int]) -> str:
    return ("page " if len(numbers) == 1 else "pages ") + ", ".join(map(str, numbers))


def _has(numbers: Sequence[int]) -> str:
    return "has" if len(numbers) == 1 else "have"
