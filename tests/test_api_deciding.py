"""Judging and deciding by the API: what a case needs, verdicts, recommendations; one person never acts as two."""

import pytest
from django.core.files.base import ContentFile

from entities.domain.roles import Role
from entities.models import AuditEvent, Membership, Organization, User
from evidence.models import Assessment, Page
from screening.models import Case, Decision, Draw, Recommendation
from tests.api_client import client_of, errors_of
from tests.factories import make_organization, make_user
from tests.screening.made_cases import ask, judge, judge_all, make_case, make_exhibit, recommended, set_all_aside

pytestmark = pytest.mark.django_db
Stage = Case.Stage


@pytest.fixture
def reviewer():
    return make_user(Role.REVIEWER)


@pytest.fixture
def approver():
    return make_user(Role.APPROVER)


@pytest.fixture
def case():
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    return case


def of(case, path):
    return f"/api/v1/cases/{case.number}/{path}"


def post(user, case, path, **body):
    return client_of(user).post(of(case, path), body, format="json")


def review(user, case):
    answer = client_of(user).get(of(case, "review/"))
    assert answer.status_code == 200, answer.content
    return answer.json()


def pathway(body, name):
    return next(one for one in body["pathways"] if one["pathway"] == name)


def decide(user, recommendation, verdict="approved", reasons="As the record says."):
    path = f"recommendations/{recommendation.pk}/decision/"
    return post(user, recommendation.case, path, verdict=verdict, reasons=reasons)


VERDICT = {
    "pathway": "applicability",
    "requirement": "A1",
    "verdict": "not_shown",
    "reason": "The gin is not named.",
    "citations": [{"exhibit": 1, "page": 1, "quote": "one page"}],
}
CONCLUSION = {
    "pathway": "applicability",
    "conclusion": "scope_not_rebutted",
    "grounds": ["LISTED_ENTITY"],
    "reasons": "Nothing ties the lots.",
}


# --- what a case needs ------------------------------------------------------------------------------------------


def test_it_says_what_is_asked_of_each_step_and_what_is_missing(case, reviewer):
    judge(case, reviewer, "A1", "not_shown")
    ask(case, reviewer, items=("Which gin?",))
    Case.objects.filter(pk=case.pk).update(stage=Stage.UNDER_REVIEW)
    body = review(reviewer, case)
    way = pathway(body, "applicability")
    assert [one["code"] for one in way["questions"]] == ["A1", "A2", "A3", "A4", "A5", "A6"]
    first = way["questions"][0]
    assert (first["verdict"]["verdict"], first["verdict"]["citations"][0]["exhibit"]) == ("not_shown", 1)
    assert first["steps"]
    assert {one["verdict"] for one in first["steps"]} == {None}
    assert way["not_judged"] == ["A2", "A3", "A4", "A5", "A6"]
    assert "A1" in way["not_shown"]
    assert (body["open_questions"], body["pending"]) == (["Which gin?"], None)
    assert [one["ground"] for one in body["grounds"]] == ["LISTED_ENTITY"]
    assert {one["code"] for one in body["rubric"]} >= {"gap", "contradiction", "untranslated"}


def test_it_says_what_stands_against_each_conclusion(case, reviewer):
    judge_all(case, reviewer, "not_shown")
    released, excluded = pathway(review(reviewer, case), "applicability")["outcomes"]
    assert excluded["hindrances"] == []
    assert "Not shown" in released["hindrances"][0]
    assert "A finding stands against this" in released["hindrances"][1]
    judge_all(case, reviewer, "shown")
    set_all_aside(case, reviewer)
    released, excluded = pathway(review(reviewer, case), "applicability")["outcomes"]
    assert released["hindrances"] == []
    assert excluded["hindrances"] == ["No finding that stands raises a ground."]


def test_a_case_that_is_not_under_review_says_so(reviewer):
    outcomes = pathway(review(reviewer, make_case()), "exception")["outcomes"]
    assert all("The case is new" in one["hindrances"][0] for one in outcomes)


# --- verdicts ---------------------------------------------------------------------------------------------------


def test_a_reviewer_judges_a_question(case, reviewer):
    answer = post(reviewer, case, "verdicts/", **VERDICT)
    assert (answer.status_code, answer.json()["verdict"]) == (201, "not_shown")
    row = Assessment.objects.get()
    assert (row.author, row.citations.get().quote) == (reviewer, "one page")
    assert answer.json()["citations"][0]["page_sha256"] == row.citations.get().page_sha256
    assert client_of(reviewer).get(of(case, "verdicts/")).json()[0]["id"] == row.pk


