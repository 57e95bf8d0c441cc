"""A case given out proves itself elsewhere: whatever was changed, in the database or in the file, is named."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps as django_apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.utils import timezone

from entities import append_only, audit, history, proof
from entities.beside_proof import NO_FACTS, RECOMPUTED
from entities.domain import chain
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, AuditHead, Membership, Person, RowDigest, User
from entities.services import jobs
from entities.services.accounts.members import change_role
from evidence.models import CaseExport, Citation, Page
from evidence.services.exports import ask_for_export, write_export
from evidence.verifier import verify as verifier
from screening.models import Case, Finding, Message
from screening.services.messages import write_note
from tests.evidence.told import Matter

pytestmark = pytest.mark.django_db
FREE = (models.TextField, models.CharField, models.JSONField)


class Undo(Exception):
    """Takes back what was done to the database."""


def export(case, folder, name="case.zip"):
    """The export of a case, written as ``manage.py export_case`` writes it."""
    path = folder / name
    with path.open("w+b") as file:
        write_export(case, file)
    return path


def verified(path):
    """What the verifier says of an export, in a process of its own that has nothing of the product."""
    with zipfile.ZipFile(path) as archive:
        script = path.parent / "alone" / "verify.py"
        script.parent.mkdir(exist_ok=True)
        script.write_bytes(archive.read("verify.py"))
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(path)], capture_output=True, text=True, cwd=script.parent
    )
    return run.returncode, run.stdout + run.stderr


def faults_of(path, *heads):
    return verifier.verify(verifier.Export(path), heads)[0]


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def tamper(one, key):
    """Change one column of a row by SQL, past everything that guards it; where none is free, take the row away."""
    table = one.model._meta.db_table
    free = [column for column in one.fields if type(column) in FREE and not column.choices and not column.unique]
    connection.check_constraints()  # what is pending keeps PostgreSQL from lifting a trigger
    with append_only.lifted():
        if not free:
            sql(f"DELETE FROM {table} WHERE id = %s", key)
            return
        row = one.model._base_manager.get(pk=key)
        column = max(free, key=lambda column: bool(getattr(row, column.name)))  # what says something already
        value = getattr(row, column.name)
        if isinstance(column, models.JSONField):
            changed = json.dumps({"tampered": 1})
        else:
            changed = ("y" if value.startswith("x") else "x") + value[1:]
        sql(f"UPDATE {table} SET {column.column} = %s WHERE id = %s", changed, key)


def rewritten(path, change):
    """A copy of an export in which a function changed files: it gets their bytes by name."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(copy, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return copy


