"""Files of shipments: received unchanged, columns settled, every row stored once or reported."""

import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from django.core.files.base import ContentFile

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Job, Organization
from entities.services import jobs
from screening.domain.intake.tabular import HANDED_BACK
from screening.handed_back import handed_back
from screening.models import ImportBatch, ImportRow, MappingProfile, Shipment
from screening.services import intake
from screening.services.intake import storing
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db
HEADER = "Entry number,Bill of lading,Shipper,Shipper address,Consignee,Goods description,HTS code,Import date\n"
ROW = '{entry},{bill},Example Mill Ltd,"1 Sample Road, Hanoi, Vietnam",Example Imports LLC,Towels,6302.60,2026-03-02\n'


def csv(*rows, header=HEADER, name="shipments.csv"):
    """A file of rows given as (entry number, bill)."""
    return ContentFile((header + "".join(ROW.format(entry=e, bill=b) for e, b in rows)).encode(), name=name)


def named_rows(*names, name="shipments.csv"):
    text = "Shipper,Consignee,Goods description\n" + "".join(f"{one},Example Imports LLC,Towels\n" for one in names)
    return ContentFile(text.encode(), name=name)


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def importer(member):
    return member.active_memberships[0].organization


def send(*files, member, confirm=False, again=False):
    organization = member.active_memberships[0].organization
    return intake.receive_files(files, organization=organization, actor=member, confirm_mapping=confirm, again=again)


def worked_off(batch):
    """The batch after a worker has done the import job."""
    batch.refresh_from_db()
    jobs.run(batch.job_id, heartbeat=False)
    return ImportBatch.objects.select_related("job").get(pk=batch.pk)


def test_a_file_is_kept_unchanged_with_its_digest(member):
    content = (HEADER + ROW.format(entry="", bill="EXAU1")).encode()
    batch = send(ContentFile(content, name="../a\u202efile.csv"), member=member)
    file = batch.files.get()
    assert (file.name, file.sha256, file.file.read()) == ("afile.csv", hashlib.sha256(content).hexdigest(), content)
    assert "file" not in file.file.name.rsplit("/", 1)[1]


def test_every_row_is_stored_beside_what_was_understood(member, importer):
    batch = worked_off(send(csv(("", "EXAU1"), ("", "EXAU1"), ("", "EXAU2")), member=member))
    assert (batch.state, batch.rows_read, batch.rows_stored, batch.rows_rejected) == ("done", 3, 3, 0)
    shipment = Shipment.objects.get(bill_of_lading="EXAU1")
    assert shipment.owner == importer
    assert shipment.imported_on == date(2026, 3, 2)
    assert shipment.lines.count() == 2
    assert [(row.number, row.line_number, row.raw[1]) for row in shipment.import_rows.all()] == [
        (2, 1, "EXAU1"),
        (3, 2, "EXAU1"),
    ]


def test_an_import_is_one_act_on_record_with_the_digest_of_its_rows(member):
    batch = worked_off(send(csv(("", "EXAU1"), ("", "EXAU2")), member=member))
    event = AuditEvent.objects.get(action="batch.stored")
    assert (event.actor_id, event.target_key, event.after["rows_stored"]) == (member.pk, str(batch.pk), 2)
    assert len(event.after["rows_digest"]) == 64


def test_a_row_without_anything_usable_is_reported_with_its_remedy(member):
    text = "Shipper,Goods description,Gross weight (kg)\nExample Mill,Towels,10\nTotal,,10\n"
    batch = worked_off(send(ContentFile(text.encode(), name="a.csv"), member=member))
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (2, 1, 1)
    row = ImportRow.objects.get(state="rejected")
    assert (row.number, row.problems[0]["reason"]) == (3, "The row is a total of the rows above.")


