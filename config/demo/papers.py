"""Papers of the demonstration, made on the spot. Each says DEMONSTRATION and names invented firms."""

from __future__ import annotations

import io
from pathlib import Path

import noto_cjk_sans_otc
import openpyxl
import pikepdf
from PIL import Image, ImageDraw, ImageFont

FONT = Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc"
HEAD = "DEMONSTRATION - this paper is invented"


def pdf(pages: list[list[str]]) -> bytes:
    """A PDF with the given lines of Latin text on each page."""
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for lines in pages:
        body = ["BT /F1 11 Tf 56 780 Td 15 TL"]
        body += [f"({_escape(line)}) Tj T*" for line in [HEAD, "", *lines]]
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream("\n".join([*body, "ET"]).encode("latin-1", "replace"))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet(name: str, rows: list[list[str | int | float]]) -> bytes:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    page = book.create_sheet(name, 0)
    page.append([HEAD])
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def scan(lines: list[str]) -> bytes:
    """A picture of a page, as a scanner delivers it: no text in the file, and a little askew."""
    page = Image.new("L", (1240, 1754), 248)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 30)
    for number, line in enumerate([HEAD, "", *lines]):
        draw.text((110, 120 + 62 * number), line, fill=25, font=font)
    page = page.rotate(0.6, fillcolor=248, resample=Image.Resampling.BILINEAR)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80, dpi=(150, 150))
    return out.getvalue()


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


COTTON_FILE: tuple[tuple[str, bytes], ...] = (
    (
        "PO-77 garment maker to knitter.pdf",
        pdf(
            [
                [
                    "PURCHASE ORDER PO-77",
                    "Buyer: Lotus Bay Garments JSC (fictional), Hai Phong",
                    "Seller: Qinghe River Knitting Co., Ltd. (fictional), Shaoxing",
                    "Date: 2026-07-02",
                    "Greige knit fabric, 100 % cotton, 12,000 kg at USD 5.10",
                    "Total: USD 61,200.00",
                ]
            ]
        ),
    ),
    (
        "INV-8841 spinner to knitter.pdf",
        pdf(
            [
                [
                    "COMMERCIAL INVOICE INV-8841",
                    "Seller: Aksu Huafu Color Spinning Co., Ltd.",
                    "Buyer: Qinghe River Knitting Co., Ltd. (fictional)",
                    "Date: 2026-06-11",
                ],
                [
                    "INV-8841, page 2",
                    "Dyed melange cotton yarn, lot 31",
                    "Quantity: 12,400 kg   Price: USD 4.40/kg   Amount: USD 54,560.00",
                    "Shipped from: Aksu, Xinjiang",
                ],
            ]
        ),
    ),
    (
        "GRN-19 goods received.xlsx",
        sheet(
            "GRN-19",
            [
                ["Lot", "Yarn", "kg received", "Date"],
                [31, "melange cotton", 12400, "2026-06-29"],
                [32, "melange cotton", 1700, "2026-06-30"],
            ],
        ),
    ),
    (
        "payment knitter.txt",
        "\n".join(
            [
                HEAD,
                "",
                "REMITTANCE ADVICE",
                "Payer: Qinghe River Knitting Co., Ltd. (fictional)",
                "Payee: Tianshan Agency (fictional)",
                "Amount: USD 54,560.00",
                "Value date: 2026-07-20",
                "付款方：清河针织有限公司（虚构）",
            ]
        ).encode(),
    ),
    (
        "delivery note, scanned.jpg",
        scan(
            [
                "送货单（虚构）",
                "编号：SH-20260612-031        日期：2026年6月12日",
                "发货单位：阿克苏华孚色纺有限公司",
                "发货地址：新疆维吾尔自治区阿克苏市",
                "收货单位：清河针织有限公司（虚构），浙江绍兴",
                "合同号：PO-77        发票号：INV-8841",
                "品名：色纺棉纱 40S        批号：31",
                "数量：12,400 公斤        件数：496 件",
                "运输方式：铁路 阿克苏 至 绍兴",
                "签收：        收货日期：2026年6月29日",
            ]
        ),
    ),
)

SOLAR_FILE: tuple[tuple[str, bytes], ...] = (
    (
        "chain map and index.pdf",
        pdf(
            [
                [
                    "EXECUTIVE SUMMARY",
                    "Entry 551-0900105-1, photovoltaic modules",
                    "Quartzite, Spruce Pine, US > silicon, Alloy, US > polysilicon, Hemlock, US",
                    "> ingots, Glomfjord, NO > wafers and cells, Kulim, MY > modules, Penang, MY",
                ],
                [
                    "INDEX OF PAPERS",
                    "1 to 3 polysilicon lots; 4 ingot batch cards; 5 wafer lots; 6 cell lots; 7 serial numbers",
                ],
            ]
        ),
    ),
    (
        "lot ledger.xlsx",
        sheet(
            "Lots",
            [
                ["Stage", "Lot", "Input kg", "Output kg"],
                ["polysilicon", "GL-101", 9000, 8820],
                ["ingot", "FJ-55", 8820, 8100],
                ["wafer", "AW-9", 8100, 5300],
            ],
        ),
    ),
)
