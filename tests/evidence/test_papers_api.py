"""Papers by API: read with their places, set right, searched, translated, put together as packets."""

import pytest

from entities.domain.roles import Role
from entities.services import jobs
from evidence.models import Document, KeptSearch, Packet, PaperField, Translation
from tests.api_client import V1, client_of, errors_of
from tests.evidence.sending import a_file, make_case, member_of, send
from tests.evidence.test_papers import INVOICE
from tests.factories import make_user

pytestmark = pytest.mark.django_db
CHINESE = "棉纱发票 江南纺织有限公司 数量 1200 公斤"


@pytest.fixture
def case():
    case = make_case()
    send(case, INVOICE.encode(), "invoice.txt")
    send(case, CHINESE.encode(), "发票.txt")
    send(case, b"Invoice of cotton yarn, Jiangnan Textile Co., Ltd., 1200 kg", "translation.txt")
    jobs.work_off()
    return case


@pytest.fixture
def reviewer():
    return client_of(make_user(Role.REVIEWER))


@pytest.fixture
def importer(case):
    return client_of(member_of(case))


def paper_of(case):
    return case.exhibits.get(number=1).document.papers.standing().get()


def of_case(case, what):
    return f"{V1}/cases/{case.number}/{what}/"


# --- what papers say ------------------------------------------------------------------------------------------------


def test_a_paper_comes_with_each_field_and_its_place(case, importer):
    told = importer.get(f"{V1}/papers/{paper_of(case).pk}/").json()
    assert (told["type"], told["first_page"], told["set_by"]) == ("COMMERCIAL_INVOICE", 1, None)
    [total] = [one for one in told["said"] if one["name"] == "total"]
    assert (total["value"], total["page"], len(total["box"] or [0] * 4), total["stands"]) == ("6520.00", 1, 4, True)


def test_a_reviewer_corrects_a_field_and_both_values_stay(case, reviewer):
    paper = paper_of(case)
    wrong = paper.fields.get(name="total")
    said = {"corrects": wrong.pk, "value": "6,250.00", "reason": "Swapped digits."}
    answer = reviewer.post(f"{V1}/papers/{paper.pk}/corrections/", said, format="json")
    assert answer.status_code == 201
    told = {one["id"]: one for one in answer.json()["said"] if one["name"] == "total"}
    assert told[wrong.pk]["stands"] is False
    [new] = [one for one in told.values() if one["replaces"] == wrong.pk]
    assert (new["value"], new["reason"], new["stands"], bool(new["set_by"])) == (
        "6250.00", "Swapped digits.", True, True,
    )  # fmt: skip


def test_a_correction_that_the_rules_refuse_is_told_with_its_code(case, reviewer):
    paper = paper_of(case)
    said = {"corrects": paper.fields.get(name="date").pk, "value": "yesterday", "reason": "So."}
    answer = reviewer.post(f"{V1}/papers/{paper.pk}/corrections/", said, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "value_malformed")
    answer = reviewer.post(f"{V1}/papers/{paper.pk}/corrections/", {"corrects": 10**9, "reason": "So."}, format="json")
    assert errors_of(answer) == {"/corrects": "does_not_exist"}
    assert not PaperField.objects.exclude(author=None).exists()


def test_a_reviewer_sets_the_type_of_a_paper(case, reviewer):
    document = case.exhibits.get(number=1).document
    said = {"first_page": 1, "last_page": 1, "type": "PACKING_LIST", "reason": "It is one."}
    answer = reviewer.post(f"{V1}/documents/{document.pk}/papers/", said, format="json")
    assert (answer.status_code, answer.json()["type"]) == (201, "PACKING_LIST")
    assert document.papers.standing().get().pk == answer.json()["id"]


# --- searches -------------------------------------------------------------------------------------------------------


