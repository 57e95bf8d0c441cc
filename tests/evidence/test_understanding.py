"""Papers told apart, told by type, and read field by field, on pages made here."""

from dataclasses import replace

import pytest

from evidence.domain.papers import Box, Cell, PageContent, Table, Word
from evidence.understanding import read_as, understand


def page(text, number=1):
    return PageContent(number, text)


def sheet(*rows, label="Sheet1", number=1):
    cells = tuple(
        tuple(Cell(str(text), ref=f"{chr(65 + column)}{row}") for column, text in enumerate(line))
        for row, line in enumerate(rows, start=1)
    )
    text = "\n".join("\t".join(map(str, line)) for line in rows)
    return PageContent(number, text, tables=(Table(cells),), label=label)


def laid_out(*lines, number=1):
    """A page of words with boxes: each line is a list of (left edge in percent, text)."""
    words = []
    for row, runs in enumerate(lines):
        for left, text in runs:
            at = left / 100
            for word in text.split():
                words.append(Word(word, Box(at, 0.04 + 0.02 * row, at + 0.009 * len(word), 0.052 + 0.02 * row)))
                at += 0.009 * (len(word) + 1)
    text = "\n".join("  ".join(text for _, text in runs) for runs in lines)
    return PageContent(number, text, tuple(words))


def values(paper):
    return {one.name: one.value for one in paper.fields if one.line is None}


# -- types ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PURCHASE ORDER\nPO No.: 4711\nVendor: Alpha Mills Ltd", "PURCHASE_ORDER"),
        ("采购合同\n合同编号：HT-2025-08\n供方：示例棉业有限公司\n需方：示例纺织有限公司", "PURCHASE_ORDER"),
        ("PROFORMA INVOICE\nNo.: 12", "PROFORMA_INVOICE"),
        ("商业发票\n发票号：F-1", "COMMERCIAL_INVOICE"),
        ("Rechnung\nRechnungsnummer: 9\nGesamtbetrag 10,00 EUR", "COMMERCIAL_INVOICE"),
        ("浙江增值税专用发票\n发票代码 3300\n价税合计 (小写) ¥113.00", "VAT_INVOICE"),
        ("装箱单\n毛重 净重 件数", "PACKING_LIST"),
        ("OCEAN BILL OF LADING\nShipper\nConsignee\nPort of Loading", "BILL_OF_LADING"),
        ("货物运单\n托运人 承运人", "TRANSPORT_DOCUMENT"),
        ("入库单\n仓库 验收人", "INPUT_RECEIPT"),
        ("网上银行电子回单\n付款人 收款人 交易金额", "PROOF_OF_PAYMENT"),
        ("CERTIFICATE OF ORIGIN\nExporter", "ORIGIN_DECLARATION"),
        ("MILL TEST CERTIFICATE\nHeat No. Yield strength", "MILL_TEST_CERTIFICATE"),
        ("中华人民共和国海关出口货物报关单", "EXPORT_DECLARATION"),
        ("营业执照\n统一社会信用代码 法定代表人", "ENTITY_PROFILE"),
        ("BALE LIST\nBale No. Micronaire", "BALE_LIST"),
        ("STOCK LEDGER\nOpening balance Closing balance", "INVENTORY_LEDGER"),
        ("考勤表\n员工 出勤 加班", "LABOUR_RECORD"),
        ("CERTIFICATE OF TRANSLATION ACCURACY\nI am competent to translate", "TRANSLATION_ATTESTATION"),
    ],
)
def test_a_paper_is_told_by_its_heading_and_its_words(text, code):
    (paper,) = understand([page(text)])
    assert paper.type == code
    assert paper.reasons[0].startswith("headed")


def test_what_is_no_paper_of_trade_has_no_type():
    (paper,) = understand([page("Dear Sir,\nthank you for your visit last week. The weather was fine.")])
    assert paper.type == ""


def test_a_list_of_enclosures_is_none_of_them():
    text = "TRANSMITTAL LETTER\nEnclosed:\nBILL OF LADING   3 ORIGINALS\nPACKING LIST   1 ORIGINALS"
    assert [one.type for one in understand([page(text)])] == ["COVER_LETTER"]


# -- packs ---------------------------------------------------------------------------------------------------------


