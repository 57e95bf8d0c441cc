"""What a reviewer may hold to be shown: step by step of the chain, with answers to all questions, on the rubric."""

import pytest
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import AuditEvent
from entities.services import suppliers
from evidence.domain.rubric import MARKS, Said, problem
from evidence.models import Assessment, Document
from evidence.services import concluding
from evidence.services.assessments import CitedPage, assess
from evidence.steps import steps_of
from screening.domain.pathways import not_shown
from screening.models import Case, ShipmentParty
from screening.services import requests
from tests.factories import make_user
from tests.screening.made_cases import ask, judge, judge_all, make_case, make_exhibit, set_all_aside

pytestmark = pytest.mark.django_db
Stage = Case.Stage
NONE = [Said(one.code, False) for one in MARKS]


@pytest.fixture
def reviewer(client):
    user = make_user(Role.REVIEWER)
    client.force_login(user)
    return user


@pytest.fixture
def case():
    """A case whose shipment names its maker; what is above it nobody declared."""
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    add_party(case, "Example Garments JSC", "manufacturer")
    return case


def add_party(case, name, role):
    facts = PartyFacts(name=name, country="VN")
    party = suppliers.declare_parties(case.importer, [facts])[suppliers.fingerprint(facts)]
    ShipmentParty.objects.create(shipment=case.shipments.get(), role=role, party=party)


def shown(case, reviewer, code, pathway="applicability", **fields):
    values = {"verdict": "shown", "reason": "As the page says.", "citations": [CitedPage(1, 1)], **fields}
    return assess(case, actor=reviewer, pathway=pathway, code=code, **values)


def conclude(case, reviewer, pathway="applicability", conclusion="not_in_scope"):
    return concluding.conclude_review(
        case, actor=reviewer, pathway=pathway, conclusion=conclusion, reasons="x", grounds=["LISTED_ENTITY"]
    )


# --- step by step -----------------------------------------------------------------------------------------------


def test_the_steps_are_the_parties_and_the_stages_nobody_declared(case, reviewer):
    labels = [(one.label, one.is_gap) for one in steps_of(case, reviewer)]
    assert labels == [("Example Garments JSC, step 1, manufacturer", False), ("ginner, not declared", True)]


def test_a_question_is_not_shown_as_a_whole_while_a_step_is_not(case, reviewer):
    first, gap = steps_of(case, reviewer)
    shown(case, reviewer, "A3", step=first.key)
    with pytest.raises(Refused, match="not shown for every step of the chain: ginner, not declared"):
        shown(case, reviewer, "A3")
    assess(case, actor=reviewer, pathway="applicability", code="A3", verdict="not_shown", reason="None.", step=gap.key)
    with pytest.raises(Refused, match="ginner"):
        shown(case, reviewer, "A3")
    shown(case, reviewer, "A3", step=gap.key)
    assert shown(case, reviewer, "A3").step == ""


def test_the_whole_may_be_not_shown_whatever_the_steps_are(case, reviewer):
    shown(case, reviewer, "A3", step=steps_of(case, reviewer)[0].key)
    row = assess(case, actor=reviewer, pathway="applicability", code="A3", verdict="not_shown", reason="A gap.")
    assert (row.verdict, row.step) == ("not_shown", "")


def test_steps_shown_make_no_verdict_as_a_whole(case, reviewer):
    for one in steps_of(case, reviewer):
        shown(case, reviewer, "A3", step=one.key)
    assert Assessment.objects.standing(case, "applicability") == {}


def test_one_verdict_may_hold_for_several_steps(case, reviewer):
    first, gap = steps_of(case, reviewer)
    shown(case, reviewer, "A2", step=first.key, also=[gap.key])
    rows = Assessment.objects.standing_by_step(case, "applicability")
    assert {key: row.citations.count() for key, row in rows.items()} == {("A2", first.key): 1, ("A2", gap.key): 1}
    assert AuditEvent.objects.get(action="requirement.assessed").after["steps"] == [first.label, gap.label]


@pytest.mark.parametrize(("code", "step"), [("A6", "stage-ginner"), ("A3", "stage-moon"), ("A3", "999999")])
def test_a_step_that_is_not_asked_is_refused(code, step, case, reviewer):
    with pytest.raises(Refused):
        shown(case, reviewer, code, step=step)
    assert not Assessment.objects.exists()


def test_a_step_that_came_later_stands_against_a_conclusion(case, reviewer):
    judge_all(case, reviewer)
    set_all_aside(case, reviewer)
    add_party(case, "Example Dyers Ltd", "seller")
    with pytest.raises(Refused, match="A1, A2, A3, A4, A5 not shown"):
        conclude(case, reviewer)
    assert Case.objects.get(pk=case.pk).stage == Stage.UNDER_REVIEW


def test_what_is_not_judged_is_not_shown():
    whole = dict.fromkeys(["A1", "A2", "A3", "A4", "A5", "A6"], "shown")
    assert not_shown("applicability", whole, {}, []) == []
    assert not_shown("applicability", whole, {}, ["1"]) == ["A1", "A2", "A3", "A4", "A5"]


