"""Each rule finds what it is for, is silent where the papers agree, and says so where it lacks its input."""

from dataclasses import replace

import pytest

from evidence import reference
from evidence.domain.alarms import Said
from evidence.domain.rules import RULES, ChainFacts, Spent, Stage, check
from tests.evidence.made_papers import BUYER, SELLER, file, paper, sale


def codes(*papers, **more):
    """The codes of the contradictions of these papers."""
    return {one.code for one in check(file(*papers, **more)).alarms}


def only(code, *papers, **more):
    """The one alarm of a rule."""
    (alarm,) = RULES[code](file(*papers, **more)).alarms
    return alarm


def test_every_rule_is_told_in_words_and_every_word_has_its_rule():
    assert set(RULES) == set(reference.checks())
    deficiencies = {
        *("MISSING_TIER", "MISSING_PRODUCTION_RECORD", "MASS_BALANCE_FAIL", "UNLINKED_PO", "MISSING_PAYMENT"),
        *("PAYEE_MISMATCH", "MISSING_TRANSPORT", "UNTRANSLATED", "OVER_REDACTED", "UNSIGNED", "UNDATED"),
        *("ENTITY_UNIDENTIFIED", "NAME_MISMATCH", "DATE_DISORDER", "LOT_REUSED", "COMMINGLING_UNEXPLAINED"),
        *("NOT_SHIPMENT_SPECIFIC", "NO_INDEX", "ILLEGIBLE", "OPEN_INQUIRY", "AUDIT_NOT_CREDIBLE"),
    }
    assert len(deficiencies) == 21
    assert deficiencies | {f"R{number}" for number in range(1, 11)} <= set(RULES)


def test_a_sale_whose_papers_agree_raises_nothing():
    found = check(file(*sale()))
    assert found.alarms == ()
    assert {"R1", "R2", "R3", "R8", "PAYEE_MISMATCH"} <= {code for code, count in found.compared.items() if count}


def test_what_lacks_its_input_is_not_checked_rather_than_fine():
    alone = check(file(paper("PURCHASE_ORDER", "PO-1", seller=SELLER, date="2026-01-05")))
    assert {"R1", "R2", "R3", "R5", "R9"} <= set(alone.not_checked)


@pytest.mark.parametrize(
    ("code", "changed", "values"),
    [
        ("R1", {"order__quantity": ("800", "kg"), "order__amount": "1600"}, ("800 kg", "1,000 kg")),
        ("R1", {"order__unit_price": "1.8", "order__amount": "1800"}, ("1.8", "2")),
        ("R2", {"payment__total": "1500.00"}, ("2,000", "1,500")),
        ("R2", {"payment__currency": "EUR"}, ("USD", "EUR")),
        ("R3", {"waybill__quantity": ("900", "kg")}, ("1,000 kg", "900 kg")),
        ("R3", {"receipt__quantity": ("900", "kg")}, ("1,000 kg", "900 kg")),
        ("R8", {"order__date": "2026-01-15"}, ("2026-01-15", "2026-01-12")),
        ("R8", {"receipt__date": "2026-01-10"}, ("2026-01-13", "2026-01-10")),
        (
            "PAYEE_MISMATCH",
            {"payment__payee": "Golden Bridge Finance Limited"},
            (SELLER, "Golden Bridge Finance Limited"),
        ),
        ("NAME_MISMATCH", {"order__seller": "Sunrise Commodities Ltd."}, ("Sunrise Commodities Ltd.", SELLER)),
    ],
)
def test_a_sale_that_does_not_agree_says_both_values(code, changed, values):
    alarms = RULES[code](file(*sale(**changed))).alarms
    assert [tuple(one.text for one in alarm.says) for alarm in alarms][0] == values
    assert len({one.document for one in alarms[0].says}) == 2


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"order__quantity": ("950", "kg"), "order__amount": "1900"}, "within the contract tolerance"),
        ({"payment__total": "1992.00"}, "charges of the bank"),
        ({"waybill__quantity": ("0.99", "t")}, "loss in transit, another unit"),
        ({"payment__payee": "NANTONG HENGYUAN SPINNING COMPANY LIMITED"}, "another spelling"),
        ({"payment__payee": "南通恒源纺织有限公司"}, "another script cannot be compared"),
        ({"receipt__quantity": ("40", "bales")}, "bales are not weighed"),
    ],
)
def test_what_the_trade_allows_or_cannot_compare_is_no_alarm(changed, why):
    assert codes(*sale(**changed)) <= {"UNDATED"}, why


@pytest.mark.parametrize(
    ("code", "left_out"), [("UNLINKED_PO", 0), ("MISSING_PAYMENT", 2), ("MISSING_TRANSPORT", 3)]
)  # fmt: skip
def test_a_paper_that_is_missing_is_missed_at_the_invoice(code, left_out):
    papers = [one for at, one in enumerate(sale()) if at != left_out]
    assert only(code, *papers).says[0].title.endswith("(INV-2001)")