def ranges(*texts):
    papers = understand([page(text, number) for number, text in enumerate(texts, start=1)])
    return [(one.type, one.first_page, one.last_page) for one in papers]


def test_a_pack_is_parted_at_headings_and_pages_that_count_on_stay_together():
    found = ranges(
        "COMMERCIAL INVOICE\nInvoice No.: 1\nPage 1 of 2",
        "Further items\nPage 2 of 2",
        "PACKING LIST\nPacking List No.: 7",
        "Terms and conditions of carriage, without a heading of their own",
        "CERTIFICATE OF ORIGIN\nNo.: 8",
    )
    assert found == [("COMMERCIAL_INVOICE", 1, 2), ("PACKING_LIST", 3, 4), ("ORIGIN_DECLARATION", 5, 5)]


def test_the_same_heading_with_another_number_begins_another_paper():
    found = ranges("COMMERCIAL INVOICE\nInvoice No.: A-1", "COMMERCIAL INVOICE\nInvoice No.: A-2")
    assert [(first, last) for _, first, last in found] == [(1, 1), (2, 2)]


def test_a_copy_with_the_same_number_belongs_to_the_paper():
    assert ranges("BILL OF LADING\nB/L No.: X-77", "BILL OF LADING\nB/L No.: X-77\nCOPY") == [("BILL_OF_LADING", 1, 2)]


def test_the_label_of_another_paper_s_number_is_no_heading_though_a_scan_shows_it_larger():
    invoice = laid_out([(10, "Commercial Invoice")], [(10, "Invoice No.:"), (40, "INV-1")], [(10, "Total: 5.00 USD")])
    plain = laid_out(
        *([(10, "Packing List")], [(10, "Packing List No.:"), (40, "PL-1")], [(10, "Invoice No.:")], [(40, "INV-1")]),
        number=2,
    )
    larger = tuple(
        replace(one, box=replace(one.box, bottom=one.box.bottom + 0.002)) if one.text in ("Invoice", "No.:") else one
        for one in plain.words
    )
    found = understand([invoice, replace(plain, words=larger)])
    assert [(one.type, one.first_page) for one in found] == [("COMMERCIAL_INVOICE", 1), ("PACKING_LIST", 2)]


def test_each_sheet_with_something_on_it_is_a_paper():
    pages = [sheet(["Commercial Invoice"], ["Invoice No.:", "5"]), PageContent(2, "", label="Sheet2")]
    assert [(one.first_page, one.last_page) for one in understand(pages)] == [(1, 1)]


# -- blank forms ---------------------------------------------------------------------------------------------------


FORM = """CERTIFICATE OF ORIGIN
1. Exporter ____________________
2. Consignee ____________________
3. Port of Loading ______________
4. Country of origin ____________
5. Invoice No. __________________
6. Gross weight _________________
Date: ____________  Signature: ____________"""


def test_a_form_nobody_filled_in_says_nothing():
    (paper,) = understand([page(FORM)])
    assert (paper.is_blank_form, paper.fields) == (True, ())


def test_a_form_that_is_filled_in_is_none():
    text = FORM.replace("Date: ____________", "Date: 3 May 2025").replace(
        "Invoice No. __________________", "Invoice No. KX-51"
    )
    (paper,) = understand([page(text)])
    assert paper.is_blank_form is False


# -- fields --------------------------------------------------------------------------------------------------------


def test_a_value_stands_beside_or_below_its_label():
    content = laid_out(
        [(40, "COMMERCIAL INVOICE")],
        [(5, "Seller"), (50, "Invoice No."), (75, "Date")],
        [(5, "Example Spinning Co., Ltd."), (50, "KX-2025/17"), (75, "5 June 2025")],
        [(5, "88 Mill Road, Exampletown"), (50, "Currency: USD")],
        [(5, "Buyer:"), (20, "Harbor Example LLC")],
    )
    (paper,) = understand([content])
    assert values(paper) | {
        "seller": "Example Spinning Co., Ltd.", "document_number": "KX-2025/17", "date": "2025-06-05",
        "buyer": "Harbor Example LLC", "currency": "USD",
    } == values(paper)  # fmt: skip


