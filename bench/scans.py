"""Files for measuring reading: ruled invoices, scanned pages, and files made to harm their reader."""

import io
import zipfile
import zlib
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from config.demo.papers import FONT

NUMBER = "INV-2026-%04d"
ROWS = 28


def ruled_invoices(path: Path, pages: int) -> Path:
    """A PDF of invoices, each with a ruled table of seven columns."""
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(_invoice(number).encode("latin-1"))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    document.save(path)
    return path


def _invoice(number: int) -> str:
    drawn = [f"BT /F1 11 Tf 50 800 Td (COMMERCIAL INVOICE {NUMBER % number}   Date 17 April 2026) Tj ET"]
    columns = [50 + 70 * place for place in range(8)]
    bottom = 770 - 22 * (ROWS + 1)
    drawn += [f"{left} {bottom} m {left} 770 l S" for left in columns]
    drawn += [f"50 {770 - 22 * row} m 540 {770 - 22 * row} l S" for row in range(ROWS + 2)]
    for row in range(ROWS + 1):
        cells = ["Line", "Article", "Lot", "Bales", "kg", "Price", "Amount"]
        if row:
            cells = [
                str(row),
                "Yarn 40s",
                f"L{number}-{row}",
                str(row * 3),
                f"{row * 653}.5",
                "3.50",
                f"{row * 22}.75",
            ]
        for left, cell in zip(columns, cells, strict=False):
            drawn.append(f"BT /F1 9 Tf {left + 4} {755 - 22 * row} Td ({cell}) Tj ET")
    return "\n".join(drawn)


def scanned_pages(path: Path, pages: int) -> Path:
    """A PDF whose pages are pictures at 150 dpi: forty lines of print, a third of them Chinese."""
    shown = [_scan(number) for number in range(1, pages + 1)]
    shown[0].save(path, "PDF", resolution=150, save_all=True, append_images=shown[1:], quality=70)
    return path


def _scan(number: int) -> Image.Image:
    page = Image.new("L", (1240, 1754), 248)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 25)
    lines = [f"COMMERCIAL INVOICE {NUMBER % number}", "Seller: Lotus Bay Garments JSC (invented), Hai Phong"]
    for row in range(1, 27):
        lines.append(
            f"{row:>2}  Cotton yarn 40s, lot L{number}-{row}   {row * 3} bales   {row * 653}.5 kg   {row * 22}.75"
        )
        if row % 3 == 0:
            lines.append(f"品名：精梳棉纱 40S    数量：{row * 653} 公斤    批号：{number}-{row}")
    for place, line in enumerate(lines):
        draw.text((90, 80 + 44 * place), line, fill=30, font=font)
    return page.rotate(0.4, fillcolor=248, resample=Image.Resampling.BILINEAR)


def hostile_files() -> dict[str, tuple[bytes, set[str]]]:
    """Files that a reader dies of where nothing limits it, by the name they are sent under, and how each may end."""
    markup = zlib.compress(b"(A) Tj " * 90_000_000, 1)
    members = {"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b"\0" * 400_000_000}
    return {
        "unpacks to 600 MB.pdf": (_pdf(markup, "/Filter /FlateDecode"), {"resource_limit"}),
        "two million operators.pdf": (_pdf(b"q " * 2_000_000), {"resource_limit", "no_text", "empty"}),
        "draws itself.pdf": (
            _pdf(b"/S Do", resources="/XObject << /S 4 0 R >>"),
            {"resource_limit", "no_text", "empty"},
        ),
        "pages without end.pdf": (_pdf(b"", count=2_000_000_000), {"too_large", "damaged", "empty", "no_text"}),
        "cut off.pdf": (_pdf(b"BT ET")[:120], {"damaged"}),
        "only a first line.pdf": (b"%PDF-1.7\nnothing follows", {"not_a_document"}),
        "empty.pdf": (b"", {"empty"}),
        "a program.pdf": (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", {"not_a_document"}),
        "picture of 10 gigapixels.png": (_png(100_000, 100_000), {"too_large"}),
        "picture cut off.png": (_png(100, 100), {"damaged"}),
        "packed tight.zip": (_zip({"a.txt": b"\0" * 45_000_000}), {"too_large"}),
        "sheet of 400 MB.xlsx": (_zip(members), {"too_large", "type_mismatch"}),
        "a page.txt": (b"<html><script>x()</script></html>", {"not_a_document"}),
    }


def _pdf(content: bytes, entries: str = "", *, resources: str = "", count: int = 1) -> bytes:
    """A PDF of one page; object 4 is its content, and a form that draws itself."""
    form = (
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /S 4 0 R >> >>" if resources else ""
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [3 0 R] >>".encode(),
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        f"/Resources << {resources} >> >>".encode(),
        f"<< /Length {len(content)} {entries} {form} >>\nstream\n".encode() + content + b"\nendstream",
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n")
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Root 1 0 R /Size 5 >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def _png(width: int, height: int) -> bytes:
    """The beginning of a picture of this size; its pixels are cut off."""
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    pixels = zlib.compress(b"\0" * 5_000)
    content = b"IDAT" + pixels
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            b"\0\0\0\r" + header + zlib.crc32(header).to_bytes(4, "big"),
            len(pixels).to_bytes(4, "big") + content + zlib.crc32(content).to_bytes(4, "big"),
        ]
    )


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()
