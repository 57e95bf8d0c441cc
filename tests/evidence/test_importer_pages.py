"""What the importer sees and does: its to-do list, its case in plain words, its papers."""

import json
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import AuditEvent, BrokerAuthorization
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists
from evidence import plain_words
from evidence.models import Document, Mention
from evidence.services.assessments import assess
from evidence.services.concluding import conclude_review, decide
from screening.domain.law.states import Kind
from screening.models import Case, Finding, TaskItem
from screening.services.cases import start_review
from screening.services.detentions import record_detention, record_event
from screening.services.shipments import add_shipment
from tests.evidence.made_files import pdf, words
from tests.evidence.sending import NOTE, broker_for, make_case, member_of, send
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db
LISTED = "Aksu Huafu Color Spinning Co., Ltd."
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def sign_in(client):
    def put(user):
        client.force_login(user, backend="entities.backends.EmailBackend")
        return client

    return put


def text_of(response):
    """What stands on the page, without its markup."""
    body = response.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def page(client, name, *args, query=""):
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return text_of(response)


def post_files(client, case, *files, item=None, **headers):
    url = reverse("item-upload", args=[case.pk, item.pk]) if item else reverse("case-upload", args=[case.pk])
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(url, {"files": sent}, **headers)


def item_of(case, number=1):
    return TaskItem.objects.get(task__case=case, number=number)


# --- to do --------------------------------------------------------------------------------------------------------


def test_the_list_says_what_is_asked_until_when_and_the_next_step(sign_in):
    case = make_case(items=("Invoice, knitter to spinner", "Bale list"))
    said = page(sign_in(member_of(case)), "importer-home")
    assert "1 Waiting for you" in said
    assert "Send: Invoice, knitter to spinner (and 1 more)" in said
    assert "10 days left" in said
    assert "2 of 2 things still to send" in said


def test_an_importer_without_anything_to_do_is_told_so(sign_in):
    importer = make_organization()
    client = sign_in(make_user(Role.IMPORTER_MEMBER, importer))
    assert "Declare your first shipment" in page(client, "importer-home")
    add_shipment(
        declared_shipment(maker="Example Bay Garments JSC"),
        owner=importer,
        actor=importer.memberships.first().user,
    )
    said = page(client, "importer-home")
    assert "nothing is asked of you" in said
    assert "1 shipment Being screened" in said


def test_cases_that_wait_for_the_importer_stand_first(sign_in):
    importer = make_organization()
    member = make_user(Role.IMPORTER_MEMBER, importer)
    stages = [Case.Stage.CLOSED, Case.Stage.UNDER_REVIEW, Case.Stage.AWAITING_EVIDENCE, Case.Stage.OPEN]
    for number, stage in enumerate(stages):
        Case.objects.create(number=f"2026-9{number}", importer=importer, stage=stage, opened_because="Looked at")
    said = page(sign_in(member), "importer-home")
    places = [said.index(f"case 2026-9{number}") for number in (2, 3, 1, 0)]
    assert places == sorted(places)
    assert "2026-90" not in page(sign_in(member), "importer-home", query="?show=office")


def test_a_decided_case_waits_for_the_importer_while_its_own_day_of_the_law_runs(sign_in):
    case, officer = decided_case(), make_user(Role.ANALYST)
    client = sign_in(member_of(case))
    assert "0 Waiting for you" in page(client, "importer-home")
    day = timezone.localdate() - timedelta(days=20)
    held = record_detention(
        case, case.shipments.get(), actor=officer, presented_on=day, detained_on=day, source="6051D"
    )
    for kind in (Kind.NOTICE_ISSUED, Kind.EXCLUDED):
        record_event(held, kind, day + timedelta(days=1), actor=officer, source="notice")
    last = day + timedelta(days=181)
    said = page(client, "importer-home")
    assert "1 Waiting for you" in said
    assert "0 Decided" in said
    assert f"By law the next step is yours: last day to protest, {last:%-d %B %Y}." in said
    assert case.number in page(client, "importer-home", query="?show=waiting")
    assert case.number not in page(client, "importer-home", query="?show=decided")
    record_event(held, Kind.RELEASED, day + timedelta(days=2), actor=officer, source="ACE", reason="Found admissible.")
    assert "0 Waiting for you" in page(client, "importer-home")