def test_the_same_file_again_is_refused_with_the_earlier_import(member):
    first = send(csv(("", "EXAU1")), member=member)
    with pytest.raises(intake.SameFile) as refused:
        send(csv(("", "EXAU1"), name="renamed.csv"), member=member)
    assert refused.value.batch == first
    assert "renamed.csv was imported before" in refused.value.message
    assert send(csv(("", "EXAU1")), member=member, again=True).pk != first.pk


def test_another_importer_may_send_the_same_file(member):
    send(csv(("", "EXAU1")), member=member)
    assert send(csv(("", "EXAU1")), member=make_user(Role.IMPORTER_MEMBER)).pk


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.pdf", b"x", "not_taken"), ("a.csv", b"", "empty"), ("a.exe.csv.docx", b"x", "not_taken")],
)
def test_what_cannot_be_a_file_of_shipments_is_refused_at_once(member, name, content, code):
    with pytest.raises(Refused) as refused:
        send(ContentFile(content, name=name), member=member)
    assert refused.value.code == code
    assert not ImportBatch.objects.exists()


def test_a_rival_cannot_import_for_another_importer(member):
    with pytest.raises(Refused, match="do not act for"):
        intake.receive_files([csv()], organization=make_organization(), actor=member, confirm_mapping=False)


def test_a_file_that_cannot_be_read_ends_the_import_with_the_reason(member):
    batch = worked_off(send(ContentFile(b"%PDF-1.7 nothing", name="a.xlsx"), member=member))
    assert batch.state == "failed"
    assert batch.error.startswith("a.xlsx: This is not a spreadsheet")
    assert batch.job.state == Job.State.FAILED


# --- columns --------------------------------------------------------------------------------------------------------


def test_nothing_is_stored_before_the_columns_are_confirmed_and_they_are_remembered(member, importer):
    batch = worked_off(send(csv(("", "EXAU1")), member=member, confirm=True))
    assert batch.state == "mapping"
    assert not Shipment.objects.exists()
    ((key, layout),) = batch.mapping["layouts"].items()
    chosen = {int(index): field for index, field in layout["mapping"].items()}
    chosen[2] = "manufacturer_name"
    intake.confirm_mapping(batch, {key: chosen}, actor=member)
    batch = worked_off(batch)
    assert batch.state == "done"
    assert batch.mapping["confirmed_by"] == member.full_name
    assert Shipment.objects.get().parties.filter(role="manufacturer", party__name="Example Mill Ltd").exists()
    assert MappingProfile.objects.get(organization=importer).mapping["2"] == "manufacturer_name"
    again = worked_off(send(csv(("", "EXAU2")), member=member))
    assert again.state == "done"
    assert again.mapping["layouts"][key]["source"] == "remembered"
    assert Shipment.objects.get(bill_of_lading="EXAU2").parties.filter(role="manufacturer").exists()


def test_a_layout_is_remembered_for_its_sender_alone(member):
    batch = worked_off(send(csv(("", "EXAU1")), member=member, confirm=True))
    ((key, layout),) = batch.mapping["layouts"].items()
    intake.confirm_mapping(batch, {key: {2: "seller_name"}}, actor=member)
    other = worked_off(send(csv(("", "EXAU1")), member=make_user(Role.IMPORTER_MEMBER), confirm=True))
    assert other.mapping["layouts"][key]["source"] == "proposed"


def test_columns_in_doubt_are_asked_about_even_when_nobody_wanted_to_be(member):
    file = ContentFile(b"Quux,Frobnitz,Shipper\na,b,Example Mill\n", name="odd.csv")
    assert worked_off(send(file, member=member)).state == "mapping"


def test_a_mapping_that_names_nobody_is_refused(member):
    batch = worked_off(send(csv(("", "EXAU1")), member=member, confirm=True))
    (key,) = batch.mapping["layouts"]
    with pytest.raises(Refused, match="at least one column"):
        intake.confirm_mapping(batch, {key: {7: "imported_on"}}, actor=member)
    batch.refresh_from_db()
    assert batch.state == "mapping"
    assert not MappingProfile.objects.exists()


