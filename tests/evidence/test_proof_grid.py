"""The proof grid at work: a case with papers is checked, judged, placed, searched; its pages and what each may see."""

import re

import pytest
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import AuditEvent, Job
from entities.services import jobs, suppliers
from evidence.models import Assessment, Document, KeptSearch, PaperPlacement
from evidence.services import concluding, proof_grids
from evidence.services.asking import ask_for_check
from evidence.services.assessments import CitedPage
from evidence.services.cells import assess_cell
from evidence.services.checking import check
from evidence.services.placements import place_paper
from evidence.services.searches import keep_search
from screening.confidential import Office
from screening.models import Case
from screening.services import cases
from tests.api_client import client_of
from tests.evidence.made_grid import KNITTER, SPINNER, a_sale, make_cotton_case, make_paper
from tests.factories import make_organization, make_user
from tests.screening.made_cases import judge_all, make_case, make_exhibit

pytestmark = pytest.mark.django_db
BALES = "Bayan Ginning Co., Ltd."


@pytest.fixture
def case():
    """Yarn sold by the spinner with a waybill that says too much; the knitter's own sale lacks its payment."""
    case = make_cotton_case()
    a_sale(case, "Baimu Cotton Spinning Company Limited", "清河针织有限公司", number="8841", carried="14100")
    make_paper(case, "PURCHASE_ORDER", document_number="PO-77", seller=KNITTER.name, buyer="Lotus Bay Garments JSC")
    make_paper(case, "ENTITY_PROFILE", holder=SPINNER.native_name, foreign=(1,))
    make_paper(case, "COMMERCIAL_INVOICE", document_number="T-1", seller="Tianshan Agency", buyer="Nobody Ltd.")
    check(case)
    case.refresh_from_db()
    return case


@pytest.fixture
def reviewer(client):
    user = make_user(Role.REVIEWER)
    client.force_login(user)
    return user


@pytest.fixture
def under_review(case, reviewer):
    return cases.start_review(case, actor=reviewer)


def step_of(case, name, content=None):
    content = content or case.proof_grid.content
    return next(one["key"] for one in content["steps"] if name in one["label"])


def cell(case, name, family):
    return case.proof_grid.content["cells"][step_of(case, name)][family]


def grid_url(case, name="", family=""):
    query = {"step": step_of(case, name), "family": family} if name else {}
    return reverse("case-proof-grid", args=[case.pk], query=query)


# --- the grid is worked out -----------------------------------------------------------------------------------------


def test_papers_are_laid_on_the_chain_and_tied(case):
    assert {one: cell(case, "Baimu", one)["state"] for one in ("order", "payment", "transport", "identity")} == {
        "order": "shown", "payment": "shown", "transport": "contradicted", "identity": "weak",
    }  # fmt: skip
    assert cell(case, "Qinghe", "payment")["state"] == "missing"
    gaps = [one["name"] for one in case.proof_grid.content["steps"] if one["is_gap"]]
    assert gaps == ["dyer or finisher", "ginner", "cotton farm"]


def test_the_breaking_tie_cites_both_pages_and_both_values(case):
    [tie] = [one for one in case.proof_grid.content["ties"] if one["state"] == "breaks" and one["field"] == "quantity"]
    assert "12,000 against 14,100 kg" in tie["words"]
    assert {one["exhibit"] for one in (*tie["left"], *tie["right"])} == {2, 4}
    assert all(one["box"] for one in (*tie["left"], *tie["right"]))


def test_names_are_told_apart_by_the_matching_engine(case):
    papers = case.proof_grid.content["papers"].values()
    spinner = step_of(case, "Baimu")
    assert {one["title"] for one in papers if one["steps"] == [spinner]} >= {"Exhibit 1 (PO-8841)", "Exhibit 6"}


def test_a_job_works_the_grid_out_once_however_often_it_is_asked(case):
    Job.objects.filter(kind="check_papers").delete()
    ask_for_check([case.pk, case.pk])
    ask_for_check([case.pk])
    assert Job.objects.filter(kind="check_papers").count() == 1
    make_paper(case, "PROOF_OF_PAYMENT", payee=KNITTER.name, payer="Lotus Bay Garments JSC")
    jobs.work_off()
    case.proof_grid.refresh_from_db()
    assert cell(case, "Qinghe", "payment")["state"] == "shown"


def test_another_paper_makes_the_kept_grid_outdated_and_asks_for_another(case):
    assert proof_grids.current(case, Office())[1]
    make_paper(case, "PROOF_OF_PAYMENT", payee=KNITTER.name)
    Job.objects.filter(kind="check_papers").delete()
    assert not proof_grids.current(case, Office())[1]
    assert Job.objects.filter(kind="check_papers", payload__case=case.pk).exists()


def test_a_new_screening_has_the_papers_laid_on_the_chain_again(case):
    Job.objects.filter(kind="check_papers").delete()
    member = case.importer.memberships.first().user
    gin = suppliers.add_supplier(PartyFacts(name=BALES, country="CN"), organization=case.importer, actor=member)
    spinner = suppliers.add_supplier(SPINNER, organization=case.importer, actor=member)
    suppliers.declare_link(
        gin, spinner, actor=member, declared_by=case.importer, commodity="cotton", stage="ginner", goods="cotton lint"
    )
    jobs.work_off()
    case.proof_grid.refresh_from_db()
    steps = {one["label"]: one for one in case.proof_grid.content["steps"]}
    assert steps[BALES]["stage"] == "ginner"
    assert step_of(case, "Baimu") in steps[BALES]["supplies"]


