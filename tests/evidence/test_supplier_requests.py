"""A supplier without an account sends papers by a link: what it may do, who sees what came, and when the link ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent
from entities.services import jobs
from evidence.domain.media import MAX_FILE_BYTES, MIB
from evidence.models import Document, Paper, SupplierDelivery, SupplierRequest
from evidence.services import access, documents, supplier_requests, versions
from evidence.services.searching import search
from evidence.services.supplier_requests import Asked
from evidence.supplier_words import refused_in, words_in
from screening.models import Case, TaskItem
from tests.evidence.sending import NOTE, a_file, make_case, member_of, send
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
SPINNER = Asked("Example Spinning Co., Ltd.", "棉纱发票和配棉单", email="mill@example.test", language="zh")


def signed_in(client, user):
    client.force_login(user, backend="entities.backends.EmailBackend")
    return client


def ask(case, asked=SPINNER, days=14, **more):
    return supplier_requests.ask_supplier(case, asked, actor=member_of(case), days=days, **more)


def post(request, *files, **fields):
    """What a browser without a session sends to the supplier's page."""
    files = files or (a_file(),)
    data = {"files": list(files), "sender": "Li Wei", **fields}
    return Client().post(supplier_requests.path_of(request), data, follow=True)


def test_the_supplier_is_mailed_a_link_in_its_language_that_opens_without_an_account():
    asked = ask(make_case())
    jobs.work_off()
    letter = next(one for one in mail.outbox if one.to == ["mill@example.test"])
    path = supplier_requests.path_of(asked)
    assert letter.subject == "请为一宗美国海关案件提供文件"
    assert path in letter.body
    page = Client().get(path).content.decode()
    assert "棉纱发票和配棉单" in page
    assert 'lang="zh"' in page


AT_THE_DOOR = ("empty", "too_large", "damaged", "not_a_document", "type_mismatch", "quota")


@pytest.mark.parametrize("language", SupplierRequest.Language.values)
def test_every_sentence_of_the_page_is_written_in_every_language(language):
    words, english = words_in(language), words_in("en")
    assert {key for key in words if not key.startswith("refused_")} == set(english)
    assert (words["send"] == "Send") is (language == "en")
    assert all((refused_in(language, code, "as it is") == "as it is") is (language == "en") for code in AT_THE_DOOR)


def test_what_a_supplier_sends_is_an_exhibit_that_answers_the_question_and_the_receipt_names_its_digest():
    case = make_case()
    item = TaskItem.objects.get(task__case=case, number=1)
    page = post(ask(case, item=item), email="li@example.test").content.decode()
    document = Document.objects.get()
    exhibit = case.exhibits.get()
    assert (exhibit.document, exhibit.task_item) == (document, item)
    assert exhibit.sender == "Li Wei, by supplier link"
    assert document.sha256 in page
    assert SupplierDelivery.objects.get().number in page
    item.refresh_from_db()
    assert item.state == TaskItem.State.ANSWERED
    jobs.work_off()
    receipt = next(one for one in mail.outbox if one.to == ["li@example.test"])
    assert document.sha256 in receipt.body


def test_the_record_names_the_firm_and_nobody_of_ours_as_the_sender():
    case = make_case()
    post(ask(case))
    event = AuditEvent.objects.get(action=Action.SUPPLIER_DELIVERED)
    assert (event.case_number, event.actor_id, event.after["sender"]) == (case.number, None, "Li Wei")
    assert event.after["firm"] == "Example Spinning Co., Ltd."
    assert AuditEvent.objects.get(action=Action.DOCUMENT_UPLOADED).actor_id is None


def test_papers_withheld_from_the_buyer_are_opened_by_the_office_alone():
    case = make_case()
    post(ask(case), withhold="on")
    document = Document.objects.get()
    buyer, officer, rival = member_of(case), make_user(Role.ANALYST), make_user(Role.IMPORTER_MEMBER)
    seen = {one: Document.objects.visible_to(one).exists() for one in (buyer, officer, rival)}
    assert seen == {buyer: False, officer: True, rival: False}
    client = signed_in(Client(), buyer)
    assert client.get(reverse("document-detail", args=[document.pk])).status_code == 404
    assert client.get(reverse("document-download", args=[document.pk])).status_code == 404
    page = client.get(reverse("importer-case", args=[case.pk])).content.decode()
    assert "withheld by the supplier: only the office opens it" in page