def test_a_step_and_others_of_which_the_same_is_held(case, reviewer):
    way = pathway(review(reviewer, case), "applicability")
    first, *others = [one["key"] for one in way["questions"][0]["steps"]]
    answer = post(reviewer, case, "verdicts/", **VERDICT | {"verdict": "shown", "step": first, "also": others})
    assert answer.status_code == 201
    way = pathway(review(reviewer, case), "applicability")
    assert {one["verdict"]["verdict"] for one in way["questions"][0]["steps"]} == {"shown"}
    assert way["questions"][0]["verdict"] is None


REFUSED = [
    ({"reason": " "}, 400, "blank"),
    ({"verdict": "weak"}, 400, "invalid_choice"),
    ({"colour": "red"}, 400, "unknown_field"),
    ({"requirement": "Z9"}, 409, "no_such_requirement"),
    ({"citations": [{"exhibit": 9, "page": 1}]}, 409, "no_such_exhibit"),
    ({"citations": [{"exhibit": 1, "page": 9}]}, 409, "no_such_page"),
    ({"verdict": "shown", "citations": []}, 409, "citation_missing"),
    ({"verdict": "shown"}, 409, "step_not_shown"),
    ({"step": "nowhere"}, 409, "no_such_step"),
    ({"pathway": "proof", "requirement": "W1"}, 409, "other_regime"),
]


@pytest.mark.parametrize(("change", "status", "code"), REFUSED, ids=[code for _, _, code in REFUSED])
def test_what_the_pages_refuse_the_api_refuses(change, status, code, case, reviewer):
    answer = post(reviewer, case, "verdicts/", **VERDICT | change)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert code in ([answer.json()["code"]] if status == 409 else errors_of(answer).values())
    assert not Assessment.objects.exists()


# --- recommendations --------------------------------------------------------------------------------------------


def test_a_reviewer_recommends_and_an_approver_decides(case, reviewer, approver):
    judge_all(case, reviewer, "not_shown")
    answer = post(reviewer, case, "recommendations/", **CONCLUSION)
    assert (answer.status_code, answer.json()["decision"]) == (201, None)
    row = Recommendation.objects.get()
    assert review(approver, case)["pending"] == row.pk
    sealed = client_of(approver).get(of(case, f"recommendations/{row.pk}/")).json()
    assert (sealed["is_intact"], sealed["changed"], sealed["hindrance"]) == (True, [], "")
    assert sealed["record"]["assessments"][0]["author"] == reviewer.full_name
    done = decide(approver, row)
    assert (done.status_code, done.json()["decision"]["verdict"]) == (201, "approved")
    assert (Decision.objects.get().decided_by, Case.objects.get(pk=case.pk).stage) == (approver, Stage.CLOSED)
    again = decide(approver, row)
    assert (again.status_code, again.json()["code"]) == (409, "decided_before")


def test_an_approver_returns_a_recommendation(case, reviewer, approver):
    row = recommended(case, reviewer)
    assert decide(approver, row, "returned", "Weigh A4 again.").status_code == 201
    assert Case.objects.get(pk=case.pk).stage == Stage.UNDER_REVIEW


CONCLUSIONS = [
    ({"grounds": []}, 400, "empty"),
    ({"reasons": ""}, 400, "blank"),
    ({"grounds": ["WRO"]}, 409, "no_such_ground"),
    ({"grounds": ["XINJIANG_ORIGIN"]}, 409, "ground_without_finding"),
    ({"conclusion": "exception_not_met"}, 409, "conclusion_of_other_pathway"),
    ({"conclusion": "not_in_scope"}, 409, "not_shown"),
    ({"lines": ["1-9"]}, 409, "no_such_line"),
]


@pytest.mark.parametrize(("change", "status", "code"), CONCLUSIONS, ids=[code for _, _, code in CONCLUSIONS])
def test_a_conclusion_that_lacks_something_is_refused(change, status, code, case, reviewer):
    judge_all(case, reviewer, "not_shown")
    answer = post(reviewer, case, "recommendations/", **CONCLUSION | change)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert code in ([answer.json()["code"]] if status == 409 else errors_of(answer).values())
    assert not Recommendation.objects.exists()


def test_a_question_left_out_is_named(case, reviewer):
    answer = post(reviewer, case, "recommendations/", **CONCLUSION)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_assessed")
    assert "A1, A2" in answer.json()["detail"]


