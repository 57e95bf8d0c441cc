"""One row of a mapped sheet, understood: the shipment's facts, its lines, its parties, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from screening.domain.intake.cells import Problem, Severity, given, is_blank, one_line
from screening.domain.intake.codes import (
    Containers,
    TariffCodes,
    read_containers,
    read_tariff_codes,
    split_codes,
    tariff_codes_in,
)
from screening.domain.intake.dates import DateStyle, ReadDate, date_style, read_date
from screening.domain.intake.headings import heading_currency, heading_unit
from screening.domain.intake.kinds import SHIPMENTS, FileKind
from screening.domain.intake.numbers import NumberStyle, currency_code, number_style, read_amount, read_mass
from screening.domain.intake.parties import Cell, Cells, read_parties
from screening.domain.intake.party_cells import CUT_AT
from screening.domain.intake.tabular import is_repeated_header, is_total, says_nothing
from screening.domain.intake.understood import ShipmentFacts, UnderstoodLine, UnderstoodRow
from screening.domain.intake.vocabulary import Vocabulary

DATE_FIELDS = ("arrives_on", "arrived_on", "imported_on", "shipped_on", "month")
_TEXT_FIELDS = (
    "reference",
    "entry_number",
    "declaration_number",
    "bill_of_lading",
    "house_bill",
    "invoice_number",
    "carrier",
    "vessel",
    "voyage",
    "port_of_lading",
    "port_of_unlading",
    "place_of_receipt",
)
_SAMPLED = 5000


@dataclass(frozen=True)
class ColumnHints:
    """What whole columns say about their cells: day or month first, point or comma, names cut at 35 characters."""

    dates: Mapping[int, DateStyle] = field(default_factory=dict)
    numbers: Mapping[int, NumberStyle] = field(default_factory=dict)
    cut_names: frozenset[int] = frozenset()


def column_hints(rows: Iterable[Sequence[str]], mapping: Mapping[int, str], kind: FileKind = SHIPMENTS) -> ColumnHints:
    """Read the date and number columns of a sheet as a whole. One pass; the distinct cells of each are kept."""
    cells: dict[int, dict[str, None]] = {
        index: {} for index, name in mapping.items() if name in kind.dates or name in kind.amounts
    }
    longest = {index: 0 for index, name in mapping.items() if name.endswith("_name")}
    for row in rows:
        for index, seen in cells.items():
            if index < len(row) and row[index] and len(seen) < _SAMPLED:
                seen[row[index]] = None
        for index, length in longest.items():
            if index < len(row) and len(row[index]) > length:
                longest[index] = max(length, len(row[index].split("\n", 1)[0].strip()))
    return ColumnHints(
        {index: date_style(seen) for index, seen in cells.items() if mapping[index] in kind.dates},
        {index: number_style(seen) for index, seen in cells.items() if mapping[index] in kind.amounts},
        frozenset(index for index, length in longest.items() if length == CUT_AT),
    )


@dataclass(frozen=True)
class Layout:
    """The headings of a sheet, the field of each mapped column, and what its columns say as a whole."""

    headers: tuple[str, ...]
    mapping: Mapping[int, str]
    hints: ColumnHints = ColumnHints()


def understand(row_number: int, row: Sequence[str], layout: Layout, vocabulary: Vocabulary) -> UnderstoodRow:
    """Read one row. It is rejected only when it names no party, no goods and no bill or entry."""
    if rejection := not_a_record(row, layout):
        return UnderstoodRow(row_number, problems=(rejection,))
    reading = _Reading(row, layout, vocabulary)
    parties, about_parties = read_parties(reading.cells, vocabulary.places)
    lines = reading.lines(row_number)
    facts = reading.facts()
    problems = [*reading.problems, *about_parties]
    parties = [replace(party, row_numbers=(row_number,)) for party in parties]
    understood = UnderstoodRow(row_number, facts, tuple(lines), tuple(parties), tuple(problems))
    if understood.names_party or any(line.names_goods for line in lines) or facts.has_document or facts.reference:
        return understood
    return replace(understood, problems=(_nothing_usable(row, layout), *understood.problems))


def not_a_record(row: Sequence[str], layout: Layout) -> Problem | None:
    """Why a row is none of the table: blank, the header again, or a total."""
    if says_nothing(row):
        return Problem("", "", "The row is blank.", "Nothing to do; leave the row out.", Severity.ERROR)
    if is_repeated_header(row, layout.headers):
        return Problem(
            "", "", "The row repeats the column headings.", "Nothing to do; leave the row out.", Severity.ERROR
        )
    if is_total(row):
        shown = next(cell for cell in row if given(cell))
        return Problem("", one_line(shown), "The row is a total of the rows above.", "Nothing to do.", Severity.ERROR)
    return None


def _nothing_usable(row: Sequence[str], layout: Layout) -> Problem:
    filled = [
        f"{layout.headers[index] if index < len(layout.headers) else ''}: {one_line(cell)}"
        for index, cell in enumerate(row)
        if given(cell)
    ]
    remedy = (
        "Give the row a party, a goods description, a tariff code, or a bill or entry number; or correct the mapping."
    )
    reason = "The row names no party, no goods and no bill or entry."
    return Problem("", "; ".join(filled)[:200], reason, remedy, Severity.ERROR)


class _Reading:
    """The cells of one row by field, and the problems found while reading them."""

    def __init__(self, row: Sequence[str], layout: Layout, vocabulary: Vocabulary) -> None:
        self.layout, self.vocabulary, self.places = layout, vocabulary, vocabulary.places
        self.cells: Cells = {}
        self.columns: dict[str, int] = {}
        self.problems: list[Problem] = []
        for index in sorted(layout.mapping):
            name = layout.mapping[index]
            if index < len(row) and row[index]:
                cell = Cell(layout.headers[index], row[index], index in layout.hints.cut_names)
                self.cells.setdefault(name, []).append(cell)
                self.columns.setdefault(name, index)

    def warn(self, name: str, value: str, reason: str, remedy: str) -> None:
        cells = self.cells.get(name)
        self.problems.append(Problem(cells[0].header if cells else name, one_line(value)[:200], reason, remedy))

    def text(self, name: str, separator: str = " ") -> str:
        pieces = [one_line(given(cell.text)) for cell in self.cells.get(name, [])]
        return separator.join(dict.fromkeys(piece for piece in pieces if piece))

    # --- the shipment ------------------------------------------------------------------------------------------
    def facts(self) -> ShipmentFacts:
        texts = {name: self.text(name) for name in _TEXT_FIELDS}
        for name in ("bill_of_lading", "house_bill", "entry_number", "declaration_number", "reference"):
            if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", texts[name]):
                self.warn(
                    name,
                    texts[name],
                    "A spreadsheet has rounded this number and lost digits.",
                    "Format the column as text.",
                )
                texts[name] = ""
        if found := re.fullmatch(r"\(M\)\s*(\w+)\s*\(H\)\s*(\w+)", texts["bill_of_lading"]):
            texts["bill_of_lading"], texts["house_bill"] = found[1], texts["house_bill"] or found[2]
        dates, precision = self._dates()
        destination = self.text("destination")
        going_to = self.places.is_country(destination)
        if destination and not going_to and not texts["port_of_unlading"]:
            texts["port_of_unlading"] = destination
        leaving = self._country("country_of_export") or self.places.country_at_end(texts["port_of_lading"])
        return replace(
            ShipmentFacts(**texts),  # type: ignore[arg-type]
            **dates,
            date_precision=precision,
            country_of_export=leaving,
            country_of_destination=going_to,
        )

    def _dates(self) -> tuple[dict[str, Any], str]:
        read = {name: self._date(name) for name in DATE_FIELDS}
        month = read.pop("month")
        dates = {name: found.on for name, found in read.items()}
        precisions = {found.precision for found in read.values() if found.on}
        if month.on and not any(dates.values()):
            dates["imported_on"] = month.on
            precisions = {"month"}
        return dates, "month" if precisions == {"month"} else "day"

    def _date(self, name: str) -> ReadDate:
        cells = self.cells.get(name)
        if not cells:
            return ReadDate()
        style = self.layout.hints.dates.get(self.columns[name], DateStyle())
        read = read_date(cells[0].text, style)
        if read.problem:
            self.warn(name, cells[0].text, read.problem, "Write the date as YYYY-MM-DD.")
        elif read.note and not read.note.startswith("UTC"):
            self.warn(name, cells[0].text, read.note, "Write the date as YYYY-MM-DD if this is wrong.")
        monthly = name == "month" or "month" in cells[0].header.casefold()
        return replace(read, precision="month") if monthly else read

    def _country(self, name: str) -> str:
        text = self.text(name)
        code = self.places.country(text)
        if text and not code:
            self.warn(name, text, "This is not a country.", "Write the country's name or its two-letter code.")
        return code

    # --- its lines ---------------------------------------------------------------------------------------------
    def lines(self, row_number: int) -> list[UnderstoodLine]:
        """The articles of the row: one, or several where codes and descriptions pair off one to one."""
        goods = "; ".join(given(cell.text) for cell in self.cells.get("goods_description", []) if given(cell.text))
        codes_text = "; ".join(cell.text for cell in self.cells.get("hts_codes", []) if not is_blank(cell.text))
        pairs = _paired(codes_text, goods)
        containers = self._containers()
        first = UnderstoodLine(
            country_of_origin=self._country("country_of_origin"),
            containers=containers.numbers,
            marks=self._marks(),
            row_number=row_number,
            entry_line=self.text("line_number").lstrip("0"),
            **self._amounts(),
        )
        lines: list[UnderstoodLine] = []
        for code_text, description in pairs:
            codes = self._codes(code_text)
            from_text = () if codes else tariff_codes_in(description)
            base = (
                first
                if not lines
                else UnderstoodLine(country_of_origin=first.country_of_origin, row_number=row_number)
            )
            lines.append(
                replace(
                    base,
                    goods_description=_description(description),
                    hts_codes=codes or from_text,
                    codes_from_text=bool(from_text),
                )
            )
        return [line for line in lines if not line.is_empty]

    def _codes(self, text: str) -> tuple[str, ...]:
        read: TariffCodes = read_tariff_codes(text)
        for note in read.notes:
            self.warn("hts_codes", text, note, "Format the column of codes as text.")
        for piece in read.unread:
            self.warn("hts_codes", piece, "This is not a tariff code of 2, 4, 6, 8 or 10 digits.", "Correct the code.")
        return read.codes

    def _containers(self) -> Containers:
        text = "; ".join(cell.text for cell in self.cells.get("containers", []))
        read = read_containers(text) if text else Containers()
        for piece in read.unread[:3]:
            self.warn(
                "containers", piece, "This is not a container or rail car number.", "Correct the number, or write NC."
            )
        return read

    def _marks(self) -> str:
        marks = self.text("marks")
        return "" if re.fullmatch(r"(NO|N/?M|NO MARKS?|NIL|[ .\-])*", marks.upper()) else marks[:2000]

    def _amounts(self) -> dict[str, Any]:
        quantity, quantity_unit = self._amount("quantity")
        value, beside = self._amount("value")
        # A heading that names the currency knows better than the currency column, which is of the invoice.
        named = heading_currency(self.cells["value"][0].header) if value is not None else ""
        named = "" if named == "FC" else named
        currency = currency_code(beside) or named or currency_code(self.text("currency"))
        return {
            "quantity": quantity,
            "quantity_unit": (quantity_unit or self.text("quantity_unit").upper())[:20],
            "gross_weight_kg": self._mass("gross_weight"),
            "net_weight_kg": self._mass("net_weight"),
            "weight_as_given": self._weight_as_given(),
            "value": value,
            "currency": currency,
        }

    def _amount(self, name: str) -> tuple[Decimal | None, str]:
        cells = self.cells.get(name)
        if not cells:
            return None, ""
        style = self.layout.hints.numbers.get(self.columns[name], NumberStyle())
        amount = read_amount(cells[0].text, style)
        if amount.problem:
            self.warn(name, cells[0].text, amount.problem, "Write one number, with its unit in the unit column.")
        return amount.number, amount.unit

    def _mass(self, name: str) -> Decimal | None:
        cells = self.cells.get(name)
        if not cells:
            return None
        style = self.layout.hints.numbers.get(self.columns[name], NumberStyle())
        unit = heading_unit(cells[0].header) or self.text("weight_unit")
        mass = read_mass(cells[0].text, unit, self.vocabulary.mass_units, style)
        if mass.problem:
            self.warn(name, cells[0].text, mass.problem, "Give the weight in kilograms or pounds.")
        return mass.kilograms

    def _weight_as_given(self) -> str:
        cells = self.cells.get("gross_weight")
        if not cells or is_blank(cells[0].text):
            return ""
        unit = heading_unit(cells[0].header) or self.text("weight_unit")
        text = one_line(given(cells[0].text))
        return text if re.search(r"[A-Za-z]", text) else one_line(f"{text} {unit}")


def _paired(codes: str, goods: str) -> list[tuple[str, str]]:
    """Codes and descriptions given one for one, equal pairs once: ``9617.00; 7010.90``, ``FLASK; GLASS BOTTLE``.

    Where the numbers of pieces differ nothing says which code belongs to which words, so the row stays one line.
    """
    code_pieces, goods_pieces = split_codes(codes), [piece.strip() for piece in re.split(r";\s", goods)]
    if len(code_pieces) < 2 or len(code_pieces) != len(goods_pieces):
        return [(codes, goods)]
    return list(dict.fromkeys(zip(code_pieces, goods_pieces, strict=True)))


def _description(text: str) -> str:
    return re.sub(r"\n{2,}", "\n", text).strip()[:6000]