def test_data_on_workers_is_opened_by_reviewers_alone_and_each_look_is_on_record():
    case = make_case()
    post(ask(case), on_workers="on")
    document = Document.objects.get()
    jobs.work_off()
    reviewer = make_user(Role.REVIEWER)
    others = [member_of(case), make_user(Role.ANALYST), make_user(Role.AUDITOR), make_user(Role.MANAGER)]
    assert [Document.objects.visible_to(one).count() for one in others] == [0, 0, 0, 0]
    client = signed_in(Client(), reviewer)
    assert client.get(reverse("document-detail", args=[document.pk])).status_code == 200
    assert client.get(reverse("document-detail", args=[document.pk])).status_code == 200
    looks = AuditEvent.objects.filter(action=Action.WORKER_DATA_VIEWED)
    assert [(one.actor_name, one.after["page"]) for one in looks] == [(reviewer.full_name, 1)] * 2


def test_a_paper_without_data_on_workers_is_looked_at_without_a_trace():
    case = make_case()
    document = send(case)
    signed_in(Client(), make_user(Role.REVIEWER)).get(reverse("document-detail", args=[document.pk]))
    assert not AuditEvent.objects.filter(action=Action.WORKER_DATA_VIEWED).exists()


def test_a_reviewer_says_anew_who_may_open_a_paper_with_a_reason():
    document = send(make_case())
    reviewer = make_user(Role.REVIEWER)
    client = signed_in(Client(), reviewer)
    url = reverse("document-access", args=[document.pk])
    client.post(url, {"access": "workers", "reason": ""})
    document.refresh_from_db()
    assert document.access == "case"
    client.post(url, {"access": "workers", "reason": "Page 3 is a roster."})
    document.refresh_from_db()
    assert document.access == "workers"
    event = AuditEvent.objects.get(action=Action.DOCUMENT_ACCESS_CHANGED)
    assert (event.before, event.after, event.reason) == (
        {"access": "case"},
        {"access": "workers"},
        "Page 3 is a roster.",
    )


def test_an_analyst_cannot_change_who_may_open_a_paper():
    document = send(make_case())
    with pytest.raises(Refused, match="A reviewer of the office"):
        access.change_access(document, "workers", actor=make_user(Role.ANALYST), reason="I think so.")
    document.refresh_from_db()
    assert document.access == "case"


def test_a_link_ends_on_its_day_and_says_so_in_the_supplier_s_language():
    asked = ask(make_case(), days=14)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        answer = Client().get(supplier_requests.path_of(asked))
    assert answer.status_code == 410
    assert "本链接已失效" in answer.content.decode()


def test_a_link_that_was_ended_takes_nothing_more_and_what_came_stays():
    case = make_case()
    asked = ask(case)
    post(asked)
    client = signed_in(Client(), member_of(case))
    client.post(reverse("supplier-request-end", args=[asked.pk]))
    assert post(asked, a_file(b"later")).status_code == 410
    assert Document.objects.count() == 1


def test_a_decided_case_takes_nothing_by_a_link():
    case = make_case()
    asked = ask(case)
    Case.objects.filter(pk=case.pk).update(stage=Case.Stage.CLOSED)
    answer = post(asked)
    assert (answer.status_code, Document.objects.count()) == (410, 0)


def test_an_unknown_link_says_so_in_every_language():
    answer = Client().get(reverse("from-supplier", args=["no-such-secret"]))
    assert answer.status_code == 404
    page = answer.content.decode()
    assert all(words_in(language)["unknown"] in page for language in ("en", "zh", "vi"))


def test_a_supplier_passes_the_request_one_step_upstream_and_no_further():
    case = make_case()
    asked = ask(case)
    answer = Client().post(
        reverse("from-supplier-pass-on", args=[supplier_requests.path_of(asked).split("/")[2]]),
        {
            "further-firm": "Example Ginning Co.",
            "further-email": "gin@example.test",
            "further-language": "en",
            "further-asks": "Bale lists",
            "further-sender": "Li Wei",
            "further-withhold": "on",
        },
    )
    further = SupplierRequest.objects.get(passed_on=asked)
    assert supplier_requests.path_of(further) in answer.content.decode()
    assert further.expires_at == asked.expires_at
    jobs.work_off()
    body = next(one for one in mail.outbox if one.to == ["gin@example.test"]).body
    assert case.importer.name not in body
    with pytest.raises(Refused, match="goes no further"):
        supplier_requests.pass_on(further, SPINNER, sender="Gin", is_firm_withheld=False)
    supplier_requests.end(asked, actor=member_of(case))
    further.refresh_from_db()
    assert not further.is_open(timezone.now())