def test_a_case_without_papers_has_its_grid_at_once():
    content, is_current = proof_grids.current(make_cotton_case(), Office())
    assert is_current
    assert {one["stage"] for one in content["steps"]} >= {"spinner", "ginner", "cotton farm"}


# --- persons judge, place and search --------------------------------------------------------------------------------


def test_a_reviewer_confirms_what_is_proposed_and_its_pages_are_cited(under_review, reviewer):
    row = assess_cell(
        under_review,
        actor=reviewer,
        step=step_of(under_review, "Baimu"),
        family="order",
        verdict="shown",
        reason="Yes.",
    )
    assert (row.proposed, row.pathway, row.requirement) == ("shown", "", "")
    assert [(one.exhibit.number, one.page_number) for one in row.citations.all()] == [(1, 1)]
    assert AuditEvent.objects.filter(action="proof.assessed", case_number=under_review.number).count() == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"verdict": "shown", "family": "payment", "name": "Qinghe"}, "citation_missing"),
        ({"reason": " "}, "reason_missing"),
        ({"verdict": "not_shown"}, "no_such_verdict"),
        ({"family": "weather"}, "no_such_cell"),
        ({"citations": [CitedPage(9, 1)]}, "no_such_exhibit"),
    ],
)
def test_a_cell_is_not_judged_without_its_grounds(under_review, reviewer, said, code):
    values = {"verdict": "weak", "family": "order", "reason": "So.", "name": "Baimu", **said}
    step = step_of(under_review, values.pop("name"))
    with pytest.raises(Refused) as refused:
        assess_cell(under_review, actor=reviewer, step=step, **values)
    assert refused.value.code == code
    assert not Assessment.objects.exists()


def test_the_latest_verdict_on_a_cell_stands(under_review, reviewer):
    at = {"step": step_of(under_review, "Baimu"), "family": "order"}
    for verdict in ("weak", "contradicted"):
        assess_cell(under_review, actor=reviewer, verdict=verdict, reason="So.", **at)
    standing = Assessment.objects.standing_in_grid(under_review)
    assert standing[at["step"], "order"].verdict == "contradicted"
    assert Assessment.objects.standing(under_review, "applicability") == {}


def test_who_judged_a_cell_had_a_hand_in_the_review(reviewer):
    case, helper = make_case(Case.Stage.UNDER_REVIEW), make_user(Role.REVIEWER)
    make_exhibit(case, "one page")
    check(case)
    assess_cell(case, actor=helper, step="import", family="order", verdict="missing", reason="So.")
    judge_all(case, reviewer, verdict="not_shown")
    recommendation = concluding.conclude_review(
        case, actor=reviewer, pathway="applicability", conclusion="scope_not_rebutted", reasons="No.",
        grounds=["LISTED_ENTITY"],
    )  # fmt: skip
    assert helper.person_id in recommendation.hands()


def test_a_paper_placed_by_a_person_stays_where_it_was_placed(case, reviewer):
    paper = case.exhibits.get(number=7).document.papers.get()
    spinner = step_of(case, "Baimu")
    place_paper(case, paper, steps=[(spinner, "Baimu")], reason="Its agent signs for it.", actor=reviewer)
    jobs.work_off()
    case.proof_grid.refresh_from_db()
    kept = case.proof_grid.content["papers"][str(paper.pk)]
    assert (kept["steps"], kept["by"]) == ([spinner], reviewer.full_name)
    assert AuditEvent.objects.filter(action="paper.placed").count() == 1


def test_a_placement_needs_a_reason_and_a_paper_of_the_case(case, reviewer):
    paper = case.exhibits.get(number=7).document.papers.get()
    with pytest.raises(Refused, match="Say why"):
        place_paper(case, paper, steps=[], reason=" ", actor=reviewer)
    other = make_paper(make_cotton_case("Another Example LLC"), "PURCHASE_ORDER", seller="X")
    with pytest.raises(Refused, match="no such paper"):
        place_paper(case, other, steps=[], reason="So.", actor=reviewer)
    assert not PaperPlacement.objects.exists()


def test_a_search_that_finds_nothing_is_kept_with_the_papers_it_went_through(case, reviewer):
    row = keep_search(case, words="BALE-999", why="A bale of the spinner", actor=reviewer)
    assert row.found == []
    assert [one["exhibit"] for one in row.searched] == [1, 2, 3, 4, 5, 6, 7]
    assert row.searched[0]["sha256"] == case.exhibits.get(number=1).document.sha256
    assert "clear" not in str(row).lower()


def test_a_search_that_finds_something_keeps_the_pages(case, reviewer):
    row = keep_search(case, words="PO-77", why="The order of the sewer", actor=reviewer)
    assert [(one["exhibit"], one["page"]) for one in row.found] == [(5, 1)]


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
