"""Identifiers looked at through the API: what is said, word by word, and alike for a check and for a shipment."""

import ast
from pathlib import Path

import pytest

from config.problems import PROBLEMS
from entities.api.identifiers import ANSWER, EXAMPLE
from entities.domain.roles import Role
from entities.models import DeclaredParty
from tests.api_client import V1, client_of, declaration, errors_of
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
CHECKS = f"{V1}/identifier-checks/"
ROOT = Path(__file__).resolve().parent.parent
REJECTED = "ACE rejects a manufacturer in China without a valid postal code (since 18 March 2023)."


@pytest.fixture
def client():
    return client_of(make_user(Role.IMPORTER_MEMBER, make_organization()))


def check(client, *checks):
    return client.post(CHECKS, {"checks": list(checks)}, format="json")


def test_the_answer_is_as_the_documentation_shows_it(client):
    response = client.post(CHECKS, EXAMPLE, format="json")
    assert response.status_code == 200, response.content
    assert response.json() == ANSWER
    assert not DeclaredParty.objects.exists()


def test_a_code_that_is_right_comes_with_what_it_stands_for(client):
    [port] = check(client, {"kind": "port", "value": "3901"}).json()["results"]
    assert port == {
        "id": "",
        "kind": "port",
        "value": "3901",
        "valid": True,
        "normalised": "3901",
        "expected": None,
        "proposed": None,
        "stands_for": "Chicago, Illinois, including O’Hare International Airport",
        "messages": [],
    }


def test_a_manufacturer_code_is_proposed_where_none_is_given(client):
    context = {"name": "Shavings B L Inc.", "address": "Suite 345", "city": "Urumqi", "country": "CN"}
    [answer] = check(client, {"kind": "mid", "context": context}).json()["results"]
    assert (answer["valid"], answer["proposed"]) == (False, "CNSHABL345URU")
    assert [(one["code"], one["detail"]) for one in answer["messages"]] == [
        ("mid_missing", "No manufacturer code is given. Name, address and city give CNSHABL345URU.")
    ]


def test_the_postal_code_of_a_manufacturer_in_china_is_asked_as_ace_will(client):
    china = {"kind": "postal_code", "context": {"country": "CN"}}
    answers = check(client, china, china | {"value": "830000"}, china | {"value": "315000"}).json()["results"]
    assert [[(one["code"], one["severity"]) for one in answer["messages"]] for answer in answers] == [
        [("postal_code_missing", "error")],
        [("postal_code_xinjiang", "warning")],
        [],
    ]


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"kind": "passport", "value": "1"}, {"/checks/0/kind": "invalid_choice"}),
        ({"kind": "port", "value": " "}, {"/checks/0/value": "nothing_to_check"}),
        ({"kind": "port", "value": 3901}, {"/checks/0/value": "not_text"}),
        ({"kind": "mid", "context": {"country": "XX"}}, {"/checks/0/context/country": "unknown_country"}),
        ({"kind": "mid", "nam": "x"}, {"/checks/0/nam": "unknown_field"}),
    ],
)
def test_what_cannot_be_looked_at_is_named(client, sent, errors):
    assert errors_of(check(client, sent)) == errors


def test_no_more_than_a_thousand_at_once(client):
    assert errors_of(check(client, *[{"kind": "port", "value": "3901"}] * 1001)) == {"/checks": "max_length"}


def maker(**facts):
    return {"role": "manufacturer", "name": "A.B.C. Company", "city": "Ningbo", "country": "CN", **facts}


@pytest.mark.parametrize(
    ("change", "warned"),
    [
        ({"port_of_unlading": "3901", "port_of_lading": "57035", "carrier": "MSCU"}, []),
        ({"port_of_unlading": "Chicago", "port_of_lading": "Shanghai", "carrier": "MSC"}, []),
        ({"port_of_unlading": "3999"}, [("/port_of_unlading", "port_unknown", "Schedule D has no port 3999.")]),
        ({"port_of_lading": "00001"}, [("/port_of_lading", "port_unknown", "Schedule K has no port 00001.")]),
        ({"bill_of_lading": "PABV123456"},
         [("/bill_of_lading", "carrier_unknown",
           "PABV is not among the carriers known here, which are the larger ocean lines only.")]),
        ({"lines": [{"hts_codes": ["6109.10.00.99"]}]},
         [("/lines/0/hts_codes/0", "tariff_code_unknown",
           "6109.10.00.99 is not among the US import codes on HS 2022; 6109.10.00 is. "
           "It may be of another edition of the tariff.")]),
        ({"parties": [maker(postal_code="315000", mid="CNABCCOMNIN")]}, []),
        ({"parties": [maker()]},
         [("/parties/0/postal_code", "postal_code_missing", f"No postal code is given. {REJECTED}")]),
        ({"parties": [maker(postal_code="830000")]},
         [("/parties/0/postal_code", "postal_code_xinjiang",
           "830000 is a postal code of Xinjiang. ACE answers it with a UFLPA Region Alert, which is no detention.")]),
        ({"parties": [maker(postal_code="315000", mid="CNABCCOMSHA")]},
         [("/parties/0/mid", "mid_differs",
           "The city in CNABCCOMSHA is not the firm's. Name, address and city give CNABCCOMNIN.")]),
    ],
)  # fmt: skip
def test_a_shipment_is_stored_with_the_same_words_in_its_warnings(client, change, warned):
    response = client.post(f"{V1}/shipments/", declaration(**{"suppliers": [], **change}), format="json")
    assert response.status_code == 201, response.content
    warnings = response.json()["warnings"]
    assert [(one["pointer"], one["code"], one["detail"]) for one in warnings] == warned
    assert all(one["remedy"] == PROBLEMS[one["code"]].remedy for one in warnings)


def test_every_remark_is_in_the_catalogue():
    tree = ast.parse((ROOT / "entities/domain/identifiers/examining.py").read_text())
    codes = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Remark" and hasattr(node.args[0], "value")
    }
    assert len(codes) == 9
    assert all(200 in PROBLEMS[code].statuses for code in codes)


def test_every_kind_has_its_entry_in_the_catalogue():
    from entities.serializers.identifiers import KINDS

    assert [kind for kind, _ in KINDS if 200 not in PROBLEMS[kind].statuses] == []