def test_a_broker_sees_the_cases_of_the_importers_it_acts_for(sign_in):
    case, other = make_case(), make_case()
    broker = broker_for(case.importer)
    client = sign_in(broker)
    said = page(client, "importer-home")
    assert case.importer.name in said
    assert other.number not in said
    assert client.get(reverse("importer-case", args=[other.pk])).status_code == 404
    BrokerAuthorization.objects.update(revoked_at=timezone.now())
    assert client.get(reverse("importer-case", args=[case.pk])).status_code == 404


def test_officers_are_shown_their_own_pages(sign_in):
    case = make_case()
    client = sign_in(make_user(Role.ANALYST))
    assert client.get(reverse("importer-home")).url == reverse("desk")
    assert client.get(reverse("importer-case", args=[case.pk])).url == reverse("case-detail", args=[case.pk])


# --- the case -----------------------------------------------------------------------------------------------------


def test_the_case_says_in_plain_words_how_it_stands_why_and_what_to_send(sign_in):
    load_reference_lists()
    case = make_case(maker=LISTED, items=("Invoice", "Bale list"))
    jobs.work_off()
    send(case, item=item_of(case, 1))
    said = page(sign_in(member_of(case)), "importer-case", case.pk)
    assert "1 of 2 things still to send" in said
    assert plain_words.LAWS[case.regime] in said
    assert "Aksu Huafu Color Spinning Co., Ltd., listed since 21 June 2022" in said
    assert "Invoice Answered 1 file, 1 being read" in said
    assert "Bale list Still to answer" in said
    assert "up to 50 MB each" in said
    assert "What happens next" in said


def test_a_held_shipment_shows_the_day_the_law_sets_beside_the_offices_own(sign_in):
    case = make_case()
    presented = timezone.localdate() - timedelta(days=12)
    record_detention(
        case, case.shipments.get(), actor=make_user(Role.ANALYST), presented_on=presented, source="form 6051D"
    )
    said = page(sign_in(member_of(case)), "importer-case", case.pk)
    assert "is held" in said
    assert "Send papers: 10 days left" in said
    assert "Last day for a decision: Day 12 of 30: 18 days left" in said


def test_a_confidential_source_is_not_named(sign_in):
    load_reference_lists()
    case = make_case()
    rival = make_user(Role.IMPORTER_MEMBER)
    ends = [
        PartyFacts(name=LISTED, country="CN"),
        PartyFacts(name="Example Bay Garments JSC", city="Example City", country="VN"),
    ]
    rows = suppliers.declare_parties(rival.memberships.get().organization, ends)
    upstream, maker = (rows[suppliers.fingerprint(one)].supplier for one in ends)
    suppliers.declare_link(
        upstream,
        maker,
        actor=rival,
        declared_by=rival.memberships.get().organization,
        commodity="cotton",
        goods="yarn",
        valid_from=date(2025, 6, 1),
    )
    jobs.work_off()
    assert Finding.objects.filter(rule="LISTED_ENTITY", steps_upstream=2).exists()
    client = sign_in(member_of(case))
    for said in (page(client, "importer-case", case.pk), page(client, "importer-home")):
        assert "Huafu" not in said
    assert "confidential source" in page(client, "importer-case", case.pk)


def test_the_importer_says_that_it_has_sent_what_it_can(sign_in):
    case = make_case()
    client = sign_in(member_of(case))
    response = client.post(reverse("request-answer", args=[case.pk, case.tasks.get().pk]), follow=True)
    assert "The office is told" in text_of(response)
    case.refresh_from_db()
    assert case.stage == Case.Stage.UNDER_REVIEW
    assert AuditEvent.objects.filter(action=Action.EVIDENCE_ANSWERED, case_number=case.number).count() == 1
    again = client.post(reverse("request-answer", args=[case.pk, case.tasks.get().pk]), follow=True)
    assert "closed before" in text_of(again)


def test_only_the_importers_side_says_so(sign_in):
    case, rival = make_case(), member_of(make_case())
    url = reverse("request-answer", args=[case.pk, case.tasks.get().pk])
    assert sign_in(make_user(Role.ANALYST)).post(url).status_code == 403
    assert sign_in(rival).post(url).status_code == 404
    assert case.tasks.get().closed_at is None


