"""Files to rows of text: encodings, delimiters, typed cells, and files that are refused."""

import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from entities.domain.errors import Refused
from screening.readers import read_sheets
from screening.readers.tabular import detect_delimiter, read


@pytest.fixture
def rows_of(tmp_path):
    def rows_of(content, name="file.csv"):
        source, into = tmp_path / name, tmp_path / "rows"
        into.mkdir(exist_ok=True)
        if content is not None:
            source.write_bytes(content)
        return [(sheet.name, list(sheet.rows())) for sheet in read_sheets(source, into)]

    return rows_of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_text_is_read_in_the_encodings_it_comes_in(rows_of, encoding):
    text = "发货人,收货人,商品名称\r\n杭州同富日用品有限公司,美国公司,不锈钢保温杯\r\n"
    ((_, rows),) = rows_of(text.encode(encoding))
    assert rows[1] == (2, ["杭州同富日用品有限公司", "美国公司", "不锈钢保温杯"])


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Importador,Año\r\nCompañía Española,2025\r\n"),
        ("cp1251", "Импортер,Год\r\nООО Строительные материалы,2025\r\n"),
    ],
)
def test_old_western_and_cyrillic_code_pages_are_told_apart(rows_of, encoding, text):
    ((_, rows),) = rows_of(text.encode(encoding))
    assert rows[1][1][0] == text.split("\r\n")[1].split(",")[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    sample = "\n".join(delimiter.join(["Shipper", "1,5" if delimiter == ";" else "15", "x y"]) for _ in range(5))
    assert detect_delimiter(sample) == delimiter


def test_a_quoted_cell_keeps_its_lines_and_empty_rows_are_left_out(rows_of):
    ((_, rows),) = rows_of(b'a,b\r\n"ACME\n5 ROAD",1\r\n,\r\nBETA,2\r\n')
    assert rows == [(1, ["a", "b"]), (2, ["ACME\n5 ROAD", "1"]), (4, ["BETA", "2"])]


def test_typed_cells_become_plain_text(tmp_path, rows_of):
    book = openpyxl.Workbook()
    book.active.title = "June"
    book.active.append([None, None])
    moment = datetime.fromisoformat("2025-10-31T14:05:00")
    book.active.append([None, "a", 25750000.0, 0.1 + 0.2, date(2025, 10, 31), moment, True])
    hidden = book.create_sheet("secret")
    hidden.sheet_state = "hidden"
    hidden.append(["x"])
    book.save(tmp_path / "file.xlsx")
    sheets = rows_of(None, "file.xlsx")
    assert sheets == [("June", [(2, ["", "a", "25750000", "0.3", "2025-10-31", "2025-10-31T14:05:00", "TRUE"])])]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n,,\n", "empty"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web_page"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "damaged"),
        (b'a,b\n"' + b"x" * 600_000, "broken_quotes"),
    ],
)
def test_what_is_no_table_is_refused_with_a_remedy(rows_of, content, code):
    with pytest.raises(Refused) as refused:
        rows_of(content)
    assert refused.value.code == code
    assert len(refused.value.message.split(". ")) > 1


def test_a_workbook_that_unfolds_to_too_much_is_refused_before_it_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr("screening.readers.tabular.MAX_EXPANDED_BYTES", 1_000_000)
    source = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    answer = read(str(source), {"into": str(tmp_path)})
    assert answer["refused"]["code"] == "too_large"


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    source = tmp_path / "papers.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert read(str(source), {"into": str(tmp_path)})["refused"]["code"] == "not_a_table"
