"""What a step of production must say, and what the steps of a shipment together leave open."""

from datetime import date
from decimal import Decimal

import pytest

from screening.domain.lots import Lot, ProductionStep, Question, faults, in_sentences, questions, same_lot

MASS = {"KG": Decimal(1), "T": Decimal(1000), "LB": Decimal("0.45359237")}
GIN, SPINNER, SEWER = 1, 2, 3


def lot(number, quantity=None, unit="kg", **said):
    return Lot(number, quantity=None if quantity is None else Decimal(quantity), unit=unit, **said)


def step(key, maker, inputs, outputs, **said):
    return ProductionStep(key, maker, tuple(inputs), tuple(outputs), **said)


def codes(*steps, lines=(1,), sources=()):
    return [(one.code, one.lot) for one in questions(steps, lines=lines, sources=sources, mass=MASS)]


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ([], [lot("Y-1", "5")], []),
        ([lot("B-1")], [lot("Y-1", "0", line_number=1)], []),
        ([lot("B-1")], [], [("outputs", None, "output_missing")]),
        ([lot(" ")], [lot("Y-1")], [("inputs", 0, "lot_missing")]),
        ([], [lot("Y-1", "-1")], [("outputs", 0, "quantity_negative")]),
        ([], [lot("Y-1", "1", unit="")], [("outputs", 0, "unit_missing")]),
        ([], [lot("Y-1"), lot("y -1")], [("outputs", 1, "lot_twice")]),
        ([], [lot("Y-1", line_number=7)], [("outputs", 0, "unknown_line")]),
    ],
)
def test_a_step_names_its_lots_with_unit_and_line(inputs, outputs, expected):
    assert [(one.side, one.index, one.code) for one in faults(inputs, outputs, {1})] == expected


def test_a_lot_put_out_by_a_step_or_delivered_by_a_named_supplier_has_an_origin():
    gin = step(1, GIN, [lot("C-1", supplier=9)], [lot("B-1")])
    spinner = step(2, SPINNER, [lot("b-1")], [lot("Y-1", line_number=1)])
    assert codes(gin, spinner) == []


def test_each_lot_of_unknown_origin_is_named_once():
    first = step(1, SPINNER, [lot("B-1"), lot("B-2")], [lot("Y-1", line_number=1)])
    second = step(2, SPINNER, [lot("B-1")], [lot("Y-2", line_number=1)])
    assert codes(first, second) == [("origin_not_traced", "B-1"), ("origin_not_traced", "B-2")]


def test_a_lot_a_step_puts_out_and_takes_in_itself_has_no_origin():
    assert codes(step(1, GIN, [lot("B-1")], [lot("B-1", line_number=1)])) == [("origin_not_traced", "B-1")]


@pytest.mark.parametrize(
    ("went_in", "came_out", "is_more"),
    [
        (("1", "t"), ("1000", "kg"), False),
        (("1", "t"), ("1000.001", "kg"), True),
        (("1000", "lb"), ("454", "kg"), True),
        (("1000", "lb"), ("453", "kg"), False),
        (("5", "rolls"), ("900", "kg"), False),
        ((None, ""), ("900", "kg"), False),
    ],
)
def test_more_out_than_in_is_told_where_both_were_weighed(went_in, came_out, is_more):
    made = step(1, GIN, [lot("C-1", *went_in, supplier=9)], [lot("B-1", *came_out, line_number=1)])
    assert (("more_out_than_in", "B-1") in codes(made)) is is_more


def test_the_balance_says_how_much():
    made = step(1, GIN, [lot("C-1", "1000", supplier=9)], [lot("B-1", "1200.5", line_number=1)])
    [found] = questions([made], lines=[1], sources=[], mass=MASS)
    assert found.sentence == (
        "More came out than went in: 1,200.5 kg from 1,000 kg, in the step that put out lot B-1."
    )


def test_what_was_made_before_its_input_is_named():
    gin = step(1, GIN, [], [lot("B-1")], made_on=date(2026, 5, 9))
    spinner = step(2, SPINNER, [lot("B-1")], [lot("Y-1", line_number=1)], made_on=date(2026, 5, 3))
    assert codes(gin, spinner) == [("made_before_input", "Y-1")]


def test_more_of_a_lot_cannot_go_on_than_came_out():
    gin = step(1, GIN, [], [lot("B-1", "1", "t")])
    uses = [step(key, SPINNER, [lot("B-1", "600")], [lot(f"Y-{key}", line_number=1)]) for key in (2, 3)]
    assert codes(gin, *uses) == [("more_used_than_made", "B-1")]
    assert codes(gin, uses[0]) == []


def test_rolls_of_one_lot_are_counted_without_knowing_their_weight():
    weaver = step(1, SPINNER, [], [lot("R-1", "10", "rolls")])
    sewer = step(2, SEWER, [lot("R-1", "11", "Rolls")], [lot("S-1", line_number=1)])
    assert codes(weaver, sewer) == [("more_used_than_made", "R-1")]


def test_two_makers_of_one_lot_contradict_each_other_once():
    assert codes(step(1, GIN, [], [lot("B-1", line_number=1)]), step(2, SPINNER, [], [lot("B-1", line_number=1)])) == [
        ("made_twice", "B-1")
    ]


def test_a_lot_that_leads_to_no_line_is_named_unless_its_maker_is_the_source():
    made = step(1, SEWER, [], [lot("S-1")])
    assert codes(made) == [("leads_nowhere", "S-1")]
    assert codes(made, sources=[SEWER]) == []
    assert codes(step(1, SEWER, [], [lot("S-1", line_number=4)])) == [("unknown_line", "S-1")]


def test_only_so_many_questions_are_told_one_by_one():
    many = [Question("origin_not_traced", str(number), f"Lot {number}.") for number in range(25)]
    told = in_sentences(many)
    assert (len(told), told[-1]) == (21, "LOTS: 5 more questions about lots.")
    assert in_sentences(many[:1]) == ["LOTS: Lot 0."]


def test_spaces_and_capitals_of_a_lot_number_do_not_count():
    assert same_lot(" ab-1 2") == same_lot("AB-12")
