"""The pages on which a reviewer concludes and an approver decides."""

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Role
from screening.models import Case, Decision, Recommendation
from tests.factories import make_user
from tests.screening.made_cases import judge, judge_all, make_case, make_exhibit, recommended, set_all_aside

pytestmark = pytest.mark.django_db
Stage = Case.Stage


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def reviewer(client):
    user = make_user(Role.REVIEWER)
    client.force_login(user)
    return user


@pytest.fixture
def approver():
    return make_user(Role.APPROVER)


def judged_case(reviewer, verdict="shown"):
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    judge_all(case, reviewer, verdict)
    return case


# --- recommend --------------------------------------------------------------------------------------------------


def test_nothing_is_recommended_before_all_is_judged(client, reviewer):
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    url = reverse("case-recommend", args=[case.pk])
    page = client.get(url)
    assert "6 of 6 requirements are not judged yet" in page.content.decode()
    assert page.context["form"] is None
    client.post(url, {"conclusion": "scope_not_rebutted", "reasons": "x"})
    assert not Recommendation.objects.exists()


def test_what_is_not_shown_bars_the_favourable_conclusion(client, reviewer):
    case = judged_case(reviewer)
    judge(case, reviewer, "A4", "not_shown")
    url = reverse("case-recommend", args=[case.pk])
    page = client.get(url)
    assert [value for value, _ in page.context["form"].fields["conclusion"].choices] == ["scope_not_rebutted"]
    assert "A missing proof is never a release by default" in page.content.decode()
    assert client.post(url, {"conclusion": "not_in_scope", "reasons": "x"}).status_code == 422
    assert not Recommendation.objects.exists()


def test_a_conclusion_is_sealed_and_waits_for_an_approver(client, reviewer):
    case = judged_case(reviewer)
    set_all_aside(case, reviewer)
    answer = client.post(
        reverse("case-recommend", args=[case.pk]),
        {"conclusion": "not_in_scope", "reasons": "All hold.", "grounds": ["LISTED_ENTITY"]},
    )
    assert answer.url == reverse("case-detail", args=[case.pk])
    assert Recommendation.objects.get().reasons == "All hold."
    assert Case.objects.get(pk=case.pk).stage == Stage.AWAITING_APPROVAL


def test_the_other_pathway_has_its_own_conclusions(client, reviewer):
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    judge_all(case, reviewer, pathway="exception")
    page = client.get(reverse("case-recommend", args=[case.pk]), {"pathway": "exception"})
    values = [value for value, _ in page.context["form"].fields["conclusion"].choices]
    assert values == ["exception_met", "exception_not_met"]


def test_nothing_is_chosen_beforehand(client, reviewer):
    page = client.get(reverse("case-recommend", args=[judged_case(reviewer).pk])).content.decode()
    assert "checked" not in page


# --- decide -----------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(reviewer):
    return recommended(make_case(Stage.UNDER_REVIEW), reviewer)


def test_an_approver_sees_the_record_and_decides(client, waiting, approver, reviewer):
    client.force_login(approver)
    url = reverse("case-decide", args=[waiting.case_id])
    page = client.get(url).content.decode()
    for said in ("Nothing ties the lots.", waiting.record_sha256, "A4 as the page says.", "paper-1.pdf", "as it was"):
        assert said in page, said
    assert f"{reverse('case-review', args=[waiting.case_id])}?requirement=A4&amp;show=1-1" in page
    assert "checked" not in page
    answer = client.post(url, {"verdict": "approved", "reasons": "So it is."})
    assert answer.url == reverse("case-detail", args=[waiting.case_id])
    assert Decision.objects.get().reasons == "So it is."


def test_a_recommendation_is_returned_with_a_reason(client, waiting, approver):
    client.force_login(approver)
    url = reverse("case-decide", args=[waiting.case_id])
    assert client.post(url, {"verdict": "returned", "reasons": ""}).status_code == 422
    client.post(url, {"verdict": "returned", "reasons": "Weigh A4 again."})
    assert Case.objects.get(pk=waiting.case_id).stage == Stage.UNDER_REVIEW
    page = client.get(reverse("case-detail", args=[waiting.case_id])).content.decode()
    assert f"{approver.full_name} returned the recommendation" in page


def test_after_facts_changed_it_can_only_be_returned(client, waiting, approver):
    Case.objects.filter(pk=waiting.case_id).update(facts_changed_at=timezone.now())
    client.force_login(approver)
    url = reverse("case-decide", args=[waiting.case_id])
    page = client.get(url)
    assert "Facts changed since the recommendation" in page.content.decode()
    assert [value for value, _ in page.context["form"].fields["verdict"].choices] == ["returned"]
    assert client.post(url, {"verdict": "approved", "reasons": "x"}).status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.AUDITOR, Role.MANAGER])
def test_colleagues_read_the_record_without_a_form(role, client, waiting):
    client.force_login(make_user(role))
    page = client.get(reverse("case-decide", args=[waiting.case_id])).content.decode()
    assert "Nothing ties the lots." in page
    assert "Record the decision" not in page


def test_an_answered_recommendation_stays_readable(client, waiting, approver, reviewer):
    client.force_login(approver)
    url = reverse("case-decide", args=[waiting.case_id])
    client.post(url, {"verdict": "returned", "reasons": "Weigh A4 again."})
    recommended(Case.objects.get(pk=waiting.case_id), reviewer)
    page = client.get(url, {"recommendation": waiting.pk}).content.decode()
    assert "Weigh A4 again." in page
    assert "Record the decision" not in page


def test_a_case_without_a_recommendation_says_so(client, approver):
    client.force_login(approver)
    page = client.get(reverse("case-decide", args=[make_case().pk])).content.decode()
    assert "Nothing was recommended yet" in page
