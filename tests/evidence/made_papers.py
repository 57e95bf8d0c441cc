"""Papers as they would be read, in a few words each, and the file that the rules ask for."""

from evidence import reference
from evidence.domain.papers import CasePaper, FieldRead, PaperRead, Place
from evidence.domain.rules import ChainFacts, File
from evidence.services import alarms


def field(name, value, *, line=None, page=1):
    """A value, or a pair of value and unit."""
    figure, unit = value if isinstance(value, tuple) else (value, "")
    return FieldRead(name, figure, figure, Place(page), unit=unit, line=line)


def paper(type_, number="", lines=(), *, key=0, page=1, document=0, exhibit=0, **head):
    """A paper of one page; ``key`` numbers it, and its exhibit where none is named."""
    fields = [field("document_number", number, page=page)] if number else []
    fields += [field(name, value, page=page) for name, value in head.items() if name not in _PAGES]
    for at, line in enumerate(lines, start=1):
        fields += [field(name, value, line=at, page=page) for name, value in line.items()]
    return CasePaper(
        key,
        exhibit or key,
        document or key,
        f"{key}.pdf",
        PaperRead(type_, page, page, tuple(fields)),
        **{name: head[name] for name in _PAGES if name in head},
    )


_PAGES = ("unreadable_pages", "untranslated_pages", "blacked_out_pages")


def file(*papers, chain=None, tolerances=None, yields=(), same_party=lambda one, other: None):
    """These papers, numbered in order, with the tables that ship."""
    numbered = [
        CasePaper(
            one.key or at,
            one.exhibit or at,
            one.document or at,
            one.file_name,
            one.paper,
            one.unreadable_pages,
            one.untranslated_pages,
            one.blacked_out_pages,
        )
        for at, one in enumerate(papers, start=1)
    ]
    return File(
        papers=numbered,
        types=reference.document_types(),
        tolerances={**reference.shipped_tolerances(), **(tolerances or {})},
        units=reference.units(),
        yields=(*reference.yields(), *yields),
        chain=chain or ChainFacts(),
        core_name=alarms.core_name,
        in_xinjiang=alarms.in_xinjiang,
        ports=reference.ports().named,
        same_party=same_party,
    )


def sale(quantity="1000", total="2000.00", *, price="2", order="PO-1001", bill="INV-2001", carried="WB-3001", **other):
    """Order, invoice, payment, waybill and receipt of one sale, in this order; other fields by ``paper__field``."""
    line = {"goods": "Cotton yarn", "part": "Y-40", "quantity": (quantity, "kg"), "unit_price": price, "amount": total}
    heads = {
        "order": {"seller": SELLER, "buyer": BUYER, "date": "2026-01-05", "currency": "USD"},
        "invoice": {
            "seller": SELLER,
            "seller_address": "12 Mill Road, Nantong 226000",
            "buyer": BUYER,
            "date": "2026-01-12",
            "order_number": order,
            "total": total,
            "currency": "USD",
        },
        "payment": {"payee": SELLER, "payer": BUYER, "date": "2026-01-20", "total": total, "currency": "USD",
                    "reference": bill},
        "waybill": {"shipper": SELLER, "consignee": BUYER, "date": "2026-01-13", "invoice_number": bill,
                    "quantity": (quantity, "kg")},
        "receipt": {"holder": BUYER, "supplier": SELLER, "date": "2026-01-16", "invoice_number": bill},
    }  # fmt: skip
    lines = {"order": dict(line), "invoice": dict(line), "receipt": {"lot": "L-77", "quantity": (quantity, "kg")}}
    for name, value in other.items():
        which, _, what = name.partition("__")
        target = lines[which] if what in lines.get(which, {}) else heads[which]
        if value is None:
            target.pop(what)
        else:
            target[what] = value
    return [
        paper("PURCHASE_ORDER", order, [lines["order"]], **heads["order"]),
        paper("COMMERCIAL_INVOICE", bill, [lines["invoice"]], **heads["invoice"]),
        paper("PROOF_OF_PAYMENT", "TT-9", **heads["payment"]),
        paper("TRANSPORT_DOCUMENT", carried, **heads["waybill"]),
        paper("INPUT_RECEIPT", "GRN-5", [lines["receipt"]], **heads["receipt"]),
    ]


SELLER, BUYER = "Nantong Hengyuan Spinning Co., Ltd.", "Blue Harbor Imports Inc."
