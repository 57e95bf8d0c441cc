"""What papers are expected for goods of a chain: by stage, what each is for, and with what it must tie.

The table is ``evidence/data/evidence_requirements.csv``. ``links_to`` says with which other papers one must agree:
``PAPER@scope:field|field; ...``. The scope is the step itself (``same``), the step before it (``up``) or after it
(``down``), the raw material (``raw``), the maker of the goods (``finished``), the importation (``import``), every step
(``all``), the package (``package``), or the name of a stage. Names with ``SYS_`` are records of this system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

GENERAL = "general"
PACKAGE, IMPORT, EXCEPTION = "package", "import", "exception_package"
IMPORTER = "importer"
SCOPES = frozenset({"same", "up", "down", "raw", "finished", "all", IMPORT, PACKAGE})
_LINK = re.compile(r"(?P<type>[A-Z][A-Z_]*)@(?P<scope>[^:;@]+):(?P<fields>[a-z0-9_]+(?:\|[a-z0-9_]+)*)")
_COLUMNS = ("commodity", "tier_order", "tier", "document_type", "purpose", "links_to", "required", "source")


class Unreadable(ValueError):
    """A row of the table that cannot be read: which row, which field, and what to do."""


@dataclass(frozen=True, slots=True)
class LinksTo:
    """A paper of this type must agree with one of that type, at that place of the chain, in these fields."""

    type: str
    scope: str
    fields: tuple[str, ...]

    @property
    def is_of_system(self) -> bool:
        return self.type.startswith("SYS_")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A paper that is expected at a stage: what it is for, with what it must tie, when, and by what source.

    ``condition`` is empty where it is always expected.
    """

    key: int
    commodity: str
    order: int
    stage: str
    type: str
    purpose: str
    links: tuple[LinksTo, ...]
    condition: str
    source: str

    @property
    def is_verified(self) -> bool:
        return "[unverified]" not in self.source


@dataclass(frozen=True)
class Requirements:
    """The whole table, asked by chain and stage."""

    rows: tuple[Requirement, ...]
    _by_place: dict[tuple[str, str], list[Requirement]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[tuple[str, str], list[Requirement]] = {}
        for row in self.rows:
            found.setdefault((row.commodity, row.stage.lower()), []).append(row)
        object.__setattr__(self, "_by_place", found)

    def at(self, commodity: str, stage: str) -> tuple[Requirement, ...]:
        """What is expected at a stage of a chain; where the stage is not known, what every stage is asked for."""
        if not stage:
            return self._common.get(commodity, ())
        return tuple(self._by_place.get((commodity, stage.lower()), ()))

    @property
    def commodities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.commodity for row in self.rows if row.commodity != GENERAL))

    def stages(self, commodity: str) -> tuple[str, ...]:
        """The stages of a chain, raw material first, without the importer."""
        rows = sorted((row.order, row.stage) for row in self.rows if row.commodity == commodity)
        return tuple(dict.fromkeys(stage for _, stage in rows if stage != IMPORTER))

    @cached_property
    def _common(self) -> dict[str, tuple[Requirement, ...]]:
        """By chain what is expected of the raw material and at most other stages too, in the words of the last."""
        found = {}
        for commodity in self.commodities:
            stages = [self.at(commodity, stage) for stage in self.stages(commodity)]
            always = [{row.type for row in rows if not row.condition} for rows in stages]
            common = {one for one in always[0] if sum(one in types for types in always) * 2 > len(always)}
            found[commodity] = tuple(row for row in stages[-1] if row.type in common)
        return found


def read_requirements(rows: Iterable[Mapping[str, str]], *, types: Iterable[str]) -> Requirements:
    """The table out of its rows. Raises ``Unreadable`` with row, field and remedy where one cannot be read.

    ``types``: the codes of the types of paper that are known.
    """
    known = frozenset(types)
    rows = list(rows)
    stages: dict[str, set[str]] = {}
    for row in rows:
        stages.setdefault(row.get("commodity", ""), set()).add(row.get("tier", ""))
    return Requirements(
        tuple(_requirement(number, row, known, stages) for number, row in enumerate(rows, 2))
    )  # row 1: headings


def parse_links(text: str, stages: Iterable[str] = ()) -> tuple[LinksTo, ...]:
    """The links of a row. ``stages``: the names of the stages of its chain. Raises ``ValueError`` with a remedy."""
    names = frozenset(stages)
    found = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        match = _LINK.fullmatch(part)
        if match is None:
            raise ValueError(f"“{part}” is no link: write PAPER@scope:field|field.")
        scope = match["scope"].strip()
        if scope not in SCOPES | names:
            raise ValueError(
                f"“{scope}” is no scope: name one of {', '.join(sorted(SCOPES))} or a stage of the chain."
            )
        found.append(LinksTo(match["type"], scope, tuple(match["fields"].split("|"))))
    return tuple(found)


def _requirement(
    number: int, row: Mapping[str, str], types: frozenset[str], stages: Mapping[str, set[str]]
) -> Requirement:
    def refuse(name: str, remedy: str) -> Unreadable:
        return Unreadable(f"Row {number}, {name}: {remedy}")

    for name in _COLUMNS:
        if not (row.get(name) or "").strip():
            raise refuse(name, "is empty; fill it in.")
    if not row["tier_order"].isdigit():
        raise refuse("tier_order", f"“{row['tier_order']}” is no whole number: 1 is the raw material, 0 no stage.")
    if row["document_type"] not in types:
        raise refuse("document_type", f"“{row['document_type']}” is not among the types of paper; add it there first.")
    said, _, condition = row["required"].partition(":")
    if said not in {"yes", "conditional"} or (said == "conditional") != bool(condition.strip()):
        raise refuse("required", f"“{row['required']}”: write yes, or conditional: and the reason.")
    try:
        links = parse_links(row["links_to"], stages[row["commodity"]])
    except ValueError as fault:
        raise refuse("links_to", str(fault)) from fault
    for link in links:
        if not link.is_of_system and link.type not in types:
            raise refuse("links_to", f"“{link.type}” is not among the types of paper; add it there first.")
    return Requirement(
        key=number,
        commodity=row["commodity"],
        order=int(row["tier_order"]),
        stage=row["tier"],
        type=row["document_type"],
        purpose=row["purpose"],
        links=links,
        condition=condition.strip(),
        source=row["source"],
    )
