"""The faults that are planted: one function per code, each with the papers it touches, so that none hides another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bench.papers.made import Fault, Inventor, Pile, Sheet, Stage, Value

Plant = Callable[[Pile, Inventor, str], Fault]


@dataclass(frozen=True)
class Kind:
    """A way to plant a code: where it can stand (keys of a sale), and which papers it needs for itself."""

    code: str
    plant: Plant
    keys: tuple[str, ...]
    touches: tuple[str, ...]  # ``{}`` stands for the key


def _scale(value: Value, factor: str, step: str = "1") -> Value:
    figure, unit = value if isinstance(value, tuple) else (value, "")
    scaled = f"{(Decimal(figure) * Decimal(factor)).quantize(Decimal(step))}"
    return (scaled, unit) if unit else scaled


def _shift(sheet: Sheet, day: str, days: int) -> None:
    sheet.head["date"] = f"{date.fromisoformat(day) + timedelta(days=days)}"


def _day(sheet: Sheet) -> str:
    return str(sheet.head["date"])


def r1(pile: Pile, invent: Inventor, key: str) -> Fault:
    order, bill = pile[f"{key}.po"], f"{key}.inv"
    if invent.random.random() < 0.5 or len(order.lines) > 1:
        for line in order.lines:
            line["quantity"] = _scale(line["quantity"], "0.7")
            line["amount"] = _scale(str(line["amount"]), "0.7", "0.01")
        for line in order.lines:
            figure = Decimal(str(line["quantity"][0])) * Decimal(str(line["unit_price"]))
            line["amount"] = f"{figure.quantize(Decimal('0.01'))}"
    else:
        for line in order.lines:
            line["unit_price"] = _scale(str(line["unit_price"]), "0.8", "0.001")
            figure = Decimal(str(line["quantity"][0])) * Decimal(str(line["unit_price"]))
            line["amount"] = f"{figure.quantize(Decimal('0.01'))}"
    order.head["total"] = f"{sum(Decimal(str(line['amount'])) for line in order.lines)}"
    return Fault("R1", (f"{key}.po", bill), "order and invoice differ", also=("PART_QUANTITY",))


def r2(pile: Pile, invent: Inventor, key: str) -> Fault:
    payment = pile[f"{key}.pay"]
    if invent.random.random() < 0.25:
        payment.head["currency"] = "EUR"
    else:
        payment.head["total"] = _scale(
            str(payment.head["total"]), invent.random.choice(("0.7", "0.85", "1.2")), "0.01"
        )
    return Fault("R2", (f"{key}.pay", f"{key}.inv"), "payment differs from the invoice")


def payee_mismatch(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile[f"{key}.pay"].head["payee"] = invent.random.choice(
        ("Golden Bridge Finance (Hong Kong) Limited", "Ocean Pearl Holdings Ltd.", "Silk Route Agencies FZE")
    )
    return Fault("PAYEE_MISMATCH", (f"{key}.pay", f"{key}.inv"), "paid to a third party")


def r3(pile: Pile, invent: Inventor, key: str) -> Fault:
    slot = invent.random.choice((f"{key}.bl", f"{key}.grn") if key != "b" else ("b.bl",))
    factor = invent.random.choice(("0.8", "0.9", "1.15"))
    sheet = pile[slot]
    if sheet.lines:
        for line in sheet.lines:
            line["quantity"] = _scale(line["quantity"], factor)
    else:
        sheet.head["quantity"] = _scale(sheet.head["quantity"], factor)
    return Fault("R3", (slot, f"{key}.inv"), "carried or received differs from invoiced", also=("R6",))


def r4(pile: Pile, invent: Inventor, key: str) -> Fault:
    maker = {"u": "a.prod", "a": "b.prod"}[key]
    if invent.random.random() < 0.5:
        pile[maker].lines[0]["input_lot"] = invent.number("ZZ-", 5)
        note = "a lot was used that was not received"
    else:
        _shift(pile[maker], _day(pile[f"{key}.grn"]), -invent.random.randint(3, 12))
        note = "a lot was used before it was received"
    return Fault("R4", (maker, f"{key}.grn"), note, also=("DATE_DISORDER",))


def r5(pile: Pile, invent: Inventor, key: str) -> Fault:
    maker = "a.prod" if pile.commodity == "tomatoes" else {"u": "a.prod", "a": "b.prod"}[key]
    for line in pile[maker].lines:
        if "output_quantity" in line:
            line["output_quantity"] = _scale(line["output_quantity"], invent.random.choice(("1.35", "1.5", "1.8")))
    return Fault("R5", (maker,), "more comes out than can")


def r6(pile: Pile, invent: Inventor, key: str) -> Fault:
    maker = {"u": "a.prod", "a": "b.prod"}[key]
    for line in pile[maker].lines:
        if "input_quantity" in line:
            line["input_quantity"] = _scale(line["input_quantity"], invent.random.choice(("1.15", "1.3")))
    return Fault("R6", (maker, f"{key}.grn"), "a lot is used beyond its size")


def r7(pile: Pile, invent: Inventor, key: str) -> Fault:
    licence = pile[f"{key}.licence"]
    if invent.random.random() < 0.5 and key == "b":
        licence.head["registration_number"] = invent.registration("4403")
    else:
        licence.head["address"] = "Room 1203, Tower B, 88 Central Plaza, Shenzhen, Guangdong 518000, China"
    touched = tuple(one.slot for one in pile.sheets)
    return Fault("R7", (f"{key}.licence", *touched), "address or number differs")


def r8(pile: Pile, invent: Inventor, key: str) -> Fault:
    if key != "b" and invent.random.random() < 0.5:
        _shift(pile[f"{key}.grn"], _day(pile[f"{key}.bl"]), -invent.random.randint(2, 6))
        return Fault("R8", (f"{key}.grn", f"{key}.bl"), "received before it left")
    _shift(pile[f"{key}.po"], _day(pile[f"{key}.inv"]), invent.random.randint(3, 20))
    return Fault("R8", (f"{key}.po", f"{key}.inv", f"{key}.bl"), "ordered after it was invoiced")


def r9(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile[f"{key}.pl"].lines[0]["lot"] = invent.number("NX-", 5)
    return Fault("R9", (f"{key}.pl",), "packed, never made")


def r10(pile: Pile, invent: Inventor, key: str) -> Fault:
    gone = invent.random.choice((f"{key}.pl", f"{key}.inv"))
    pile["index"].lines = [
        {"listed_number": one.number, "goods": one.type.replace("_", " ").capitalize()}
        for one in pile.sheets
        if one.number and one.slot not in {"index", gone}
    ]
    return Fault("R10", (gone, "index"), "not in the index")


def missing_tier(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile.stages.insert(0, Stage("raw material", invent.firm(("Resources", "资源")), converts=False))
    return Fault("MISSING_TIER", (), "a stage without a paper")


def missing_production_record(pile: Pile, invent: Inventor, key: str) -> Fault:
    maker = {"u": "a", "a": "b"}[key]
    pile.drop(f"{maker}.prod")
    return Fault("MISSING_PRODUCTION_RECORD", (), f"{maker} has no production record")


def mass_balance_fail(pile: Pile, invent: Inventor, key: str) -> Fault:
    line = pile["b.stock"].lines[invent.random.randint(0, 2)]
    line["closing"] = (f"{Decimal(line['closing'][0]) + invent.random.randint(300, 900)}", "kg")
    return Fault("MASS_BALANCE_FAIL", ("b.stock",), "the book does not close")


def unlinked_po(pile: Pile, invent: Inventor, key: str) -> Fault:
    if invent.random.random() < 0.5:
        pile.drop(f"{key}.po")
    else:
        pile[f"{key}.po"].head["document_number"] = invent.number("PO-", 6)
    return Fault("UNLINKED_PO", (f"{key}.inv", f"{key}.po"), "the order is not there")


def missing_payment(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile.drop(f"{key}.pay")
    return Fault("MISSING_PAYMENT", (f"{key}.inv",), "no payment")


def missing_transport(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile.drop(f"{key}.bl")
    return Fault("MISSING_TRANSPORT", (f"{key}.inv",), "no transport")


def over_redacted(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile[f"{key}.licence"].blacked_out = True
    return Fault(
        "OVER_REDACTED", (f"{key}.licence",), "blacked out", also=("ILLEGIBLE", "ENTITY_UNIDENTIFIED", "UNDATED")
    )


def illegible(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile["b.cert"].illegible = True
    return Fault("ILLEGIBLE", ("b.cert", "index"), "cannot be read", also=("R10", "UNDATED", "NOT_SHIPMENT_SPECIFIC"))


def unsigned(pile: Pile, invent: Inventor, key: str) -> Fault:
    slot = "b.cert" if key == "b" else f"{key}.po"
    pile[slot].head["is_signed"] = "no"
    return Fault("UNSIGNED", (slot,), "not signed")


def undated(pile: Pile, invent: Inventor, key: str) -> Fault:
    slot = f"{key}.pay"
    del pile[slot].head["date"]
    return Fault("UNDATED", (slot,), "no date")


def entity_unidentified(pile: Pile, invent: Inventor, key: str) -> Fault:
    for sheet in pile.sheets:
        if sheet.slot.startswith(f"{key}."):
            sheet.head.pop("seller_address", None)
    pile.drop(f"{key}.licence")
    return Fault("ENTITY_UNIDENTIFIED", (f"{key}.inv",), "nobody knows who it is")


def name_mismatch(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile[f"{key}.po"].head["seller"] = invent.random.choice(
        ("Sunrise Global Commodities Ltd.", "Great Wall Import Export Co., Ltd.", "Pacific Union Materials Inc.")
    )
    pile[f"{key}.po"].head.pop("seller_address", None)
    return Fault("NAME_MISMATCH", (f"{key}.po", f"{key}.inv"), "another seller on the order")


def date_disorder(pile: Pile, invent: Inventor, key: str) -> Fault:
    maker = {"a": "a.prod", "b": "b.prod"}[key]
    _shift(pile[maker], _day(pile[f"{key}.pl"]), invent.random.randint(5, 25))
    return Fault("DATE_DISORDER", (maker, f"{key}.pl"), "made after it was packed")


def lot_reused(pile: Pile, invent: Inventor, key: str) -> Fault:
    source = pile[f"{key}.prod"]
    lines = [dict(line) for line in source.lines if "output_lot" in line]
    copy = Sheet(f"{key}.again", source.type, dict(source.head), lines)
    copy.head["document_number"] = invent.number("WO", 6)
    _shift(copy, _day(source), 2)
    pile.sheets.append(copy)
    return Fault("LOT_REUSED", (f"{key}.prod", f"{key}.again"), "the same lot made twice")


def commingling_unexplained(pile: Pile, invent: Inventor, key: str) -> Fault:
    maker, receipt = {"u": "a.prod", "a": "b.prod"}[key], pile[f"{key}.grn"]
    other = invent.number("QX-", 5)
    own = pile[maker].lines[0]
    stranger = "Horizon Bulk Materials Pte. Ltd."
    extra = Sheet(f"{key}.other", "INPUT_RECEIPT", {**receipt.head}, [])
    extra.head |= {"document_number": invent.number("GRN", 6), "supplier": stranger}
    extra.head.pop("invoice_number")
    size = _scale(own["input_quantity"], "0.2")
    extra.lines = [{"goods": own["goods"], "lot": other, "quantity": size}]
    pile.sheets.append(extra)
    pile[maker].lines.insert(1, {"goods": own["goods"], "input_lot": other, "input_quantity": size})
    return Fault("COMMINGLING_UNEXPLAINED", (maker, f"{key}.grn", f"{key}.other"), "two suppliers, one batch")


def not_shipment_specific(pile: Pile, invent: Inventor, key: str) -> Fault:
    sheet = pile["b.cert"]
    sheet.head.pop("invoice_number")
    sheet.lines = [{"goods": line["goods"]} for line in sheet.lines[:1]]
    return Fault("NOT_SHIPMENT_SPECIFIC", ("b.cert",), "speaks of no lot")


def no_index(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile.drop("index")
    return Fault("NO_INDEX", (), "no index")


def open_inquiry(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile["log"].lines[invent.random.randint(0, 1)]["answer"] = ""
    return Fault("OPEN_INQUIRY", ("log",), "a question is open")


def audit_not_credible(pile: Pile, invent: Inventor, key: str) -> Fault:
    sheet = pile["audit"]
    if invent.random.random() < 0.5:
        sheet.head["auditor"] = sheet.head["holder"]
    else:
        sheet.head["address"] = "No. 12 Jianguo Road, Korla, Xinjiang 841000, China"
    return Fault("AUDIT_NOT_CREDIBLE", ("audit",), "not credible", also=("R7",))


def totals(pile: Pile, invent: Inventor, key: str) -> Fault:
    sheet = pile["b.decl"]
    sheet.head["total"] = _scale(str(sheet.head["total"]), "1.06", "0.01")
    return Fault("TOTAL_AND_LINES", ("b.decl",), "the total does not add up")


def net_over_gross(pile: Pile, invent: Inventor, key: str) -> Fault:
    sheet = pile[f"{key}.pl"]
    sheet.head["net_weight"], sheet.head["gross_weight"] = sheet.head["gross_weight"], sheet.head["net_weight"]
    return Fault("NET_OVER_GROSS", (f"{key}.pl", f"{key}.bl", "b.decl"), "net over gross", also=("WEIGHTS_DIFFER",))


def weights_differ(pile: Pile, invent: Inventor, key: str) -> Fault:
    sheet = pile[f"{key}.pl"]
    sheet.head["gross_weight"] = _scale(sheet.head["gross_weight"], "1.07")
    return Fault("WEIGHTS_DIFFER", (f"{key}.pl", f"{key}.bl", "b.decl"), "two gross weights")


def container_differs(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile["b.pl"].head["container_number"] = invent.container()
    return Fault("CONTAINER_DIFFERS", ("b.pl", "b.bl", "b.decl"), "two containers")


def port_differs(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile["b.inv"].head["port_of_discharge"] = "Tacoma"
    return Fault("PORT_DIFFERS", ("b.inv", "b.bl"), "two ports")


def part_quantity(pile: Pile, invent: Inventor, key: str) -> Fault:
    line = pile["b.pl"].lines[0]
    line["quantity"] = _scale(line["quantity"], "1.5")
    return Fault("PART_QUANTITY", ("b.pl", "b.inv", "b.po", "b.decl"), "one part, two quantities", also=("R3",))


def part_undeclared(pile: Pile, invent: Inventor, key: str) -> Fault:
    first = pile["b.pl"].lines[0]
    pile["b.pl"].lines.append({**first, "part": invent.number("UN-", 5), "quantity": ("250", "kg")})
    return Fault("PART_UNDECLARED", ("b.pl",), "a part without a declaration")


def hts_differs(pile: Pile, invent: Inventor, key: str) -> Fault:
    pile["b.decl"].lines[0]["hts"] = "3926909989"
    return Fault("HTS_DIFFERS", ("b.decl", "b.inv"), "two tariff numbers")


KINDS = (
    Kind("R1", r1, ("u", "a"), ("{}.po",)),
    Kind("R2", r2, ("u", "a", "b"), ("{}.pay",)),
    Kind("R3", r3, ("u", "a", "b"), ("{}.bl", "{}.grn", "{}.use")),
    Kind("R4", r4, ("u", "a"), ("{}.grn", "{}.use")),
    Kind("R5", r5, ("u", "a"), ("u.use", "a.use")),
    Kind("R6", r6, ("u", "a"), ("{}.use", "{}.grn")),
    Kind("R7", r7, ("u", "a", "b"), ("{}.licence",)),
    Kind("R8", r8, ("u", "a", "b"), ("{}.po", "{}.grn", "{}.bl")),
    Kind("R9", r9, ("b",), ("b.pl",)),
    Kind("R10", r10, ("u", "a", "b"), ("index", "{}.pl")),
    Kind("MISSING_TIER", missing_tier, ("u",), ("stages",)),
    Kind("MISSING_PRODUCTION_RECORD", missing_production_record, ("u", "a"), ("{}.use", "b.pl")),
    Kind("MASS_BALANCE_FAIL", mass_balance_fail, ("b",), ("b.stock",)),
    Kind("UNLINKED_PO", unlinked_po, ("u", "a", "b"), ("{}.po",)),
    Kind("MISSING_PAYMENT", missing_payment, ("u", "a", "b"), ("{}.pay",)),
    Kind("PAYEE_MISMATCH", payee_mismatch, ("u", "a", "b"), ("{}.pay",)),
    Kind("MISSING_TRANSPORT", missing_transport, ("u", "a", "b"), ("{}.bl", "{}.po", "{}.grn")),
    Kind("OVER_REDACTED", over_redacted, ("u", "a", "b"), ("{}.licence",)),
    Kind("ILLEGIBLE", illegible, ("b",), ("b.cert",)),
    Kind("UNSIGNED", unsigned, ("u", "a", "b"), ("{}.po", "b.cert")),
    Kind("UNDATED", undated, ("u", "a", "b"), ("{}.pay",)),
    Kind("ENTITY_UNIDENTIFIED", entity_unidentified, ("u",), ("u.licence", "u.inv")),
    Kind("NAME_MISMATCH", name_mismatch, ("u", "a", "b"), ("{}.po",)),
    Kind("DATE_DISORDER", date_disorder, ("b",), ("a.use", "b.pl")),
    Kind("LOT_REUSED", lot_reused, ("a", "b"), ("u.use", "a.use")),
    Kind("COMMINGLING_UNEXPLAINED", commingling_unexplained, ("u", "a"), ("{}.use", "{}.grn")),
    Kind("NOT_SHIPMENT_SPECIFIC", not_shipment_specific, ("b",), ("b.cert",)),
    Kind("NO_INDEX", no_index, ("u",), ("index",)),
    Kind("OPEN_INQUIRY", open_inquiry, ("u",), ("log",)),
    Kind("AUDIT_NOT_CREDIBLE", audit_not_credible, ("u",), ("audit",)),
    Kind("TOTAL_AND_LINES", totals, ("b",), ("b.decl",)),
    Kind("NET_OVER_GROSS", net_over_gross, ("u", "a", "b"), ("{}.pl",)),
    Kind("WEIGHTS_DIFFER", weights_differ, ("u", "a", "b"), ("{}.pl", "{}.bl")),
    Kind("CONTAINER_DIFFERS", container_differs, ("b",), ("b.pl", "b.bl")),
    Kind("PORT_DIFFERS", port_differs, ("b",), ("b.inv", "b.bl")),
    Kind("PART_QUANTITY", part_quantity, ("b",), ("b.pl",)),
    Kind("PART_UNDECLARED", part_undeclared, ("b",), ("b.pl",)),
    Kind("HTS_DIFFERS", hts_differs, ("b",), ("b.decl",)),
)
