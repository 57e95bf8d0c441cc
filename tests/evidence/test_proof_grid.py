"""The proof grid at work: a case with papers is checked, judged, placed, searched; its pages and what each may see."""

import pytest

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import AuditEvent, Job
from entities.services import jobs, suppliers
from evidence.models import Assessment, PaperPlacement
from evidence.services import concluding, proof_grids
from evidence.services.asking import ask_for_check
from evidence.services.assessments import CitedPage
from evidence.services.cells import assess_cell
from evidence.services.checking import check
from evidence.services.placements import place_paper
from evidence.services.searches import keep_search
from screening.confidential import Office
from screening.models import Case
from tests.evidence.made_grid import (
    BALES,
    KNITTER,
    SPINNER,
    cell,
    make_cotton_case,
    make_paper,
    step_of,
)
from tests.factories import make_user
from tests.screening.made_cases import judge_all, make_case, make_exhibit

pytestmark = pytest.mark.django_db


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
