"""Affiliates of listed entities, and what is known beside the name, from screening to page, API and file."""

import csv
import json
from datetime import date

import pytest
from django.core.management import call_command

from entities.domain.facts import ListedName, PartyFacts
from entities.domain.matching import Affiliation
from entities.domain.parties import PartyScreening
from entities.domain.roles import Role
from entities.models import ListVersion
from entities.services import jobs, judgements
from entities.services.lists import load_reference_lists
from screening.confidential import findings_for
from screening.domain import rules
from screening.domain.tracing import Grade
from screening.models import Shipment
from screening.services import cases, pairs
from screening.services.runs import screen_shipments
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.api_client import client_of, declaration, delivery
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
AFFILIATE = PartyFacts(name="Zijin Mining Group Southwest Co Ltd", country="CN", postal_code="650000")
LISTED = PartyFacts(name="Zijin Mining Group Co., Ltd.", country="CN", postal_code="364200")
USCC = "91330100716105852F"
JUDGED = PartyFacts(name="Esquel Garment Co., Ltd.", city="Foshan", country="CN", uscc=USCC, phone="0757 8123 4567")
HIDDEN = PartyFacts(name="Example Bay Garments", city="Shenzhen", country="CN", uscc=USCC)
CALLED = PartyFacts(name="Example Bay Garments", city="Shenzhen", country="CN", phone="+86 757 81234567")


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


def ship(party, *, role="manufacturer", on=date(2026, 5, 4)):
    owner = make_organization()
    line = DeclaredLine(1, "Pumps", ("8413700000",))
    declared = DeclaredShipment(imported_on=on, lines=(line,), parties=(DeclaredRole(role, party),))
    shipment = add_shipment(declared, owner=owner, actor=make_user(Role.IMPORTER_MEMBER, owner))
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def found(shipment, rule):
    shipment.refresh_from_db()
    return list(shipment.latest_screening.findings.filter(rule=rule))


def judge_same(shipment, name):
    finding = next(one for one in found(shipment, "LISTED_ENTITY") if one.listing.name == name)
    analyst = make_user(Role.ANALYST)
    judgement = pairs.judge(finding, verdict="same", scope="firm", reason="one registration", actor=analyst)
    jobs.work_off()
    return judgement


# --- LISTED_AFFILIATE -------------------------------------------------------------------------------------------


def test_an_affiliate_asks_for_review_and_presumes_nothing():
    shipment = ship(AFFILIATE)
    finding = found(shipment, "LISTED_AFFILIATE")[0]
    assert (finding.ground, finding.severity, finding.asks_review) == ("", "high", True)
    assert finding.listing.name == "Zijin Mining Group Co., Ltd."
    assert finding.list_version == ListVersion.objects.current("UFLPA")
    assert (finding.matched_field, finding.matched_text) == ("name", AFFILIATE.name)
    assert "seems to belong to Zijin Mining Group Co., Ltd., listed since" in finding.headline
    assert finding.reasons[-1].startswith("The listing names this entity alone;")
    assert finding.basis.startswith("UFLPA sec. 3(a), read with the words of the listing; ")
    assert found(shipment, "LISTED_ENTITY") == []
    assert shipment.outcome == Shipment.Outcome.REVIEW
    assert not shipment.cases.exists()


def test_the_entity_itself_is_no_affiliate_and_before_its_listing_nobody_is():
    itself = ship(LISTED)
    assert found(itself, "LISTED_AFFILIATE") == []
    assert found(itself, "LISTED_ENTITY")[0].ground == "LISTED_ENTITY"
    assert found(ship(AFFILIATE, on=date(2024, 1, 1)), "LISTED_AFFILIATE") == []


def test_an_affiliate_that_is_no_source_asks_too():
    consignee = found(ship(AFFILIATE, role="consignee"), "LISTED_AFFILIATE")[0]
    assert (consignee.party_role, consignee.ground, consignee.asks_review) == ("consignee", "", True)


def test_an_affiliate_upstream_is_named_to_whoever_declared_it_and_to_nobody_else():
    knows, other = make_user(Role.IMPORTER_MEMBER), make_user(Role.IMPORTER_MEMBER)
    mill = delivery("mill", "maker", "Example Knitting Mill Co., Ltd.", stage="knitter or weaver")
    listed = delivery("kin", "mill", "Aksu Huafu Color Spinning Hongsheng Trading Co., Ltd.", stage="spinner")
    client_of(knows).post("/api/v1/shipments/", declaration(suppliers=[mill, listed]), format="json")
    client_of(other).post("/api/v1/shipments/", declaration(suppliers=[mill]), format="json")
    jobs.work_off()
    seen = {}
    for user in (knows, other):
        shipment = Shipment.objects.get(owner=user.active_memberships[0].organization)
        rows = findings_for(user, shipment.latest_screening)
        seen[user.pk] = next(one for one in rows if one.rule == "LISTED_AFFILIATE")
    assert seen[knows.pk].steps_upstream == 3
    assert "Aksu Huafu Color Spinning Hongsheng" in seen[knows.pk].headline
    told = seen[other.pk].headline
    assert told.endswith(
        "a confidential source, which possibly belongs to a firm of the Entity List, three steps upstream."
    )
    assert (seen[other.pk].listing, seen[other.pk].reasons) == (None, [])


