"""Which parts of a bill of materials have a declared source, and which have none."""

import csv
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.services import suppliers
from screening.domain.intake.kinds import LINKS
from screening.domain.line_sources import names_same_goods
from screening.line_sources import sources_by_line
from screening.services import intake
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.factories import make_user

SHARED = Path(__file__).resolve().parents[3] / "shared"
REAL = SHARED / "data" / "real_supply_chains" / "part_level_chain_CXCI2025012201.csv"
BUYER = PartyFacts(name="Example Buyer Ltd", country="CN")


@pytest.mark.parametrize(
    ("line", "link"),
    [
        ("C100.C05-032-04-00 Milling cutter", "C100.C05-032-04-00 Milling cutter 铣刀"),
        ("MILLING CUTTER, C100.C05-032-04-00", "C100.C05-032-04-00"),
        ("E100.020310008 heating tube 110V-500W", "E100.020310008 heating tube 110V-500W"),
        ("Combed cotton yarn", "cotton yarn, combed"),
        ("铣刀", "铣刀"),
    ],
)
def test_the_same_goods_are_known_by_part_number_or_by_all_their_words(line, link):
    assert names_same_goods(line, [], link, "")


@pytest.mark.parametrize(
    ("line", "link"),
    [
        ("C100.C05-032-04-00 Milling cutter", "C100.C05-032-05-00 Milling cutter"),
        ("E100.020310009 heating tube 110V-500W", "E100.020310008 heating tube 110V-500W"),
        ("Milling cutter", "C100.C05-032-04-00 Milling cutter"),
        ("cotton T-shirts", "cotton"),
        ("", ""),
    ],
)
def test_other_goods_are_not_taken_for_these(line, link):
    assert not names_same_goods(line, [], link, "")


def test_codes_of_other_headings_name_other_goods():
    assert names_same_goods("Motor", ["8501510090"], "Motor", "850151")
    assert not names_same_goods("Motor", ["8501510090"], "Motor", "850490")


@pytest.fixture
def member(db):
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def importer(member):
    return member.active_memberships[0].organization


def shipment_of(member, importer, *descriptions, seller=BUYER):
    lines = tuple(DeclaredLine(number, text) for number, text in enumerate(descriptions, 1))
    parties = (DeclaredRole("seller", seller),)
    return add_shipment(DeclaredShipment(lines=lines, parties=parties), owner=importer, actor=member)


def links(importer, text):
    batch = intake.receive_files(
        [ContentFile(text.encode(), name="links.csv")],
        organization=importer,
        actor=None,
        confirm_mapping=False,
        in_line=False,
        kind=LINKS,
    )
    return intake.import_now(batch, lambda *_: None)


def sources(shipment, user):
    found = sources_by_line(shipment, shipment.lines.all(), user)
    return {number: [str(link.supplier) for link in rows] for number, rows in found.items()}


PARTS = """supplier,buyer,downstream location,part_no
Mill A,Example Buyer Ltd,CN,AB-100-1
Mill B,Example Buyer Ltd,CN,AB-100-2
"""


def test_each_line_names_its_declared_source_or_none(client, member, importer):
    links(importer, PARTS)
    shipment = shipment_of(member, importer, "AB-100-1 screw", "AB-100-2 bolt", "AB-100-3 nut")
    assert sources(shipment, member) == {1: ["Mill A"], 2: ["Mill B"], 3: []}
    client.force_login(member, backend="entities.backends.EmailBackend")
    shown = " ".join(client.get(reverse("shipment-detail", args=[shipment.pk])).content.decode().split())
    assert "1 of 3 lines have no declared source: 3." in shown
    assert "none declared" in shown


def test_sources_another_importer_declared_are_not_told(member, importer):
    rival = make_user(Role.IMPORTER_MEMBER)
    links(rival.active_memberships[0].organization, PARTS)
    shipment = shipment_of(member, importer, "AB-100-1 screw")
    assert sources(shipment, member) == {}
    assert sources(shipment, make_user(Role.ANALYST)) == {1: ["Mill A"]}


def test_goods_that_were_made_have_no_such_column(client, member, importer):
    rows = suppliers.declare_parties(importer, [BUYER, PartyFacts(name="Spinner")])
    ends = [rows[suppliers.fingerprint(one)].supplier for one in (PartyFacts(name="Spinner"), BUYER)]
    suppliers.declare_link(*ends, actor=member, declared_by=importer, goods="cotton yarn")
    shipment = shipment_of(member, importer, "Cotton T-shirts")
    client.force_login(member, backend="entities.backends.EmailBackend")
    assert "Source declared" not in client.get(reverse("shipment-detail", args=[shipment.pk])).content.decode()


@pytest.mark.skipif(not REAL.exists(), reason="the real file is not here")
def test_of_the_real_part_level_chain_exactly_the_parts_without_a_link_have_no_source(member, importer):
    rows = list(csv.DictReader(REAL.read_text(encoding="utf-8-sig").splitlines()))
    kept = [row for row in rows if row["supplier"] not in {"尼高", "华轶"}]
    head = ",".join(rows[0])
    quoted = [",".join('"' + value.replace('"', '""') + '"' for value in row.values()) for row in kept]
    batch = links(importer, "\n".join([head, *quoted]) + "\n")
    assert (batch.rows_read, batch.rows_rejected) == (len(kept), 0)
    shipment = shipment_of(
        member,
        importer,
        *(f"{row['part_no']} {row['description_en']}" for row in rows),
        seller=PartyFacts(native_name=rows[0]["buyer"]),
    )
    found = sources(shipment, member)
    without = [number for number, row in enumerate(rows, 1) if row["supplier"] in {"尼高", "华轶"}]
    assert [number for number, names in found.items() if not names] == without
    assert {number: names for number, names in found.items() if names} == {
        number: [row["supplier"]] for number, row in enumerate(rows, 1) if number not in without
    }
