"""Asking, answering and filing are acts in law where the office is the authority: on record once, or told why not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from evidence.services import assessments
from evidence.services.assessments import CitedPage
from screening.domain.law.states import Kind, State
from screening.models import Case, HeldLine, LegalEvent, Letter, LetterDraft, ShipmentLine, TaskItem
from screening.services import acts_in_law, detentions, letters, requests
from screening.services.extensions import ask_extension
from screening.views.letters import exhibits_of
from tests.api_client import client_of
from tests.factories import make_user
from tests.screening.made_cases import ask, make_case, make_exhibit

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def _authority(settings):
    settings.OFFICE_IS_AUTHORITY = settings.DEMO = True


@pytest.fixture
def officer():
    return make_user(Role.ANALYST)


@pytest.fixture
def case(officer):
    case = make_case(Case.Stage.UNDER_REVIEW)
    shipment = case.shipments.get()
    ShipmentLine.objects.create(shipment=shipment, number=3, description="Towels", hts_codes=["6302600020"])
    make_exhibit(case, "one page")
    detentions.record_detention(
        case,
        shipment,
        actor=officer,
        presented_on=TODAY() - timedelta(days=20),
        detained_on=TODAY() - timedelta(days=18),
        source="form 6051D",
        port="1601 Charleston",
    )
    return case


@pytest.fixture
def member(case):
    """The one person of the importer."""
    return case.importer.memberships.get().user


def event(case, kind, officer, *, days_ago=0, lines=()):
    return detentions.record_event(
        case.detentions.get(), kind, TODAY() - timedelta(days=days_ago), actor=officer, source="test", lines=lines
    )


def states(case):
    return dict(HeldLine.objects.filter(detention__case=case).values_list("line_number", "state"))


def kinds(case):
    rows = LegalEvent.objects.standing().filter(detention__case=case).order_by("pk")
    return [(row.kind, row.lines) for row in rows if row.kind not in {"presented", "detained"}]


def paper(case, member, kind="applicability_request", **contents):
    """A paper of the importer, finished."""
    facts = letters.facts_of(case, detention=case.detentions.first(), exhibits=exhibits_of(case))
    row = letters.draft_letter(case, kind=kind, actor=member, facts=facts, detention=case.detentions.first())
    fill = {part.code: "As the record says." for part in row.about.parts if not row.contents.get(part.code)}
    if "summary" in row.contents:
        fill["summary"] = "The chain touches no listed firm."
    row = letters.edit(row, actor=member, contents=fill | contents)
    return letters.issue(row, actor=member, facts=facts)


# --- questions and answers --------------------------------------------------------------------------------------


def test_a_round_asked_and_handed_in_moves_the_goods_there_and_back(case, officer, member):
    event(case, Kind.APPLICABILITY_FILED, officer)
    task = ask(case, officer)
    assert states(case) == {2: State.INFO_REQUESTED, 3: State.INFO_REQUESTED}
    assert acts_in_law.round_not_on_record(task) == []
    requests.answer_request(task, actor=member)
    assert states(case) == {2: State.APPLICABILITY_REVIEW, 3: State.APPLICABILITY_REVIEW}
    assert kinds(case)[1:] == [("information_asked", []), ("information_answered", [])]
    asked, answered = LegalEvent.objects.filter(kind__startswith="information").order_by("pk")
    assert (asked.recorded_by, asked.details, asked.source) == (officer, {"round": 1}, "Round 1 of questions")
    assert (answered.recorded_by, answered.source) == (member, "Answers to round 1")


def test_with_two_rounds_the_review_goes_on_when_the_last_is_handed_in(case, officer, member):
    event(case, Kind.APPLICABILITY_FILED, officer)
    first, second = ask(case, officer), ask(case, officer, items=("Bale list",))
    assert "information requested" in acts_in_law.round_not_on_record(second)[0]
    requests.answer_request(first, actor=member)
    assert set(states(case).values()) == {State.INFO_REQUESTED}
    requests.answer_request(second, actor=member)
    assert set(states(case).values()) == {State.APPLICABILITY_REVIEW}


def test_questions_taken_back_end_the_wait_too(case, officer):
    event(case, Kind.APPLICABILITY_FILED, officer)
    item = ask(case, officer).items.get()
    requests.judge_answer(item, actor=officer, state="withdrawn", reason="On record already.")
    assert set(states(case).values()) == {State.APPLICABILITY_REVIEW}
    assert LegalEvent.objects.latest("pk").source == "Round 1: nothing is asked any longer"


def test_before_a_review_a_round_moves_nothing_and_says_why(case, officer, client):
    client.force_login(officer)
    sent = {"due_on": (TODAY() + timedelta(days=9)).isoformat(), "further": "Invoice"}
    page = client.post(reverse("case-request-evidence", args=[case.pk]), sent, follow=True).content.decode()
    task = case.tasks.get()
    assert "In law the goods stay where they are" in page
    assert "it takes one of these states: Applicability review; Exception review" in page
    assert kinds(case) == []
    assert len(acts_in_law.round_not_on_record(task)) == 2


def test_only_lines_under_review_are_moved(case, officer):
    event(case, Kind.APPLICABILITY_FILED, officer, lines=[3])
    task = ask(case, officer)
    assert states(case) == {2: State.DETAINED, 3: State.INFO_REQUESTED}
    assert kinds(case)[-1] == ("information_asked", [3])
    assert [why[:6] for why in acts_in_law.round_not_on_record(task)] == ["Line 2"]


def test_the_api_says_what_does_not_move(case, officer):
    sent = {"due_on": (TODAY() + timedelta(days=9)).isoformat(), "items": ["Invoice"]}
    answer = client_of(officer).post(f"/api/v1/cases/{case.number}/evidence-requests/", sent, format="json")
    assert (answer.status_code, len(answer.json()["not_in_law"])) == (201, 2)
    event(case, Kind.APPLICABILITY_FILED, officer)
    answer = client_of(officer).post(f"/api/v1/cases/{case.number}/evidence-requests/", sent, format="json")
    assert (answer.status_code, answer.json()["not_in_law"]) == (201, [])


def test_asking_for_more_time_is_on_record_and_moves_no_day(case, officer, member):
    event(case, Kind.EXCEPTION_FILED, officer)
    before = list(HeldLine.objects.values_list("deadline_on", flat=True))
    ask_extension(ask(case, officer), actor=member, days=5, reason="The mill is closed.", missing="The ledger")
    assert kinds(case)[-1] == ("time_asked", [])
    assert list(HeldLine.objects.values_list("deadline_on", flat=True)) == before


def test_an_open_request_of_cbp_is_not_completely_answered(case, officer, settings):
    settings.OFFICE_IS_AUTHORITY = False
    reviewer = make_user(Role.REVIEWER)
    event(case, Kind.EXCEPTION_FILED, officer)
    event(case, Kind.INFORMATION_ASKED, officer)
    said = {"pathway": "exception", "code": "E2", "verdict": "shown", "reason": "x", "citations": [CitedPage(1, 1)]}
    with pytest.raises(Refused, match="CBP’s request for information on line 2"):
        assessments.assess(case, actor=reviewer, **said)
    event(case, Kind.INFORMATION_ANSWERED, officer)
    assert assessments.assess(case, actor=reviewer, **said).verdict == "shown"


def test_answers_accepted_leave_nothing_open(case, officer, member):
    event(case, Kind.EXCEPTION_FILED, officer)
    task = ask(case, officer)
    requests.answer_item(task.items.get(), actor=member, text="Here.")
    requests.answer_request(task, actor=member)
    assert requests.open_inquiries(case) == ["Invoice"]
    requests.judge_answer(TaskItem.objects.get(), actor=officer, state="complete")
    assert (requests.open_inquiries(case), set(states(case).values())) == ([], {State.EXCEPTION_REVIEW})


# --- papers -----------------------------------------------------------------------------------------------------

FILED = [
    ("applicability_request", (), "applicability_filed", State.APPLICABILITY_REVIEW),
    ("exception_request", (), "exception_filed", State.EXCEPTION_REVIEW),
    ("exception_request", (Kind.APPLICABILITY_FILED,), "exception_filed", State.EXCEPTION_REVIEW),
]


@pytest.mark.parametrize(("kind", "before", "recorded", "state"), FILED)
def test_a_request_filed_is_on_record(kind, before, recorded, state, case, officer, member):
    for one in before:
        event(case, one, officer)
    letter = paper(case, member, kind)
    assert kinds(case)[-1] == (recorded, [])
    assert set(states(case).values()) == {state}
    row = LegalEvent.objects.latest("pk")
    assert (row.details, row.recorded_by, row.on) == ({"letter": letter.number}, member, TODAY())
    assert acts_in_law.filing_not_on_record(letter) == []


def test_a_protest_is_on_record_from_the_day_it_was_filed(case, officer, member):
    event(case, Kind.NOTICE_ISSUED, officer, days_ago=11)
    row = case.detentions.get()
    LegalEvent.objects.create(
        detention=row, kind=Kind.EXCLUDED, on=TODAY() - timedelta(days=6), source="notice", recorded_by=officer
    )
    filed_on = (TODAY() - timedelta(days=1)).isoformat()
    said = {"ace_issue": "Other", "ace_secondary": "UFLPA Applicability Review"}
    excluded_on = (TODAY() - timedelta(days=6)).isoformat()
    letter = paper(case, member, "protest", filed_on=filed_on, decided_on=excluded_on, **said)
    assert LegalEvent.objects.latest("pk").on.isoformat() == filed_on
    assert set(states(case).values()) == {State.PROTESTED}
    assert acts_in_law.filing_not_on_record(letter) == []


def test_a_notice_of_export_is_on_record_for_the_lines_it_names(case, officer, member):
    event(case, Kind.NOTICE_ISSUED, officer, days_ago=1)
    facts = letters.facts_of(case, detention=case.detentions.first(), exhibits=[])
    lines = [line for line in facts["lines"] if line["line"] == 3]
    left = {"act": "export", "leaves_on": TODAY().isoformat(), "destination": "Busan", "carrier": "Example Line"}
    paper(case, member, "disposal_notice", lines=lines, **left)
    assert states(case) == {2: State.NOTICED, 3: State.EXPORTED}


def test_goods_that_leave_later_are_not_exported_yet(case, officer, member):
    day = TODAY() + timedelta(days=3)
    left = {"act": "export", "leaves_on": day.isoformat(), "destination": "Busan", "carrier": "Example Line"}
    letter = paper(case, member, "disposal_notice", **left)
    assert set(states(case).values()) == {State.DETAINED}
    assert (kinds(case), acts_in_law.filing_not_on_record(letter)) == ([("disposal_noticed", [])], [])
    event(case, Kind.EXPORTED, officer)  # when they have left
    assert set(states(case).values()) == {State.EXPORTED}


def test_goods_given_up_stay_held_until_they_are_destroyed(case, officer, member):
    before = list(HeldLine.objects.values_list("deadline_on", flat=True))
    letter = paper(case, member, "disposal_notice", act="abandon", leaves_on=TODAY().isoformat())
    assert (kinds(case), acts_in_law.filing_not_on_record(letter)) == ([("disposal_noticed", [])], [])
    assert set(states(case).values()) == {State.DETAINED}
    assert list(HeldLine.objects.values_list("deadline_on", flat=True)) == before
    event(case, Kind.DESTROYED, officer)
    assert set(states(case).values()) == {State.DESTROYED}


def test_goods_that_were_seized_are_given_up_no_more(case, officer, member):
    event(case, Kind.SEIZED, officer)
    letter = paper(case, member, "disposal_notice", act="abandon", leaves_on=TODAY().isoformat())
    assert kinds(case) == [("seized", [])]
    assert "the goods are seized" in acts_in_law.filing_not_on_record(letter)[0]


def test_a_protest_of_a_day_to_come_is_recorded_then(case, member):
    filed_on = TODAY() + timedelta(days=3)
    act = acts_in_law.Act(Kind.PROTEST_FILED, filed_on, "A paper", ("letter", "P-1"))
    assert "is still to come: record it then" in acts_in_law.not_on_record(acts_in_law.held_of(case), act)[0]


def test_what_the_law_does_not_know_is_said_and_the_paper_is_kept(case, officer, member, client):
    event(case, Kind.EXCEPTION_FILED, officer)
    draft = LetterDraft.objects.filter(state="draft")
    facts = letters.facts_of(case, detention=case.detentions.first(), exhibits=exhibits_of(case))
    row = letters.draft_letter(
        case, kind="applicability_request", actor=member, facts=facts, detention=case.detentions.first()
    )
    fill = {part.code: "As the record says." for part in row.about.parts if not row.contents.get(part.code)}
    letters.edit(row, actor=member, contents=fill)
    client.force_login(member)
    page = client.post(reverse("letter-draft-issue", args=[row.pk]), follow=True).content.decode()
    letter = Letter.objects.get()
    assert "is filed with this office" in page
    assert "does not move the goods in law" in page
    assert "it takes one of these states: Detained; Detained, notice issued" in page
    assert (kinds(case), draft.exists()) == ([("exception_filed", [])], False)
    again = client.get(reverse("letter-detail", args=[letter.pk])).content.decode()
    assert "It does not move the goods in law" in again


def test_a_later_event_that_does_not_go_with_it_is_left_alone(case, officer, member):
    event(case, Kind.EXCEPTION_FILED, officer)
    act = acts_in_law.Act(Kind.APPLICABILITY_FILED, TODAY() - timedelta(days=1), "A paper", ("letter", "P-1"))
    event(case, Kind.EXPORTED, officer)
    before = acts_in_law.Act(Kind.EXPORTED, TODAY() - timedelta(days=1), "A paper", ("letter", "P-2"))
    held = acts_in_law.held_of(case)
    acts_in_law.put_on_record(held, before, actor=member)
    assert "a later event on record does not go with it" in acts_in_law.not_on_record(held, before)[0]
    acts_in_law.put_on_record(held, act, actor=member)
    assert [kind for kind, _ in kinds(case)] == ["exception_filed", "exported", "applicability_filed"]


def test_filed_twice_it_is_on_record_once(case, member):
    letter = paper(case, member)
    for _ in range(2):
        acts_in_law.record_filing(letter, actor=member)
    assert kinds(case) == [("applicability_filed", [])]


def test_without_a_detention_the_paper_stands_and_nothing_moves(member, officer):
    case = make_case(Case.Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    letter = paper(case, case.importer.memberships.get().user)
    assert acts_in_law.filing_not_on_record(letter) == [
        "No detention is on record in this case: nothing moves in law."
    ]


def test_an_office_that_is_not_the_authority_records_the_acts_of_cbp_alone(case, officer, member, settings):
    settings.OFFICE_IS_AUTHORITY = False
    letter = paper(case, member)
    assert (kinds(case), acts_in_law.filing_not_on_record(letter)) == ([], [])
    event(case, Kind.APPLICABILITY_FILED, officer)
    task = ask(case, officer)
    requests.answer_request(task, actor=member)
    assert (kinds(case), acts_in_law.round_not_on_record(task)) == ([("applicability_filed", [])], [])