def test_the_rule_takes_what_is_known_of_an_affiliate_however_it_is_known():
    words = ("Owned by Zanzibar Copper Group.", "The listing names this entity alone.")
    name = ListedName("Zanzibar Copper Group", "listed")
    kin = Affiliation("zanzibar", "stated", "name", "Zanzibar Copper Group", name, words)
    rows = {"zanzibar": rules.ListRow("Zanzibar Copper Group", date(2024, 1, 1), "Section 2(d)(2)(B)(v)", "")}

    def findings(*affiliations):
        verdict = PartyScreening("none", (), "none", (), affiliations)
        party = rules.PartyAtStep(PartyFacts(name="Foo Ltd"), verdict, "supplier", (), 3, Grade.RELEVANT)
        return list(rules.listed_affiliate(rules.ShipmentFacts((), (party,), date(2026, 5, 4), rows=rows)))

    assert findings() == []
    finding = findings(kin)[0]
    assert (finding.rule, finding.ground, finding.asks_review, finding.listed_key) == (
        "LISTED_AFFILIATE",
        "",
        True,
        "zanzibar",
    )
    assert finding.reasons == words
    assert "seems to belong to Zanzibar Copper Group, listed since 1 January 2024" in finding.headline


def test_an_affiliate_is_set_aside_with_a_reason_like_every_question():
    shipment = ship(AFFILIATE)
    look = cases.set_aside(shipment, actor=make_user(Role.REVIEWER), reason="Sold by the group in 2019, see file.")
    assert look.screening == shipment.latest_screening
    assert found(shipment, "LISTED_AFFILIATE")


def test_an_affiliate_stands_on_the_page_of_the_case(client):
    shipment = ship(AFFILIATE)
    client.force_login(make_user(Role.ANALYST))
    assert "LISTED_AFFILIATE" in client.get("/desk/needs-a-look/").content.decode()
    case = cases.open_case(shipment, actor=make_user(Role.ANALYST), reason="Who owns it?")
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "LISTED_AFFILIATE" in page
    assert "seems to belong to Zijin Mining Group Co., Ltd." in page
    assert "The listing names this entity alone" in page


def test_an_affiliate_is_in_the_api_of_shipments_and_of_parties():
    shipment = ship(AFFILIATE)
    api = client_of(make_user(Role.ANALYST))
    findings = api.get(f"/api/v1/shipments/{shipment.pk}/").json()["screening"]["findings"]
    finding = next(one for one in findings if one["code"] == "LISTED_AFFILIATE")
    assert (finding["ground"], finding["matched"]["field"], finding["signs"]) == (None, "name", [])
    sent = {"on": "2026-05-04", "parties": [{"id": "a", "name": AFFILIATE.name, "country": "CN"}]}
    result = api.post("/api/v1/screen-party/", sent, format="json").json()["results"][0]
    assert result["listed"]["verdict"] == "none"
    assert [(one["name"], one["how"]) for one in result["affiliations"]] == [("Zijin Mining Group Co., Ltd.", "name")]
    assert {one["rule"] for one in result["reasons"]} == {"LISTED_AFFILIATE"}


def test_an_affiliate_stands_in_the_file_of_screened_parties(tmp_path, capsys):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"name\n{AFFILIATE.name}\nAcme Pumps LLC\n")
    call_command("screen_parties", str(source), output=target, on=date(2026, 5, 4))
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["listed_verdict"], row["affiliate_of"]) for row in rows] == [
        ("none", "Zijin Mining Group Co., Ltd."),
        ("none", ""),
    ]
    assert {one["rule"] for one in json.loads(rows[0]["reasons"])} == {"LISTED_AFFILIATE"}
    assert "2 rows screened for 4 May 2026, 1 flagged" in capsys.readouterr().out


# --- known beside the name --------------------------------------------------------------------------------------


def test_a_credit_code_of_a_firm_judged_the_same_makes_another_name_the_entity():
    before = ship(HIDDEN)
    assert found(before, "LISTED_ENTITY") == []
    judgement = judge_same(ship(JUDGED), "Esquel Group")
    finding = found(before, "LISTED_ENTITY")[0]  # screened again: the judgement bears on it
    assert (finding.verdict, finding.ground, finding.matched_field) == ("match", "LISTED_ENTITY", "uscc")
    assert finding.listing.name == "Esquel Group"
    sign = next(one for one in finding.reasons if isinstance(one, dict))
    assert (sign["field"], sign["token"], sign["judgement"]) == ("uscc", USCC, judgement.pk)
    assert judgement.as_judged().sentence in sign["text"]
    assert before.outcome == Shipment.Outcome.PRESUMPTION
    assert [judgement.pk, "made known"] in before.latest_screening.facts["judgements"]
    assert screen_shipments([before.pk], trigger="again") is None


