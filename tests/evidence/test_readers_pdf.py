"""PDFs page by page, and what a hostile one comes to."""

import io
import time

import pikepdf
import pytest

from evidence import readers
from evidence.readers import read_document
from tests.evidence.made_files import (
    changed,
    encrypted_pdf,
    flate_bomb,
    nested_forms,
    pdf,
    pdf_of_texts,
    stream_object,
    words,
)

PICTURE = stream_object(
    b"\x00\xff" * 2, "/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray"
)


@pytest.fixture
def read(tmp_path):
    def read(content, name="paper.pdf", **more):
        path = tmp_path / "stored-under-another-name"
        path.write_bytes(content)
        return read_document(path, name, **more)

    return read


def scan(*, over: bytes = b"") -> bytes:
    """A page that is one picture, with what is written over it."""
    return pdf(b"q 500 0 0 700 50 50 cm /P Do Q " + over, resources="/XObject << /P 200 0 R >>", extra={200: PICTURE})


def test_text_comes_page_by_page(read):
    result = read(pdf_of_texts("Invoice INV-7\nfrom Example Spinning Mill", "Packing list PL-7"))
    assert [(page.number, page.text) for page in result.pages] == [
        (1, "Invoice INV-7\nfrom Example Spinning Mill"),
        (2, "Packing list PL-7"),
    ]
    assert (result.readable, result.problem, result.page_count) == ("yes", None, 2)
    assert result.media.mime == "application/pdf"
    assert result.peak_memory_mb < 200


def test_progress_is_told_as_pages_come_in(read):
    told = []
    read(pdf_of_texts("one", "two", "three"), progress=lambda done, pages: told.append((done, pages)))
    assert told[-1] == (3, 3)


def test_a_scan_is_kept_and_said_to_need_a_person(read):
    result = read(scan())
    assert (result.readable, result.problem.code, result.is_kept_as_evidence) == ("no", "no_text", True)
    assert "by machine or by a person" in result.problem.message
    assert result.pages[0].images == 1


def test_a_page_number_over_a_scan_does_not_make_it_readable(read):
    assert read(scan(over=words("Page 1 of 3"))).readable == "no"


def test_pages_without_text_are_named(read):
    mixed = pdf(
        words("Certificate of origin"),
        b"q 9 0 0 9 0 0 cm /P Do Q",
        words("Bill of lading"),
        b"q 9 0 0 9 0 0 cm /P Do Q",
        resources="/XObject << /P 200 0 R >>",
        extra={200: PICTURE},
    )
    result = read(mixed)
    assert result.readable == "partly"
    assert result.problem.message.startswith("Pages 2, 4 of 4 hold no text layer")


def test_blank_pages_beside_text_are_no_problem(read):
    result = read(pdf(words("Purchase order 12 of 2026"), b""))
    assert (result.readable, result.problem) == ("yes", None)
    assert result.pages[1].blank


def test_a_pdf_of_blank_pages_is_empty(read):
    result = read(pdf(b"", b""))
    assert (result.readable, result.problem.code) == ("no", "empty")


def test_bold_made_by_printing_twice_is_read_once(read):
    twice = b"BT /F1 14 Tf 72 700 Td (INVOICE) Tj ET BT /F1 14 Tf 72.4 700 Td (INVOICE) Tj ET"
    assert read(pdf(twice)).pages[0].text == "INVOICE"


def test_a_page_written_sideways_keeps_its_words(read):
    sideways = b"BT /F1 14 Tf 0 1 -1 0 300 100 Tm (Mill certificate 25) Tj ET"
    assert "Mill certificate 25" in read(pdf(sideways)).pages[0].text


def test_what_is_filled_into_a_form_is_read(read):
    def fill(document):
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T="Manufacturer",
            V="Example Textile Co., Ltd.",
            Rect=[72, 600, 300, 620],
        )
        field = document.make_indirect(field)
        document.pages[0].Annots = document.make_indirect([field])
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[field])

    result = read(changed(pdf_of_texts("Entry summary"), fill))
    assert result.pages[0].text == "Entry summary\nManufacturer: Example Textile Co., Ltd."


