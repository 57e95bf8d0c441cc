"""Whole rows understood, and rows made into shipments."""

from datetime import date
from decimal import Decimal

from screening.domain.intake.mapping import propose_mapping, read_mapping
from screening.domain.intake.rows import Layout, column_hints, understand
from screening.domain.intake.shipments import group
from screening.intake_words import vocabulary


def understood(headers, *rows):
    mapping = read_mapping(propose_mapping(headers, rows, vocabulary()).mapping(), headers)
    layout = Layout(tuple(headers), mapping, column_hints(rows, mapping))
    return [understand(number, row, layout, vocabulary()) for number, row in enumerate(rows, start=2)]


MANIFEST = (
    "Bill of Lading Number",
    "Arrival Date",
    "Consignee (Original Format)",
    "Shipper (Original Format)",
    "HS Code",
    "Goods Shipped",
    "Weight (kg)",
    "Container Numbers",
    "Value of Goods (USD)",
)


def test_a_row_of_a_manifest_is_understood_whole():
    (row,) = understood(
        MANIFEST,
        [
            "ABCD123",
            "9/25/2022",
            "ACME LLC\n5 MAIN ST\nDETROIT, MI 48209",
            "YUNLONG CO., LTD.\nNo. 8 Road\nHangzhou 310000, China",
            "Classified: 2523.29",
            "CEMENT",
            "25750000",
            "NC",
            " $1,841,000.00 ",
        ],
    )
    assert row.is_stored
    assert (row.facts.bill_of_lading, row.facts.arrives_on) == ("ABCD123", date(2022, 9, 25))
    (line,) = row.lines
    assert line.hts_codes == ("252329",)
    assert (line.gross_weight_kg, line.value, line.currency) == (Decimal("25750000.000"), Decimal("1841000.00"), "USD")
    consignee, shipper = row.parties
    assert (consignee.role, consignee.name, consignee.country, consignee.postal_code) == (
        "consignee",
        "ACME LLC",
        "US",
        "48209",
    )
    assert (shipper.name, shipper.country, shipper.postal_code) == ("YUNLONG CO., LTD.", "CN", "310000")


def test_a_blank_shipper_leaves_the_row_stored_with_its_other_party():
    (row,) = understood(("Shipper", "Consignee", "HS Code"), ["NULL", "ACME LLC", ""])
    assert row.is_stored
    assert [party.role for party in row.parties] == ["consignee"]


def test_codes_and_goods_given_one_for_one_become_lines():
    (row,) = understood(
        ("Shipper", "HS Code", "Goods Shipped", "Quantity"),
        ["ACME", "9617.00; 7010.90; 9617.00", "FLASK; GLASS BOTTLE; FLASK", "86 CTN"],
    )
    assert [(line.hts_codes, line.goods_description) for line in row.lines] == [
        (("961700",), "FLASK"),
        (("701090",), "GLASS BOTTLE"),
    ]
    assert [line.quantity for line in row.lines] == [Decimal(86), None]


def test_a_code_named_only_in_the_cargo_text_is_taken_and_marked():
    (row,) = understood(("Shipper", "HS Code", "Goods Shipped"), ["ACME", "", "PLASTIC MUG HS-CODE 39241000"])
    assert row.lines[0].hts_codes == ("39241000",)
    assert row.lines[0].codes_from_text


def test_a_native_name_beside_the_english_one_is_kept():
    (row,) = understood(
        ("Shipper", "Shipper Name (Chinese Format)", "Shipper Address (Chinese Format)"),
        ["Yunlong Co., Ltd.", "云龙有限公司", "杭州市解放路138号"],
    )
    party = row.parties[0]
    assert (party.name, party.native_name) == ("Yunlong Co., Ltd.", "云龙有限公司")
    assert party.country == "CN"
    assert "杭州市解放路138号" in party.facts()["address"]


def test_a_name_only_in_foreign_script_is_a_native_name():
    (row,) = understood(("供应商名称", "HS编码"), ["云龙有限公司", "690721"])
    assert (row.parties[0].role, row.parties[0].native_name, row.parties[0].name) == ("seller", "云龙有限公司", "")
    assert row.is_stored


def test_an_address_cut_inside_a_word_is_kept_in_both_readings():
    (row,) = understood(
        ("shipper_name", "shipper_address_1", "shipper_address_2"),
        ["ACME", "NO.8 XINHUA ROAD XINWU ZONE WUXI,JI", "ANGSU, CHINA"],
    )
    address = row.parties[0].facts()["address"]
    assert "WUXI,JI, ANGSU" in address
    assert "WUXI,JIANGSU" in address


