"""Which papers speak of the same sale: an invoice with its order, its payments, its transport and its receipt.

Papers are joined by the numbers they name, never by likeness of amounts: a wrong join would make a false alarm.
"""

from __future__ import annotations

from evidence.domain.papers import CasePaper
from evidence.domain.rules.material import File

SALES = ("COMMERCIAL_INVOICE", "VAT_INVOICE")
CARRIERS = ("BILL_OF_LADING", "TRANSPORT_DOCUMENT", "DELIVERY_TICKET")


def invoices(file: File) -> list[CasePaper]:
    """Every commercial invoice; a fapiao is the tax side of one and asks for no order or payment of its own."""
    return file.of("COMMERCIAL_INVOICE")


def orders_of(file: File, invoice: CasePaper) -> list[CasePaper]:
    """The purchase orders an invoice names, or that share its contract."""
    named = file.refers_to(invoice, "order_number")
    contract = file.refers_to(invoice, "contract_number")
    return [
        one
        for one in file.of("order")
        if named & (file.own_numbers(one) | file.refers_to(one, "order_number"))
        or (not named and contract & (file.own_numbers(one) | file.refers_to(one, "contract_number")))
    ]


def payments_of(file: File, invoice: CasePaper) -> list[CasePaper]:
    """The payments that name an invoice, or its order and no invoice: a deposit is paid before there is one."""
    own, ordered = file.own_numbers(invoice), file.refers_to(invoice, "order_number", "contract_number")
    billed = set().union(*(file.own_numbers(one) for one in invoices(file)))
    found = []
    for payment in file.of("payment"):
        named = file.refers_to(payment, "invoice_number", "reference")
        if own & named or (
            not billed & named and ordered & (named | file.refers_to(payment, "order_number", "contract_number"))
        ):
            found.append(payment)
    return found


def transports_of(file: File, invoice: CasePaper) -> list[CasePaper]:
    """The papers of carriage that name an invoice, or that it names."""
    own, named = file.own_numbers(invoice), file.refers_to(invoice, "bl_number")
    return [
        one
        for one in file.of(*CARRIERS)
        if own & file.refers_to(one, "invoice_number", "reference") or named & file.own_numbers(one)
    ]


def packing_lists_of(file: File, invoice: CasePaper) -> list[CasePaper]:
    """The packing lists of an invoice: they name it, or carry its number."""
    own = file.own_numbers(invoice)
    return [
        one
        for one in file.of("PACKING_LIST")
        if own & (file.refers_to(one, "invoice_number", "reference") | file.own_numbers(one))
    ]


def receipts_of(file: File, invoice: CasePaper) -> list[CasePaper]:
    """The goods-received notes of an invoice: they name it, or its bill of lading."""
    own = file.own_numbers(invoice)
    bills = file.refers_to(invoice, "bl_number").union(
        *(file.own_numbers(one) for one in transports_of(file, invoice))
    )
    return [
        one
        for one in file.of("INPUT_RECEIPT")
        if own & file.refers_to(one, "invoice_number", "reference") or bills & file.refers_to(one, "bl_number")
    ]
