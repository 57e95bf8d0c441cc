"""Screening: what is found, where in the chain, for which date, and what follows."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities import history
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Change, DeclaredParty, Job, Listing, Supplier
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists
from screening.models import Case, Finding, Screening, Shipment
from screening.services import feed
from screening.services.feed import consume_changes
from screening.services.runs import running, screen_shipments
from screening.services.shipments import (
    DeclaredLine,
    DeclaredRole,
    DeclaredShipment,
    add_shipment,
    add_shipments,
    change_shipment,
)
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
LISTED = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
MAKER = PartyFacts(name="Example Bay Garments JSC", city="Hai Phong", country="VN")
IMPORTED = date(2026, 5, 4)


@pytest.fixture
def importer():
    return make_organization()


@pytest.fixture
def member(importer):
    return make_user(Role.IMPORTER_MEMBER, importer)


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


def declare(importer, member, *parties, lines=None, imported_on=IMPORTED, **head):
    lines = lines or (DeclaredLine(number=1, description="Cotton T-shirts", hts_codes=("6109100012",)),)
    parties = parties or (DeclaredRole("manufacturer", MAKER),)
    declared = DeclaredShipment(imported_on=imported_on, lines=lines, parties=tuple(parties), **head)
    return add_shipment(declared, owner=importer, actor=member)


def screened(shipment):
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def supplies(supplier, customer, importer, member, **said):
    """Declare that one party supplies the other; both by their facts."""
    rows = suppliers.declare_parties(importer, [supplier, customer])
    ends = [rows[suppliers.fingerprint(one)].supplier for one in (supplier, customer)]
    said = said or {"commodity": "cotton", "goods": "yarn", "valid_from": date(2025, 6, 1)}
    return suppliers.declare_link(*ends, actor=member, declared_by=importer, **said)


def chain_of(length, end, importer, member, **said):
    """The maker, invented firms between, and the end so many steps upstream."""
    steps = [
        MAKER,
        *(PartyFacts(name=f"Example Mill {n} Ltd", city="Example", country="CN") for n in range(2, length)),
        end,
    ]
    for customer, supplier in zip(steps, steps[1:], strict=False):
        supplies(supplier, customer, importer, member, **said)


def findings(shipment, rule):
    return list(shipment.latest_screening.findings.filter(rule=rule))


def test_a_listed_manufacturer_raises_the_presumption_and_opens_a_case(importer, member):
    shipment = screened(declare(importer, member, DeclaredRole("manufacturer", LISTED)))
    finding = findings(shipment, "LISTED_ENTITY")[0]
    assert shipment.outcome == Shipment.Outcome.PRESUMPTION
    assert (finding.ground, finding.steps_upstream, finding.listing.name) == ("LISTED_ENTITY", 1, LISTED.name)
    assert "87 FR 47777" in finding.basis or finding.listing.citation in finding.basis
    assert shipment.cases.get().lead_finding.headline == finding.headline


@pytest.mark.parametrize("steps", [2, 3, 4, 5])
def test_a_listed_supplier_is_found_at_any_step(importer, member, steps):
    chain_of(steps, LISTED, importer, member)
    shipment = screened(declare(importer, member))
    finding = findings(shipment, "LISTED_ENTITY")[0]
    assert (finding.steps_upstream, finding.grade, finding.ground) == (steps, "relevant", "LISTED_ENTITY")
    assert [node["step"] for node in finding.path] == list(range(1, steps + 1))


def test_a_path_that_does_not_say_what_goods_asks_for_a_look_and_presumes_nothing(importer, member):
    chain_of(3, LISTED, importer, member, source="a letter")
    shipment = screened(declare(importer, member))
    assert shipment.outcome == Shipment.Outcome.REVIEW
    assert findings(shipment, "LISTED_ENTITY")[0].ground == ""
    assert not shipment.cases.exists()


def test_goods_of_another_chain_are_not_followed(importer, member):
    chain_of(2, LISTED, importer, member, commodity="steel", valid_from=date(2025, 6, 1))
    assert not findings(screened(declare(importer, member)), "LISTED_ENTITY")


def test_a_listed_consignee_is_looked_at_but_is_not_a_source(importer, member):
    shipment = declare(importer, member, DeclaredRole("manufacturer", MAKER), DeclaredRole("consignee", LISTED))
    finding = findings(screened(shipment), "LISTED_ENTITY")[0]
    assert (finding.ground, finding.asks_review) == ("", True)


@pytest.mark.parametrize(
    ("name", "imported_on", "is_found"),
    [
        ("Aksu Huafu Color Spinning Co., Ltd.", date(2022, 6, 20), False),
        ("Aksu Huafu Color Spinning Co., Ltd.", date(2022, 6, 21), True),
        ("Shandong Meijia Group Co., Ltd.", date(2024, 6, 11), False),
        ("Shandong Meijia Group Co., Ltd.", date(2024, 6, 12), True),
    ],
)
def test_the_list_in_force_on_the_date_of_importation_counts(importer, member, name, imported_on, is_found):
    party = PartyFacts(name=name, country="CN")
    shipment = screened(declare(importer, member, DeclaredRole("manufacturer", party), imported_on=imported_on))
    hits = [one.listing.name for one in findings(shipment, "LISTED_ENTITY") if one.ground]
    assert (name in hits) is is_found


def test_without_a_date_today_counts_and_the_result_says_so(importer, member):
    shipment = screened(declare(importer, member, imported_on=None))
    assert shipment.latest_screening.date_basis == Screening.DateBasis.TODAY
    assert any("today" in caveat for caveat in shipment.latest_screening.caveats)


def test_a_site_in_xinjiang_upstream_raises_the_presumption(importer, member):
    site = PartyFacts(
        name="Example Processing Co., Ltd.", city="Korla", province="Xinjiang", country="CN", postal_code="841000"
    )
    chain_of(3, site, importer, member)
    finding = findings(screened(declare(importer, member)), "XJ_SITE")[0]
    assert (finding.ground, finding.steps_upstream) == ("XINJIANG_ORIGIN", 3)


def test_a_name_alone_asks_for_a_look(importer, member):
    party = PartyFacts(name="Urumqi Example Trading Co Limited", country="")
    shipment = screened(declare(importer, member, DeclaredRole("shipper", party), lines=(DeclaredLine(1, "Toys"),)))
    assert shipment.outcome == Shipment.Outcome.REVIEW
    assert findings(shipment, "XJ_NAME")[0].ground == ""


def test_an_unknown_chain_of_a_priority_sector_asks_for_a_look(importer, member):
    shipment = screened(declare(importer, member))
    assert shipment.outcome == Shipment.Outcome.REVIEW
    assert shipment.latest_screening.coverage[0]["unknown_above_step"] == 1


def test_an_unknown_chain_of_other_goods_is_no_finding_and_says_so(importer, member):
    shipment = screened(declare(importer, member, lines=(DeclaredLine(1, "Toys", ("9503000013",)),)))
    assert shipment.outcome == Shipment.Outcome.NO_FINDING
    assert "unknown above step 1" in shipment.latest_screening.coverage[0]["sentence"]


def test_every_finding_has_a_basis(importer, member):
    chain_of(4, LISTED, importer, member)
    shipment = screened(declare(importer, member))
    assert shipment.latest_screening.findings.count() >= 3
    assert not shipment.latest_screening.findings.filter(basis="").exists()


def test_a_changed_party_is_screened_again_and_the_old_findings_stay(importer, member):
    shipment = screened(declare(importer, member))
    first = shipment.latest_screening
    declared = DeclaredShipment(imported_on=IMPORTED, parties=(DeclaredRole("manufacturer", LISTED),))
    change_shipment(shipment, declared, actor=member)
    shipment = screened(shipment)
    assert shipment.outcome == Shipment.Outcome.PRESUMPTION
    assert Screening.objects.filter(pk=first.pk, outcome=Shipment.Outcome.REVIEW).exists()


def test_a_link_declared_later_screens_what_stands_below_it(importer, member):
    shipment = screened(declare(importer, member))
    chain_of(4, LISTED, importer, member)
    assert screened(shipment).outcome == Shipment.Outcome.PRESUMPTION


def test_another_importers_link_counts_for_the_office(importer, member):
    shipment = screened(declare(importer, member))
    rival = make_user(Role.IMPORTER_MEMBER)
    other = rival.active_memberships[0].organization
    supplies(LISTED, MAKER, other, rival)
    assert screened(shipment).outcome == Shipment.Outcome.PRESUMPTION


def test_a_withdrawn_link_is_no_longer_followed(importer, member):
    link = supplies(LISTED, MAKER, importer, member)
    shipment = screened(declare(importer, member))
    suppliers.withdraw_link(link, actor=member, reason="declared by mistake")
    assert not findings(screened(shipment), "LISTED_ENTITY")


def test_a_decided_case_says_that_facts_changed_since(importer, member):
    shipment = screened(declare(importer, member, DeclaredRole("manufacturer", LISTED)))
    case = shipment.cases.get()
    Case.objects.filter(pk=case.pk).update(stage=Case.Stage.CLOSED)
    declared = DeclaredShipment(imported_on=IMPORTED, parties=(DeclaredRole("manufacturer", MAKER),))
    change_shipment(shipment, declared, actor=member)
    screened(shipment)
    case.refresh_from_db()
    assert case.facts_changed_at is not None


def test_screening_twice_makes_one_screening(importer, member):
    shipment = screened(declare(importer, member))
    assert screen_shipments([shipment.pk], trigger="again") is None
    assert shipment.screenings.count() == 1


def test_a_shipment_changed_while_it_is_screened_is_screened_as_it_is_then(importer, member, monkeypatch):
    shipment, other = (screened(declare(importer, member)) for _ in range(2))
    now = DeclaredShipment(imported_on=IMPORTED, parties=(DeclaredRole("manufacturer", LISTED),))
    worked_out = running.screen_one
    seen = []

    def and_meanwhile_somebody_writes(one, known):
        result = worked_out(one, known)
        seen.append(one.pk)
        if len(seen) == 1:
            change_shipment(Shipment.objects.get(pk=shipment.pk), now, actor=member)
        return result

    monkeypatch.setattr(running, "screen_one", and_meanwhile_somebody_writes)
    run = screen_shipments([shipment.pk, other.pk], trigger="again")
    assert seen == [shipment.pk, other.pk, shipment.pk]
    assert [one.shipment_id for one in run.screenings.all()] == [shipment.pk]
    shipment.refresh_from_db()
    assert shipment.outcome == Shipment.Outcome.PRESUMPTION
    assert shipment.is_screened


def test_what_has_much_upstream_is_screened_a_few_shipments_at_a_time(importer, member, monkeypatch):
    ids = [declare(importer, member, DeclaredRole("manufacturer", LISTED)).pk for _ in range(3)]
    monkeypatch.setattr(running, "FIRMS_AT_ONCE", 0)
    jobs.work_off()
    rows = Screening.objects.filter(shipment__in=ids)
    runs = [screening.run for screening in rows.select_related("run")]
    assert len({run.pk for run in runs}) == 3
    assert len({(run.trigger, run.list_version_id, run.engine_version) for run in runs}) == 1
    assert {screening.outcome for screening in rows} == {Shipment.Outcome.PRESUMPTION}
    assert Case.objects.filter(shipments__in=ids).distinct().count() == 1  # goods of one maker, as in one run
    assert not [fault for fault in history.verify().faults if "(screening." in fault]


def test_changes_are_taken_up_once(importer, member):
    declare(importer, member)
    assert consume_changes() > 0
    assert consume_changes() == 0
    assert not Change.objects.filter(consumed_at=None).exists()
    assert Job.objects.filter(kind="screen").exists()


def test_what_is_declared_while_a_list_is_taken_up_is_screened_once(importer, member, monkeypatch):
    update_index = feed._update_index
    meanwhile = []

    def and_somebody_declares(*given):
        if not meanwhile:
            meanwhile.append(declare(importer, member))
            supplies(PartyFacts(name="Example Mill Ltd", country="CN"), MAKER, importer, member)
        return update_index(*given)

    monkeypatch.setattr(feed, "_update_index", and_somebody_declares)
    jobs.work_off()
    assert not Change.objects.filter(consumed_at=None).exists()
    assert [one.run.trigger for one in Screening.objects.filter(shipment=meanwhile[0])] == [
        "shipment declared and 1 other change"
    ]


def test_the_same_party_is_declared_once_and_tied_to_one_supplier(importer, member):
    declare(importer, member)
    declare(importer, member)
    assert DeclaredParty.objects.filter(name=MAKER.name).count() == 1
    assert Supplier.objects.filter(name=MAKER.name).count() == 1


def test_the_statements_of_a_run_do_not_grow_with_its_shipments(importer, member):
    declared = [
        DeclaredShipment(
            imported_on=IMPORTED,
            lines=(DeclaredLine(number=1, description="Cotton T-shirts", hts_codes=("6109100012",)),),
            parties=(DeclaredRole("manufacturer", PartyFacts(name=f"Example Garments {number}", country="VN")),),
        )
        for number in range(50)
    ]
    shipments = [shipment.pk for shipment in add_shipments(declared, owner=importer)]
    counted = []
    for ids in (shipments[:10], shipments[10:]):
        with CaptureQueriesContext(connection) as queries:
            screen_shipments(ids, trigger="test")
        counted.append(len(queries))
    assert Screening.objects.filter(shipment__in=shipments).count() == 50
    assert counted[1] <= counted[0] + 5


def test_a_screening_takes_a_bounded_number_of_queries(importer, member, django_assert_max_num_queries):
    chain_of(4, LISTED, importer, member)
    ids = [declare(importer, member, reference=f"R{n}").pk for n in range(6)]
    Finding.objects.count()
    with django_assert_max_num_queries(200):
        screen_shipments(ids, trigger="test")


def every_listed_name():
    """Each name and alias in force, once an entity."""
    names = {}
    for row in Listing.objects.filter(is_current=True, version__register="UFLPA").select_related("entity"):
        for name in (row.name, *row.aliases):
            names[row.entity.key, name] = PartyFacts(name=name, country="CN")
    return names


@pytest.mark.parametrize("position", ["shipper", "manufacturer", "four steps upstream"])
def test_every_listed_entity_is_found_by_every_name(importer, member, position):
    names = every_listed_name()
    assert len({key for key, _ in names}) == 144
    wanted, shipments = {}, []
    for number, ((key, name), facts) in enumerate(names.items()):
        maker = PartyFacts(name=f"Example Maker {number} Ltd", city="Hanoi", country="VN")
        role = DeclaredRole("manufacturer", maker) if position.startswith("four") else DeclaredRole(position, facts)
        if position.startswith("four"):
            steps = [
                maker,
                *(PartyFacts(name=f"Example Mill {number} {n}", city="Hue", country="VN") for n in (2, 3)),
                facts,
            ]
            rows = suppliers.declare_parties(importer, steps)
            ends = [rows[suppliers.fingerprint(one)].supplier for one in steps]
            for customer, supplier in zip(ends, ends[1:], strict=False):
                suppliers.SupplyLink.objects.create(
                    supplier=supplier,
                    customer=customer,
                    commodity="cotton",
                    valid_from=date(2025, 6, 1),
                    declared_by=importer,
                )
        line = DeclaredLine(1, "T-shirts", ("6109100012",), value=Decimal(number))
        shipments.append(DeclaredShipment(reference=name, imported_on=IMPORTED, lines=(line,), parties=(role,)))
        wanted[len(shipments) - 1] = (key, name)
    stored = add_shipments(shipments, owner=importer)
    for start in range(0, len(stored), 50):
        screen_shipments([one.pk for one in stored[start : start + 50]], trigger="test")
    found = {}
    for row in (
        Finding.objects.filter(rule="LISTED_ENTITY").exclude(ground="").select_related("listing__entity", "screening")
    ):
        found.setdefault(row.screening.shipment_id, set()).add(row.listing.entity.key)
    missed = [wanted[index] for index, one in enumerate(stored) if wanted[index][0] not in found.get(one.pk, set())]
    assert missed == []