def test_the_firm_to_whose_order_is_found_in_the_address_column():
    (row,) = understood(
        ("Consignee Name", "Consignee Address"),
        ["TO THE ORDER OF", "ACME TILE INC. 250 TRADE PKWY, SAVANNAH, GA 31407, USA"],
    )
    (party,) = row.parties
    assert party.is_order
    assert (party.name, party.postal_code) == ("ACME TILE INC.", "31407")
    assert row.problems


def test_a_row_with_nothing_usable_is_rejected_with_reason_and_remedy():
    blank, total, repeated, empty = understood(
        ("Shipper", "Consignee", "Vessel"),
        ["NULL", "-", ""],
        ["Total", "", ""],
        ["Shipper", "Consignee", "Vessel"],
        ["", "", "EVER MILD"],
    )
    for row in (blank, total, repeated, empty):
        assert not row.is_stored
        assert row.rejection.reason
        assert row.rejection.remedy


def test_an_unreadable_cell_is_a_warning_and_the_row_is_kept():
    (row,) = understood(("Shipper", "Arrival Date", "HS Code"), ["ACME", "soon", "ABC"])
    assert row.is_stored
    assert {problem.column for problem in row.problems} == {"Arrival Date", "HS Code"}


def test_an_identifier_a_spreadsheet_rounded_is_not_used():
    (row,) = understood(("Bill of Lading", "Shipper"), ["4.08E+11", "ACME"])
    assert row.facts.bill_of_lading == ""
    assert "lost digits" in row.problems[0].reason


def test_rows_of_one_bill_are_lines_of_one_shipment():
    outcome = group(
        understood(
            ("Bill of Lading", "Shipper", "HS Code", "Vessel"),
            ["B1", "ACME", "690721", "EVER"],
            ["B2", "BETA", "610910", "EVER"],
            ["B1", "ACME", "610910", "OTHER"],
        ),
        "Sheet1",
    )
    assert [len(shipment.lines) for shipment in outcome.shipments] == [2, 1]
    first = outcome.shipments[0]
    assert [row.row_number for row in first.rows] == [2, 4]
    assert [(party.name, party.row_numbers) for party in first.parties] == [("ACME", (2, 4))]
    assert any("EVER" in problem.reason for _, problem in first.problems)


def test_rows_without_any_document_are_each_a_shipment():
    outcome = group(
        understood(
            ("Supplier", "HS Code", "MONTHYEAR"), ["ACME", "690721", "Sep 2025"], ["ACME", "690721", "Sep 2025"]
        )
    )
    assert len(outcome.shipments) == 2
    assert outcome.shipments[0].facts.date_precision == "month"


def test_declaration_numbers_begin_anew_every_day_and_by_every_importer():
    rows = understood(
        ("Importer", "Declaration No", "Declaration Date", "HS Code"),
        ["ACME", "17", "2025-01-02", "690721"],
        ["ACME", "17", "2025-01-02", "690722"],
        ["BETA", "17", "2025-01-02", "690721"],
        ["ACME", "17", "2025-01-03", "690721"],
    )
    assert len(group(rows).shipments) == 3


def test_rows_read_are_those_stored_and_those_rejected():
    outcome = group(understood(("Shipper", "HS Code"), ["ACME", "690721"], ["-", "-"], ["BETA", ""], ["Total", "5"]))
    assert outcome.rows_read == 4
    assert (outcome.stored, len(outcome.rejected)) == (2, 2)


def test_rows_of_one_line_of_an_entry_are_one_line_with_all_its_tariff_numbers():
    headers = (
        "Entry Summary Number", "Entry Summary Line Number", "Tariff Ordinal Number", "HTS Number - Full",
        "Line Tariff Goods Value Amount", "Country of Origin Code", "Manufacturer ID", "Importation Date",
    )  # fmt: skip
    rows = [
        ["551-3518786-6", line, ordinal, code, value, "VN", "VNEXABAY7NAM", "05/04/2026"]
        for line, ordinal, code, value in (
            ("001", "1", "9903012500", "$0.00"),
            ("001", "2", "6109100012", "$39,600.00"),
            ("002", "1", "6203424011", "$1,200.00"),
        )
    ]
    (shipment,) = group(understood(headers, *rows)).shipments
    assert [(line.hts_codes, line.value) for line in shipment.lines] == [
        (("6109100012", "9903012500"), Decimal("39600.00")),
        (("6203424011",), Decimal("1200.00")),
    ]
    assert shipment.facts.entry_number == "551-3518786-6"
