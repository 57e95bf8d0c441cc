"""Recommendation and decision: four eyes are two persons, by whatever route; both are appended, never edited."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Membership
from entities.services.accounts import declare_same_person
from evidence.services import concluding
from screening.domain.pathways import Conclusion
from screening.models import Case, Decision, Recommendation
from screening.services import decisions
from tests.factories import make_organization, make_user
from tests.screening.made_cases import judge, judge_all, make_case, make_exhibit, recommended

pytestmark = pytest.mark.django_db
Stage = Case.Stage


@pytest.fixture
def reviewer():
    return make_user(Role.REVIEWER, name="Rosa Mendel")


@pytest.fixture
def approver():
    return make_user(Role.APPROVER, name="Ada Okafor")


@pytest.fixture
def recommendation(reviewer):
    return recommended(make_case(Stage.UNDER_REVIEW), reviewer)


def decide(recommendation, actor, verdict="approved", reasons="The record bears it out."):
    return concluding.decide(recommendation, actor=actor, verdict=verdict, reasons=reasons)


def assert_undecided(recommendation):
    assert not Decision.objects.exists()
    assert Case.objects.get(pk=recommendation.case_id).stage == Stage.AWAITING_APPROVAL
    assert not AuditEvent.objects.filter(action__in=["case.decided", "case.recommendation_returned"]).exists()


# --- the usual way ----------------------------------------------------------------------------------------------


def test_an_approved_recommendation_is_the_decision_and_closes_the_case(recommendation, approver):
    decision = decide(recommendation, approver)
    case = Case.objects.get(pk=recommendation.case_id)
    assert (case.stage, case.closed_at is not None) == (Stage.CLOSED, True)
    assert decision.conclusion == Conclusion.SCOPE_NOT_REBUTTED
    assert decision.grounds == ["LISTED_ENTITY"]
    assert decision.findings == recommendation.record["findings"]


def test_a_returned_recommendation_brings_the_case_back_to_review(recommendation, approver):
    decide(recommendation, approver, "returned", "A4 is not answered by page 1.")
    assert Case.objects.get(pk=recommendation.case_id).stage == Stage.UNDER_REVIEW


def test_a_later_decision_takes_the_place_of_the_one_before(recommendation, approver, reviewer):
    first = decide(recommendation, approver)
    case = recommendation.case
    case.refresh_from_db()
    case.move_to(Stage.UNDER_REVIEW)
    case.save()
    second = decide(recommended(case, reviewer), approver)
    assert second.supersedes == first


# --- four eyes, by every route ----------------------------------------------------------------------------------


def test_nobody_decides_on_their_own_recommendation_after_a_change_of_role(recommendation, reviewer):
    Membership.objects.filter(user=reviewer).update(role=Role.APPROVER)
    fresh = type(reviewer).objects.get(pk=reviewer.pk)
    with pytest.raises(Refused) as refused:
        decide(recommendation, fresh)
    assert refused.value.code == "own_recommendation"
    assert_undecided(recommendation)


def test_nor_with_two_roles_at_once(reviewer, recommendation):
    other_office = make_organization(kind=Membership.objects.get(user=reviewer).organization.Kind.OFFICE)
    Membership.objects.create(user=reviewer, organization=other_office, role=Role.APPROVER)
    with pytest.raises(Refused, match="different person"):
        decide(recommendation, type(reviewer).objects.get(pk=reviewer.pk))
    assert_undecided(recommendation)


def test_nor_by_a_second_account_of_the_same_person(recommendation, reviewer):
    second = make_user(Role.APPROVER, person=reviewer.person)
    with pytest.raises(Refused, match="different person"):
        decide(recommendation, second)
    assert_undecided(recommendation)


def test_nor_where_two_accounts_are_found_to_be_one_person_in_between(recommendation, reviewer):
    approver = make_user(Role.APPROVER)
    declare_same_person(approver, reviewer, actor=make_user(Role.MANAGER))
    with pytest.raises(Refused, match="different person"):
        decide(recommendation, approver)
    assert_undecided(recommendation)


def test_nor_by_the_page(recommendation, reviewer, client, settings):
    settings.DEMO = True  # no second factor
    second = make_user(Role.APPROVER, person=reviewer.person)
    client.force_login(second)
    url = reverse("case-decide", args=[recommendation.case_id])
    page = client.get(url).content.decode()
    assert "a different person must decide" in page
    assert "Record the decision" not in page
    answer = client.post(url, {"verdict": "approved", "reasons": "I agree with myself."})
    assert answer.status_code == 422
    assert "a different person must decide" in answer.content.decode()
    assert_undecided(recommendation)


def test_nor_past_the_service(recommendation, reviewer):
    """The database itself holds the two persons apart."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            case=recommendation.case,
            recommendation=recommendation,
            verdict="approved",
            pathway=recommendation.pathway,
            conclusion=recommendation.conclusion,
            reasons="x",
            recommended_person=reviewer.person,
            decided_by=reviewer,
            decided_person=reviewer.person,
        )
    assert not Decision.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.APPROVER])
