"""Readers tell where words stand, what ruled tables hold, and which way up a page is."""

import json

import pytest

from entities.services import jobs
from evidence.domain.papers import Box
from evidence.models import Page
from evidence.readers import read_document
from evidence.readers.answers import page
from evidence.services.papers import content_of
from tests.evidence.made_files import changed, letter, pdf, pdf_of_texts, words, workbook
from tests.evidence.sending import make_case, send

RULED = b"".join(
    [
        *(b"72 %d m 372 %d l S " % (y, y) for y in (600, 630, 660)),
        *(b"%d 600 m %d 660 l S " % (x, x) for x in (72, 222, 372)),
        *(
            b"BT /F1 10 Tf %d %d Td (%s) Tj ET " % (x, y, text)
            for x, y, text in [(80, 640, b"Lot"), (230, 640, b"Bales"), (80, 610, b"A-17"), (230, 610, b"120")]
        ),
    ]
)


@pytest.fixture
def read(tmp_path):
    def read(content, name="paper.pdf"):
        path = tmp_path / "stored"
        path.write_bytes(content)
        return read_document(path, name)

    return read


def about(box, *expected):
    return all(abs(got - wanted) < 0.02 for got, wanted in zip(_four(box), expected, strict=True))


def _four(box: Box):
    return box.left, box.top, box.right, box.bottom


def test_each_word_has_its_box_in_shares_of_the_page(read):
    first = read(pdf_of_texts("Invoice INV-7\nLot A-17")).pages[0]
    assert [word.text for word in first.content.words] == ["Invoice", "INV-7", "Lot", "A-17"]
    # 14 points high from the left edge at 72 points, its foot 92 points from the top of 792.
    assert about(first.content.words[0].box, 72 / 612, 80 / 792, 117 / 612, 94 / 792)
    assert first.size == (612, 792)


def test_boxes_are_of_the_part_of_the_page_that_is_shown(read):
    def crop(document):
        document.pages[0].CropBox = [72, 396, 612, 792]

    first = read(changed(pdf_of_texts("Invoice"), crop)).pages[0]
    assert first.size == (540, 396)
    assert about(first.content.words[0].box, 0, 80 / 396, 45 / 540, 94 / 396)


@pytest.mark.parametrize(
    ("matrix", "turned"),
    [(b"0 1 -1 0 300 100", 90), (b"0 -1 1 0 300 700", 270), (b"-1 0 0 -1 300 300", 180), (b"1 0 0 1 300 300", 0)],
)
def test_a_page_written_sideways_is_told_and_its_words_stand_upright(read, matrix, turned):
    first = read(pdf(b"BT /F1 14 Tf " + matrix + b" Tm (Mill certificate 25) Tj 0 -20 Td (Heat 8841) Tj ET")).pages[0]
    assert first.text == "Mill certificate 25\nHeat 8841"
    assert first.turned == turned
    assert first.size == ((792, 612) if turned % 180 else (612, 792))
    word = first.content.words[0].box
    assert word.right - word.left > word.bottom - word.top


def test_a_page_that_says_itself_how_it_is_turned_needs_no_turning(read):
    def turn(document):
        document.pages[0].Rotate = 90

    first = read(changed(pdf(b"BT /F1 14 Tf 0 1 -1 0 300 100 Tm (Mill certificate 25) Tj ET"), turn)).pages[0]
    assert (first.turned, first.size, first.text) == (0, (792, 612), "Mill certificate 25")


def test_a_ruled_table_comes_cell_by_cell(read):
    (table,) = read(pdf(RULED)).pages[0].content.tables
    assert [[cell.text for cell in row] for row in table.rows] == [["Lot", "Bales"], ["A-17", "120"]]
    assert about(table.rows[1][1].box, 222 / 612, 162 / 792, 372 / 612, 192 / 792)


def test_a_frame_around_a_page_is_no_table(read):
    assert read(pdf(b"50 50 500 700 re S " + words("Invoice"))).pages[0].content.tables == ()


def test_a_sheet_is_one_table_whose_cells_have_their_names(read):
    content = workbook({"Lots": [[], ["", "Lot", "Bales"], ["", "A-17", 120]]})
    (table,) = read(content, "lots.xlsx").pages[0].content.tables
    assert [[(cell.text, cell.ref) for cell in row] for row in table.rows] == [
        [("Lot", "B2"), ("Bales", "C2")],
        [("A-17", "B3"), ("120", "C3")],
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_csv_table_has_names_of_cells_too(read, sign):
    content = f'Lot{sign}Seller\nA-17{sign}"Mill {sign} Co"\n'.encode()
    (table,) = read(content, "lots.csv").pages[0].content.tables
    assert table.rows[1][1].ref == "B2"
    assert table.rows[1][1].text.startswith("Mill")


def test_a_table_of_a_letter_is_told_cell_by_cell(read):
    (table,) = read(letter("Dear Sir", table=[["Lot", "Bales"], ["A-17", "120"]]), "a.docx").pages[0].content.tables
    assert [[cell.text for cell in row] for row in table.rows] == [["Lot", "Bales"], ["A-17", "120"]]


def test_what_an_answer_holds_is_capped_and_can_be_stored():
    crowded = page(1, "x", words=[("a\0\ud800", -1.0, 0.5, 2.0, 0.55557, 1.0)] * 30_000)
    layout = json.loads(crowded["layout"])
    assert crowded["word_count"] == len(layout["words"]) == 20_000
    assert layout["words"][0] == ["a\ufffd\ufffd", 0.0, 0.5, 1.0, 0.5556, 1.0]


@pytest.mark.django_db
def test_words_and_tables_are_stored_with_the_page():
    document = send(make_case(), pdf(RULED, words("Invoice 8841")), "two.pdf")
    jobs.work_off()
    first, second = content_of(document)
    assert [[cell.text for cell in row] for row in first.tables[0].rows] == [["Lot", "Bales"], ["A-17", "120"]]
    assert [word.text for word in second.words] == ["Invoice", "8841"]
    stored = Page.objects.get(document=document, number=1)
    assert (stored.source, stored.width, stored.height, stored.turned) == ("text", 612, 792, 0)
    assert stored.scripts == {"Latin": 9}
    assert not stored.needs_translation


@pytest.mark.shared_data
def test_a_real_pack_of_papers_has_words_and_ruled_tables(shared_data):
    pages = read_document(shared_data / "real_documents" / "import_pack_deep_plast_exxon.pdf", "pack.pdf").pages
    texts = [one for one in pages if one.has_text]
    assert all(one.content.words for one in texts)
    assert any(one.content.tables for one in texts)
