"""Identifiers against published codes and the firm they belong to: what is said, word by word."""

import pytest

from entities import reference
from entities.domain.facts import PartyFacts
from entities.domain.identifiers import Whose, examine, mid_differences, mid_proposed

NINGBO = PartyFacts(
    name="A.B.C. Company", address="232 Main Street Suite 1234", city="Ningbo", country="CN", postal_code="315000"
)


def said(kind, value, firm=None, role=""):
    whose = Whose(firm or PartyFacts(), role)
    return [(one.code, one.severity, one.detail) for one in examine(kind, value, reference.codes(), whose).remarks]


@pytest.mark.parametrize(
    ("kind", "value", "normalised", "stands_for"),
    [
        ("entry_number", "55135187866", "551-3518786-6", ""),
        ("entry_number", "ABC-1234567-6", "ABC-1234567-6", ""),
        ("entry_number", "9ZX-0000001-3", "9ZX-0000001-3", ""),
        ("in_bond_number", "257700030", "257700030", ""),
        ("in_bond_number", "257700052", "257700052", ""),
        ("container", "CSQU 305438-3", "CSQU3054383", ""),
        ("container", "TEMU1000090", "TEMU1000090", ""),
        ("importer_number", "12-345678900", "12-345678900", ""),
        ("importer_number", "123-45-6789", "123-45-6789", ""),
        ("importer_number", "263901-00001", "263901-00001", ""),
        ("mid", "CNAMAPLA1145SHA", "CNAMAPLA1145SHA", ""),
        ("tariff_code", "8541.43.00.10", "8541430010", "SOLAR CELLS,CRYSLN SILIC PHOTV ASSMB MODS OR PANLS"),
        ("tariff_code", "8541.43.0010", "8541430010", "SOLAR CELLS,CRYSLN SILIC PHOTV ASSMB MODS OR PANLS"),
        ("port", "1601", "1601", "Charleston, South Carolina"),
        ("port", "3901", "3901", "Chicago, Illinois, including O’Hare International Airport"),
        ("port", "5201", "5201", "Miami, Florida"),
        ("foreign_port", "57035", "57035", "Shanghai, China"),
        ("protest_number", "3901-2018-100274", "3901-2018-100274", ""),
        ("scac", "mscu", "MSCU", "Mediterranean Shipping Company"),
        ("bill_of_lading", "MSCUAB123456", "MSCUAB123456", "Mediterranean Shipping Company"),
        ("uscc", "91330100716105852F", "91330100716105852F", ""),
        ("postal_code", "315000", "315000", ""),
        ("gln", "0614141000005", "0614141000005", ""),
        ("lei", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12", ""),
    ],
)
def test_nothing_is_said_of_what_is_right(kind, value, normalised, stands_for):
    examined = examine(kind, value, reference.codes())
    assert (examined.valid, examined.normalised, examined.stands_for) == (True, normalised, stands_for)
    assert examined.remarks == ()


@pytest.mark.parametrize(
    ("kind", "value", "expected", "remark"),
    [
        ("entry_number", "551-2518786-6", "8",
         ("entry_number", "warning", "The check digit is 6, but 8 is expected: one digit may be wrong.")),
        ("entry_number", "000-1234567-1", None,
         ("entry_number", "error",
          "An entry number is a three-character filer code, seven digits and a check digit, as in 551-3518786-6.")),
        ("in_bond_number", "257700031", "0",
         ("in_bond_number", "warning", "The check digit is 1, but 0 is expected.")),
        ("container", "CSQU3054384", "3",
         ("container", "warning", "The check digit is 4, but 3 is expected: one character may be wrong.")),
        ("importer_number", "07-123456700", None,
         ("importer_number", "warning", "No employer number begins with 07: check it with the importer.")),
        ("importer_number", "12-34567890O", None,
         ("importer_number", "error",
          "The two-character suffix never has the letters O, I or Z; a zero or a one may be meant.")),
        ("mid", "CAAMAPLA1145TOR", None,
         ("mid", "error",
          "A Canadian manufacturer code begins with the province (XA, XC, XO, XQ and so on), never with CA.")),
        ("mid", "CNAMAPLAS1145SHA", None,
         ("mid", "error", "A manufacturer code has at most 15 characters, this one 16.")),
        ("mid", "cnamapla1145sha", None, ("mid", "error", "A manufacturer code is written in capitals.")),
        ("mid", "CNAMA PLA1145SH", None, ("mid", "error", "A manufacturer code has no blanks.")),
        ("mid", "", None, ("mid_missing", "error", "No manufacturer code is given.")),
        ("tariff_code", "7701.00.00.00", None, ("tariff_code", "error", "The tariff has no chapter 77.")),
        ("tariff_code", "854143001", None,
         ("tariff_code", "error", "854143001 is not a tariff number of 4, 6, 8 or 10 digits.")),
        ("tariff_code", "8541.43", None, ("tariff_code", "warning", "854143 has 6 digits; an entry needs ten.")),
        ("tariff_code", "6109.10.00.99", None,
         ("tariff_code_unknown", "warning",
          "6109.10.00.99 is not among the US import codes on HS 2022; 6109.10.00 is. "
          "It may be of another edition of the tariff.")),
        ("tariff_code", "8599.00.00.00", None,
         ("tariff_code_unknown", "warning",
          "8599.00.00.00 is not among the US import codes on HS 2022; not even heading 8599. "
          "It may be of another edition of the tariff.")),
        ("port", "390", None, ("port", "error", "A port code of Schedule D has four digits, as in 3901.")),
        ("port", "3999", None, ("port_unknown", "warning", "Schedule D has no port 3999.")),
        ("foreign_port", "5703", None,
         ("foreign_port", "error", "A port code of Schedule K has five digits, as in 57035.")),
        ("foreign_port", "00001", None, ("port_unknown", "warning", "Schedule K has no port 00001.")),
        ("scac", "MSCUX", None, ("scac", "error", "A carrier code has two to four letters, as in MSCU.")),
        ("bill_of_lading", "MSCU AB 12", None,
         ("bill_of_lading", "error",
          "A bill of lading is the carrier code and up to twelve letters or digits without blanks, "
          "as in MSCUAB123456.")),
        ("uscc", "91330100716105852E", "F",
         ("uscc", "warning", "The check character is E, but F is expected: one character may be wrong.")),
        ("uscc", "91650100MA00000X1Q", "R",
         ("uscc", "warning", "The check character is Q, but R is expected: one character may be wrong.")),
        ("postal_code", "83000", None,
         ("postal_code", "error",
          "A Chinese postal code has six digits. A spreadsheet may have dropped a leading zero.")),
        ("gln", "0614141000004", "5", ("gln", "warning", "The check digit is 4, but 5 is expected.")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_what_was_expected(kind, value, expected, remark):
    examined = examine(kind, value, reference.codes())
    assert said(kind, value) == [remark]
    assert examined.expected == expected


@pytest.mark.parametrize(("kind", "value"), [("scac", "PABV"), ("bill_of_lading", "PABV123456")])
def test_a_carrier_that_is_not_known_is_asked_about_and_never_refused(kind, value):
    assert said(kind, value) == [
        (
            "carrier_unknown",
            "note",
            "PABV is not among the carriers known here, which are the larger ocean lines only.",
        )
    ]
    assert examine(kind, value, reference.codes()).valid


@pytest.mark.parametrize("number", ["9903.88.03.00", "9802.00.80.68", "6109"])
def test_numbers_of_other_editions_and_of_proclamations_are_not_called_unknown(number):
    assert "tariff_code_unknown" not in [code for code, *_ in said("tariff_code", number)]


def test_a_credit_code_of_xinjiang_proves_registration_there_and_not_production():
    assert said("uscc", "91659001299898838W") == [
        (
            "uscc_xinjiang",
            "note",
            "It was given by an authority of Xinjiang (659001): that proves registration there, not production.",
        )
    ]


@pytest.mark.parametrize(
    ("firm", "code"),
    [
        (NINGBO, "CNABCCOM1234NIN"),
        (PartyFacts(name="Shavings B L Inc.", address="Suite 345", city="Urumqi", country="CN"), "CNSHABL345URU"),
        (PartyFacts(name="Maple Mills", city="Toronto", province="Ontario", country="CA"), "XOMAPMILTOR"),
        (PartyFacts(name="Maple Mills", city="Montréal", province="Québec", country="CA"), "XQMAPMILMON"),
        (PartyFacts(name="Maple Mills", city="Toronto", country="CA"), ""),
        (PartyFacts(native_name="宁波某某有限公司", city="Ningbo", country="CN"), ""),
        (PartyFacts(name="A.B.C. Company", country="CN"), ""),
    ],
)
def test_the_code_is_proposed_where_country_name_and_city_are_known(firm, code):
    assert mid_proposed(firm) == code


@pytest.mark.parametrize(
    ("code", "differ"),
    [
        ("CNABCCOM1234NIN", ()),
        ("VNABCCOM1234NIN", ("country",)),
        ("CNXYZCOM1234NIN", ("name",)),
        ("CNABCCOM1234SHA", ("city",)),
        ("VNABCCOM1234SHA", ("country", "city")),
        ("CNABCCOM232NIN", ("number",)),
        ("CNABCCOMNIN", ("number",)),
    ],
)
def test_a_manufacturer_code_is_laid_beside_name_address_and_city(code, differ):
    assert mid_differences(code, NINGBO) == differ


@pytest.mark.parametrize("number", ["8", "26", "268"])
def test_a_number_that_generators_read_in_several_ways_is_right_in_each(number):
    firm = PartyFacts(name="Akasaka Works", address="2-6, 8-Chome", city="Tokyo", country="JP")
    assert mid_differences(f"JPAKAWOR{number}TOK", firm) == ()


def test_any_province_of_canada_goes_where_it_is_not_known():
    firm = PartyFacts(name="Maple Mills", city="Toronto", country="CA")
    assert mid_differences("XOMAPMILTOR", firm) == ()
    assert mid_differences("CAMAPMILTOR", firm) == ("country",)


def test_a_manufacturer_code_of_another_firm_is_a_warning_with_the_one_that_fits():
    assert said("mid", "VNABCCOM1234SHA", NINGBO) == [
        (
            "mid_differs",
            "warning",
            "The country and city in VNABCCOM1234SHA are not the firm's. Name, address and city give CNABCCOM1234NIN.",
        )
    ]
    assert examine("mid", "VNABCCOM1234SHA", reference.codes(), Whose(NINGBO)).proposed == "CNABCCOM1234NIN"


def test_another_number_alone_is_only_a_note():
    assert [(code, severity) for code, severity, _ in said("mid", "CNABCCOM232NIN", NINGBO)] == [
        ("mid_differs", "note")
    ]


REJECTED = "ACE rejects a manufacturer in China without a valid postal code (since 18 March 2023)."


@pytest.mark.parametrize(
    ("value", "remarks"),
    [
        ("315000", []),
        ("", [("postal_code_missing", "error", f"No postal code is given. {REJECTED}")]),
        (
            "31500",
            [
                (
                    "postal_code",
                    "error",
                    "A Chinese postal code has six digits. A spreadsheet may have dropped a leading zero.",
                ),
                ("postal_code_rejected", "error", REJECTED),
            ],
        ),
        (
            "830000",
            [
                (
                    "postal_code_xinjiang",
                    "warning",
                    "830000 is a postal code of Xinjiang. ACE answers it with a UFLPA Region Alert, which is no "
                    "detention.",
                )
            ],
        ),
    ],
)
def test_what_ace_will_answer_on_a_manufacturer_in_china_is_said_before(value, remarks):
    assert said("postal_code", value, PartyFacts(country="CN"), "manufacturer") == remarks


def test_of_a_seller_and_of_other_countries_ace_asks_no_chinese_postal_code():
    assert said("postal_code", "830000", PartyFacts(country="CN"), "seller") == []
    assert said("postal_code", "", PartyFacts(country="VN"), "manufacturer") == []