def test_a_sheet_left_out_is_reported_row_by_row(member):
    notes = ContentFile(b"Remark,Shipper\nplease hurry,Example Mill\n", name="notes.csv")
    batch = worked_off(send(csv(("", "EXAU1")), notes, member=member, confirm=True))
    keep, drop = (sheet["layout"] for sheet in batch.mapping["sheets"])
    mappings = {keep: {2: "shipper_name"}}
    intake.confirm_mapping(batch, mappings, actor=member, left_out=frozenset({drop}))
    batch = worked_off(batch)
    assert (batch.rows_stored, batch.rows_rejected) == (1, 1)
    assert "left out" in ImportRow.objects.get(state="rejected").problems[0]["reason"]


# --- entries --------------------------------------------------------------------------------------------------------


def test_rows_of_one_entry_are_one_shipment_whatever_their_bills(member):
    worked_off(send(csv(("551-0900201-8", "EXAU1"), ("551-0900201-8", "EXAU2")), member=member))
    assert Shipment.objects.get().lines.count() == 2


def test_an_entry_stored_before_is_reported_with_the_shipment_that_has_it(member, importer):
    from screening.services.shipments import add_shipment

    earlier = add_shipment(
        declared_shipment(maker="Example Mill", entry_number="551-0900201-8"), owner=importer, actor=member
    )
    batch = worked_off(send(csv(("551-0900201-8", "EXAU1"), ("", "EXAU2")), member=member))
    assert (batch.state, batch.rows_stored, batch.rows_rejected) == ("done", 1, 1)
    problem = ImportRow.objects.get(state="rejected").problems[0]
    assert f"shipment {earlier.pk}" in problem["reason"]
    assert "Change that shipment" in problem["remedy"]


def test_an_entry_on_two_sheets_is_stored_once(member):
    two = [csv(("551-0900201-8", bill), name=f"{bill}.csv") for bill in ("EXAU1", "EXAU2")]
    batch = worked_off(send(*two, member=member))
    assert (batch.rows_stored, batch.rows_rejected) == (1, 1)


# --- faults ---------------------------------------------------------------------------------------------------------