def decided_case(conclusion="scope_not_rebutted"):
    load_reference_lists()
    case = make_case(maker=LISTED, items=())
    jobs.work_off()
    reviewer, approver = make_user(Role.REVIEWER), make_user(Role.APPROVER)
    start_review(case, actor=reviewer)
    for number in range(1, 7):
        assess(
            case,
            actor=reviewer,
            pathway="applicability",
            code=f"A{number}",
            verdict="not_shown",
            reason="Working note of the reviewer.",
        )
    recommendation = conclude_review(
        case,
        actor=reviewer,
        pathway="applicability",
        conclusion=conclusion,
        reasons="Private to the office.",
        grounds=["LISTED_ENTITY"],
    )
    decide(recommendation, actor=approver, verdict="approved", reasons="The yarn invoice was never sent.")
    case.refresh_from_db()
    return case


def test_a_decision_stands_with_its_reasons_and_without_the_offices_notes(sign_in):
    case = decided_case()
    client = sign_in(member_of(case))
    said = page(client, "importer-case", case.pk)
    assert "The presumption stands: they may not enter." in said
    assert "The yarn invoice was never sent." in said
    assert "you can protest within 180 days" in said
    assert "Working note" not in said
    assert "Private to the office" not in said
    assert "Choose" not in said
    assert "1 Decided" in page(client, "importer-home")
    response = post_files(client, case, ("late.txt", NOTE), **JSON)
    assert response.status_code == 409
    assert "is decided" in response.json()["detail"]


# --- sending ------------------------------------------------------------------------------------------------------


def test_a_script_sends_one_file_and_gets_an_answer_it_can_show(sign_in):
    case = make_case()
    client = sign_in(member_of(case))
    response = post_files(client, case, ("note.txt", NOTE), item=item_of(case), **JSON)
    document = Document.objects.get()
    assert response.json() == {
        "message": "Received as exhibit 1. It is being read.",
        "url": reverse("document-detail", args=[document.pk]),
    }
    again = post_files(client, case, ("note.txt", NOTE), item=item_of(case, 2), **JSON)
    assert "Already received" in again.json()["message"]
    assert "It was sent for: Invoice." in again.json()["message"]
    empty = post_files(client, case, ("empty.pdf", b""), **JSON)
    assert "The file is empty" in empty.json()["message"]


def test_without_a_script_many_files_go_in_one_form(sign_in):
    case = make_case()
    files = [("a.txt", b"first note"), ("b.txt", b"second note"), ("tool.exe", b"MZ\x90\x00" + bytes(64))]
    response = post_files(sign_in(member_of(case)), case, *files, item=item_of(case))
    assert response.url == f"{reverse('importer-case', args=[case.pk])}#item-{item_of(case).pk}"
    said = page(sign_in(member_of(case)), "importer-case", case.pk)
    assert "2 files received" in said
    assert "tool.exe: Received, but it cannot be read. The file is a program." in said
    assert Document.objects.count() == 3


def test_nothing_chosen_is_said_with_what_to_do(sign_in):
    case = make_case()
    client = sign_in(member_of(case))
    response = client.post(reverse("case-upload", args=[case.pk]), **JSON)
    assert response.status_code == 400
    assert response.json()["detail"] == "Choose at least one file, then send again."
    assert "Choose at least one file" in text_of(client.post(reverse("case-upload", args=[case.pk]), follow=True))


def test_an_officer_sends_on_the_importers_behalf_and_comes_back_to_the_case(sign_in):
    case = make_case()
    response = post_files(sign_in(make_user(Role.REVIEWER)), case, ("note.txt", NOTE))
    assert response.url == f"{reverse('case-detail', args=[case.pk])}#evidence"
    assert Document.objects.get().organization == case.importer


def test_strangers_and_those_who_may_not_send_are_turned_away(sign_in):
    case, rival = make_case(), make_case()
    assert post_files(sign_in(member_of(rival)), case, ("a.txt", NOTE)).status_code == 404
    assert post_files(sign_in(member_of(rival)), rival, ("a.txt", NOTE), item=item_of(case)).status_code == 404
    assert post_files(sign_in(make_user(Role.AUDITOR)), case, ("a.txt", NOTE)).status_code == 403
    assert not Document.objects.exists()


# --- papers -------------------------------------------------------------------------------------------------------


def test_the_list_of_papers_shows_ones_own_and_can_be_narrowed(sign_in):
    case, rival = make_case(), make_case()
    send(case, b"one", "invoice.txt")
    send(case, b"", "empty.txt")
    send(rival, b"two", "secret.txt")
    client = sign_in(member_of(case))
    said = page(client, "document-list")
    assert "2 documents" in said
    assert "secret.txt" not in said
    assert "invoice.txt" not in page(client, "document-list", query="?state=refused")
    assert "1 document" in page(client, "document-list", query="?q=INVOICE")
    assert "0 documents" in page(client, "document-list", query=f"?case={rival.number}")
    assert "secret.txt" in page(sign_in(make_user(Role.AUDITOR)), "document-list")


