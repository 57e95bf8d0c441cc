"""Finding the table in a sheet and proposing what its columns are."""

import pytest

from screening.domain.intake.mapping import mapping_errors, propose_mapping, read_mapping
from screening.domain.intake.tabular import column_letters, find_table, is_repeated_header, is_total, layout_signature
from screening.intake_words import vocabulary


def proposed(*headers, rows=()):
    proposal = propose_mapping(headers, rows, vocabulary())
    return {column.header: column.field for column in proposal.columns}


def test_the_header_is_found_below_the_vendors_junk_rows():
    rows = [
        ["", "", ""],
        ["", "DATA", ""],
        ["Report of 2025", "", ""],
        ["SHIPPER_NAME", "HS CODE", "GROSS WEIGHT"],
        ["ACME", "690721", "12"],
    ]
    table = find_table(rows, vocabulary())
    assert table.header_row == 3
    assert table.headers == ("SHIPPER_NAME", "HS CODE", "GROSS WEIGHT")


def test_rows_of_cargo_text_are_not_taken_for_a_header():
    rows = [
        ["identifier", "container_number", "marks_and_numbers_1"],
        ["1", "CSQU3054383", "PO:"],
        ["1", "CSQU3054383", "MARKS"],
    ]
    assert find_table(rows, vocabulary()).header_row == 0


def test_a_sheet_without_headings_gets_column_letters():
    table = find_table([["X1", "17"], ["X2", "18"]], vocabulary())
    assert table.header_row is None
    assert table.headers == ("Column A", "Column B")


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_called_as_spreadsheets_call_them(index, letters):
    assert column_letters(index) == letters


def test_a_layout_is_the_same_whatever_its_spelling_and_spacing():
    assert layout_signature(["HS_CODE", "Shipper Name"]) == layout_signature(["hs code", "SHIPPER-NAME"])
    assert layout_signature(["HS Code"]) != layout_signature(["Shipper"])


def test_total_lines_and_repeated_headers_are_known():
    assert is_total(["Total", "", "1,234.50"])
    assert not is_total(["Total Energies SE", "Paris", "5"])
    assert is_repeated_header(["Shipper", "HS Code"], ["SHIPPER", "HS_CODE"])
    assert not is_repeated_header(["ACME", "690721"], ["SHIPPER", "HS_CODE"])


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Bill of Lading Number", "bill_of_lading"),
        ("提单号", "bill_of_lading"),
        ("Arrival Date", "arrives_on"),
        ("HSCODE", "hts_codes"),
        ("Fracción arancelaria", "hts_codes"),
        ("Mã HS", "hts_codes"),
        ("Код ТН ВЭД", "hts_codes"),
        ("IMPORTERNAME", "importer_name"),
        ("Nombre del importador", "importer_name"),
        ("Tên người nhập khẩu", "importer_name"),
        ("Наименование импортера", "importer_name"),
        ("收货人地址", "consignee_address"),
        ("Endereço do exportador", "exporter_address"),
        ("Manufacturer ID", "manufacturer_number"),
        ("Shipper Name (Chinese Format)", "shipper_native_name"),
        ("EXPORTER_NAME_AND_ADDRESS", "exporter_name"),
        ("Consignee State/Region", "consignee_province"),
        ("GROSS_WEIGHT_IN_KG", "gross_weight"),
        ("COUNTRY OF_ORIGIN", "country_of_origin"),
        ("PRODUCT_DESCRIPTION_2", "goods_description"),
        ("HS CODE_2", ""),
        ("Anything else", ""),
    ],
)
def test_headings_are_known_in_the_languages_of_the_trade(header, field):
    assert proposed(header)[header] == field


def test_the_original_wording_comes_before_the_vendors():
    fields = proposed("Consignee", "Consignee (Original Format)", "Shipper Address", "Shipper Full Address")
    assert fields["Consignee (Original Format)"] == "consignee_name"
    assert fields["Consignee"] == "consignee_other_name"
    assert fields["Shipper Full Address"] == "shipper_address"
    assert fields["Shipper Address"] == "shipper_other_address"


def test_bare_address_columns_belong_to_the_party_before_them():
    imports = proposed("IMPORTER", "ADDRESS", "CITY", "SUPPLIER", "SUPPLIER ADDRESS", "PIN")
    exports = proposed("IEC", "EXPORTER", "ADDRESS", "CITY", "PIN", "CONSIGNEE NAME", "DESTINATION PORT", "DATE")
    assert (imports["ADDRESS"], imports["PIN"]) == ("importer_address", "importer_postal_code")
    assert (exports["ADDRESS"], exports["IEC"], exports["DATE"]) == (
        "exporter_address",
        "exporter_number",
        "shipped_on",
    )


def test_of_several_value_columns_the_one_in_dollars_is_taken():
    fields = proposed("TOTAL VALUE_INR", "TOTAL VALUE_USD", rows=[["5", "1"], ["6", "2"]])
    assert fields == {"TOTAL VALUE_INR": "", "TOTAL VALUE_USD": "value"}


def test_a_date_column_without_any_date_steps_back():
    rows = [["00:00.0", "2025-10-21"], ["00:00.0", "2025-09-15"]]
    assert proposed("Declaration Date", "IMP_DATE", rows=rows) == {"Declaration Date": "", "IMP_DATE": "imported_on"}


def test_every_proposal_says_why_and_how_surely():
    (column,) = propose_mapping(["Shipper"], [["ACME"]], vocabulary()).columns
    assert 0 < column.confidence <= 1
    assert column.reason
    assert column.samples == ("ACME",)


def test_a_corrected_mapping_is_read_by_index_or_heading():
    headers = ["A", "B"]
    assert read_mapping({"0": "shipper_name", "b": "hts_codes", "9": "value", "1x": "x"}, headers) == {
        0: "shipper_name",
        1: "hts_codes",
    }


def test_a_mapping_that_cannot_be_used_says_why():
    assert not mapping_errors({0: "shipper_name", 1: "shipper_address", 2: "shipper_address"})
    assert "one column only" in mapping_errors({0: "shipper_name", 1: "vessel", 2: "vessel"})[0]
    assert "at least one column" in mapping_errors({0: "vessel"})[0]


def test_an_entry_summary_report_of_ace_is_read_by_its_headings():
    """Headings as in report ES-003 of CBP's ACE Reports, Entry Summary Line Tariff Details."""
    taken = {
        "Entry Summary Number": "entry_number",
        "Entry Summary Line Number": "line_number",
        "Importation Date": "imported_on",
        "Importer Number": "importer_number",
        "Importer Name": "importer_name",
        "Port of Entry Code": "port_of_unlading",
        "Country of Origin Code": "country_of_origin",
        "Country of Export Code": "country_of_export",
        "Manufacturer ID": "manufacturer_number",
        "Manufacturer Name": "manufacturer_name",
        "Foreign Exporter Name": "exporter_name",
        "HTS Number - Full": "hts_codes",
        "Line Tariff Goods Value Amount": "value",
        "Line Tariff Quantity (1)": "quantity",
        "Line Tariff UOM (1) Code": "quantity_unit",
    }
    others = (
        "Entry Type Code",
        "Entry Date",
        "Tariff Ordinal Number",
        "Review Team Number",
    )
    assert proposed(*taken, *others) == taken | dict.fromkeys(others, "")