def with_manifest(files):
    """Bring the manifest in line with the files, as somebody who covers his tracks would."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {name: chain.hashlib.sha256(files[name]).hexdigest() for name in manifest["files"]}
    del manifest["sha256"]
    manifest["sha256"] = chain.hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()


def after_tampering(case, one, key, folder):
    """What is said of a row after it was changed, by the product and by an export; the change is taken back."""
    try:
        with transaction.atomic():
            tamper(one, key)
            here = [fault for fault in history.verify(with_files=False).faults if f" {key} ({one.label})" in fault]
            elsewhere = [fault for fault in faults_of(export(case, folder)) if f"{one.kind} {key}" in fault]
            raise Undo
    except Undo:
        return here, elsewhere


@pytest.fixture
def matter():
    return Matter()


def test_a_case_as_worked_on_holds_here_and_elsewhere(matter, tmp_path):
    path = export(matter.case, tmp_path)
    report = history.verify()
    assert (report.faults, report.notes) == ([], [])
    code, said = verified(path)
    assert (code, said.startswith("OK: ")) == (0, True), said
    assert str(audit.head().hash) in said


def test_every_kind_of_row_is_in_the_test(matter):
    of_case = proof.of_case(matter.case.pk)
    missing = {kind for kind, keys in of_case.items() if not keys}
    missing |= {kind for kind, one in proof.PROVED.items() if not one.ways and not one.model.objects.exists()}
    assert missing <= NOT_IN_THE_CASE, "put the new kind into tests/evidence/told.py"


def test_a_changed_row_of_any_kind_is_named_here_and_elsewhere(matter, tmp_path):
    of_case = proof.of_case(matter.case.pk)
    unnamed = []
    for kind, one in proof.PROVED.items():
        keys = of_case.get(kind) or set(one.model._base_manager.values_list("pk", flat=True)[:1])
        if not keys:
            continue
        key = min(keys)
        here, elsewhere = after_tampering(matter.case, one, key, tmp_path)
        if not here or (kind in of_case and not elsewhere):
            unnamed.append((kind, here, elsewhere))
    assert unnamed == []


def test_every_model_is_proved_or_worked_out_anew_or_named_with_a_reason():
    ours = {
        model._meta.label
        for app in ("entities", "screening", "evidence")
        for model in django_apps.get_app_config(app).get_models(include_auto_created=True)
    }
    proved = {one.label for one in proof.PROVED.values()}
    kinds = [proved, set(RECOMPUTED), set(NO_FACTS)]
    assert ours == set().union(*kinds), "put the new model into entities/proof.py or entities/beside_proof.py"
    assert sum(map(len, kinds)) == len(ours)
    assert all(reason.endswith(".") for reason in NO_FACTS.values())


STRAYED = {
    "entities.ReferenceTable": ("UPDATE entities_referencetable SET content = %s WHERE id = %s", "x"),
    "screening.HeldLine": ("UPDATE screening_heldline SET state = %s WHERE id = %s", "released"),
    "screening.ImportRow": ("UPDATE screening_importrow SET raw = %s WHERE id = %s", '["another"]'),
}


def test_what_is_worked_out_anew_is_missed_where_it_was_changed(matter):
    assert STRAYED.keys() == RECOMPUTED.keys()
    connection.check_constraints()
    for label, (statement, value) in STRAYED.items():
        with append_only.lifted():
            sql(statement, value, django_apps.get_model(label).objects.order_by("pk").first().pk)
    faults = history.verify(with_files=False).faults
    assert [[fault.endswith(f"({label}).") for fault in faults].count(True) for label in STRAYED] == [1, 1, 1]


def test_a_held_line_that_waits_for_the_daily_work_is_no_fault(matter, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=400))
    assert not any("HeldLine" in fault for fault in history.verify(with_files=False).faults)


@pytest.mark.parametrize("table", ["entities_user", "entities_membership", "entities_person"])
def test_an_account_put_there_by_hand_is_named(matter, table):
    person = Person.objects.create(full_name="Nobody Known")
    account = User.objects.create(email="nobody@example.test", person=person, password="x")
    Membership.objects.create(user=account, organization=matter.importer, role="importer_member")
    faults = history.verify(with_files=False).faults
    label = {"user": "entities.User", "membership": "entities.Membership", "person": "entities.Person"}[table[9:]]
    assert sum(f"({label})" in fault and "spoken of by no event" in fault for fault in faults) == 1


def test_a_role_changed_by_hand_is_named_and_one_changed_by_a_manager_is_not(matter):
    membership = matter.analyst.memberships.get()
    change_role(membership, role=Role.REVIEWER, actor=matter.manager)
    assert history.verify(with_files=False).faults == []
    Membership.objects.filter(pk=membership.pk).update(role="manager")
    assert any(f"Membership {membership.pk}" in fault for fault in history.verify(with_files=False).faults)


@pytest.mark.parametrize("model", [Citation, Page, Message, Case.shipments.through])
def test_a_row_taken_away_is_named_here_and_elsewhere(matter, tmp_path, model):
    row = model.objects.order_by("-pk").filter(pk__in=proof.of_case(matter.case.pk)[model._meta.label_lower]).first()
    connection.check_constraints()
    with append_only.lifted():
        sql(f"DELETE FROM {model._meta.db_table} WHERE id = %s", row.pk)
    assert any(f" {row.pk} ({model._meta.label})" in fault and "missing" in fault for fault in history.verify().faults)
    faults = faults_of(export(matter.case, tmp_path))
    assert any(f"{model._meta.label_lower} {row.pk}, of which event" in fault for fault in faults)


def test_a_finding_led_to_another_case_is_missed(matter, tmp_path):
    finding = matter.findings().first()
    connection.check_constraints()
    with append_only.lifted():
        other = matter.rival.screenings.first().pk
        sql("UPDATE screening_finding SET screening_id = %s WHERE id = %s", other, finding.pk)
    faults = faults_of(export(matter.case, tmp_path))
    assert any(f"screening.finding {finding.pk} is not as event" in fault for fault in faults)


def test_a_row_put_there_by_hand_is_named(matter, tmp_path):
    finding = matter.findings().first()
    finding.pk = None
    finding.save(force_insert=True)
    assert any(
        f"Finding {finding.pk} (screening.Finding)" in fault and "spoken of by no event" in fault
        for fault in history.verify().faults
    )
    faults = faults_of(export(matter.case, tmp_path))
    assert f"screening.finding {finding.pk} is spoken of by no event: it was put there past the product." in faults


def test_a_changed_event_and_a_changed_digest_are_named(matter, tmp_path):
    event = AuditEvent.objects.filter(case_number=matter.case.number).latest("sequence")
    connection.check_constraints()
    with append_only.lifted():
        sql("UPDATE entities_auditevent SET reason = %s WHERE sequence = %s", "another", event.sequence)
        digest = RowDigest.objects.filter(kind="evidence.citation").first()
        sql("UPDATE entities_rowdigest SET digest = %s WHERE id = %s", "0" * 64, digest.pk)
    here, elsewhere = history.verify().faults, faults_of(export(matter.case, tmp_path))
    for number in (event.sequence, digest.sequence):
        assert any(f"vent {number} " in fault for fault in here)
        assert any(fault.startswith(f"Event {number} is not as it was recorded") for fault in elsewhere)


def test_an_end_cut_off_with_its_head_is_missed_by_a_printed_head(matter, tmp_path):
    end = audit.head()
    last = AuditEvent.objects.get(sequence=end.sequence - 1)
    connection.check_constraints()
    with append_only.lifted():
        RowDigest.objects.filter(sequence=end.sequence).delete()
        AuditEvent.objects.filter(sequence=end.sequence).delete()
        AuditHead.objects.update(sequence=last.sequence, hash=last.hash)
    path = export(matter.case, tmp_path)
    missed = f"Event {end.sequence}, the head printed on "
    assert any(fault.startswith(missed) for fault in history.verify(printed=[(end.sequence, end.hash)]).faults)
    assert any(fault.startswith(missed) for fault in faults_of(path, f"{end.sequence}:{end.hash}"))


def test_events_cut_off_are_missed_by_the_rows_they_spoke_of_and_by_exports(matter, tmp_path):
    start = CaseExport.objects.get().head_sequence - 2
    last = AuditEvent.objects.get(sequence=start - 1)
    connection.check_constraints()
    with append_only.lifted():
        RowDigest.objects.filter(sequence__gte=start).delete()
        AuditEvent.objects.filter(sequence__gte=start).delete()
        AuditHead.objects.update(sequence=last.sequence, hash=last.hash)
    for faults in (history.verify().faults, faults_of(export(matter.case, tmp_path))):
        assert any("head printed on" in fault and "cut off" in fault for fault in faults)
        assert any("spoken of by no event" in fault for fault in faults)


def test_one_byte_of_a_paper_is_named(matter, tmp_path):
    stored = default_storage.path(matter.document.file.name)
    with open(stored, "r+b") as file:
        file.write(b"X")
    document = matter.document
    assert any(f"The file of Document {document.pk}" in fault for fault in history.verify().faults)
    faults = faults_of(export(matter.case, tmp_path))
    assert any(f"evidence.document {document.pk} has another SHA-256" in fault for fault in faults)


def test_a_paper_that_is_gone_is_named(matter, tmp_path):
    default_storage.delete(matter.document.file.name)
    assert any(f"The file of Document {matter.document.pk}" in fault for fault in history.verify().faults)
    faults = faults_of(export(matter.case, tmp_path))
    assert f"The original of evidence.document {matter.document.pk} was missing when the export was made." in faults


def test_one_byte_anywhere_in_the_zip_is_noticed(matter, tmp_path):
    path = export(matter.case, tmp_path)
    names = zipfile.ZipFile(path).namelist()
    quiet = []
    for name in names:

        def change(files, name=name):
            middle = len(files[name]) // 2
            files[name] = files[name][:middle] + bytes([files[name][middle] ^ 1]) + files[name][middle + 1 :]

        faults = faults_of(rewritten(path, change))
        if not any(name in fault for fault in faults) and name != "manifest.json":
            quiet.append(name)
        assert faults, name
    assert quiet == []


def test_the_bytes_of_the_zip_itself(matter, tmp_path):
    path = export(matter.case, tmp_path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("case.json")
    content[info.header_offset + 200] ^= 1
    path.write_bytes(content)
    code, said = verified_by(tmp_path, path)
    assert code == 1
    assert "case.json" in said


def verified_by(folder, path):
    script = folder / "verify.py"
    shutil.copy(verifier.__file__, script)
    run = subprocess.run([sys.executable, "-I", "-S", script, path], capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("case.json", lambda case: case["rows"]["screening.decision"].clear(), "screening.decision"),
        (
            "case.json",
            lambda case: next(iter(case["rows"]["evidence.page"].values())).update(text="x"),
            "evidence.page",
        ),
    ],
)
def test_a_row_changed_in_the_file_is_named_though_the_manifest_was_mended(matter, tmp_path, name, change, said):
    def everything(files):
        case = json.loads(files[name])
        change(case)
        files[name] = json.dumps(case).encode()
        with_manifest(files)

    faults = faults_of(rewritten(export(matter.case, tmp_path), everything))
    assert faults
    assert all(said in fault for fault in faults)


def test_a_chain_shortened_in_the_file_is_noticed(matter, tmp_path):
    def cut(files):
        files["chain.txt"] = b"\n".join(files["chain.txt"].splitlines()[:-3]) + b"\n"
        with_manifest(files)

    faults = faults_of(rewritten(export(matter.case, tmp_path), cut))
    assert any("the end was cut off" in fault for fault in faults)


def test_what_is_another_importers_stays_out(matter, tmp_path):
    with zipfile.ZipFile(export(matter.case, tmp_path)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
        shown = json.loads(archive.read("case.json"))["rows"]
    assert b"Secret Rival Inc" not in everything
    assert set(shown["screening.shipment"]) == {str(matter.shipment.pk)}


def test_the_command_writes_the_file_and_puts_it_on_record(matter, tmp_path):
    out = io.StringIO()
    path = tmp_path / "out.zip"
    call_command("export_case", matter.case.number, output=path, stdout=out)
    made = CaseExport.objects.first()
    assert made.sha256 == chain.hashlib.sha256(path.read_bytes()).hexdigest()
    assert made.sha256 in out.getvalue()
    assert AuditEvent.objects.latest("sequence").action == "case.exported"
    assert history.verify().faults == []
    with pytest.raises(CommandError, match="no case 1999-1"):
        call_command("export_case", "1999-1")


def test_notes_of_the_office_are_left_out_unless_chosen_and_both_hold(matter, tmp_path, client):
    note = write_note(matter.case, actor=matter.analyst, text="The mill is known to us from 2024.")
    client.force_login(matter.analyst)
    for data, is_in in (({}, False), ({"with_notes": "on"}, True)):
        client.post(f"/cases/{matter.case.pk}/exports/", data)
        jobs.work_off()
        made = CaseExport.objects.first()
        assert made.notes_left_out is not is_in
        assert AuditEvent.objects.latest("sequence").after["with_notes"] is is_in
        path = tmp_path / "case.zip"
        path.write_bytes(made.file.read())
        with zipfile.ZipFile(path) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist())
        assert (b"The mill is known to us" in everything) is is_in
        code, said = verified(path)
        assert (code, "1 notes of the office are left out" in said) == (0, not is_in), said
    rows = json.loads(zipfile.ZipFile(path).read("case.json"))["rows"]["screening.message"]
    assert rows[str(note.pk)]["text"] == note.text


def test_only_the_office_exports(matter):
    with pytest.raises(Refused, match="Only the office"):
        ask_for_export(matter.case, actor=matter.member)
    assert CaseExport.objects.visible_to(matter.member).count() == 0


def test_rows_from_before_digests_are_told_and_no_fault(matter, tmp_path):
    event = AuditEvent(
        sequence=1, at=AuditEvent.objects.first().at, action="list.loaded", actor_name="ClearOrigin",
        target_kind="listversion", target_key="1", previous_hash=chain.START,
    )  # fmt: skip
    event.hash = audit._hash_before_digests(event)
    connection.check_constraints()
    with append_only.lifted():
        RowDigest.objects.all().delete()
        AuditEvent.objects.all().delete()
    event.save(force_insert=True)
    AuditHead.objects.update(sequence=1, hash=event.hash)
    with append_only.lifted():
        CaseExport.objects.all().delete()
    report = history.verify()
    assert report.faults == []
    assert report.notes[0] == "1 events were recorded before digests of rows were kept."
    assert any(f"{Finding.objects.count()} of" in note and "screening.Finding" in note for note in report.notes)
    code, said = verified(export(matter.case, tmp_path))
    assert code == 0
    assert "recorded before digests of rows were kept, and are not proved" in said


NOT_IN_THE_CASE = {"screening.look"}
