"""Data on workers and prices that a supplier withholds: where they may stand, and that they stand nowhere else."""

import logging
import zipfile
from io import BytesIO

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse

from entities.domain.roles import Role
from entities.services import jobs
from evidence.models import Document, Packet
from evidence.services import supplier_requests
from evidence.services.packets import ask_for_packet
from evidence.services.searches import keep_search
from evidence.services.supplier_requests import Asked
from tests.api_client import V1, client_of
from tests.evidence.sending import a_file, make_case, member_of, send
from tests.evidence.test_packets import texts_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ROSTER = """WORKER ROSTER
Employer: Example Bay Garments JSC     Month: March 2026     Headcount: 731

No.   Name          Identity No.          Wage (CNY)
1     Qianru Zhong  320981199003074417    4,187.00
2     Baolin Tuo    320981198511220635    4,093.00
"""
PRICED = """COMMERCIAL INVOICE
Seller: Bright River Textile Co., Ltd.
Buyer: Example Bay Garments JSC
Invoice No.: BR-2026-771        Date: 14 March 2026
Country of Origin: China

Item No.    Description of Goods      Quantity   Unit   Unit Price (USD)   Amount (USD)
A-100       Cotton yarn Ne 30         1,200      kg     3.47               4,164.00
TOTAL                                 1,200                                4,164.00
"""
# No bare figures: four digits stand by chance in digests and tokens.
OF_WORKERS = ("Qianru", "320981199003074417", "4,187.00", "4187.00", "Baolin")
OF_PRICES = ("BR-2026-771", "4,164.00", "4164.00")
# Where the text of a paper is kept, page by page and field by field; all of it is read through visible_to.
KEPT_IN = {"evidence.Page", "evidence.PageLayout", "evidence.PaperField"}


@pytest.fixture
def logged(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
def case(logged):
    """A case with an open paper, a roster, and an invoice that its sender withholds from the buyer."""
    case = make_case()
    member = member_of(case)
    send(case, b"Delivery note 19: 1,200 kg of yarn", "note.txt")
    send(case, ROSTER.encode(), "list.txt", on_workers=True)
    asked = supplier_requests.ask_supplier(case, Asked("Bright River", "Invoice"), actor=member, days=9)
    supplier_requests.receive(asked, [a_file(PRICED.encode(), "invoice.txt")], sender="Li Na", is_withheld=True)
    jobs.work_off()
    assert set(Document.objects.values_list("access", "state")) == {
        ("case", "read"), ("workers", "read"), ("office", "read"),
    }  # fmt: skip
    return case


def tables_that_say(*words):
    """Every kind of row, this product's and its libraries', in which one of the words stands."""
    found = set()
    for model in apps.get_models():
        rows = model._base_manager.values_list().iterator() if model._meta.managed else ()
        if any(word in str(row) for row in rows for word in words):
            found.add(model._meta.label)
    return found


def pages_of(client, case):
    """What somebody is shown on every page on the papers of a case, in one text."""
    client.raise_request_exception = True
    names = (
        "importer-case", "importer-proof", "importer-mend", "case-detail", "case-proof-grid", "case-alarms",
        "case-ledger", "case-review", "case-viewer", "case-packets", "case-suppliers",
    )  # fmt: skip
    addresses = [reverse(name, args=[case.pk]) for name in names]
    addresses += [f"{reverse('case-viewer', args=[case.pk])}?left={number}.1" for number in (1, 2, 3)]
    addresses += [reverse("document-detail", args=[one.document_id]) for one in case.exhibits.all()]
    addresses += [f"{reverse('case-search', args=[case.pk])}?q={words}" for words in ("Zhong", "Tuo", "Ne 30")]
    addresses.append(reverse("document-list"))
    answers = [client.get(one) for one in addresses]
    assert sum(one.status_code == 200 for one in answers) >= 10
    return told(answers)


def answers_of(client, case):
    """The same by API."""
    of_case = f"{V1}/cases/{case.number}/"
    addresses = [
        of_case,
        *(f"{of_case}{one}/" for one in ("proof-grid", "alarms", "review", "translations", "packets")),
    ]
    addresses += [f"{of_case}paper-search/?q=Zhong", f"{of_case}paper-search/?q=Ne+30"]
    for row in case.exhibits.all():
        address = f"{V1}/documents/{row.document_id}/"
        addresses += [address, f"{address}papers/", f"{address}replaces/"]
        addresses += [f"{V1}/papers/{paper.pk}/" for paper in row.document.papers.all()]
    answers = [client.get(one) for one in [*addresses, f"{V1}/documents/"]]
    assert sum(one.status_code == 200 for one in answers) >= 8
    return told(answers)


def told(answers):
    return " ".join(one.content.decode() for one in answers)


def said_in(text, words):
    return [word for word in words if word in text]


def test_what_a_roster_says_is_kept_with_its_page_and_nowhere_else(case):
    keep_search(case, words="Headcount", why="Is there a roster?", actor=make_user(Role.REVIEWER))
    assert tables_that_say(*OF_WORKERS) <= KEPT_IN


def test_no_log_line_and_no_mail_says_what_a_closed_paper_says(case, logged):
    ask_for_packet(case, actor=make_user(Role.REVIEWER))
    jobs.work_off()
    lines = " ".join(f"{one.getMessage()} {one.__dict__}" for one in logged.records)
    mails = " ".join(f"{one.subject} {one.body}" for one in mail.outbox)
    assert said_in(lines + mails, (*OF_WORKERS, *OF_PRICES)) == []


def test_the_importer_is_told_nothing_of_either(client, case):
    member = member_of(case)
    client.force_login(member)
    text = pages_of(client, case) + answers_of(client_of(member), case)
    assert said_in(text, (*OF_WORKERS, *OF_PRICES)) == []
    assert "Delivery note 19" in text


def test_an_analyst_opens_the_withheld_invoice_and_no_roster(client, case):
    analyst = make_user(Role.ANALYST)
    client.force_login(analyst)
    text = pages_of(client, case) + answers_of(client_of(analyst), case)
    assert said_in(text, OF_WORKERS) == []
    assert "BR-2026-771" in text


def test_a_reviewer_opens_the_roster_on_its_own_page_and_finds_it_in_no_search(client, case):
    reviewer = make_user(Role.REVIEWER)
    client.force_login(reviewer)
    roster = case.exhibits.get(number=2).document
    assert "Qianru" in client.get(reverse("document-detail", args=[roster.pk])).content.decode()
    found = client.get(f"{reverse('case-search', args=[case.pk])}?q=Baolin").content.decode()
    assert "320981" not in found


def test_no_packet_says_what_is_closed_to_whom_it_is_made_for(case):
    for actor in (member_of(case), make_user(Role.REVIEWER)):
        ask_for_packet(case, actor=actor)
        jobs.work_off()
    words = {True: OF_WORKERS, False: (*OF_WORKERS, *OF_PRICES)}
    for row in Packet.objects.all():
        if row.form == "pdf":
            text = " ".join(texts_of(row.file.path))
        else:
            with zipfile.ZipFile(BytesIO(row.file.read())) as archive:
                text = " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        assert said_in(text, words[row.is_for_office]) == []
        assert "Delivery note 19" in text
    assert Packet.objects.count() == 4
