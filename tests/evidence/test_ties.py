"""Ties between papers: which are taken together, what agrees, what breaks, and what is left open."""

from decimal import Decimal

import pytest

from evidence import reference
from evidence.domain.asking import asked_at
from evidence.domain.papers import CasePaper, PaperRead
from evidence.domain.ties import scope_of, ties_of
from evidence.services.proof_grids import ways_of
from tests.evidence.made_laid import CHAIN, SPINNER, field, invoice, laid, order, paper, payment


def ties(*papers, **more):
    case = laid(*papers, **more)
    asked = {
        one.key: [
            row.requirement
            for row in asked_at(one, case, reference.requirements(), reference.conditions())
            if row.holds != "no"
        ]
        for one in case.steps
    }
    return ties_of(case, asked, ways_of(case), reference.stands_for())


def tie(name, *papers, **more):
    return next(one for one in ties(*papers, **more) if one.field == name)


@pytest.mark.parametrize(
    ("ordered", "invoiced", "state"),
    [
        ("12000", "12000", "agrees"),
        ("12000", "13200", "agrees"),
        ("12000", "13201", "breaks"),
        ("12000", "3000", "agrees"),
    ],
)
def test_an_invoice_exceeds_its_order_by_a_tenth_at_most(ordered, invoiced, state):
    found = tie(
        "quantity",
        order(quantity=(ordered, "kg")),
        invoice(order_number="PO-77", quantity=(invoiced, "kg")),
    )
    assert (found.state, found.rule) == (state, "R1")


@pytest.mark.parametrize(("paid", "state"), [("54560", "agrees"), ("54300", "agrees"), ("54000", "breaks")])
def test_payments_equal_the_invoice_but_for_charges_of_the_bank(paid, state):
    found = tie("amount", invoice(total="54560", currency="USD"), payment(total=paid, currency="USD"))
    assert (found.state, found.rule) == (state, "R2")


def test_several_payments_of_one_invoice_are_added_up():
    parts = [payment(total=one, currency="USD") for one in ("50000", "4560")]
    found = tie("amount", invoice(total="54560", currency="USD"), *parts)
    assert found.state == "agrees"
    assert len(found.papers) == 3


@pytest.mark.parametrize("deposit_first", [True, False])
def test_a_payment_that_names_the_order_alone_is_part_of_what_was_paid(deposit_first):
    parts = [payment(total="50000", currency="USD")]
    deposit = payment(reference="PO-77", total="4560", currency="USD")
    parts.insert(0 if deposit_first else 1, deposit)
    found = ties(invoice(order_number="PO-77", total="54560", currency="USD"), order(), *parts)
    paid = [
        one for one in found if one.field == "amount" and set(one.pair) == {"COMMERCIAL_INVOICE", "PROOF_OF_PAYMENT"}
    ]
    assert [(one.state, len(one.papers)) for one in paid] == [("agrees", 3)]


def test_amounts_in_two_currencies_are_not_compared():
    found = tie("amount", invoice(total="54560", currency="USD"), payment(total="54560", currency="CNY"))
    assert found.state == "open"
    assert "without a guess" in found.words


def test_a_break_says_both_values_and_both_places():
    bill = paper("TRANSPORT_DOCUMENT", shipper="Baimu", consignee="Qinghe", invoice_number="INV-8841",
                 quantity=("14.1", "t"))  # fmt: skip
    found = tie("quantity", invoice(quantity=("12400", "kg")), bill)
    assert found.state == "breaks"
    assert "12,400 against 14,100 kg" in found.words
    assert [one.read.place.page for one in (*found.left, *found.right)] == [1, 1]
    assert {one.paper.key for one in (*found.left, *found.right)} == set(found.papers)


def test_a_payee_who_is_not_the_seller_breaks():
    found = tie("payee", invoice(), payment(payee="Tianshan Agency", seller="Baimu"))
    assert found.state == "breaks"
    assert "Tianshan Agency" in found.words


def test_lots_that_went_in_were_received():
    made = paper("PRODUCTION_RECORD", holder="Baimu", input_lot=["B-331", "B-332"])
    got = paper("INPUT_RECEIPT", holder="Baimu", lot=["B-331"])
    found = next(one for one in ties(made, got) if one.field == "lot" and "INPUT_RECEIPT" in one.pair)
    assert found.state == "breaks"
    assert "B-332" in found.words