def test_a_telephone_of_a_firm_judged_the_same_only_asks():
    before = ship(CALLED)
    judge_same(ship(JUDGED), "Esquel Group")
    finding = found(before, "LISTED_ENTITY")[0]
    assert (finding.verdict, finding.ground, finding.matched_field) == ("possible", "", "phone")
    assert before.outcome == Shipment.Outcome.REVIEW


def test_a_supplier_upstream_is_known_by_its_code_too():
    importer = make_user(Role.IMPORTER_MEMBER)
    chain = [delivery("mill", "maker", "Example Knitting Mill Co., Ltd.", stage="knitter or weaver", uscc=USCC)]
    client_of(importer).post("/api/v1/shipments/", declaration(suppliers=chain), format="json")
    jobs.work_off()
    shipment = Shipment.objects.get(owner=importer.active_memberships[0].organization)
    assert found(shipment, "LISTED_ENTITY") == []
    judge_same(ship(JUDGED), "Esquel Group")
    finding = found(shipment, "LISTED_ENTITY")[0]
    assert (finding.steps_upstream, finding.matched_field, finding.verdict) == (2, "uscc", "match")


def test_a_later_judgement_takes_what_was_known_away():
    hidden, judged = ship(HIDDEN), ship(JUDGED)
    judge_same(judged, "Esquel Group")
    assert found(hidden, "LISTED_ENTITY")
    finding = next(one for one in found(judged, "LISTED_ENTITY") if one.listing.name == "Esquel Group")
    analyst, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)
    later = pairs.judge(finding, verdict="different", scope="firm", reason="the code was misread", actor=analyst)
    judgements.answer_judgement(later, actor=approver, is_confirmed=True)
    jobs.work_off()
    assert found(hidden, "LISTED_ENTITY") == []


def test_a_firm_known_by_its_code_may_itself_be_judged_another():
    hidden = ship(HIDDEN)
    judge_same(ship(JUDGED), "Esquel Group")
    finding = found(hidden, "LISTED_ENTITY")[0]
    analyst, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)
    judgement = pairs.judge(finding, verdict="different", scope="firm", reason="code of the agent", actor=analyst)
    judgements.answer_judgement(judgement, actor=approver, is_confirmed=True)
    jobs.work_off()
    now = found(hidden, "LISTED_ENTITY")[0]
    assert (now.severity, now.asks_review, now.judgement) == ("info", False, judgement)


def test_what_people_judged_stays_with_the_office(client):
    hidden = ship(HIDDEN)
    judge_same(ship(JUDGED), "Esquel Group")
    hidden.refresh_from_db()
    member = hidden.owner.memberships.get().user
    seen = next(one for one in findings_for(member, hidden.latest_screening) if one.rule == "LISTED_ENTITY")
    assert JUDGED.name not in json.dumps(seen.reasons)
    assert "The office judged whether the party is the listed entity." in seen.reasons
    sent = {"on": "2026-05-04", "parties": [{"id": "a", "name": HIDDEN.name, "uscc": USCC, "country": "CN"}]}
    answers = {
        role: client_of(user).post("/api/v1/screen-party/", sent, format="json").json()["results"][0]
        for role, user in (("office", make_user(Role.ANALYST)), ("importer", member))
    }
    assert answers["office"]["listed"]["verdict"] == "match"
    assert {one["field"] for one in answers["office"]["reasons"] if one["rule"] == "LISTED_ENTITY"} == {"uscc"}
    assert answers["importer"]["listed"]["verdict"] == "none"


def test_each_sign_stands_apart_on_the_page_and_in_the_api(client):
    party = PartyFacts(
        name="Hetian Haolin Hair Accessories Co. Ltd.", city="Hetian", country="CN", mid="CNHETHAO12HET"
    )
    shipment = ship(party)
    case = shipment.cases.get()
    client.force_login(make_user(Role.ANALYST))
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert 'field mid: <span class="co-mono">CNHETHAO12HET</span>' in page
    assert 'field city: <span class="co-mono">hetian</span>' in page
    api = client_of(make_user(Role.ANALYST))
    findings = api.get(f"/api/v1/shipments/{shipment.pk}/").json()["screening"]["findings"]
    finding = next(one for one in findings if one["code"] == "LISTED_ENTITY")
    assert [(one["field"], one["rule"]) for one in finding["signs"]] == [
        ("mid", "LISTED_ENTITY"),
        ("city", "LISTED_ENTITY"),
    ]
    assert all(isinstance(reason, str) for reason in finding["reasons"])
    row = found(shipment, "LISTED_ENTITY")[0]
    assert "the rules construct" in client.get(f"/matches/{row.pk}/", follow=True).content.decode()
