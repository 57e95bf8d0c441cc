"""Findings set aside are counted and shown; a share of decided cases is looked at again, blind."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent
from evidence.services import concluding
from screening.domain.second_look import is_drawn
from screening.models import Case, Decision, Draw, Override, SecondLook
from screening.services import second_looks
from screening.services.overrides import set_finding_aside
from tests.factories import make_user
from tests.screening.made_cases import make_case, recommended

pytestmark = pytest.mark.django_db
Stage = Case.Stage


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def reviewer():
    return make_user(Role.REVIEWER)


@pytest.fixture
def drawn(reviewer, settings):
    settings.SECOND_LOOK_SHARE = 1.0
    recommendation = recommended(make_case(Stage.UNDER_REVIEW), reviewer)
    concluding.decide(
        recommendation, actor=make_user(Role.APPROVER), verdict="approved", reasons="Nothing ties, I agree."
    )
    return Draw.objects.get()


# --- findings set aside -----------------------------------------------------------------------------------------


def test_a_finding_is_set_aside_with_a_reason_and_counts_again(reviewer):
    case = make_case(Stage.UNDER_REVIEW)
    finding = case.lead_finding
    with pytest.raises(Refused, match="Say why"):
        set_finding_aside(case, finding, actor=reviewer, reason=" ")
    set_finding_aside(case, finding, actor=reviewer, reason="Another mill.")
    assert list(Override.objects.standing(case)) == [finding.pk]
    with pytest.raises(Refused, match="stands so already"):
        set_finding_aside(case, finding, actor=reviewer, reason="Again.")
    set_finding_aside(case, finding, actor=reviewer, reason="It is that mill.", applies=True)
    assert Override.objects.standing(case) == {}
    assert AuditEvent.objects.filter(action="finding.overridden").count() == 2


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.AWAITING_APPROVAL, Stage.CLOSED])
def test_only_under_review(stage, reviewer):
    case = make_case(stage)
    with pytest.raises(Refused, match="into review"):
        set_finding_aside(case, case.lead_finding, actor=reviewer, reason="x")
    assert not Override.objects.exists()


def test_only_a_finding_of_the_case(reviewer):
    with pytest.raises(Refused, match="no finding of the latest screening"):
        set_finding_aside(make_case(Stage.UNDER_REVIEW), make_case().lead_finding, actor=reviewer, reason="x")
    assert not Override.objects.exists()


def test_it_is_done_and_shown_on_the_pages(client, reviewer):
    case = make_case(Stage.UNDER_REVIEW, findings=2)
    client.force_login(reviewer)
    url = reverse("finding-override", args=[case.pk, case.lead_finding_id])
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "The records name another mill."})
    recommended(case, reviewer)
    page = client.get(reverse("case-decide", args=[case.pk])).content.decode()
    assert "1 of 2" in page
    assert "The records name another mill." in page
    assert second_looks.agreement().overrides == 1


# --- the second look --------------------------------------------------------------------------------------------


def test_the_draw_is_by_lot_and_can_be_computed_again():
    drawn = [number for number in range(2000) if is_drawn("2026-0041", number, 0.1)]
    assert 150 < len(drawn) < 250
    assert drawn == [number for number in range(2000) if is_drawn("2026-0041", number, 0.1)]
    assert not any(is_drawn("2026-0041", number, 0.0) for number in range(100))
    assert all(is_drawn("2026-0041", number, 1.0) for number in range(100))


def test_a_returned_recommendation_is_not_drawn(reviewer, settings):
    settings.SECOND_LOOK_SHARE = 1.0
    recommendation = recommended(make_case(Stage.UNDER_REVIEW), reviewer)
    concluding.decide(recommendation, actor=make_user(Role.APPROVER), verdict="returned", reasons="Again.")
    assert not Draw.objects.exists()


def test_the_second_reviewer_does_not_see_what_was_concluded(client, drawn):
    client.force_login(make_user(Role.REVIEWER))
    queue = client.get(reverse("second-look-list")).content.decode()
    page = client.get(reverse("second-look", args=[drawn.pk])).content.decode()
    assert drawn.decision.case.number in queue
    assert "traces to" in page
    for hidden in ("Nothing ties the lots.", "Nothing ties, I agree.", "A4 as the page says."):
        assert hidden not in queue + page, hidden
    assert "checked" not in page


def test_agreement_is_counted(client, drawn):
    client.force_login(make_user(Role.REVIEWER))
    url = reverse("second-look", args=[drawn.pk])
    assert client.post(url, {"conclusion": "scope_not_rebutted", "reasons": ""}).status_code == 422
    client.post(url, {"conclusion": "not_in_scope", "reasons": "Everything ties."})
    counts = second_looks.agreement()
    assert (counts.drawn, counts.given, counts.agreed, counts.percent) == (1, 1, 0, 0)
    page = client.get(reverse("second-look-list")).content.decode()
    assert "0 of 1 (0 %)" in page
    assert "Everything ties." in page
    assert Decision.objects.get().conclusion == "scope_not_rebutted"
    assert client.get(url).status_code == 404


def test_whoever_had_a_hand_does_not_look_again(client, drawn, reviewer):
    again = make_user(Role.REVIEWER, person=drawn.decision.decided_person)
    for one in (reviewer, again):
        client.force_login(one)
        assert drawn.decision.case.number not in client.get(reverse("second-look-list")).content.decode()
        assert client.get(reverse("second-look", args=[drawn.pk])).status_code == 404
        with pytest.raises(Refused, match="had a hand"):
            second_looks.give(drawn, actor=one, conclusion="not_in_scope", reasons="x")
        with pytest.raises(IntegrityError, match="four eyes"), transaction.atomic():
            SecondLook.objects.create(
                draw=drawn, conclusion="not_in_scope", agrees=False, reasons="x", author=one, author_person=one.person
            )
    assert not SecondLook.objects.exists()


HIDDEN = (
    *("Nothing ties the lots.", "Nothing ties, I agree.", "A4 as the page says.", "another mill"),
    *("the presumption stands", "Not shown", "Approved"),
)
PAGES = ("case-detail", "case-review", "case-decide", "case-recommend")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_case_tells_before_the_look_is_given(name, client, drawn, reviewer):
    case, second = drawn.decision.case, make_user(Role.REVIEWER)
    Override.objects.create(
        case=case, finding=case.lead_finding, reason="It is another mill.", author=reviewer,
        author_person=reviewer.person,
    )  # fmt: skip
    url = reverse(name, args=[case.pk])
    client.force_login(second)
    page = client.get(url).content.decode()
    assert "This case is drawn for a second look" in page
    assert reverse("second-look", args=[drawn.pk]) in page
    assert [one for one in HIDDEN if one in page] == []
    second_looks.give(drawn, actor=second, conclusion="not_in_scope", reasons="Everything ties.")
    after = client.get(url).content.decode()
    assert "This case is drawn for a second look" not in after
    assert [one for one in HIDDEN if one in after] != []


@pytest.mark.parametrize("role", [Role.APPROVER, Role.MANAGER, Role.AUDITOR])
def test_whoever_gives_no_second_looks_sees_the_case_as_it_stands(role, client, drawn):
    client.force_login(make_user(role))
    page = client.get(reverse("case-detail", args=[drawn.decision.case_id])).content.decode()
    assert "This case is drawn for a second look" not in page
    assert "Nothing ties, I agree." in page
