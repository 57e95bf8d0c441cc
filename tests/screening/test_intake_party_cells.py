"""A cell that holds a party: name, address, and who else is mentioned."""

import pytest

from screening.domain.intake.party_cells import read_party_cell, split_parties
from screening.intake_words import places


def read(text, **options):
    return read_party_cell(text, places(), **options)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("ACME CEMENT\n12 DEARBORN RD\nDETROIT, MI 48209", "ACME CEMENT", "12 DEARBORN RD, DETROIT, MI 48209"),
        ("NINH BINH JOINT STOCK\nCOMPANY, PLOT C7, ZONE", "NINH BINH JOINT STOCK COMPANY", "PLOT C7, ZONE"),
        ("ACME MATERIALS\nFLORIDA, LLC. 10100 KATY FREEWAY", "ACME MATERIALS FLORIDA, LLC.", "10100 KATY FREEWAY"),
        ("ACME INC. 10100 KATY FREEWAY,\nSUITE 300", "ACME INC.", "10100 KATY FREEWAY, SUITE 300"),
        ("ACME COMPANY\nLIMITED DONG SON WARD", "ACME COMPANY LIMITED", "DONG SON WARD"),
        ("YAPI VE\nMADENCILIK SANAYI VE TICARET AS\nADANA", "YAPI VE MADENCILIK SANAYI VE TICARET AS", "ADANA"),
        ("250 JEFFERSON AVE\nCLEVELAND, OHIO", "", "250 JEFFERSON AVE, CLEVELAND, OHIO"),
    ],
)
def test_a_cell_of_several_lines_is_parted_into_name_and_address(text, name, address):
    cell = read(text)
    assert (cell.name, cell.address) == (name, address)


def test_one_line_is_parted_only_when_the_column_is_said_to_hold_an_address():
    assert read("FOSHAN TILE CO LIMITED CHINA").name == "FOSHAN TILE CO LIMITED CHINA"
    cell = read("FOSHAN TILE CO LIMITED CHINA", holds_address=True)
    assert (cell.name, cell.tail.country) == ("FOSHAN TILE CO LIMITED", "CN")


@pytest.mark.parametrize("text", ["TO ORDER", "TO\nORDER", "TO THE ORDER OF SHIPPER", "TO THE ORDER", "A LA ORDEN"])
def test_a_bill_to_order_names_nobody(text):
    cell = read(text)
    assert cell.is_order
    assert cell.name == ""


@pytest.mark.parametrize(
    ("text", "name", "bank"),
    [
        ("TO THE ORDER OF ACME CEMENT CO LLC\nBUILDING 182", "ACME CEMENT CO LLC", False),
        ("TO ORDER OF FIRST NATIONAL BANK", "FIRST NATIONAL BANK", True),
    ],
)
def test_whose_order_it_is_stays_named(text, name, bank):
    cell = read(text)
    assert cell.is_order
    assert (cell.name, cell.is_bank) == (name, bank)


def test_a_company_called_order_is_not_a_bill_to_order():
    assert not read("ORDER SYSTEMS INC").is_order


@pytest.mark.parametrize(
    ("text", "relation", "other", "own"),
    [
        ("AKCAN A.S.\nON BEHALF OF HC TRADING\nLLC\nISTANBUL", "on behalf of", "HC TRADING LLC", "ISTANBUL"),
        (
            "LONG SON CO\nTHANH HOA, VIETNAM\nON BEHALF OF GLOBAL TRANSIT",
            "on behalf of",
            "GLOBAL TRANSIT",
            "THANH HOA, VIETNAM",
        ),
        ("ACME INC C/O WAREHOUSE LLC", "care of", "WAREHOUSE LLC", ""),
        ("ACME INC\nDBA TEXAN CEMENT 3801 FOUST RD", "also named", "TEXAN CEMENT 3801 FOUST RD", ""),
    ],
)
def test_who_is_acted_for_is_named_beside_the_party(text, relation, other, own):
    cell = read(text)
    assert [(mention.relation, mention.name) for mention in cell.mentions] == [(relation, other)]
    assert cell.address == own


def test_the_telephone_line_of_a_manifest_is_not_part_of_the_address():
    cell = read("LEHIGH LLC\n1370 HWY 49\nPICTON, ON\nK0K 2T0\nTE585-663-7272")
    assert cell.phone == "585-663-7272"
    assert cell.address == "1370 HWY 49, PICTON, ON, K0K 2T0"


@pytest.mark.parametrize("text", ["SAME AS CONSIGNEE", "SAME\nAS, CONSIGNEE", "Same"])
def test_same_as_consignee_is_no_party(text):
    cell = read(text)
    assert cell.same_as == "consignee"
    assert cell.name == ""


@pytest.mark.parametrize("text", ["TBN", "TO BE NOMINATED", "UNKNOWN"])
def test_a_placeholder_is_no_name(text):
    assert read(text).placeholder == text


def test_several_notify_parties_in_one_cell_are_parted():
    assert split_parties("ACME\n1 ROAD\n\n;\n\nBETA\n2 ROAD") == ["ACME\n1 ROAD", "BETA\n2 ROAD"]
    assert split_parties("1) ACME\nHOUSTON TX, 2) BETA\nDALLAS TX") == ["ACME\nHOUSTON TX", "BETA\nDALLAS TX"]
