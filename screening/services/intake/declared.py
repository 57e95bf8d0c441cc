"""What was understood of a file, in the words of a declaration; what does not fit is cut or left, and said."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import models

from entities.domain.facts import PartyFacts
from entities.domain.identifiers import entry_number
from entities.domain.identity import plain_words
from entities.models import DeclaredParty
from screening.domain.intake.cells import Problem, is_native_script
from screening.domain.intake.understood import (
    ShipmentFacts,
    SourceRow,
    UnderstoodLine,
    UnderstoodParty,
    UnderstoodShipment,
)
from screening.models import Shipment, ShipmentLine, ShipmentParty
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment

Role = ShipmentParty.Role
# A shipment knows no exporters, forwarders and customs brokers as such.
ROLES = {
    "exporter": Role.SELLER,
    "forwarder": Role.OTHER,
    "broker": Role.OTHER,
    "notify": Role.NOTIFY,
    "importer": Role.IMPORTER,
    "consignee": Role.CONSIGNEE,
    "shipper": Role.SHIPPER,
    "seller": Role.SELLER,
    "manufacturer": Role.MANUFACTURER,
    "buyer": Role.BUYER,
}
# Where goods of several suppliers share a shipment, these belong to the lines of their rows.
_OF_LINES = frozenset({"manufacturer", "seller", "shipper", "exporter"})
_SPELLINGS = {"private": "pvt", "and": ""}
_CUT = "The text is longer than what is kept of it; the whole is in the original row."
_CUT_REMEDY = "Shorten it, or move what does not belong there into its own column."

Problems = dict[SourceRow, list[Problem]]


def declare(shipment: UnderstoodShipment, *, has_line_rows: bool = True) -> tuple[DeclaredShipment, Problems]:
    """The declaration a shipment of a file amounts to, and what is to be known of each of its rows.

    Screening compares parties by name, so each further name of a party is declared as another party in the same role.
    A consignee “to order” without a name is nobody; it stays in the original row.
    """
    problems: Problems = defaultdict(list)
    for source, problem in shipment.problems:
        problems[source].append(problem)
    first = shipment.rows[0]
    by_number = {row.row_number: row for row in shipment.rows} if has_line_rows else {}
    lines, numbers = [], defaultdict[int, list[int]](list)
    for number, line in enumerate(shipment.lines, 1):
        lines.append(_line(number, line, problems[by_number.get(line.row_number, first)]))
        numbers[line.row_number].append(number)
    parties = []
    for party in shipment.parties:
        about = problems[by_number.get(min(party.row_numbers, default=0), first)]
        on_lines = _lines_of(party, numbers) if has_line_rows else [None]
        parties += [replace(role, line_number=line) for role in _roles(party, about) for line in on_lines]
    head = _head(shipment.facts, problems[first])
    containers = tuple(dict.fromkeys(number for line in shipment.lines for number in line.containers))
    declared = replace(head, containers=containers, lines=tuple(lines), parties=tuple(dict.fromkeys(parties)))
    return declared, problems


def _head(facts: ShipmentFacts, about: list[Problem]) -> DeclaredShipment:
    texts = {
        "bill_of_lading": facts.bill_of_lading,
        "house_bill": facts.house_bill,
        "carrier": facts.carrier,
        "vessel": facts.vessel,
        "voyage": facts.voyage,
        "port_of_lading": facts.port_of_lading,
        "port_of_unlading": facts.port_of_unlading,
        "reference": facts.reference or facts.declaration_number or facts.invoice_number,
    }
    entry = _entry_number(facts.entry_number, about)
    if facts.entry_number and not entry and not texts["reference"]:
        texts["reference"] = facts.entry_number
    arrives_on, imported_on = _dates(facts, about)
    return DeclaredShipment(
        **{name: _cut(text, Shipment, name, about) for name, text in texts.items()},  # type: ignore[arg-type]
        entry_number=entry,
        export_country=facts.country_of_export,
        arrives_on=arrives_on,
        imported_on=imported_on,
    )


def _entry_number(given: str, about: list[Problem]) -> str:
    if not given:
        return ""
    check = entry_number(given)
    if check.problem:
        about.append(Problem("entry number", given, check.problem, "Compare it with the entry summary."))
    return "" if check.severity == "refuse" else check.normalised


def _dates(facts: ShipmentFacts, about: list[Problem]) -> tuple[date | None, date | None]:
    """Estimated arrival and date of importation. For goods by vessel the arrival is the importation (19 CFR 101.1).

    Where a file names only the month, the day is not known: the month's last day stands as an estimate, so that no
    listing within the month is missed.
    """
    if facts.date_precision != "month":
        return facts.arrives_on or facts.arrived_on, facts.imported_on or facts.arrived_on
    month = facts.imported_on or facts.arrived_on or facts.arrives_on
    if month is None:
        return None, None
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    about.append(
        Problem(
            "date",
            f"{month:%B %Y}",
            "Only the month is known; the shipment is screened for its last day.",
            "Give the date of importation.",
        )
    )
    return last, None


def _line(number: int, line: UnderstoodLine, about: list[Problem]) -> DeclaredLine:
    return DeclaredLine(
        number=number,
        description=line.goods_description,
        hts_codes=line.hts_codes,
        origin_country=line.country_of_origin,
        quantity=_fitted(line.quantity, "quantity", about),
        quantity_unit=_cut(line.quantity_unit, ShipmentLine, "quantity_unit", about),
        gross_weight_kg=_fitted(line.gross_weight_kg, "gross_weight_kg", about),
        value=_fitted(line.value, "value", about),
        currency=line.currency[:3],
    )


def _fitted(amount: Decimal | None, name: str, about: list[Problem]) -> Decimal | None:
    """The amount to the places that are kept; one that cannot be meant is left out."""
    field = ShipmentLine._meta.get_field(name)
    if amount is None or not isinstance(field, models.DecimalField):
        return None
    if not amount.is_finite() or amount < 0 or amount.adjusted() >= field.max_digits - field.decimal_places:
        label = name.replace("_", " ")
        about.append(Problem(label, str(amount), "This amount cannot be meant.", "Correct the amount and its unit."))
        return None
    return amount.quantize(Decimal(1).scaleb(-field.decimal_places))


def _lines_of(party: UnderstoodParty, numbers: dict[int, list[int]]) -> list[int | None]:
    """The lines a party belongs to: those of its rows, or (None) the whole shipment."""
    rows = set(party.row_numbers)
    lines = [number for row in numbers if row in rows for number in numbers[row]]
    if party.role not in _OF_LINES or not lines or rows >= numbers.keys():
        return [None]
    return list(lines)


def _roles(party: UnderstoodParty, about: list[Problem]) -> Iterator[DeclaredRole]:
    # Whoever only lends an address to a party has not sold or sent the goods.
    role = Role.OTHER if party.relation == "care of" else ROLES[party.role]
    facts = PartyFacts(**party.facts())
    raw = party.as_given if party.as_given not in (party.name, "") else ""
    for name, whole in _whole(party).items():
        _cut(whole, DeclaredParty, name, about)
    if party.is_named:
        yield DeclaredRole(role, facts, raw=raw)
    said = {_bare_words(party.name), _bare_words(party.native_name)}
    for other in party.other_names:
        if _bare_words(other) in said:
            continue
        said.add(_bare_words(other))
        name = other[:300]
        named = {"name": "", "native_name": name} if is_native_script(name) else {"name": name, "native_name": ""}
        yield DeclaredRole(role, replace(facts, **named), raw=raw)


def _bare_words(name: str) -> str:
    """The name without what two spellings of it differ in: spaces, punctuation, “Pvt.” for Private, “&” for and."""
    words = (_SPELLINGS.get(word, word) for word in plain_words(name.replace("&", " ")).split())
    return "".join(words)


def _whole(party: UnderstoodParty) -> dict[str, str]:
    return {
        "name": party.name,
        "native_name": party.native_name,
        "address": "\n".join((party.address, *party.other_addresses)).strip(),
        "city": party.city,
        "province": party.province,
        "postal_code": party.postal_code,
        "phone": party.phone,
    }


def _cut(text: str, model: type[models.Model], name: str, about: list[Problem]) -> str:
    """As much of a text as its field holds."""
    longest = model._meta.get_field(name).max_length  # type: ignore[union-attr]
    if longest is None or len(text) <= longest:
        return text
    about.append(Problem(name.replace("_", " "), text[:200], _CUT, _CUT_REMEDY))
    return text[:longest]