def test_a_field_knows_its_box():
    (paper,) = understand([laid_out([(40, "INVOICE")], [(5, "Invoice No.: KX-17")])])
    one = paper.one("document_number")
    assert one is not None
    assert (one.value, one.place.page, round(one.place.box.left, 3)) == ("KX-17", 1, 0.167)


def test_a_word_read_with_doubt_makes_the_field_doubtful():
    words = [
        Word(w.text, w.box, 0.5 if w.text == "KX-17" else 1.0)
        for w in laid_out([(40, "INVOICE")], [(5, "Invoice No.: KX-17")]).words
    ]
    (paper,) = understand([PageContent(1, "INVOICE\nInvoice No.: KX-17", tuple(words))])
    assert paper.one("document_number").confidence < 0.5


def test_a_fapiao_names_the_buyer_above_and_the_seller_below():
    content = laid_out(
        [(35, "增值税专用发票"), (70, "开票日期：2025年03月04日")],
        [(10, "名称：示例购货有限公司")],
        [(10, "纳税人识别号：91320000MA1EXAMPL0")],
        [(10, "价税合计（小写）¥1,130.00")],
        [(10, "名称：示例销货有限公司")],
        [(70, "发票号码 01234567")],
    )
    (paper,) = understand([content])
    assert values(paper) | {
        "buyer": "示例购货有限公司", "seller": "示例销货有限公司", "document_number": "01234567", "date": "2025-03-04",
        "total": "1130.00", "currency": "CNY",
    } == values(paper)  # fmt: skip


MT103 = """{1:F01AAAAUS33AXXX0000000000}{4:
:20:REF-0815
:32A:250607USD52836,50
:50K:/123456789012
EXAMPLE BUYER LLC
1 HARBOR STREET
:59:/998877665544
EXAMPLE SILICON CO LTD
:70:INVOICE KX-17
:71A:SHA
-}"""


def test_a_payment_by_swift_is_read_by_its_tags_and_accounts_are_masked():
    (paper,) = understand([page(MT103)])
    assert values(paper) == {
        "document_number": "REF-0815", "date": "2025-06-07", "currency": "USD", "total": "52836.50",
        "payer": "EXAMPLE BUYER LLC", "payee": "EXAMPLE SILICON CO LTD", "bank_account": "••••••••5544",
        "reference": "INVOICE KX-17",
    }  # fmt: skip


def test_several_payments_on_one_page_are_several_papers():
    second = MT103.replace("REF-0815", "REF-0816").replace("52836,50", "100,")
    assert [one.value("total") for one in understand([page(MT103 + second)])] == ["52836.50", "100"]


def test_a_date_of_another_act_is_not_the_date_of_the_paper():
    (paper,) = understand(
        [page("COMMERCIAL INVOICE\nDue Date: 2 May 2025\nInvoice Date: 1 April 2025\nETA: 9 May 2025")]
    )
    assert paper.value("date") == "2025-04-01"


def test_the_total_is_what_net_and_tax_add_up_to():
    text = "INVOICE\nInvoice No.: 1\nSubtotal: 100.00\nSales tax: 10.00\nTotal: 110.00\nAmount due: 610.00"
    assert understand([page(text)])[0].value("total") == "110.00"


def test_a_person_may_say_which_type_pages_are():
    paper = read_as(
        [page("Received by: Example Ginning Co., Ltd.\nSupplier: Example Growers Ltd.\nNo.: G-5")], "INPUT_RECEIPT"
    )
    assert values(paper) | {"holder": "Example Ginning Co., Ltd.", "supplier": "Example Growers Ltd."} == values(paper)


def scan(*lines, marks=(), tables=()):
    """The same page as a machine read it from a picture, with the ink that is no word and the ruled cells."""
    page = laid_out(*lines)
    words = tuple(Word(word.text, word.box, 0.99) for word in page.words)
    return PageContent(1, page.text, words, tables, marks=marks)


def test_a_label_in_two_tongues_is_known_by_the_one():
    [paper] = understand([laid_out([(40, "Audit Report")], [(8, "稽核编码 Report No."), (40, "AR515841")])])
    assert values(paper)["document_number"] == "AR515841"


def test_a_number_that_begins_like_a_label_is_a_number():
    [paper] = understand([page("采购订单\n订单号 PO-649549\n订单日期 2025年8月7日")])
    assert values(paper)["document_number"] == "PO-649549"


