"""What single cells of shipment files mean."""

from datetime import date
from decimal import Decimal

import pytest

from screening.domain.intake.cells import given, is_native_script, tidy
from screening.domain.intake.codes import read_containers, read_tariff_codes, tariff_codes_in, uscc_in
from screening.domain.intake.dates import date_style, read_date
from screening.domain.intake.numbers import number_style, read_amount, read_mass
from screening.domain.intake.places import read_tail
from screening.intake_words import places, vocabulary


@pytest.mark.parametrize("text", ["", "  ", "NULL", "N/A", "n/a", "-", "--", "#N/A", "none", "无", "."])
def test_words_for_nothing_are_nothing(text):
    assert given(text) == ""


def test_full_width_characters_become_narrow():
    assert tidy("ＨＳ　６９０７．２１") == "HS 6907.21"


def test_an_html_entity_in_a_cell_is_undone():
    assert tidy("S.NO.132 &AMP; 133") == "S.NO.132 & 133"


@pytest.mark.parametrize(
    ("text", "native"), [("杭州同富", True), ("ООО ТИАЛ", True), ("CÔNG TY GỐM SỨ", False), ("", False)]
)
def test_names_outside_the_latin_alphabet_are_native(text, native):
    assert is_native_script(text) is native


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Classified: 2523.29", ("252329",)),
        ("Classified: 2523.29; Classified: 6815.19; Classified: 2523.29", ("252329", "681519")),
        ("8541.43.00.10", ("8541430010",)),
        ("６９０７．２１", ("690721",)),
        ("8451.0", ("8451",)),
        ("37.0", ("37",)),
        ("52", ("52",)),
        ("6109100012, 6203424011", ("6109100012", "6203424011")),
        ("", ()),
        ("NULL", ()),
    ],
)
def test_tariff_codes_of_two_to_ten_digits_are_read_once_each(text, codes):
    assert read_tariff_codes(text).codes == codes


def test_a_lost_leading_zero_is_put_back_and_said():
    read = read_tariff_codes("301.0")
    assert read.codes == ("0301",)
    assert "leading zero" in read.notes[0]


@pytest.mark.parametrize("text", ["7701.00.00.00", "SEE INVOICE", "00"])
def test_what_is_no_tariff_code_is_reported(text):
    read = read_tariff_codes(text)
    assert not read.codes
    assert read.unread == (text,)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("PARTS HTS-CODE 8431 2000 SCAC SSLL", ("84312000",)),
        ("SLABS HS CODE : 681099,732690,", ("681099", "732690")),
        ("TILES H.S. CODE 69072100 SIZE 600X600MM", ("69072100",)),
        ("PO 8120476361 FREIGHT COLLECT", ()),
    ],
)
def test_codes_inside_cargo_text_are_found_where_the_text_calls_them_so(text, codes):
    assert tariff_codes_in(text) == codes


def test_rail_cars_and_containers_are_listed():
    assert read_containers("CMEX2128; CMEX31539; CSQU3054383").numbers == ("CMEX2128", "CMEX31539", "CSQU3054383")


@pytest.mark.parametrize("text", ["NC", "nc", "NA", "N/A"])
def test_nc_says_that_there_is_no_container(text):
    read = read_containers(text)
    assert read.loose
    assert read.numbers == ()


def test_a_social_credit_code_is_taken_only_with_the_right_check_character():
    assert uscc_in("Reg. no. 91650100MA00000X1R, Urumqi") == "91650100MA00000X1R"
    assert uscc_in("Reg. no. 91650100MA00000X1Q, Urumqi") == ""


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("9/25/2022", date(2022, 9, 25)),
        ("25/9/2022", date(2022, 9, 25)),
        ("2025-10-31", date(2025, 10, 31)),
        ("2025/10/31 14:05", date(2025, 10, 31)),
        ("31.10.2025", date(2025, 10, 31)),
        ("45961", date(2025, 10, 31)),
        ("20251031", date(2025, 10, 31)),
        ("4082025", date(2025, 4, 8)),
        ("31-Oct-2025", date(2025, 10, 31)),
        ("Oct 31, 2025", date(2025, 10, 31)),
        ("2025年10月31日", date(2025, 10, 31)),
        ("31 de octubre de 2025", date(2025, 10, 31)),
        ("3 мая 2025", date(2025, 5, 3)),
    ],
)
def test_dates_are_read_in_the_forms_people_write(text, on):
    assert read_date(text).on == on


@pytest.mark.parametrize("text", ["Sep 2025", "2025-09", "09/2025", "2025年9月", "Tháng 9/2025", "septiembre 2025"])
def test_a_month_is_read_as_its_first_day_and_known_to_be_a_month(text):
    read = read_date(text)
    assert (read.on, read.precision) == (date(2025, 9, 1), "month")


