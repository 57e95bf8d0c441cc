"""What a screening read, in the words it was stated in: enough to screen again without the tables it was read from.

Nothing here was worked out: no kind of goods, no place, no path, no match. That is what a replay does anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from entities.domain.facts import PartyFacts
from entities.domain.judging import Judged
from entities.domain.known import KnownFirm
from screening.domain.prices import UnitPrice
from screening.domain.routes import Route


@dataclass(frozen=True, slots=True)
class SeenFirm:
    """A firm of the chain: its record, and each of its places with the words declared there."""

    key: int
    name: str = ""
    native_name: str = ""
    country: str = ""
    is_aggregate: bool = False
    sites: tuple[PartyFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A standing statement that a supplier delivers to a customer."""

    key: int
    supplier: int
    customer: int
    commodity: str = ""
    stage: str = ""
    goods: str = ""
    hts_prefix: str = ""
    origin: str = ""
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class SeenHolding:
    """A standing statement that a firm owns a share of another."""

    key: int
    owner: int
    owned: int
    share_from: Decimal | None = None
    share_to: Decimal | None = None
    interest: str = ""
    is_indirect: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SeenNetwork:
    """The firms behind a shipment, the links among them, and the holdings above and below them."""

    firms: tuple[SeenFirm, ...] = ()
    links: tuple[SeenLink, ...] = ()
    above: tuple[SeenHolding, ...] = ()
    below: tuple[SeenHolding, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of the shipment as declared."""

    key: int
    number: int
    description: str = ""
    hts_codes: tuple[str, ...] = ()
    hts6: str = ""
    origin_country: str = ""
    quantity: Decimal | None = None
    quantity_unit: str = ""
    gross_weight_kg: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class SeenParty:
    """A party's part in the shipment, or in one line, and the supplier it was taken for."""

    key: int
    role: str
    party: int
    facts: PartyFacts
    supplier: int | None = None
    line: int | None = None  # its number


@dataclass(frozen=True, slots=True)
class SeenLot:
    """A lot that went into a production step or came out of it."""

    key: int
    direction: str
    lot: str
    goods: str = ""
    hts_prefix: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    supplier: int | None = None
    line_number: int | None = None


@dataclass(frozen=True, slots=True)
class SeenTrace:
    """A production step claimed for the shipment."""

    key: int
    maker: int
    declared_by: int
    made_on: date | None = None
    process: str = ""
    lots: tuple[SeenLot, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenRecord:
    """What is on record beside the shipment. By heading how like goods came to its importer and when such were
    detained; by goods, unit and currency what they cost, where 0 is the shipment itself and other numbers are others;
    by firm the words of earlier sources."""

    routes: Mapping[str, tuple[Route, ...]]
    detained: Mapping[str, tuple[date, ...]]
    prices: Mapping[str, tuple[UnitPrice, ...]]
    sources: Mapping[str, tuple[PartyFacts, ...]]


@dataclass(frozen=True, slots=True)
class SeenGoods:
    """A shipment with its lines, parties and lots, what the record says beside it, and what people judged.

    ``known``: firms judged to be listed entities that a party here shares words or a number with. ``judged``: by
    party, as a judgement at one address speaks of it, and by listed entity the judgement that stands.
    """

    key: int
    owner: int
    today: date
    head: Mapping[str, Any]  # what is declared of the shipment itself
    lines: tuple[SeenLine, ...]
    parties: tuple[SeenParty, ...]
    traces: tuple[SeenTrace, ...]
    record: SeenRecord
    known: tuple[KnownFirm, ...] = ()
    judged: Mapping[str, Mapping[str, Judged]] = field(default_factory=dict)
