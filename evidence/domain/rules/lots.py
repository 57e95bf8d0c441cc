"""Lots: received before they are used, used no more than there is, and found again in what is shipped (R4, R6, R9)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from evidence.domain import ledger
from evidence.domain.alarms import Outcome, said, whole
from evidence.domain.ledger import Figure
from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.rules.material import File, lot_key
from evidence.domain.units import plain

FIRM = ("holder", "manufacturer", "buyer", "consignee")


def _lots(file: File, papers: list[CasePaper], *names: str) -> dict[str, list[tuple[CasePaper, FieldRead]]]:
    found: dict[str, list[tuple[CasePaper, FieldRead]]] = defaultdict(list)
    for paper in papers:
        for one in file.every(paper, *names):
            if key := lot_key(one.value):
                found[key].append((paper, one))
    return found


def r4(file: File) -> Outcome:
    """Lots that went into production had been received, and before it began."""
    out = Outcome()
    received = _lots(file, file.of("INPUT_RECEIPT"), "lot")
    for paper in file.of("production"):
        if paper.paper.type == "INVENTORY_LEDGER":
            continue
        inputs = file.every(paper, "input_lot")
        known = [one for one in inputs if lot_key(one.value) in received]
        if not inputs or not (known or _has_receipts(file, paper)):
            continue
        for one in inputs:
            out.compared += 1
            found = received.get(lot_key(one.value))
            if not found:
                out.alarm(
                    "R4",
                    f"Lot {one.value} went into production; no goods-received note in the file has it.",
                    said(paper, one),
                    subject=lot_key(one.value),
                )
                continue
            receipt, lot = found[0]
            came, made = file.day(receipt), file.day(paper)
            if came and made and came[1] > made[1]:
                out.alarm(
                    "R4",
                    f"Lot {one.value} went into production on {made[1]}, but was received on {came[1]}.",
                    said(paper, made[0]),
                    said(receipt, came[0]),
                    subject=lot_key(one.value),
                )
    return out


def _has_receipts(file: File, paper: CasePaper) -> bool:
    """Whether goods-received notes of the producer, with lots, are in the file."""
    firm = file.one(paper, *FIRM)
    return firm is not None and any(
        file.names(receipt, firm.value, *FIRM) and file.every(receipt, "lot") for receipt in file.of("INPUT_RECEIPT")
    )


def lot_rows(file: File) -> list[ledger.Row]:
    """Each lot that is used, against how much of it there is: as received, or as made one stage before."""
    sizes: dict[str, list[Figure]] = {}
    for papers, lot_name, size in (
        (file.of("INPUT_RECEIPT"), "lot", "quantity"),
        (file.of("production"), "output_lot", "output_quantity"),
    ):
        fresh: dict[str, list[Figure]] = defaultdict(list)
        for paper in papers:
            for key, figure in _figures(file, paper, lot_name, size):
                fresh[key].append(figure)
        for key, figures in fresh.items():
            sizes.setdefault(key, figures)  # what was received says how much the user had
    used: dict[str, list[Figure]] = defaultdict(list)
    for paper in file.of("production"):
        for key, figure in _figures(file, paper, "input_lot", "input_quantity"):
            used[key].append(figure)
    return [ledger.lot_use(figures[0].lot, sizes[key], figures) for key, figures in used.items() if key in sizes]


def _figures(file: File, paper: CasePaper, lot: str, quantity: str) -> list[tuple[str, Figure]]:
    if paper.paper.type == "INVENTORY_LEDGER":
        return []
    found = []
    lines = [line for _, line in paper.paper.lines() if lot in line and quantity in line]
    pairs = [(line[lot], line[quantity]) for line in lines]
    if not pairs and (one := paper.paper.one(lot)) and (amount := paper.paper.one(quantity)):
        pairs = [(one, amount)]
    for name, read in pairs:
        amount_ = file.quantity(read, paper) if file.sure(name) and file.sure(read) else None
        if amount_:
            found.append((lot_key(name.value), Figure(amount_, said(paper, read), name.value)))
    return found


def r6(file: File) -> Outcome:
    """No lot is used beyond its size, in this package and in all others."""
    out = Outcome()
    for row in lot_rows(file):
        key = lot_key(row.subject)
        elsewhere = [one for one in file.chain.spent if lot_key(one.lot) == key and not one.is_certificate]
        if row.available is None or row.claimed is None:
            continue
        out.compared += 1
        if row.exceeds(Decimal(0)):
            out.alarm(
                "R6",
                f"Lot {row.subject} is {plain(row.available)} {row.unit}; "
                f"{plain(row.claimed)} {row.unit} of it are used.",
                row.inputs[0].said,
                row.outputs[-1].said,
                subject=key,
            )
            continue
        more = [(one, file.units.quantity(one.value, one.unit)) for one in elsewhere]
        spent = [ledger.Figure(amount, row.outputs[0].said, row.subject) for _, amount in more if amount]
        whole_ = ledger.lot_use(row.subject, row.inputs, [*row.outputs, *spent]) if spent else None
        if whole_ and whole_.exceeds(Decimal(0)) and whole_.claimed is not None:
            cases = ", ".join(sorted({one.case for one, _ in more}))
            out.alarm(
                "R6",
                f"Lot {row.subject} is {plain(row.available)} {row.unit}; with what {cases} rests on, "
                f"{plain(whole_.claimed)} {row.unit} of it are used.",
                row.inputs[0].said,
                row.outputs[-1].said,
                subject=f"{key} {cases}",
                office_only=True,
            )
    return out


def lot_reused(file: File) -> Outcome:
    """A lot is made once, and a certificate stands for one lot: neither is spent twice."""
    out = Outcome()
    for key, made in _lots(file, file.of("production"), "output_lot").items():
        records = {_record(file, paper): (paper, one) for paper, one in made}
        out.compared += 1
        if len(records) > 1:
            first, second = list(records.values())[:2]
            out.alarm(
                "LOT_REUSED",
                f"Lot {first[1].value} is the output of two production records.",
                said(first[0], first[1], f"{first[1].value} in {file.label(first[0])}"),
                said(second[0], second[1], f"{second[1].value} in {file.label(second[0])}"),
                subject=key,
            )
    certificates: dict[tuple[str, str], list[CasePaper]] = defaultdict(list)
    for paper in file.of("origin"):
        number = file.one(paper, "document_number")
        if number:
            certificates[(paper.paper.type, lot_key(number.value))].append(paper)
    for (_, key), papers in certificates.items():
        out.compared += 1
        sides = [(paper, lots) for paper in papers if (lots := file.every(paper, "lot", "serial"))]
        for paper, lots in sides[1:]:
            other, theirs = sides[0]
            if not {lot_key(one.value) for one in lots} & {lot_key(one.value) for one in theirs}:
                out.alarm(
                    "LOT_REUSED",
                    f"Certificate {paper.paper.value('document_number')} stands for two different lots.",
                    said(other, theirs[0]),
                    said(paper, lots[0]),
                    subject=key,
                )
        for one in file.chain.spent:
            if one.is_certificate and lot_key(one.lot) == key:
                out.alarm(
                    "LOT_REUSED",
                    f"Certificate {papers[0].paper.value('document_number')} is also in the file of {one.case}.",
                    whole(papers[0], file.label(papers[0])),
                    subject=f"{key} {one.case}",
                    office_only=True,
                )
    return out


def _record(file: File, paper: CasePaper) -> tuple[str, ...]:
    """What tells one production record from another: its number, else its date; copies are one."""
    number, day = file.one(paper, "document_number"), file.one(paper, "date")
    return (paper.paper.type, lot_key(number.value) if number else "", "" if number else day.value if day else "")


def _packed(file: File, paper: CasePaper) -> list[FieldRead]:
    """The lots and serials of what is packed. What else stands under the list, the number of a paper or a line without
    the quantity that the others have, is none."""
    numbers = set().union(*(file.refers_to(one) | file.own_numbers(one) for one in file.evidence))
    lines = [line for _, line in paper.paper.lines()]
    counted = any("quantity" in line and "lot" in line for line in lines)
    found = [line[name] for line in lines for name in ("lot", "serial") if name in line and (
        name == "serial" or "quantity" in line or not counted)]  # fmt: skip
    found += [one for one in paper.paper.fields if one.line is None and one.name in ("lot", "serial")]
    return [
        one
        for one in found
        if file.sure(one) and any(map(str.isdigit, one.value)) and lot_key(one.value) not in numbers
    ]


def r9(file: File) -> Outcome:
    """Lots and serials that are shipped were made: the packing list's appear in production records."""
    out = Outcome()
    made = _lots(file, file.of("production", "SERIAL_NUMBER_LIST"), "output_lot", "serial")
    for paper in file.of("PACKING_LIST"):
        shipped = _packed(file, paper)
        known = [one for one in shipped if lot_key(one.value) in made]
        firm = file.one(paper, "seller", "shipper", "manufacturer")
        makes = firm is not None and any(
            file.names(one, firm.value, "holder", "manufacturer") and file.every(one, "output_lot")
            for one in file.of("production")
        )
        if not shipped or not (known or makes):
            continue
        out.compared += len(shipped)
        for one in shipped:
            if lot_key(one.value) not in made:
                out.alarm(
                    "R9",
                    f"{one.value} is packed for shipment; no production record in the file made it.",
                    said(paper, one),
                    subject=lot_key(one.value),
                )
    return out