def test_the_number_of_a_house_is_no_number_of_a_paper():
    [paper] = understand(
        [
            laid_out(
                [(8, "Business Licence")], [(8, "Registered Address"), (40, "No. 12 Jianguo Road, Korla, Xinjiang")]
            )
        ]
    )
    assert values(paper)["address"] == "No. 12 Jianguo Road, Korla, Xinjiang"
    assert "document_number" not in values(paper)


def test_a_name_and_an_address_go_on_below_where_their_line_ends():
    [paper] = understand(
        [
            laid_out(
                [(8, "Audit Report")],
                [(8, "Audited Company: Weifang Hengyuan Cotton Ginning Co.,"), (62, "Report No.: AR-7")],
                [(8, "Ltd.")],
                [(8, "Site Address: No. 324 Binhe Road, Weifang, Shandong"), (62, "Date: 2025-07-30")],
                [(8, "261000, China")],
            )
        ]
    )
    said = values(paper)
    assert said["holder"] == "Weifang Hengyuan Cotton Ginning Co., Ltd."
    assert said["address"] == "No. 324 Binhe Road, Weifang, Shandong 261000, China"


def test_one_doubtful_letter_makes_no_name_doubtful_but_a_number():
    words = [
        ("Seller: ", 1.0),
        ("Alpha", 0.5),
        ("Spinning", 1.0),
        ("Ltd", 1.0),
        ("Invoice", 1.0),
        ("No:", 1.0),
        ("7712", 0.5),
    ]
    boxes = [
        Box(0.1 * at, 0.1 if at < 4 else 0.2, 0.1 * at + 0.09, 0.11 if at < 4 else 0.21) for at in range(len(words))
    ]
    read = [Word(text.strip(), box, sure) for (text, sure), box in zip(words, boxes, strict=True)]
    paper = read_as(
        [PageContent(1, "INVOICE\nSeller: Alpha Spinning Ltd\nInvoice No: 7712", tuple(read))], "COMMERCIAL_INVOICE"
    )
    assert paper.one("seller").confidence > 0.65
    assert paper.one("document_number").confidence < 0.5


SIGNATURE = [(8, "CERTIFICATE OF ORIGIN")], [(8, "Exporter: Alpha Mills Ltd")], [(8, "Authorized Signature:")]


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ((), "no"),
        ((Box(0.3, 0.07, 0.4, 0.1),), None),  # a signature on the line
        ((Box(0.6, 0.5, 0.75, 0.6),), None),  # a seal elsewhere
        ((Box(0.8, 0.01, 0.83, 0.02),), "no"),  # a speck at the head of the page
    ],
)
def test_a_scan_is_unsigned_where_no_ink_stands_by_the_label(marks, said):
    [paper] = understand([scan(*SIGNATURE, marks=marks)])
    assert values(paper).get("is_signed") == said


def test_of_a_scan_whose_ink_nobody_looked_at_nothing_is_said():
    [paper] = understand([scan(*SIGNATURE, marks=None)])
    assert "is_signed" not in values(paper)


def test_a_mark_across_a_paper_is_no_seller():
    [paper] = understand(
        [page("DEMONSTRATION - this paper is invented\n\nREMITTANCE ADVICE\nPayee: Alpha Mills Ltd\nAmount: USD 9.50")]
    )
    assert "seller" not in values(paper) or values(paper)["seller"] == "Alpha Mills Ltd"


def test_the_amount_of_a_payment_is_its_total_beyond_doubt():
    [paper] = understand(
        [
            laid_out(
                [(8, "Remittance Advice")], [(8, "Amount"), (40, "54,560.00")], [(8, "Payee"), (40, "Alpha Mills Ltd")]
            )
        ]
    )
    assert paper.one("total").value == "54560.00"
    assert paper.one("total").confidence > 0.7


# -- lines of goods ------------------------------------------------------------------------------------------------

HEAD = [
    "S/N",
    "Part Number",
    "Commodity Description",
    "Quantity",
    "Unit",
    "Unit Price (CIF, USD)",
    "Total Amount (CIF, USD)",
]
ROWS = [
    [1, "E100.1", "Milling cutter", 500, "PCS", "0.7318", "365.9"],
    [2, "E100.2", "Motor", 3, "PCS", "27.5", "82.5"],
]


