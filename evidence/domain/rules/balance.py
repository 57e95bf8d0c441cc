"""Mass balance: a conversion yields at most what it can, a stock book closes, a plant keeps to its capacity (R5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from evidence.domain import ledger
from evidence.domain.alarms import Outcome, said
from evidence.domain.ledger import Figure, Row
from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.rules.lots import lot_rows
from evidence.domain.rules.material import File, lot_key
from evidence.domain.units import plain

_FIRM = ("holder", "manufacturer", "seller")
_BOOKS = {"INVENTORY_LEDGER"}


@dataclass(frozen=True, slots=True)
class Balanced:
    """A row of the ledger with the paper it comes from."""

    paper: CasePaper
    row: Row


def rows(file: File) -> list[Row]:
    """The ledger of a case: conversions, lots, capacity, stock books."""
    found = [one.row for one in conversions(file)]
    found += lot_rows(file)
    found += [one.row for one in capacities(file)]
    return [*found, *(one.row for one in stock_books(file))]


def conversions(file: File) -> list[Balanced]:
    """Each production record and mass balance that states what went in and what came out."""
    found = []
    for paper in file.of("production"):
        if paper.paper.type in _BOOKS:
            continue
        inputs, outputs = _figures(file, paper, "input_quantity"), _figures(file, paper, "output_quantity")
        if not inputs or not outputs:
            continue
        firm = file.one(paper, *_FIRM)
        process = _process(file, paper, file.core_name(firm.value) if firm else "")
        subject = file.label(paper) + (f" of {firm.value}" if firm else "")
        found.append(Balanced(paper, ledger.conversion(subject, inputs, outputs, process)))
    return found


def _process(file: File, paper: CasePaper, firm: str) -> ledger.Yield | None:
    """The process by the goods of its lines: of those with an input, and of those with an output; else by its name."""
    into: list[str] = []
    out: list[str] = []
    for _, line in paper.paper.lines():
        goods = line.get("goods")
        if goods is None:
            continue
        takes, gives = (
            "input_quantity" in line or "input_lot" in line,
            "output_quantity" in line or "output_lot" in line,
        )
        if takes and not gives:
            into.append(goods.value)
        elif gives and not takes:
            out.append(goods.value)
        else:
            into.append(goods.value)
            out.append(goods.value)
    found = ledger.process_of(into, out, file.yields, firm) if into and out else None
    if found:
        return found
    texts = [one.value for one in file.every(paper, "process", "goods")]
    named = {one.process for one in file.yields if any(one.label.casefold() in text.casefold() for text in texts)}
    if len(named) == 1:
        own = [one for one in file.yields if one.process in named and one.firm in {"", firm}]
        return max(own, key=lambda one: (bool(one.stated_by), bool(one.firm)), default=None)
    return ledger.process_of(texts, texts, file.yields, firm)


def _figures(file: File, paper: CasePaper, name: str) -> list[Figure]:
    """The quantities of that name; the lines where it has any, so that a total is not counted twice."""
    reads = [one for one in paper.paper.all(name) if one.line is not None] or paper.paper.all(name)[:1]
    found = []
    for read in reads:
        amount = file.quantity(read, paper) if file.sure(read) else None
        if amount is None:
            return []
        found.append(Figure(amount, said(paper, read)))
    return found


def r5(file: File) -> Outcome:
    """What a process gives is at most what went in times its highest yield."""
    out = Outcome()
    for one in conversions(file):
        row = one.row
        if row.available is None or row.claimed is None or row.range is None:
            continue
        out.compared += 1
        if row.exceeds(file.tolerances["yield"]):
            out.alarm(
                "R5",
                f"{row.range.label} gives at most {plain(row.available)} {row.unit} of this input "
                f"({row.range.words}); {plain(row.claimed)} {row.unit} are claimed.",
                row.inputs[0].said,
                row.outputs[0].said,
                subject=row.range.process,
            )
    return out


def mass_balance_fail(file: File) -> Outcome:
    """Stock books close, and a mass balance says what the production records say (AUDIT24)."""
    out = Outcome()
    for book in stock_books(file):
        row = book.row
        out.compared += 1
        if row.exceeds(file.tolerances["stock"]) and row.available is not None and row.claimed is not None:
            out.alarm(
                "MASS_BALANCE_FAIL",
                f"Opening stock plus receipts less issues is {plain(row.available)} {row.unit}; "
                f"the book closes with {plain(row.claimed)} {row.unit}.",
                row.inputs[0].said,
                row.outputs[0].said,
                subject=row.subject,
            )
    return out


def stock_books(file: File) -> list[Balanced]:
    """The lines of stock books that state all four figures."""
    found = []
    for paper in file.of(*_BOOKS):
        for number, line in _book_lines(paper):
            figures = []
            for name in ("opening", "received", "issued", "closing"):
                read = line.get(name)
                amount = file.quantity(read, paper) if read and file.sure(read) else None
                if read and amount:
                    figures.append(Figure(amount, said(paper, read)))
            if len(figures) == 4:
                lot = line.get("lot")
                subject = f"{file.label(paper)}, {'lot ' + lot.value if lot else f'line {number}'}"
                row = ledger.stock(subject, *figures)
                if row:
                    found.append(Balanced(paper, row))
    return found


def _book_lines(paper: CasePaper) -> Iterator[tuple[int, dict[str, FieldRead]]]:
    yield from paper.paper.lines()
    header = {one.name: one for one in paper.paper.fields if one.line is None}
    if "opening" in header and "closing" in header:
        yield 0, header


def capacities(file: File) -> list[Balanced]:
    """Each stated capacity against what the firm's production records of the same unit claim."""
    found = []
    for paper in file.of("PRODUCTION_CAPACITY_RECORD"):
        firm = file.one(paper, *_FIRM)
        read = file.one(paper, "capacity") or next(iter(file.every(paper, "capacity")), None)
        amount = file.quantity(read) if read else None
        if firm is None or read is None or amount is None:
            continue
        made = [
            figure
            for record in file.of("production")
            if record.paper.type not in _BOOKS and file.names(record, firm.value, *_FIRM)
            for figure in _figures(file, record, "output_quantity")
        ]
        if made:
            found.append(Balanced(paper, ledger.capacity(firm.value, Figure(amount, said(paper, read)), made)))
    return found