def test_what_was_received_is_what_left_the_step_before():
    bill = paper("TRANSPORT_DOCUMENT", shipper="Baimu", consignee="Qinghe", document_number="WB-11",
                 quantity=("12400", "kg"), date="2026-06-20")  # fmt: skip
    got = paper("INPUT_RECEIPT", holder="Qinghe", bl_number="WB-11", quantity=("12400", "kg"), date="2026-06-10")
    found = {one.field: one for one in ties(bill, got)}
    assert (found["quantity"].state, found["date"].state) == ("agrees", "breaks")
    assert {found["quantity"].step, found["quantity"].other} == {"2", "3"}


def test_of_several_orders_the_one_is_meant_whose_number_is_named():
    one, other = order(quantity=("12000", "kg")), order(document_number="PO-78", quantity=("50", "kg"))
    found = [row for row in ties(one, other, invoice(order_number="PO-77", quantity=("12000", "kg")))]
    quantities = [row for row in found if row.field == "quantity"]
    assert [row.state for row in quantities] == ["agrees"]


def test_a_payment_of_one_of_two_invoices_on_an_order_is_held_against_that_one():
    one = invoice(document_number="INV-A1", order_number="PO-77", total="100", currency="USD")
    two = invoice(document_number="INV-B2", order_number="PO-77", total="900", currency="USD")
    paid = payment(reference="INV-A1", order_number="PO-77", total="100", currency="USD")
    amounts = [row for row in ties(one, two, paid) if row.field == "amount" and "PROOF_OF_PAYMENT" in row.pair]
    assert [row.state for row in amounts] == ["agrees"]


def test_a_number_nobody_bears_leaves_the_tie_open():
    found = ties(order(document_number="PO-1"), invoice(order_number="PO-77"))
    [loose] = [one for one in found if one.field == "" and one.pair == ("COMMERCIAL_INVOICE", "PURCHASE_ORDER")]
    assert loose.state == "open"
    assert "PO-77" in loose.words


def test_what_was_read_too_faintly_is_not_held_against_another_paper():
    found = ties(order(quantity=("12000", "kg"), confidence=0.3), invoice(order_number="PO-77", quantity=("99", "kg")))
    assert not [one for one in found if one.state == "breaks"]


def test_pieces_are_not_weighed():
    found = tie("quantity", order(quantity=("12000", "pcs")), invoice(order_number="PO-77", quantity=("12000", "kg")))
    assert found.state == "open"


def test_each_comparison_is_told_once():
    found = ties(order(quantity=("1", "kg")), invoice(order_number="PO-77", quantity=("1", "kg")))
    keys = [(frozenset(one.papers), one.field) for one in found]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("scope", "steps"),
    [
        ("same", ("3",)), ("up", ("stage-ginner",)), ("down", ("2",)), ("import", ("import",)), ("finished", ("1",)),
        ("package", ("package",)), ("raw", ()), ("garment maker", ("1",)), ("all", tuple(one.key for one in CHAIN)),
    ],
)  # fmt: skip
def test_a_scope_means_steps_of_the_chain(scope, steps):
    assert scope_of(laid(), SPINNER, scope) == steps


def test_papers_are_tied_to_what_the_system_has_on_record():
    made = paper("PRODUCTION_RECORD", holder="Baimu", output_lot="Y-031", output_quantity=("12400", "kg"))
    known = CasePaper(
        -1, 0, 0, "Lots declared for the shipment",
        PaperRead("SYS_OUTPUT_LOT", 1, 1, (field("lot", "Y-031", line=1), field("quantity", "9000", "kg", line=1))),
    )  # fmt: skip
    found = {one.field: one for one in ties(made, record={"3": (known,)}) if "SYS_OUTPUT_LOT" in one.pair}
    assert (found["lot"].state, found["quantity"].state) == ("agrees", "breaks")
    assert found["quantity"].right[0].paper.title == "Lots declared for the shipment"


def test_tariff_numbers_are_compared_in_the_digits_all_countries_share():
    entry = paper("ENTRY", hts="6109.10.0012")
    lines = CasePaper(-2, 0, 0, "Lines", PaperRead("SYS_HTS", 1, 1, (field("hts", "6109100040", line=1),)))
    assert tie("code", entry, record={"import": (lines,)}).state == "agrees"


def test_an_installation_may_set_its_own_tolerance(settings):
    settings.EVIDENCE_TOLERANCES = {"order_over": "0.5"}
    assert ways_of(laid()).tolerances["order_over"] == Decimal("0.5")
