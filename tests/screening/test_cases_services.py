"""Cases as services: who moves them where, what is refused, and that a refusal leaves nothing behind."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent, Job, Membership
from screening.models import Case, Detention, Look, Task
from screening.services import cases, detentions, requests
from tests.factories import make_user
from tests.screening.made_cases import ask, make_case, make_screening, make_shipment

pytestmark = pytest.mark.django_db
Stage = Case.Stage
ALLOWED = {(old, new) for old, targets in Case.TRANSITIONS.items() for new in targets}


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


def events(case):
    return list(
        AuditEvent.objects.filter(case_number=case.number).order_by("sequence").values_list("action", flat=True)
    )


@pytest.mark.parametrize("old", Stage)
@pytest.mark.parametrize("new", Stage)
def test_a_case_moves_only_as_the_table_says(old, new):
    case = Case(number="2030-1", stage=old)
    if (old, new) in ALLOWED:
        case.move_to(new)
        assert case.stage == new
    else:
        with pytest.raises(Refused, match="cannot become"):
            case.move_to(new)
        assert case.stage == old


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.AWAITING_EVIDENCE, Stage.UNDER_REVIEW])
def test_evidence_is_asked_for_while_nobody_has_concluded(stage, analyst):
    case = make_case(stage)
    task = ask(case, analyst, items=["Invoice", " ", "Order"])
    case.refresh_from_db()
    assert case.stage == Stage.AWAITING_EVIDENCE
    assert [item.text for item in task.items.all()] == ["Invoice", "Order"]


@pytest.mark.parametrize("stage", [Stage.AWAITING_APPROVAL, Stage.CLOSED])
def test_evidence_is_not_asked_for_once_a_conclusion_waits_or_stands(stage, analyst):
    case = make_case(stage)
    with pytest.raises(Refused):
        ask(case, analyst)
    assert not Task.objects.exists()
    assert events(case) == []


@pytest.mark.parametrize(
    ("days", "items", "code"), [(10, [" "], "nothing_asked"), (0, ["Invoice"], "due_in_the_past")]
)
def test_a_request_names_something_and_a_day_to_come(days, items, code, analyst):
    case = make_case()
    with pytest.raises(Refused) as refused:
        ask(case, analyst, days, items)
    assert refused.value.code == code
    assert (Case.objects.get(pk=case.pk).stage, Task.objects.count()) == (Stage.OPEN, 0)


def test_a_request_goes_by_mail_to_every_active_member_of_the_importer(analyst):
    case = make_case()
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    gone = make_user(Role.IMPORTER_MEMBER, case.importer)
    Membership.objects.filter(user=gone).update(suspended_at=timezone.now())
    ask(case, analyst)
    assert [job.payload["to"] for job in Job.objects.filter(kind="mail")] == [member.email]


def test_an_answer_brings_the_case_to_review_when_nothing_else_is_open(analyst):
    case = make_case()
    first, second = ask(case, analyst), ask(case, analyst)
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    requests.answer_request(first, actor=member)
    assert Case.objects.get(pk=case.pk).stage == Stage.AWAITING_EVIDENCE
    requests.answer_request(second, actor=member)
    assert Case.objects.get(pk=case.pk).stage == Stage.UNDER_REVIEW


def test_a_request_is_answered_once(analyst):
    case = make_case()
    task = ask(case, analyst)
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    requests.answer_request(task, actor=member)
    with pytest.raises(Refused, match="closed before"):
        requests.answer_request(task, actor=member)


def test_taking_into_review_closes_open_requests_unanswered(analyst):
    case = make_case()
    task = ask(case, analyst)
    cases.start_review(case, actor=analyst, reason="The clock runs.")
    task.refresh_from_db()
    assert task.closed_at is not None
    assert task.answered_at is None


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.CLOSED])
def test_only_a_decided_case_is_reopened(stage, analyst):
    case = make_case(stage)
    with pytest.raises(Refused, match="Only a decided case"):
        cases.reopen(case, actor=analyst, reason="New facts.")
    assert events(case) == []


def test_reopening_needs_a_reason_and_is_on_record(analyst):
    case = make_case(Stage.CLOSED, closed_at=timezone.now())
    with pytest.raises(Refused, match="Say why"):
        cases.reopen(case, actor=analyst, reason=" ")
    cases.reopen(case, actor=analyst, reason="New facts.")
    case.refresh_from_db()
    assert (case.stage, case.closed_at) == (Stage.UNDER_REVIEW, None)
    assert events(case) == [Action.CASE_REOPENED]


def test_a_case_goes_to_members_of_the_office_only(analyst):
    case = make_case()
    outsider = make_user(Role.IMPORTER_MEMBER, case.importer)
    with pytest.raises(Refused, match="not an active member"):
        cases.assign(case, actor=analyst, to=outsider)
    assert Case.objects.get(pk=case.pk).assigned_to is None
    assert events(case) == []
    cases.assign(case, actor=analyst, to=analyst)
    assert Case.objects.get(pk=case.pk).assigned_to == analyst


# --- detentions -------------------------------------------------------------------------------------------------

TODAY = timezone.localdate()


@pytest.mark.parametrize(
    ("presented", "detained", "source", "code"),
    [
        (TODAY + timedelta(days=1), None, "6051D", "date_in_future"),
        (TODAY, TODAY + timedelta(days=1), "6051D", "date_in_future"),
        (TODAY - timedelta(days=3), TODAY - timedelta(days=4), "6051D", "dates_in_order"),
        (TODAY - timedelta(days=3), None, "  ", "source_missing"),
    ],
)
def test_dates_that_cannot_be_are_refused(presented, detained, source, code, analyst):
    case = make_case()
    with pytest.raises(Refused) as refused:
        detentions.record_detention(
            case,
            case.shipments.get(),
            actor=analyst,
            presented_on=presented,
            detained_on=detained,
            source=source,
        )
    assert refused.value.code == code
    assert not Detention.objects.exists()
    assert events(case) == []


def test_a_shipment_of_another_case_is_refused(analyst):
    case, other = make_case(), make_case()
    with pytest.raises(Refused, match="does not belong"):
        detentions.record_detention(
            case, other.shipments.get(), actor=analyst, presented_on=date(2026, 1, 5), source="6051D"
        )


def test_a_corrected_date_keeps_the_old_one_in_the_history(analyst):
    case = make_case()
    shipment = case.shipments.get()
    detentions.record_detention(case, shipment, actor=analyst, presented_on=date(2026, 1, 5), source="6051D")
    detentions.record_detention(case, shipment, actor=analyst, presented_on=date(2026, 1, 6), source="port")
    assert Detention.objects.get().presented_on == date(2026, 1, 6)
    assert events(case) == [Action.DETENTION_RECORDED, Action.DETENTION_CORRECTED]
    assert AuditEvent.objects.latest("sequence").before["presented_on"] == "2026-01-05"


# --- opened by hand, set aside ----------------------------------------------------------------------------------


def test_a_case_is_opened_by_hand_with_a_reason_and_once(analyst):
    shipment = make_shipment(outcome="review")
    make_screening(shipment, outcome="review", severity="high")
    with pytest.raises(Refused, match="Say why"):
        cases.open_case(shipment, actor=analyst, reason="  ")
    case = cases.open_case(shipment, actor=analyst, reason="The seller's address is a mailbox.")
    assert case.lead_finding.screening.shipment == shipment
    assert case.number == f"{TODAY.year}-0001"
    with pytest.raises(Refused, match="already open"):
        cases.open_case(shipment, actor=analyst, reason="again")


def test_cases_of_a_year_are_numbered_on(analyst):
    for number in (1, 2, 3):
        shipment = make_shipment(outcome="no_finding", reference=str(number))
        assert cases.open_case(shipment, actor=analyst, reason="x").number == f"{TODAY.year}-{number:04}"


def test_findings_that_ask_for_a_look_are_set_aside_once(analyst):
    shipment = make_shipment(outcome="review")
    make_screening(shipment, outcome="review", severity="high")
    cases.set_aside(shipment, actor=analyst, reason="A trading house in Shanghai; the goods are Italian.")
    shipment.refresh_from_db()
    assert shipment.looked_at is not None
    assert shipment.latest_screening.findings.count() == 1
    with pytest.raises(Refused, match="set aside before"):
        cases.set_aside(shipment, actor=analyst, reason="again")


def test_a_presumption_is_never_set_aside(analyst):
    shipment = make_shipment()
    make_screening(shipment)
    with pytest.raises(Refused, match="Only findings that ask for a look"):
        cases.set_aside(shipment, actor=analyst, reason="no")
    assert not Look.objects.exists()


def test_what_is_being_screened_again_is_not_set_aside(analyst):
    shipment = make_shipment(outcome="review")
    make_screening(shipment, outcome="review", severity="high")
    shipment.facts_version += 1
    shipment.save()
    with pytest.raises(Refused, match="being screened"):
        cases.set_aside(shipment, actor=analyst, reason="no")
    assert not Look.objects.exists()


def test_a_new_screening_of_a_decided_case_says_that_facts_changed():
    case = make_case(Stage.CLOSED)
    screening = make_screening(case.shipments.get())
    cases.take_up_screening(screening, list(screening.findings.all()))
    case.refresh_from_db()
    assert case.facts_changed_at is not None
    assert case.stage == Stage.CLOSED
    assert case.lead_finding == screening.findings.first()
