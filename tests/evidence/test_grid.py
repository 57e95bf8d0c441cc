"""The cells of the proof grid: shown, weak, missing, contradicted, not applicable, each with its reason."""

import pytest

from evidence.domain.laid import Placement
from evidence.services.proof_grids import content_of
from tests.evidence.made_laid import CHAIN, GIN, KNITTER, invoice, laid, order, paper, payment


def cell(step, family, *papers, contradicted=None, **more):
    return content_of(laid(*papers, **more), contradicted or {})["cells"][step][family]


def test_a_paper_that_is_there_and_can_be_read_shows_its_cell():
    found = cell("3", "order", order())
    assert found["state"] == "shown"
    assert found["papers"][0]["problems"] == []
    assert "Purchase order" in found["reasons"][0]


def test_what_is_asked_and_not_there_is_missing():
    found = cell("3", "payment", order())
    assert found["state"] == "missing"
    assert found["reasons"] == ["Not in the file: proof of payment."]
    [item] = found["items"]
    assert (item["type"], item["source"]) == ("PROOF_OF_PAYMENT", "FAQ23; AUDIT24")


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ({"unread": (1,)}, "cannot be read"),
        ({"unread": (2,), "pages": 3}, "page 2 cannot be read"),
        ({"foreign": (1, 2), "pages": 2}, "pages 1, 2 have no English translation"),
    ],
)
def test_pages_that_cannot_be_read_show_nothing(problem, told):
    found = cell("3", "order", order(**problem))
    assert found["state"] == "weak"
    assert any(told in one for one in found["reasons"])


def test_a_blank_form_never_counts():
    one = order(blank=True)
    said = Placement(("3",), ("It is theirs.",), True, "Ruth Reviewer")
    assert cell("3", "order", one, persons={one.key: said})["state"] != "shown"
    assert cell("3", "order", order(blank=True))["state"] == "missing"


def test_half_of_what_is_asked_is_weak_and_says_the_other_half():
    found = cell("3", "production", paper("PRODUCTION_RECORD", holder="Baimu"))
    assert found["state"] == "weak"
    assert "mass balance" in found["reasons"][-1]


def test_papers_that_do_not_agree_contradict_each_other():
    papers = (invoice(total="100", currency="USD"), payment(total="50", currency="USD"))
    assert [cell("3", one, *papers)["state"] for one in ("invoice", "payment")] == ["contradicted", "contradicted"]


def test_an_alarm_on_a_paper_contradicts_its_cell():
    one = order()
    found = cell("3", "order", one, contradicted={one.key: ["The address differs."]})
    assert (found["state"], found["reasons"][0]) == ("contradicted", "The address differs.")


def test_a_stage_without_a_party_is_a_row_that_says_so():
    found = cell(GIN.key, "invoice")
    assert found["state"] == "missing"
    assert "No party is declared at this step." in found["reasons"]


def test_what_is_not_asked_at_a_step_is_not_applicable_with_its_reason():
    assert cell("3", "origin")["reasons"] == ["Nothing of this kind is asked at this step."]
    labour = cell("3", "labour")
    assert labour["state"] == "not_applicable"
    assert labour["reasons"][0].startswith("Asked only if: exception request")


def test_an_exception_request_asks_for_labour_records():
    assert cell("3", "labour", is_exception=True)["state"] == "missing"


def test_customs_papers_are_asked_where_goods_cross_a_border():
    states = {one.key: cell(one.key, "customs")["state"] for one in CHAIN if one.step}
    assert states == {"1": "missing", "2": "missing", "3": "not_applicable"}


def test_a_bill_of_lading_is_a_transport_document():
    got = paper("INPUT_RECEIPT", holder="Baimu")
    found = cell("3", "transport", paper("BILL_OF_LADING", shipper="Baimu", consignee="Qinghe"), got)
    assert found["state"] == "shown"


def test_a_placement_that_is_not_sure_is_weak():
    found = cell("3", "invoice", paper("COMMERCIAL_INVOICE", buyer=KNITTER.name))
    assert found["state"] == "weak"
    assert any("not sure" in one for one in found["reasons"])


def test_no_word_of_the_grid_says_that_goods_are_clear():
    words = str(content_of(laid(order(), invoice(order_number="PO-77")), {})).lower()
    assert "cleared" not in words
    assert " is clear" not in words
