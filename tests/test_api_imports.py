"""Shipments sent in bulk: taken at once, stored by a worker, each told of as a request of its own would be."""

import hashlib
import io
import json
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.history import verify
from entities.models import AuditEvent, BrokerAuthorization, Job, Organization, RowDigest
from entities.other_process import has_room
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening import sent_import
from screening.models import ImportBatch, ImportRow, Screening, Shipment, ShipmentLine
from screening.services.intake import sent
from tests.api_client import V1, client_of, declaration, delivery, errors_of
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
NDJSON, JSON = "application/x-ndjson", "application/json"
MAKER = {"role": "manufacturer", "name": "Example Bay Garments JSC", "country": "VN"}


@pytest.fixture
def user():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def client(user):
    return client_of(user)


def ndjson(*rows):
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows).encode()


def send(client, body, media_type=NDJSON, query="", **headers):
    return client.generic("POST", f"{V1}/imports/{query}", body, content_type=media_type, **headers)


def worked_off(answer):
    """The import after a worker has done its job; screening waits."""
    assert answer.status_code == 202, answer.content
    batch = ImportBatch.objects.get(pk=answer.json()["id"])
    jobs.run(batch.job_id, heartbeat=False)
    batch.refresh_from_db()
    return batch


def results(client, batch):
    answer = client.get(f"{V1}/imports/{batch.pk}/results/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/x-ndjson; charset=utf-8")
    return [json.loads(line) for line in b"".join(answer.streaming_content).decode().splitlines()]


@pytest.mark.parametrize("media_type", [NDJSON, JSON])
def test_what_is_right_is_stored_and_what_is_wrong_is_told_by_index_and_pointer(client, media_type):
    rows = [
        {"entry_number": "551-3518786-6", "parties": [MAKER]},
        {"parties": [MAKER | {"country": "XX"}], "lines": [{"hts_codes": ["6109"], "quantity": "many"}]},
        {"reference": "PO-2", "parties": [MAKER]},
    ]
    body = ndjson(*rows) if media_type == NDJSON else json.dumps(rows).encode()
    answer = send(client, body, media_type)
    assert answer["Location"] == f"http://testserver{V1}/imports/{answer.json()['id']}/"
    batch = worked_off(answer)
    assert (batch.state, batch.rows_read, batch.rows_stored, batch.rows_rejected) == ("done", 3, 2, 1)
    first, second, third = results(client, batch)
    stored = Shipment.objects.get(entry_number="551-3518786-6")
    assert (first["index"], first["status"], first["shipment"]) == (0, "stored", stored.pk)
    assert (first["entry_number"], first["outcome"], first["errors"]) == ("551-3518786-6", "pending", [])
    assert (second["index"], second["status"], second["shipment"], second["outcome"]) == (1, "rejected", None, None)
    assert [(one["pointer"], one["code"]) for one in second["errors"]] == [
        ("/lines/0/quantity", "invalid"),
        ("/parties/0/country", "unknown_country"),
    ]
    assert second["errors"][1]["detail"] == "XX is not a country code of two letters."
    assert second["errors"][1]["remedy"] == "Use the two letters of ISO 3166-1, for example CN."
    assert (third["reference"], third["status"]) == ("PO-2", "stored")


def test_the_body_is_kept_unchanged_with_its_digest(client):
    body = ndjson({"parties": [MAKER]}, "not JSON", "", {"parties": [MAKER]})
    batch = worked_off(send(client, body))
    assert batch.files.get().file.read() == body
    assert batch.sha256 == hashlib.sha256(body).hexdigest()
    second = results(client, batch)[1]
    assert (second["status"], second["errors"][0]["code"]) == ("rejected", "malformed")
    assert second["errors"][0]["detail"] == "The line is not JSON: expecting value."
    assert batch.rows.get(number=2).raw == ["not JSON"]


