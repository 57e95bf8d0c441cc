"""The proof grid as a page shows it: the machine's cells with what persons hold of them, and one cell opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from evidence import reference
from evidence.domain.papers import Box
from evidence.domain.requirements import IMPORT, PACKAGE
from evidence.domain.spots import Spot
from evidence.models import Assessment
from evidence.places import place_url, spot_url
from evidence.services.proof_grids import Content
from screening.models import Case

UNPROVEN = {"missing", "weak", "contradicted"}
MARKS = {
    "shown": ("done", "shown"),
    "weak": ("look", "weak"),
    "missing": ("failed", "missing"),
    "contradicted": ("clash", "contradicted"),
    "not_applicable": ("dash", "not asked"),
}
STATES = {"agrees": ("done", "agrees"), "breaks": ("clash", "breaks"), "open": ("unknown", "open")}
NAMED = 4


@dataclass(slots=True)
class Cell:
    """A cell as it stands: what a person holds, else what the machine proposes."""

    step: Content
    family: reference.Family
    content: Content
    assessment: Assessment | None
    url: str
    is_open: bool = False

    @property
    def state(self) -> str:
        return self.assessment.verdict if self.assessment else self.content["state"]

    @property
    def tone(self) -> str:
        return MARKS[self.state][0]

    @property
    def word(self) -> str:
        return MARKS[self.state][1]

    @property
    def proposed(self) -> tuple[str, str]:
        return MARKS[self.content["state"]]

    @property
    def is_stale(self) -> bool:
        """The machine proposes something else now than when a person judged."""
        return self.assessment is not None and self.assessment.proposed != self.content["state"]

    @property
    def is_asked(self) -> bool:
        return self.state != "not_applicable"

    @property
    def count(self) -> int:
        return len(self.content["papers"])

    @property
    def title(self) -> str:
        return f"{self.step['label']}: {self.family.label.lower()}"


@dataclass(slots=True)
class Row:
    step: Content
    cells: list[Cell]

    @property
    def unproven(self) -> list[Cell]:
        return [one for one in self.cells if one.state in UNPROVEN]


@dataclass(slots=True)
class Grid:
    """All cells of a case, and the one that is opened."""

    case: Case
    content: Content
    rows: list[Row]
    package: Cell | None
    families: list[reference.Family]
    opened: Cell | None = None
    before: Cell | None = None
    after: Cell | None = None
    unplaced: list[Content] = field(default_factory=list)

    @property
    def cells(self) -> list[Cell]:
        """Every cell that asks for something, in reading order."""
        cells = [one for row in self.rows for one in row.cells]
        return [one for one in (*cells, *([self.package] if self.package else [])) if one.is_asked]

    @property
    def sentence(self) -> str:
        """The state and the reason, first of all."""
        if not self.rows:
            return "No chain is known yet, so nothing can be laid on it."
        chain = [row for row in self.rows if row.step["key"] != IMPORT]
        gaps = [row.step["name"] for row in chain if row.step["is_gap"]]
        clashing = [row for row in self.rows if any(cell.state == "contradicted" for cell in row.cells)]
        wanting = [row for row in self.rows if not row.step["is_gap"] and row.unproven and row not in clashing]
        proven = sum(not row.step["is_gap"] and not row.unproven for row in chain)
        parts = [f"{proven} of {len(chain)} steps have every paper asked for."]
        if clashing:
            parts.append(f"Papers contradict each other at {_some([_clashes(row) for row in clashing])}.")
        if wanting:
            parts.append(f"Not shown in full: {_some([_short(row.step) for row in wanting])}.")
        if gaps:
            parts.append(f"No party is declared for: {_some(gaps)}.")
        return " ".join(parts)


def grid_of(case: Case, content: Content, step: str = "", family: str = "") -> Grid:
    """The grid with what persons hold of its cells; ``step`` and ``family``: the cell that is opened."""
    judged = Assessment.objects.standing_in_grid(case)
    page = reverse("case-proof-grid", args=[case.pk])
    families = list(reference.families())

    def cell(of: Content, one: reference.Family) -> Cell:
        url = f"{page}{_query(of['key'], one.code)}"
        return Cell(of, one, content["cells"][of["key"]][one.code], judged.get((of["key"], one.code)), url)

    columns = [one for one in families if one.code != PACKAGE]
    rows = [Row(one, [cell(one, family_) for family_ in columns]) for one in content["steps"] if one["key"] != PACKAGE]
    package = next((one for one in content["steps"] if one["key"] == PACKAGE), None)
    last = next(one for one in families if one.code == PACKAGE)
    grid = Grid(case, content, rows, cell(package, last) if package else None, columns)
    grid.unplaced = [{"key": key, **one} for key, one in content["papers"].items() if not one["steps"]]
    everything = [one for row in rows for one in row.cells] + ([grid.package] if grid.package else [])
    grid.opened = next((one for one in everything if one.step["key"] == step and one.family.code == family), None)
    if grid.opened is not None:
        grid.opened.is_open = True
        asked = [one for one in everything if one.is_asked or one is grid.opened]
        at = asked.index(grid.opened)
        grid.before = asked[at - 1] if at else None
        grid.after = asked[at + 1] if at + 1 < len(asked) else None
    return grid


def opened(grid: Grid) -> dict[str, Any] | None:
    """All that stands behind the cell that is opened."""
    if (cell := grid.opened) is None:
        return None
    return {
        "cell": cell,
        "items": [
            {**one, "mark": MARKS[one["state"]], "papers": [_paper(grid, key) for key in one["papers"]]}
            for one in cell.content["items"]
        ],
        "papers": [{**_paper(grid, one["paper"]), "problems": one["problems"]} for one in cell.content["papers"]],
        "ties": ties_in_words(grid.case, [grid.content["ties"][number] for number in cell.content["ties"]]),
        "pages": [
            {"place": f"{one['exhibit']}-{one['first_page']}", "title": one["title"], "page": one["first_page"]}
            for one in (grid.content["papers"][str(row["paper"])] for row in cell.content["papers"])
        ],
    }


def ties_in_words(case: Case, ties: list[Content]) -> list[dict[str, Any]]:
    """Ties with the addresses of both places; breaks first, what is open last."""
    rank = {"breaks": 0, "agrees": 1, "open": 2}
    found = []
    for tie in sorted(ties, key=lambda one: rank[one["state"]]):
        left, right = ([_said(case, one) for one in tie[side]] for side in ("left", "right"))
        is_both = left and right and left[0]["exhibit"] and right[0]["exhibit"]
        both = spot_url(case.pk, left[0]["spot"], right[0]["spot"]) if is_both else ""
        found.append({**tie, "mark": STATES[tie["state"]], "left": left, "right": right, "url": both})
    return found


def _said(case: Case, value: Content) -> dict[str, Any]:
    box = Box(*value["box"]) if value["box"] else None
    spot = Spot(value["exhibit"], value["page"], box, value["cell"])
    on_record = reverse("case-detail", args=[case.pk]) + "#shipments"
    return {**value, "spot": spot, "url": spot_url(case.pk, spot) if value["exhibit"] else on_record}


def _paper(grid: Grid, key: int) -> dict[str, Any]:
    paper = grid.content["papers"][str(key)]
    pages = f"p. {paper['first_page']}" + (
        f" to {paper['last_page']}" if paper["last_page"] != paper["first_page"] else ""
    )
    return {
        **paper,
        "key": key,
        "pages": pages,
        "url": place_url(grid.case.pk, paper["exhibit"], paper["first_page"]),
        "place_url": reverse("paper-place", args=[grid.case.pk, key]),
    }


def _short(step: Content) -> str:
    """The party in one script, as written first; the importation by that word."""
    return "importation" if step["key"] == IMPORT else (step["native_name"] or step["name"]).rstrip(".")


def _clashes(row: Row) -> str:
    kinds = [cell.family.label.lower() for cell in row.cells if cell.state == "contradicted"]
    return f"{_short(row.step)} ({', '.join(kinds)})"


def _query(step: str, family: str) -> str:
    return f"?{urlencode({'step': step, 'family': family})}#cell"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return "; ".join(names[:NAMED]) + more


OF_QUANTITIES = {"quantity", "weight", "gross_weight", "dry_weight", "input_quantity", "output_quantity", "opening",
                 "closing", "bale_count", "packages"}  # fmt: skip
BESIDE = {"A1": set[str](), "A3": set[str](), "A4": OF_QUANTITIES}  # question: the ties shown beside it; none: all


def beside(case: Case, content: Content, code: str, step: str) -> dict[str, Any] | None:
    """What the grid holds of a step, beside a question of the law that reads from it; None where there is nothing."""
    cells = content["cells"].get(step)
    if code not in BESIDE or cells is None:
        return None
    judged = Assessment.objects.standing_in_grid(case)
    page = reverse("case-proof-grid", args=[case.pk])
    shown = [
        Cell(
            next(one for one in content["steps"] if one["key"] == step),
            one,
            cells[one.code],
            judged.get((step, one.code)),
            f"{page}{_query(step, one.code)}",
        )  # fmt: skip
        for one in reference.families()
    ]
    ties = [one for one in content["ties"] if step in (one["step"], one["other"])]
    wanted = BESIDE[code]
    ties = [one for one in ties if (not wanted or one["field"] in wanted) and one["state"] != "open"]
    names = {one["key"]: one["label"] for one in content["steps"]}
    to: list[str] = next((one["supplies"] for one in content["steps"] if one["key"] == step), [])
    return {
        "to": [names[key] for key in to if key in names],
        "cells": [
            {"cell": one, "papers": [_here(content, row["paper"]) for row in one.content["papers"]]}
            for one in shown
            if one.is_asked
        ],
        "ties": ties_in_words(case, ties),
    }


def _here(content: Content, key: int) -> dict[str, Any]:
    paper = content["papers"][str(key)]
    return {**paper, "place": f"{paper['exhibit']}-{paper['first_page']}"}
