"""Dates run forward: ordered, invoiced and shipped, received, made, exported, imported (R8)."""

from __future__ import annotations

from datetime import date

from evidence.domain.alarms import Outcome, said, whole
from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.rules.links import invoices, orders_of, receipts_of, transports_of
from evidence.domain.rules.material import File, lot_key

_DATED = {"order", "invoice", "payment", "transport", "production", "origin", "customs"}
_READ_ENOUGH = 3  # a paper of which less is read may well have a date that was not found


def r8(file: File) -> Outcome:
    """An order comes before its invoice and its shipment, these before the receipt."""
    out = Outcome()
    for invoice in invoices(file):
        carried, received = transports_of(file, invoice), receipts_of(file, invoice)
        for order in orders_of(file, invoice):
            _forward(file, out, order, invoice, "The invoice is dated {later}, before its order of {earlier}.")
            for bill in carried:
                _forward(file, out, order, bill, "The goods left on {later}, before they were ordered on {earlier}.")
        for receipt in received:
            for bill in carried:
                _forward(
                    file, out, bill, receipt, "The goods were received on {later}, before they left on {earlier}."
                )
    return out


def _forward(file: File, out: Outcome, earlier: CasePaper, later: CasePaper, sentence: str, code: str = "R8") -> None:
    first, second = file.day(earlier), file.day(later)
    if not first or not second:
        return
    out.compared += 1
    if second[1] < first[1]:
        out.alarm(
            code,
            sentence.format(earlier=first[1], later=second[1]),
            said(earlier, first[0]),
            said(later, second[0]),
            subject=f"{earlier.paper.type} {later.paper.type}",
        )


def date_disorder(file: File) -> Outcome:
    """Goods are made before they are packed and shipped, stage by stage, by the lots the papers name."""
    out = Outcome()
    made: dict[str, tuple[CasePaper, tuple[FieldRead, date]]] = {}
    for paper in file.of("production"):
        day = file.day(paper)
        if day and paper.paper.type != "INVENTORY_LEDGER":
            for one in file.every(paper, "output_lot"):
                made.setdefault(lot_key(one.value), (paper, day))
    for paper in file.of("transport", "customs"):
        if paper.paper.type == "INPUT_RECEIPT":
            continue
        day = file.day(paper)
        for one in file.every(paper, "lot") if day else []:
            known = made.get(lot_key(one.value))
            if known is None or day is None:
                continue
            out.compared += 1
            if day[1] < known[1][1]:
                out.alarm(
                    "DATE_DISORDER",
                    f"Lot {one.value} was shipped on {day[1]}, but made on {known[1][1]}.",
                    said(known[0], known[1][0]),
                    said(paper, day[0]),
                    subject=lot_key(one.value),
                )
                break
    return out


def undated(file: File) -> Outcome:
    """An order, an invoice, a payment, a record of transport or production bears a date."""
    out = Outcome()
    for paper in file.evidence:
        if file.family(paper) not in _DATED:
            continue
        header = {one.name for one in paper.paper.fields if one.line is None and file.sure(one)}
        if paper.paper.all("date"):
            out.compared += 1
        elif len(header) >= _READ_ENOUGH and not paper.unreadable_pages:
            out.compared += 1
            out.alarm(
                "UNDATED", f"No date was found on the {file.label(paper)}.", whole(paper, "no date"), subject="date"
            )
    return out