def test_a_damaged_array_ends_the_import_behind_what_is_stored(client, monkeypatch):
    monkeypatch.setattr(sent_import, "LINES_AT_ONCE", 1)
    one = json.dumps({"parties": [MAKER]})
    batch = worked_off(send(client, f"[{one}, {one}, {{".encode(), JSON))
    assert (batch.state, batch.rows_stored, Shipment.objects.count()) == ("failed", 2, 2)
    assert batch.error.startswith("The array cannot be read from byte ")
    assert batch.error.endswith("What stands before it is done.")


def test_shipments_are_screened_once_they_are_stored_unless_asked_otherwise(client):
    load_reference_lists()
    jobs.work_off()
    screened = worked_off(send(client, ndjson({"parties": [MAKER]})))
    stored = worked_off(send(client, ndjson({"parties": [MAKER], "reference": "2"}), query="?screen=false"))
    jobs.work_off()
    assert [one["outcome"] for one in results(client, screened)] == ["no_finding"]
    assert [one["outcome"] for one in results(client, stored)] == ["pending"]
    assert Screening.objects.count() == 1


def test_a_chain_is_declared_and_followed(client):
    load_reference_lists()
    listed = delivery("mill", "maker", "Example Knitting Mill Co., Ltd.", stage="knitter or weaver")
    rows = [declaration(suppliers=[listed]), declaration(suppliers=[listed], reference="2")]
    worked_off(send(client, ndjson(*rows)))
    jobs.work_off()
    for screening in Screening.objects.all():
        assert [party["name"] for party in screening.facts["upstream"]] == ["Example Knitting Mill Co., Ltd."]
    links = client.get(f"{V1}/links/").json()["results"]
    assert [link["supplier"]["name"] for link in links] == ["Example Knitting Mill Co., Ltd."]


def test_a_chain_that_the_rules_forbid_keeps_its_shipment_out_and_no_other(client):
    same = delivery("mill", "maker", "Example Bay Garments JSC") | {"country": "VN"}
    batch = worked_off(send(client, ndjson({"parties": [MAKER]}, declaration(suppliers=[same]))))
    assert (batch.rows_stored, batch.rows_rejected) == (1, 1)
    [error] = results(client, batch)[1]["errors"]
    assert (error["pointer"], error["code"]) == ("/suppliers/0/supplies", "link_to_itself")
    assert errors_or_refusal(client.post(f"{V1}/shipments/", declaration(suppliers=[same]), format="json")) == {
        "link_to_itself"
    }


def test_an_entry_is_stored_once_whoever_has_it(client):
    client.post(f"{V1}/shipments/", {"entry_number": "551-3518786-6", "parties": [MAKER]}, format="json")
    rows = [{"entry_number": number, "parties": [MAKER]} for number in ("551-3518786-6", "551-3518787-4")]
    batch = worked_off(send(client, ndjson(*rows, rows[1])))
    assert [row["status"] for row in results(client, batch)] == ["rejected", "stored", "rejected"]
    first, _, third = results(client, batch)
    earlier = Shipment.objects.get(entry_number="551-3518786-6")
    assert first["errors"][0]["pointer"] == "/entry_number"
    assert f"shipment {earlier.pk}" in first["errors"][0]["detail"]
    assert first["errors"][0]["remedy"].startswith("PUT ")
    assert first["errors"][0]["existing"] == f"{V1}/shipments/{earlier.pk}/"
    assert "existing" not in third["errors"][0]
    assert third["errors"][0]["detail"] == "Entry 551-3518787-4 stands in row 2 of this import too."
    assert Shipment.objects.count() == 2


