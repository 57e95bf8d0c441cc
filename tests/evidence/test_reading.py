"""Papers are read by a worker: pages kept, names and places noted, faults said, other work let through."""

import hashlib
from datetime import date

import pytest
from django.utils import timezone

from entities import reference
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Job
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.domain.mentions import MOST_PER_PAGE, cut_at, look_through
from evidence.models import Citation, Document, Mention, Page
from evidence.readers import read_document
from evidence.services import documents, reading, scanning
from evidence.services.assessments import CitedPage, assess
from screening.services.cases import start_review
from tests.evidence.made_files import pdf, words
from tests.evidence.sending import make_case, send
from tests.factories import make_user

pytestmark = pytest.mark.django_db

TRAIL = (
    "Seller: Aksu Huafu Color Spinning Co., Ltd.\n"
    "发货单位：新疆大全新能源股份有限公司，地址：新疆石河子市\n"
    "Loaded at Urumqi, carried to Haiphong.\n"
)


def read(content, name="note.txt", case=None):
    """A paper, sent and worked off."""
    document = send(case or make_case(), content, name)
    jobs.work_off()
    document.refresh_from_db()
    return document


def test_a_paper_is_read_page_by_page_with_the_hash_of_each_page():
    document = read(pdf(words("Invoice 8841"), words("Packing list 19")), "invoice.pdf")
    assert document.state == Document.State.READ
    assert document.page_count == 2
    assert document.media_type == "application/pdf"
    first, second = document.pages.all()
    assert "Invoice 8841" in first.text
    assert "Packing list 19" in second.text
    assert first.has_text
    assert first.sha256 == hashlib.sha256(first.text.encode()).hexdigest()
    event = AuditEvent.objects.get(action=Action.DOCUMENT_READ)
    assert (event.after["state"], event.after["pages"]) == ("read", 2)
    assert event.actor_name == "ClearOrigin"


def test_the_job_says_how_far_the_reading_is():
    document = read(pdf(words("one"), words("two")), "two.pdf")
    document.job.refresh_from_db()
    assert (document.job.progress_done, document.job.progress_total) == (2, 2)


def test_what_cannot_be_read_says_why_and_what_to_do():
    document = read(b"%PDF-1.7\nnothing of a PDF follows, only words\n%%EOF", "broken.pdf")
    assert document.state == Document.State.REFUSED
    assert document.problem_code in {"damaged", "not_a_document"}
    assert document.remedy
    assert document.job.state != Job.State.FAILED


def test_listed_names_and_places_are_noted_where_they_stand():
    load_reference_lists()
    document = read(TRAIL.encode(), "trail.txt")
    text = document.pages.get().text
    mentions = list(Mention.objects.filter(page__document=document))
    assert all(text[one.start : one.end] == one.text for one in mentions)
    listed = {one.subject for one in mentions if one.kind == "listed"}
    assert "Aksu Huafu Color Spinning Co., Ltd." in listed
    assert any("Daqo" in name for name in listed)
    places = {one.text for one in mentions if one.kind == "place"}
    assert {"Urumqi", "新疆"} <= places
    assert all(one.list_version for one in mentions if one.kind == "listed")
    assert not any("Haiphong" in one.text for one in mentions)


def test_a_mention_makes_no_finding():
    load_reference_lists()
    case = make_case()
    jobs.work_off()
    shipment = case.shipments.get()
    before = shipment.latest_screening_id
    read(TRAIL.encode(), "trail.txt", case)
    shipment.refresh_from_db()
    assert shipment.latest_screening_id == before


def test_without_a_list_the_paper_says_that_names_were_not_looked_for():
    document = read(TRAIL.encode(), "trail.txt")
    assert document.state == Document.State.READ
    assert scanning.NO_LIST in document.notes
    assert not Mention.objects.filter(kind="listed").exists()
    assert Mention.objects.filter(kind="place").exists()


def test_a_text_full_of_names_is_looked_through_quickly_and_only_so_far():
    text = "Xinjiang Urumqi " * 60_000
    started = timezone.now()
    seen = look_through(text, None, reference.gazetteer(), date(2026, 5, 4))
    assert len(seen) == MOST_PER_PAGE
    assert (timezone.now() - started).total_seconds() < 10


def test_a_name_across_two_pieces_of_a_long_text_is_seen_once():
    text = "x" * 19_996 + " Urumqi " + "y" * 30_000
    seen = look_through(text, None, reference.gazetteer(), date(2026, 5, 4))
    assert [(one.text, text[one.start : one.end]) for one in seen] == [("Urumqi", "Urumqi")]


