"""Goods imported before or after sec. 3 of the UFLPA is in force raise no presumption; those of its last day do."""

from datetime import date, timedelta

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists
from screening.domain.law import clocks
from screening.exposed import exposed_rows
from screening.models import IndexedGround, Shipment
from screening.services.exposure.numbers import Ground
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.factories import make_organization, make_user
from tests.screening.test_exposure_and_runs import asked_of_both, ranks

pytestmark = pytest.mark.django_db
LAST = date(2026, 5, 31)
LISTED = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
SITE = PartyFacts(name="Example Textile Co., Ltd.", address="No. 1 Renmin Road", city="Aksu, Xinjiang", country="CN")


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


@pytest.fixture
def ended(monkeypatch):
    monkeypatch.setattr(clocks, "UFLPA_IN_FORCE_UNTIL", LAST)


def screened(party, on, **line):
    owner = make_organization()
    lines = (DeclaredLine(1, "Cotton yarn", ("5205240090",), **line),)
    declared = DeclaredShipment(imported_on=on, lines=lines, parties=(DeclaredRole("manufacturer", party),))
    shipment = add_shipment(declared, owner=owner, actor=make_user(Role.IMPORTER_MEMBER, owner))
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


@pytest.mark.parametrize(
    ("on", "is_in_force"),
    [(date(2022, 6, 20), False), (date(2022, 6, 21), True), (LAST, True), (LAST + timedelta(days=1), False)],
)
def test_the_first_and_the_last_day_count(ended, on, is_in_force):
    assert clocks.is_uflpa_in_force(on) is is_in_force


def test_no_end_is_set():
    assert clocks.is_uflpa_in_force(date.max)


@pytest.mark.parametrize("party", [LISTED, SITE])
def test_goods_imported_after_the_last_day_ask_for_a_look_only(ended, party):
    last, after = screened(party, LAST), screened(party, LAST + timedelta(days=1))
    assert (last.outcome, after.outcome) == (Shipment.Outcome.PRESUMPTION, Shipment.Outcome.REVIEW)
    assert not after.cases.exists()
    reasons = [reason for one in after.latest_screening.findings.all() for reason in one.reasons]
    assert "The UFLPA presumption speaks only of goods imported from 21 June 2022 to 31 May 2026." in map(str, reasons)


def test_the_index_knows_the_last_day(ended):
    shipment = screened(SITE, LAST)
    supplier = shipment.parties.get(role="manufacturer").party.supplier_id
    rows = IndexedGround.objects.filter(supplier=supplier, ground=Ground("XJ_SITE", is_certain=True).number)
    assert list(rows.values_list("first", "last")) == [(date(2022, 6, 21).toordinal(), LAST.toordinal())]


def test_the_page_of_a_supplier_tells_what_stands_within_the_period(ended):
    supplier = screened(SITE, LAST).parties.get(role="manufacturer").party.supplier
    rows = exposed_rows(supplier, make_user(Role.ANALYST))["rows"]
    told = [(row["rule"], row["is_certain"], row["imported"]) for row in rows]
    assert told == [("XJ_SITE", True, "21 Jun 2022 to 31 May 2026")]


def test_stated_material_of_xinjiang_is_certain_within_the_period_only(ended):
    owner = make_organization()
    rows = suppliers.declare_parties(owner, [SITE, LISTED])
    ends = [rows[suppliers.fingerprint(one)].supplier for one in (SITE, LISTED)]
    link = suppliers.declare_link(
        *ends, actor=make_user(Role.IMPORTER_MEMBER, owner), declared_by=owner, commodity="cotton", stage="ginner",
        goods="ginned cotton", origin="Xinjiang",
    )  # fmt: skip
    jobs.work_off()
    since, until = date(2022, 6, 21).toordinal(), LAST.toordinal()
    certain, asks = (Ground("XJ_MATERIAL", is_certain=sure).number for sure in (True, False))
    assert set(IndexedGround.objects.filter(supplier=-link.pk).values_list("ground", "first", "last")) == {
        (asks, date.min.toordinal(), since - 1),
        (certain, since, until),
        (asks, until + 1, date.max.toordinal()),
    }


@pytest.mark.parametrize("seed", [20, 30])
def test_index_and_screening_agree_about_the_period(ended, seed):
    certain = {False: 0, True: 0}
    for shipment, index, screened in asked_of_both(seed):
        assert ranks(index) == ranks(screened)
        certain[shipment.imported_on <= LAST] += sum(says is True for _, says in index)
    assert certain[True] > 0
    assert certain[False] == 0


def test_goods_of_little_value_are_screened_like_any_other():
    """No duty-free de minimis since 29 August 2025: one dollar is enough."""
    assert screened(LISTED, LAST, value=1, quantity=1, quantity_unit="kg", currency="USD").cases.exists()
