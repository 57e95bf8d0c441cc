"""What the rules look at: the articles of a shipment, the parties of their chains, the lists, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from entities.domain.facts import PartyFacts
from entities.domain.judging import Judged
from entities.domain.matching import Affiliation, ListMatch
from entities.domain.parties import PartyScreening
from screening.domain.clock import UFLPA_IN_FORCE_FROM
from screening.domain.coverage import Coverage
from screening.domain.orders import Order
from screening.domain.tracing import Grade

# Parties the goods come from. Others (consignee, notify party …) do not make or sell the goods.
SOURCE_ROLES = frozenset({"manufacturer", "seller", "shipper", "supplier"})


@dataclass(frozen=True, slots=True)
class Article:
    """A line of the shipment, with the commodity chain and the priority sectors of its HTS codes."""

    number: int
    description: str
    hts_codes: tuple[str, ...]
    sectors: tuple[str, ...]
    coverage: Coverage

    @property
    def label(self) -> str:
        text = " ".join(self.description.split())
        short = f"{text[:57]}…" if len(text) > 58 else text
        return f"line {self.number} ({short})" if short else f"line {self.number}"


@dataclass(frozen=True, slots=True)
class PartyAtStep:
    """A party somewhere in the chain of some lines, and what the engine says of it."""

    facts: PartyFacts
    verdict: PartyScreening
    role: str
    line_numbers: tuple[int, ...]
    steps_upstream: int
    grade: Grade
    path: tuple[dict[str, Any], ...] = ()
    party_id: int | None = None
    supplier_id: int | None = None
    other_paths: int = 0  # ways that lead to it beside this one
    judged: Mapping[str, Judged] = field(default_factory=dict)  # what people judged of it, by listed entity
    orders: tuple[ListMatch, ...] = ()  # withhold release orders that name it

    @property
    def name(self) -> str:
        return self.facts.native_name or self.facts.name

    @property
    def affiliations(self) -> tuple[Affiliation, ...]:
        """The listed entities it seems to belong to without being one, however that is known."""
        return self.verdict.affiliations

    @property
    def is_source(self) -> bool:
        return self.role in SOURCE_ROLES

    @property
    def raises_presumption(self) -> bool:
        """Its place in the chain is good enough for the presumption: it is a source, on a path that holds."""
        return self.is_source and self.grade.raises_presumption


@dataclass(frozen=True, slots=True)
class MaterialAtStep:
    """Material on a path that the statement itself says is of Xinjiang origin; its supplier may be no single firm."""

    path: tuple[dict[str, Any], ...]
    goods: str
    supplier: str
    customer: str
    line_numbers: tuple[int, ...]
    steps_upstream: int
    grade: Grade


@dataclass(frozen=True, slots=True)
class ListRow:
    """The row of the list a match is shown with."""

    name: str
    listed_since: date
    section: str
    citation: str


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """Everything the rules look at."""

    articles: tuple[Article, ...]
    parties: tuple[PartyAtStep, ...]
    on: date
    materials: tuple[MaterialAtStep, ...] = ()
    rows: dict[str, ListRow] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)

    @property
    def is_under_uflpa(self) -> bool:
        """Imported while sec. 3 of the UFLPA is in force."""
        return self.on >= UFLPA_IN_FORCE_FROM

    def article(self, number: int) -> Article | None:
        return next((article for article in self.articles if article.number == number), None)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, ready to be stored as a finding."""

    rule: str
    severity: str
    basis: str
    headline: str
    ground: str = ""
    asks_review: bool = False
    line_numbers: tuple[int, ...] = ()
    party: PartyAtStep | None = None
    matched_field: str = ""
    matched_text: str = ""
    score: float | None = None
    reasons: tuple[Any, ...] = ()
    listed_key: str = ""
    verdict: str = ""
    judgement: int | None = None
    place_code: str = ""
    place_name: str = ""
    material: MaterialAtStep | None = None

    @property
    def at(self) -> PartyAtStep | MaterialAtStep | None:
        """Where in the chain it was found."""
        return self.party or self.material


Rule = Callable[[ShipmentFacts], Iterator[Found]]
