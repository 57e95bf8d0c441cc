"""To which step a paper belongs: by parties, else by numbers and lots; never by a guess."""

from evidence.domain.laid import Placement
from tests.evidence.made_laid import invoice, laid, order, paper, payment


def placed(case, one):
    return case.placed[one.key].steps


def test_a_sale_belongs_to_the_step_that_sells():
    one, two, three = invoice(), order(), payment()
    case = laid(one, two, three)
    assert [placed(case, each) for each in (one, two, three)] == [("3",)] * 3
    assert case.placed[one.key].why == ("It names Baimu.",)


def test_a_sale_to_the_importer_belongs_to_the_importation_too():
    one = invoice(seller="Lotus", buyer="Harbor")
    assert placed(laid(one), one) == ("1", "import")


def test_a_receipt_belongs_to_who_received():
    one = paper("INPUT_RECEIPT", holder="Qinghe", supplier="Baimu")
    assert placed(laid(one), one) == ("2",)


def test_a_paper_of_production_belongs_to_who_made():
    one = paper("PRODUCTION_RECORD", manufacturer="Baimu")
    assert placed(laid(one), one) == ("3",)


def test_where_only_the_buyer_is_named_the_one_step_before_it_is_meant():
    one = paper("COMMERCIAL_INVOICE", buyer="Qinghe")
    case = laid(one)
    assert placed(case, one) == ("3",)
    assert not case.placed[one.key].is_sure


def test_a_seller_outside_the_chain_is_named_and_nothing_is_guessed():
    one = invoice(seller="Tianshan Agency")
    case = laid(one)
    assert placed(case, one) == ()
    assert case.placed[one.key].why == ("It names Tianshan Agency, who is no party of the chain.",)


def test_a_paper_without_parties_follows_the_number_it_bears():
    one, two = invoice(), paper("TRANSPORT_DOCUMENT", invoice_number="inv 8841")
    case = laid(one, two)
    assert placed(case, two) == ("3",)
    assert "INV-8841" in case.placed[two.key].why[0] or "inv 8841" in case.placed[two.key].why[0]


def test_a_paper_without_parties_follows_its_lot():
    one = paper("PRODUCTION_RECORD", holder="Baimu", output_lot="Y-031")
    two = paper("LOT_CERTIFICATE", lot="Y-031")
    assert placed(laid(one, two), two) == ("3",)


def test_a_number_on_papers_of_several_steps_tells_nothing():
    one = order(document_number="PO-9", seller="Baimu")
    two = order(document_number="PO-9", seller="Qinghe", buyer="Lotus")
    three = paper("TRANSPORT_DOCUMENT", order_number="PO-9")
    case = laid(one, two, three)
    assert placed(case, three) == ()
    assert "several steps" in case.placed[three.key].why[-1]


def test_a_blank_form_and_an_unknown_kind_belong_nowhere():
    one, two = invoice(blank=True), paper("", seller="Baimu")
    case = laid(one, two)
    assert [placed(case, each) for each in (one, two)] == [(), ()]


def test_what_a_person_said_stands():
    one = invoice()
    said = Placement(("2",), ("The goods are fabric.",), True, "Ruth Reviewer")
    assert laid(one, persons={one.key: said}).placed[one.key] == said


def test_a_buyer_the_chain_does_not_show_is_told():
    one = invoice(buyer="Lotus")
    assert "the chain shows no such link" in laid(one).placed[one.key].why[-1]


def test_who_delivers_and_who_is_delivered_to_is_asked_of_the_chain():
    case = laid()
    assert (case.up("2"), case.down("2")) == (("3",), ("1",))
