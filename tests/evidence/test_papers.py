"""Papers within a file: kept as read, set right by a reviewer, compared with the version they replace."""

import pytest

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent
from entities.services import jobs
from entities.services.lists import load_reference_lists
from evidence.models import Document, Mention, Paper, PaperField
from evidence.services import corrections, versions
from evidence.services.documents import read_again
from evidence.services.papers import papers_of
from tests.evidence.sending import make_case, member_of, send
from tests.factories import make_user

pytestmark = pytest.mark.django_db

INVOICE = """COMMERCIAL INVOICE
Seller: Bright River Textile Co., Ltd.
Buyer: Harbor Example LLC
Invoice No.: BR-2026-118        Date: 14 March 2026
Country of Origin: China

Item No.    Description of Goods      Quantity   Unit   Unit Price (USD)   Amount (USD)
A-100       Cotton yarn Ne 30         1,200      kg     3.10               3,720.00
A-200       Cotton yarn Ne 40         800        kg     3.50               2,800.00
TOTAL                                 2,000                                6,520.00
"""


@pytest.fixture
def case(db):
    return make_case()


@pytest.fixture
def reviewer(db):
    return make_user(Role.REVIEWER)


def sent(case, text=INVOICE, name="invoice.txt"):
    document = send(case, text.encode(), name)
    jobs.work_off()
    document.refresh_from_db()
    return document


def test_a_file_is_kept_as_papers_with_fields_and_places(case):
    document = sent(case)
    (paper,) = document.papers.standing()
    values = {one.name: one.value for one in paper.fields.filter(line=None)}
    assert (paper.type, paper.author, paper.confidence > 0.5) == ("COMMERCIAL_INVOICE", None, True)
    assert values | {
        "document_number": "BR-2026-118", "date": "2026-03-14", "seller": "Bright River Textile Co., Ltd.",
        "buyer": "Harbor Example LLC", "total": "6520.00", "currency": "USD", "origin": "CN",
    } == values  # fmt: skip


def test_lines_of_goods_come_with_the_case(case):
    sent(case)
    (one,) = papers_of(case)
    lines = [(line["part"].value, line["quantity"].value, line["amount"].value) for _, line in one.paper.lines()]
    assert lines == [("A-100", "1200", "3720.00"), ("A-200", "800", "2800.00")]


def test_a_reviewer_corrects_a_field_and_what_was_read_stays(case, reviewer):
    paper = sent(case).papers.standing().get()
    read = paper.fields.get(name="total")
    row = corrections.correct_field(
        paper, name="", value="6,250.00", corrects=read, actor=reviewer, reason="Digits are swapped."
    )
    standing = papers_of(case)[0].paper
    assert (row.value, row.replaces, read.value, standing.value("total")) == ("6250.00", read, "6520.00", "6250.00")
    event = AuditEvent.objects.filter(action="paper.field_corrected").get()
    assert (event.before["value"], event.after["value"], event.reason) == ("6520.00", "6250.00", "Digits are swapped.")


@pytest.mark.parametrize(
    ("value", "reason", "code"),
    [("yesterday", "Seen.", "value_malformed"), ("2026-03-15", " ", "reason_missing")],
)
def test_a_correction_without_reason_or_of_the_wrong_kind_is_refused(case, reviewer, value, reason, code):
    paper = sent(case).papers.standing().get()
    with pytest.raises(Refused) as refused:
        corrections.correct_field(
            paper, name="", value=value, corrects=paper.fields.get(name="date"), actor=reviewer, reason=reason
        )
    assert (refused.value.code, PaperField.objects.filter(author=reviewer).count()) == (code, 0)


def test_a_struck_field_counts_no_more(case, reviewer):
    paper = sent(case).papers.standing().get()
    corrections.correct_field(
        paper, name="", value="", corrects=paper.fields.get(name="origin"), actor=reviewer, reason="It is a stamp."
    )
    assert papers_of(case)[0].paper.one("origin") is None


def test_a_reading_anew_leaves_alone_what_a_person_corrected(case, reviewer):
    document = sent(case)
    paper = document.papers.standing().get()
    corrections.correct_field(
        paper, name="", value="BR-2026-181", corrects=paper.fields.get(name="document_number"), actor=reviewer,
        reason="Misread.",
    )  # fmt: skip
    read_again(document, actor=make_user(Role.ANALYST))
    jobs.work_off()
    assert list(document.papers.standing()) == [paper]
    assert papers_of(case)[0].paper.value("document_number") == "BR-2026-181"


def test_a_reading_anew_replaces_what_only_the_machine_said(case):
    document = sent(case)
    before = document.papers.standing().get()
    read_again(document, actor=make_user(Role.ANALYST))
    jobs.work_off()
    before.refresh_from_db()
    assert before.superseded_at is not None
    assert document.papers.standing().get().pk != before.pk


