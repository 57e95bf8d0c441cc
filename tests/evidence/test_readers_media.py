"""What kind of file was sent: content and name must agree."""

import pytest

from evidence.domain import media
from evidence.domain.media import MAX_FILE_BYTES, extension_of, office_kind, recognise
from evidence.domain.problems import Problem

PDF = b"%PDF-1.7\n%\xe2\xe3"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\0\0"
TIFF = b"II*\0\x08\0\0\0"
ZIP = b"PK\x03\x04\x14\0"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"
MAIL = b"Received: from x\r\nFrom: a@example.org\r\nSubject: Lot 7\r\n\r\nHello"
RANDOM = bytes(range(256)) * 4


def kind(head, name, size=None):
    return recognise(head, len(head) if size is None else size, name)


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (PDF, "invoice.pdf", media.PDF),
        (b"\r\n" + PDF, "invoice.PDF", media.PDF),
        (b"\xef\xbb\xbf" + PDF, "C:\\papers\\invoice.pdf", media.PDF),
        (JPEG, "photo.jpeg", media.JPEG),
        (PNG, "scan.png", media.PNG),
        (TIFF, "fax.tif", media.TIFF),
        (b"MM\0*\0\0\0\x08", "fax.tiff", media.TIFF),
        (ZIP, "list.xlsx", media.XLSX),
        (ZIP, "letter.docx", media.DOCX),
        (ZIP, "papers.zip", media.ZIP),
        (OLE, "list.xls", media.XLS),
        (OLE, "list.xlsx", media.XLSX),
        (b"Lot;kg\n", "lots.csv", media.CSV),
        (b"{1:F01BANKUS33}\x03", "mt103.rje.txt", media.TXT),
        ("发票号码".encode("gb18030"), "invoice.txt", media.TXT),
        (b"MZ-7 is the number of the bale", "bales.txt", media.TXT),
        (MAIL, "mail.eml", media.EML),
        (b"From a@example.org Wed\r\nFrom: a@example.org\r\n\r\n", "mail.eml", media.EML),
    ],
)
def test_content_and_name_together_make_a_kind(head, name, expected):
    assert kind(head, name) is expected


@pytest.mark.parametrize(
    ("head", "name", "code", "says"),
    [
        (b"", "invoice.pdf", "empty", "0 bytes"),
        (b"\0" * 900, "invoice.pdf", "empty", "blanks"),
        (b" \r\n", "note.txt", "empty", "blanks"),
        (PDF, "invoice.xlsx", "type_mismatch", "ends in .xlsx, but the content is a PDF"),
        (PNG, "photo.jpg", "type_mismatch", "the content is a PNG image"),
        (PDF, "invoice", "type_mismatch", "has no ending"),
        (ZIP, "invoice.pdf", "type_mismatch", "a ZIP archive or an Office file"),
        (ZIP, "papers.apk", "not_a_document", "a kind that is not taken"),
        (ZIP, "macros.xlsm", "not_a_document", ".xlsm are not taken"),
        (OLE, "letter.doc", "not_a_document", ".doc are not taken"),
        (b"plain words", "invoice.pdf", "type_mismatch", "plain text, not a PDF"),
        (b"plain words", "list.xlsx", "type_mismatch", "not an Excel workbook"),
        (b"plain words", "notes.md", "not_a_document", ".md are not taken"),
        (b"plain words", "mail.eml", "type_mismatch", "headers of a mail"),
        (b"\n<!DOCTYPE html><html>", "invoice.pdf", "not_a_document", "web page"),
        (b"<html><table>", "list.xls", "not_a_document", "web page"),
        (b"\xef\xbb\xbf<script>alert(1)</script>", "note.txt", "not_a_document", "web page"),
        (b"<?xml version='1.0'?><svg onload='x'>", "plan.txt", "not_a_document", "web page"),
        (b"<?xml version='1.0'?><Workbook>", "list.xls", "not_a_document", "XML"),
        (b"MZ\x90\0\x03\0\0\0", "invoice.pdf", "not_a_document", "a program"),
        (b"MZ\x90\0\x03\0\0\0", "invoice.pdf.exe", "not_a_document", "a program"),
        (b"\x7fELF\x02\x01", "list.xlsx", "not_a_document", "a program"),
        (b"#!/bin/sh\n%PDF-1.4", "invoice.pdf", "not_a_document", "a script"),
        (b"@echo off\r\n", "note.txt", "not_a_document", "a script"),
        (b"GIF89a\x01", "scan.png", "not_a_document", "GIF"),
        (b"\0\0\0\x18ftypheic", "photo.jpg", "not_a_document", "not taken"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "photo.png", "not_a_document", "not taken"),
        (b"{\\rtf1", "letter.docx", "not_a_document", "rich text"),
        (RANDOM, "invoice.pdf", "not_a_document", "does not begin like a PDF"),
        (RANDOM + b"4 0 obj", "invoice.pdf", "damaged", "parts of a PDF"),
        (RANDOM, "data.bin", "not_a_document", "not of a kind"),
    ],
)
def test_everything_else_is_refused_with_a_reason_and_a_remedy(head, name, code, says):
    problem = kind(head, name)
    assert isinstance(problem, Problem)
    assert problem.code == code
    assert says in problem.message
    assert problem.remedy.endswith(".")


def test_a_file_over_the_stated_size_is_refused():
    assert kind(PDF, "a.pdf", MAX_FILE_BYTES) is media.PDF
    problem = kind(PDF, "a.pdf", MAX_FILE_BYTES + 1)
    assert (problem.code, "50 MB" in problem.message) == ("too_large", True)
    assert "50 MB" in media.LIMITS_IN_WORDS


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.PDF", ".pdf"), ("a.pdf. ", ".pdf"), ("x/b.pdf/a", ""), ("发票.xlsx", ".xlsx"), ("", ""), (".pdf", "")],
)
def test_the_ending_of_a_name(name, extension):
    assert extension_of(name) == extension


@pytest.mark.parametrize(
    ("main_part", "expected"),
    [
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", media.XLSX),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", media.DOCX),
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", None),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", None),
    ],
)
def test_the_main_part_tells_the_kind_of_an_office_file(main_part, expected):
    types = f'<Types><Override PartName="/a.xml" ContentType="{main_part}"/></Types>'.encode()
    assert office_kind(types) is expected
