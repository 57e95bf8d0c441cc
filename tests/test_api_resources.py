"""Suppliers, links, cases, documents, imports, lists and party look-up through the API."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.domain.matching import ENGINE_VERSION
from entities.domain.roles import Role
from entities.models import AuditEvent, DeclaredParty, SupplyLink
from entities.services.lists import load_reference_lists
from entities.services.suppliers import add_supplier
from evidence.models import Document, Exhibit
from screening.domain.law.clocks import add_business_days
from screening.models import Case, ImportBatch, ImportRow, Shipment, TaskItem
from screening.services.cases import open_case
from screening.services.detentions import record_detention
from screening.services.requests import request_evidence
from screening.services.shipments import add_shipment
from tests.api_client import V1, client_of, errors_of
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def importer():
    return make_organization()


@pytest.fixture
def member(importer):
    return make_user(Role.IMPORTER_MEMBER, importer)


@pytest.fixture
def officer():
    return make_user(Role.ANALYST)


@pytest.fixture
def client(member):
    return client_of(member)


@pytest.fixture
def case(importer, member, officer):
    shipment = add_shipment(declared_shipment(maker="Example Maker"), owner=importer, actor=member)
    return open_case(shipment, actor=officer, reason="The office's own words")


def supplier(name, importer, member):
    return add_supplier(PartyFacts(name=name), organization=importer, actor=member)


def test_a_supplier_is_declared_for_the_only_importer_one_acts_for(client, importer):
    response = client.post(f"{V1}/suppliers/", {"name": "Example Mill", "country": "cn"}, format="json")
    assert response.status_code == 201
    assert response.json()["country"] == "CN"
    assert DeclaredParty.objects.get().organization == importer


def test_the_office_may_declare_a_supplier_in_its_own_name(officer):
    office = officer.active_memberships[0].organization
    sent = {"native_name": "示例纺织有限公司", "owner": office.pk}
    assert client_of(officer).post(f"{V1}/suppliers/", sent, format="json").status_code == 201
    assert DeclaredParty.objects.get().organization == office


@pytest.mark.parametrize(("words", "found"), [("mill", 2), ("mill lake", 1), ("示例", 1), ("nothing", 0)])
def test_suppliers_are_found_by_words(client, importer, member, words, found):
    supplier("Lake Mill", importer, member)
    supplier("River Mill 示例", importer, member)
    assert len(client.get(f"{V1}/suppliers/", {"search": words}).json()["results"]) == found


def test_a_link_is_declared_and_withdrawn(client, importer, member):
    mill, maker = supplier("Mill", importer, member), supplier("Maker", importer, member)
    sent = {"supplier": mill.pk, "customer": maker.pk, "commodity": "cotton", "valid_from": "2026-01-01"}
    link = client.post(f"{V1}/links/", sent, format="json").json()
    assert (link["supplier"]["name"], link["customer"]["name"]) == ("Mill", "Maker")
    assert client.post(f"{V1}/links/", sent, format="json").json()["id"] == link["id"]
    gone = client.post(f"{V1}/links/{link['id']}/withdraw/", {"reason": "Sold elsewhere"}, format="json")
    assert gone.json()["withdrawn_at"]
    again = client.post(f"{V1}/links/{link['id']}/withdraw/", {"reason": "Sold elsewhere"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "link_withdrawn")
    assert AuditEvent.objects.filter(action="link.withdrawn", actor_id=member.pk).count() == 1


def test_a_public_link_is_seen_but_not_withdrawn_by_an_importer(client, importer, member):
    mill, maker = supplier("Mill", importer, member), supplier("Maker", importer, member)
    link = SupplyLink.objects.create(supplier=mill, customer=maker)
    assert client.get(f"{V1}/links/{link.pk}/").status_code == 200
    assert client.post(f"{V1}/links/{link.pk}/withdraw/", {"reason": "No"}, format="json").status_code == 404


def test_a_link_to_a_supplier_of_others_cannot_be_declared(client, importer, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    hidden = supplier("Rival Mill", rival.active_memberships[0].organization, rival)
    own = supplier("Maker", importer, member)
    response = client.post(f"{V1}/links/", {"supplier": hidden.pk, "customer": own.pk}, format="json")
    assert errors_of(response) == {"/supplier": "does_not_exist"}


def test_lists_of_suppliers_and_links_cost_few_queries(client, importer, member, django_assert_max_num_queries):
    firms = [supplier(f"Firm {number}", importer, member) for number in range(5)]
    for mill in firms[1:]:
        SupplyLink.objects.create(supplier=mill, customer=firms[0], declared_by=importer)
    with django_assert_max_num_queries(6):
        assert len(client.get(f"{V1}/suppliers/").json()["results"]) == 5
    with django_assert_max_num_queries(5):
        assert len(client.get(f"{V1}/links/").json()["results"]) == 4


def test_a_case_shows_stage_clock_tasks_and_no_words_of_the_office(client, case, officer):
    request_evidence(case, actor=officer, due_on=timezone.localdate() + timedelta(days=90), items=["Invoice"])
    presented = timezone.localdate() - timedelta(days=3)
    record_detention(case, case.shipments.get(), actor=officer, presented_on=presented, source="6051D")
    body = client.get(f"{V1}/cases/{case.number}/").json()
    assert (body["stage"], body["reason"]) == ("awaiting_evidence", "Opened by the office.")
    assert body["tasks"][0]["items"][0]["text"] == "Invoice"
    detention = body["detentions"][0]
    assert detention["day"] == 3
    assert [(line["line_number"], line["state"]) for line in detention["lines"]] == [(1, "presented")]
    deemed = next(one["on"] for one in detention["deadlines"] if one["code"] == "deemed_excluded_on")
    assert deemed == (presented + timedelta(days=31)).isoformat()
    assert body["due_on"] == add_business_days(presented, 5).isoformat()
    assert {one["code"] for one in detention["deadlines"]} >= {"decide_by", "last_determination_day"}


def test_the_office_reads_its_own_words(case, officer):
    assert client_of(officer).get(f"{V1}/cases/{case.number}/").json()["reason"] == "The office's own words"


def test_an_officer_asks_for_evidence(case, officer):
    path = f"{V1}/cases/{case.number}/evidence-requests/"
    response = client_of(officer).post(
        path, {"due_on": "2999-01-01", "items": ["Invoice", "Mill record"]}, format="json"
    )
    assert response.status_code == 201
    assert [item["text"] for item in response.json()["items"]] == ["Invoice", "Mill record"]
    assert Case.objects.get().stage == Case.Stage.AWAITING_EVIDENCE
    late = client_of(officer).post(path, {"due_on": "2020-01-01", "items": ["Invoice"]}, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "due_in_the_past")


def test_a_document_is_sent_to_a_case_for_an_item(client, case, officer):
    due_on = timezone.localdate() + timedelta(days=9)
    request_evidence(case, actor=officer, due_on=due_on, items=["Invoice"])
    item = TaskItem.objects.get()
    sent = {"case": case.number, "item": item.pk, "file": SimpleUploadedFile("invoice.txt", b"Invoice 7")}
    response = client.post(f"{V1}/documents/", sent, format="multipart")
    assert response.status_code == 201, response.content
    assert response.json()["exhibits"][0] | {"added_at": ""} == {
        "case": case.number,
        "number": 1,
        "answers": item.pk,
        "added_at": "",
    }
    assert (Exhibit.objects.get().task_item, Document.objects.get().file_name) == (item, "invoice.txt")
    assert len(client.get(f"{V1}/documents/", {"case": case.number, "state": "queued"}).json()["results"]) == 1


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"case": "2020-0001"}, {"/case": "does_not_exist"}),
        ({"item": 99}, {"/item": "does_not_exist"}),
        ({"file": ""}, {"/file": "invalid"}),
        ({"fiel": "x"}, {"/fiel": "unknown_field"}),
    ],
)
def test_a_fault_of_an_upload_is_named(client, case, change, errors):
    sent = {"case": case.number, "file": SimpleUploadedFile("invoice.txt", b"Invoice 7")} | change
    assert errors_of(client.post(f"{V1}/documents/", sent, format="multipart")) == errors
    assert not Document.objects.exists()


def test_an_import_tells_what_became_of_its_rows(client, importer):
    batch = ImportBatch.objects.create(
        organization=importer,
        file_name="entries.csv",
        sha256="0" * 64,
        state="done",
        rows_read=2,
        rows_stored=1,
        rows_rejected=1,
    )
    problem = {"column": "HTS", "value": "x", "reason": "Not a code.", "remedy": "Correct it.", "severity": "error"}
    ImportRow.objects.create(batch=batch, number=2, raw=["a"], state="stored", line_number=1)
    ImportRow.objects.create(batch=batch, number=3, raw=["x"], state="rejected", problems=[problem])
    body = client.get(f"{V1}/imports/{batch.pk}/").json()
    assert (body["rows_read"], body["rows_stored"], body["rows_rejected"]) == (2, 1, 1)
    rows = client.get(f"{V1}/import-rows/", {"batch": batch.pk}).json()["results"]
    assert [row["number"] for row in rows] == [2, 3]
    [rejected] = client.get(f"{V1}/import-rows/", {"batch": batch.pk, "state": "rejected"}).json()["results"]
    assert rejected["problems"] == [problem | {"code": ""}]


@pytest.mark.parametrize("words", ["Daqo", "xinjiang daqo", "大全"])
def test_a_listed_entity_is_looked_up_in_any_script(client, words):
    load_reference_lists()
    found = client.get(f"{V1}/listed-entities/", {"search": words, "register": "UFLPA"}).json()["results"]
    [key] = [one["id"] for one in found if one["name"] == "Xinjiang Daqo New Energy Co., Ltd."]
    rows = client.get(f"{V1}/listed-entities/{key}/").json()["listings"]
    assert rows[0]["first_effective_on"] == "2022-06-21"


def test_list_versions_name_their_source(client):
    load_reference_lists()
    versions = client.get(f"{V1}/list-versions/", {"register": "UFLPA"}).json()["results"]
    assert [(one["entity_count"], one["retrieved_on"]) for one in versions] == [(144, "2026-07-09")]


def test_parties_are_screened_in_order_and_nothing_is_stored(client):
    load_reference_lists()
    parties = [
        {"id": "a", "name": "Xinjiang Daqo New Energy Co., Ltd."},
        {"id": "b", "name": "Example Trading", "address": "1 Example Road", "city": "Urumqi", "country": "CN"},
        {"id": "c", "name": "Example Apparel LLC", "city": "Boise", "country": "US"},
    ]
    body = client.post(f"{V1}/screen-party/", {"on": "2026-05-04", "parties": parties}, format="json").json()
    assert (body["on"], body["engine_version"]) == ("2026-05-04", ENGINE_VERSION)
    verdicts = [(one["id"], one["listed"]["verdict"], one["region"]["verdict"]) for one in body["results"]]
    assert verdicts[0][:2] == ("a", "match")
    assert verdicts[1:] == [("b", "none", "in_xinjiang"), ("c", "none", "none")]
    assert body["results"][0]["listed"]["section"]
    assert body["results"][1]["reasons"][0]["token"]
    assert not DeclaredParty.objects.exists()
    assert not Shipment.objects.exists()


def test_a_party_is_compared_with_the_list_of_the_day(client):
    load_reference_lists()
    sent = {"parties": [{"name": "Xinjiang Daqo New Energy Co., Ltd."}], "on": date(2022, 6, 20).isoformat()}
    body = client.post(f"{V1}/screen-party/", sent, format="json").json()
    assert body["results"][0]["listed"]["verdict"] == "none"


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({}, {"/parties": "required"}),
        ({"parties": []}, {"/parties": "empty"}),
        ({"parties": [{"city": "Urumqi"}]}, {"/parties/0": "name_missing"}),
        ({"parties": [{"name": "A"}] * 101}, {"/parties": "max_length"}),
        ({"parties": [{"name": "A"}], "on": "today"}, {"/on": "invalid"}),
    ],
)
def test_a_fault_of_a_look_up_is_named(client, sent, errors):
    assert errors_of(client.post(f"{V1}/screen-party/", sent, format="json")) == errors


def test_a_link_takes_and_gives_all_that_is_known_of_it(client, importer, member):
    mill, maker = supplier("Mill", importer, member), supplier("Maker", importer, member)
    said = {
        "goods": "yarn", "origin": "Shandong", "share": "12.50", "quantity": "3.0000", "unit": "t",
        "confidence": "documented", "source": "Contract 7", "source_url": "https://example.com/7",
    }  # fmt: skip
    link = client.post(f"{V1}/links/", {"supplier": mill.pk, "customer": maker.pk, **said}, format="json").json()
    assert {name: link[name] for name in said} == said
    assert (link["basis"], link["is_disputed"]) == ("declaration", False)


@pytest.mark.parametrize(
    ("field", "value"), [("share", "100.5"), ("share", "-1"), ("quantity", "0"), ("source_url", "x")]
)
def test_a_link_with_a_value_that_cannot_be_is_refused_at_its_field(client, importer, member, field, value):
    mill, maker = supplier("Mill", importer, member), supplier("Maker", importer, member)
    response = client.post(f"{V1}/links/", {"supplier": mill.pk, "customer": maker.pk, field: value}, format="json")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, f"/{field}")


def test_an_importer_makes_no_public_link(client, importer, member):
    mill, maker = supplier("Mill", importer, member), supplier("Maker", importer, member)
    sent = {"supplier": mill.pk, "customer": maker.pk, "is_public": True, "source": "A report"}
    response = client.post(f"{V1}/links/", sent, format="json")
    assert (response.status_code, response.json()["code"]) == (409, "not_the_office")


def test_a_link_is_disputed(client, importer, member):
    mill, maker = supplier("Mill", importer, member), supplier("Maker", importer, member)
    public = SupplyLink.objects.create(supplier=mill, customer=maker)
    answer = client.post(f"{V1}/links/{public.pk}/dispute/", {"reason": "Not ours"}, format="json")
    assert (answer.status_code, answer.json()["is_disputed"]) == (200, True)


def test_of_many_links_each_is_answered_by_itself(client, importer):
    sent = {
        "links": [
            {"supplier": {"name": "Mill"}, "customer": {"name": "Maker"}, "goods": "yarn"},
            {"supplier": {"name": "Mill"}, "customer": {"name": "Maker"}, "goods": "yarn"},
            {"supplier": {"name": "Mill"}, "customer": {"country": "Atlantis"}},
            {"supplier": {"name": "Mill"}, "customer": {"name": "MILL"}},
        ]
    }
    answer = client.post(f"{V1}/links/bulk/", sent, format="json").json()
    assert (answer["stored"], answer["refused"]) == (2, 2)
    first, again, wrong, itself = answer["links"]
    assert (first["is_new"], again["is_new"], first["link"] == again["link"]) == (True, False, True)
    assert wrong["link"] is None
    assert wrong["errors"][0]["pointer"] == "/links/2/customer/country"
    assert (itself["errors"][0]["pointer"], itself["errors"][0]["code"]) == ("/links/3", "link_to_itself")
    assert SupplyLink.objects.count() == 1


def test_a_holding_is_declared_listed_and_withdrawn(client, importer, member):
    parent, plant = supplier("Parent", importer, member), supplier("Plant", importer, member)
    sent = {"owner_firm": parent.pk, "owned_firm": plant.pk, "share_from": "51.00", "interest": "shareholding"}
    made = client.post(f"{V1}/ownerships/", sent, format="json").json()
    assert (made["owner_firm"]["name"], made["share_from"], made["share_to"]) == ("Parent", "51.00", None)
    listed = client.get(f"{V1}/ownerships/", {"owned_firm": plant.pk, "withdrawn": "false"}).json()["results"]
    assert [one["id"] for one in listed] == [made["id"]]
    gone = client.post(f"{V1}/ownerships/{made['id']}/withdraw/", {"reason": "Sold"}, format="json")
    assert gone.json()["withdrawn_at"]


def test_a_rival_sees_no_holding_of_others(client, importer, member):
    parent, plant = supplier("Parent", importer, member), supplier("Plant", importer, member)
    made = client.post(f"{V1}/ownerships/", {"owner_firm": parent.pk, "owned_firm": plant.pk}, format="json").json()
    rival = client_of(make_user(Role.IMPORTER_MEMBER))
    assert rival.get(f"{V1}/ownerships/").json()["results"] == []
    assert rival.get(f"{V1}/ownerships/{made['id']}/").status_code == 404
    assert rival.post(f"{V1}/ownerships/{made['id']}/withdraw/", {"reason": "x"}, format="json").status_code == 404
