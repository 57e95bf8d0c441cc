"""Shipments through the API: declared with their chain, changed, screened, read."""

import contextlib
import threading
from unittest.mock import patch

import pytest
from django.db import connection

from entities.domain.roles import Role
from entities.models import AuditEvent, BrokerAuthorization, Organization, Supplier, SupplyLink
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.models import Case, Shipment
from screening.services import shipments as services
from screening.services.shipments import add_shipment
from tests.api_client import V1, client_of, declaration, delivery, errors_of
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db
SHIPMENTS = f"{V1}/shipments/"
CONTRACT = {"outcome", "coverage", "findings", "list_version", "engine_version", "case", "status"}
FINDING = {"code", "severity", "basis", "ground", "lines", "party", "path", "reasons"}
LISTED = "Aksu Huafu Color Spinning Co., Ltd."


@pytest.fixture
def importer():
    return make_organization(importer_number="12-345678900")


@pytest.fixture
def member(importer):
    return make_user(Role.IMPORTER_MEMBER, importer)


@pytest.fixture
def client(member):
    return client_of(member)


def post(client, **head):
    return client.post(SHIPMENTS, declaration(**head), format="json")


def test_one_call_declares_a_shipment_with_its_chain(client, importer):
    response = post(client, reference="PO 1")
    assert response.status_code == 201, response.content
    shipment = Shipment.objects.get(pk=response.json()["id"])
    assert shipment.owner == importer
    assert response["Location"].endswith(f"{SHIPMENTS}{shipment.pk}/")
    assert [line.hts_codes for line in shipment.lines.all()] == [["6109100012"]]
    assert [(part.role, part.line and part.line.number) for part in shipment.parties.all()] == [
        ("manufacturer", 1),
        ("consignee", None),
    ]
    links = {(str(link.supplier), str(link.customer)) for link in SupplyLink.objects.all()}
    assert links == {
        ("Example Knitting Mill Co., Ltd.", "Example Bay Garments JSC"),
        ("Example Lake Spinning Co., Ltd.", "Example Knitting Mill Co., Ltd."),
    }


def test_the_act_is_on_record_in_the_name_of_the_account(client, member):
    post(client)
    assert AuditEvent.objects.filter(action="shipment.added", actor_id=member.pk).count() == 1
    assert AuditEvent.objects.filter(action="link.declared", actor_id=member.pk).count() == 2


def test_a_shipment_not_screened_yet_answers_with_every_field_and_says_pending(client):
    screening = post(client).json()["screening"]
    assert set(screening) >= CONTRACT
    assert (screening["status"], screening["outcome"], screening["findings"]) == ("pending", "pending", [])


def test_a_screened_shipment_answers_by_contract(client):
    load_reference_lists()
    chain = [*declaration()["suppliers"], delivery("listed", "spinner", LISTED, stage="ginner")]
    key = post(client, suppliers=chain).json()["id"]
    jobs.work_off()
    body = client.get(f"{SHIPMENTS}{key}/").json()
    screening = body["screening"]
    assert set(screening) >= CONTRACT
    assert (screening["status"], screening["outcome"]) == ("current", "presumption")
    assert screening["list_version"]["register"] == "UFLPA"
    assert screening["case"] == body["case"] == Case.objects.get().number
    found = next(one for one in screening["findings"] if one["code"] == "LISTED_ENTITY")
    assert set(found) >= FINDING
    assert (found["ground"], found["party"]["steps_upstream"], found["lines"]) == ("LISTED_ENTITY", 4, [1])
    assert [node["step"] for node in found["path"]] == [1, 2, 3, 4]
    assert all(isinstance(reason, str) for reason in found["reasons"])
    assert found["listing"]["name"] in found["headline"]
    assert "clear" not in str(body).lower()


def test_the_chain_is_all_or_nothing(client):
    response = post(client, suppliers=[delivery("mill", "maker", "Example Bay Garments JSC", country="VN")])
    assert response.status_code == 409
    assert response.json()["code"] == "link_to_itself"
    assert not Shipment.objects.exists()
    assert not Supplier.objects.exists()


def test_an_entry_number_is_stored_once_and_the_answer_says_where(client):
    first = post(client, entry_number="55135187866").json()
    assert first["entry_number"] == "551-3518786-6"
    again = post(client, entry_number="551-3518786-6")
    assert again.status_code == 409
    assert again.json()["code"] == "duplicate_entry"
    assert f"shipment {first['id']}" in again.json()["detail"]
    assert again.json()["existing"] == f"{SHIPMENTS}{first['id']}/"
    assert again.json()["remedy"] == "PUT what you sent to the address in existing, or correct the entry number."
    assert (
        client.put(again.json()["existing"], declaration(entry_number="551-3518786-6"), format="json").status_code
        == 200
    )


