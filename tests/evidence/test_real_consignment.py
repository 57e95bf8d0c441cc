"""One real consignment in four workbooks: what is known of it, and what becomes of that once a figure changes."""

import shutil
from functools import cache

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from entities.domain.roles import Role
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.domain.papers import CasePaper
from evidence.domain.rules import check
from evidence.readers import read_document
from evidence.services import checking
from evidence.understanding import understand_read
from tests.evidence.made_papers import file
from tests.evidence.sending import make_case, member_of
from tests.factories import make_user

PURCHASE = "cn_purchase_packing_list_CXCI2025012201.xlsx"
DECLARATION = "cn_export_declaration_draft_CXCI2025012201.xlsx"
EXPORT = "cn_export_invoice_packing_CXCI2025012201.xlsx"
REINVOICE = "hk_reinvoice_packing_UCCI2025012205D_206S.xlsx"
SET = (PURCHASE, DECLARATION, EXPORT, REINVOICE)
PART = "E100.020396056"  # one line of the purchase list says 1,002 of it, every other paper 2
CONTRADICTIONS = ("PART_QUANTITY", "PART_UNDECLARED", "TOTAL_AND_LINES", "LINE_PRODUCT", "NAME_MISMATCH")


@cache
def papers_in(path):
    return understand_read(read_document(path, path.name).pages)


def checked(folder, changed=None):
    """The four workbooks put to the rules; ``changed``: one of them as a changed copy."""
    found = []
    for exhibit, name in enumerate(SET, start=1):
        path = changed if changed is not None and changed.name == name else folder / "real_documents" / name
        for one in papers_in(path):
            found.append(CasePaper(len(found) + 1, exhibit, exhibit, name, one))
    return check(file(*found))


def contradictions(result):
    return {one.code: one for one in result.alarms if one.code in CONTRADICTIONS}


def agreement(result, *words):
    """What agrees between the two papers that these words name."""
    (found,) = [one for one in result.agreements if all(word in one.sentence for word in words)]
    return found.agree, found.compared


def copy_of(folder, tmp_path, name, change):
    """A copy of a workbook, its values as shown, changed by a function of its sheets."""
    path = tmp_path / name
    shutil.copyfile(folder / "real_documents" / name, path)
    path.chmod(0o600)
    book = openpyxl.load_workbook(path, data_only=True)
    change(book.worksheets)
    book.save(path)
    return path


def row_of(sheet, column, value):
    return next(row for row in range(1, sheet.max_row + 1) if str(sheet.cell(row, column).value).strip() == value)


DECLARED = ("export declaration", "commercial invoice CXCI")


@pytest.mark.shared_data
def test_the_consignment_shows_what_is_known_of_it(shared_data):
    result = checked(shared_data)
    found = contradictions(result)
    assert set(found) == {"PART_QUANTITY", "PART_UNDECLARED", "TOTAL_AND_LINES"}
    assert agreement(result, *DECLARED) == (50, 50)
    lone = found["PART_QUANTITY"]
    assert (lone.subject, [(one.text, one.exhibit, one.cell) for one in lone.says]) == (
        "E100020396056",
        [("1,002", 1, "J63"), ("2", 2, "F52")],
    )
    assert found["PART_UNDECLARED"].sentence.startswith("86 of 136 parts")
    assert len(found["PART_UNDECLARED"].also) == 85
    assert "total of 30,418.36; its 50 lines add up to 29,847.38" in found["TOTAL_AND_LINES"].sentence
    assert [one.cell for one in found["TOTAL_AND_LINES"].says] == ["A10", "J12"]


@pytest.mark.shared_data
def test_a_quantity_of_the_invoice_is_changed(shared_data, tmp_path):
    def change(sheets):
        sheets[1].cell(row_of(sheets[1], 2, "E100.A37-066-02-00"), 6).value = 90

    result = checked(shared_data, copy_of(shared_data, tmp_path, EXPORT, change))
    assert agreement(result, *DECLARED) == (49, 50)
    odd = [one for one in result.alarms if one.code == "PART_QUANTITY" and one.subject != "E100020396056"]
    assert [one.says[0].text for one in odd] == ["90"]
    assert "LINE_PRODUCT" in contradictions(result)  # 90 times the price is not the amount any more


@pytest.mark.shared_data
def test_a_quantity_of_the_declaration_is_changed(shared_data, tmp_path):
    def change(sheets):
        sheets[0].cell(row_of(sheets[0], 1, "1"), 7).value = 480
        sheets[1].cell(row_of(sheets[1], 2, "C100.C05-032-04-00"), 6).value = 480

    result = checked(shared_data, copy_of(shared_data, tmp_path, DECLARATION, change))
    assert agreement(result, *DECLARED) == (49, 50)
    odd = [one for one in result.alarms if one.code == "PART_QUANTITY" and one.subject != "E100020396056"]
    assert [(one.says[0].text, one.says[1].text) for one in odd] == [("480", "500")]


