"""Findings set aside are counted and shown; a share of decided cases is looked at again, blind."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Membership, Organization, User
from evidence.models import Assessment, CaseExport
from evidence.services import concluding
from screening.domain.second_look import is_drawn
from screening.models import (
    Case,
    Decision,
    Decline,
    Detention,
    Draw,
    HeldLine,
    LegalEvent,
    Letter,
    LetterDraft,
    Message,
    Override,
    Recommendation,
    Reminder,
    SecondLook,
    hidden_from,
)
from screening.services import addressees, second_looks
from screening.services.detentions import record_detention
from screening.services.messages import write_message
from screening.services.overrides import set_finding_aside
from screening.services.statistics import Scope
from tests.api_client import client_of
from tests.factories import make_organization, make_user
from tests.screening.made_cases import make_case, recommended
from tests.screening.made_letters import make_letter
from tests.world import export_of

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
    assert second_looks.agreement(reviewer).overrides == 1


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
    counts = second_looks.agreement(make_user(Role.REVIEWER))
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


# --- blind everywhere -------------------------------------------------------------------------------------------


def outcome_told(user):
    """Where an account comes upon the outcome of the case: letters, drafts, exports, queues, reports, records."""
    scope = Scope(user)
    reads = {
        "letters": Letter.objects.visible_to(user),
        "drafts": LetterDraft.objects.visible_to(user),
        "exports": CaseExport.objects.visible_to(user),
        "recommendations": Recommendation.objects.visible_to(user),
        "decisions": Decision.objects.visible_to(user),
        "verdicts": Assessment.objects.visible_to(user),
        "detentions": Detention.objects.visible_to(user),
        "events": LegalEvent.objects.visible_to(user),
        "held lines": HeldLine.objects.visible_to(user),
        "reminders": Reminder.objects.visible_to(user),
        "messages": Message.objects.visible_to(user),
        "goods counted": scope.held_lines(),
        "cases counted": scope.cases(),
    }
    return [name for name, rows in reads.items() if rows.exists()]


@pytest.fixture
def outcome(drawn, settings):
    """A decided and drawn case with everything from which its outcome can be read."""
    settings.OFFICE_IS_AUTHORITY = True
    case, today = drawn.decision.case, timezone.localdate()
    officer, approver = make_user(Role.ANALYST), make_user(Role.APPROVER)
    detention = record_detention(
        case, case.shipments.get(), actor=officer, presented_on=today - timedelta(days=9),
        source="Form 6051D",
    )  # fmt: skip
    make_letter(case, officer, approver, kind="notice_of_exclusion", contents={"reasons": "Excluded: nothing ties."})
    export_of(case)
    write_message(case, actor=officer, text="Your goods are excluded.")
    Reminder.objects.create(case=case, day="last_determination_day", detention=detention, on=today, days_before=2)
    return drawn


def test_one_place_hides_the_outcome_everywhere_until_the_look_is_given(outcome):
    second, manager = make_user(Role.REVIEWER), make_user(Role.MANAGER)
    assert hidden_from(second) == {outcome.decision.case_id}
    assert outcome_told(second) == []
    assert len(outcome_told(manager)) == 13
    second_looks.give(outcome, actor=second, conclusion="not_in_scope", reasons="Everything ties.")
    assert hidden_from(second) == frozenset()
    assert outcome_told(second) == outcome_told(manager)


@pytest.mark.parametrize(
    "name", ["case-letters", "case-exports", "case-messages", "case-detention", "case-detail", "case-decide"]
)
def test_no_page_beside_the_case_tells_either(name, client, outcome):
    client.force_login(make_user(Role.REVIEWER))
    page = client.get(reverse(name, args=[outcome.decision.case_id])).content.decode()
    assert "This case is drawn for a second look" in page
    assert [one for one in (*HIDDEN, "Notice of exclusion", "goods are excluded") if one in page] == []


def pages_of_a_case():
    """The name of every page of the office that belongs to a case."""
    names = {
        name
        for name, patterns in get_resolver().reverse_dict.lists()
        for found, *_ in patterns
        for path, parameters in found
        if isinstance(name, str) and parameters == ["pk"] and path.startswith("cases/")
    }
    return sorted(names)


def test_no_address_of_the_case_tells(client, outcome, settings):
    client.force_login(make_user(Role.REVIEWER))
    told = {}
    for name in pages_of_a_case():
        answer = client.get(reverse(name, args=[outcome.decision.case_id]))
        if answer.status_code == 200:
            page = answer.content.decode()
            told[name] = [one for one in (*HIDDEN, "Notice of exclusion", "goods are excluded") if one in page]
    assert len(told) > 12
    assert {name: words for name, words in told.items() if words} == {}


@pytest.mark.parametrize("path", ["letters", "messages", "exports", "reminders"])
def test_the_api_does_not_tell(path, outcome):
    case, second = outcome.decision.case, make_user(Role.REVIEWER)
    asked = client_of(second).get(f"/api/v1/{path}/", {"case": case.number})
    assert (asked.status_code, asked.json()["results"]) == (200, [])
    told = client_of(make_user(Role.ANALYST)).get(f"/api/v1/{path}/", {"case": case.number})
    assert len(told.json()["results"]) == 1


def test_the_api_says_why_it_withholds(outcome):
    case, second = outcome.decision.case, make_user(Role.REVIEWER)
    blind = client_of(second).get(f"/api/v1/cases/{case.number}/").json()
    open_to = client_of(make_user(Role.ANALYST)).get(f"/api/v1/cases/{case.number}/").json()
    assert (blind["detentions"], blind["decisions"]) == ([], [])
    assert blind["withheld"].startswith("This case is drawn for a second look")
    assert (len(open_to["detentions"]), len(open_to["decisions"]), open_to["withheld"]) == (1, 1, "")
    refused = client_of(second).post("/api/v1/exports/", {"case": case.number}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "look_first")


def test_the_reports_say_that_a_case_is_left_out(client, outcome):
    for user, is_told in ((make_user(Role.REVIEWER), True), (make_user(Role.ANALYST), False)):
        client.force_login(user)
        page = client.get(reverse("reports")).content.decode()
        assert ("1 case is left out: you are to look at it a second time" in page) is is_told


def test_the_desk_does_not_find_the_case_by_where_the_goods_are(client, outcome):
    number = outcome.decision.case.number
    state = HeldLine.objects.get().state
    for user, is_told in ((make_user(Role.REVIEWER), False), (make_user(Role.ANALYST), True)):
        client.force_login(user)
        page = client.get(reverse("desk"), {"stage": "any", "law": state}).content.decode()
        assert (number in page) is is_told
        assert number in client.get(reverse("desk"), {"stage": "any"}).content.decode()


def test_the_audit_trail_leaves_the_case_out_for_a_reviewer_who_may_read_it(client, outcome):
    second = make_user(Role.REVIEWER)
    office = make_organization(Organization.Kind.OFFICE)
    Membership.objects.create(user=second, organization=office, role=Role.MANAGER)
    manager = make_user(Role.MANAGER)
    for user, is_told in ((second, False), (manager, True)):
        client.force_login(User.objects.get(pk=user.pk))
        page = client.get(reverse("audit-trail")).content.decode()
        assert ("Nothing ties, I agree." in page) is is_told


def test_no_mail_of_the_case_goes_to_who_is_to_look_at_it(outcome):
    case, second = outcome.decision.case, make_user(Role.REVIEWER)
    manager = make_user(Role.MANAGER)
    case.assigned_to = second
    assert addressees.in_charge(case) == [manager.email]
    second_looks.decline(outcome, actor=second, reason="I know the importer.")
    assert addressees.in_charge(case) == [second.email]


# --- declining --------------------------------------------------------------------------------------------------


def test_a_reviewer_declines_with_a_reason_and_another_looks(client, drawn):
    first, second = make_user(Role.REVIEWER), make_user(Role.REVIEWER)
    client.force_login(first)
    url = reverse("second-look-decline", args=[drawn.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    page = client.post(url, {"reason": "My brother works for the importer."}, follow=True).content.decode()
    assert "another reviewer looks at it" in page
    assert drawn.decision.case.number not in page.split("Looked at")[0]
    assert client.get(reverse("second-look", args=[drawn.pk])).status_code == 404
    assert second_looks.waiting_for(second) == [drawn]
    counts = second_looks.agreement(second)
    assert (counts.drawn, counts.declined, counts.given, counts.waiting) == (1, 1, 0, 1)
    event = AuditEvent.objects.get(action="second_look.declined")
    assert (event.reason, event.actor_id) == ("My brother works for the importer.", first.pk)


def test_who_declined_gives_it_by_no_account(drawn):
    first = make_user(Role.REVIEWER)
    second_looks.decline(drawn, actor=first, reason="I know the importer.")
    again = make_user(Role.REVIEWER, person=first.person)
    for one in (first, again):
        assert hidden_from(one) == frozenset()
        with pytest.raises(Refused, match="another reviewer gives it"):
            second_looks.give(drawn, actor=one, conclusion="not_in_scope", reasons="x")
        with pytest.raises(Refused, match="another reviewer gives it"):
            second_looks.decline(drawn, actor=one, reason="Again.")
    assert (Decline.objects.count(), SecondLook.objects.count()) == (1, 0)


def test_where_nobody_is_left_another_case_is_drawn(drawn, reviewer, settings):
    settings.SECOND_LOOK_SHARE = 0.0
    other = recommended(make_case(Stage.UNDER_REVIEW), reviewer)
    concluding.decide(other, actor=make_user(Role.APPROVER), verdict="approved", reasons="As recommended.")
    assert Draw.objects.count() == 1
    first, second = make_user(Role.REVIEWER), make_user(Role.REVIEWER)
    second_looks.decline(drawn, actor=first, reason="I know the importer.")
    assert Draw.objects.count() == 1
    second_looks.decline(drawn, actor=second, reason="So do I.")
    assert Draw.objects.latest("pk").decision.case == other.case
    event = AuditEvent.objects.filter(action="second_look.declined").latest("sequence")
    assert event.after["drawn_instead"] == other.case.number


def test_a_decline_is_never_changed(drawn):
    second_looks.decline(drawn, actor=make_user(Role.REVIEWER), reason="I know the importer.")
    with pytest.raises(DatabaseError, match="appended, never changed"), transaction.atomic():
        Decline.objects.update(reason="x")
    assert Decline.objects.get().reason == "I know the importer."