def test_another_shipment_does_not_take_the_number_by_a_change(client):
    first = post(client, entry_number="551-3518786-6").json()["id"]
    second = post(client).json()["id"]
    answer = client.put(f"{SHIPMENTS}{second}/", declaration(entry_number="551-3518786-6"), format="json")
    assert (answer.status_code, answer.json()["existing"]) == (409, f"{SHIPMENTS}{first}/")


def test_the_entry_of_another_importer_is_stored_and_nothing_is_told_of_it(client, importer):
    rival = client_of(make_user(Role.IMPORTER_MEMBER))
    post(client, entry_number="551-3518786-6")
    response = post(rival, entry_number="551-3518786-6")
    assert (response.status_code, response.json()["warnings"]) == (201, [])
    assert post(rival, entry_number="551-3518786-6").json()["existing"] == f"{SHIPMENTS}{response.json()['id']}/"


def test_who_sees_both_is_told_that_the_entry_is_declared_twice(client, importer):
    first = post(client, entry_number="551-3518786-6").json()["id"]
    other = make_organization(name="Other Imports LLC")
    office = client_of(make_user(Role.ANALYST))
    warnings = post(office, owner=other.pk, entry_number="551-3518786-6").json()["warnings"]
    assert [(one["pointer"], one["code"], one["detail"]) for one in warnings] == [
        (
            "/entry_number",
            "entry_elsewhere",
            f"Entry 551-3518786-6 is also declared for {importer}: shipment {first}.",
        )
    ]


@pytest.mark.django_db(transaction=True)
def test_the_same_entry_at_the_same_moment_is_stored_once_and_everyone_learns_where():
    member = make_user(Role.IMPORTER_MEMBER)
    answers, clients = [], [client_of(member) for _ in range(4)]
    together = threading.Barrier(4)
    check = services._check

    def looked(*args, **kwargs):
        check(*args, **kwargs)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(2)  # all have looked before the first writes, where the database lets them

    def send():
        try:
            answers.append(post(clients.pop(), entry_number="551-3518786-6"))
        finally:
            connection.close()

    with patch.object(services, "_check", looked):
        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    stored = f"{SHIPMENTS}{Shipment.objects.get().pk}/"
    assert {one.json()["existing"] for one in answers if one.status_code == 409} == {stored}


