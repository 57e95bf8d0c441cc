"""Lots of a shipment: claimed, taken back, followed by the screening, kept from whom they do not concern."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from entities import audit
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import AuditEvent, BrokerAuthorization, Organization
from entities.services import suppliers
from screening.chain_view import preview_of
from screening.confidential import Discretion, findings_for
from screening.domain.lots import Lot
from screening.models import LotTrace, ShipmentLine
from screening.services.runs import screen_shipments
from screening.services.traces import declare_trace, withdraw_trace
from tests.factories import make_organization, make_user
from tests.screening.made_lots import LISTED, MADE_ON, Cotton, kg

pytestmark = pytest.mark.django_db


@pytest.fixture
def cotton():
    return Cotton()


def refusal(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_lots_lead_from_the_shirt_to_a_listed_gin(cotton):
    spinner, gin = cotton.supplier("Example Lake Spinning"), cotton.supplier(LISTED)
    cotton.step(cotton.maker, ["Y-31"], [Lot("S-1", line_number=1)], process="garment maker")
    cotton.step(spinner, ["B-7"], ["Y-31"], process="spinner")
    cotton.step(gin, [], [kg("B-7", "500", goods="cotton lint")], process="ginner")
    assert cotton.found() == [(LISTED, "traced", 3)]
    path = cotton.screen()[0].path
    assert [node.get("goods", "") for node in path] == ["", "lot Y-31", "lot B-7"]
    assert [node.get("stage", "") for node in path] == ["", "spinner", "ginner"]
    assert cotton.shipment.outcome == "presumption"


def test_the_supplier_named_for_an_input_lot_is_followed_too(cotton):
    cotton.step(cotton.maker, [Lot("Y-31", supplier=cotton.supplier(LISTED).pk)], [Lot("S-1", line_number=1)])
    assert cotton.found() == [(LISTED, "traced", 2)]


def test_a_maker_known_by_its_lot_alone_is_traced(cotton):
    cotton.step(cotton.supplier(LISTED), [], [Lot("S-1", line_number=1)])
    assert cotton.found() == [(LISTED, "traced", 1)]


def test_lots_of_another_line_lead_nowhere_for_this_one(cotton):
    ShipmentLine.objects.create(shipment=cotton.shipment, number=2, description="Plastic buttons")
    spinner, clean, gin = (cotton.supplier(name) for name in ("Example Lake Spinning", "Example Valley Gin", LISTED))
    cotton.step(cotton.maker, ["Y-1"], [Lot("S-1", line_number=1)])
    cotton.step(cotton.maker, ["Y-2"], [Lot("S-2", line_number=2)])
    cotton.step(spinner, [Lot("B-1", supplier=clean.pk)], ["Y-1"])
    cotton.step(spinner, [Lot("B-2", supplier=gin.pk)], ["Y-2"])
    assert cotton.found() == [(LISTED, "traced", 3)]
    [finding] = [one for one in cotton.screen() if one.rule == "LISTED_ENTITY"]
    assert finding.line_numbers == [2]


def test_where_the_lots_lead_elsewhere_only_the_standing_link_counts(cotton):
    spinner, clean, gin = (cotton.supplier(name) for name in ("Example Lake Spinning", "Example Valley Gin", LISTED))
    cotton.step(cotton.maker, ["Y-1"], [Lot("S-1", line_number=1)])
    cotton.step(spinner, [Lot("B-1", supplier=clean.pk, goods="cotton lint")], [Lot("Y-1", goods="cotton yarn")])
    assert cotton.found() == []
    suppliers.declare_link(
        gin, spinner, actor=cotton.member, declared_by=cotton.importer, commodity="cotton", stage="ginner",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert cotton.found() == [(LISTED, "relevant", 3)]


def test_of_two_lines_the_one_traced_by_lots_tells_the_finding(cotton):
    ShipmentLine.objects.create(shipment=cotton.shipment, number=2, description="Shirts", hts_codes=["6109100012"])
    spinner, gin = cotton.supplier("Example Lake Spinning"), cotton.supplier(LISTED)
    suppliers.declare_link(
        gin, cotton.maker, actor=cotton.member, declared_by=cotton.importer, commodity="cotton", stage="ginner",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    cotton.step(cotton.maker, ["Y-1"], [Lot("S-1", line_number=2)])
    cotton.step(spinner, [Lot("B-1", supplier=gin.pk)], ["Y-1"])
    assert cotton.found() == [(LISTED, "traced", 3)]


def test_a_withdrawn_step_is_followed_no_more_and_stays_on_record(cotton):
    trace = cotton.step(cotton.supplier(LISTED), [], [Lot("S-1", line_number=1)])
    assert len(cotton.found()) == 1
    withdraw_trace(trace, actor=cotton.member, reason="Another shipment's lot")
    assert cotton.found() == []
    trace.refresh_from_db()
    assert (trace.withdrawn_by, trace.withdrawal_reason) == (cotton.member, "Another shipment's lot")
    assert refusal(lambda: withdraw_trace(trace, actor=cotton.member, reason="Again")) == "trace_withdrawn"
    assert cotton.shipment.screenings.count() == 2


def test_each_change_is_on_record_and_counts_as_one_of_the_shipment(cotton):
    before = cotton.shipment.facts_version
    trace = cotton.step(cotton.maker, [kg("Y-1", "10")], [Lot("S-1", line_number=1)], made_on=MADE_ON, paper="p. 3")
    withdraw_trace(trace, actor=cotton.member, reason="Mistake")
    cotton.shipment.refresh_from_db()
    assert cotton.shipment.facts_version == before + 2
    events = list(AuditEvent.objects.filter(target_kind="lottrace").order_by("sequence"))
    assert [event.action for event in events] == ["lot_trace.declared", "lot_trace.withdrawn"]
    assert events[0].after["inputs"] == ["Y-1 10 kg"]
    assert (events[1].reason, list(audit.verify())) == ("Mistake", [])


def test_a_screening_keeps_the_lots_it_saw_and_is_not_repeated(cotton):
    cotton.step(cotton.maker, [kg("Y-1", "10.50")], [Lot("S-1", line_number=1)], made_on=MADE_ON)
    cotton.screen()
    [step] = cotton.shipment.latest_screening.facts["lots"]
    assert (step["maker"], step["made_on"], step["is_source"]) == (cotton.maker.pk, "2026-01-10", True)
    assert [(one["lot"], one["quantity"], one["unit"]) for one in step["inputs"]] == [("Y-1", "10.5", "kg")]
    assert screen_shipments([cotton.shipment.pk], trigger="again") is None


def test_what_lots_leave_open_stands_beside_the_result(cotton):
    cotton.step(cotton.maker, [kg("Y-1", "10")], [kg("S-1", "12", line_number=1)])
    cotton.screen()
    told = [one for one in cotton.shipment.latest_screening.caveats if one.startswith("LOTS")]
    assert told == [
        "LOTS: More came out than went in: 12 kg from 10 kg, in the step that put out lot S-1.",
        "LOTS: The origin of lot Y-1 is not traced: no step put it out and no supplier is named.",
    ]


def test_a_lot_comes_out_of_one_step_only(cotton):
    spinner = cotton.supplier("Example Lake Spinning")
    cotton.step(spinner, [], ["Y-1"])
    assert refusal(lambda: cotton.step(cotton.maker, [], ["y-1"])) == "lot_made_twice"
    assert LotTrace.objects.count() == 1


def test_what_the_office_says_against_the_importer_is_told_the_office_as_a_contradiction(cotton):
    cotton.step(cotton.supplier("Example Lake Spinning"), [], [Lot("S-1", line_number=1)])
    cotton.step(
        cotton.supplier("Other Spinning"), [], [Lot("S-1", line_number=1)],
        actor=cotton.analyst, declared_by=cotton.office,
    )  # fmt: skip
    cotton.screen()
    screening = cotton.shipment.latest_screening
    screening.shipment = cotton.shipment
    assert "said to come from 2 makers" in " ".join(screening.caveats)
    assert Discretion(cotton.member, [screening]).caveats(screening) == []
    assert len(Discretion(cotton.analyst, [screening]).caveats(screening)) == 1


@pytest.mark.parametrize(
    ("lots", "code"),
    [
        ([], "output_missing"),
        ([kg("S-1", "-1")], "quantity_negative"),
        ([Lot("S-1", line_number=9)], "unknown_line"),
        ([Lot("")], "lot_missing"),
    ],
)
def test_a_step_that_says_too_little_is_refused_and_leaves_nothing(cotton, lots, code):
    assert refusal(lambda: cotton.step(cotton.maker, [], lots)) == code
    assert (LotTrace.objects.count(), AuditEvent.objects.filter(target_kind="lottrace").count()) == (0, 0)


def test_only_who_may_change_the_shipment_speaks_of_its_lots(cotton):
    broker = make_organization(Organization.Kind.BROKER)
    BrokerAuthorization.objects.create(
        broker=broker, importer=cotton.importer, valid_from=timezone.localdate() - timedelta(days=3)
    )
    agent, rival, auditor = (
        make_user(Role.BROKER_MEMBER, broker), make_user(Role.IMPORTER_MEMBER), make_user(Role.AUDITOR)
    )  # fmt: skip
    cotton.step(cotton.maker, [], ["S-1"], actor=agent)
    cotton.step(cotton.maker, [], ["S-2"], actor=cotton.analyst)
    for stranger in (rival, auditor):
        assert refusal(lambda who=stranger: cotton.step(cotton.maker, [], ["S-3"], actor=who)) == "may_not_change"
    other = rival.active_memberships[0].organization
    assert refusal(lambda: cotton.step(cotton.maker, [], ["S-3"], declared_by=other)) == "not_authorised"
    assert refusal(lambda: cotton.step(cotton.maker, [], ["S-3"], declared_by=cotton.office)) == "not_authorised"


def test_a_path_over_lots_only_the_office_knows_is_kept_from_the_importer(cotton):
    spinner, gin = cotton.supplier("Example Lake Spinning"), cotton.supplier(LISTED, cotton.office)
    cotton.step(cotton.maker, ["Y-1"], [Lot("S-1", line_number=1)])
    cotton.step(spinner, [], ["Y-1"])
    cotton.step(
        cotton.maker, [Lot("Y-2", supplier=gin.pk)], [Lot("S-2", line_number=1)],
        actor=cotton.analyst, declared_by=cotton.office,
    )  # fmt: skip
    assert cotton.found() == [(LISTED, "traced", 2)]
    screening = cotton.shipment.latest_screening
    [seen] = [one for one in findings_for(cotton.member, screening) if one.rule == "LISTED_ENTITY"]
    assert (seen.party_name, [node["name"] for node in seen.path]) == (
        "Confidential source",
        ["Example Maker", "Confidential source"],
    )
    [full] = [one for one in findings_for(cotton.analyst, screening) if one.rule == "LISTED_ENTITY"]
    assert full.path[-1]["goods"] == "lot Y-2"
    assert LISTED not in preview_of(cotton.shipment, cotton.member).svg
    assert LotTrace.objects.visible_to(cotton.member).count() == 2


def test_an_importer_is_not_told_of_a_maker_only_the_office_ties_to_its_line(cotton):
    gin = cotton.supplier(LISTED, cotton.office)
    cotton.step(gin, [], [Lot("S-2", line_number=1)], actor=cotton.analyst, declared_by=cotton.office)
    assert cotton.found() == [(LISTED, "traced", 1)]
    [seen] = [one for one in findings_for(cotton.member, cotton.shipment.latest_screening) if one.ground]
    assert [node["name"] for node in seen.path] == ["Confidential source"]
    assert LISTED not in preview_of(cotton.shipment, cotton.member).svg


def test_lots_are_drawn_with_their_grade_and_a_table_beside(cotton):
    spinner, gin = cotton.supplier("Example Lake Spinning"), cotton.supplier(LISTED)
    cotton.step(cotton.maker, ["Y-1"], [Lot("S-1", line_number=1)])
    cotton.step(spinner, [Lot("B-1", supplier=gin.pk)], ["Y-1"])
    cotton.screen()
    drawing = preview_of(cotton.shipment, cotton.member)
    rows = [(row.supplier.name, row.goods, row.grade, row.leads.value) for row in drawing.rows]
    assert ("Example Lake Spinning", "lot Y-1", "traced", "presumption") in rows
    assert (LISTED, "lot B-1", "traced", "presumption") in rows


def test_a_change_of_a_firm_known_by_lots_alone_screens_the_shipment_again(cotton):
    cotton.step(cotton.maker, [Lot("Y-1", supplier=cotton.supplier("Example Lake Spinning").pk)], ["S-1"])
    cotton.screen()
    cotton.supplier(PartyFacts(name="Example Lake Spinning", country="CN", address="1 Cotton Road, Aksu, Xinjiang"))
    assert [one.rule for one in cotton.screen() if one.ground] == ["XJ_SITE"]


def test_a_trace_is_stored_with_the_words_it_came_with(cotton):
    trace = declare_trace(
        cotton.shipment, maker=cotton.maker, inputs=[Lot(" Y  1 ")], outputs=[kg("S-1", "3", line_number=1)],
        process="sewing", paper="Cutting ticket 9", actor=cotton.member, declared_by=cotton.importer,
    )  # fmt: skip
    assert [(lot.direction, lot.lot, lot.line_number) for lot in trace.lots.all()] == [
        ("input", "Y 1", None),
        ("output", "S-1", 1),
    ]
    assert (trace.process, trace.paper) == ("sewing", "Cutting ticket 9")
