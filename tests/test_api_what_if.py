"""What-if: planned goods screened by the same rules, own and public links only, nothing stored but a receipt."""

import json

import pytest

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import (
    AuditEvent,
    BrokerAuthorization,
    Change,
    DeclaredParty,
    Job,
    Organization,
    Supplier,
    SupplyLink,
)
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists
from screening.models import Finding, Screening, ScreeningRun, Shipment, WhatIfReceipt
from screening.services.what_if import digest
from tests.api_client import V1, client_of, declaration, delivery, errors_of
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
LISTED = "Aksu Huafu Color Spinning Co., Ltd."
MAKER = "Example Bay Garments JSC"
SECRETS = ("Huafu", "Aksu", "Knitting Mill", "Rival")


@pytest.fixture(autouse=True)
def in_use(db):
    load_reference_lists()


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def rival():
    return make_user(Role.IMPORTER_MEMBER, make_organization(name="Rival Goods Inc"))


def owner_of(user):
    return user.active_memberships[0].organization


def ask(user, **said):
    response = client_of(user).post(f"{V1}/what-if/", said, format="json")
    assert response.status_code == 200, response.content
    return response.json()


def declare(user, **head):
    response = client_of(user).post(f"{V1}/shipments/", declaration(**head), format="json")
    assert response.status_code == 201, response.content
    jobs.work_off()
    return Shipment.objects.get(pk=response.json()["id"])


def plan(**head):
    return declaration(**{"suppliers": [], **head})


def without_receipt(body):
    return {key: value for key, value in body.items() if key != "receipt"}


def codes(body):
    return sorted(found["code"] for found in body["findings"])


def chain_to_the_listed():
    return [
        delivery("mill", "maker", "Example Knitting Mill Co., Ltd.", stage="knitter or weaver"),
        delivery("listed", "mill", LISTED, stage="spinner"),
    ]


def test_a_planned_chain_gets_the_answer_a_declared_one_gets(member):
    would = ask(member, **declaration(suppliers=chain_to_the_listed()))
    shipment = declare(member, suppliers=chain_to_the_listed())
    got = client_of(member).get(f"{V1}/shipments/{shipment.pk}/").json()["screening"]
    assert would["outcome"] == got["outcome"] == "presumption"
    assert would["coverage"] == got["coverage"]
    assert codes(would) == codes(got)

    def told(body):
        found = next(one for one in body["findings"] if one["code"] == "LISTED_ENTITY")
        return (found["headline"], found["basis"], found["reasons"], [node["name"] for node in found["path"]])

    assert told(would) == told(got)


def test_nothing_is_stored_but_a_receipt(member):
    tables = (
        Shipment, Supplier, SupplyLink, DeclaredParty, Screening, ScreeningRun, Finding, Change, Job,
    )  # fmt: skip
    client = client_of(member)
    before = [model.objects.count() for model in tables]
    client.post(f"{V1}/what-if/", declaration(suppliers=chain_to_the_listed()), format="json")
    assert [model.objects.count() for model in tables] == before
    receipt = WhatIfReceipt.objects.get()
    assert (receipt.asked_by, receipt.organization) == (member, owner_of(member))
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.target_key, event.before, event.after) == ("what_if.answered", str(receipt.pk), {}, {})
    kept = {str(value) for value in WhatIfReceipt.objects.values().get().values()}
    assert not [value for value in kept if "Huafu" in value or "presumption" in value]


def test_the_receipt_proves_the_answer(member):
    body = ask(member, **plan())
    again = ask(member, **plan())
    other = ask(member, **plan(lines=[{"hts_codes": ["8541.43.00.10"]}]))
    assert body["receipt"]["answer_sha256"] == digest(without_receipt(body))
    assert body["receipt"]["question_sha256"] == again["receipt"]["question_sha256"]
    assert body["receipt"]["answer_sha256"] == again["receipt"]["answer_sha256"]
    assert other["receipt"]["question_sha256"] != body["receipt"]["question_sha256"]


@pytest.mark.parametrize("public", [False, True])
def test_own_and_public_links_are_followed(member, public):
    rows = suppliers.declare_parties(
        make_organization(Organization.Kind.OFFICE) if public else owner_of(member),
        [PartyFacts(name=LISTED, country="CN"), PartyFacts(name=MAKER, country="VN")],
    )
    spinner, maker = (row.supplier for row in rows.values())
    if spinner.name != LISTED:
        spinner, maker = maker, spinner
    suppliers.declare_link(
        spinner,
        maker,
        actor=make_user(Role.ANALYST) if public else member,
        declared_by=None if public else owner_of(member),
        commodity="cotton",
        source="Report of 2025" if public else "",
    )
    body = ask(member, **plan())
    assert "LISTED_ENTITY" in codes(body)


