"""The pages and the API of the proof grid: for the office, and for the importer as a to-do list."""

import re

import pytest
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.services import jobs, suppliers
from evidence.models import Assessment, Document, KeptSearch, PaperPlacement
from evidence.services import proof_grids
from evidence.services.cells import assess_cell
from evidence.services.checking import check
from screening.confidential import Office
from screening.models import Case
from tests.api_client import client_of
from tests.evidence.made_grid import (
    BALES,
    KNITTER,
    SPINNER,
    cell,
    make_paper,
    step_of,
)
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db


def grid_url(case, name="", family=""):
    query = {"step": step_of(case, name), "family": family} if name else {}
    return reverse("case-proof-grid", args=[case.pk], query=query)


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_page_says_first_what_is_not_proven(client, case, reviewer):
    page = client.get(grid_url(case)).content.decode()
    assert "0 of 6 steps have every paper asked for." in page
    assert "No party is declared for: dyer or finisher; ginner; cotton farm." in page
    assert "白木棉纺有限公司" in page
    assert "Tianshan Agency" in page


def test_an_opened_cell_shows_what_is_asked_its_ties_and_its_papers(client, case, reviewer):
    page = client.get(grid_url(case, "Baimu", "transport")).content.decode()
    assert "12,000 against 14,100 kg" in page
    assert "side by side" in page
    assert "Goods-received note" in page
    assert "FAQ23" in page


def test_a_cell_is_confirmed_with_one_press_and_the_next_is_opened(client, under_review, reviewer):
    at = {"step": step_of(under_review, "Baimu"), "family": "order"}
    sent = client.post(grid_url(under_review), {"do": "confirm", **at, "cite": ["1-1"]})
    assert sent.status_code == 302
    assert "family=invoice" in sent["Location"]
    row = Assessment.objects.get()
    assert (row.verdict, row.reason) == ("shown", "Confirmed as proposed.")


def test_a_cell_is_judged_otherwise(client, under_review, reviewer):
    at = {"step": step_of(under_review, "Baimu"), "family": "order"}
    said = {"do": "judge", **at, "verdict": "weak", "reason": "The stamp is missing.", "further": "2-1"}
    assert client.post(grid_url(under_review), said).status_code == 302
    assert Assessment.objects.get().citations.get().exhibit.number == 2
    assert "The stamp is missing." in client.get(grid_url(under_review, "Baimu", "order")).content.decode()


def test_what_is_wrong_stays_on_the_page_with_what_was_typed(client, under_review, reviewer):
    said = {"do": "judge", "step": step_of(under_review, "Qinghe"), "family": "payment", "verdict": "shown"}
    page = client.post(grid_url(under_review), {**said, "reason": "I saw it."})
    assert page.status_code == 422
    assert "Nothing is shown by nothing" in page.content.decode()
    assert "I saw it." in page.content.decode()


def test_a_paper_is_placed_and_a_search_kept_on_the_page(client, case, reviewer):
    paper = case.exhibits.get(number=7).document.papers.get()
    sent = client.post(
        reverse("paper-place", args=[case.pk, paper.pk]), {"steps": ["import"], "reason": "The importer's agent."}
    )
    assert sent.status_code == 302
    assert PaperPlacement.objects.get().steps == ["import"]
    client.post(grid_url(case), {"do": "search", "words": "BALE-1", "why": "A bale"})
    assert KeptSearch.objects.get().author == reviewer
    assert "<strong>not found</strong>" in client.get(grid_url(case)).content.decode()


def test_the_review_shows_what_the_grid_has_of_the_step(client, under_review, reviewer):
    query = {"requirement": "A3", "step": step_of(under_review, "Baimu")}
    page = client.get(reverse("case-review", args=[under_review.pk], query=query)).content.decode()
    assert "What the papers show" in page
    assert "transport contradicted" in page
    assert "12,000 against 14,100 kg" in page


def test_queries_of_the_page_do_not_grow_with_the_papers(client, case, reviewer, django_assert_max_num_queries):
    for number in range(20):
        make_paper(case, "COMMERCIAL_INVOICE", document_number=f"N-{number}", seller=KNITTER.name, pages=3)
    check(case)
    with django_assert_max_num_queries(45):
        client.get(grid_url(case, "Qinghe", "invoice"))


# --- what an importer sees ------------------------------------------------------------------------------------------