def test_attached_files_and_scripts_are_told(read):
    def load(document):
        document.attachments["secret.xml"] = b"<a/>"
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        document.Root.Names.JavaScript = pikepdf.Dictionary(Names=["x", document.make_indirect(script)])

    notes = " ".join(read(changed(pdf_of_texts("Invoice"), load)).notes)
    assert "1 attached file(s), which are not read: secret.xml" in notes
    assert "script. It was not run" in notes


def test_a_password_is_asked_for(read):
    result = read(encrypted_pdf(pdf_of_texts("Invoice"), user="u", owner="o"))
    assert (result.readable, result.problem.code, result.is_kept_as_evidence) == ("no", "encrypted", False)
    assert "without a password" in result.problem.remedy


def test_an_encrypted_pdf_that_opens_without_a_password_is_read_and_says_so(read):
    result = read(encrypted_pdf(pdf_of_texts("Invoice"), user="", owner="o"))
    assert (result.readable, result.pages[0].text) == ("yes", "Invoice")
    assert result.notes == ("The PDF is encrypted but opens without a password.",)


def test_a_pdf_cut_off_in_transit_is_damaged_or_read(read):
    whole = pdf_of_texts(*["Invoice of many pages"] * 30)
    result = read(whole[: len(whole) // 3])
    assert result.problem is None or result.problem.code == "damaged"
    assert read(whole[:200]).problem.code == "damaged"


def test_a_first_line_alone_makes_no_pdf(read):
    assert read(b"%PDF-1.4\nHello, this is a letter.\n%%EOF").problem.code == "not_a_document"


@pytest.mark.parametrize(
    ("hostile", "ends_as"),
    [
        (flate_bomb(600), {"resource_limit"}),
        (nested_forms(12), {"resource_limit"}),
        (pdf(b"q " * 2_000_000), {"resource_limit", "empty", "no_text"}),
        (pdf(b"/S Do", resources="/XObject << /S 100 0 R >>",
             extra={100: stream_object(b"/S Do " * 50, "/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
                                       "/Resources << /XObject << /S 100 0 R >> >>")}),
         {"resource_limit", "empty", "no_text"}),
        (pdf(b"", extra={2: b"<< /Type /Pages /Count 2000000000 /Kids [10 0 R 2 0 R] >>"}),
         {"empty", "too_large", "damaged", "no_text"}),
        (pdf(b"", extra={2: b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"}), {"empty", "damaged", "no_text"}),
    ],
    ids=["flate bomb", "form XObjects 12 deep", "2 million operators", "form that draws itself",
         "2 billion pages declared", "pages loop"],
)  # fmt: skip
def test_a_hostile_pdf_ends_as_a_reason_in_bounded_time(read, hostile, ends_as):
    assert len(hostile) < 5_000_000
    started = time.monotonic()
    result = read(hostile)
    assert result.problem.code in ends_as
    assert result.readable == "no"
    assert time.monotonic() - started < 70


def test_one_bad_page_does_not_take_the_good_ones_along(read):
    forms = nested_forms(12)

    def put_before(document):
        with_text = pikepdf.open(io.BytesIO(pdf_of_texts("First page", "Second page")))
        document.pages.insert(0, with_text.pages[1])
        document.pages.insert(0, with_text.pages[0])

    result = read(changed(forms, put_before))
    assert [page.text for page in result.pages] == ["First page", "Second page"]
    assert (result.readable, result.problem.code) == ("partly", "resource_limit")
    assert result.problem.message.startswith("Reading stopped after page 2 of 3.")


def test_a_long_file_is_read_in_several_children(read):
    result = read(pdf_of_texts(*[f"Page number {n}" for n in range(1, 251)]))
    assert [page.text for page in result.pages] == [f"Page number {n}" for n in range(1, 251)]
    assert result.readable == "yes"


def test_a_file_of_too_many_pages_is_read_as_far_as_said(read):
    result = read(pdf(*[b""] * 501))
    assert len(result.pages) == 500
    assert result.problem.code == "too_large"
    assert "the first 500 of 501 pages" in result.problem.message


def test_reading_a_file_ends_when_its_time_is_up(read, monkeypatch):
    monkeypatch.setattr(readers, "WALL_SECONDS_PER_FILE", 0.0)
    result = read(pdf_of_texts(*["text"] * 150))
    assert len(result.pages) == 100
    assert (result.readable, result.problem.code) == ("partly", "resource_limit")