def test_a_rivals_links_change_nothing_of_the_answer(member, rival):
    alone = ask(member, **plan())
    declare(rival, suppliers=chain_to_the_listed())
    beside = ask(member, **plan())
    assert without_receipt(beside) == without_receipt(alone)
    assert not [word for word in SECRETS if word in json.dumps(beside)]


def test_what_a_rival_said_of_the_same_firm_changes_nothing(member, rival):
    """Another name, an address in Xinjiang, an owner on the list: all of the very firm that is asked about."""
    uscc = "91310000MA1FL0A12P"
    asked = plan(parties=[{"role": "manufacturer", "name": "Example Mill", "country": "CN", "uscc": uscc}])
    alone = ask(member, **asked)
    suppliers.declare_parties(
        owner_of(rival),
        [PartyFacts(name="Secret Hotan Mill", city="Hotan", province="Xinjiang", country="CN", uscc=uscc)],
    )
    assert Supplier.objects.filter(uscc=uscc).exists()
    beside = ask(member, **asked)
    assert without_receipt(beside) == without_receipt(alone)


def test_a_rivals_prices_change_nothing_of_the_answer(member, rival):
    def priced(value):
        return {"hts_codes": ["6109.10.00.12"], "quantity": "100", "quantity_unit": "DOZ", "value": value,
                "currency": "USD", "origin_country": "VN"}  # fmt: skip

    alone = ask(member, **plan(lines=[priced("10.00")]))
    for number in range(12):
        declare(rival, lines=[priced("5000.00")], suppliers=[], bill_of_lading=f"RIVAL{number}")
    assert without_receipt(ask(member, **plan(lines=[priced("10.00")]))) == without_receipt(alone)


def test_the_office_follows_everybodys_links(rival, member):
    declare(rival, suppliers=chain_to_the_listed())
    body = ask(make_user(Role.ANALYST), **plan(owner=owner_of(member).pk))
    assert "LISTED_ENTITY" in codes(body)


def test_a_broker_does_not_carry_one_clients_links_to_another(member, rival):
    broker = make_user(Role.BROKER_MEMBER)
    for user in (member, rival):
        BrokerAuthorization.objects.create(broker=owner_of(broker), importer=owner_of(user), valid_from="2020-01-01")
    alone = ask(broker, **plan(owner=owner_of(member).pk))
    declare(rival, suppliers=chain_to_the_listed())
    beside = ask(broker, **plan(owner=owner_of(member).pk))
    assert without_receipt(beside) == without_receipt(alone)
    assert "LISTED_ENTITY" in codes(ask(broker, **plan(owner=owner_of(rival).pk)))


def test_as_a_shipment_of_mine_but_with_another_supplier(member):
    shipment = declare(member, suppliers=chain_to_the_listed())
    link = SupplyLink.objects.get(supplier__name=LISTED)
    as_it_is = ask(member, like=shipment.pk)
    instead = ask(
        member,
        like=shipment.pk,
        without=[link.pk],
        suppliers=[delivery("new", "manufacturer", "Samplewick Spinning Works Co., Ltd.", stage="spinner")],
    )
    assert "LISTED_ENTITY" in codes(as_it_is)
    assert "LISTED_ENTITY" not in codes(instead)
    assert instead["outcome"] != "presumption"


def test_unknown_is_not_clean_and_the_word_is_never_said(member):
    body = ask(member, **plan())
    assert body["coverage"][0]["unknown_above_step"] == 1
    assert any(one.startswith("OWN:") for one in body["caveats"])
    assert "clear" not in json.dumps(body).lower().replace("nuclear", "")


def test_what_is_not_ones_own_is_refused(member, rival):
    shipment = declare(rival, suppliers=chain_to_the_listed())
    link = SupplyLink.objects.get(supplier__name=LISTED)
    client = client_of(member)
    for said in ({"like": shipment.pk}, plan(without=[link.pk]), plan(owner=owner_of(rival).pk), {}):
        response = client.post(f"{V1}/what-if/", said, format="json")
        assert response.status_code == 400, response.content
    assert errors_of(client.post(f"{V1}/what-if/", {"like": 999_999}, format="json")) == {"/like": "unknown_shipment"}
    assert WhatIfReceipt.objects.count() == 0