@pytest.fixture
def shared(case):
    """Another importer declared who gins for the spinner; the office uses that for everybody."""
    rival = make_organization(name="Secret Rival Inc")
    member = make_user(Role.IMPORTER_MEMBER, rival)
    gin = suppliers.add_supplier(PartyFacts(name=BALES, country="CN"), organization=rival, actor=member)
    spinner = suppliers.add_supplier(SPINNER, organization=rival, actor=member)
    suppliers.declare_link(
        gin, spinner, actor=member, declared_by=rival, commodity="cotton", stage="ginner", goods="cotton lint"
    )
    jobs.work_off()
    check(Case.objects.get(pk=case.pk))
    return Case.objects.get(pk=case.pk)


def test_the_importer_is_told_of_no_firm_that_others_declared(client, shared, reviewer):
    assert BALES in client.get(grid_url(shared)).content.decode()
    member = shared.importer.memberships.first().user
    client.force_login(member)
    page = client.get(reverse("importer-proof", args=[shared.pk])).content.decode()
    assert BALES not in page
    assert "Ginner" in page
    answer = client_of(member).get(f"/api/v1/cases/{shared.number}/proof-grid/")
    assert BALES not in answer.content.decode()


def test_what_a_supplier_withholds_from_its_buyer_is_told_to_the_office_alone(client, case):
    Document.objects.filter(exhibits__case=case, exhibits__number__in=[2, 4]).update(access=Document.Access.OFFICE)
    assert not proof_grids.current(case, Office())[1]
    check(case)
    case.proof_grid.refresh_from_db()
    assert cell(case, "Baimu", "transport")["state"] == "contradicted"
    member = case.importer.memberships.first().user
    client.force_login(member)
    page = client.get(reverse("importer-proof", args=[case.pk])).content.decode()
    answer = client_of(member).get(f"/api/v1/cases/{case.number}/proof-grid/").content.decode()
    assert all(told not in page + answer for told in ("14,100", "INV-8841", "WB-8841", "2 commercial_invoice"))
    assert "Exhibit 2" in answer


def test_what_a_roster_says_is_in_no_grid(case):
    paper = make_paper(case, "WORKER_ROSTER", holder=SPINNER.name, headcount=("731", "people"))
    make_paper(case, "PRODUCTION_RECORD", holder=SPINNER.name, headcount=("12", "people"))
    Document.objects.filter(pk=paper.document_id).update(access=Document.Access.WORKERS)
    check(case)
    case.proof_grid.refresh_from_db()
    assert "731" not in str(case.proof_grid.content)
    assert case.proof_grid.content["papers"][str(paper.pk)]["steps"] == [step_of(case, "Baimu")]


def test_the_importer_reads_what_is_missing_for_which_step_and_why(client, case):
    client.force_login(case.importer.memberships.first().user)
    page = client.get(reverse("importer-proof", args=[case.pk])).content.decode()
    assert "not in the file" in page
    assert "12,000 against 14,100 kg" in page
    assert "The transaction happened financially" in page
    assert "page 1 has no English translation" in page


def test_the_importer_reads_no_judgement_of_the_office(client, under_review, reviewer):
    assess_cell(under_review, actor=reviewer, step=step_of(under_review, "Baimu"), family="order",
                verdict="contradicted", reason="A forged stamp.")  # fmt: skip
    member = under_review.importer.memberships.first().user
    client.force_login(member)
    assert "forged" not in client.get(reverse("importer-proof", args=[under_review.pk])).content.decode()
    answer = client_of(member).get(f"/api/v1/cases/{under_review.number}/proof-grid/").json()
    assert {one["judged"] for step in answer["steps"] for one in step["cells"]} == {None}


def test_the_api_gives_the_grid_with_what_a_reviewer_holds(under_review, reviewer):
    at = step_of(under_review, "Baimu")
    assess_cell(under_review, actor=reviewer, step=at, family="order", verdict="weak", reason="So.")
    answer = client_of(reviewer).get(f"/api/v1/cases/{under_review.number}/proof-grid/").json()
    step = next(one for one in answer["steps"] if one["key"] == at)
    [found] = [one for one in step["cells"] if one["family"] == "order"]
    assert (found["state"], found["judged"]) == ("shown", "weak")
    assert answer["case"] == under_review.number
    assert any(one["state"] == "breaks" for one in answer["ties"])


def test_nobody_is_told_that_goods_are_clear(client, case):
    client.force_login(case.importer.memberships.first().user)
    page = client.get(reverse("importer-proof", args=[case.pk])).content.decode()
    assert not re.search(r"\bclear(ed|ance)?\b", re.sub(r"<[^>]+>", " ", page), re.IGNORECASE)