def test_a_paper_is_shown_page_by_page_with_what_it_mentions_marked(sign_in):
    load_reference_lists()
    case = make_case()
    document = send(case, pdf(words("Nothing here"), words(f"Seller {LISTED}, Urumqi")), "trail.pdf")
    jobs.work_off()
    client = sign_in(member_of(case))
    said = page(client, "document-detail", document.pk)
    assert "Its text mentions 1 listed name and" in said
    assert "A mention is not a finding" in said
    assert "Nothing here" in said
    assert "Seller" not in said
    mention = Mention.objects.filter(page__document=document, kind="listed").get()
    second = client.get(reverse("document-detail", args=[document.pk]) + "?page=2").content.decode()
    assert f'<mark id="m-{mention.pk}">' in second
    assert f"left=1.2.{mention.start}-{mention.end}#mark" in second
    assert "Page 1 of 2" in page(client, "document-detail", document.pk, query="?page=77")
    assert "Page 1 of 2" in page(client, "document-detail", document.pk, query="?page=²")


def test_what_a_paper_says_is_shown_as_text_and_never_run(sign_in):
    case = make_case()
    document = send(case, b"note <script>alert(1)</script>", "note.txt")
    jobs.work_off()
    body = sign_in(member_of(case)).get(reverse("document-detail", args=[document.pk])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "<script>alert" not in body


def test_a_very_long_page_is_shown_in_parts(sign_in):
    case = make_case()
    document = send(case, b"line of a ledger\n" * 6_000 + b"the last line", "ledger.txt")
    jobs.work_off()
    client = sign_in(member_of(case))
    said = page(client, "document-detail", document.pk)
    assert "Part 1 of 3" in said
    assert "the last line" not in said
    assert "the last line" in page(client, "document-detail", document.pk, query="?page=1&part=3")


def test_progress_is_asked_for_again_until_the_paper_is_read(sign_in):
    case = make_case()
    document = send(case)
    client = sign_in(member_of(case))
    url = reverse("document-progress", args=[document.pk])
    waiting = client.get(url).content.decode()
    assert "hx-get" in waiting
    assert "<html" not in waiting
    jobs.work_off()
    done = client.get(url).content.decode()
    assert "hx-get" not in done
    assert "Read, 1 page" in done


def test_the_original_comes_as_a_file_to_keep_and_that_is_on_record(sign_in):
    case = make_case()
    document = send(case, NOTE, "发票 8841.txt")
    response = sign_in(member_of(case)).get(reverse("document-download", args=[document.pk]))
    assert b"".join(response.streaming_content) == NOTE
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    event = AuditEvent.objects.get(action=Action.DOCUMENT_DOWNLOADED)
    assert event.case_number == case.number
    assert event.after == {"sha256": document.sha256}


def test_what_is_no_document_is_handed_out_as_plain_bytes(sign_in):
    case = make_case()
    document = send(case, b"<html><script>alert(1)</script>", "page.html")
    response = sign_in(member_of(case)).get(reverse("document-download", args=[document.pk]))
    assert response["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("name", ["document-detail", "document-progress", "document-download"])
def test_another_importers_paper_does_not_exist(sign_in, name):
    document, rival = send(make_case()), member_of(make_case())
    assert sign_in(rival).get(reverse(name, args=[document.pk])).status_code == 404
    assert not AuditEvent.objects.filter(action=Action.DOCUMENT_DOWNLOADED).exists()


def test_the_office_has_a_paper_read_again_from_its_page(sign_in):
    case = make_case()
    document = send(case)
    jobs.work_off()
    url = reverse("document-read-again", args=[document.pk])
    assert "Read it again" not in page(sign_in(member_of(case)), "document-detail", document.pk)
    assert "Ask the office" in text_of(sign_in(member_of(case)).post(url, follow=True))
    assert sign_in(make_user(Role.AUDITOR)).post(url).status_code == 403
    said = text_of(sign_in(make_user(Role.ANALYST)).post(url, follow=True))
    assert "waiting to be read" in said


def test_what_the_upload_answers_is_plain_json(sign_in):
    case = make_case()
    response = post_files(sign_in(member_of(case)), case, ("a.txt", NOTE), **JSON)
    assert response["Content-Type"] == "application/json"
    assert set(json.loads(response.content)) == {"message", "url"}
