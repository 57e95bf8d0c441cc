"""Papers come in: kept as they came, once, by those who may, in an open case."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.file_names import shown_name
from entities.domain.roles import Role
from entities.models import AuditEvent, BrokerAuthorization, Job
from evidence.domain import media
from evidence.models import Document, Exhibit
from evidence.services import documents
from screening.models import Case, TaskItem
from screening.services.requests import answer_request
from tests.evidence.sending import NOTE, a_file, broker_for, make_case, member_of, send
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def stored_files():
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_the_original_is_kept_unchanged_under_a_name_that_says_nothing():
    document = send(make_case(), name="INV-8841 Harbor Knit.txt")
    assert document.file.open("rb").read() == NOTE
    assert document.sha256 == hashlib.sha256(NOTE).hexdigest()
    assert document.file_name == "INV-8841 Harbor Knit.txt"
    assert [len(path.name) for path in stored_files()] == [32]
    assert "INV" not in document.file.name
    assert "txt" not in document.file.name


def test_a_paper_becomes_an_exhibit_under_the_next_number_and_waits_to_be_read():
    case = make_case()
    item = TaskItem.objects.get(task__case=case, number=2)
    first, second = send(case, b"one"), send(case, b"two", item=item)
    assert list(case.exhibits.values_list("number", "document", "task_item")) == [
        (1, first.pk, None),
        (2, second.pk, item.pk),
    ]
    assert second.job.kind == "read"
    assert second.job.state == Job.State.QUEUED
    assert second.job.organization == case.importer


def test_the_act_is_on_record():
    case = make_case()
    document = send(case)
    event = AuditEvent.objects.get(action=Action.DOCUMENT_UPLOADED)
    assert event.case_number == case.number
    assert event.actor_name == member_of(case).full_name
    assert (event.after["sha256"], event.after["exhibit"]) == (document.sha256, 1)


def test_the_same_content_again_is_the_document_already_there():
    case = make_case()
    first = send(case)
    again = send(case, name="other name.txt")
    assert again.pk == first.pk
    assert again.file_name == "note.txt"
    assert case.exhibits.count() == 1
    assert len(stored_files()) == 1
    assert AuditEvent.objects.filter(action=Action.DOCUMENT_UPLOADED).count() == 1


def test_the_same_content_sent_for_an_item_answers_that_item():
    case = make_case()
    item = TaskItem.objects.get(task__case=case, number=1)
    send(case)
    send(case, item=item)
    assert Exhibit.objects.get(case=case).task_item == item


def test_two_importers_may_send_the_same_paper():
    first, second = send(make_case()), send(make_case())
    assert first.pk != second.pk
    assert len(stored_files()) == 2


def test_the_office_may_send_on_the_importers_behalf():
    case = make_case()
    document = send(case, actor=make_user(Role.REVIEWER))
    assert document.organization == case.importer


def test_a_broker_sends_for_the_importers_that_authorised_it_and_no_longer():
    case = make_case()
    broker = broker_for(case.importer)
    assert send(case, actor=broker).uploaded_by == broker
    BrokerAuthorization.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused, match="power of attorney"):
        send(case, b"later", actor=broker)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.MANAGER])
def test_who_does_not_work_cases_sends_nothing(role):
    with pytest.raises(Refused, match="role"):
        send(make_case(), actor=make_user(role))


def test_a_rival_sends_nothing_into_another_importers_case():
    case, rival = make_case(), member_of(make_case())
    with pytest.raises(Refused, match="do not act for"):
        send(case, actor=rival)
    with pytest.raises(Refused, match="another importer's"):
        documents.receive_upload(a_file(), organization=rival.memberships.get().organization, actor=rival, case=case)
    assert stored_files() == []


def test_a_decided_case_takes_no_paper_and_says_why():
    case = make_case()
    Case.objects.filter(pk=case.pk).update(stage=Case.Stage.CLOSED)
    with pytest.raises(Refused, match="is decided"):
        send(case)
    assert stored_files() == []
    assert not Document.objects.exists()


def test_an_item_of_another_case_or_of_a_closed_request_is_refused():
    case, other = make_case(), make_case()
    with pytest.raises(Refused, match="another case"):
        send(case, item=TaskItem.objects.filter(task__case=other).first())
    answer_request(case.tasks.get(), actor=member_of(case))
    with pytest.raises(Refused, match="is closed"):
        send(case, item=TaskItem.objects.filter(task__case=case).first())


def test_a_paper_that_comes_while_the_approver_weighs_sends_the_case_back():
    case = make_case()
    Case.objects.filter(pk=case.pk).update(stage=Case.Stage.AWAITING_APPROVAL)
    send(case)
    case.refresh_from_db()
    assert case.facts_changed_at is not None


def test_a_file_above_the_limit_is_refused_with_a_remedy(monkeypatch):
    monkeypatch.setattr(documents, "MAX_FILE_BYTES", 10)
    with pytest.raises(Refused, match="Split it"):
        send(make_case())
    assert stored_files() == []


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.pdf", "empty"),
        (b"MZ\x90\x00\x03" + bytes(200), "tool.pdf", "not_a_document"),
        (b"<html><script>alert(1)</script>", "invoice.pdf", "not_a_document"),
        (b"%PDF-1.7 whatever", "invoice.xlsx", "type_mismatch"),
    ],
)
def test_what_is_no_document_is_kept_and_said_to_be_unreadable_at_once(content, name, code):
    document = send(make_case(), content, name)
    assert document.state == Document.State.REFUSED
    assert document.problem_code == code
    assert document.problem
    assert document.remedy
    assert document.job is None
    assert document.exhibits.count() == 1


def test_only_the_office_has_a_paper_read_again():
    case = make_case()
    document = send(case)
    Document.objects.update(state=Document.State.READ)
    Job.objects.update(state=Job.State.DONE)
    with pytest.raises(Refused, match="Ask the office"):
        documents.read_again(document, actor=member_of(case))
    assert documents.read_again(document, actor=make_user(Role.ANALYST)).state == Document.State.QUEUED
    with pytest.raises(Refused, match="waiting"):
        documents.read_again(document, actor=make_user(Role.ANALYST))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("C:\\Users\\me\\发票 8841.pdf", "发票 8841.pdf"),
        ("../../etc/passwd", "passwd"),
        ("cod\u202efdp.exe", "codfdp.exe"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("  ", "file without a name"),
    ],
)
def test_a_file_name_is_shown_without_what_cannot_be_seen(given, shown):
    assert shown_name(given) == shown


def test_a_long_file_name_keeps_its_ending():
    name = shown_name("long " * 100 + ".xlsx")
    assert len(name) == 300
    assert name.endswith(".xlsx")
    assert media.extension_of(name) == ".xlsx"