def test_a_page_changed_since_it_was_cited_is_no_evidence(case, reviewer, approver):
    row = recommended(case, reviewer)
    Page.objects.update(sha256="f" * 64)
    sealed = client_of(approver).get(of(case, f"recommendations/{row.pk}/")).json()
    assert sealed["changed"]
    answer = decide(approver, row)
    assert (answer.status_code, answer.json()["code"]) == (409, "facts_changed")
    exhibit = case.exhibits.get()
    exhibit.document.file.save("other.pdf", ContentFile(b"another file"))
    assert decide(approver, row).json()["code"] == "page_changed"
    assert not Decision.objects.exists()


# --- one person never acts as two -------------------------------------------------------------------------------


def by_same_person(reviewer):
    return reviewer


def by_second_account(reviewer):
    return make_user(Role.APPROVER, person=reviewer.person)


def by_administrator(reviewer):
    office = make_organization(Organization.Kind.OFFICE)
    Membership.objects.create(user=reviewer, organization=office, role=Role.MANAGER)
    return User.objects.get(pk=reviewer.pk)


def by_changed_role(reviewer):
    Membership.objects.filter(user=reviewer).update(role=Role.APPROVER)
    return User.objects.get(pk=reviewer.pk)


def by_administrator_made_approver(reviewer):
    office = make_organization(Organization.Kind.OFFICE)
    Membership.objects.create(user=reviewer, organization=office, role=Role.APPROVER)
    return User.objects.get(pk=reviewer.pk)


WAYS = [
    (by_same_person, 403, "not_an_approver"),
    (by_second_account, 409, "own_recommendation"),
    (by_administrator, 403, "not_an_approver"),
    (by_changed_role, 409, "own_recommendation"),
    (by_administrator_made_approver, 409, "own_recommendation"),
]


@pytest.mark.parametrize(("way", "status", "code"), WAYS, ids=[way.__name__ for way, _, _ in WAYS])
@pytest.mark.parametrize("verdict", ["approved", "returned"])
def test_nobody_answers_what_they_recommended(verdict, way, status, code, case, reviewer):
    recommendation = recommended(case, reviewer)
    who = way(reviewer)
    answer = decide(who, recommendation, verdict)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert not Decision.objects.exists()
    event = AuditEvent.objects.get(action="attempt.refused")
    assert (event.actor_id, event.after, event.case_number) == (
        who.pk,
        {"act": "decide", "code": code},
        case.number,
    )


def test_nor_what_they_judged_one_question_of(case, reviewer):
    colleague = make_user(Role.REVIEWER)
    judge(case, colleague, "A1", "not_shown")
    recommendation = recommended(case, reviewer)
    answer = decide(by_changed_role(colleague), recommendation)
    assert (answer.status_code, answer.json()["code"]) == (409, "own_recommendation")
    assert "reviewed this case" in answer.json()["detail"]


def test_the_record_tells_who_cannot_answer_it_and_why(case, reviewer):
    row = recommended(case, reviewer)
    second = by_second_account(reviewer)
    body = client_of(second).get(of(case, f"recommendations/{row.pk}/")).json()
    assert "a different person must decide" in body["hindrance"]


# --- who sees what ----------------------------------------------------------------------------------------------

READS = ("review/", "verdicts/", "recommendations/")


@pytest.mark.parametrize("path", READS)
def test_the_importer_does_not_read_the_offices_own_record(path, case):
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    assert client_of(member).get(of(case, path)).status_code == 403


@pytest.mark.parametrize("path", READS)
def test_before_a_second_look_nothing_of_it_is_told(path, case, reviewer, approver, settings):
    settings.SECOND_LOOK_SHARE = 1.0
    row = recommended(case, reviewer)
    assert decide(approver, row).status_code == 201
    assert Draw.objects.count() == 1
    answer = client_of(make_user(Role.REVIEWER)).get(of(case, path))
    assert (answer.status_code, answer.json()["code"]) == (409, "look_first")
    assert client_of(reviewer).get(of(case, path)).status_code == 200


def test_a_recommendation_of_another_case_is_not_found_here(case, reviewer, approver):
    row = recommended(make_case(Stage.UNDER_REVIEW), reviewer)
    path = of(case, f"recommendations/{row.pk}/")
    assert client_of(approver).get(path).status_code == 404
    sent = {"verdict": "approved", "reasons": "x"}
    assert client_of(approver).post(f"{path}decision/", sent, format="json").status_code == 404
    assert not Decision.objects.exists()


def test_a_review_takes_a_bounded_number_of_queries(case, reviewer, django_assert_max_num_queries):
    judge_all(case, reviewer, "not_shown")
    client = client_of(reviewer)
    with django_assert_max_num_queries(60):
        assert client.get(of(case, "review/")).status_code == 200
