"""Withhold release orders: their own ground, their own case, their own goods and days."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import ListVersion
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.services.assessments import assess
from screening.domain.pathways import Pathway
from screening.models import (
    Case,
    Detention,
    Finding,
    HeldLine,
    LegalEvent,
    Letter,
    LetterDraft,
    Look,
    Recommendation,
    Shipment,
)  # fmt: skip
from screening.sealed import findings_as_they_stand
from screening.services import cases, detentions, letters
from screening.services.decisions import record_recommendation
from screening.services.runs import screen_shipments
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
BEFORE, SINCE = date(2022, 6, 20), date(2022, 6, 21)
TAIDA = PartyFacts(name="Hetian Taida Apparel Co., Ltd.", country="CN")
SITE = PartyFacts(name="Example Textile Co., Ltd.", address="No. 1 Renmin Road", city="Aksu, Xinjiang", country="CN")
XPCC = PartyFacts(name="Xinjiang Production and Construction Corps First Division Ginning Plant", country="CN")
SHIRT, YARN, PUMP = "6109100012", "5205240090", "8413700000"


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


def screened(party, *codes, on=BEFORE, role="manufacturer", **head):
    importer = make_organization()
    lines = tuple(DeclaredLine(number, "Goods", (code,)) for number, code in enumerate(codes, 1))
    declared = DeclaredShipment(imported_on=on, lines=lines, parties=(DeclaredRole(role, party),), **head)
    shipment = add_shipment(declared, owner=importer, actor=make_user(Role.IMPORTER_MEMBER, importer))
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def orders(shipment):
    return list(shipment.latest_screening.findings.filter(rule="WRO"))


def test_an_order_withholds_its_goods_from_the_named_maker_in_a_case_of_its_own():
    shipment = screened(TAIDA, PUMP, SHIRT)
    found = next(one for one in orders(shipment) if one.listing.name == TAIDA.name)
    assert (found.ground, found.severity, found.asks_review, found.line_numbers) == ("WRO", "block", True, [2])
    assert found.basis == "19 U.S.C. 1307; 19 CFR 12.42(e); order of 30 September 2019: All Garments"
    assert found.list_version.register == found.listing.version.register == ListVersion.Register.WRO
    assert shipment.outcome == Shipment.Outcome.REVIEW
    assert list(shipment.cases.values_list("regime", flat=True)) == [Case.Regime.WRO]
    assert not Finding.objects.of_pairs().filter(rule="WRO").exists()


def test_an_order_says_nothing_of_other_goods_or_of_the_time_before_it():
    assert orders(screened(TAIDA, PUMP)) == []
    assert orders(screened(TAIDA, SHIRT, on=date(2019, 9, 29))) == []


def test_a_party_that_is_no_source_only_asks_for_review():
    shipment = screened(TAIDA, SHIRT, role="consignee")
    assert {(one.ground, one.severity, one.asks_review) for one in orders(shipment)} == {("", "high", True)}
    assert not shipment.cases.exists()


def test_from_the_day_of_the_uflpa_an_order_is_for_information():
    shipment = screened(TAIDA, SHIRT, on=SINCE)
    found = next(one for one in orders(shipment) if one.listing.name == TAIDA.name)
    assert (found.ground, found.severity, found.asks_review) == ("", "info", False)
    assert any("superseded" in reason for reason in found.reasons)
    assert list(shipment.cases.values_list("regime", flat=True)) == [Case.Regime.UFLPA]
    assert shipment.cases.get().lead_finding.ground == Finding.Ground.LISTED_ENTITY


def test_the_region_wide_order_is_met_by_place_and_goods():
    names = {one.listing.name for one in orders(screened(SITE, YARN))}
    assert names == {"Xinjiang Uyghur Autonomous Region (XUAR)"}
    assert orders(screened(SITE, PUMP)) == []


def test_the_order_on_the_corps_is_met_by_the_corps():
    names = {one.listing.name for one in orders(screened(XPCC, YARN))}
    assert "Xinjiang Production and Construction Corporation (XPCC) and its subordinates" in names


def test_the_name_of_the_region_alone_meets_no_order():
    named = PartyFacts(name="Xinjiang Trading Ltd.", city="Hamburg", country="DE")
    assert orders(screened(named, YARN)) == []


def test_a_site_in_xinjiang_raises_the_presumption_only_from_the_day_of_the_uflpa():
    before, since = screened(SITE, PUMP), screened(SITE, PUMP, on=SINCE)
    assert (before.outcome, since.outcome) == (Shipment.Outcome.REVIEW, Shipment.Outcome.PRESUMPTION)
    assert not before.cases.exists()
    early = before.latest_screening.findings.get(rule="XJ_SITE")
    assert (early.ground, early.severity) == ("", "high")
    assert "21 June 2022" in early.reasons[-1]


def test_a_person_may_open_a_case_under_the_uflpa_beside_that_of_an_order(client):
    shipment = screened(TAIDA, SHIRT)
    case = cases.open_case(shipment, actor=make_user(Role.ANALYST), reason="Look at the yarn.")
    assert case.regime == Case.Regime.UFLPA
    assert case.lead_finding is None or case.lead_finding.rule != "WRO"
    assert shipment.cases.count() == 2
    sealed = {row.regime: {one["rule"] for one in findings_as_they_stand(row)} for row in shipment.cases.all()}
    assert sealed[Case.Regime.WRO] == {"WRO"}
    assert "WRO" not in sealed[Case.Regime.UFLPA]
    client.force_login(make_user(Role.ANALYST))
    pages = {row.regime: client.get(f"/cases/{row.pk}/") for row in shipment.cases.all()}
    assert {page.status_code for page in pages.values()} == {200}
    assert b"12.42(e)" in pages[Case.Regime.WRO].content
    assert b"12.42(e)" not in pages[Case.Regime.UFLPA].content


def test_other_orders_lead_to_another_screening_and_none_are_no_failure():
    shipment = screened(TAIDA, SHIRT)
    assert screen_shipments([shipment.pk], trigger="again") is None
    first = ListVersion.objects.current(ListVersion.Register.WRO)
    newer = ListVersion.objects.create(
        register=first.register, label="none", source="test", retrieved_on=first.retrieved_on, rows_sha256="0" * 64,
        row_count=0, entity_count=0, state="published", published_at=shipment.latest_screening.created_at,
    )  # fmt: skip
    run = screen_shipments([shipment.pk], trigger="other orders")
    shipment.refresh_from_db()
    assert run.wro_version == newer
    assert orders(shipment) == []


def test_the_dates_and_pathways_of_the_uflpa_are_refused_on_the_case_of_an_order():
    shipment = screened(TAIDA, SHIRT)
    case, reviewer = shipment.cases.get(), make_user(Role.REVIEWER)
    acts = (
        lambda: detentions.record_detention(case, shipment, actor=reviewer, presented_on=BEFORE, source="form 6051D"),
        lambda: record_recommendation(
            case,
            actor=reviewer,
            pathway=Pathway.APPLICABILITY,
            conclusion="not_in_scope",
            reasons="…",
            grounds=["WRO"],
            record={},
        ),
        lambda: assess(
            case, actor=reviewer, pathway=Pathway.APPLICABILITY, code="A1", verdict="not_shown", reason="Nothing."
        ),
    )
    for act in acts:
        with pytest.raises(Refused, match="19 CFR 12.42 to 12.44"):
            act()
    assert not Detention.objects.exists()
    assert not Recommendation.objects.exists()


def test_an_importer_gives_notice_that_goods_under_an_order_are_exported(client, settings):
    settings.OFFICE_IS_AUTHORITY = True
    shipment, today = screened(TAIDA, SHIRT, entry_number="551-3518786-6"), timezone.localdate()
    case, member = shipment.cases.get(), shipment.owner.memberships.get().user
    detentions.record_detention(
        case, shipment, actor=make_user(Role.REVIEWER), imported_on=BEFORE, detained_on=BEFORE, source="notice"
    )
    client.force_login(member)
    mine = client.get(f"/to-do/cases/{case.pk}/").content.decode()
    assert "papers you can write: export or abandonment" in mine
    page = client.get(reverse("case-letters", args=[case.pk])).content.decode()
    assert "Notice of export or abandonment" in page
    assert "Request for an applicability review" not in page
    client.post(reverse("letter-begin", args=[case.pk]), {"kind": "protest"})
    assert not LetterDraft.objects.exists()
    client.post(reverse("letter-begin", args=[case.pk]), {"kind": "disposal_notice"})
    draft = LetterDraft.objects.get()
    page = client.get(reverse("letter-draft", args=[draft.pk])).content.decode()
    assert "For the portal" not in page
    assert "under a withhold release order since 20 Jun 2022" in page
    assert "which falls under the withhold release order on Hetian Taida Apparel Co., Ltd." in page
    left = {"act": "export", "leaves_on": today.isoformat(), "destination": "Busan", "carrier": "Example Line"}
    draft = letters.edit(draft, actor=member, contents=left)
    client.post(reverse("letter-draft-issue", args=[draft.pk]))
    letter = Letter.objects.get()
    assert letter.document["title"] == "Notice of export or abandonment"
    assert list(HeldLine.objects.values_list("regime", "state")) == [("WRO", "exported")]
    assert letter.number in LegalEvent.objects.get(kind="exported").source


def test_goods_under_an_order_are_given_up_and_stay_held(settings):
    settings.OFFICE_IS_AUTHORITY = True
    shipment, today = screened(TAIDA, SHIRT, entry_number="551-3518786-6"), timezone.localdate()
    case, member = shipment.cases.get(), shipment.owner.memberships.get().user
    held = detentions.record_detention(
        case, shipment, actor=make_user(Role.REVIEWER), imported_on=BEFORE, detained_on=BEFORE, source="notice"
    )
    facts = letters.facts_of(case, detention=held, exhibits=[])
    draft = letters.draft_letter(case, kind="disposal_notice", actor=member, facts=facts, detention=held)
    letters.edit(draft, actor=member, contents={"act": "abandon", "leaves_on": today.isoformat()})
    letters.issue(draft, actor=member, facts=facts)
    assert list(LegalEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "imported", "detained", "disposal_noticed"]  # fmt: skip
    assert HeldLine.objects.get().state == "detained"
    with pytest.raises(Refused, match="19 CFR 12.42 to 12.44"):
        letters.draft_letter(case, kind="applicability_request", actor=member, facts=facts, detention=held)


def test_what_an_order_withholds_is_not_set_aside():
    shipment = screened(TAIDA, SHIRT)
    with pytest.raises(Refused, match="worked on in its case"):
        cases.set_aside(shipment, actor=make_user(Role.REVIEWER), reason="Looks fine.")
    assert not Look.objects.exists()


def test_the_desk_filters_each_case_by_the_ground_of_its_own_regime(client):
    shipment = screened(TAIDA, SHIRT)
    case = cases.open_case(shipment, actor=make_user(Role.ANALYST), reason="Look at the yarn.")
    order = shipment.cases.get(regime=Case.Regime.WRO)
    client.force_login(make_user(Role.ANALYST))
    pages = {ground: client.get(f"/desk/?ground={ground}").content.decode() for ground in ("WRO", "none")}
    assert order.number in pages["WRO"]
    assert case.number not in pages["WRO"]
    assert case.number in pages["none"]
    assert order.number not in pages["none"]


def test_an_importer_reads_of_the_order_and_its_proof_in_the_case_of_the_order(client):
    shipment = screened(TAIDA, SHIRT)
    client.force_login(shipment.owner.memberships.get().user)
    page = client.get(f"/to-do/cases/{shipment.cases.get().pk}/", follow=True).content.decode()
    assert "19 CFR 12.43" in page
    assert "Uyghur Forced Labor Prevention Act, sec. 3" not in page


def test_goods_that_are_not_in_the_table_of_goods_ask_a_person(monkeypatch):
    monkeypatch.setattr("screening.services.runs.in_words.order_goods", dict)
    found = next(one for one in orders(screened(TAIDA, PUMP)) if one.listing.name == TAIDA.name)
    assert (found.ground, found.severity, found.asks_review) == ("", "high", True)
    assert any("table of goods" in reason for reason in found.reasons)


def test_the_pages_of_an_order_speak_of_the_order_alone(client):
    shipment = screened(TAIDA, SHIRT)
    case = shipment.cases.get()
    client.force_login(make_user(Role.REVIEWER))
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "Withhold release order: case" in page
    assert "the proof of 19 CFR 12.43" in page
    assert "Under an order" in page
    assert "Order of 30 Sep 2019" in page
    assert "Ltd.." not in page
    assert "Record a detention" in page
    answer = client.get(f"/cases/{case.pk}/recommend/").content.decode()
    assert "Proof under the order" in answer
    assert "Applicability review" not in answer
    client.force_login(shipment.owner.memberships.get().user)
    mine = client.get(f"/to-do/cases/{case.pk}/").content.decode()
    assert "Prove that no forced labour was used" in mine
    assert "Ask for an exception" not in mine
