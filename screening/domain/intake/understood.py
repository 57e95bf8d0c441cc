"""What was understood of a row, and of the shipment that one or several rows make."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from screening.domain.intake.cells import Problem, Severity, one_line

_ADDRESS_LENGTH = 600
_NAME_LENGTH = 300


@dataclass(frozen=True)
class UnderstoodParty:
    """A party a row names. ``other_names`` and ``other_addresses`` are further readings of the same cells or columns.

    ``relation`` says that it was named beside the party of that role: “on behalf of”, “care of”. ``is_order`` marks a
    consignee to whose order the bill is made out; when only “to order” stands there, the name is empty.
    """

    role: str
    name: str = ""
    native_name: str = ""
    other_names: tuple[str, ...] = ()
    address: str = ""
    other_addresses: tuple[str, ...] = ()
    city: str = ""
    province: str = ""
    country: str = ""
    postal_code: str = ""
    number: str = ""
    uscc: str = ""
    mid: str = ""
    phone: str = ""
    relation: str = ""
    is_order: bool = False
    name_cut: bool = False
    as_given: str = ""
    row_numbers: tuple[int, ...] = ()

    @property
    def is_named(self) -> bool:
        return bool(self.name or self.native_name)

    def facts(self) -> dict[str, str]:
        """What screening compares, the further readings of the address included."""
        return {
            "name": self.name[:_NAME_LENGTH],
            "native_name": self.native_name[:_NAME_LENGTH],
            "address": "\n".join((self.address, *self.other_addresses)).strip()[:_ADDRESS_LENGTH],
            "city": self.city[:120],
            "province": self.province[:120],
            "country": self.country,
            "postal_code": self.postal_code[:20],
            "uscc": self.uscc,
            "mid": self.mid,
            "phone": self.phone[:40],
        }

    @property
    def key(self) -> tuple[str, ...]:
        """Two parties of one shipment with this key are the same."""
        folded = one_line(f"{self.name}|{self.native_name}|{self.address}").casefold()
        return (self.role, self.relation, folded, str(self.is_order))


@dataclass(frozen=True)
class UnderstoodLine:
    """One article of a shipment. Weight, quantity and value of a row that makes several lines stand on its first.

    ``entry_line``: its number on the entry; rows with the same one are one line with several tariff numbers.
    """

    goods_description: str = ""
    hts_codes: tuple[str, ...] = ()
    codes_from_text: bool = False
    country_of_origin: str = ""
    quantity: Decimal | None = None
    quantity_unit: str = ""
    gross_weight_kg: Decimal | None = None
    net_weight_kg: Decimal | None = None
    weight_as_given: str = ""
    value: Decimal | None = None
    currency: str = ""
    containers: tuple[str, ...] = ()
    marks: str = ""
    row_number: int = 0
    entry_line: str = ""

    @property
    def is_empty(self) -> bool:
        return replace(self, row_number=0, entry_line="", country_of_origin="") == UnderstoodLine()

    @property
    def names_goods(self) -> bool:
        return bool(self.goods_description or self.hts_codes)


@dataclass(frozen=True)
class ShipmentFacts:
    """What a row says about the shipment as a whole."""

    reference: str = ""
    entry_number: str = ""
    declaration_number: str = ""
    bill_of_lading: str = ""
    house_bill: str = ""
    invoice_number: str = ""
    carrier: str = ""
    vessel: str = ""
    voyage: str = ""
    port_of_lading: str = ""
    port_of_unlading: str = ""
    place_of_receipt: str = ""
    country_of_export: str = ""
    country_of_destination: str = ""
    arrives_on: date | None = None
    arrived_on: date | None = None
    imported_on: date | None = None
    shipped_on: date | None = None
    date_precision: str = "day"

    @property
    def has_document(self) -> bool:
        return bool(self.bill_of_lading or self.house_bill or self.entry_number or self.declaration_number)


@dataclass(frozen=True)
class UnderstoodRow:
    """One row of a sheet, read. Rejected only when nothing usable is in it; then ``rejection`` says why."""

    row_number: int
    facts: ShipmentFacts = ShipmentFacts()
    lines: tuple[UnderstoodLine, ...] = ()
    parties: tuple[UnderstoodParty, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def rejection(self) -> Problem | None:
        return next((problem for problem in self.problems if problem.severity is Severity.ERROR), None)

    @property
    def is_stored(self) -> bool:
        return self.rejection is None

    @property
    def names_party(self) -> bool:
        return any(party.is_named for party in self.parties)


@dataclass(frozen=True)
class SourceRow:
    """Where a shipment was read from: the sheet or file, and the row as counted there from 1."""

    sheet: str
    row_number: int


@dataclass(frozen=True)
class UnderstoodShipment:
    """A shipment with its lines and parties, the rows it was read from and what is to be known about them."""

    facts: ShipmentFacts
    lines: tuple[UnderstoodLine, ...]
    parties: tuple[UnderstoodParty, ...]
    rows: tuple[SourceRow, ...]
    problems: tuple[tuple[SourceRow, Problem], ...] = ()


def merge_parties(parties: tuple[UnderstoodParty, ...]) -> tuple[UnderstoodParty, ...]:
    """The same party named by several rows of a shipment once, with all its rows."""
    merged: dict[tuple[str, ...], UnderstoodParty] = {}
    for party in parties:
        known = merged.get(party.key)
        if known is None:
            merged[party.key] = party
            continue
        merged[party.key] = replace(
            known,
            row_numbers=tuple(dict.fromkeys(known.row_numbers + party.row_numbers)),
            other_names=tuple(dict.fromkeys(known.other_names + party.other_names)),
            other_addresses=tuple(dict.fromkeys(known.other_addresses + party.other_addresses)),
        )
    return tuple(merged.values())