def test_a_reviewer_sets_the_type_and_the_rest_of_the_pages_stays_a_paper(case, reviewer):
    document = sent(case, INVOICE + "\f" + INVOICE.replace("COMMERCIAL INVOICE", "Notes") + "\f" + "Further notes")
    corrections.set_paper(
        document, first_page=2, last_page=2, type_code="PACKING_LIST", is_blank_form=False, actor=reviewer,
        reason="The second page is the packing list.",
    )  # fmt: skip
    found = [(one.type, one.first_page, one.last_page) for one in document.papers.standing()]
    assert found == [("COMMERCIAL_INVOICE", 1, 1), ("PACKING_LIST", 2, 2), ("COMMERCIAL_INVOICE", 3, 3)]
    assert AuditEvent.objects.get(action="paper.set").before["was"][0]["pages"] == [1, 3]


def test_only_a_reviewer_of_the_office_sets_right(case):
    paper = sent(case).papers.standing().get()
    with pytest.raises(Refused) as refused:
        corrections.correct_field(paper, name="total", value="1", actor=member_of(case), reason="Mine.")
    assert refused.value.code == "not_a_reviewer"


def test_the_listed_supplier_on_the_importers_own_invoice_is_seen(db):
    load_reference_lists()
    case = make_case()
    document = sent(case, INVOICE.replace("Bright River Textile Co., Ltd.", "Hetian Haolin Hair Accessory Co Ltd"))
    mention = Mention.objects.filter(page__document=document, kind="listed").first()
    assert mention is not None
    assert mention.text == "Hetian Haolin Hair Accessory Co Ltd"


# -- versions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (("Country of Origin: China", "Country of Origin: China\nNet Weight: 2,000 kg"), "better_copy"),
        (("14 March 2026", "15 March 2026"), "corrected_field"),
        (("6,520.00", "6,250.00"), "material_change"),
        (("COMMERCIAL INVOICE", "PACKING LIST"), "new_paper"),
    ],
)
def test_a_replacement_is_told_by_what_it_changes(case, change, kind):
    old, new = sent(case), sent(case, INVOICE.replace(*change), "better.txt")
    versions.name_replaced(new, old, actor=member_of(case), reason="A better copy.")
    assert versions.replaced_by_it(new) == old
    assert versions.comparison(new, old).kind == kind


def test_the_difference_names_both_values(case):
    old, new = sent(case), sent(case, INVOICE.replace("14 March 2026", "15 March 2026"), "better.txt")
    (one,) = versions.comparison(new, old).differences
    assert (one.name, one.before.value, one.after.value) == ("date", "2026-03-14", "2026-03-15")


def test_two_files_do_not_replace_each_other_in_a_circle(case):
    old, new = sent(case), sent(case, INVOICE + "Copy", "copy.txt")
    versions.name_replaced(new, old, actor=member_of(case))
    with pytest.raises(Refused) as refused:
        versions.name_replaced(old, new, actor=member_of(case))
    assert refused.value.code == "replaces_in_circle"


def test_a_second_file_with_the_same_number_is_recognised(case):
    old, new = sent(case), sent(case, INVOICE.replace("6,520.00", "6,250.00"), "again.txt")
    (one,) = versions.alike(new, Document.objects.values("pk"))
    assert one.document == old
    assert "BR-2026-118 stands in both" in one.why


# -- pages ---------------------------------------------------------------------------------------------------------


def test_the_page_of_a_file_shows_its_papers_to_the_importer_without_forms(case, client):
    document = sent(case)
    client.force_login(member_of(case))
    page = client.get(f"/documents/{document.pk}/").content.decode()
    assert "Papers in this file" in page
    assert "Bright River Textile Co., Ltd." in page
    assert "?correct=" not in page


def test_a_reviewer_corrects_on_the_page(case, reviewer, client):
    paper = sent(case).papers.standing().get()
    field = paper.fields.get(name="total")
    client.force_login(reviewer)
    url = f"/documents/{paper.document_id}/papers/{paper.pk}/?correct={field.pk}"
    assert "Correct: Total" in client.get(url).content.decode()
    client.post(url, {"value": "6250", "unit": "", "page": 1, "reason": "Swapped."})
    page = client.get(f"/documents/{paper.document_id}/").content.decode()
    assert all(words in page for words in ("<s", "6520.00", "Swapped."))


def test_an_importer_may_not_post_a_correction(case, client):
    paper = sent(case).papers.standing().get()
    client.force_login(member_of(case))
    answer = client.post(f"/documents/{paper.document_id}/papers/{paper.pk}/", {"name": "total", "value": "1"})
    assert answer.status_code == 403
    assert Paper.objects.count() == 1


def test_the_api_gives_papers_with_fields_places_and_lines(case, client):
    document = sent(case)
    client.force_login(member_of(case))
    (paper,) = client.get(f"/api/v1/documents/{document.pk}/papers/").json()
    assert (paper["type"], paper["pages"], paper["set_by"]) == ("COMMERCIAL_INVOICE", [1, 1], None)
    assert (paper["fields"]["total"]["value"], paper["fields"]["total"]["page"]) == ("6520.00", 1)
    assert [line["part"]["value"] for line in paper["lines"]] == ["A-100", "A-200"]
