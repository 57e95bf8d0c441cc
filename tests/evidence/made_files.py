"""Small files made for the tests: honest ones, and the tricks by which a file harms its reader."""

import io
import zipfile
import zlib

import docx
import openpyxl
import pikepdf
from PIL import Image, ImageDraw


def pdf(*contents: bytes, resources: str = "", extra: dict[int, bytes] | None = None) -> bytes:
    """A PDF with one page for each content stream, font F1, written without any library."""
    objects: dict[int, bytes] = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    kids = []
    for place, content in enumerate(contents):
        page, stream = 10 + 2 * place, 11 + 2 * place
        kids.append(f"{page} 0 R")
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {stream} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> {resources} >> >>"
        ).encode()
        objects[stream] = stream_object(content)
    objects[2] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    objects[3] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects |= extra or {}
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, place in sorted(places.items()):
        out.write(b"%d 1\n%010d 00000 n \n" % (number, place))
    out.write(b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, start))
    return out.getvalue()


def stream_object(content: bytes, entries: str = "") -> bytes:
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def words(text: str) -> bytes:
    """A content stream that writes this text, line by line."""
    lines = " ".join(f"({line}) Tj 0 -20 Td" for line in text.split("\n"))
    return f"BT /F1 14 Tf 72 700 Td {lines} ET".encode()


def pdf_of_texts(*texts: str) -> bytes:
    return pdf(*map(words, texts))


def changed(content: bytes, change, **how) -> bytes:
    """A PDF after pikepdf did something to it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        change(document)
        document.save(out, **how)
    return out.getvalue()


def encrypted_pdf(content: bytes, *, user: str, owner: str) -> bytes:
    lock = pikepdf.Encryption(user=user, owner=owner, R=6)
    return changed(content, lambda document: None, encryption=lock)


def flate_bomb(megabytes: int) -> bytes:
    """A page whose content unpacks to this many megabytes of text operators, packed twice."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b"(A) Tj " * 149_797) for _ in range(megabytes)) + packer.flush()
    twice = zlib.compress(once, 9)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 50 0 R /Resources << >> >>"
    packed = stream_object(twice, "/Filter [/FlateDecode /FlateDecode]")
    return pdf(b"", extra={10: page, 50: packed})


def nested_forms(depth: int) -> bytes:
    """A page of form XObjects, each drawing the next ten times: 10 ** depth drawings in some kilobytes."""
    extra = {}
    for level in range(depth):
        last = level == depth - 1
        inside = b"BT /F1 9 Tf (x) Tj ET" if last else b"/N Do " * 10
        uses = "/Font << /F1 3 0 R >>" if last else f"/XObject << /N {101 + level} 0 R >>"
        extra[100 + level] = stream_object(
            inside, f"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << {uses} >>"
        )
    return pdf(b"/N Do", resources="/XObject << /N 100 0 R >>", extra=extra)


def workbook(sheets: dict[str, list[list]], hidden: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_member(container: bytes, name: str, content: bytes | None) -> bytes:
    """The same ZIP container with one member replaced, or taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(container)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        if content is not None:
            new.writestr(name, content)
    return out.getvalue()


def bomb_workbook(megabytes: int) -> bytes:
    """A workbook whose one sheet unpacks to this many megabytes."""
    rows = (b"<row>" + b"<c t='inlineStr'><is><t>A</t></is></c>" * 26 + b"</row>") * 1_000
    out = io.BytesIO(with_member(workbook({"S": [["a"]]}), "xl/worksheets/sheet1.xml", None))
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as container, container.open(name, "w") as sheet:
        sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
        for _ in range(megabytes * 1_000_000 // len(rows) + 1):
            sheet.write(rows)
        sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def letter(*paragraphs: str, table: list[list[str]] | None = None, header: str = "") -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, value in zip(row.cells, cells, strict=True):
                cell.text = value
    if header:
        document.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def picture(kind: str, *, frames: int = 1, size: tuple[int, int] = (200, 300), blank: bool = False) -> bytes:
    images = []
    for number in range(frames):
        image = Image.new("RGB", size, "white")
        if not blank:
            ImageDraw.Draw(image).text((20, 20), f"Invoice {number + 1}", fill="black")
        images.append(image)
    out = io.BytesIO()
    more = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(out, kind, **more)
    return out.getvalue()
