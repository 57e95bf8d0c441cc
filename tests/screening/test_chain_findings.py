"""The named findings of the chain from declaration to stored finding: what is read, stored, and shown to whom."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities.domain.facts import ListedName, ListedParty, PartyFacts
from entities.domain.roles import Role
from entities.matchers import matcher_of
from entities.models import Listing, ListVersion, Supplier
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists
from entities.services.ownership import declare_ownership, withdraw_ownership
from screening.confidential import findings_for
from screening.domain.law.states import Kind
from screening.models import Case, Detention, Rescreened, Shipment, ShipmentLine
from screening.rescreened import causes_of, latest_of
from screening.services import cases, detentions, pairs, touched
from screening.services.runs import screen_shipments
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment, add_shipments
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
ON = date(2026, 5, 4)
LISTED = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
SEWER = PartyFacts(name="Example Bay Garments JSC", city="Hai Phong", country="VN")
KNITTER = PartyFacts(name="Example Knitting Ltd", city="Shaoxing", country="CN", postal_code="312030")
MILL = PartyFacts(name="Example Spinning Ltd", city="Coimbatore", country="IN")
SHIRT = "6109100012"


@pytest.fixture
def importer():
    return make_organization()


@pytest.fixture
def member(importer):
    return make_user(Role.IMPORTER_MEMBER, importer)


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


def supplies(supplier, customer, importer, member, *, stage="spinner", goods="cotton yarn", **said):
    rows = suppliers.declare_parties(importer, [supplier, customer])
    ends = [rows[suppliers.fingerprint(one)].supplier for one in (supplier, customer)]
    known = {"commodity": "cotton", "stage": stage, "goods": goods, "valid_from": date(2025, 6, 1)} | said
    return suppliers.declare_link(*ends, actor=member, declared_by=importer, **known)


def knits(importer, member):
    """The knitter delivers cloth to the sewer."""
    return supplies(KNITTER, SEWER, importer, member, stage="knitter or weaver", goods="knit fabric")


def supplier_of(facts, importer):
    return suppliers.declare_parties(importer, [facts])[suppliers.fingerprint(facts)].supplier


def declared(*parties, code=SHIRT, on=ON, origin="VN", **fields):
    line = {name: fields.pop(name) for name in ("quantity", "quantity_unit", "value", "currency") if name in fields}
    lines = (DeclaredLine(1, "Cotton T-shirts", (code,), origin_country=origin, **line),)
    roles = tuple(DeclaredRole("manufacturer", one) for one in parties or (SEWER,))
    return DeclaredShipment(imported_on=on, lines=lines, parties=roles, **fields)


def ship(importer, member, *parties, **fields):
    shipment = add_shipment(declared(*parties, **fields), owner=importer, actor=member)
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def found(shipment, rule):
    jobs.work_off()
    shipment.refresh_from_db()
    return list(shipment.latest_screening.findings.filter(rule=rule))


def seen_by(user, shipment, rule):
    shipment.refresh_from_db()
    return [one for one in findings_for(user, shipment.latest_screening) if one.rule == rule]


# --- MIXED_SOURCE_PLANT -----------------------------------------------------------------------------------------


def test_a_knitter_that_buys_yarn_from_a_listed_mill_and_another_is_a_mixed_plant(importer, member):
    knits(importer, member)
    supplies(LISTED, KNITTER, importer, member)
    shipment = ship(importer, member)
    assert found(shipment, "MIXED_SOURCE_PLANT") == []
    supplies(MILL, KNITTER, importer, member)
    [finding] = found(shipment, "MIXED_SOURCE_PLANT")
    assert (finding.party_name, finding.steps_upstream, finding.ground) == (KNITTER.name, 2, "")
    assert "both from Aksu Huafu Color Spinning Co., Ltd., which is on the Entity List" in finding.headline
    assert finding.headline.endswith("and from Example Spinning Ltd.")
    assert len(shipment.latest_screening.facts["rests_on"]["links"]) == 3
    assert screen_shipments([shipment.pk], trigger="again") is None


def test_other_goods_from_another_mill_mix_nothing(importer, member):
    knits(importer, member)
    supplies(LISTED, KNITTER, importer, member)
    supplies(MILL, KNITTER, importer, member, stage="ginner", goods="ginned cotton")
    assert found(ship(importer, member), "MIXED_SOURCE_PLANT") == []


def test_material_stated_to_be_of_xinjiang_beside_other_material_is_mixed_at_the_maker_too(importer, member):
    supplies(KNITTER, SEWER, importer, member, origin="Xinjiang")
    supplies(MILL, SEWER, importer, member)
    [finding] = found(ship(importer, member), "MIXED_SOURCE_PLANT")
    assert (finding.party_name, finding.steps_upstream) == (SEWER.name, 1)
    assert "which delivers material stated to be of Xinjiang" in finding.headline


def test_an_importer_does_not_read_who_else_supplies_a_mixed_plant(importer, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    knits(importer, member)
    supplies(LISTED, KNITTER, rival.active_memberships[0].organization, rival)
    supplies(MILL, KNITTER, importer, member)
    shipment = ship(importer, member)
    assert found(shipment, "MIXED_SOURCE_PLANT")
    [seen] = seen_by(member, shipment, "MIXED_SOURCE_PLANT")
    told = f"{seen.headline} {seen.matched_text} {seen.reasons}"
    assert "Huafu" not in told
    assert "a confidential source" in seen.headline
    assert seen.party_name == KNITTER.name  # which the importer declared itself


# --- TRANSSHIPMENT and HIGH_RISK_INPUT --------------------------------------------------------------------------


def test_shirts_sewn_in_vietnam_of_chinese_cloth_inform(importer, member):
    shipment = ship(importer, member)
    assert found(shipment, "TRANSSHIPMENT") == []
    knits(importer, member)
    [finding] = found(shipment, "TRANSSHIPMENT")
    assert (finding.severity, finding.asks_review, finding.party_name) == ("medium", False, KNITTER.name)
    assert "is made in Vietnam with knit fabric from China" in finding.headline


def test_chinese_cloth_of_shirts_sewn_in_india_is_no_transshipment(importer, member):
    knits(importer, member)
    sewn = ship(importer, member, PartyFacts(name="Example Tailors", country="IN"), origin="IN")
    assert found(sewn, "TRANSSHIPMENT") == []


def test_a_rivals_supplier_in_china_is_not_named_by_transshipment(importer, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    knits(rival.active_memberships[0].organization, rival)
    shipment = ship(importer, member)
    assert found(shipment, "TRANSSHIPMENT")
    [seen] = seen_by(member, shipment, "TRANSSHIPMENT")
    assert KNITTER.name not in f"{seen.headline} {seen.reasons} {seen.path}"
    assert "Xinjiang" not in seen.headline
    assert "a confidential source" in seen.headline


def test_a_battery_needs_inputs_of_which_nobody_is_known(importer, member):
    cells = ship(importer, member, code="8507600020", origin="CN")
    [finding] = found(cells, "HIGH_RISK_INPUT")
    assert (finding.severity, finding.asks_review) == ("medium", False)
    assert finding.matched_text == "aluminum, copper"
    assert "Copper: copper foil of a cell." in finding.reasons
    foil = PartyFacts(name="Example Foil Mill", country="KR")
    supplies(foil, SEWER, importer, member, commodity="copper", stage="", goods="copper foil", hts_prefix="741011")
    assert found(cells, "HIGH_RISK_INPUT")[0].matched_text == "aluminum"


def test_caustic_soda_is_told_of_shirts_only_where_a_dyer_in_china_is_declared(importer, member):
    shipment = ship(importer, member)
    assert found(shipment, "HIGH_RISK_INPUT") == []
    assert any("caustic soda" in reason for reason in found(shipment, "CHAIN_GAP")[0].reasons)
    knits(importer, member)
    assert found(shipment, "HIGH_RISK_INPUT") == []
    dyer = PartyFacts(name="Example Dyeing Co., Ltd.", country="CN")
    supplies(dyer, SEWER, importer, member, stage="dyer or finisher", goods="dyed fabric")
    [finding] = found(shipment, "HIGH_RISK_INPUT")
    assert (finding.severity, finding.asks_review, finding.party_name) == ("low", False, dyer.name)
    assert finding.matched_text == "caustic soda"


def test_toys_need_nothing_of_a_priority_sector(importer, member):
    assert found(ship(importer, member, code="9503000013"), "HIGH_RISK_INPUT") == []


# --- LABOUR_TRANSFER --------------------------------------------------------------------------------------------


def test_a_workshop_of_a_scheme_upstream_asks_a_person(importer, member):
    workshop = PartyFacts(
        name="Example Garment Poverty Alleviation Workshop", native_name="示例扶贫车间", country="CN"
    )
    supplies(workshop, SEWER, importer, member)
    shipment = ship(importer, member)
    [finding] = found(shipment, "LABOUR_TRANSFER")
    words = [reason["token"] for reason in finding.reasons if isinstance(reason, dict)]
    assert words == ["Poverty Alleviation Workshop", "扶贫车间"]
    assert shipment.outcome == Shipment.Outcome.REVIEW


def test_the_report_behind_a_link_is_read_too_and_shown_to_whom_it_belongs(importer, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    other = rival.active_memberships[0].organization
    knits(importer, member)
    supplies(KNITTER, SEWER, other, rival, source="Letter on surplus labour sent to Example Knitting")
    shipment = ship(importer, member)
    [finding] = found(shipment, "LABOUR_TRANSFER")
    assert (finding.matched_field, finding.matched_text) == ("source", "surplus labour")
    [seen] = seen_by(member, shipment, "LABOUR_TRANSFER")
    assert "surplus labour" not in f"{seen.headline} {seen.matched_text} {seen.reasons}"
    sewn = ship(other, rival)
    assert "surplus labour" in seen_by(rival, sewn, "LABOUR_TRANSFER")[0].headline


def test_an_ordinary_chain_speaks_of_no_scheme(importer, member):
    knits(importer, member)
    assert found(ship(importer, member), "LABOUR_TRANSFER") == []


# --- LISTED_AFFILIATE by ownership ------------------------------------------------------------------------------


def owns(owner, owned, importer, member, **said):
    ends = supplier_of(owner, importer), supplier_of(owned, importer)
    return declare_ownership(*ends, actor=member, declared_by=importer, **said)


def test_a_maker_held_by_a_listed_entity_is_asked_about_and_withdrawn_again(importer, member):
    shipment = ship(importer, member)
    between = PartyFacts(name="Example Holding Ltd", country="HK")
    owns(between, SEWER, importer, member, share_from=Decimal(80))
    holding = owns(LISTED, between, importer, member, share_from=Decimal(60))
    [finding] = found(shipment, "LISTED_AFFILIATE")
    assert (finding.severity, finding.ground, finding.matched_field) == ("high", "", "ownership")
    assert finding.listing.name == LISTED.name
    assert finding.reasons[0]["text"] == (
        "Example Bay Garments JSC is held by Example Holding Ltd (80 % at least), which is held by Aksu Huafu Color "
        "Spinning Co., Ltd. (60 % at least)."
    )
    assert shipment.latest_screening.facts["rests_on"]["holdings"] == finding.reasons[0]["holdings"]
    withdraw_ownership(holding, actor=member, reason="sold")
    assert found(shipment, "LISTED_AFFILIATE") == []


def test_and_subsidiaries_in_the_listing_stops_what_the_entity_controls(importer, member):
    row = Listing.objects.filter(scope="and subsidiaries", is_current=True).first()
    owner = PartyFacts(name=row.name, country="CN")
    owns(owner, SEWER, importer, member, share_from=Decimal(51))
    shipment = ship(importer, member)
    [finding] = found(shipment, "LISTED_AFFILIATE")
    assert (finding.severity, finding.ground) == ("block", "LISTED_ENTITY")
    assert any(row.scope in str(reason) for reason in finding.reasons)
    assert shipment.outcome == Shipment.Outcome.PRESUMPTION
    assert shipment.cases.get().lead_finding.rule == "LISTED_AFFILIATE"


def test_a_minority_share_of_such_an_entity_only_asks(importer, member):
    row = Listing.objects.filter(scope="and subsidiaries", is_current=True).first()
    owns(PartyFacts(name=row.name, country="CN"), SEWER, importer, member, share_from=Decimal(30))
    [finding] = found(ship(importer, member), "LISTED_AFFILIATE")
    assert (finding.severity, finding.ground) == ("high", "")
    assert "is held in part by" in finding.headline


def test_a_holding_that_ended_before_importation_says_nothing(importer, member):
    owns(LISTED, SEWER, importer, member, share_from=Decimal(90), valid_to=ON - timedelta(days=1))
    assert found(ship(importer, member), "LISTED_AFFILIATE") == []


def test_the_owner_of_a_listed_entity_is_asked_about(importer, member):
    shipment = ship(importer, member)
    owns(SEWER, LISTED, importer, member, share_from=Decimal(90))
    [finding] = found(shipment, "LISTED_AFFILIATE")
    assert "which controls Aksu Huafu Color Spinning Co., Ltd." in finding.headline
    assert finding.ground == ""


def test_a_judgement_on_an_owner_reaches_what_it_owns(importer, member):
    alike = PartyFacts(name="Esquel Garment Co., Ltd.", city="Foshan", country="CN")
    theirs = ship(make_organization(), make_user(Role.IMPORTER_MEMBER), alike)
    owns(alike, SEWER, importer, member, share_from=Decimal(90))
    shipment = ship(importer, member)
    [before] = [one for one in found(shipment, "LISTED_AFFILIATE") if one.listing.name == "Esquel Group"]
    assert (before.verdict, before.matched_field) == ("possible", "ownership")
    assert "which may be Esquel Group" in before.headline
    pair = next(one for one in found(theirs, "LISTED_ENTITY") if one.listing.name == "Esquel Group")
    pairs.judge(pair, verdict="same", scope="firm", reason="one registration", actor=make_user(Role.ANALYST))
    [after] = [one for one in found(shipment, "LISTED_AFFILIATE") if one.listing.name == "Esquel Group"]
    assert after.verdict == "match"
    assert "which is controlled by Esquel Group" in after.headline


def test_a_list_that_names_an_owner_touches_the_shipments_of_what_it_owns(importer, member):
    owner = PartyFacts(name="Zanzibar Copper Group", country="CN")
    owns(owner, SEWER, importer, member, share_from=Decimal(90))
    shipment = ship(importer, member)
    other = ship(importer, member, PartyFacts(name="Example Tailors", country="IN"), origin="IN")
    listed = matcher_of([ListedParty("zanzibar", (ListedName(owner.name, "listed"),))])
    found_in = touched.touched_by(listed, None).shipment_ids
    assert shipment.pk in found_in
    assert other.pk not in found_in


def test_another_importers_word_on_an_owner_stays_its_own(importer, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    owns(LISTED, SEWER, rival.active_memberships[0].organization, rival, share_from=Decimal(90))
    shipment = ship(importer, member)
    assert found(shipment, "LISTED_AFFILIATE")
    [seen] = seen_by(member, shipment, "LISTED_AFFILIATE")
    assert "Huafu" not in f"{seen.headline} {seen.matched_text} {seen.reasons} {seen.basis}"
    assert seen.listing is None
    assert "a confidential source" in seen.headline


# --- CONTRADICTORY_LINKS ----------------------------------------------------------------------------------------


def test_yarn_that_goes_round_is_told_and_asks_nobody(importer, member):
    knits(importer, member)
    supplies(MILL, KNITTER, importer, member)
    shipment = ship(importer, member)
    assert found(shipment, "CONTRADICTORY_LINKS") == []
    supplies(KNITTER, MILL, importer, member)
    [finding] = found(shipment, "CONTRADICTORY_LINKS")
    assert (finding.severity, finding.asks_review) == ("medium", False)
    assert finding.headline.endswith("are said to deliver cotton yarn to each other.")


def test_a_garment_fed_into_a_knitter_is_told(importer, member):
    knits(importer, member)
    supplies(MILL, KNITTER, importer, member, stage="garment maker", goods="shirts")
    [finding] = found(ship(importer, member), "CONTRADICTORY_LINKS")
    assert "is said to take in shirts from Example Spinning Ltd, yet it delivers knit fabric" in finding.headline


# --- ROUTE_CHANGE -----------------------------------------------------------------------------------------------

MEIJIA = PartyFacts(name="Shandong Meijia Group Co., Ltd.", country="CN")  # listed since 12 June 2024
OTHER = PartyFacts(name="Example Fish Ltd", city="Busan", country="KR")


def test_a_new_source_soon_after_the_old_one_was_listed_is_told(importer, member):
    ship(importer, member, MEIJIA, code="0304710000", on=date(2024, 1, 10), origin="CN")
    before = ship(importer, member, OTHER, code="0304710000", on=date(2024, 6, 1), origin="KR")
    after = ship(importer, member, OTHER, code="0304750000", on=date(2024, 9, 1), origin="KR")
    assert found(before, "ROUTE_CHANGE") == []
    assert found(after, "ROUTE_CHANGE") == []  # the new source was there before the listing
    new = PartyFacts(name="Example Sea Foods", city="Hai Phong", country="VN")
    moved = ship(importer, member, new, code="0304710000", on=date(2024, 10, 1), port_of_lading="Hai Phong")
    [finding] = found(moved, "ROUTE_CHANGE")
    assert (finding.severity, finding.asks_review) == ("low", False)
    assert "the source Example Sea Foods and the origin VN" in finding.headline
    assert "Shandong Meijia Group Co., Ltd., an earlier source, was listed on 12 June 2024" in finding.headline
    assert moved.latest_screening.facts["routes"][0]["since"] == "2024-06-12"
    assert screen_shipments([moved.pk], trigger="again") is None


def test_a_new_port_after_a_detention_is_told_and_other_goods_are_not(importer, member):
    old = ship(importer, member, LISTED, on=ON - timedelta(days=200), port_of_lading="Shanghai")
    officer = make_user(Role.REVIEWER)
    case = old.cases.first() or cases.open_case(old, actor=officer, reason="look")
    detentions.record_detention(case, old, actor=officer, presented_on=ON - timedelta(days=190), source="form 6051D")
    moved = ship(importer, member, LISTED, port_of_lading="Ningbo")
    [finding] = found(moved, "ROUTE_CHANGE")
    assert "the port of lading Ningbo" in finding.headline
    assert "a shipment of such goods was detained on 31 October 2025" in finding.headline
    assert Detention.objects.count() == 1
    assert found(ship(importer, member, code="9503000013", port_of_lading="Ningbo"), "ROUTE_CHANGE") == []
    rival = make_user(Role.IMPORTER_MEMBER)
    theirs = ship(rival.active_memberships[0].organization, rival, port_of_lading="Ningbo")
    assert found(theirs, "ROUTE_CHANGE") == []


def late(importer, member, days_before, *, moved_on=ON):
    """A detention that goes on record only after goods that came by another port were screened."""
    old = ship(importer, member, LISTED, on=ON - timedelta(days=200), port_of_lading="Shanghai")
    moved = ship(importer, member, LISTED, on=moved_on, port_of_lading="Ningbo")
    ship(importer, member, LISTED, on=ON - timedelta(days=1), port_of_lading="Shanghai")
    assert found(moved, "ROUTE_CHANGE") == []
    on = ON - timedelta(days=days_before)
    officer = make_user(Role.REVIEWER)
    held = detentions.record_detention(
        old.cases.get(), old, actor=officer, presented_on=on, detained_on=on, source="form 6051D"
    )
    return moved, held, officer


def test_a_detention_recorded_late_has_what_came_by_another_way_since_screened_again(importer, member):
    moved, held, _ = late(importer, member, 190)
    assert touched.shipments_touched_by_detention(held.pk) == {moved.pk}
    [finding] = found(moved, "ROUTE_CHANGE")
    assert "the port of lading Ningbo" in finding.headline
    again = Rescreened.objects.get(is_changed=True)
    assert (again.shipment, again.causes) == (moved, ["detention"])
    assert latest_of(moved, member)[0].because == "the record of when goods were detained changed"
    assert causes_of(again.rescreening) == ([{"text": f"{held.shipment} detained on 26 October 2025",
                                              "url": f"/cases/{held.case_id}/"}], 0)  # fmt: skip


def test_a_shipment_without_a_day_of_importation_is_screened_again_too(importer, member):
    moved, held, _ = late(importer, member, 100, moved_on=None)
    assert touched.shipments_touched_by_detention(held.pk) == {moved.pk}
    assert len(found(moved, "ROUTE_CHANGE")) == 1


def test_what_a_corrected_day_of_detention_no_longer_says_is_taken_back(importer, member):
    moved, held, officer = late(importer, member, 190)
    assert len(found(moved, "ROUTE_CHANGE")) == 1
    after = ON + timedelta(days=1)
    days = {"presented_on": after, "detained_on": after}
    detentions.record_detention(
        held.case, held.shipment, actor=officer, **days, source="form 6051D", reason="Misread."
    )
    assert found(moved, "ROUTE_CHANGE") == []


def test_goods_released_after_they_were_presented_were_not_detained(importer, member):
    old = ship(importer, member, LISTED, on=ON - timedelta(days=200), port_of_lading="Shanghai")
    officer, on = make_user(Role.REVIEWER), ON - timedelta(days=190)
    held = detentions.record_detention(old.cases.get(), old, actor=officer, presented_on=on, source="form 6051D")
    detentions.record_event(held, Kind.RELEASED, on + timedelta(days=1), actor=officer, source="ACE")
    assert found(ship(importer, member, LISTED, port_of_lading="Ningbo"), "ROUTE_CHANGE") == []


def test_a_detention_under_an_order_counts_too(importer, member):
    old = ship(importer, member, LISTED, on=ON - timedelta(days=200), port_of_lading="Shanghai")
    moved = ship(importer, member, LISTED, port_of_lading="Ningbo")
    officer, on = make_user(Role.REVIEWER), ON - timedelta(days=200)
    case = old.cases.get()
    Case.objects.filter(pk=case.pk).update(regime=Case.Regime.WRO)
    case.refresh_from_db()
    detentions.record_detention(
        case, old, actor=officer, imported_on=on, detained_on=on + timedelta(days=3), source="notice"
    )
    [finding] = found(moved, "ROUTE_CHANGE")
    assert "was detained on 19 October 2025" in finding.headline


# --- PRICE_OUTLIER ----------------------------------------------------------------------------------------------


def peers(*prices, **fields):
    """Lines of other importers, one shipment each."""
    owner = make_organization()
    made = [
        declared(quantity=Decimal(100), quantity_unit="doz", value=Decimal(price) * 100, currency="USD", **fields)
        for price in prices
    ]
    return add_shipments(made, owner=owner)


def priced(importer, member, value, **fields):
    said = {"quantity": Decimal(10), "quantity_unit": "DOZ", "currency": "usd"} | fields
    return ship(importer, member, value=Decimal(value), **said)


def test_a_price_far_under_that_of_other_importers_is_told_with_its_figures(importer, member):
    peers(*range(38, 50))
    shipment = priced(importer, member, 95)
    [finding] = found(shipment, "PRICE_OUTLIER")
    assert (finding.severity, finding.asks_review) == ("low", False)
    assert "costs USD 9.50 a DOZ, far under the USD" in finding.headline
    assert "Compared with 12 lines of 61091000" in finding.reasons[0]
    assert shipment.latest_screening.facts["prices"][0]["peers"] == 12
    [seen] = seen_by(member, shipment, "PRICE_OUTLIER")
    told = f"{seen.headline} {seen.reasons}"
    assert "43.50" in finding.headline
    assert "43.5" not in told
    assert "far under" in told


def test_usual_prices_other_units_and_other_currencies_are_no_peers(importer, member):
    peers(*range(38, 50))
    for fields in ({"quantity_unit": "kg"}, {"currency": "EUR"}, {"code": "6110200012"}):
        assert found(priced(importer, member, 95, **fields), "PRICE_OUTLIER") == []
    assert found(priced(importer, member, 400), "PRICE_OUTLIER") == []


# --- STALE_LIST, and how it is read -----------------------------------------------------------------------------


def test_an_old_list_is_a_finding_for_information(importer, member):
    retrieved = ListVersion.objects.current(ListVersion.Register.UFLPA).retrieved_on
    shipment = ship(importer, member, code="9503000013", on=retrieved + timedelta(days=31))
    [finding] = found(shipment, "STALE_LIST")
    assert (finding.severity, finding.asks_review) == ("info", False)
    assert shipment.outcome == Shipment.Outcome.NO_FINDING
    early = ship(importer, member, code="9503000013", on=retrieved + timedelta(days=30))
    assert found(early, "STALE_LIST") == []


def test_the_first_digits_of_a_code_are_kept_for_comparison(importer, member):
    ship(importer, member)
    assert ShipmentLine.objects.get().hts6 == "610910"


def test_what_the_rules_need_is_read_for_many_shipments_at_once(importer, member):
    def asked(ids):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            screen_shipments(ids, trigger="count")
        return len([one for one in captured if one["sql"].lstrip().upper().startswith("SELECT")])

    peers(*range(38, 50))
    knits(importer, member)
    supplies(LISTED, KNITTER, importer, member)
    supplies(MILL, KNITTER, importer, member)
    owns(LISTED, MILL, importer, member, share_from=Decimal(90))
    many = [
        declared(
            quantity=Decimal(1),
            quantity_unit="doz",
            value=Decimal(4 if n == 5 else 40),
            currency="USD",
            reference=f"R{n}",
        )
        for n in range(21)
    ]
    stored = add_shipments(many, owner=importer)
    Supplier.objects.count()
    reads = asked([stored[0].pk])
    assert asked([one.pk for one in stored[1:]]) - reads < 20 * 10
    kinds = set(stored[5].screenings.get().findings.values_list("rule", flat=True))
    assert {"MIXED_SOURCE_PLANT", "TRANSSHIPMENT", "PRICE_OUTLIER", "LISTED_AFFILIATE"} <= kinds


def test_the_queue_of_looks_is_narrowed_by_a_rule_that_only_informs(client, importer, member):
    knits(importer, member)
    sewn = ship(importer, member, reference="SEWN-IN-VIETNAM")
    tailor = PartyFacts(name="Example Tailors", country="IN")
    ship(importer, member, tailor, origin="IN", reference="SEWN-IN-INDIA")
    assert sewn.outcome == Shipment.Outcome.REVIEW
    client.force_login(make_user(Role.ANALYST))
    page = client.get("/desk/needs-a-look/", {"rule": "TRANSSHIPMENT"}).content.decode()
    assert '<option value="TRANSSHIPMENT" selected>' in page
    assert "SEWN-IN-VIETNAM" in page
    assert "SEWN-IN-INDIA" not in page


def test_a_case_shows_what_each_reason_rests_on(client, importer, member):
    knits(importer, member)
    supplies(LISTED, KNITTER, importer, member)
    supplies(MILL, KNITTER, importer, member)
    case = ship(importer, member).cases.get()
    client.force_login(make_user(Role.ANALYST))
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "MIXED_SOURCE_PLANT" in page
    assert "From Example Spinning Ltd." in page
    assert "its production records must show" in page