def test_chinese_is_found_in_the_papers_of_a_case(case, importer):
    told = importer.get(of_case(case, "paper-search"), {"q": "紡織有限公司"}).json()
    [page] = told["pages"]
    assert (page["exhibit"], page["page"], page["hits"][0]["text"]) == (2, 1, "纺织有限公司")
    assert (told["searched"], told["unread"]) == (3, 0)
    assert errors_of(importer.get(of_case(case, "paper-search"))) == {"q": "required"}


def test_the_office_keeps_a_search_with_what_was_not_found(case, reviewer):
    said = {"words": "BALE-7", "why": "A bale of the gin"}
    answer = reviewer.post(of_case(case, "kept-searches"), said, format="json")
    assert (answer.status_code, answer.json()["found"], len(answer.json()["searched"])) == (201, [], 3)
    assert [one["words"] for one in reviewer.get(of_case(case, "kept-searches")).json()] == ["BALE-7"]
    assert KeptSearch.objects.count() == 1


# --- translations ---------------------------------------------------------------------------------------------------

PAGES = {"exhibit": 2, "first_page": 1, "last_page": 1, "translation_first_page": 1, "translation_last_page": 1}


def test_a_translation_is_attached_and_taken_back(case, importer):
    answer = importer.post(of_case(case, "translations"), {**PAGES, "translation_exhibit": 3}, format="json")
    assert answer.status_code == 201
    [row] = answer.json()
    assert (row["exhibit"], row["translation_exhibit"], row["translation_last_page"]) == (2, 3, 1)
    gone = importer.post(f"{of_case(case, 'translations')}{row['id']}/take-back/")
    assert (gone.status_code, gone.json()) == (200, [])
    assert Translation.objects.count() == 2


def test_a_page_in_chinese_is_no_translation(case, importer):
    wrong = {**PAGES, "exhibit": 1, "translation_exhibit": 2}
    answer = importer.post(of_case(case, "translations"), wrong, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "translation_foreign")
    answer = importer.post(of_case(case, "translations"), {**PAGES, "translation_exhibit": 9}, format="json")
    assert errors_of(answer) == {"/translation_exhibit": "does_not_exist"}


# --- packets --------------------------------------------------------------------------------------------------------


def test_a_packet_is_asked_for_made_and_fetched(case, importer):
    asked = importer.post(of_case(case, "packets"))
    assert (asked.status_code, asked.json()["making"]["state"], asked.json()["packets"]) == (202, "queued", [])
    jobs.work_off()
    told = importer.get(of_case(case, "packets")).json()
    assert told["making"]["state"] == "done"
    assert [(one["number"], one["form"]) for one in told["packets"]] == [(1, "pdf"), (1, "zip")]
    answer = importer.get(told["packets"][0]["file"])
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_a_packet_with_a_paper_that_was_closed_since_is_not_given(case, importer):
    importer.post(of_case(case, "packets"))
    jobs.work_off()
    Document.objects.filter(exhibits__case=case, exhibits__number=1).update(access="office")
    assert [one["file"] for one in importer.get(of_case(case, "packets")).json()["packets"]] == [None, None]
    key = Packet.objects.get(form="pdf").pk
    assert importer.get(f"{of_case(case, 'packets')}{key}/file/").status_code == 404


def test_a_packet_of_nothing_is_refused():
    case = make_case()
    answer = client_of(member_of(case)).post(of_case(case, "packets"))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_papers")


# --- data on workers and prices -------------------------------------------------------------------------------------


def test_data_on_workers_sent_by_api_is_received_and_opened_by_reviewers_alone(case, importer, reviewer):
    sent = {"case": case.number, "file": a_file(b"Roster: Li Wei, wage 4100", "roster.txt"), "on_workers": True}
    answer = importer.post(f"{V1}/documents/", sent, format="multipart")
    assert (answer.status_code, answer.json()["access"]) == (201, "workers")
    key = answer.json()["id"]
    jobs.work_off()
    assert importer.get(f"{V1}/documents/{key}/").status_code == 404
    assert reviewer.get(f"{V1}/documents/{key}/").status_code == 200
    for client in (importer, reviewer):
        assert client.get(of_case(case, "paper-search"), {"q": "Li Wei"}).json()["pages"] == []
