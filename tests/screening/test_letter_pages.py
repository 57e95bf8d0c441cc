"""Pages of letters: what an officer and an importer see and do, and what nobody else ever learns."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import BrokerAuthorization
from screening.domain.law.states import Kind
from screening.models import Case, Letter, LetterDraft
from screening.services import detentions
from tests.api_client import client_of
from tests.factories import make_user
from tests.screening.made_cases import make_case, make_exhibit
from tests.screening.made_letters import make_letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.fixture
def case():
    case = make_case(Case.Stage.UNDER_REVIEW)
    make_exhibit(case, "one page", name="发票.pdf")
    return case


def page(client, user, name, *args):
    client.force_login(user, backend="entities.backends.EmailBackend")
    return client.get(reverse(name, args=args))


def post(client, user, name, *args, **data):
    client.force_login(user, backend="entities.backends.EmailBackend")
    return client.post(reverse(name, args=args), data, follow=True)


def begin(client, user, case, kind):
    post(client, user, "letter-begin", case.pk, kind=kind)
    return LetterDraft.objects.latest("pk")


def test_an_officer_drafts_and_reads_what_is_missing(client, case):
    officer = make_user(Role.ANALYST)
    row = begin(client, officer, case, "notice_of_exclusion")
    text = page(client, officer, "letter-draft", row.pk).content.decode()
    assert "No approved decision says that the presumption stands" in text
    assert "Last day to protest" in text
    assert "发票.pdf" in text  # the record beside


def test_what_is_written_is_kept(client, case):
    officer = make_user(Role.ANALYST)
    row = begin(client, officer, case, "request_for_information")
    answer = post(
        client, officer, "letter-draft", row.pk, questions="Who gins?\r\n\r\nWho spins?", answer_by="2030-01-02"
    )
    row.refresh_from_db()
    assert row.contents["questions"] == ["Who gins?", "Who spins?"]
    assert row.contents["answer_by"] == "2030-01-02"
    assert row.contents["lines"] == []  # nothing ticked
    assert "Kept." in answer.content.decode()


def test_entry_lines_are_chosen_from_the_case(client, case):
    officer = make_user(Role.ANALYST)
    row = begin(client, officer, case, "request_for_information")
    entry = case.shipments.get().entry_number
    post(client, officer, "letter-draft", row.pk, lines=f"{entry}/2")
    row.refresh_from_db()
    assert [line["description"] for line in row.contents["lines"]] == ["Cotton T-shirts"]
    answer = post(client, officer, "letter-draft", row.pk, lines="551-0000000-0/9")
    assert "551-0000000-0/9" in answer.content.decode()
    row.refresh_from_db()
    assert len(row.contents["lines"]) == 1


def test_the_preview_is_a_pdf_marked_as_a_draft(client, case):
    officer = make_user(Role.ANALYST)
    row = begin(client, officer, case, "notice_of_detention")
    answer = page(client, officer, "letter-draft-preview", row.pk)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_letter_is_drafted_approved_and_issued_on_the_pages(client, case, settings):
    settings.OFFICE_IS_AUTHORITY = True
    officer, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)
    row = begin(client, officer, case, "acknowledgement")
    blocked = post(client, officer, "letter-draft-issue", row.pk).content.decode()
    assert "A different person must approve it first." in blocked
    assert "We received the following" in page(client, approver, "letter-draft", row.pk).content.decode()
    post(client, approver, "letter-draft-approve", row.pk)
    answer = post(client, officer, "letter-draft-issue", row.pk).content.decode()
    letter = Letter.objects.get()
    assert letter.number in answer
    assert "<p>We received the following" in answer
    assert "paragraphs" not in answer
    file = page(client, officer, "letter-file", letter.pk)
    assert b"".join(file.streaming_content).startswith(b"%PDF-")


def test_a_private_office_says_that_it_issues_nothing(client, case):
    officer = make_user(Role.ANALYST)
    text = page(client, officer, "case-letters", case.pk).content.decode()
    assert "This office is not the authority" in text
    row = begin(client, officer, case, "acknowledgement")
    assert "is not the authority" in page(client, officer, "letter-draft", row.pk).content.decode()


def test_a_letter_of_cbp_is_put_on_record(client, case):
    officer = make_user(Role.ANALYST)
    data = {"kind": "notice_of_detention", "received_number": "D-9", "dated": "2026-01-05"}
    wrong = post(client, officer, "letter-record", case.pk, file=SimpleUploadedFile("a.pdf", b"text"), **data)
    assert "as a PDF" in wrong.content.decode()
    post(client, officer, "letter-record", case.pk, file=SimpleUploadedFile("a.pdf", b"%PDF-1.4 x"), **data)
    assert Letter.objects.get().received_number == "D-9"


# --- the importer -----------------------------------------------------------------------------------------------


def test_an_importer_drafts_its_paper_and_reads_it_for_the_portal(client, case):
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    text = page(client, member, "case-letters", case.pk).content.decode()
    assert "Request for an applicability review" in text
    assert "Notice of exclusion" not in text
    row = begin(client, member, case, "applicability_request")
    text = page(client, member, "letter-draft", row.pk).content.decode()
    assert "Exhibit001FaPiao.pdf" in text


def test_a_paper_that_the_law_does_not_know_now_is_told_so(client, case):
    member, officer, day = (
        make_user(Role.IMPORTER_MEMBER, case.importer),
        make_user(Role.ANALYST),
        timezone.localdate(),
    )

    def when(title):
        text = page(client, member, "case-letters", case.pk).content.decode()
        return text.split(title)[1].split("</tr>")[0]

    assert "Not now:" not in when("Protest against an exclusion")  # nothing is held yet
    held = detentions.record_detention(
        case, case.shipments.get(), actor=officer, presented_on=day, detained_on=day, source="form 6051D"
    )
    assert "it takes one of these states: Deemed excluded; Excluded." in when("Protest against an exclusion")
    assert "Not now:" not in when("Notice of export or abandonment")
    detentions.record_event(held, Kind.RELEASED, day, actor=officer, source="ACE")
    assert "the goods are released and nothing follows after that." in when("Notice of export or abandonment")
    assert "Not now:" not in when("Request for more time")  # of the office, not of the law


def test_an_importer_begins_no_act_of_cbp(client, case):
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    post(client, member, "letter-begin", case.pk, kind="notice_of_exclusion")
    assert not LetterDraft.objects.exists()


def test_a_broker_writes_and_a_member_of_the_importer_approves(client, case):
    broker = make_user(Role.BROKER_MEMBER)
    BrokerAuthorization.objects.create(
        broker=broker.active_memberships[0].organization, importer=case.importer, valid_from="2026-01-01"
    )
    row = begin(client, broker, case, "disposal_notice")
    contents = row.contents | {"act": "abandon", "leaves_on": "2030-01-02"}
    LetterDraft.objects.filter(pk=row.pk).update(contents=contents)
    assert post(client, broker, "letter-draft-approve", row.pk).status_code == 403
    assert "A different person" in post(client, broker, "letter-draft-issue", row.pk).content.decode()
    member = case.importer.memberships.get().user
    post(client, member, "letter-draft-approve", row.pk)
    row.refresh_from_db()
    assert row.approver_person == member.person


def test_an_importer_sees_its_letters_and_never_anothers(client, case):
    officer, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)
    letter = make_letter(case, officer, approver)
    draft = begin(client, make_user(Role.IMPORTER_MEMBER, case.importer), case, "protest")
    own, rival = make_user(Role.IMPORTER_MEMBER, case.importer), make_user(Role.IMPORTER_MEMBER)
    other = make_case(importer=rival.active_memberships[0].organization)
    assert page(client, own, "letter-detail", letter.pk).status_code == 200
    for name, key in (
        ("case-letters", case.pk),
        ("letter-detail", letter.pk),
        ("letter-file", letter.pk),
        ("letter-portal", letter.pk),
        ("letter-draft", draft.pk),
        ("letter-draft-preview", draft.pk),
    ):
        assert page(client, rival, name, key).status_code == 404, name
    for name in ("letter-draft-approve", "letter-draft-issue", "letter-draft-discard", "letter-draft-return"):
        assert post(client, rival, name, draft.pk, reason="x").status_code == 404, name
    assert letter.number not in page(client, rival, "case-letters", other.pk).content.decode()


def test_the_office_does_not_read_an_importers_draft(client, case):
    draft = begin(client, make_user(Role.IMPORTER_MEMBER, case.importer), case, "protest")
    assert page(client, make_user(Role.ANALYST), "letter-draft", draft.pk).status_code == 404


def test_the_text_for_the_portal_is_downloaded(client, case):
    member = case.importer.memberships.get().user
    letter = make_letter(
        case, member, origin="paper", kind="applicability_request", number="P-2030-0001",
        contents={"summary": "阿克苏 mill, lot 3/4", "index": [{"number": 1, "name": "发票.pdf"}]},
    )  # fmt: skip
    answer = page(client, member, "letter-portal", letter.pk)
    assert answer.content.decode() == (
        "Executive summary\r\nA Ke Su mill lot 3 4\r\n\r\nExhibit 1\r\nExhibit001FaPiao.pdf"
    )


# --- the public -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ANALYST, Role.IMPORTER_MEMBER])
def test_every_page_leads_a_reader_who_is_signed_in_to_them(role, client):
    text = page(client, make_user(role), "account").content.decode()
    assert f'href="{reverse("exception-report-list")}"' in text
    assert f'href="{reverse("clocks")}"' in text


def test_anybody_reads_the_reports_and_nothing_else(client, case):
    officer, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)
    goods = {"goods": ["Cotton T-shirts (HTS 610910)"], "evidence": ["Wage records"], "opening": "x"}
    report = make_letter(case, officer, approver, kind="exception_report", contents=goods)
    letter = make_letter(case, officer, approver)
    recorded = make_letter(case, officer, kind="exception_report", origin="recorded", number="R-2030-0001")
    text = client.get(reverse("exception-report-list")).content.decode()
    assert "Cotton T-shirts (HTS 610910)" in text
    assert case.number not in text
    assert case.importer.name not in text
    assert client.get(reverse("exception-report", args=[report.number])).status_code == 200
    for other in (letter, recorded):
        assert client.get(reverse("exception-report", args=[other.number])).status_code == 404


# --- the API ----------------------------------------------------------------------------------------------------


def test_the_api_lists_and_hands_out_letters(case):
    officer, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)
    letter = make_letter(case, officer, approver, contents={"reason": "Listed."})
    make_letter(make_case(), officer, approver)
    member = client_of(make_user(Role.IMPORTER_MEMBER, case.importer))
    rows = member.get("/api/v1/letters/").json()["results"]
    assert [row["number"] for row in rows] == [letter.number]
    assert (rows[0]["title"], rows[0]["contents"]) == ("Notice of detention", {"reason": "Listed."})
    pdf = member.get(f"/api/v1/letters/{letter.number}/pdf/")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    rival = client_of(make_user(Role.IMPORTER_MEMBER))
    assert rival.get(f"/api/v1/letters/{letter.number}/").status_code == 404
    assert rival.get(f"/api/v1/letters/{letter.number}/pdf/", HTTP_ACCEPT="application/pdf").json()["status"] == 404
    assert rival.get("/api/v1/letters/", {"case": case.number}).status_code == 400
