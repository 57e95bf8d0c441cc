"""Identifiers: every example of the trade's own rules, valid and not."""

import pytest

from entities.domain import identifiers as ids

VALID = [
    (ids.entry_number, "551-3518786-6"),
    (ids.entry_number, "ABC-1234567-6"),
    (ids.entry_number, "9ZX-0000001-3"),
    (ids.in_bond, "257700030"),
    (ids.in_bond, "257700052"),
    (ids.container, "CSQU3054383"),
    (ids.container, "MSKU9070323"),
    (ids.container, "TGHU7599330"),
    (ids.container, "TEMU1000090"),
    (ids.importer_number, "12-345678900"),
    (ids.importer_number, "123-45-6789"),
    (ids.importer_number, "263901-00001"),
    (ids.mid, "CNAMAPLA1145SHA"),
    (ids.mid, "CNXINGUAKOR"),
    (ids.hts, "8541.43.00.10"),
    (ids.hts, "8541.43.0010"),
    (ids.hts, "8541430010"),
    (ids.port, "1601"),
    (ids.port, "3901"),
    (ids.port, "5201"),
    (ids.protest_number, "3901-2018-100274"),
    (ids.scac, "MSCU"),
    (ids.bill_of_lading, "MSCUAB123456"),
    (ids.uscc, "91330100716105852F"),
    (ids.chinese_postal_code, "830000"),
    (ids.gln, "0614141000005"),
    (ids.lei, "5493001KJTIIGC8Y1R12"),
]
WRONG = [
    (ids.entry_number, "551-2518786-6", "warn", "8"),
    (ids.entry_number, "000-1234567-4", "refuse", None),
    (ids.entry_number, "551-351878-6", "refuse", None),
    (ids.in_bond, "257700031", "warn", "0"),
    (ids.container, "CSQU3054384", "warn", "3"),
    (ids.container, "CSQX3054383", "refuse", None),
    (ids.importer_number, "12-34567890O", "refuse", None),
    (ids.mid, "CAAMAPLA1145TOR", "refuse", None),
    (ids.mid, "CNAMAPLAS1145SHA", "refuse", None),
    (ids.mid, "cnamapla1145sha", "refuse", None),
    (ids.mid, "CNAMA PLA1145SH", "refuse", None),
    (ids.hts, "7701.00.00.00", "refuse", None),
    (ids.hts, "854143001", "refuse", None),
    (ids.port, "390", "refuse", None),
    (ids.scac, "MSCUX", "refuse", None),
    (ids.bill_of_lading, "MSCU AB 12", "refuse", None),
    (ids.uscc, "91650100MA00000X1Q", "warn", "R"),
    (ids.uscc, "91330100716105852E", "warn", "F"),
    (ids.uscc, "91650100MA0000OX1R", "refuse", None),
    (ids.chinese_postal_code, "83000", "refuse", None),
    (ids.gln, "0614141000004", "warn", "5"),
]


@pytest.mark.parametrize(("check", "text"), VALID, ids=lambda v: getattr(v, "__name__", v))
def test_a_good_identifier_passes(check, text):
    assert check(text).valid
    assert check(text).severity == "ok"


@pytest.mark.parametrize(("check", "text", "severity", "expected"), WRONG)
def test_a_bad_identifier_says_how_bad_and_what_was_expected(check, text, severity, expected):
    answer = check(text)
    assert not answer.valid
    assert (answer.severity, answer.expected) == (severity, expected)
    assert answer.problem


def test_a_credit_code_with_an_odd_organisation_code_is_only_a_warning():
    answer = ids.uscc("91650100MA00000X1R")
    assert (answer.valid, answer.severity) == (True, "warn")


def test_an_importer_prefix_nobody_assigned_is_only_a_warning():
    answer = ids.importer_number("07-123456700")
    assert (answer.valid, answer.severity) == (True, "warn")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amalgamated Plastics Corp.", "AMAPLA"),
        ("Bergstrom", "BER"),
        ("A.B.C. Company", "ABCCOM"),
        ("A B C Company", "ABCCOM"),
        ("O.A.S.I.S. Corp.", "OASCOR"),
        ("Dr. S.A. Smith", "DRSA"),
        ("Shavings B L Inc.", "SHABL"),
    ],
)
def test_the_name_part_of_a_manufacturer_code(name, letters):
    assert ids.mid_for("CN", name, "", "") == f"CN{letters}"


@pytest.mark.parametrize(
    ("address", "digits"),
    [("11455 Main Street Suite 9999", "1145"), ("12,34,56 Akasaka Road", "1234"), ("Tuanjie South Road", "")],
)
def test_the_number_part_is_the_largest_number_of_the_street_line(address, digits):
    assert ids.mid_for("CN", "", address, "") == f"CN{digits}"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("CN", "A.B.C. Company", "232 Main Street Suite 1234", "Ningbo"), "CNABCCOM1234NIN"),
        (("CN", "Shavings B L Inc.", "Suite 345", "Urumqi"), "CNSHABL345URU"),
        (("CN", "Xinjiang Tianye (Group) Co.", "36 Beisandong Road", "Shihezi"), "CNXINTIA36SHI"),
        (("CN", "Xinjiang Guannong", "Tuanjie South Road", "Korla"), "CNXINGUAKOR"),
    ],
)
def test_a_manufacturer_code_is_built_from_name_and_address(parts, code):
    assert ids.mid_for(*parts) == code
    assert ids.mid(code).valid


@pytest.mark.parametrize(
    ("code", "place"),
    [("91659001299898838W", "659001"), ("91330100716105852F", "330100"), ("91650100MA00000X1Q", "")],
)
def test_a_credit_code_says_where_the_firm_is_registered_only_if_it_checks(code, place):
    assert ids.uscc_place(code) == place