def test_a_wrong_check_digit_is_stored_with_a_warning_that_names_the_right_one(client):
    warnings = post(client, entry_number="551-2518786-6").json()["warnings"]
    assert [(one["pointer"], one["code"]) for one in warnings] == [("/entry_number", "entry_number")]
    assert "8 is expected" in warnings[0]["detail"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"containers": ["CSQU3054384"]}, "/containers/0"),
        ({"bill_of_lading": "no bill"}, "/bill_of_lading"),
        ({"lines": [{"hts_codes": ["6109"]}], "suppliers": []}, "/lines/0/hts_codes/0"),
        ({"suppliers": [delivery("mill", "maker", "Example Mill", postal_code="8300")]}, "/suppliers/0/postal_code"),
        ({"suppliers": [delivery("mill", "maker", "Example Mill", commodity="wool")]}, "/suppliers/0/commodity"),
        ({"suppliers": [delivery("mill", "maker", "Example Mill", commodity="")]}, "/suppliers/0/commodity"),
        ({"suppliers": [delivery("mill", "maker", "Example Mill", stage="mill")]}, "/suppliers/0/stage"),
        ({"suppliers": [delivery("mill", "maker", "Example Mill", valid_from=None)]}, "/suppliers/0/valid_from"),
    ],
)
def test_what_looks_wrong_is_stored_and_warned_of(client, change, pointer):
    response = post(client, **change)
    assert response.status_code == 201, response.content
    assert [one["pointer"] for one in response.json()["warnings"]] == [pointer]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"entry_number": "551-35187"}, {"/entry_number": "entry_number"}),
        ({"imported_on": "4/5/2026"}, {"/imported_on": "invalid"}),
        ({"importd_on": "2026-05-04"}, {"/importd_on": "unknown_field"}),
        ({"export_country": "XX"}, {"/export_country": "unknown_country"}),
        ({"lines": [{"hts_codes": ["7701.00.00.00"]}], "suppliers": []}, {"/lines/0/hts_codes/0": "tariff_code"}),
        ({"lines": [{}, {"hts_codes": ["12345"]}]}, {"/lines/1/hts_codes/0": "tariff_code"}),
        ({"lines": [{"quantity": "-1"}]}, {"/lines/0/quantity": "min_value"}),
        ({"lines": [{"value": 9999999999999998}]}, {"/lines/0/value": "max_digits"}),
        ({"lines": [{}, {"number": 1}]}, {"/lines/0/number": "number_twice", "/lines/1/number": "number_twice"}),
        ({"lines": [{"number": 2}]}, {"/parties/0/line": "unknown_line"}),
        ({"parties": [{"role": "maker", "name": "A"}]}, {"/parties/0/role": "invalid_choice"}),
        ({"parties": [{"role": "seller"}]}, {"/parties/0": "name_missing"}),
        ({"parties": [{"role": "seller", "name": "A", "uscc": "12"}]}, {"/parties/0/uscc": "uscc"}),
        ({"lines": [], "parties": [], "suppliers": []}, {"": "shipment_empty"}),
        ({"suppliers": [delivery("a", "nobody", "A")]}, {"/suppliers/0/supplies": "unknown_ref"}),
        ({"suppliers": [delivery("a", "a", "A")]}, {"/suppliers/0/supplies": "supplies_itself"}),
        ({"suppliers": [delivery("maker", "mill", "A"), delivery("mill", "maker", "B")]},
         {"/suppliers/0/ref": "ref_twice"}),
        ({"suppliers": [delivery("a", "maker", "A", valid_to="2025-01-01")]},
         {"/suppliers/0/valid_to": "dates_in_order"}),
        ({"reference": "a\x00b"}, {"/reference": "null_characters_not_allowed"}),
        ({"parties": [{"role": "seller", "name": "A", "postal_code": 83000}]}, {"/parties/0/postal_code": "not_text"}),
        ({"owner": 0}, {"/owner": "min_value"}),
        ({"owner": 10**6}, {"/owner": "unknown_owner"}),
        ({"importer_number": "99-999999900"}, {"/importer_number": "unknown_owner"}),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_pointer_code_and_remedy(client, change, errors):
    response = post(client, **change)
    assert errors_of(response) == errors
    assert all(error["remedy"] and error["detail"] for error in response.json()["errors"])
    assert not Shipment.objects.exists()


def test_goods_do_not_come_from_a_consignee(client):
    parties = [{"ref": "us", "role": "consignee", "name": "Example Apparel LLC"}]
    response = post(client, parties=parties, suppliers=[delivery("a", "us", "A")])
    assert errors_of(response) == {"/suppliers/0/supplies": "not_a_source"}


def test_all_faults_are_named_at_once(client):
    assert set(errors_of(post(client, entry_number="1", oops=1, export_country="XX"))) == {
        "/entry_number",
        "/oops",
        "/export_country",
    }


def test_a_broker_names_the_importer_it_acts_for(importer):
    broker = make_user(Role.BROKER_MEMBER)
    other = make_organization()
    for one in (importer, other):
        BrokerAuthorization.objects.create(
            broker=broker.active_memberships[0].organization, importer=one, valid_from="2026-01-01"
        )
    client = client_of(broker)
    assert errors_of(post(client)) == {"/owner": "owner_missing"}
    assert post(client, importer_number=importer.importer_number).json()["owner"]["id"] == importer.pk
    assert post(client, owner=other.pk).json()["owner"]["id"] == other.pk


def test_a_broker_declares_nothing_for_importers_that_did_not_authorise_it(importer):
    client = client_of(make_user(Role.BROKER_MEMBER))
    assert errors_of(post(client, owner=importer.pk)) == {"/owner": "unknown_owner"}


def test_an_officer_declares_for_the_importer_it_names(importer):
    response = post(client_of(make_user(Role.ANALYST)), importer_number=importer.importer_number)
    assert response.json()["owner"]["id"] == importer.pk