def test_a_lost_answer_is_asked_for_again_with_the_key(client):
    body = ndjson({"parties": [MAKER]})
    first, again = (send(client, body, HTTP_IDEMPOTENCY_KEY="k-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert (again["Idempotent-Replayed"], again["Location"]) == ("true", first["Location"])
    assert ImportBatch.objects.count() == Job.objects.filter(kind="import_json").count() == 1


def test_a_large_body_with_a_key_goes_to_disk_and_is_whole(client, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    rows = [{"reference": f"PO-{number}", "parties": [MAKER]} for number in range(50)]
    batch = worked_off(send(client, ndjson(*rows), HTTP_IDEMPOTENCY_KEY="k-1"))
    assert (batch.rows_stored, batch.files.get().size) == (50, len(ndjson(*rows)))
    assert send(client, ndjson(*rows, rows[0]), HTTP_IDEMPOTENCY_KEY="k-1").status_code == 422


def test_without_a_key_the_same_content_is_named_and_taken_again_on_request(client):
    body = ndjson({"parties": [MAKER]})
    worked_off(send(client, body))
    refused = send(client, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "same_file")
    assert send(client, body, query="?again=true").status_code == 202


def test_a_body_over_the_limit_is_refused_before_it_is_read(client, monkeypatch):
    monkeypatch.setattr("screening.api.imports.NdjsonBody.most", 10)
    answer = send(client, ndjson({"parties": [MAKER]}))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not ImportBatch.objects.exists()


def test_another_media_type_an_empty_body_and_unknown_options_are_refused(client):
    assert send(client, b"x", "text/plain").status_code == 415
    assert send(client, b"").json()["code"] == "empty"
    assert errors_of(send(client, b"{}", query="?screened=no")) == {"/screened": "unknown_field"}


def test_a_worker_that_dies_is_followed_by_one_that_goes_on_behind_it(client, monkeypatch):
    monkeypatch.setattr(sent_import, "LINES_AT_ONCE", 1)
    rows = [{"reference": f"PO-{number}", "parties": [MAKER]} for number in range(5)]
    answer = send(client, json.dumps(rows).encode(), JSON)
    really, times = sent_import.store_sent, []

    def dies_at_the_third(*args, **kwargs):
        times.append(1)
        if len(times) == 3:
            raise ConnectionError
        return really(*args, **kwargs)

    monkeypatch.setattr(sent_import, "store_sent", dies_at_the_third)
    batch = worked_off(answer)
    assert (batch.state, batch.rows_stored) == ("importing", 2)
    job = Job.objects.get(pk=batch.job_id)
    assert job.state == "queued"
    Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    batch = worked_off(answer)
    assert (batch.state, batch.rows_stored) == ("done", 5)
    assert [one["reference"] for one in results(client, batch)] == [f"PO-{number}" for number in range(5)]
    assert Shipment.objects.count() == 5


def test_two_workers_at_one_import_store_nothing_twice(client, user):
    batch = ImportBatch.objects.get(pk=send(client, ndjson({"parties": [MAKER]})).json()["id"])
    worked_off_already = worked_off_of(batch)
    rows = [sent_import.Reading(batch).one(1, next(iter(sent_import.json_rows.lines(io.BytesIO(b"{}")))))]
    with pytest.raises(Refused) as refused:
        sent.store_sent(worked_off_already, rows, expected=0)
    assert refused.value.code == "taken_over"


def worked_off_of(batch):
    jobs.run(batch.job_id, heartbeat=False)
    return ImportBatch.objects.get(pk=batch.pk)


def test_a_broker_sends_for_several_importers_and_for_no_other():
    broker, own, other, foreign = (
        make_organization(Organization.Kind.BROKER),
        make_organization(),
        make_organization(),
        make_organization(),
    )
    user = make_user(Role.BROKER_MEMBER, organization=broker)
    for importer in (own, other):
        BrokerAuthorization.objects.create(broker=broker, importer=importer, valid_from="2024-01-01")
    client = client_of(user)
    rows = [{"owner": one.pk, "parties": [MAKER]} for one in (own, other, foreign)]
    batch = worked_off(send(client, ndjson(*rows, {"parties": [MAKER]})))
    assert batch.organization == broker
    assert [row["status"] for row in results(client, batch)] == ["stored", "stored", "rejected", "rejected"]
    codes = [row["errors"][0]["code"] for row in results(client, batch)[2:]]
    assert codes == ["unknown_owner", "owner_missing"]
    assert set(Shipment.objects.values_list("owner", flat=True)) == {own.pk, other.pk}
    only = worked_off(send(client, ndjson(*rows), query=f"?owner={own.pk}"))
    assert only.organization == own
    assert [row["status"] for row in results(client, only)] == ["stored", "rejected", "rejected"]


def test_an_import_of_a_broker_is_hidden_from_its_importers():
    broker, own = make_organization(Organization.Kind.BROKER), make_organization()
    for importer in (own, make_organization()):
        BrokerAuthorization.objects.create(broker=broker, importer=importer, valid_from="2024-01-01")
    user = make_user(Role.BROKER_MEMBER, organization=broker)
    batch = worked_off(send(client_of(user), ndjson({"owner": own.pk, "parties": [MAKER]})))
    importer = client_of(make_user(Role.IMPORTER_MEMBER, organization=own))
    assert importer.get(f"{V1}/imports/{batch.pk}/results/").status_code == 404
    assert len(importer.get(f"{V1}/shipments/").json()["results"]) == 1


def test_the_page_of_an_import_shows_what_was_sent(client, user):
    batch = worked_off(send(client, ndjson({"parties": [MAKER]}, {"parties": [MAKER | {"country": "XX"}]})))
    browser = Client()
    browser.force_login(user)
    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert "2 rows read: 1 stored, 1 not stored." in page
    assert "/parties/0/country" in page
    assert "XX is not a country code of two letters." in page
    assert f"{V1}/imports/{batch.pk}/results/" in page
    stored = browser.get(f"/shipments/{Shipment.objects.get().pk}/").content.decode()
    assert "As it was sent" in stored


def test_a_file_of_a_form_and_text_csv_are_read_by_their_headings(client):
    text = b"Entry number,Shipper,Consignee,Goods description\n,Example Mill Ltd,Example Imports LLC,Towels\n"
    first = worked_off(send(client, text, "text/csv"))
    upload = SimpleUploadedFile("june.csv", text.replace(b"Towels", b"Shirts"), content_type="text/csv")
    second = client.post(f"{V1}/imports/", {"file": upload}, format="multipart")
    assert second.json()["file_name"] == "june.csv"
    second = worked_off(second)
    assert [(one.state, one.rows_stored) for one in (first, second)] == [("done", 1), ("done", 1)]
    [line] = results(client, second)
    assert (line["index"], line["row"], line["status"]) == (0, 2, "stored")


def test_a_row_of_a_table_whose_entry_stands_names_the_shipment_that_has_it(client):
    text = b"Entry number,Shipper,Consignee,Goods description\n551-0900201-8,Example Mill,Example Imports,Towels\n"
    first = worked_off(send(client, text, "text/csv"))
    stored = Shipment.objects.get(batch=first)
    [line] = results(client, worked_off(send(client, text.replace(b"Towels", b"Shirts"), "text/csv")))
    [error] = line["errors"]
    assert (line["status"], error["code"], error["existing"]) == (
        "rejected",
        "duplicate_entry",
        f"{V1}/shipments/{stored.pk}/",
    )
    assert error["remedy"]


def test_the_history_holds_over_what_was_written_in_bulk(client):
    load_reference_lists()
    rows = [declaration(reference=f"PO-{number}", lines=some_lines(number)) for number in range(150)]
    worked_off(send(client, ndjson(*rows)))
    jobs.work_off()
    faults = [one for one in verify(with_files=False).faults if "(screening." in one or "Party" in one]
    assert faults == []
    assert RowDigest.objects.filter(kind="screening.shipmentline").count() == ShipmentLine.objects.count() == 450
    assert AuditEvent.objects.filter(action="batch.rows_stored").count() == 1


def some_lines(number):
    """Three lines with what COPY has to write carefully: tabs, backslashes, line ends, decimals, other scripts."""
    texts = (f"Towels\t{number}", "C:\\N\\t\r\n\\.", "毛巾 “Kǎshí” \u2028")
    return [
        {"number": place, "description": text, "hts_codes": ["6302.60.00.20"], "quantity": "12.5", "value": 7}
        for place, text in enumerate(texts, 1)
    ]


def errors_or_refusal(answer):
    """The codes of a refused request."""
    body = answer.json()
    return {one["code"] for one in body["errors"]} if "errors" in body else {body["code"]}


def a_shipment(dice, number):
    """A shipment that is right in most ways and wrong in some."""

    def maybe(right, *wrong, odds=0.04):
        return dice.choice(wrong) if dice.random() < odds else right

    party = {
        "ref": "maker",
        "role": maybe("manufacturer", "maker", 1, None),
        "name": maybe(" Example Bay Garments JSC ", "", 7, "a\0b", "é" * 301, None),
        "native_name": maybe("示例服装有限公司", "\ud800", ["x"]),
        "country": maybe("cn", "XX", "CHN", 5, ""),
        "postal_code": maybe("830000", "12"),
        "uscc": maybe("91330100716105852F", "91330100716105852A", "x"),
        "line": maybe(1, 9, "1", 1.5, True, None),
    }
    line = {
        "number": maybe(1, 0, "1", 100_000, True),
        "description": maybe("Cotton T-shirts", 5, "x" * 5001, None),
        "hts_codes": maybe(["6109.10.00.12"], ["61"], "6109", [], [6109], ["9999.99.99.99"], None),
        "origin_country": maybe("VN", "vn", "V"),
        "quantity": maybe("12.5000", "12.50001", -1, 1e20, "1e2", True, "", None, 3.25, "NaN", 7),
        "value": maybe(39600.5, "x", 10**17, "0012.10"),
        "currency": maybe("USD", "usd", "US", 5),
    }
    supplier = delivery("mill", maybe("maker", "nobody", "mill"), "Example Mill Co., Ltd.") | {
        "valid_from": maybe("2025-06-01", "2025-13-01", "yesterday", "2027-01-01", 5, None, "2025-6-1"),
        "valid_to": maybe("2026-06-01", "2020-01-01", None),
        "hts_prefix": maybe("5205", "52a", 5205),
    }
    whole = {
        "reference": f"PO-{number}",
        "imported_on": maybe("2026-05-04", "2026-05-04T00:00:00Z", "", "20260504", "2026-W01-1", None),
        "containers": maybe(["MSCU1234566"], ["x" * 21], "MSCU1234566", [None]),
        "lines": maybe([line], [line, line], [], None, "x", [5]),
        "parties": maybe([party], [party, party], []),
        "suppliers": maybe([supplier], [], None),
    }
    if dice.random() < 0.05:
        whole["colour"] = "red"
    return maybe(whole, 5, [], None, odds=0.02)


def test_one_at_a_time_and_in_bulk_the_same_is_stored_and_the_same_is_told(client, user):
    dice = random.Random(20211223)
    rows = [a_shipment(dice, number) for number in range(60)]
    single = []
    for row in rows:
        answer = client.post(f"{V1}/shipments/", json.dumps(row), content_type=JSON)
        body = answer.json()
        if answer.status_code == 201:
            single.append(("stored", as_stored(body["id"]), body["warnings"]))
        else:
            single.append(("rejected", None, body.get("errors") or [{"code": body["code"]}]))
    batch = worked_off(send(client, json.dumps(rows).encode(), JSON))
    bulk = [
        ("stored", as_stored(one["shipment"]), one["warnings"])
        if one["status"] == "stored"
        else ("rejected", None, one["errors"])
        for one in results(client, batch)
    ]
    for row, alone, among_many in zip(rows, single, bulk, strict=True):
        for one, other in zip(alone, among_many, strict=True):
            assert one == other, row
    kinds = {status for status, *_ in bulk}
    assert kinds == {"stored", "rejected"}
    assert ImportRow.objects.filter(batch=batch).count() == 60


def as_stored(key):
    """All columns of a shipment, its lines and parties, but for keys, the moment, and what screening does to it."""
    shipment = Shipment.objects.get(pk=key)
    lines = shipment.lines.values("number", "description", "hts_codes", "hts6", "origin_country", "quantity",
                                  "quantity_unit", "gross_weight_kg", "value", "currency")  # fmt: skip
    parts = shipment.parties.values_list("role", "party__fingerprint", "line__number")
    head = Shipment.objects.filter(pk=key).values().get()
    for name in ("id", "batch_id", "created_at", "facts_version", "outcome", "latest_screening_id"):
        del head[name]
    return {"head": head, "lines": list(lines), "parties": list(parts)}


@pytest.mark.django_db(transaction=True)
def test_a_large_body_is_read_by_a_process_of_its_own_and_told_of_as_any_other(client, monkeypatch):
    if not has_room():
        pytest.skip("no second process beside this database")
    dice = random.Random(19)
    rows = [a_shipment(dice, number) for number in range(60)]
    here = told(client, worked_off(send(client, ndjson(*rows))))
    Shipment.objects.update(entry_number="")
    monkeypatch.setattr(sent_import, "LARGE", 0)
    there = told(client, worked_off(send(client, ndjson(*rows), query="?again=true")))
    assert there == here
    assert {status for status, *_ in here} == {"stored", "rejected"}
    damaged = worked_off(send(client, json.dumps(rows[:1]).encode()[:-1] + b", {", JSON))
    assert (damaged.state, "cannot be read from byte" in damaged.error) == ("failed", True)


def told(client, batch):
    return [
        (one["status"], one.get("shipment") and as_stored(one["shipment"]), one.get("warnings"), one.get("errors"))
        for one in results(client, batch)
    ]


def test_what_was_stored_only_is_screened_when_it_is_asked_for(client):
    load_reference_lists()
    jobs.work_off()
    batch = worked_off(send(client, ndjson({"parties": [MAKER]}, {"parties": [MAKER]}), query="?screen=false"))
    jobs.work_off()
    assert [row["outcome"] for row in results(client, batch)] == ["pending", "pending"]
    answer = client.post(f"{V1}/imports/{batch.pk}/screen/")
    assert (answer.status_code, answer.json()["id"]) == (202, batch.pk)
    jobs.work_off()
    assert {row["outcome"] for row in results(client, batch)} == {"no_finding"}
    event = AuditEvent.objects.get(action="batch.screening_asked")
    assert (event.target_key, event.after) == (str(batch.pk), {"shipments": 2})
    again = client.post(f"{V1}/imports/{batch.pk}/screen/")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_screen")


def test_what_was_stored_only_is_not_screened_because_something_around_it_changes(client):
    load_reference_lists()
    stored = declaration(suppliers=[delivery("mill", "maker", "Example Mill")])
    batch = worked_off(send(client, ndjson(stored), query="?screen=false"))
    jobs.work_off()
    answer = client.post(f"{V1}/shipments/", declaration(suppliers=[delivery("gin", "maker", "Example Gin")]), "json")
    assert answer.status_code == 201, answer.content
    jobs.work_off()
    assert [row["outcome"] for row in results(client, batch)] == ["pending"]
    assert Shipment.objects.exclude(latest_screening=None).get().pk == answer.json()["id"]


def test_what_is_screened_anyway_is_not_asked_for(client):
    batch = worked_off(send(client, ndjson({"parties": [MAKER]})))
    assert client.post(f"{V1}/imports/{batch.pk}/screen/").json()["code"] == "nothing_to_screen"