def test_a_firm_that_a_supplier_withholds_is_named_to_the_office_alone():
    case = make_case()
    further = supplier_requests.pass_on(
        ask(case), Asked("Example Ginning Co.", "Bale lists"), sender="Li Wei", is_firm_withheld=True
    )
    seen = signed_in(Client(), member_of(case)).get(reverse("case-suppliers", args=[case.pk])).content.decode()
    assert "Example Ginning Co." not in seen
    assert "a firm that your supplier does not name" in seen
    assert supplier_requests.path_of(further) not in seen
    office = signed_in(Client(), make_user(Role.ANALYST)).get(reverse("case-suppliers", args=[case.pk]))
    assert "Example Ginning Co." in office.content.decode()


def test_a_file_that_is_not_taken_leaves_no_receipt_and_nothing_else(monkeypatch):
    monkeypatch.setattr(documents, "MAX_FILE_BYTES", 4)
    page = post(ask(make_case(), Asked("Mill", "Invoices"))).content.decode()
    assert (SupplierDelivery.objects.count(), Document.objects.count()) == (0, 0)
    assert "No file was taken." in page


@pytest.mark.parametrize(("language", "said"), [("en", "is empty"), ("zh", "文件是空的。"), ("vi", "Tệp trống.")])
def test_why_a_file_is_not_taken_is_said_in_the_supplier_s_language(language, said):
    asked = ask(make_case(), Asked("Mill", "Invoices", language=language))
    files = [SimpleUploadedFile("empty.pdf", b""), SimpleUploadedFile("notes.txt", b"Lot 7, 40 bales")]
    page = Client().post(supplier_requests.path_of(asked), {"files": files, "sender": "Wang"}, follow=True)
    assert f"empty.pdf: {said}" in page.content.decode().replace("The file ", "")


def test_a_wrong_address_is_told_in_the_supplier_s_language():
    asked = ask(make_case(), Asked("Mill", "Invoices", language="zh"))
    page = Client().post(supplier_requests.path_of(asked), {"sender": "Wang", "email": "wang", "files": []})
    assert "尚未提交，请更正以下内容" in page.content.decode()
    assert "电子邮箱格式不正确" in page.content.decode()


def test_an_importer_keeps_so_much_and_no_more(settings):
    settings.EVIDENCE_QUOTA_GIB = 0
    case = make_case()
    with pytest.raises(Refused, match="all that is kept for one importer"):
        send(case)
    assert not Document.objects.exists()


def test_another_importer_asks_nobody_for_a_case_it_does_not_know():
    case = make_case()
    rival = make_user(Role.IMPORTER_MEMBER, make_organization())
    answer = signed_in(Client(), rival).get(reverse("case-suppliers", args=[case.pk]))
    assert answer.status_code == 404
    assert not SupplierRequest.objects.exists()


def test_the_importer_asks_by_the_page_and_gets_the_link_to_copy():
    case = make_case(items=())
    client = signed_in(Client(), member_of(case))
    url = reverse("case-suppliers", args=[case.pk])
    client.post(url, {"firm": "Mill", "asks": "Invoices", "language": "vi", "days": 10})
    asked = SupplierRequest.objects.get()
    assert (asked.language, asked.firm) == ("vi", "Mill")
    assert supplier_requests.path_of(asked) in client.get(url).content.decode()


def test_the_same_bytes_are_received_once():
    case = make_case()
    asked = ask(case)
    post(asked, a_file(NOTE, "first.txt"))
    post(asked, a_file(NOTE, "again.txt"))
    assert Document.objects.count() == 1
    assert case.exhibits.count() == 1


def roster(document, confidence=0.9):
    Paper.objects.create(document=document, first_page=1, last_page=1, type="WORKER_ROSTER", confidence=confidence)


def test_a_paper_read_as_a_roster_is_closed_by_the_machine_until_a_reviewer_says_otherwise():
    document = send(make_case())
    roster(document)
    document = access.keep_workers_apart(document)
    event = AuditEvent.objects.get(action=Action.DOCUMENT_ACCESS_CHANGED)
    assert (document.access, event.actor_id, event.reason) == ("workers", None, "Read as worker roster, pages 1 to 1.")
    access.change_access(document, "case", actor=make_user(Role.REVIEWER), reason="A list of machines.")
    document.refresh_from_db()
    assert access.keep_workers_apart(document).access == "case"


