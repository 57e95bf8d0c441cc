"""The reading of papers graded against an index of what people read on them."""

import csv
import random
from collections import Counter
from decimal import Decimal
from functools import cache

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from evidence.domain.grading import Key, grade, is_pack, is_same_name, types_of
from evidence.domain.papers import Cell, FieldRead, PageContent, PaperRead, Place, Table
from evidence.management.commands.grade_documents import half_of, key
from evidence.readers import read_document
from evidence.understanding import understand


def paper(type_code="COMMERCIAL_INVOICE", **fields):
    return PaperRead(type_code, 1, 1, tuple(FieldRead(name, value, value, Place(1)) for name, value in fields.items()))


@pytest.mark.parametrize(
    ("column", "label", "name", "value", "verdict"),
    [
        ("doc_date", "2025-01-22", "date", "2025-01-22", "right"),
        ("doc_date", "25/12/2018", "date", "2018-12-25", "right"),
        ("doc_date", "2025-01-22", "date", "2025-01-23", "wrong"),
        ("doc_date", "2025-01-22", "total", "12", "missing"),
        ("doc_no", "INV-100", "document_number", "inv 100", "right"),
        ("total", "30418.36", "total", "30418.360", "right"),
        ("currency", "USD", "currency", "USD", "right"),
        ("origin", "Saudi Arabia", "origin", "SA", "right"),
        ("quantity", "168", "packages", "168", "right"),
        ("seller", "Example Mills Ltd (Pakistan)", "shipper", "EXAMPLE MILLS LTD", "right"),
        ("buyer", "Example Trading Inc", "consignee", "Another Firm LLC", "wrong"),
    ],
)
def test_a_label_is_right_wrong_or_missing(column, label, name, value, verdict):
    graded = grade({"type": "invoice", column: label}, [paper(**{name: value})], key())
    assert graded.fields == {column: verdict}


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("commercial invoice", 1),
        ("document pack: invoice, packing list, bill of lading", 3),
        ("commercial invoices (2) + packing list, re-invoice", 3),
        ("commercial invoice + packing list (pairs with a waybill)", 2),
    ],
)
def test_the_words_of_an_index_name_types(words, count):
    assert len(types_of(words, key())) == count
    assert is_pack(words) is (count > 1)


def test_a_pack_is_parted_right_where_each_paper_is_named_once():
    papers = [paper("PACKING_LIST"), paper("COMMERCIAL_INVOICE")]
    row = {"type": "commercial invoice + packing list"}
    assert (grade(row, papers, key()).parting_is_right, grade(row, papers[:1], key()).parting_is_right) == (
        True,
        False,
    )


def test_what_is_no_paper_of_trade_is_right_without_a_type():
    assert grade({"type": "irrelevant report"}, [paper("")], key()).type_is_right is True


def test_two_names_of_different_firms_are_not_the_same():
    assert is_same_name("Example Spinning Ltd", "Example Weaving Ltd") is False


INVOICE = "COMMERCIAL INVOICE\nSeller: Example Mills Ltd.\nInvoice No.: KX-17\nTotal: USD 110.00\n"


def index_in(folder, **columns):
    (folder / "a.txt").write_text(INVOICE)
    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "type", *columns])
        writer.writeheader()
        writer.writerow({"file": "a.txt", "type": "invoice", **columns})
    return folder / "index.csv"


def test_the_command_prints_figures_by_field_and_shows_what_is_not_right(tmp_path, capsys):
    index = index_in(tmp_path, doc_no="KX-17", total="111.00")
    call_command("grade_documents", str(index), "--show")
    said = capsys.readouterr().out
    assert "a.txt: total wrong, '111.00' is read as '110.00'" in said
    assert "types right: 1 of 1" in said
    assert "(1.00 right, 0% wrong)" in said


def test_an_index_without_its_columns_is_refused_with_a_remedy(tmp_path):
    (tmp_path / "index.csv").write_text("name\nx\n")
    with pytest.raises(CommandError, match="name them in its first row"):
        call_command("grade_documents", str(tmp_path / "index.csv"))


def test_halves_are_told_by_content_not_by_name(tmp_path):
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    for path in (one, other):
        path.write_text(INVOICE)
    assert half_of(one) == half_of(other)


# -- a real consignment -------------------------------------------------------------------------------------------

BOUGHT = "cn_purchase_packing_list_CXCI2025012201.xlsx"
DECLARED = "cn_export_declaration_draft_CXCI2025012201.xlsx"
INVOICED = "cn_export_invoice_packing_CXCI2025012201.xlsx"
REINVOICED = "hk_reinvoice_packing_UCCI2025012205D_206S.xlsx"


@cache
def pages_of(path):
    return [page.content for page in read_document(path, path.name).pages]


def shuffled(pages, seed):
    """The same sheets with the columns of their tables in another order, under other names."""
    order = random.Random(seed)
    return [_shuffled(page, order) for page in pages]


def _shuffled(page, order):
    if not page.tables:
        return page
    rows = page.tables[0].rows
    columns = list(range(len(rows[0])))
    order.shuffle(columns)
    heads = [n for n, row in enumerate(rows) if {"S/N", "项号", "NO."} & {cell.text.strip() for cell in row}]
    ends = [n for n, row in enumerate(rows) if any(cell.text.startswith(("TTL", "总净重：")) for cell in row)]
    first, last = min(heads, default=len(rows)), max(ends, default=len(rows))
    moved = tuple(
        tuple(Cell(row[source].text, ref=row[place].ref) for place, source in enumerate(columns))
        if first <= number <= last
        else row
        for number, row in enumerate(rows)
    )
    text = "\n".join("\t".join(cell.text for cell in row) for row in moved)
    return PageContent(page.number, text, tables=(Table(moved),), label=f"Tabelle{page.number}")


def parts(paper):
    counted = Counter()
    for _, line in paper.lines():
        if "part" in line and "quantity" in line:
            counted[line["part"].value] += Decimal(line["quantity"].value)
    return counted


@pytest.mark.shared_data
@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_the_facts_of_a_real_consignment_come_out_whatever_the_order_of_its_columns(shared_data, seed):
    def read(name):
        pages = pages_of(shared_data / "real_documents" / name)
        return understand(pages if seed is None else shuffled(pages, seed))

    bought, declaration, invoices, reinvoiced = map(read, (BOUGHT, DECLARED, INVOICED, REINVOICED))
    declared = parts(next(one for one in declaration if parts(one)))
    invoice = next(one for one in invoices if one.type == "COMMERCIAL_INVOICE")
    shipped = parts(next(one for one in reinvoiced if one.type == "PACKING_LIST"))
    agreeing = sum(count == parts(invoice)[part] for part, count in declared.items())
    apart = {part: (count, declared[part]) for part, count in parts(bought[0]).items() if part in declared}
    assert (len(declared), agreeing) == (50, 50)
    assert len(shipped.keys() - declared.keys()) == 86
    assert (declaration[0].value("total"), invoice.value("total")) == ("30418.36", "29847.38")
    assert [counts for counts in apart.values() if counts[0] != counts[1]] == [(1002, 2)]
    assert len({line["supplier"].value for _, line in bought[0].lines()}) == 17


def test_a_key_without_words_grades_no_type():
    assert grade({"type": "invoice"}, [paper()], Key({}, {}, {})).type_is_right is None