def test_only_an_approver_decides(recommendation, role):
    with pytest.raises(Refused, match="Only an approver"):
        decide(recommendation, make_user(role))
    assert_undecided(recommendation)


def test_a_right_lost_in_between_counts(recommendation, approver):
    assert approver.has_perm("screening.decide_case")  # what this session knew
    Membership.objects.filter(user=approver).update(suspended_at=timezone.now())
    with pytest.raises(Refused, match="Only an approver"):
        decide(recommendation, approver)
    assert_undecided(recommendation)


# --- what else is refused ---------------------------------------------------------------------------------------


def test_a_recommendation_is_answered_once(recommendation, approver):
    decide(recommendation, approver)
    with pytest.raises(Refused, match="answered before"):
        decide(recommendation, approver)
    assert Decision.objects.count() == 1


def test_a_decision_needs_reasons(recommendation, approver):
    with pytest.raises(Refused, match="reasons"):
        decide(recommendation, approver, reasons=" ")
    assert_undecided(recommendation)


def test_facts_that_changed_since_stop_approval_but_not_return(recommendation, approver):
    case = recommendation.case
    case.facts_changed_at = timezone.now()
    case.save()
    with pytest.raises(Refused, match="Facts changed"):
        decide(recommendation, approver)
    assert_undecided(recommendation)
    assert decide(recommendation, approver, "returned").verdict == "returned"


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.UNDER_REVIEW])
def test_a_recommendation_is_made_under_review_only(stage, reviewer):
    case = make_case(stage)
    with pytest.raises(Refused, match="cannot become"):
        decisions.record_recommendation(
            case,
            actor=reviewer,
            pathway="applicability",
            conclusion="scope_not_rebutted",
            reasons="x",
            grounds=["LISTED_ENTITY"],
            record={},
        )
    assert not Recommendation.objects.exists()


def test_a_conclusion_of_the_other_pathway_is_refused(reviewer):
    with pytest.raises(Refused, match="other pathway"):
        decisions.record_recommendation(
            make_case(Stage.UNDER_REVIEW),
            actor=reviewer,
            pathway="applicability",
            conclusion="exception_met",
            reasons="x",
            grounds=["LISTED_ENTITY"],
            record={},
        )


@pytest.mark.parametrize("row", ["recommendation", "decision"])
def test_what_is_on_record_is_never_edited(row, recommendation, approver):
    decision = decide(recommendation, approver)
    model, pk = (Recommendation, recommendation.pk) if row == "recommendation" else (Decision, decision.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=pk).update(reasons="something else")
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=pk)._raw_delete("default")


def test_the_record_is_sealed_with_the_pages_it_cites(recommendation):
    assert decisions.is_sealed(recommendation)
    cited = recommendation.record["assessments"][0]["citations"][0]
    assert (cited["exhibit"], cited["page"]) == (1, 1)
    recommendation.record["assessments"][0]["verdict"] = "shown"
    assert not decisions.is_sealed(recommendation)


# --- concluding -------------------------------------------------------------------------------------------------


def test_a_favourable_conclusion_needs_every_requirement_shown(reviewer):
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    judge_all(case, reviewer, "shown")
    judge(case, reviewer, "A4", "not_shown")
    with pytest.raises(Refused, match="A4 not shown"):
        concluding.conclude_review(
            case,
            actor=reviewer,
            pathway="applicability",
            conclusion="not_in_scope",
            reasons="x",
            grounds=["LISTED_ENTITY"],
        )
    assert not Recommendation.objects.exists()
    assert Case.objects.get(pk=case.pk).stage == Stage.UNDER_REVIEW
