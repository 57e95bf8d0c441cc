"""Quantities are brought to one measure where that needs no guess, and never otherwise."""

from decimal import Decimal

import pytest

from evidence import reference
from evidence.domain.units import comparable, plain

UNITS = reference.units()


@pytest.mark.parametrize(
    ("value", "word", "base"),
    [
        ("12.4", "MT", "12400"),
        ("1,500", "KGS", "1500"),
        ("2000", "lbs", "907.18474"),
        ("3", "吨", "3000"),
        ("40", "斤", "20"),
        ("250", "克", "0.25"),
        ("10", "doz.", "120"),
        ("10", "打", "120"),
        ("100", "码", "91.44"),
        ("500", "个", "500"),
    ],
)
def test_a_word_for_a_unit_is_known_in_english_and_chinese(value, word, base):
    assert UNITS.quantity(value, word).base == Decimal(base)


def test_pieces_are_not_weighed_unless_a_paper_says_what_one_weighs():
    pieces, kilograms = UNITS.quantity("500", "pcs"), UNITS.quantity("125", "kg")
    assert comparable(pieces, kilograms) is None
    weighed = UNITS.quantity("500", "pcs", each=Decimal("0.25"))
    assert comparable(weighed, kilograms) == (Decimal(125), Decimal(125), "kg")


def test_bales_with_a_stated_weight_are_weighed():
    bales = UNITS.quantity("40", "bales of 226.8 kg")
    assert bales.mass == Decimal("9072")
    assert UNITS.quantity("40", "bales").mass is None
    assert comparable(bales, UNITS.quantity("9.072", "t"))[:2] == (Decimal("9072"), Decimal("9072"))


def test_pairs_are_no_pieces_and_unknown_words_are_unknown():
    assert comparable(UNITS.quantity("10", "pairs"), UNITS.quantity("20", "pcs")) is None
    assert UNITS.quantity("10", "somethings") is None
    assert UNITS.quantity("many", "kg") is None


def test_figures_are_written_as_people_write_them():
    assert [plain(Decimal(one)) for one in ("30418.36", "1002", "0.50", "0")] == ["30,418.36", "1,002", "0.5", "0"]