def test_a_text_is_cut_at_its_mentions_and_overlaps_are_marked_once():
    page = Page(text="Aksu Huafu in Aksu")
    spans = [Mention(start=0, end=10), Mention(start=0, end=4), Mention(start=14, end=18)]
    assert [(text, bool(span)) for text, span in cut_at(page.text, spans)] == [
        ("Aksu Huafu", True),
        (" in ", False),
        ("Aksu", True),
    ]
    assert "".join(text for text, _ in cut_at(page.text, spans, 5, 16)) == page.text[5:16]


def test_a_job_that_runs_twice_reads_once():
    document = read(b"Delivery note 19 and more", "note.txt")
    reading.read_job(Job(kind="read", payload={"document": document.pk}))
    assert AuditEvent.objects.filter(action=Action.DOCUMENT_READ).count() == 1
    assert document.pages.count() == 1


def test_a_mail_names_its_attachments():
    mail = (
        b"From: a@example.test\r\nTo: b@example.test\r\nSubject: papers\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
        b"--cut\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=inv.pdf\r\n"
        b"\r\nx\r\n--cut--\r\n"
    )
    document = read(mail, "papers.eml")
    assert document.attachments[0]["name"] == "inv.pdf"
    assert any("each is taken as a file of its own" in note for note in document.notes)


def test_reading_again_replaces_the_pages():
    document = read(b"Delivery note 19 and more", "note.txt")
    Page.objects.update(text="spoilt", sha256="0" * 64)
    documents.read_again(document, actor=make_user(Role.ANALYST))
    jobs.work_off()
    assert "Delivery note" in document.pages.get().text


def test_pages_that_a_reviewer_cites_stay_as_they_were_read():
    case = make_case()
    reviewer = make_user(Role.REVIEWER)
    document = read(b"Delivery note 19 and more", "note.txt", case)
    start_review(case, actor=reviewer)
    assess(
        case,
        actor=reviewer,
        pathway="applicability",
        code="A1",
        verdict="not_shown",
        reason="Only one step.",
        citations=[CitedPage(1, 1)],
    )
    kept = document.pages.get()
    with pytest.raises(Refused, match="cites pages"):
        documents.read_again(document, actor=reviewer)
    # A citation that came while the paper was being read again.
    Document.objects.update(state=Document.State.QUEUED)
    reading.read_job(Job(kind="read", payload={"document": document.pk}))
    document.refresh_from_db()
    assert document.state == Document.State.READ
    assert document.pages.get().pk == kept.pk
    assert Citation.objects.get().page_sha256 == kept.sha256


def test_a_fault_of_ours_is_tried_again_and_in_the_end_said(monkeypatch):
    def fault(*_):
        raise OSError("no more processes")

    document = send(make_case())
    monkeypatch.setattr(reading, "read_document", fault)
    for _ in range(jobs.MAX_ATTEMPTS):
        Job.objects.update(run_after=timezone.now())
        jobs.work_off()
    document.refresh_from_db()
    document.job.refresh_from_db()
    assert document.job.state == Job.State.FAILED
    assert (document.state, document.problem_code) == (Document.State.REFUSED, "fault")
    assert "on our side" in document.problem
    monkeypatch.undo()
    documents.read_again(document, actor=make_user(Role.ANALYST))
    jobs.work_off()
    document.refresh_from_db()
    assert document.state == Document.State.READ


def test_reading_lets_more_urgent_work_go_first(settings, monkeypatch):
    settings.EMBEDDED = True
    order = []
    monkeypatch.setattr("entities.services.mail.send_job", lambda job: order.append("mail"))

    def slow(path, name, progress):
        jobs.enqueue("mail", {})
        jobs.enqueue("read", {"document": 0})  # as urgent as this one: it waits
        progress(1, 2)
        order.append("read on")
        return read_document(path, name, progress)

    document = send(make_case())
    Job.objects.exclude(pk=document.job_id).delete()
    monkeypatch.setattr(reading, "read_document", slow)
    jobs.run(document.job_id)
    assert order == ["mail", "read on"]
    assert Job.objects.get(payload={"document": 0}).state == Job.State.QUEUED


def test_with_a_broker_other_workers_take_the_urgent_work(settings):
    settings.EMBEDDED = False
    Job.objects.create(kind="mail", priority=2)
    assert jobs.give_way(Job(kind="read", priority=5)) == 0
