"""What went in, what can come of it, what is claimed: conversions, lots, capacity and stock books."""

from decimal import Decimal

import pytest

from evidence import reference
from evidence.domain.ledger import Yield
from evidence.domain.rules import ledger_of
from evidence.domain.rules.balance import capacity_exceeded, mass_balance_fail, r5
from evidence.domain.rules.lots import r6
from tests.evidence.made_papers import SELLER, file, paper

MILL = {"holder": SELLER, "date": "2026-02-01"}


def batch(lint="1000", yarn="850", unit="kg", **head):
    return paper(
        "PRODUCTION_RECORD",
        "WO-1",
        [
            {"goods": "Lint cotton", "input_lot": "L-77", "input_quantity": (lint, "kg")},
            {"goods": "Cotton yarn", "output_lot": "Y-1", "output_quantity": (yarn, unit)},
        ],
        **MILL | head,
    )


def test_a_conversion_within_its_yield_is_a_row_without_a_gap():
    (row,) = ledger_of(file(batch()))
    assert (row.range.process, row.available, row.least, row.claimed) == ("spinning", 920, 700, 850)
    assert r5(file(batch())).alarms == []


def test_more_yarn_than_the_lint_can_give_is_an_alarm_with_both_figures():
    (alarm,) = r5(file(batch(yarn="1100"))).alarms
    assert "at most 920 kg" in alarm.sentence
    assert "1,100 kg are claimed" in alarm.sentence
    assert [one.text for one in alarm.says] == ["1000 kg", "1100 kg"]


def test_units_are_brought_together_and_never_guessed():
    assert r5(file(batch(yarn="1.1", unit="t"))).alarms[0].code == "R5"
    cones = r5(file(batch(yarn="5000", unit="rolls")))
    assert (cones.compared, cones.alarms) == (0, [])
    (row,) = ledger_of(file(batch(yarn="5000", unit="rolls")))
    assert "do not state what one piece weighs" in row.why_not


def test_a_range_that_a_person_stated_goes_before_the_published_one():
    spinning = next(one for one in reference.yields() if one.process == "spinning")
    own = Yield("spinning", "Spinning", Decimal("0.5"), Decimal("0.8"), "mill report", spinning.input_words,
                spinning.output_words, stated_by="R. Reviewer")  # fmt: skip
    (alarm,) = r5(file(batch(yarn="850"), yields=[own])).alarms
    assert "50 % to 80 %" in alarm.sentence


def test_a_lot_is_not_used_beyond_its_size():
    receipt = paper("INPUT_RECEIPT", "GRN-5", [{"lot": "L-77", "quantity": ("900", "kg")}], holder=SELLER)
    (alarm,) = r6(file(receipt, batch(lint="1000"))).alarms
    assert alarm.sentence == "Lot L-77 is 900 kg; 1,000 kg of it are used."
    assert r6(file(receipt, batch(lint="900"))).alarms == []
    assert r6(file(batch())).compared == 0  # nobody says how large the lot is


@pytest.mark.parametrize(("closing", "alarms"), [("300", 0), ("340", 1), ("260", 1)])
def test_a_stock_book_closes(closing, alarms):
    line = {
        "lot": "L-77",
        "opening": ("100", "kg"),
        "received": ("900", "kg"),
        "issued": ("700", "kg"),
        "closing": (closing, "kg"),
    }
    found = mass_balance_fail(file(paper("INVENTORY_LEDGER", "SB-1", [line], holder=SELLER)))
    assert (found.compared, len(found.alarms)) == (1, alarms)


def test_a_plant_makes_no_more_than_it_can():
    record = paper("PRODUCTION_CAPACITY_RECORD", "CR-1", holder=SELLER, capacity=("800", "kg"))
    (alarm,) = capacity_exceeded(file(record, batch(yarn="850"))).alarms
    assert "can make 800 kg; its records claim 850" in alarm.sentence
    assert capacity_exceeded(file(record, batch(yarn="700"))).alarms == []
