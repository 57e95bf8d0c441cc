"""Workbooks, Word documents, text, mail and pictures."""

import datetime
import hashlib
import io
import struct
import time
import zipfile
import zlib
from email.message import EmailMessage

import pytest

from evidence.readers import read_document
from tests.evidence.made_compound_files import compound_file, xls
from tests.evidence.made_files import bomb_workbook, letter, pdf_of_texts, picture, with_member, workbook


@pytest.fixture
def read(tmp_path):
    def read(content, name):
        path = tmp_path / "stored-under-another-name"
        path.write_bytes(content)
        return read_document(path, name)

    return read


LOCKED = compound_file({"EncryptionInfo": b"", "EncryptedPackage": b""})


# -- workbooks


def test_each_sheet_is_a_page_with_its_name_and_rows_as_lines(read):
    rows = [["Part", "Qty", "Date"], ["E100.02", 168.0, datetime.date(2025, 1, 22)], ["箱  单", 2.5, None]]
    result = read(workbook({"Packing": rows, "发票": [["合计", 30418.36]]}), "list.XLSX")
    assert [page.label for page in result.pages] == ["Packing", "发票"]
    assert result.pages[0].text == "Part\tQty\tDate\nE100.02\t168\t2025-01-22\n箱 单\t2.5"
    assert result.pages[1].text == "合计\t30418.36"
    assert (result.readable, result.problem) == ("yes", None)


def test_a_workbook_of_the_old_kind_is_read(read):
    result = read(xls([["Rechnung", "发票"], ["Lot 7", 250.0]]), "invoice.xls")
    assert (result.pages[0].label, result.pages[0].text) == ("Invoice", "Rechnung\t发票\nLot 7\t250")
    assert result.media.mime == "application/vnd.ms-excel"


def test_a_hidden_sheet_is_read_and_told(read):
    result = read(workbook({"Shown": [["a"]], "Costs": [["b"]]}, hidden=("Costs",)), "list.xlsx")
    assert [page.text for page in result.pages] == ["a", "b"]
    assert result.notes == ("Hidden in the workbook, but read: Costs.",)


def test_a_workbook_without_a_value_is_empty(read):
    assert read(workbook({"Sheet1": []}), "list.xlsx").problem.code == "empty"


def test_a_locked_workbook_needs_a_password(read):
    result = read(LOCKED, "list.xlsx")
    assert (result.problem.code, result.is_kept_as_evidence) == ("encrypted", False)
    assert read(LOCKED, "letter.docx").problem.code == "encrypted"


def test_an_old_word_file_named_as_a_workbook_is_refused(read):
    assert read(compound_file({"WordDocument": b""}), "list.xls").problem.code == "type_mismatch"


def test_a_broken_compound_file_is_damaged(read):
    assert read(xls([["a"]])[:600], "list.xls").problem.code == "damaged"


def test_an_office_file_of_another_kind_than_its_name_is_refused(read):
    assert read(letter("Dear Sirs"), "list.xlsx").problem.code == "type_mismatch"
    assert read(workbook({"S": [["a"]]}), "letter.docx").problem.code == "type_mismatch"


def test_an_archive_named_as_a_workbook_is_refused(read):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("invoice.pdf", b"%PDF-1.4")
    assert read(packed.getvalue(), "list.xlsx").problem.code == "type_mismatch"