@pytest.mark.parametrize("text", ["00:00.0", "soon", "31/31/2025", "2025-02-30", "1850-01-01"])
def test_what_is_no_date_is_said_to_be_none(text):
    read = read_date(text)
    assert read.on is None
    assert read.problem


def test_the_column_decides_whether_the_day_comes_first():
    style = date_style(["3/4/2024", "25/4/2024", "1/2/2024"])
    read = read_date("3/4/2024", style)
    assert read.on == date(2024, 4, 3)
    assert not read.note


def test_an_undecided_column_is_read_the_american_way_and_that_is_said():
    read = read_date("3/4/2024", date_style(["3/4/2024", "1/2/2024"]))
    assert read.on == date(2024, 3, 4)
    assert "month/day" in read.note


def test_utc_evenings_all_alike_are_midnights_of_the_next_day():
    cells = ["2024-12-31T18:30:00.000Z", "2025-03-28T18:30:00.000Z"]
    assert read_date(cells[0], date_style(cells)).on == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("25750000 KG", "25750000", "KG"),
        (" $1,841,000.00 ", "1841000.00", "USD"),
        ("4702 CTN", "4702", "CTN"),
        ("1.234.567,89", "1234567.89", ""),
        ("12,34,567.5", "1234567.5", ""),
        ("1 841 000", "1841000", ""),
        ("1,234", "1234", ""),
        ("1.234", "1.234", ""),
        ("(500)", "-500", ""),
        ("１２３", "123", ""),
    ],
)
def test_numbers_are_read_with_their_unit(text, number, unit):
    amount = read_amount(text)
    assert (amount.number, amount.unit) == (Decimal(number), unit)


def test_the_column_decides_whether_the_comma_is_the_decimal_sign():
    style = number_style(["1.234,50", "3,5", "1.234"])
    assert read_amount("1.234", style).number == Decimal("1234")
    assert read_amount("3,5", style).number == Decimal("3.5")


@pytest.mark.parametrize(
    ("text", "unit", "kilograms"), [("9000 ST", "", 8164662.660), ("20950", "ET", 20950000), ("100", "LB", 45.359)]
)
def test_weights_become_kilograms(text, unit, kilograms):
    mass = read_mass(text, unit, vocabulary().mass_units)
    assert mass.kilograms == Decimal(str(kilograms)).quantize(Decimal("0.001"))


def test_an_unknown_unit_of_weight_is_reported_and_not_guessed():
    mass = read_mass("12 CRATES", "", vocabulary().mass_units)
    assert mass.kilograms is None
    assert "CRATES" in mass.problem


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("IN, INDIA", "IN"),
        ("BRAZIL (BR)", "BR"),
        ("KOREA, REPUBLIC OF", "KR"),
        ("China (Mainland)", "CN"),
        ("SUIZA", "CH"),
        ("中国", "CN"),
        ("Việt Nam", "VN"),
        ("Россия", "RU"),
        ("USA", "US"),
        ("CHN", "CN"),
        ("Türkiye", "TR"),
        ("Hong Kong", "HK"),
        ("33", ""),
        ("OTHER COUNTRY", ""),
    ],
)
def test_countries_are_known_by_their_names_in_several_languages(text, code):
    assert places().country(text) == code


@pytest.mark.parametrize(
    ("lines", "tail"),
    [
        (("BUILDING 182", "PORT NEWARKNJ 07114", "US"), ("US", "NJ", "PORT NEWARK", "07114")),
        (("5400 W. MARGINAL WAY", "SEATTLE, WA, US, 98106"), ("US", "WA", "SEATTLE", "98106")),
        (("29 WEST FIRST ST", "OSWEGO NEW YORK 13126"), ("US", "NY", "OSWEGO", "13126")),
        (("RR 1", "BATH, ONT. K0H 1G0"), ("CA", "", "", "K0H 1G0")),
        (("Jiefang Road", "Hangzhou, Zhejiang, China, 310000"), ("CN", "", "", "310000")),
        (("杭州市解放路138号",), ("CN", "", "", "")),
        (("D. Solomou 32", "ATHENS 14123 GR"), ("GR", "", "", "14123")),
        (("33057 SCHOOLCRAFT RD", "LIVONIA, MI 48150 LIVONIA 48150 US"), ("US", "MI", "", "48150")),
    ],
)
def test_the_end_of_an_address_says_where_it_is(lines, tail):
    read = read_tail(lines, places())
    got = (read.country, read.province, read.city, read.postal_code)
    assert got[:2] == tail[:2]
    assert got[3] == tail[3]
    assert not tail[2] or got[2] == tail[2]