def made(number="WO-1", day="2026-02-01", lot="L-77", output="Y-1"):
    return paper(
        "PRODUCTION_RECORD",
        number,
        [
            {"input_lot": lot, "input_quantity": ("500", "kg")},
            {"output_lot": output, "output_quantity": ("400", "kg")},
        ],
        holder=BUYER,
        date=day,
    )


def test_lots_are_received_before_they_are_used():
    assert "no goods-received note" in only("R4", *sale(), made(lot="L-99")).sentence
    assert "received on 2026-01-16" in only("R4", *sale(), made(day="2026-01-10")).sentence
    assert RULES["R4"](file(*sale(), made())).alarms == []


def test_what_is_packed_was_made_and_before_it_left():
    packed = paper("PACKING_LIST", "PL-1", [{"lot": "Y-9"}], seller=BUYER, date="2026-02-20")
    assert only("R9", made(), packed).subject == "Y9"
    early = paper("PACKING_LIST", "PL-1", [{"lot": "Y-1"}], seller=BUYER, date="2026-01-20")
    assert "shipped on 2026-01-20, but made on 2026-02-01" in only("DATE_DISORDER", made(), early).sentence


def test_a_lot_is_made_once_and_a_copy_of_the_record_is_no_second_one():
    assert "two production records" in only("LOT_REUSED", made(), made("WO-2")).sentence
    assert RULES["LOT_REUSED"](file(made(), made())).alarms == []


def test_what_another_case_rests_on_is_for_the_office_alone():
    spent = (Spent("2026-0009", "L-77", "600", "kg"),)
    alarm = only("R6", *sale(), made(), chain=ChainFacts(spent=spent))
    assert alarm.office_only
    assert "with what 2026-0009 rests on, 1,100 kg" in alarm.sentence


def test_inputs_of_two_suppliers_are_explained():
    other = paper(
        "INPUT_RECEIPT", "GRN-6", [{"lot": "Q-1", "quantity": ("90", "kg")}], supplier="Horizon Bulk Pte. Ltd."
    )
    mixed = paper("PRODUCTION_RECORD", "WO-1", [{"input_lot": "L-77"}, {"input_lot": "Q-1"}], holder=BUYER)
    assert "Horizon Bulk" in only("COMMINGLING_UNEXPLAINED", *sale(), other, mixed).sentence
    statement = paper("SOURCE_MIX_STATEMENT", "SM-1", holder=BUYER)
    assert RULES["COMMINGLING_UNEXPLAINED"](file(*sale(), other, mixed, statement)).alarms == []


def test_stages_are_shown_and_record_what_they_make():
    stages = (Stage("spinner", (SELLER,)), Stage("cotton farm", ()), Stage("ginner", ("Weifang Ginning Co., Ltd.",)))
    found = RULES["MISSING_TIER"](file(*sale(), chain=ChainFacts(stages))).alarms
    assert {one.subject for one in found} == {"cotton farm", "ginner"}
    assert only("MISSING_PRODUCTION_RECORD", *sale(), chain=ChainFacts(stages)).subject == "spinner"


def test_pages_that_show_nothing_are_named():
    page = paper(
        "MILL_TEST_CERTIFICATE", "C-1", unreadable_pages=(1,), untranslated_pages=(1,), blacked_out_pages=(1,)
    )
    assert {"ILLEGIBLE", "UNTRANSLATED", "OVER_REDACTED"} <= codes(page)


def test_a_paper_whose_translation_names_it_is_translated():
    page = paper("VAT_INVOICE", "FP-7788", untranslated_pages=(1,))
    assert only("UNTRANSLATED", page).says[0].page == 1
    assert RULES["UNTRANSLATED"](file(page, paper("TRANSLATION", "TR-1", reference="FP-7788"))).alarms == []


def test_lines_that_are_no_goods_are_no_lots():
    lines = [{"lot": "Y-1", "quantity": ("400", "kg")}, {"lot": "INV-2001"}, {"lot": "Nantong"}]
    packed = paper("PACKING_LIST", "PL-1", lines, seller=BUYER, invoice_number="INV-2001")
    found = RULES["R9"](file(made(), packed))
    assert (found.compared, found.alarms) == (1, [])


def test_the_lines_count_where_a_figure_under_them_is_that_of_another_column():
    papers = sale()
    line = {"goods": "Yarn", "quantity": ("1000", "kg"), "amount": "2000.00"}
    papers[1] = paper(
        "COMMERCIAL_INVOICE",
        "INV-2001",
        [line],
        quantity=("2000", "kg"),
        order_number="PO-1001",
        total="2000.00",
    )
    assert RULES["R1"](file(*papers)).alarms == []


