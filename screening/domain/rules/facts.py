"""What the rules look at: the articles of a shipment, the parties of their chains, the lists, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from entities.domain.facts import PartyFacts
from entities.domain.judging import Judged, effect
from entities.domain.matching import Affiliation, ListMatch
from entities.domain.parties import PartyScreening
from screening.domain.contradictions import Contradiction
from screening.domain.coverage import Coverage
from screening.domain.goods import GoodsKind, Use
from screening.domain.law.clocks import is_uflpa_in_force
from screening.domain.orders import Order
from screening.domain.prices import FarUnder
from screening.domain.routes import RouteChange
from screening.domain.tracing import Grade

# Parties the goods come from. Others (consignee, notify party …) do not make or sell the goods.
SOURCE_ROLES = frozenset({"manufacturer", "seller", "shipper", "supplier"})


@dataclass(frozen=True, slots=True)
class UnknownInput:
    """An input of a priority sector that goods need and nobody is known to deliver: its chain, and its use."""

    commodity: str
    use: Use

    @property
    def name(self) -> str:
        return self.use.goods or self.commodity.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Article:
    """A line of the shipment, with the commodity chain and the priority sectors of its HTS codes."""

    number: int
    description: str
    hts_codes: tuple[str, ...]
    sectors: tuple[str, ...]
    coverage: Coverage
    origin_country: str = ""
    unknown_inputs: tuple[UnknownInput, ...] = ()

    @property
    def unknown_parts(self) -> tuple[UnknownInput, ...]:
        """Those that stay in the goods."""
        return tuple(one for one in self.unknown_inputs if not one.use.is_used_up)

    @property
    def unknown_aids(self) -> tuple[UnknownInput, ...]:
        """Those used up in making the goods, such as a process chemical."""
        return tuple(one for one in self.unknown_inputs if one.use.is_used_up)

    @property
    def label(self) -> str:
        text = " ".join(self.description.split())
        short = f"{text[:57]}…" if len(text) > 58 else text
        return f"line {self.number} ({short})" if short else f"line {self.number}"


@dataclass(frozen=True, slots=True)
class LabourWords:
    """Words for a state labour scheme in a text that speaks of a party; ``link``: the statement they stand in."""

    field: str
    words: str
    link: int | None = None


@dataclass(frozen=True, slots=True)
class ListedKin:
    """A listed entity that owns a firm, or that the firm owns, by declared holdings.

    ``holdings``: the statements on the way, ``way``: the same in words. ``is_controlled``: each of them is a majority
    or is called control. ``scope``: how far the listing reaches, in its own words.
    """

    match: ListMatch
    name: str
    is_owner: bool
    is_controlled: bool
    reaches_further: bool
    holdings: tuple[int, ...]
    way: str
    scope: str


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
    kind: GoodsKind | None = None  # what it delivers on this path
    is_priority: bool = False  # that belongs to a priority sector
    labour: tuple[LabourWords, ...] = ()
    kin: tuple[ListedKin, ...] = ()

    @property
    def name(self) -> str:
        return self.facts.native_name or self.facts.name

    @property
    def affiliations(self) -> tuple[Affiliation, ...]:
        """The listed entities it seems to belong to without being one, however that is known."""
        return self.verdict.affiliations

    @property
    def concern(self) -> str:
        """What it certainly is by itself, whatever the path to it is worth: listed, or in Xinjiang; else empty."""
        for match in self.verdict.matches:
            does = effect(self.judged.get(match.key), match.verdict)
            if does == "confirms" or (match.verdict == "match" and does != "sets_aside"):
                return "LISTED_ENTITY"
        signals = (one for one in self.verdict.signals if one.rule in {"XJ_SITE", "XPCC"})
        return "XINJIANG_ORIGIN" if any(one.strength == "strong" for one in signals) else ""

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
class Delivery:
    """Goods that a plant takes in: the statement, from whom, and what is certain of that source (empty: nothing)."""

    link: int
    supplier: str
    goods: str
    concern: str = ""


@dataclass(frozen=True, slots=True)
class MixedPlant:
    """A plant of the chain that takes in the same kind of goods from a source with a ground and from others."""

    plant: PartyAtStep
    suspect: tuple[Delivery, ...]
    others: tuple[Delivery, ...]


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
    spoken_of: tuple[PartyAtStep, ...] = ()  # suppliers by each statement that speaks of a labour scheme, over it
    rows: dict[str, ListRow] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    mixed: tuple[MixedPlant, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    routes: tuple[RouteChange, ...] = ()
    prices: tuple[FarUnder, ...] = ()
    assembly_countries: Mapping[str, str] = field(default_factory=dict)  # by code, with their names
    list_retrieved_on: date | None = None

    @property
    def is_under_uflpa(self) -> bool:
        """Imported while sec. 3 of the UFLPA is in force."""
        return is_uflpa_in_force(self.on)

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