def test_a_workbook_cut_off_in_transit_is_damaged(read):
    whole = workbook({"S": [["a" * 50, n] for n in range(500)]})
    assert read(whole[: len(whole) // 2], "list.xlsx").problem.code == "damaged"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_unpacking(read):
    bomb = bomb_workbook(400)
    assert len(bomb) < 5_000_000
    started = time.monotonic()
    result = read(bomb, "list.xlsx")
    assert result.problem.code == "too_large"
    assert "Unpacked" in result.problem.message
    assert time.monotonic() - started < 5


def test_a_workbook_that_lies_about_what_it_unpacks_to_ends_at_the_limits(read):
    bomb = bytearray(bomb_workbook(400))
    place = bomb.rfind(b"PK\x01\x02")
    bomb[place + 24 : place + 28] = struct.pack("<I", 1000)  # the size in the directory
    result = read(bytes(bomb), "list.xlsx")
    assert result.problem.code in {"too_large", "resource_limit", "damaged"}


def test_a_sheet_is_read_as_far_as_said(read):
    cells = workbook({"S": [["x"]]})
    rows = "".join(f"<row r='{n}'><c r='A{n}'><v>1</v></c></row>" for n in range(1, 200_102))
    sheet = f"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>{rows}</sheetData></worksheet>"
    result = read(with_member(cells, "xl/worksheets/sheet1.xml", sheet.encode()), "list.xlsx")
    assert (result.readable, result.problem.code) == ("partly", "too_large")
    assert result.pages[0].text.count("\n") == 199_999


def test_one_value_in_the_last_cell_does_not_fill_the_memory(read):
    sheet = (
        "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>2</v></c></row>"
        "</sheetData></worksheet>"
    )
    result = read(with_member(workbook({"S": [["x"]]}), "xl/worksheets/sheet1.xml", sheet.encode()), "list.xlsx")
    assert result.problem.code in {"too_large", "resource_limit"}


# -- Word


def test_a_letter_is_read_with_its_tables_and_header(read):
    content = letter("Dear Sirs,", "we ship 12 bales.", table=[["Lot", "kg"], ["A1", "250"]], header="Example Mill")
    result = read(content, "letter.docx")
    assert result.pages[0].text == "Dear Sirs,\nwe ship 12 bales.\nLot\tkg\nA1\t250\nExample Mill"
    assert result.readable == "yes"


def test_a_letter_with_entities_that_multiply_is_refused_or_read_without_them(read):
    bomb = b'<!DOCTYPE x [<!ENTITY a "AAAAAAAAAA">' + b"".join(
        b'<!ENTITY %c "%s">' % (ord("a") + n, b"&%c;" % (ord("a") + n - 1) * 10) for n in range(1, 12)
    )
    body = bomb + (
        b'] ><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>&l;</w:t></w:r></w:p></w:body></w:document>"
    )
    result = read(with_member(letter("x"), "word/document.xml", body), "letter.docx")
    assert sum(page.chars for page in result.pages) < 100
    assert result.readable == "no"


# -- text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_text_is_understood_in_the_encodings_it_comes_in(read, encoding):
    text = "合同编号：2025-017\n卖方：示例纺织有限公司\n货物：棉纱 二十吨"
    result = read(text.encode(encoding), "contract.txt")
    assert result.pages[0].text == text
    assert result.needs_translation


def test_traditional_characters_in_big5_are_understood_and_the_guess_is_told(read):
    text = "發票號碼：HK-7\n買方：示例貿易有限公司\n總計：美元五百元"
    result = read(text.encode("big5"), "invoice.txt")
    assert result.pages[0].text == text
    assert "Chinese (Big5)" in result.notes[0]


def test_western_accents_are_understood(read):
    assert (
        read("Société Générale, 75 %, à l'échéance".encode("cp1252"), "note.txt").pages[0].text.startswith("Société")
    )


def test_a_file_of_bank_messages_is_text(read):
    swift = b"\x01{1:F01BANKUS33AABC0000000000}{4:\r\n:20:234234233\r\n:32A:190425USD3700,\r\n-}\x03"
    result = read(swift, "payments.rje.txt")
    assert ":20:234234233\n:32A:190425USD3700," in result.pages[0].text
    assert result.media.code == "txt"


def test_what_a_database_cannot_store_is_replaced(read):
    assert read(b"Invoice\x01 7", "note.txt").pages[0].text == "Invoice\ufffd 7"


def test_form_feeds_part_pages(read):
    assert [page.number for page in read(b"first\fsecond", "print.txt").pages] == [1, 2]


def test_a_table_in_csv_is_read(read):
    result = read(b"Lot;kg\nA1;250\n", "lots.csv")
    assert (result.media.code, result.pages[0].text) == ("csv", "Lot;kg\nA1;250")


# -- mail


def mail(**more) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "sales@mill.example"
    message["To"] = "buyer@importer.example"
    message["Date"] = "Wed, 22 Jan 2025 08:00:00 +0000"
    message["Subject"] = "Rechnung für Los 7 发票"
    message.set_content("Please find the invoice for lot 7.")
    return message


def test_a_mail_is_read_and_its_attachments_are_listed_with_their_hash(read):
    paper = pdf_of_texts("Invoice")
    message = mail()
    message.add_attachment(paper, maintype="application", subtype="pdf", filename="发票 7.pdf")
    result = read(bytes(message), "mail.eml")
    assert "Subject: Rechnung für Los 7 发票" in result.pages[0].text
    assert "Please find the invoice for lot 7." in result.pages[0].text
    assert result.attachments == (
        {
            "name": "发票 7.pdf",
            "media_type": "application/pdf",
            "bytes": len(paper),
            "sha256": hashlib.sha256(paper).hexdigest(),
        },
    )
    assert result.readable == "yes"
    assert "each is taken as a file of its own" in result.notes[0]


def test_a_mail_in_html_is_read_as_words(read):
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content(
        "<html><head><style>p{}</style></head><body><p>Lot&nbsp;7</p><script>x()</script><p>250 kg</p></body></html>",
        subtype="html",
    )
    assert read(bytes(message), "mail.eml").pages[0].text.endswith("Lot 7\n250 kg")


def test_a_forwarded_mail_is_an_attachment(read):
    outer = mail()
    outer.add_attachment(mail())
    result = read(bytes(outer), "mail.eml")
    assert [(a["name"], a["media_type"]) for a in result.attachments] == [("message.eml", "message/rfc822")]


def test_a_mail_nested_a_thousand_deep_harms_nobody(read):
    raw = b"From: a@example.org\r\nSubject: x\r\n"
    for n in range(1000):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
    result = read(raw, "mail.eml")
    assert result.problem is None or result.problem.code in {"damaged", "resource_limit"}


# -- pictures


@pytest.mark.parametrize(("kind", "name", "frames"), [("JPEG", "a.jpg", 1), ("PNG", "a.png", 1), ("TIFF", "a.TIF", 3)])
def test_a_picture_is_kept_for_a_person_to_read(read, kind, name, frames):
    result = read(picture(kind, frames=frames), name)
    assert (result.readable, result.problem.code, result.page_count) == ("no", "no_text", frames)
    assert result.is_kept_as_evidence


def test_a_white_picture_is_empty(read):
    assert read(picture("PNG", blank=True), "a.png").problem.code == "empty"


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("TIFF", "a.tif")])
def test_a_picture_cut_off_in_transit_is_damaged(read, kind, name):
    whole = picture(kind)
    result = read(whole[: len(whole) // 2], name)
    assert (result.problem.code, result.is_kept_as_evidence) == ("damaged", False)


def test_a_picture_of_too_many_pixels_is_refused_unseen(read):
    small = picture("PNG")
    place = small.index(b"IHDR")
    header = b"IHDR" + struct.pack(">2I", 60_000, 60_000) + small[place + 12 : place + 17]
    huge = small[:place] + header + struct.pack(">I", zlib.crc32(header)) + small[place + 21 :]
    result = read(huge, "a.png")
    assert result.problem.code == "too_large"
    assert "60000 by 60000 pixels" in result.problem.message
