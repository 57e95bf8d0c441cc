"""What programs are told of screenings and cases, in the transaction of what happened, and what they are not."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import Event
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.services.documents import receive_upload
from screening.models import Finding
from screening.services import intake, messages, requests
from screening.services.letters.issue import record_received
from screening.services.reminders import remind_job
from screening.services.shipments import add_shipment, change_shipment
from tests.api_client import V1, client_of, declaration, delivery
from tests.evidence.sending import a_file, make_case, member_of
from tests.factories import declared_shipment, make_user
from tests.screening.test_intake_service import csv

pytestmark = pytest.mark.django_db
LISTED = "Aksu Huafu Color Spinning Co., Ltd."


def told(kind):
    return [one.data for one in Event.objects.filter(kind=kind).order_by("pk")]


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def flagged():
    """A screened shipment whose maker is listed."""
    load_reference_lists()
    member = make_user(Role.IMPORTER_MEMBER)
    declared = declared_shipment(maker=LISTED, country="CN", entry_number="551-3518786-6", reference="PO 7")
    shipment = add_shipment(declared, owner=member.organizations().get(), actor=member)
    jobs.work_off()
    shipment.refresh_from_db()
    return shipment


def test_a_screened_shipment_is_told_with_what_is_new(flagged):
    case, screening = flagged.cases.get(), flagged.latest_screening
    of_shipment = {
        "shipment": flagged.pk,
        "entry_number": "551-3518786-6",
        "reference": "PO 7",
        "screening": screening.pk,
    }
    assert kinds() == ["shipment.screened", "findings.new", "case.opened"]
    assert told("case.opened") == [{"case": case.number, "regime": "UFLPA", "shipment": flagged.pk}]
    rows = list(screening.findings.order_by("pk"))
    outcome = {"outcome": "presumption", "outcome_before": "pending", "findings": len(rows)}
    assert told("shipment.screened") == [of_shipment | outcome]
    new = told("findings.new")[0]
    assert {name: new[name] for name in of_shipment} == of_shipment
    listed = Finding.objects.get(screening=screening, rule="LISTED_ENTITY")
    assert {
        "finding": listed.pk,
        "code": "LISTED_ENTITY",
        "severity": "block",
        "ground": "LISTED_ENTITY",
        "lines": [1],
    } in new["findings"]
    assert len(new["findings"]) == len(rows)
    assert {one.organization for one in Event.objects.all()} == {flagged.owner}
    assert Event.objects.get(kind="findings.new").subject == f"/api/v1/shipments/{flagged.pk}/"


def test_screened_again_with_another_maker_the_finding_is_gone(flagged):
    before = flagged.latest_screening
    change_shipment(flagged, declared_shipment(maker="Example Garments JSC"), actor=member_of(flagged.cases.get()))
    jobs.work_off()
    assert told("shipment.screened")[1]["outcome_before"] == "presumption"
    assert told("shipment.screened")[1]["outcome"] != "presumption"
    gone = told("findings.gone")[0]["findings"]
    assert before.findings.get(rule="LISTED_ENTITY").pk in {one["finding"] for one in gone}


def test_a_screening_that_says_the_same_again_is_told_without_findings(flagged):
    count = Event.objects.count()
    changed = declared_shipment(maker=LISTED, country="CN", imported_on=date(2026, 3, 3))
    change_shipment(flagged, changed, actor=member_of(flagged.cases.get()))
    jobs.work_off()
    assert kinds()[count:] == ["shipment.screened"]


def test_nothing_is_told_of_what_is_undone(flagged):
    count = Event.objects.count()
    case = flagged.cases.get()
    with pytest.raises(Refused, match="must lie after today"):
        requests.request_evidence(case, actor=make_user(Role.ANALYST), due_on=date(2020, 1, 1), items=["Gin"])
    assert Event.objects.count() == count


def test_a_request_its_answer_and_the_stages_between_are_told():
    case = make_case(items=())
    due = timezone.localdate() + timedelta(days=10)
    task = requests.request_evidence(case, actor=make_user(Role.ANALYST), due_on=due, items=["Invoice", "Gin"])
    requests.answer_request(task, actor=member_of(case))
    asked = {"case": case.number, "task": task.pk, "round": 1, "due_on": f"{due}", "questions": 2}
    assert told("request.asked") == [asked]
    assert told("case.stage_changed") == [
        {"case": case.number, "before": "open", "stage": "awaiting_evidence"},
        {"case": case.number, "before": "awaiting_evidence", "stage": "under_review"},
    ]


def test_a_day_that_is_near_is_told_once():
    case = make_case()
    task = case.tasks.get()
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        remind_job()
        remind_job()
    due = {"task": task.pk, "round": 1, "due_on": f"{task.due_on}", "days_left": 5}
    assert told("task.due") == [{"case": case.number, **due}]


def test_a_message_is_told_without_its_words_and_a_note_not_at_all():
    case, officer = make_case(items=()), make_user(Role.ANALYST)
    message = messages.write_message(case, actor=officer, text="Send page four of the ledger.")
    messages.write_note(case, actor=officer, text="Looks thin.")
    assert told("message.written") == [{"case": case.number, "message": message.pk, "side": "office"}]
    assert "ledger" not in json.dumps([one.data for one in Event.objects.all()])


def test_a_letter_of_cbp_on_record_is_told():
    case, today = make_case(items=()), timezone.localdate()
    paper = {"kind": "request_for_information", "received_number": "CBP-1", "dated": today, "content": b"%PDF-1.7 x"}
    letter = record_received(case, actor=make_user(Role.ANALYST), **paper)
    assert told("letter.issued") == [{"case": case.number, "letter": letter.number, "origin": "recorded"}]
    assert Event.objects.get(kind="letter.issued").subject == f"/api/v1/letters/{letter.number}/"


def test_an_import_is_told_at_its_end_whether_it_could_be_read_or_not():
    load_reference_lists()
    member = make_user(Role.IMPORTER_MEMBER)
    sent = {"organization": member.organizations().get(), "actor": member, "confirm_mapping": False}
    good = intake.receive_files([csv(("", "BILL1"), ("", "BILL2"))], **sent)
    jobs.work_off()
    bad = intake.receive_files([ContentFile(b"PK\x03\x04 no sheet", name="broken.xlsx")], **sent)
    jobs.work_off()
    counts = {"rows_read": 2, "rows_stored": 2, "rows_rejected": 0}
    assert told("import.finished") == [
        {"import": good.pk, "state": "done", **counts},
        {"import": bad.pk, "state": "failed", **dict.fromkeys(counts, 0)},
    ]


def test_a_paper_that_was_read_is_told_without_its_name_or_words():
    case = make_case(items=())
    document = receive_upload(
        a_file(b"Time sheet of Example Person", "Example Person.txt"),
        organization=case.importer, actor=member_of(case), case=case,
    )  # fmt: skip
    jobs.work_off(but=("feed",))
    assert told("document.read") == [{"document": document.pk, "state": "read", "problem": "", "pages": 1}]
    assert "Example Person" not in json.dumps([one.told() for one in Event.objects.all()])


def test_what_another_importer_declared_is_told_to_nobody():
    """The goods are flagged through a rival's links; the event names the ground, not the way to it."""
    load_reference_lists()
    member, rival = make_user(Role.IMPORTER_MEMBER), make_user(Role.IMPORTER_MEMBER)
    mill = delivery("mill", "maker", "Example Knitting Mill Co., Ltd.", stage="knitter or weaver")
    rivals = [mill, delivery("listed", "mill", LISTED, stage="spinner")]
    client_of(rival).post(f"{V1}/shipments/", declaration(suppliers=rivals), format="json")
    client_of(member).post(f"{V1}/shipments/", declaration(suppliers=[mill]), format="json")
    jobs.work_off()
    answer = client_of(member).get(f"{V1}/events/")
    assert "LISTED_ENTITY" in answer.content.decode()
    for secret in ("Huafu", "Aksu", "spinner", "Knitting", "90 FR", "2(d)(2)(B)"):
        assert secret not in answer.content.decode()