def test_an_import_broken_off_goes_on_where_it_stood(member, monkeypatch):
    monkeypatch.setattr(storing, "ROWS_AT_ONCE", 2)
    batch = send(named_rows(*(f"Mill {number}" for number in range(7))), member=member)
    really, calls = storing.add_shipments, []

    def breaks_once(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise ConnectionError("the worker was killed")
        return really(*args, **kwargs)

    monkeypatch.setattr(storing, "add_shipments", breaks_once)
    batch = worked_off(batch)
    assert (batch.state, batch.rows_stored, batch.job.state) == ("importing", 4, Job.State.QUEUED)
    Job.objects.update(run_after=batch.created_at)
    batch = worked_off(batch)
    assert (batch.state, batch.rows_stored, Shipment.objects.count()) == ("done", 7, 7)
    assert sorted(ImportRow.objects.values_list("number", flat=True)) == list(range(2, 9))


def test_an_import_given_up_can_be_taken_up_again_by_a_person(member):
    batch = send(csv(("", "EXAU1")), member=member)
    Job.objects.update(state=Job.State.FAILED)
    batch = ImportBatch.objects.select_related("job").get(pk=batch.pk)
    assert batch.has_stopped
    intake.resume_import(batch, actor=member)
    assert worked_off(batch).state == "done"
    with pytest.raises(Refused, match="has not stopped"):
        intake.resume_import(batch, actor=member)


def test_two_workers_on_one_import_store_no_row_twice(member, monkeypatch):
    monkeypatch.setattr(storing, "ROWS_AT_ONCE", 1)
    batch = send(named_rows("Mill 1", "Mill 2"), member=member)
    really = storing._store_chunk

    def other_worker_first(own, chunk, *, expected):
        if expected == 0:
            really(own, chunk, expected=0)
        return really(own, chunk, expected=expected)

    monkeypatch.setattr(storing, "_store_chunk", other_worker_first)
    batch = worked_off(batch)
    assert batch.rows_stored == 1
    assert ImportRow.objects.count() == 1


# --- parties --------------------------------------------------------------------------------------------------------


def roles_of(shipment):
    return {(part.role, part.party.name or part.party.native_name) for part in shipment.parties.all()}


def test_further_names_of_a_party_are_screened_too(member):
    text = 'Shipper,Goods description\n"Example Mill Ltd\nDBA Sample Weaving\n1 Road, Hanoi, Vietnam",Towels\n'
    worked_off(send(ContentFile(text.encode(), name="a.csv"), member=member))
    assert roles_of(Shipment.objects.get()) == {("shipper", "Example Mill Ltd"), ("shipper", "Sample Weaving")}


def test_a_consignee_to_order_is_nobody_and_stays_in_the_original_row(member):
    text = "Shipper,Consignee,Goods description\nExample Mill,TO ORDER,Towels\n"
    worked_off(send(ContentFile(text.encode(), name="a.csv"), member=member))
    assert roles_of(Shipment.objects.get()) == {("shipper", "Example Mill")}
    assert ImportRow.objects.get().raw[1] == "TO ORDER"


def test_exporters_are_sellers_and_forwarders_are_others(member):
    text = "Exporter,Forwarder,Goods description\nExample Mill,Sample Freight,Towels\n"
    worked_off(send(ContentFile(text.encode(), name="a.csv"), member=member))
    assert roles_of(Shipment.objects.get()) == {("seller", "Example Mill"), ("other", "Sample Freight")}


def test_each_maker_belongs_to_the_lines_of_its_rows(member):
    header = "Bill of lading,Manufacturer,Consignee,Goods description\n"
    text = header + "EXAU1,Mill A,Buyer,Towels\nEXAU1,Mill B,Buyer,Robes\n"
    worked_off(send(ContentFile(text.encode(), name="a.csv"), member=member))
    parts = Shipment.objects.get().parties.select_related("line", "party")
    found = {(part.party.name, part.line.number if part.line else None) for part in parts}
    assert found == {("Mill A", 1), ("Mill B", 2), ("Buyer", None)}


def test_what_is_too_long_is_cut_with_a_warning_and_kept_whole_in_the_row(member):
    name = "Example " * 60
    batch = worked_off(send(named_rows(name), member=member))
    assert len(Shipment.objects.get().parties.get(role="shipper").party.name) == 300
    assert ImportRow.objects.get().raw[0].strip() == name.strip()
    assert any(kind["column"] == "name" and kind["rows"] == 1 for kind in batch.warnings)


def test_a_file_that_names_only_months_is_screened_for_the_last_day(member):
    text = "Shipper,Goods description,Month\nExample Mill,Towels,2026-02\n"
    worked_off(send(ContentFile(text.encode(), name="a.csv"), member=member))
    shipment = Shipment.objects.get()
    assert (shipment.imported_on, shipment.arrives_on) == (None, date(2026, 2, 28))


# --- archives, tables, rows handed back -----------------------------------------------------------------------------


def zipped(files, name="tables.zip"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, content in files.items():
            archive.writestr(inner, content)
    return ContentFile(out.getvalue(), name=name)


AMS = {
    "ams/header.csv": "identifier,estimated_arrival_date,port_of_unlading,vessel_name\n7,2026-03-01,Newark,EXAMPLE\n",
    "ams/shipper.csv": "identifier,shipper_party_name,shipper_party_address_1\n7,EXAMPLE MILL,HANOI VIETNAM\n",
    "ams/cargodesc.csv": "identifier,description_text,description_sequence_number\n7,TOWELS,1\n9,PIPES,1\n",
    "__MACOSX/._x.csv": "noise",
}


def test_manifest_tables_in_an_archive_are_joined_and_a_row_without_a_partner_is_reported(member):
    batch = worked_off(send(zipped(AMS), member=member, confirm=True))
    assert (batch.state, batch.rows_read, batch.rows_stored, batch.rows_rejected) == ("done", 4, 3, 1)
    shipment = Shipment.objects.get()
    assert shipment.vessel == "EXAMPLE"
    assert roles_of(shipment) == {("shipper", "EXAMPLE MILL")}
    assert ImportRow.objects.get(state="rejected").sheet == "cargodesc.csv"


def test_an_archive_without_tables_is_refused_by_name(member):
    batch = worked_off(send(zipped({"readme.pdf": "x"}), member=member))
    assert batch.state == "failed"
    assert batch.error.startswith("tables.zip: The archive holds no CSV")


def test_rows_handed_back_can_be_corrected_and_sent_again(member):
    batch = worked_off(
        send(csv(("", "EXAU1"), ("551-0900201-8", "EXAU2"), ("", "EXAU1")), member=member, confirm=True)
    )
    ((key, layout),) = batch.mapping["layouts"].items()
    intake.confirm_mapping(batch, {key: {int(i): f for i, f in layout["mapping"].items()}}, actor=member)
    worked_off(batch)
    second = worked_off(send(csv(("551-0900201-8", "EXAU9")), member=member))
    text = "".join(handed_back(second, ""))
    assert HANDED_BACK[1] in text
    assert "is already stored" in text
    corrected = ContentFile(text.replace("551-0900201-8,", "551-0900202-6,", 1).encode(), name="corrected.csv")
    third = worked_off(send(corrected, member=member))
    assert third.mapping["layouts"][key]["source"] == "remembered"
    assert third.rows_stored == 1


def test_rows_handed_back_are_no_formulas(member):
    text = "Shipper,Goods description,Gross weight (kg)\n,,=HYPERLINK(1)\n,,-5\n"
    batch = worked_off(send(ContentFile(text.encode(), name="a.csv"), member=member))
    lines = "".join(handed_back(batch, "")).splitlines()
    assert lines[1].startswith(",,'=HYPERLINK")
    assert lines[2].startswith(",,-5,")


def test_screening_takes_up_the_changes_of_an_import(member):
    from entities.models import Change
    from entities.services.lists import load_reference_lists

    load_reference_lists()
    batch = worked_off(send(named_rows("Xinjiang Sample Trading Co Ltd"), member=member))
    intake.screen_batch(batch, lambda *_: None)
    assert Shipment.objects.get().outcome == Shipment.Outcome.REVIEW
    assert not Change.objects.filter(kind="shipment", consumed_at=None).exists()


def test_an_office_cannot_own_shipments():
    office = make_organization(Organization.Kind.OFFICE)
    with pytest.raises(Refused, match="no importer"):
        intake.receive_files([csv()], organization=office, actor=None, confirm_mapping=False)


def test_the_figures_of_a_batch_are_plain_json(member):
    batch = worked_off(send(csv(("", "EXAU1")), member=member))
    assert json.loads(json.dumps(batch.mapping))["sheets"][0]["header_row"] == 1


def test_the_sample_file_offered_for_download_goes_in_without_a_warning(member, settings):
    path = settings.BASE_DIR / "config" / "static" / "shipments-sample.csv"
    batch = worked_off(send(ContentFile(path.read_bytes(), name=path.name), member=member))
    assert (batch.state, batch.rows_stored, batch.rows_rejected, batch.warnings) == ("done", 2, 0, [])
    shipment = Shipment.objects.get()
    assert (shipment.entry_number, shipment.imported_on) == ("551-0900201-8", date(2026, 3, 2))
    assert shipment.parties.filter(role="manufacturer", line__number=2, party__country="VN").exists()