def test_a_page_of_no_paper_that_cannot_be_read_is_told():
    found = replace(file(*sale()), silent=[Said(3, 3, "Exhibit 3", 4, "Page 4")])
    assert [one.sentence for one in RULES["ILLEGIBLE"](found).alarms] == ["Page 4 of Exhibit 3 cannot be read."]


def test_a_certificate_names_the_goods_and_is_signed():
    certificate = paper("LOT_CERTIFICATE", "C-1", manufacturer=SELLER, origin="CN", date="2026-01-01", is_signed="no")
    assert {"NOT_SHIPMENT_SPECIFIC", "UNSIGNED"} <= codes(*sale(), certificate)
    named = paper("LOT_CERTIFICATE", "C-1", [{"lot": "L-77"}], manufacturer=SELLER, origin="CN", is_signed="yes")
    assert not {"NOT_SHIPMENT_SPECIFIC", "UNSIGNED"} & codes(*sale(), named)


def test_an_audit_is_by_another_and_not_in_xinjiang():
    own = paper(
        "CREDIBLE_AUDIT", "AR-1", holder=SELLER, auditor=SELLER, address="12 Jianguo Road, Korla, Xinjiang 841000"
    )
    assert {one.subject for one in RULES["AUDIT_NOT_CREDIBLE"](file(own)).alarms} == {"site", "auditor"}


def test_questions_have_answers():
    log = paper("CBP_INQUIRY_LOG", "Q-1", [{"question": "Which lots?", "answer": "L-77"}, {"question": "Whose gin?"}])
    assert only("OPEN_INQUIRY", log).sentence == "Question 2 has no answer: Whose gin?"


def test_the_index_and_the_papers_list_each_other():
    index = paper(
        "DOCUMENT_INDEX", "IDX-1", [{"listed_number": one} for one in ("PO-1001", "INV-2001", "TT-9", "GRN-5")]
    )
    assert only("R10", *sale(), index).subject == "WB3001"
    assert only("NO_INDEX", *sale(), *sale(order="PO-2", bill="INV-3", carried="WB-4")).sentence.startswith(
        "The file has 10"
    )


def test_address_and_number_of_a_firm_are_the_same_everywhere():
    licence = paper("ENTITY_PROFILE", "BL-1", holder=SELLER, address="Room 1203, 88 Central Plaza, Shenzhen 518000")
    assert [one.text for one in only("R7", *sale(), licence).says][0].startswith("12 Mill Road")
    spelt = paper("ENTITY_PROFILE", "BL-1", holder=SELLER, address="No. 12, Mill Rd., Nantong, Jiangsu 226000, China")
    assert RULES["R7"](file(*sale(), spelt)).alarms == []


@pytest.mark.parametrize(("moved", "alarms"), [("江苏省南通市工业路12号", 0), ("广东省深圳市中心广场88号", 1)])
def test_addresses_in_chinese_are_compared_with_each_other_though_english_ones_come_first(moved, alarms):
    native = "南通示例纺织有限公司"
    order = paper("PURCHASE_ORDER", "PO-9", seller=native, seller_address="江苏省南通市工业路12号")
    licence = paper("ENTITY_PROFILE", "BL-1", holder=native, address=moved)
    known = file(*sale(), order, licence, same_party=lambda one, other: {one, other} <= {SELLER, native})
    assert len(RULES["R7"](known).alarms) == alarms


def test_a_seller_that_no_paper_describes_is_not_identified():
    assert SELLER in only("ENTITY_UNIDENTIFIED", *sale(invoice__seller_address=None)).sentence


@pytest.mark.parametrize(("told", "alarms"), [(True, 0), (None, 0), (False, 1)])
def test_a_licence_in_another_script_identifies_a_firm_unless_the_chain_tells_that_it_is_another_firm_s(told, alarms):
    licence = paper("ENTITY_PROFILE", "BL-1", holder="示例织造有限公司", address="江苏省南通市工业路12号")
    papers = *sale(invoice__seller_address=None), licence
    known = file(*papers, same_party=lambda one, other: told if one != other else True)
    assert len(RULES["ENTITY_UNIDENTIFIED"](known).alarms) == alarms


def test_an_invoice_without_a_date_is_undated_only_where_enough_of_it_was_read():
    assert only("UNDATED", *sale(invoice__date=None)).says[0].title.endswith("(INV-2001)")
    assert RULES["UNDATED"](file(paper("COMMERCIAL_INVOICE", "INV-1", seller=SELLER))).compared == 0


