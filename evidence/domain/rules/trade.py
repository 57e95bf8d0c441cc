"""A sale and its papers: what was ordered, invoiced, paid, carried and received is one and the same (R1 to R3)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from evidence.domain.alarms import Outcome, said, whole
from evidence.domain.papers import CasePaper, FieldRead
from evidence.domain.rules.links import invoices, orders_of, payments_of, receipts_of, transports_of
from evidence.domain.rules.material import File, amount_of, apart, groups, number_key
from evidence.domain.units import Quantity, comparable, plain


def r1(file: File) -> Outcome:
    """What is invoiced is what was ordered: at most the ordered quantity with its tolerance, at the ordered price."""
    out = Outcome()
    billed: dict[int, list[CasePaper]] = {}
    orders = {one.key: one for one in file.of("order")}
    for invoice in invoices(file):
        for order in orders_of(file, invoice)[:1]:
            billed.setdefault(order.key, []).append(invoice)
    for key, bills in billed.items():
        _ordered_quantity(file, out, orders[key], bills)
        for invoice in bills:
            _ordered_price(file, out, orders[key], invoice)
    return out


def _ordered_quantity(file: File, out: Outcome, order: CasePaper, bills: list[CasePaper]) -> None:
    ordered, invoiced = file.total_quantity(order), [file.total_quantity(one) for one in bills]
    if ordered is None or any(one is None for one in invoiced):
        return
    known = [one for one in invoiced if one is not None]
    sums = [comparable(amount, ordered[1]) for _, amount in known]
    if any(one is None for one in sums):
        return
    out.compared += 1
    total = sum((one[0] for one in sums if one), Decimal(0))
    limit, unit = next((one[1], one[2]) for one in sums if one)
    if total > limit * (1 + file.tolerances["order_over"]):
        several = f" in {len(bills)} invoices" if len(bills) > 1 else ""
        out.alarm(
            "R1",
            f"{plain(limit)} {unit} were ordered, {plain(total)} {unit} are invoiced{several}.",
            said(order, ordered[0], str(ordered[1])),
            said(bills[0], known[0][0], f"{plain(total)} {unit}"),
            subject="quantity",
        )


def _ordered_price(file: File, out: Outcome, order: CasePaper, invoice: CasePaper) -> None:
    """Unit prices line by line: by part, else by the only line of both."""
    ours, theirs = _prices(file, order), _prices(file, invoice)
    pairs = [(ours[part], theirs[part]) for part in ours.keys() & theirs.keys() if part]
    if not pairs and len(ours) == len(theirs) == 1:
        pairs = [(next(iter(ours.values())), next(iter(theirs.values())))]
    currencies = [one.value for one in (file.one(order, "currency"), file.one(invoice, "currency")) if one]
    if len(set(currencies)) > 1:
        return
    for ordered, billed in pairs:
        first, second = amount_of(ordered), amount_of(billed)
        if first is None or second is None:
            continue
        out.compared += 1
        if apart(first, second) > file.tolerances["unit_price"]:
            out.alarm(
                "R1",
                f"The order has a unit price of {plain(first)}, the invoice {plain(second)}.",
                said(order, ordered),
                said(invoice, billed),
                subject="unit price",
            )


def _prices(file: File, paper: CasePaper) -> dict[str, FieldRead]:
    found: dict[str, FieldRead] = {}
    for _, line in paper.paper.lines():
        price = file.sure(line.get("unit_price"))
        if price:
            part = line.get("part")
            found[part.value if part else ""] = price
    return found


def r2(file: File) -> Outcome:
    """What was paid for an invoice is its amount, in its currency."""
    out = Outcome()
    bills = {one.key: one for one in invoices(file)}
    payments = {one.key: one for one in file.of("payment")}
    pairs = [(key, one.key) for key, bill in bills.items() for one in payments_of(file, bill)]
    for group in groups(pairs):
        billed, paid = (
            [bills[k] for k in sorted(group & bills.keys())],
            [payments[k] for k in sorted(group & payments.keys())],
        )
        _amounts(file, out, billed, paid)
    return out


def _amounts(file: File, out: Outcome, billed: list[CasePaper], paid: list[CasePaper]) -> None:
    totals, sums = [file.one(one, "total") for one in billed], [file.one(one, "total") for one in paid]
    owed, given = [amount_of(one) for one in totals], [amount_of(one) for one in sums]
    if any(one is None for one in (*owed, *given)) or totals[0] is None or sums[0] is None:
        return
    out.compared += 1
    currencies = [file.one(one, "currency") for one in (billed[0], paid[0])]
    if currencies[0] and currencies[1] and currencies[0].value != currencies[1].value:
        out.alarm(
            "R2",
            f"The invoice is in {currencies[0].value}, the payment in {currencies[1].value}.",
            said(billed[0], currencies[0]),
            said(paid[0], currencies[1]),
            subject="currency",
        )
        return
    due, got = (sum((one for one in side if one is not None), Decimal(0)) for side in (owed, given))
    if apart(due, got) > file.tolerances["bank_charges"]:
        several = f" in {len(paid)} payments" if len(paid) > 1 else ""
        unit = next((f" {one.value}" for one in currencies if one), "")
        out.alarm(
            "R2",
            f"The invoice comes to {plain(due)}{unit}; {plain(got)}{unit} was paid{several}.",
            said(billed[0], totals[0], plain(due)),
            said(paid[0], sums[0], plain(got)),
            subject="amount",
        )


def payee_mismatch(file: File) -> Outcome:
    """The money went to the seller (AUDIT24): the payee of a payment is the seller of its invoice."""
    out = Outcome()
    for invoice in invoices(file):
        seller = file.one(invoice, "seller")
        for payment in payments_of(file, invoice):
            payee = file.one(payment, "payee")
            same = file.same_firm(seller.value, payee.value) if seller and payee else None
            if seller is None or payee is None or same is None:
                continue
            out.compared += 1
            if not same:
                out.alarm(
                    "PAYEE_MISMATCH",
                    f"{seller.value} sold the goods; the money went to {payee.value}.",
                    said(invoice, seller),
                    said(payment, payee),
                    subject=file.core_name(payee.value),
                )
    return out


def missing_payment(file: File) -> Outcome:
    """Each invoice has its proof of payment (FAQ23)."""
    return _named_by_none(file, payments_of, "MISSING_PAYMENT", "proof of payment")


def missing_transport(file: File) -> Outcome:
    """Each invoice has its transport document (FAQ23)."""
    return _named_by_none(file, transports_of, "MISSING_TRANSPORT", "bill of lading or waybill")


def _named_by_none(file: File, of: Callable[[File, CasePaper], list[CasePaper]], code: str, wanted: str) -> Outcome:
    """Invoices with a number of their own that no paper of the wanted kind belongs to."""
    out = Outcome()
    for invoice in invoices(file):
        if not file.own_numbers(invoice):
            continue
        out.compared += 1
        if not of(file, invoice):
            name = file.label(invoice)
            out.alarm(code, f"No {wanted} in the file names the {name}.", whole(invoice, name))
    return out


def unlinked_po(file: File) -> Outcome:
    """The order an invoice names is in the file, and each order has its invoice."""
    out = Outcome()
    used: set[int] = set()
    for invoice in invoices(file):
        orders = orders_of(file, invoice)
        used |= {one.key for one in orders}
        named = file.one(invoice, "order_number")
        if named is None:
            continue
        if not orders and _may_be_there(file, named):
            continue
        out.compared += 1
        if not orders:
            out.alarm(
                "UNLINKED_PO",
                f"The {file.label(invoice)} names order {named.value}; no such order is in the file.",
                said(invoice, named),
            )
    for order in file.of("PURCHASE_ORDER"):
        number = file.one(order, "document_number", "order_number")
        if number is None:
            continue
        out.compared += 1
        if order.key not in used:
            out.alarm("UNLINKED_PO", f"No invoice in the file names order {number.value}.", said(order, number))
    return out


def _may_be_there(file: File, named: FieldRead) -> bool:
    """Whether a paper may be the order that is named: its number was not read, or its type was not."""
    numbers = {number_key(named.value)}
    return any(
        not file.own_numbers(one) if file.family(one) == "order" else numbers & file.refers_to(one)
        for one in file.evidence
        if file.family(one) == "order" or not one.paper.type
    )


def r3(file: File) -> Outcome:
    """What was invoiced was carried, and was received."""
    out = Outcome()
    for invoice in invoices(file):
        billed = file.total_quantity(invoice)
        if billed is None:
            continue
        for word, papers in (("carried", transports_of(file, invoice)), ("received", receipts_of(file, invoice))):
            moved = [(one, file.total_quantity(one) or _net_weight(file, one)) for one in papers]
            known = [(one, amount) for one, amount in moved if amount]
            sums = [comparable(amount[1], billed[1]) for _, amount in known]
            if not known or len(known) != len(papers) or any(one is None for one in sums):
                continue
            out.compared += 1
            total = sum((one[0] for one in sums if one), Decimal(0))
            invoiced, unit = next((one[1], one[2]) for one in sums if one)
            if apart(total, invoiced) > file.tolerances["transit_loss"]:
                out.alarm(
                    "R3",
                    f"{plain(invoiced)} {unit} are invoiced, {plain(total)} {unit} were {word}.",
                    said(invoice, billed[0], str(billed[1])),
                    said(known[0][0], known[0][1][0], f"{plain(total)} {unit}"),
                    subject=word,
                )
    return out


def _net_weight(file: File, paper: CasePaper) -> tuple[FieldRead, Quantity] | None:
    weight = file.one(paper, "net_weight")
    found = file.quantity(weight) if weight else None
    return (weight, found) if weight and found else None
