"""What other importers declared is used for everybody and shown to nobody else: path, finding, coverage, case."""

import pytest

from entities.domain.roles import Role
from entities.models import BrokerAuthorization, SupplyLink
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.confidential import coverage_for, findings_for
from screening.models import Finding, Shipment
from tests.api_client import V1, client_of, declaration, delivery
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
LISTED = "Aksu Huafu Color Spinning Co., Ltd."
SECRETS = ("Huafu", "华孚", "Aksu", "Example Lake", "90 FR 3899", "2(d)(2)(B)(v)", "spinner", "in step")


@pytest.fixture
def rival():
    """An importer that knows the chain of a knitting mill up to a listed spinner."""
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def member():
    """An importer that knows its maker and the mill behind it, no more."""
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def shipment(rival, member):
    """The importer's shipment, flagged through what the rival declared."""
    load_reference_lists()
    mill = delivery("mill", "maker", "Example Knitting Mill Co., Ltd.", stage="knitter or weaver")
    rivals_chain = [
        mill,
        delivery("merchant", "mill", "Example Lake Cotton Co., Ltd.", stage="cotton merchant", goods="in step"),
        delivery("listed", "merchant", LISTED, stage="spinner"),
    ]
    client_of(rival).post(f"{V1}/shipments/", declaration(suppliers=rivals_chain), format="json")
    client_of(member).post(f"{V1}/shipments/", declaration(suppliers=[mill]), format="json")
    jobs.work_off()
    return Shipment.objects.get(owner=member.active_memberships[0].organization)


def listed_finding(body):
    return next(one for one in body["screening"]["findings"] if one["code"] == "LISTED_ENTITY")


def get(user, path):
    response = client_of(user).get(f"{V1}/{path}")
    assert response.status_code == 200, response.content
    return response


def test_the_importer_sees_the_path_to_the_last_party_it_declared_then_the_ground(shipment, member):
    body = get(member, f"shipments/{shipment.pk}/").json()
    found = listed_finding(body)
    assert body["outcome"] == "presumption"
    assert (found["ground"], found["severity"], found["lines"]) == ("LISTED_ENTITY", "block", [1])
    assert [node["name"] for node in found["path"]] == [
        "Example Bay Garments JSC",
        "Example Knitting Mill Co., Ltd.",
        "Confidential source",
    ]
    assert [node["is_confidential"] for node in found["path"]] == [False, False, True]
    assert found["party"]["name"] == "Confidential source"
    assert found["party"]["supplier"] is None
    assert found["listing"] is None
    assert found["basis"] == "UFLPA sec. 3(a)"
    assert found["reasons"] == []


def test_the_office_sees_the_whole_path(shipment):
    found = listed_finding(get(make_user(Role.ANALYST), f"shipments/{shipment.pk}/").json())
    assert [node["name"] for node in found["path"]][-1] == LISTED
    assert found["listing"]["citation"]


def test_whoever_declared_the_links_sees_them(shipment, rival):
    own = Shipment.objects.get(owner=rival.active_memberships[0].organization)
    found = listed_finding(get(rival, f"shipments/{own.pk}/").json())
    assert not any(node["is_confidential"] for node in found["path"])


@pytest.mark.parametrize("path", ["shipments/", "shipments/{0}/", "shipments/{0}/screenings/", "findings/", "cases/"])
def test_no_answer_lets_a_secret_through(shipment, member, path):
    text = get(member, path.format(shipment.pk)).content.decode()
    expected = get(make_user(Role.ANALYST), path.format(shipment.pk)).content.decode()
    assert path == "shipments/" or "Huafu" in expected
    assert not [secret for secret in SECRETS if secret in text and secret != "spinner"]


def test_a_case_says_its_reason_without_the_secret(shipment, member):
    case = shipment.cases.get()
    text = get(member, f"cases/{case.number}/").content.decode()
    assert "confidential source" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_coverage_counts_only_what_the_reader_knows_of(shipment, member):
    office, own = (coverage_for(user, shipment.latest_screening)[0] for user in (make_user(Role.ANALYST), member))
    assert (office["steps_declared"], own["steps_declared"]) == (4, 2)
    assert "spinner" in office["declared"]
    assert "spinner" in own["missing"]
    gap = next(one for one in findings_for(member, shipment.latest_screening) if one.rule == "CHAIN_GAP")
    assert "above step 2" in gap.headline
    assert "spinner" in gap.matched_text


def test_a_public_link_is_no_secret(shipment, member):
    SupplyLink.objects.filter(declared_by=Shipment.objects.exclude(pk=shipment.pk).get().owner).update(
        declared_by=None
    )
    found = listed_finding(get(member, f"shipments/{shipment.pk}/").json())
    assert found["path"][-1]["name"] == LISTED


def test_the_same_link_declared_by_oneself_is_no_secret(shipment, member):
    for link in SupplyLink.objects.exclude(declared_by=shipment.owner):
        link.pk, link.declared_by = None, shipment.owner
        link.save()
    found = listed_finding(get(member, f"shipments/{shipment.pk}/").json())
    assert found["path"][-1]["name"] == LISTED


def test_a_broker_of_both_does_not_carry_secrets_from_one_to_the_other(shipment):
    broker = make_user(Role.BROKER_MEMBER)
    for one in Shipment.objects.all():
        BrokerAuthorization.objects.create(
            broker=broker.active_memberships[0].organization, importer=one.owner, valid_from="2026-01-01"
        )
    found = listed_finding(get(broker, f"shipments/{shipment.pk}/").json())
    assert found["path"][-1]["is_confidential"]


def test_what_is_shown_is_never_stored(shipment, member):
    get(member, f"shipments/{shipment.pk}/")
    stored = Finding.objects.filter(screening=shipment.latest_screening, rule="LISTED_ENTITY")
    assert {finding.path[-1]["name"] for finding in stored} == {LISTED}


def test_a_supplier_shows_each_importer_its_own_words_only(rival, member):
    code = "91330100716105852F"
    for user, name, address in (
        (rival, "Rival Words Co.", "1 Rival Road"),
        (member, "Own Words Co.", "2 Own Road"),
    ):
        sent = {"name": name, "address": address, "country": "CN", "uscc": code}
        assert client_of(user).post(f"{V1}/suppliers/", sent, format="json").status_code == 201
    [seen] = get(member, "suppliers/").json()["results"]
    assert seen["name"] == "Own Words Co."
    assert [site["address"] for site in seen["sites"]] == ["2 Own Road"]
    [whole] = get(make_user(Role.ANALYST), "suppliers/").json()["results"]
    assert len(whole["sites"]) == 2


def test_links_of_others_are_not_listed(shipment, member):
    own = make_organization()
    assert {one["declared_by"]["id"] for one in get(member, "links/").json()["results"]} == {shipment.owner_id}
    assert get(make_user(Role.IMPORTER_MEMBER, own), "links/").json()["results"] == []