def lines(paper):
    return [
        {
            name: one.value
            for name, one in line.items()
            if name in ("part", "goods", "quantity", "unit_price", "amount")
        }
        for _, line in paper.lines()
    ]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5, 6], [6, 2, 5, 1, 0, 4, 3], [4, 3, 0, 6, 1, 5, 2]])
def test_lines_are_read_whatever_the_order_of_columns(order):
    rows = [[row[column] for column in order] for row in (HEAD, *ROWS, ["TTL:", "", "", 503, "", "", "448.4"])]
    (paper,) = understand([sheet(["Commercial Invoice"], *rows, label="Tabelle1")])
    assert lines(paper)[0] == {
        "part": "E100.1", "goods": "Milling cutter", "quantity": "500", "unit_price": "0.7318", "amount": "365.9"
    }  # fmt: skip
    assert len(lines(paper)) == 2


def test_the_sum_under_a_table_speaks_for_the_paper():
    (paper,) = understand([sheet(["Commercial Invoice"], HEAD, *ROWS, ["TTL:", "", "", 503, "", "", "448.4"])])
    assert (paper.value("total"), paper.value("quantity"), paper.value("currency")) == ("448.4", "503", "USD")


def test_a_sum_nobody_named_counts_where_it_is_the_sum():
    right = understand([sheet(["Commercial Invoice"], HEAD, *ROWS, ["", "", "", 503, "", "", "448.4"])])[0]
    wrong = understand([sheet(["Commercial Invoice"], HEAD, *ROWS, ["", "", "", 999, "", "", "777.7"])])[0]
    assert (right.value("total"), wrong.value("total")) == ("448.4", "")


def test_a_cell_is_named_by_its_reference():
    (paper,) = understand([sheet(["Packing List"], HEAD, *ROWS)])
    _, line = next(paper.lines())
    assert (line["part"].place.cell, line["quantity"].place.cell) == ("B3", "D3")


def test_a_second_row_of_heads_names_what_the_first_leaves_open():
    (paper,) = understand([
        sheet(["采购装箱单"], ["Part Number", "Quantity", ""], ["料号", "数量", "采购单价(不含税)"], ["A-1", 12, 3.5]),
    ])  # fmt: skip
    assert lines(paper) == [{"part": "A-1", "quantity": "12", "unit_price": "3.5"}]


def test_words_set_close_together_go_under_their_columns():
    content = laid_out(
        [(40, "PACKING LIST")],
        [(5, "Part No."), (16, "Description"), (30, "Lot No."), (40, "Quantity")],
        [(5, "LI-1304"), (16, "Lint cotton"), (30, "WHC-8088"), (40, "28,470 kg")],
    )
    (paper,) = understand([content])
    _, line = next(paper.lines())
    found = {name: (one.value, one.unit) for name, one in line.items()}
    assert found == {
        "part": ("LI-1304", ""), "goods": ("Lint cotton", ""), "lot": ("WHC-8088", ""), "quantity": ("28470", "kg")
    }  # fmt: skip


def test_a_stock_book_tells_in_from_out():
    head = ["Lot No.", "Opening Balance", "Qty In", "Qty Out", "Closing Balance"]
    (paper,) = understand([sheet(["Stock Ledger"], head, ["L-1", "0 kg", "9,566 kg", "9,279 kg", "287 kg"])])
    _, line = next(paper.lines())
    assert {name: one.value for name, one in line.items()} == {
        "lot": "L-1", "opening": "0", "received": "9566", "issued": "9279", "closing": "287"
    }  # fmt: skip


def test_a_sheet_named_as_a_receipt_is_one_and_what_was_received_is_its_quantity():
    rows = [["Lot", "Yarn", "kg received", "Date"], [31, "melange cotton", 12400, "2026-06-29"]]
    [paper] = understand([sheet(*rows, label="GRN-19")])
    assert (paper.type, paper.value("document_number")) == ("INPUT_RECEIPT", "GRN-19")
    [(_, line)] = paper.lines()
    assert (line["lot"].value, line["quantity"].value, line["quantity"].unit) == ("31", "12400", "kg")


