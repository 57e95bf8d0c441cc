"""Further papers of the demonstration's cotton case: a sale of fabric that ties but for its payment and its receipt,
the sale of the shirts, and a record of spinning. Invented, and each says so."""

from __future__ import annotations

from config.demo.papers import pdf

KNITTER = "Qinghe River Knitting Co., Ltd. (fictional)"
SEWER = "Lotus Bay Garments JSC (fictional)"
IMPORTER = "Harbor Knit LLC (fictional)"
SPINNER = "Aksu Huafu Color Spinning Co., Ltd."

FILES: tuple[tuple[str, bytes], ...] = (
    (
        "sale of fabric, knitter to garment maker.pdf",
        pdf(
            [
                [
                    "COMMERCIAL INVOICE",
                    "Invoice No.: KN-2207",
                    "Invoice Date: 2026-07-18",
                    "Purchase Order No.: PO-77",
                    f"Seller: {KNITTER}",
                    f"Buyer: {SEWER}",
                    "Goods: Greige knit fabric, 100 % cotton",
                    "Quantity: 12,000 kg",
                    "Unit price: USD 5.10",
                    "Total amount: USD 61,200.00",
                ],
                [
                    "REMITTANCE ADVICE",
                    "Reference: KN-2207",
                    "Value date: 2026-08-02",
                    f"Payer: {SEWER}",
                    f"Payee: {KNITTER}",
                    "Amount: USD 40,000.00",
                ],
                [
                    "WAYBILL",
                    "Waybill No.: WB-5531",
                    "Date: 2026-07-20",
                    "Invoice No.: KN-2207",
                    f"Shipper: {KNITTER}",
                    f"Consignee: {SEWER}",
                    "Goods: Greige knit fabric",
                    "Quantity: 12,000 kg",
                ],
                [
                    "GOODS RECEIVED NOTE",
                    "GRN No.: GR-0731",
                    "Date: 2026-07-29",
                    f"Receiver: {SEWER}",
                    f"Supplier: {KNITTER}",
                    "Waybill No.: WB-5531",
                    "Quantity: 10,300 kg",
                ],
            ]
        ),
    ),
    (
        "sale of shirts to Harbor Knit.pdf",
        pdf(
            [
                [
                    "PURCHASE ORDER",
                    "Purchase Order No.: HK-410",
                    "Date: 2026-06-20",
                    f"Buyer: {IMPORTER}",
                    f"Seller: {SEWER}",
                    "Goods: Men's cotton T-shirts",
                    "Quantity: 24,000 doz",
                    "Unit price: USD 4.00",
                    "Total amount: USD 96,000.00",
                ],
                [
                    "COMMERCIAL INVOICE",
                    "Invoice No.: LB-9917",
                    "Invoice Date: 2026-09-01",
                    "Purchase Order No.: HK-410",
                    f"Seller: {SEWER}",
                    f"Buyer: {IMPORTER}",
                    "Goods: Men's cotton T-shirts",
                    "Quantity: 24,000 doz",
                    "Unit price: USD 4.00",
                    "Total amount: USD 96,000.00",
                ],
                [
                    "PROOF OF PAYMENT",
                    "Reference: LB-9917",
                    "Value date: 2026-09-12",
                    f"Payer: {IMPORTER}",
                    f"Payee: {SEWER}",
                    "Amount: USD 96,000.00",
                ],
            ]
        ),
    ),
    (
        "spinning record lot 31.pdf",
        pdf(
            [
                [
                    "PRODUCTION RECORD",
                    "Record No.: SP-0031",
                    "Date: 2026-05-30",
                    f"Manufacturer: {SPINNER}",
                    "Lot consumed: BALE-2210",
                    "Lot produced: LOT-31",
                    "Quantity consumed: 14,600 kg",
                    "Quantity produced: 12,400 kg",
                ]
            ]
        ),
    ),
)