@pytest.mark.shared_data
def test_the_odd_line_of_the_purchase_list_is_put_right(shared_data, tmp_path):
    def change(sheets):
        sheets[0].cell(row_of(sheets[0], 2, PART), 10).value = 2

    result = checked(shared_data, copy_of(shared_data, tmp_path, PURCHASE, change))
    assert set(contradictions(result)) == {"PART_UNDECLARED", "TOTAL_AND_LINES"}


@pytest.mark.shared_data
@pytest.mark.parametrize(("total", "told"), [("29847.38", None), ("31000.00", "31,000")])
def test_the_total_of_the_declaration_is_changed(shared_data, tmp_path, total, told):
    def change(sheets):
        cell = sheets[0]["A10"]
        cell.value = cell.value.replace("30418.36", total)

    found = contradictions(checked(shared_data, copy_of(shared_data, tmp_path, DECLARATION, change)))
    assert ("TOTAL_AND_LINES" in found) == (told is not None)
    assert told is None or found["TOTAL_AND_LINES"].says[0].text == told


@pytest.mark.shared_data
def test_the_columns_of_the_invoice_stand_in_another_order(shared_data, tmp_path):
    def change(sheets):
        for row in range(10, 62):
            first, second = sheets[1].cell(row, 5), sheets[1].cell(row, 6)
            first.value, second.value = second.value, first.value

    result = checked(shared_data, copy_of(shared_data, tmp_path, EXPORT, change))
    assert agreement(result, *DECLARED) == (50, 50)
    assert set(contradictions(result)) == {"PART_QUANTITY", "PART_UNDECLARED", "TOTAL_AND_LINES"}


@pytest.mark.shared_data
def test_the_sheets_have_other_names(shared_data, tmp_path):
    def change(sheets):
        for number, sheet in enumerate(sheets):
            sheet.title = f"Tabelle{number}"

    result = checked(shared_data, copy_of(shared_data, tmp_path, REINVOICE, change))
    assert contradictions(result)["PART_UNDECLARED"].sentence.startswith("86 of 136 parts")
    assert set(contradictions(result)) == {"PART_QUANTITY", "PART_UNDECLARED", "TOTAL_AND_LINES"}


@pytest.mark.shared_data
def test_a_part_is_not_declared_any_more(shared_data, tmp_path):
    def change(sheets):
        sheets[1].cell(row_of(sheets[1], 2, "E100.020200009"), 2).value = "E100.999900001"

    result = checked(shared_data, copy_of(shared_data, tmp_path, DECLARATION, change))
    assert contradictions(result)["PART_UNDECLARED"].sentence.startswith("87 of 136 parts")
    assert agreement(result, *DECLARED) == (49, 49)


@pytest.mark.shared_data
def test_a_part_of_the_packing_list_has_another_number(shared_data, tmp_path):
    def change(sheets):
        sheets[0].cell(row_of(sheets[0], 2, "E100.020200009"), 2).value = "E100.999900002"

    result = checked(shared_data, copy_of(shared_data, tmp_path, REINVOICE, change))
    assert contradictions(result)["PART_UNDECLARED"].sentence.startswith("87 of 136 parts")


@pytest.mark.shared_data
def test_the_invoice_names_another_buyer(shared_data, tmp_path):
    def change(sheets):
        cell = sheets[1]["A4"]
        cell.value = cell.value.replace("UNICAIR(HOLDINGS) LIMITED", "GOLDEN EAGLE TRADING COMPANY")

    found = contradictions(checked(shared_data, copy_of(shared_data, tmp_path, EXPORT, change)))
    assert "GOLDEN EAGLE TRADING COMPANY" in found["NAME_MISMATCH"].sentence
    assert [one.exhibit for one in found["NAME_MISMATCH"].says] == [3, 3]


@pytest.mark.shared_data
@pytest.mark.django_db
def test_uploaded_into_a_case_it_shows_the_same_on_the_page(client, shared_data):
    load_reference_lists()
    case = make_case(items=())
    client.force_login(member_of(case), backend="entities.backends.EmailBackend")
    for name in SET:
        sent = SimpleUploadedFile(name, (shared_data / "real_documents" / name).read_bytes())
        assert client.post(reverse("case-upload", args=[case.pk]), {"files": sent}).status_code in {200, 302}
    jobs.work_off()
    checking.check(case)
    client.force_login(make_user(Role.REVIEWER), backend="entities.backends.EmailBackend")
    page = client.get(reverse("case-alarms", args=[case.pk])).content.decode()
    assert "50 of 50 parts agree in quantity: export declaration CXCI2025012201 and commercial invoice" in page
    assert "Part E100.020396056: 1,002 in the packing list" in page
    assert "86 of 136 parts of the packing list" in page
    assert "a total of 30,418.36; its 50 lines add up to 29,847.38" in page
    assert "Exhibit 1, page 1, cell J63" in page
    assert "3 contradictions" in page
