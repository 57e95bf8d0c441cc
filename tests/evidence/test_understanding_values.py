"""Values as written on papers, in the one form they are compared in."""

import pytest

from evidence.domain.understanding import normalise as norm
from evidence.domain.understanding.fields import party_in


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("29-Aug-2016", "2016-08-29"), ("28-NOV-25", "2025-11-28"), ("March 5, 2025", "2025-03-05"),
        ("7. Mai 2014", "2014-05-07"), ("12 août 2024", "2024-08-12"), ("3 de julio de 2023", "2023-07-03"),
        ("2025年1月2日", "2025-01-02"), ("二〇二五年十一月三日", "2025-11-03"), ("2025/3/4", "2025-03-04"),
        ("20250304", "2025-03-04"), ("25/12/2018 8:13:39 PM", "2018-12-25"), ("11/15/2019", "2019-11-15"),
        ("18-11-18", "2018-11-18"), ("31/02/2025", ""), ("Invoice 4711", ""), ("1st of June 2025", "2025-06-01"),
    ],
)  # fmt: skip
def test_dates(text, value):
    found = norm.find_date(text)
    assert (found.value if found else "") == value


def test_a_date_in_numbers_follows_the_other_dates_of_the_paper():
    assert norm.date_order(["issued 3/4/2025", "due 12/25/2025"]) == norm.MONTH_FIRST
    assert norm.find_date("3/4/2025", norm.MONTH_FIRST).value == "2025-03-04"
    assert norm.find_date("3/4/2025").value == "2025-04-03"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("62,370.00", "62370.00"), ("62.370,00", "62370.00"), ("1 234,50", "1234.50"), ("1,234", "1234"),
        ("0,05", "0.05"),
        ("23211.239999999998", "23211.24"), ("12.5.3", "1253"), ("abc", ""), ("", ""), ("12 kg", ""),
        ("1'234.50", "1234.50"),
    ],
)  # fmt: skip
def test_numbers(text, value):
    assert norm.number_of(text) == value


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("USD 62,370.00", "62370.00", "USD"), ("$1,002.50", "1002.50", "USD"), ("RM 9.00", "9.00", "MYR"),
        ("34,73 EUR", "34.73", "EUR"), ("¥7018.83", "7018.83", "CNY"), ("总货值：USD30418.36", "30418.36", "USD"),
        ("3,156.66 KGS", "3156.66", None),
    ],
)  # fmt: skip
def test_amounts_and_currencies(text, amount, currency):
    found = norm.find_currency(text)
    assert norm.find_amount(text).value == amount
    assert (found.value if found else None) == currency


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("49.500 MT", "49.500", "MT"), ("12,400 kg", "12400", "kg"), ("168箱", "168", "箱"), 
        ("1980 BAGS", "1980", "BAGS"),
        ("78,000 千克", "78000", "千克"), ("640", "640", ""),
    ],
)  # fmt: skip
def test_quantities_keep_their_unit_as_written(text, value, unit):
    found = norm.find_quantity(text)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Example Mills Ltd., 12 Mill Road", "Example Mills Ltd."),
        ("EXAMPLE FINISHING MILLS LTD Example Corporate Centre", "EXAMPLE FINISHING MILLS LTD"),
        ("示例数字科技（深圳）有限公司(91440300MA5EMR5H33)", "示例数字科技（深圳）有限公司"),
        ("Example New Energy\nMaterials Co., Ltd.", "Example New Energy Materials Co., Ltd."),
        ("Example Trading LLC\n12 Harbor Street", "Example Trading LLC"),
        ("M/S. Example Exports", "Example Exports"),
        ("Tel: 123", ""), ("12/05/2025", ""), ("________", ""), ("TO ORDER", ""),
    ],
)  # fmt: skip
def test_a_party_is_its_name_without_the_address(text, name):
    found = party_in(text)
    assert (found.value if found else "") == name


def test_containers_are_found_however_they_are_spaced():
    assert [one.value for one in norm.find_containers("TIIU-603220-5, MSKU 789 163 3")] == [
        "TIIU6032205",
        "MSKU7891633",
    ]


def test_an_account_shows_its_last_four_characters():
    assert norm.masked("8110301012800584376") == "•••••••••••••••4376"


@pytest.mark.parametrize(("kind", "text", "value"), [
    ("date", "5 June 2025", "2025-06-05"), ("amount", "1,234.5", "1234.5"), ("currency", "usd", "USD"),
    ("date", "soon", ""), ("party", " Example  Ltd ", "Example Ltd"),
])  # fmt: skip
def test_what_a_person_writes_is_put_in_form(kind, text, value):
    assert norm.normalised(kind, text) == value