@pytest.mark.parametrize(
    ("code", "head", "lines"),
    [
        ("TOTAL_AND_LINES", {"total": "30418.36"}, [{"amount": "20000"}, {"amount": "9847.38"}]),
        ("LINE_PRODUCT", {}, [{"quantity": "100", "unit_price": "5", "amount": "700"}]),
        ("NET_OVER_GROSS", {"net_weight": ("520", "kg"), "gross_weight": ("500", "kg")}, []),
        (
            "WEIGHT_AND_LINES",
            {"net_weight": ("520", "kg")},
            [{"net_weight": ("300", "kg")}, {"net_weight": ("100", "kg")}],
        ),
    ],
)
def test_figures_within_one_paper_add_up(code, head, lines):
    assert only(code, paper("COMMERCIAL_INVOICE", "INV-1", lines, **head)).code == code


@pytest.mark.parametrize(
    ("code", "name", "ours", "theirs"),
    [
        ("WEIGHTS_DIFFER", "gross_weight", ("1020", "kg"), ("1100", "kg")),
        ("CONTAINER_DIFFERS", "container_number", "CSQU3054383", "TEMU1000090"),
        ("PORT_DIFFERS", "port_of_discharge", "Los Angeles", "Tacoma"),
        ("PORT_DIFFERS", "port_of_discharge", "Tacoma, WA", "萨凡纳"),
        ("PORT_DIFFERS", "port_of_loading", "中国青岛港", "Port of Ningbo"),
        ("ORIGIN_DIFFERS", "origin", "CN", "VN"),
    ],
)
def test_two_papers_of_one_consignment_say_the_same(code, name, ours, theirs):
    invoice = paper("COMMERCIAL_INVOICE", "INV-1", **{name: ours})
    assert [
        one.document
        for one in only(code, invoice, paper("PACKING_LIST", "PL-1", invoice_number="INV-1", **{name: theirs})).says
    ] == [1, 2]
    same = paper("PACKING_LIST", "PL-1", invoice_number="INV-1", **{name: ours})
    assert RULES[code](file(invoice, same)).alarms == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Savannah, GA, USA", "萨凡纳"),
        ("Yantian", "深圳"),
        ("YANGSHAN PORT, SHANGHAI", "上海港"),
        ("Port of Qingdao", "Tsingtao"),
        ("Exampleport", "示例港"),
    ],
)
def test_a_port_is_the_same_in_either_script_and_by_its_harbours(ours, theirs):
    invoice = paper("COMMERCIAL_INVOICE", "INV-1", port_of_loading=ours)
    packing = paper("PACKING_LIST", "PL-1", invoice_number="INV-1", port_of_loading=theirs)
    assert RULES["PORT_DIFFERS"](file(invoice, packing)).alarms == []


def test_the_paper_that_stands_alone_is_set_against_the_declaration():
    lists = [
        paper(kind, number, [{"part": "P-1", "quantity": (first, "pcs")}, {"part": "P-2", "quantity": ("5", "pcs")}])
        for kind, number, first in (
            ("PACKING_LIST", "PL-1", "1002"),
            ("COMMERCIAL_INVOICE", "INV-1", "2"),
            ("EXPORT_DECLARATION", "ED-1", "2"),
        )
    ]
    alarm = only("PART_QUANTITY", *lists)
    assert [(one.text, one.document) for one in alarm.says] == [("1,002", 1), ("2", 3)]
    assert [one.document for one in alarm.also] == [2]
    agreed = RULES["PART_QUANTITY"](file(*lists)).agreements
    assert "2 of 2 parts agree" in agreed[-1].sentence


def test_the_fingerprint_is_that_of_values_and_places():
    one, again = only("R2", *sale(payment__total="1500.00")), only("R2", *sale(payment__total="1500.00"))
    other = only("R2", *sale(payment__total="1400.00"))
    assert one.fingerprint == again.fingerprint != other.fingerprint


def test_a_tolerance_of_the_installation_counts():
    assert RULES["R2"](file(*sale(payment__total="1900.00"), tolerances={"bank_charges": 1})).alarms == []


def test_a_payment_that_names_the_order_alone_is_part_of_what_was_paid():
    order, invoice, payment, *others = sale(total="2000.00")
    deposit = paper("PROOF_OF_PAYMENT", reference="PO-1001", total="500.00", currency="USD", payee=SELLER)
    rest = paper("PROOF_OF_PAYMENT", reference="INV-2001", total="1500.00", currency="USD", payee=SELLER)
    assert not {"R2", "MISSING_PAYMENT"} & set(codes(order, invoice, deposit, rest, *others))
    assert "R2" in codes(order, invoice, rest, *others)


def test_a_sentence_that_ends_in_the_name_of_a_firm_has_one_full_stop():
    papers = sale()
    papers[2] = paper("PROOF_OF_PAYMENT", reference="INV-2001", payee="Ocean Pearl Holdings Ltd.", total="2000.00")
    [alarm] = [one for one in check(file(*papers)).alarms if one.code == "PAYEE_MISMATCH"]
    assert alarm.sentence.endswith("the money went to Ocean Pearl Holdings Ltd.")