def test_an_index_lists_numbers_and_titles():
    page = laid_out(
        [(8, "INDEX OF DOCUMENTS")], [(8, "Number"), (30, "Title")], [(8, "PO-668587"), (30, "Purchase order")]
    )
    [paper] = understand([page])
    assert [one.value for one in paper.all("listed_number")] == ["PO-668587"]


def test_a_question_ends_where_the_answer_begins_though_they_stand_close():
    [paper] = understand(
        [
            laid_out(
                [(8, "CBP Inquiry Log")],
                [(8, "Question"), (42, "Answer")],
                [(8, "Which lots are in this entry?"), (42, "See the packing list.")],
                [(8, "Who carried the goods to the port??"), (42, "The carrier of the waybill.")],
            )
        ]
    )
    assert [one.value for one in paper.all("answer")] == ["See the packing list.", "The carrier of the waybill."]


def test_a_unit_to_which_the_next_number_was_joined_is_parted_from_it():
    page = scan(
        [(8, "Commercial Invoice")],
        [(8, "Item No."), (24, "Description"), (40, "Quantity"), (52, "Unit Price"), (76, "Amount")],
        [(8, "CO-299406"), (24, "Cotton yarn"), (42, "14,349 kg3.40"), (76, "48,786.60")],
    )
    [(_, line)] = understand([page])[0].lines()
    assert (line["quantity"].value, line["quantity"].unit, line["unit_price"].value) == ("14349", "kg", "3.40")


def test_figures_that_agree_confirm_each_other_however_faint():
    head = [(8, "Commercial Invoice")], [(8, "Item No."), (30, "Quantity"), (52, "Unit Price"), (76, "Amount")]
    page = scan(*head, [(8, "CO-299406"), (30, "14,349 kg"), (52, "3.40"), (76, "48,786.60")])
    faint = [Word(one.text, one.box, 0.5) if one.text == "3.40" else one for one in page.words]
    for words, sure in ((faint, True), ([one for one in faint if one.text != "48,786.60"], False)):
        [(_, line)] = understand([PageContent(1, page.text, tuple(words))])[0].lines()
        assert (line["unit_price"].confidence > 0.6) == sure


def test_a_heading_that_is_a_number_is_that_of_the_paper():
    [paper] = understand(
        [page("COMMERCIAL INVOICE INV-8841\nSeller: Alpha Mills Ltd\nBuyer: Beta Knits Ltd\nDate: 2026-06-11")]
    )
    assert (paper.type, paper.value("document_number")) == ("COMMERCIAL_INVOICE", "INV-8841")


def test_in_a_list_of_labels_the_value_stands_beside_and_not_below():
    lines = (
        [(8, "Business Licence")],
        [(8, "Registered Address"), (40, "88 Mill Road, Nantong")],
        [(8, "Date of Foundation"), (40, "2017-03-04")],
    )
    assert values(understand([laid_out(*lines)])[0])["address"] == "88 Mill Road, Nantong"


def test_what_stands_in_a_ruled_list_under_the_goods_is_no_further_line_of_them():
    rows = (
        (("品名", "批号", "数量"), ("棉纱", "L-1", "400 kg")),
        (("单号", "PL-77"), ("卖方", "佛山金隆织造有限公司"), ("买方", "Harbor Example LLC")),
    )
    words, tables, top = [Word("装箱单", Box(0.4, 0.04, 0.5, 0.06), 0.99)], [], 0.1
    for table in rows:
        cells = []
        for row in table:
            boxes = [Box(0.1 + 0.25 * at, top, 0.34 + 0.25 * at, top + 0.03) for at in range(len(row))]
            for text, box in zip(row, boxes, strict=True):
                right = box.left + 0.01 + 0.02 * len(text)
                words.append(Word(text, Box(box.left + 0.01, top + 0.005, right, top + 0.025), 0.99))
            cells.append(tuple(Cell(text, box) for text, box in zip(row, boxes, strict=True)))
            top += 0.03
        tables.append(Table(tuple(cells)))
        top += 0.03
    [paper] = understand([PageContent(1, "装箱单", tuple(words), tuple(tables))])
    assert len(list(paper.lines())) == 1
    assert values(paper)["seller"] == "佛山金隆织造有限公司"
    assert values(paper)["document_number"] == "PL-77"