def test_replacing_a_shipment_screens_it_again(client):
    load_reference_lists()
    key = post(client).json()["id"]
    jobs.work_off()
    changed = client.put(f"{SHIPMENTS}{key}/", declaration(imported_on="2026-06-01"), format="json").json()
    assert (changed["status"], changed["screening"]["status"]) == ("outdated", "outdated")
    jobs.work_off()
    now = client.get(f"{SHIPMENTS}{key}/").json()["screening"]
    assert (now["status"], now["screened_on"]) == ("current", "2026-06-01")
    history = client.get(f"{SHIPMENTS}{key}/screenings/").json()["results"]
    assert [one["status"] for one in history] == ["current", "superseded"]
    assert all(set(one) >= CONTRACT for one in history)


def test_sending_the_same_again_changes_nothing(client):
    key = post(client).json()["id"]
    response = client.put(f"{SHIPMENTS}{key}/", declaration(), format="json")
    assert response.status_code == 200
    assert Shipment.objects.get().facts_version == 1
    assert SupplyLink.objects.count() == 2


def test_a_change_may_add_to_the_chain(client):
    key = post(client).json()["id"]
    chain = [*declaration()["suppliers"], delivery("farm", "spinner", "Example Cotton Farm")]
    assert client.put(f"{SHIPMENTS}{key}/", declaration(suppliers=chain), format="json").status_code == 200
    assert SupplyLink.objects.count() == 3


def test_a_shipment_keeps_its_importer(client, member):
    other = make_organization()
    key = post(client).json()["id"]
    response = client.put(f"{SHIPMENTS}{key}/", declaration(owner=other.pk), format="json")
    assert errors_of(response) == {"/owner": "unknown_owner"}


def test_a_list_is_newest_first_and_paged_by_cursor(client, importer, member):
    for number in range(3):
        add_shipment(declared_shipment(maker="Maker", reference=f"R{number}"), owner=importer, actor=member)
    page = client.get(f"{SHIPMENTS}?page_size=2").json()
    assert [one["reference"] for one in page["results"]] == ["R2", "R1"]
    assert [one["reference"] for one in client.get(page["next"]).json()["results"]] == ["R0"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("entry_number=55135187866", ["A"]),
        ("reference=B", ["B"]),
        ("outcome=pending", ["B", "A"]),
        ("outcome=presumption", []),
        ("importer_number=12-345678900", ["B", "A"]),
        ("created_since=2020-01-01T00:00:00Z", ["B", "A"]),
        ("created_since=2999-01-01T00:00:00Z", []),
    ],
)
def test_a_list_can_be_narrowed(client, importer, member, query, found):
    for reference, number in (("A", "551-3518786-6"), ("B", "")):
        shipment = declared_shipment(maker="Maker", reference=reference, entry_number=number)
        add_shipment(shipment, owner=importer, actor=member)
    assert [one["reference"] for one in client.get(f"{SHIPMENTS}?{query}").json()["results"]] == found


def test_reading_many_costs_no_more_queries_than_reading_few(client, django_assert_max_num_queries):
    load_reference_lists()
    chain, keys = [delivery("listed", "maker", LISTED)], []
    for number in range(4):
        keys.append(post(client, suppliers=chain, reference=f"R{number}").json()["id"])
        jobs.work_off()
        Case.objects.update(stage=Case.Stage.UNDER_REVIEW)  # the next one is not added to it
    with django_assert_max_num_queries(6):
        assert len(client.get(SHIPMENTS).json()["results"]) == 4
    with django_assert_max_num_queries(8):
        assert len(client.get(f"{V1}/findings/").json()["results"]) > 8
    with django_assert_max_num_queries(12):
        assert client.get(f"{SHIPMENTS}{keys[0]}/").status_code == 200
    with django_assert_max_num_queries(14):
        assert len(client.get(f"{V1}/cases/").json()["results"]) == 4


def test_moments_are_given_in_utc(client):
    assert post(client).json()["created_at"].endswith("Z")


def test_organizations_of_other_kinds_own_no_shipments(member):
    office = make_organization(Organization.Kind.OFFICE)
    client = client_of(make_user(Role.ANALYST, office))
    assert errors_of(post(client, owner=office.pk)) == {"/owner": "unknown_owner"}


def test_the_longest_figures_are_kept_to_their_last_place(client):
    line = {"quantity": "99999999999.9999", "gross_weight_kg": "999999999999.999", "value": "9999999999999.99"}
    response = post(client, lines=[{"description": "Cotton", "hts_codes": ["5201.00.05"], **line}])
    assert response.status_code == 201, response.content
    kept = client.get(f"{SHIPMENTS}{response.json()['id']}/").json()["lines"][0]
    assert {name: kept[name] for name in line} == line