def test_the_page_leads_from_step_to_step_to_the_whole(client, reviewer, case):
    first, gap = steps_of(case, reviewer)

    def post(step):
        url = reverse("case-review", args=[case.pk], query={"requirement": "A1", "step": step})
        return client.post(url, {"do": "judge", "verdict": "not_shown", "reason": "x", "shown": "1-1"}).url

    assert f"requirement=A1&step={gap.key}" in post(first.key)
    assert "requirement=A1&show" in post(gap.key)
    page = client.get(reverse("case-review", args=[case.pk], query={"requirement": "A1"})).content.decode()
    assert "it is not shown for 2 steps of the chain" in page
    assert "As a whole" in page


# --- a finding that stands, grounds -----------------------------------------------------------------------------


def test_a_finding_that_stands_speaks_against_outside_the_law(case, reviewer):
    judge_all(case, reviewer)
    with pytest.raises(Refused, match="A finding stands against this"):
        conclude(case, reviewer)
    set_all_aside(case, reviewer)
    recommendation = conclude(case, reviewer)
    assert [row["reason"] for row in recommendation.record["overrides"]] == [
        "The records of this shipment name another spinner."
    ]


def test_a_ground_no_finding_raises_is_refused(case, reviewer):
    judge_all(case, reviewer, "not_shown")
    values = {"pathway": "applicability", "conclusion": "scope_not_rebutted", "reasons": "x"}
    for grounds, words in (
        ([], "Name the ground"),
        (["XINJIANG_ORIGIN"], "No finding that stands raises xinjiang origin"),
        (["WRO"], "no ground of this regime"),
    ):
        with pytest.raises(Refused, match=words):
            concluding.conclude_review(case, actor=reviewer, grounds=grounds, **values)
    assert Case.objects.get(pk=case.pk).stage == Stage.UNDER_REVIEW


# --- questions to the importer ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "pathway"), [("E2", "exception"), ("A6", "applicability")])
def test_nothing_is_answered_while_a_question_is_open(code, pathway, reviewer):
    case = make_case()
    make_exhibit(case, "one page")
    task = ask(case, reviewer, items=["Invoice"])
    requests.answer_request(task, actor=make_user(Role.IMPORTER_MEMBER, case.importer))
    with pytest.raises(Refused, match="1 question is not completely answered: Invoice"):
        shown(case, reviewer, code, pathway)
    requests.judge_answer(task.items.get(), actor=reviewer, state="withdrawn", reason="Not needed.")
    assert shown(case, reviewer, code, pathway).verdict == "shown"


@pytest.mark.parametrize("code", ["E1", "E2", "E3"])
def test_each_condition_of_the_exception_needs_a_cited_page(code, case, reviewer):
    with pytest.raises(Refused, match="cite at least one page"):
        shown(case, reviewer, code, "exception", citations=[], marks=NONE)
    assert not Assessment.objects.exists()


def test_a_strong_e3_does_not_cure_e1(case, reviewer):
    judge_all(case, reviewer, pathway="exception")
    judge(case, reviewer, "E1", "not_shown")
    with pytest.raises(Refused, match="E1 not shown"):
        conclude(case, reviewer, "exception", "exception_met")
    assert conclude(case, reviewer, "exception", "exception_not_met").conclusion == "exception_not_met"


# --- the rubric -------------------------------------------------------------------------------------------------


def test_every_point_of_the_rubric_is_gone_through(case, reviewer):
    with pytest.raises(Refused, match="Say of each point whether the record has it: Gaps, Contradictions"):
        shown(case, reviewer, "E3", "exception")
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said("gap", True), "mark_without_place"),
        (Said("gap", True, place="1-2"), "mark_not_cited"),
        (Said("gap", True, place="1-1"), None),
        (Said("gap", True, reason="No wage records of May."), None),
        (Said("gap", False), None),
        (Said("unreadable", False), "mark_on_record"),
        (Said("unreadable", False, reason="It is a blank page."), None),
        (Said("unreadable", True, reason="Page 4."), None),
    ],
)
def test_a_point_found_has_a_place_or_words(said, code):
    rest = [one for one in NONE if one.code != said.code]
    rest = [Said(one.code, False, reason="blank") if one.code == "unreadable" else one for one in rest]
    found = problem([*rest, said], cited={"1-1"}, seen={"unreadable": "One page has no text."})
    assert (found[0] if found else None) == code


def test_what_the_record_itself_shows_cannot_be_passed_over(case, reviewer):
    Document.objects.update(needs_translation=True)
    with pytest.raises(Refused, match="Untranslated pages: paper-1.pdf: in another language"):
        shown(case, reviewer, "E3", "exception", marks=NONE)
    marks = [Said(one.code, one.code == "untranslated", reason="Chinese") for one in MARKS]
    row = shown(case, reviewer, "E3", "exception", marks=marks)
    assert [one["code"] for one in row.marks if one["is_found"]] == ["untranslated"]


def test_the_page_of_e3_chooses_nothing_and_keeps_what_was_chosen(client, reviewer, case):
    url = reverse("case-review", args=[case.pk], query={"requirement": "E3"})
    page = client.get(url).content.decode()
    assert "What counts against the evidence" in page
    assert "checked" not in page
    answer = client.post(url, {"do": "judge", "verdict": "shown", "reason": "x", "cite": ["1-1"], "mark-gap": "found"})
    assert answer.status_code == 422
    assert 'value="found" id="mark-gap-found" checked' in answer.content.decode()
    assert not Assessment.objects.exists()
