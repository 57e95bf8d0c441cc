"""The tables of the CBP manifest system (AMS) as released: one file per kind of record, joined on ``identifier``.

The release has eleven tables. Those of the bill itself (header, billgen) and of its parties (shipper, consignee,
notifyparty) make a shipment; those of its contents (cargodesc, tariff, container, hazmat, hazmatclass,
marksnumbers) are details of one and mean nothing without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from screening.domain.intake.cells import Problem, Severity, given, one_line
from screening.domain.intake.codes import read_containers, read_tariff_codes, tariff_codes_in
from screening.domain.intake.mapping import propose_mapping, read_mapping
from screening.domain.intake.numbers import read_amount, read_mass
from screening.domain.intake.rows import Layout, column_hints, understand
from screening.domain.intake.shipments import Outcome, Rejection, merge_rows
from screening.domain.intake.understood import SourceRow, UnderstoodLine, UnderstoodRow, UnderstoodShipment
from screening.domain.intake.vocabulary import Vocabulary

_MARKS = {
    "header": ("estimated_arrival_date", "port_of_unlading"),
    "billgen": ("master_bol_number",),
    "shipper": ("shipper_party_name",),
    "consignee": ("consignee_name",),
    "notifyparty": ("notify_party_name",),
    "cargodesc": ("description_text",),
    "tariff": ("harmonized_number",),
    "container": ("equipment_description_code",),
    "hazmat": ("hazmat_code",),
    "hazmatclass": ("hazmat_classification",),
    "marksnumbers": ("marks_and_numbers_1",),
}
BILL_TABLES = ("header", "billgen")
PARTY_TABLES = ("shipper", "consignee", "notifyparty")


@dataclass(frozen=True)
class AmsTable:
    """One table of the release: its kind, the name of the file it came in, its headings and rows (number, cells)."""

    kind: str
    name: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class _Record:
    """A row of a table by heading."""

    kind: str
    source: SourceRow
    cells: dict[str, str]
    row: Sequence[str]

    def __getitem__(self, name: str) -> str:
        return given(self.cells.get(name, ""))


def table_kind(headers: Sequence[str]) -> str:
    """Which table of the release these headings are of, or nothing."""
    names = {header.strip().lower() for header in headers}
    if "identifier" not in names:
        return ""
    return next((kind for kind, marks in _MARKS.items() if names.issuperset(marks)), "")


def join(tables: Sequence[AmsTable], vocabulary: Vocabulary) -> Outcome:
    """Make shipments of the tables loaded together. Every row becomes part of one, or is rejected with its reason."""
    layouts = {table.name: _layout(table, vocabulary) for table in tables}
    by_identifier: dict[str, list[_Record]] = {}
    rejected: list[Rejection] = []
    for table in tables:
        names = [header.strip().lower() for header in table.headers]
        for number, row in table.rows:
            record = _Record(table.kind, SourceRow(table.name, number), dict(zip(names, row, strict=False)), row)
            identifier = record["identifier"].removesuffix(".0")
            if identifier:
                by_identifier.setdefault(identifier, []).append(record)
            else:
                rejected.append(_rejection(record, "identifier", "", "The row has no identifier to join it by."))
    shipments = []
    for identifier, records in by_identifier.items():
        if any(record.kind in BILL_TABLES + PARTY_TABLES for record in records):
            shipments.append(_shipment(identifier, records, layouts, vocabulary))
            continue
        reason = "No header, bill or party row has this identifier, so nothing says whose cargo it is."
        rejected += [_rejection(record, "identifier", identifier, reason) for record in records]
    return Outcome(tuple(shipments), tuple(rejected))


def _layout(table: AmsTable, vocabulary: Vocabulary) -> Layout:
    cells = [row for _, row in table.rows]
    mapping = read_mapping(propose_mapping(table.headers, cells[:200], vocabulary).mapping(), table.headers)
    return Layout(table.headers, mapping, column_hints(cells, mapping))


def _rejection(record: _Record, column: str, value: str, reason: str) -> Rejection:
    remedy = "Load the header, billgen or party table of the same days together with this one."
    return Rejection(record.source, Problem(column, value, reason, remedy, Severity.ERROR))


def _shipment(
    identifier: str, records: list[_Record], layouts: dict[str, Layout], vocabulary: Vocabulary
) -> UnderstoodShipment:
    parts = [record for kind in BILL_TABLES + PARTY_TABLES for record in records if record.kind == kind]
    details = [record for record in records if record.kind not in BILL_TABLES + PARTY_TABLES]
    rows = [_understood(record, layouts[record.source.sheet], vocabulary) for record in parts]
    merged = merge_rows(rows, "")
    problems: list[tuple[SourceRow, Problem]] = []
    for record, row in zip(parts, rows, strict=True):
        problems += [(record.source, problem) for problem in row.problems if problem.severity is not Severity.ERROR]
    kinds = {record.kind for record in records}
    if "header" not in kinds:
        reason = f"No header row with identifier {identifier}: carrier, vessel, ports and dates are not known."
        remedy = "Load the header table of the same day together with this one."
        problems += [(record.source, Problem("identifier", identifier, reason, remedy)) for record in parts]
    if not kinds & set(PARTY_TABLES):
        reason = f"No shipper, consignee or notify party row with identifier {identifier}."
        remedy = "Load the party tables of the same day together with this one."
        problems += [(record.source, Problem("identifier", identifier, reason, remedy)) for record in parts]
    about_bill = next((line for row in rows for line in row.lines if line.gross_weight_kg or line.quantity), None)
    lines, about_lines = _lines(details, about_bill, vocabulary)
    return UnderstoodShipment(
        replace(merged.facts, reference=identifier),
        lines,
        merged.parties,
        tuple(record.source for record in parts + details),
        tuple(problems + about_lines),
    )


def _understood(record: _Record, layout: Layout, vocabulary: Vocabulary) -> UnderstoodRow:
    return understand(record.source.row_number, record.row, layout, vocabulary)


def _lines(
    details: list[_Record], about_bill: UnderstoodLine | None, vocabulary: Vocabulary
) -> tuple[tuple[UnderstoodLine, ...], list[tuple[SourceRow, Problem]]]:
    """The articles of a bill: one per described or classified package, or one bare line when nothing is described.

    Descriptions and tariff numbers belong together by container and sequence; marks and dangerous goods by container.
    """
    problems: list[tuple[SourceRow, Problem]] = []
    lines: dict[tuple[str, str], UnderstoodLine] = {}
    for record in details:
        if record.kind not in ("cargodesc", "tariff"):
            continue
        key = (record["container_number"], record["description_sequence_number"])
        line = lines.get(key) or UnderstoodLine(
            containers=read_containers(record["container_number"]).numbers, row_number=record.source.row_number
        )
        lines[key] = _described(line, record) if record.kind == "cargodesc" else _classified(line, record, vocabulary)
        for piece in read_tariff_codes(record["harmonized_number"]).unread:
            about = Problem("harmonized_number", piece, "This is not a tariff code.", "Correct the code.")
            problems.append((record.source, about))
    made = list(lines.values()) or [UnderstoodLine()]
    for record in details:
        if record.kind in ("marksnumbers", "hazmat", "hazmatclass"):
            made = _noted(made, record)
    named = {number for line in made for number in line.containers}
    others = dict.fromkeys(
        number
        for record in details
        for number in read_containers(record["container_number"]).numbers
        if number not in named
    )
    first = replace(made[0], containers=made[0].containers + tuple(others))
    if about_bill is not None:
        first = replace(
            first,
            gross_weight_kg=about_bill.gross_weight_kg or first.gross_weight_kg,
            weight_as_given=about_bill.weight_as_given or first.weight_as_given,
            quantity=first.quantity or about_bill.quantity,
            quantity_unit=first.quantity_unit or about_bill.quantity_unit,
        )
    return tuple(line for line in (first, *made[1:]) if not line.is_empty), problems


def _described(line: UnderstoodLine, record: _Record) -> UnderstoodLine:
    text = one_line(record["description_text"])
    description = " ".join(part for part in (line.goods_description, text) if part)
    codes = line.hts_codes or tariff_codes_in(text)
    pieces = read_amount(record["piece_count"]).number
    return replace(
        line,
        goods_description=description,
        hts_codes=codes,
        codes_from_text=bool(codes) and not line.hts_codes,
        quantity=pieces or line.quantity,
    )


def _classified(line: UnderstoodLine, record: _Record, vocabulary: Vocabulary) -> UnderstoodLine:
    codes = read_tariff_codes(record["harmonized_number"]).codes
    mass = read_mass(record["harmonized_weight"], record["harmonized_weight_unit"], vocabulary.mass_units)
    value = read_amount(record["harmonized_value"]).number
    return replace(
        line,
        hts_codes=tuple(dict.fromkeys((() if line.codes_from_text else line.hts_codes) + codes)) or line.hts_codes,
        codes_from_text=line.codes_from_text and not codes,
        gross_weight_kg=mass.kilograms or line.gross_weight_kg,
        weight_as_given=mass.as_given or line.weight_as_given,
        value=value if value and value != Decimal(0) else line.value,
        currency="USD" if value else line.currency,
    )


def _noted(lines: list[UnderstoodLine], record: _Record) -> list[UnderstoodLine]:
    """Put marks on the line of their container, and words for dangerous goods where no description stands."""
    container = read_containers(record["container_number"]).numbers
    place = next((index for index, line in enumerate(lines) if set(line.containers) & set(container)), 0)
    line = lines[place]
    if record.kind == "marksnumbers":
        pieces = [one_line(record[f"marks_and_numbers_{number}"]) for number in range(1, 9)]
        text = " ".join(piece for piece in pieces if piece and piece.upper() not in ("NO MARKS", "NM", "N/M"))
        codes = line.hts_codes or tariff_codes_in(text)
        line = replace(
            line,
            marks=" ".join(part for part in (line.marks, text) if part)[:2000],
            hts_codes=codes,
            codes_from_text=line.codes_from_text or bool(codes and not line.hts_codes),
        )
    else:
        words = record["hazmat_description"] or record["hazmat_classification"]
        if any(char.isalpha() for char in words) and words.lower() not in line.goods_description.lower():
            line = replace(line, goods_description=" ".join(part for part in (line.goods_description, words) if part))
    return [*lines[:place], line, *lines[place + 1 :]]