def capacity_exceeded(file: File) -> Outcome:
    """A plant does not make more than it says it can (AUDIT24)."""
    out = Outcome()
    for one in capacities(file):
        row = one.row
        if row.available is None or row.claimed is None:
            continue
        out.compared += 1
        if row.exceeds(Decimal(0)):
            out.alarm(
                "CAPACITY_EXCEEDED",
                f"{row.subject} can make {plain(row.available)} {row.unit}; its records claim {plain(row.claimed)}.",
                row.inputs[0].said,
                row.outputs[0].said,
                subject=file.core_name(row.subject),
            )
    return out


def commingling_unexplained(file: File) -> Outcome:
    """Inputs of several suppliers in one production are explained: by a statement of the sources and their shares."""
    out = Outcome()
    supplier: dict[str, tuple[CasePaper, FieldRead]] = {}
    for receipt in file.of("INPUT_RECEIPT"):
        header = file.one(receipt, "supplier", "seller", "shipper")
        for _, line in receipt.paper.lines():
            lot, firm = file.sure(line.get("lot")), file.sure(line.get("supplier")) or header
            if lot and firm:
                supplier[_key(lot)] = (receipt, firm)
    explained = file.of("SOURCE_MIX_STATEMENT")
    for paper in file.of("production"):
        if paper.paper.type in _BOOKS:
            continue
        sources = [supplier[_key(one)] for one in file.every(paper, "input_lot") if _key(one) in supplier]
        if len(sources) < 2:
            continue
        out.compared += 1
        first = sources[0]
        other = next((one for one in sources if file.same_firm(one[1].value, first[1].value) is False), None)
        if other and not explained:
            out.alarm(
                "COMMINGLING_UNEXPLAINED",
                f"The {file.label(paper)} mixes input of {first[1].value} and of {other[1].value}; "
                "no statement of the sources says in what shares.",
                said(first[0], first[1]),
                said(other[0], other[1]),
                subject=file.label(paper),
            )
    return out


def _key(lot: FieldRead) -> str:
    return lot_key(lot.value)
