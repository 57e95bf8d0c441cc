"""What a chain is made of, boxes and lines, and how each kind of them is painted and called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

INK, SOFT, QUIET, STOP, STOP_WASH, LOOK, LOOK_WASH, ACCENT, ACCENT_WASH, GROUND = (
    "#1b1b1b", "#565c65", "#71767a", "#b50909", "#fff3f2", "#5c410a", "#fef8e7", "#005ea2", "#eff6fb", "#f7f9fa",
)  # fmt: skip

# kind: fill, stroke, stroke width, dashes, what is written over the name
KINDS = {
    "article": (ACCENT_WASH, ACCENT, 2, "", "This shipment"),
    "party": ("#ffffff", QUIET, 1, "", ""),
    "listed": (STOP_WASH, STOP, 2.5, "", "On the Entity List"),
    "xinjiang": (STOP_WASH, STOP, 2.5, "", "In Xinjiang"),
    "order": (STOP_WASH, STOP, 2.5, "", "Under an order"),
    "review": (LOOK_WASH, LOOK, 2, "", "To be reviewed"),
    "gap": (GROUND, SOFT, 1.5, "5 4", "Not declared"),
    "fold": (GROUND, ACCENT, 1, "", "Folded"),
}
STOPPING = {"listed", "xinjiang", "order"}  # what has a ground to stop the goods


class Leads(StrEnum):
    """Whether a line is part of a path to the list or to Xinjiang: one that raises the presumption, because the goods
    are traced or relevant all the way, or one that a person must review first."""

    NOWHERE = ""
    REVIEW = "review"
    PRESUMPTION = "presumption"


# line: colour, thickness, dashes, what is written under it
STROKES = {
    Leads.NOWHERE: (QUIET, 1.5, "", ""),
    Leads.REVIEW: (LOOK, 2.5, "14 4 3 4", "to review"),
    Leads.PRESUMPTION: (STOP, 3.5, "", "presumed"),
}
RANK = tuple(STROKES).index  # the more it weighs, the higher


@dataclass(frozen=True)
class Node:
    """One box: the article, a party of whatever standing, a gap, or several parties folded."""

    id: str
    name: str
    step: int
    kind: str = "party"
    native_name: str = ""
    country: str = ""
    stage: str = ""
    url: str = ""
    note: str = ""
    is_focus: bool = False


@dataclass(frozen=True)
class Link:
    """`source` supplies `goods` to `target`, which stands downstream of it; `weak` says why it is worth no more."""

    source: str
    target: str
    goods: str = ""
    grade: str = ""
    leads: Leads = Leads.NOWHERE
    period: str = ""
    weak: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A link in words, for the table beside the drawing."""

    supplier: Node
    buyer: Node
    goods: str
    grade: str
    leads: Leads
    period: str
    weak: tuple[str, ...]


def rows_of(nodes: Iterable[Node], links: Iterable[Link]) -> tuple[Row, ...]:
    """The links in words: nearest the shipment first, at each step first what raises the presumption."""
    by_id = {node.id: node for node in nodes}
    known = (link for link in links if link.source in by_id and link.target in by_id)
    return tuple(
        Row(by_id[one.source], by_id[one.target], one.goods, one.grade, one.leads, one.period, one.weak)
        for one in sorted(known, key=lambda one: (by_id[one.source].step, -RANK(one.leads)))
    )
