"""The manifest tables joined on their identifier."""

from screening.domain.intake.ams import AmsTable, join, table_kind
from screening.intake_words import vocabulary

HEADER = (
    "identifier",
    "carrier_code",
    "vessel_name",
    "port_of_unlading",
    "estimated_arrival_date",
    "foreign_port_of_lading",
    "weight",
    "weight_unit",
)
SHIPPER = (
    "identifier",
    "shipper_party_name",
    "shipper_party_address_1",
    "shipper_party_address_2",
    "city",
    "state_province",
    "zip_code",
    "country_code",
)
CARGO = ("identifier", "container_number", "description_sequence_number", "piece_count", "description_text")
TARIFF = (
    "identifier",
    "container_number",
    "description_sequence_number",
    "harmonized_number",
    "harmonized_value",
    "harmonized_weight",
    "harmonized_weight_unit",
)
MARKS = ("identifier", "container_number", "marks_and_numbers_1", "marks_and_numbers_2")


def table(headers, *rows):
    kind = table_kind(headers)
    return AmsTable(kind, f"{kind}.csv", headers, list(enumerate(rows, start=2)))


HEADER_ROW = ["1", "OOLU", "EVER", "Savannah, Georgia", "2019-08-27", "Ningpo ,China (Mainland)", "1981", "Kilograms"]
SHIPPER_ROW = ["1", "YUNLONG CO LTD", "8 ROAD", "WUXI 214028", "", "", "", "CN"]


def test_tables_are_known_by_their_headings():
    assert [table_kind(headers) for headers in (HEADER, SHIPPER, CARGO, TARIFF, MARKS)] == [
        "header",
        "shipper",
        "cargodesc",
        "tariff",
        "marksnumbers",
    ]
    assert table_kind(("identifier", "anything")) == ""
    assert table_kind(("shipper_party_name",)) == ""


def test_rows_with_one_identifier_make_one_shipment():
    outcome = join(
        [
            table(HEADER, HEADER_ROW),
            table(SHIPPER, SHIPPER_ROW),
            table(CARGO, ["1", "CSQU3054383", "1", "18.0", "ANTENNA"], ["1", "CSQU3054383", "2", "", "CABLE"]),
            table(TARIFF, ["1", "CSQU3054383", "1", "8529.0", "0.0", "900", "Kilograms"]),
            table(MARKS, ["1", "CSQU3054383", "PO 17", "MADE IN CHINA"]),
        ],
        vocabulary(),
    )
    (shipment,) = outcome.shipments
    assert (shipment.facts.reference, shipment.facts.vessel, shipment.facts.country_of_export) == ("1", "EVER", "CN")
    assert [(line.goods_description, line.hts_codes) for line in shipment.lines] == [
        ("ANTENNA", ("8529",)),
        ("CABLE", ()),
    ]
    assert shipment.lines[0].marks == "PO 17 MADE IN CHINA"
    assert [(party.role, party.country) for party in shipment.parties] == [("shipper", "CN")]
    assert (outcome.rows_read, outcome.stored) == (6, 6)


def test_a_party_row_without_a_header_is_stored_with_a_warning():
    outcome = join([table(SHIPPER, SHIPPER_ROW)], vocabulary())
    (shipment,) = outcome.shipments
    assert shipment.parties[0].name == "YUNLONG CO LTD"
    assert any("No header row with identifier 1" in problem.reason for _, problem in shipment.problems)


def test_a_detail_row_without_a_partner_is_rejected_with_reason_and_remedy():
    outcome = join([table(CARGO, ["9", "CSQU3054383", "1", "", "ANTENNA"]), table(SHIPPER, SHIPPER_ROW)], vocabulary())
    (rejection,) = outcome.rejected
    assert (rejection.row.sheet, rejection.row.row_number) == ("cargodesc.csv", 2)
    assert "9" in rejection.problem.value
    assert "header" in rejection.problem.remedy
    assert outcome.rows_read == outcome.stored + len(outcome.rejected) == 2


def test_a_row_without_identifier_is_rejected():
    outcome = join([table(SHIPPER, ["", *SHIPPER_ROW[1:]])], vocabulary())
    assert "no identifier" in outcome.rejected[0].problem.reason


def test_what_spilled_into_the_wrong_column_is_reported_and_put_aside():
    row = ["1", "EMPRESAS INC.", "CARR. 172", "CAGUAS, PUERTO RICO 00725", "1-7876533030 TEL", "EX", "1-787739", "33"]
    (shipment,) = join([table(SHIPPER, row)], vocabulary()).shipments
    (party,) = shipment.parties
    assert (party.city, party.province, party.country, party.postal_code) == ("CAGUAS", "PR", "US", "00725")
    assert {problem.column for _, problem in shipment.problems} >= {"city", "country_code"}