def test_a_paper_that_may_be_a_roster_is_not_closed():
    document = send(make_case())
    roster(document, confidence=0.3)
    assert access.keep_workers_apart(document).access == "case"


def test_data_on_workers_is_not_searched():
    case = make_case()
    send(case, b"Wage list of Anna, March")
    jobs.work_off()
    reviewer = make_user(Role.REVIEWER)
    assert search(case, "Anna", user=reviewer).count == 1
    Document.objects.update(access="workers")
    assert search(case, "Anna", user=reviewer).count == 0


@pytest.mark.parametrize("language", SupplierRequest.Language.values)
def test_the_page_says_the_limit_that_holds(language):
    page = Client().get(supplier_requests.path_of(ask(make_case(), replace(SPINNER, language=language))))
    assert f"{MAX_FILE_BYTES // MIB} MB" in page.content.decode()
    assert "{most}" not in page.content.decode()


def test_a_supplier_sends_a_paper_in_place_of_one_it_sent_before_and_both_stay():
    case = make_case()
    asked = ask(case)
    post(asked, a_file(b"Invoice 1, hardly legible, of the spinning mill", "invoice.txt"))
    first = Document.objects.get()
    page = Client().get(supplier_requests.path_of(asked)).content.decode()
    assert f'<option value="{first.pk}">' in page
    post(asked, a_file(b"Invoice 1, a better copy, of the spinning mill", "invoice-2.txt"), replaces=first.pk)
    second = Document.objects.latest("pk")
    assert versions.replaced_by_it(second) == first
    event = AuditEvent.objects.get(action=Action.REPLACEMENT_NAMED)
    assert (event.actor_id, event.case_number, event.reason) == (
        None,
        case.number,
        "Said by Li Wei, by supplier link.",
    )
    assert list(case.exhibits.values_list("document", flat=True)) == [first.pk, second.pk]


def test_nothing_is_to_be_replaced_where_nothing_was_sent():
    assert 'name="replaces"' not in Client().get(supplier_requests.path_of(ask(make_case()))).content.decode()


def test_a_supplier_replaces_nothing_that_came_another_way():
    case = make_case()
    asked, other = ask(case), ask(case)
    own = send(case, b"A paper of the importer itself, sent by its own people.", "own.txt")
    post(other, a_file(b"A paper that another supplier sent by its own link.", "other.txt"))
    post(asked, a_file(b"A first paper of the spinning mill.", "first.txt"))
    theirs = Document.objects.get(file_name="other.txt")
    for wanted in (own, theirs):
        answer = post(asked, a_file(b"In place of what is not ours.", "bad.txt"), replaces=wanted.pk)
        assert words_in("zh")["not_sent_before"] in answer.content.decode()
        with pytest.raises(Refused, match=words_in("zh")["not_sent_before"]):
            supplier_requests.receive(asked, [a_file(b"x", "x.txt")], sender="Li Wei", replaces=wanted)
    assert not Document.objects.filter(file_name="bad.txt").exists()


def test_one_file_at_a_time_stands_in_place_of_another():
    asked = ask(make_case())
    post(asked, a_file(b"A first paper of the spinning mill.", "first.txt"))
    first = Document.objects.get()
    answer = post(asked, a_file(b"One.", "1.txt"), a_file(b"Two.", "2.txt"), replaces=first.pk)
    assert words_in("zh")["one_in_place"] in answer.content.decode()
    assert Document.objects.count() == 1


def test_a_buyer_is_not_told_of_a_withheld_paper_that_was_replaced():
    case = make_case()
    asked = ask(case)
    post(asked, a_file(b"Invoice 1 with the prices of the spinning mill.", "prices.txt"), withhold="on")
    first = Document.objects.get()
    post(asked, a_file(b"Invoice 1 without any price of the mill.", "no-prices.txt"), replaces=first.pk)
    second = Document.objects.latest("pk")
    client = signed_in(Client(), member_of(case))
    assert "prices.txt" not in client.get(reverse("document-detail", args=[second.pk])).content.decode().replace(
        "no-prices.txt", ""
    )
