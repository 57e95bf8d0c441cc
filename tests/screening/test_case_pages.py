"""The page of a case and the acts on it, as each role meets them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Act, Role
from entities.models import Invitation, SupplyLink
from screening.domain.asking import suggested_items
from screening.models import Case, Finding, Look, Task
from screening.services import cases, detentions, requests
from tests.factories import make_user
from tests.screening.made_cases import (
    LISTED,
    ask,
    judge_all,
    make_case,
    make_exhibit,
    make_screening,
    make_shipment,
    recommended,
)

pytestmark = pytest.mark.django_db
Stage = Case.Stage
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def sign_in(client):
    def put(role, organization=None):
        user = make_user(role, organization)
        client.force_login(user)
        return user

    return put


def words(client, case):
    answer = client.get(reverse("case-detail", args=[case.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- the page ---------------------------------------------------------------------------------------------------


def test_the_page_opens_with_the_reason_in_one_sentence(client, sign_in):
    sign_in(Role.ANALYST)
    case = make_case()
    page = client.get(reverse("case-detail", args=[case.pk])).content.decode()
    reason = text(re.search(r'co-head__reason">(.*?)</p>', page, re.S)[1])
    assert (
        reason == f"Flagged: Line 2 (Cotton T-shirts) traces to 阿克苏示例, which is {LISTED} , three steps upstream."
    )
    assert reverse("listed-entity-detail", args=[case.lead_finding.listing.entity_id]) in page


def test_a_detention_makes_it_held_and_starts_the_clock(client, sign_in):
    analyst = sign_in(Role.ANALYST)
    case = make_case()
    assert "No detention is recorded" in words(client, case)
    detentions.record_detention(
        case, case.shipments.get(), actor=analyst, presented_on=TODAY - timedelta(days=12), source="6051D"
    )
    page = text(words(client, case))
    assert "Held: Line 2" in page
    assert "Day 12 of 30: 18 days left" in page
    assert "19 U.S.C. 1499(c)(5)(A)" in page


def test_after_day_thirty_the_protest_clock_runs(client, sign_in):
    analyst = sign_in(Role.ANALYST)
    case = make_case()
    detentions.record_detention(
        case, case.shipments.get(), actor=analyst, presented_on=TODAY - timedelta(days=31), source="6051D"
    )
    page = text(words(client, case))
    assert "Deemed excluded" in page
    assert "Protest: 179 days left" in page


def test_a_finding_shows_all_it_rests_on(client, sign_in):
    sign_in(Role.AUDITOR)
    page = text(words(client, make_case()))
    for said in (
        "LISTED_ENTITY",
        "Stops cargo",
        "UFLPA sec. 3(a)",
        "Listed entity",
        "line 2",
        "3 steps upstream",
        "Aksu Example",
        "score 0.97",
        "sec. 2(d)(2)(B)(v)",
        "87 FR 47777",
        "Entity List of June",
        "Same words.",
    ):
        assert said in page, said


def test_findings_for_information_are_folded(client, sign_in):
    sign_in(Role.ANALYST)
    case = make_case()
    known = case.lead_finding
    Finding.objects.create(
        screening=known.screening,
        rule="STALE_LIST",
        severity="info",
        basis="rule",
        asks_review=False,
        headline="The list is old.",
        list_version=known.list_version,
    )
    page = words(client, case)
    assert "For information (1)" in page
    assert [tab["count"] for tab in client.get(reverse("case-detail", args=[case.pk])).context["tabs"]][0] == 1


@pytest.mark.parametrize(
    ("stage", "role", "acts"),
    [
        (Stage.OPEN, Role.ANALYST, ["Ask for evidence"]),
        (Stage.OPEN, Role.REVIEWER, ["Ask for evidence", "Take into review"]),
        (Stage.OPEN, Role.APPROVER, []),
        (Stage.OPEN, Role.AUDITOR, []),
        (Stage.AWAITING_EVIDENCE, Role.REVIEWER, ["Ask for evidence", "Take into review"]),
        (Stage.UNDER_REVIEW, Role.REVIEWER, ["Judge the requirements", "Ask for evidence"]),
        (Stage.UNDER_REVIEW, Role.AUDITOR, ["See the review"]),
        (Stage.AWAITING_APPROVAL, Role.APPROVER, ["Decide"]),
        (Stage.AWAITING_APPROVAL, Role.REVIEWER, ["See what is put to the approver"]),
        (Stage.CLOSED, Role.ANALYST, ["Reopen"]),
        (Stage.CLOSED, Role.AUDITOR, []),
    ],
)
def test_each_role_is_offered_what_it_may_do_now(stage, role, acts, client, sign_in):
    sign_in(role)
    page = client.get(reverse("case-detail", args=[make_case(stage).pk]))
    assert [act["label"] for act in page.context["acts"]] == acts


def test_whose_move_it_is(client, sign_in):
    analyst = sign_in(Role.ANALYST)
    case = make_case()
    assert "Nobody of" in words(client, case)
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    task = ask(case, analyst, items=["Invoice", "Order"])
    requests.answer_item(task.items.first(), actor=member, text="Invoice 7 is among the papers.")
    page = text(words(client, case))
    assert "1 of 2 items are answered" in page
    cases.start_review(case, actor=analyst)
    assert "0 of 6 requirements judged" in text(words(client, case))


def test_an_approved_conclusion_stands_with_its_reasons(client, sign_in):
    sign_in(Role.AUDITOR)
    case = make_case(Stage.UNDER_REVIEW)
    recommended(case, make_user(Role.REVIEWER))
    page = text(words(client, case))
    assert "Nothing ties the lots." in page
    assert "Waiting for an approver" in page


def test_history_tells_who_did_what_and_why(client, sign_in):
    analyst = sign_in(Role.ANALYST)
    case = make_case()
    cases.assign(case, actor=analyst, to=analyst)
    ask(case, analyst, items=["Proof of payment"])
    page = text(words(client, case))
    assert f"To {analyst.full_name}" in page
    assert "Until" in page
    assert "Proof of payment" in page


@pytest.mark.parametrize(
    ("stage", "said"),
    [(Stage.CLOSED, "Facts changed since the decision"), (Stage.AWAITING_APPROVAL, "Facts changed since the recomm")],
)
def test_facts_that_changed_since_are_said(stage, said, client, sign_in):
    sign_in(Role.ANALYST)
    assert said in words(client, make_case(stage, facts_changed_at=timezone.now()))


def test_a_case_without_findings_or_papers_still_has_a_page(client, sign_in):
    sign_in(Role.ANALYST)
    page = words(client, make_case(findings=0))
    assert "No paper is in this case yet" in page
    assert "No rule found anything" in page


def test_a_large_case_needs_few_queries_and_no_page_text(client, sign_in, django_assert_max_num_queries):
    reviewer = sign_in(Role.REVIEWER)
    case = make_case(Stage.UNDER_REVIEW, findings=8)
    for _ in range(3):
        make_exhibit(case, *["the text of a page that nobody needs here"] * 100)
    judge_all(case, reviewer)
    for _ in range(20):
        cases.assign(case, actor=reviewer, to=reviewer)
    with django_assert_max_num_queries(36):
        page = words(client, case)
    assert "the text of a page" not in page


# --- acts -------------------------------------------------------------------------------------------------------

ACTS = {
    "case-request-evidence": Act.REQUEST_EVIDENCE,
    "case-detention": Act.RECORD_DETENTION,
    "case-assign": Act.ASSIGN_CASE,
    "case-start-review": Act.ASSESS,
    "case-reopen": Act.OPEN_CASE,
    "case-invite": Act.INVITE_IMPORTER,
    "case-recommend": Act.RECOMMEND,
    "case-detail": Act.VIEW_DESK,
    "case-decide": Act.VIEW_DESK,
    "case-review": Act.VIEW_DESK,
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", Role)
def test_each_page_opens_for_those_who_may_do_the_act(role, name, client, sign_in):
    case = make_case()
    outside = role in {Role.IMPORTER_MEMBER, Role.BROKER_MEMBER}
    user = sign_in(role, case.importer if role == Role.IMPORTER_MEMBER else None)
    expected = 404 if outside else 200 if user.has_perm(ACTS[name]) else 403
    assert client.get(reverse(name, args=[case.pk])).status_code == expected


@pytest.mark.parametrize("name", ["case-decide", "case-review"])
def test_who_only_reads_cannot_write(name, client, sign_in):
    case = make_case(Stage.UNDER_REVIEW)
    recommended(case, make_user(Role.REVIEWER))
    sign_in(Role.AUDITOR)
    assert client.post(reverse(name, args=[case.pk]), {"verdict": "approved", "reasons": "x"}).status_code == 403


def test_evidence_is_asked_for_from_the_page(client, sign_in):
    sign_in(Role.ANALYST)
    case = make_case()
    url = reverse("case-request-evidence", args=[case.pk])
    suggested = client.get(url).context["form"].fields["suggested"].choices
    answer = client.post(
        url,
        {
            "suggested": [suggested[0][0]],
            "further": "Payment slip\n\nCutting ticket",
            "due_on": (TODAY + timedelta(days=9)).isoformat(),
            "message": "Please.",
        },
    )
    assert answer.url == reverse("case-detail", args=[case.pk])
    task = Task.objects.get()
    assert [item.text for item in task.items.all()] == [suggested[0][0], "Payment slip", "Cutting ticket"]


def test_a_refused_request_keeps_what_was_typed(client, sign_in):
    sign_in(Role.ANALYST)
    case = make_case()
    answer = client.post(
        reverse("case-request-evidence", args=[case.pk]), {"further": "Payment slip", "due_on": TODAY.isoformat()}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The due date must lie after today." in page
    assert "Payment slip" in page
    assert not Task.objects.exists()


def test_a_supplier_only_others_declared_is_not_named_to_the_importer(client, sign_in):
    sign_in(Role.ANALYST)
    case = make_case()
    url = reverse("case-request-evidence", args=[case.pk])
    items = " ".join(label for _, label in client.get(url).context["form"].fields["suggested"].choices)
    assert "Maker" in items
    assert "Spinner" not in items
    maker, spinner = case.lead_finding.supplier, make_case().lead_finding.supplier
    SupplyLink.objects.create(pk=10**6, supplier=spinner, customer=maker, declared_by=case.importer)
    items = " ".join(label for _, label in client.get(url).context["form"].fields["suggested"].choices)
    assert "Spinner to Maker" in items


def test_what_is_asked_follows_the_chain():
    items = suggested_items([["Maker", "Knitter"]], ["ginner"])
    assert items[:3] == [
        "Purchase order, invoice and proof of payment: Knitter to Maker",
        "Transport papers: Knitter to Maker",
        "Production records (lots, dates, quantities, inputs): Maker",
    ]
    assert "Name and address of every ginner, with a business record of each" in items
    assert len(items) == len(set(items))


def test_detention_dates_are_recorded_and_corrected_from_the_page(client, sign_in):
    sign_in(Role.ANALYST)
    case = make_case()
    url = reverse("case-detention", args=[case.pk])
    data = {"shipment": case.shipments.get().pk, "presented_on": "2026-01-05", "source": "6051D"}
    assert client.post(url, data).status_code == 302
    assert client.get(url).context["form"].initial["presented_on"].isoformat() == "2026-01-05"
    assert client.post(url, {**data, "presented_on": "2999-01-05"}).status_code == 422
    assert case.detentions.get().presented_on.isoformat() == "2026-01-05"


def test_a_case_is_assigned_from_the_page(client, sign_in):
    manager = sign_in(Role.MANAGER)
    case, outsider = make_case(), make_user(Role.IMPORTER_MEMBER)
    url = reverse("case-assign", args=[case.pk])
    assert client.post(url, {"to": outsider.pk}).status_code == 422
    assert client.post(url, {"to": manager.pk}).status_code == 302
    assert Case.objects.get(pk=case.pk).assigned_to == manager


def test_open_requests_are_closed_with_a_reason_only(client, sign_in):
    reviewer = sign_in(Role.REVIEWER)
    case = make_case()
    ask(case, reviewer)
    url = reverse("case-start-review", args=[case.pk])
    assert "closed unanswered" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "The clock runs."}).status_code == 302
    assert Case.objects.get(pk=case.pk).stage == Stage.UNDER_REVIEW


def test_a_decided_case_is_not_taken_into_review_by_the_back_door(client, sign_in):
    sign_in(Role.REVIEWER)
    case = make_case(Stage.CLOSED)
    answer = client.post(reverse("case-start-review", args=[case.pk]), {"reason": "x"})
    assert "Reopen it instead" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).stage == Stage.CLOSED
    assert client.post(reverse("case-reopen", args=[case.pk]), {"reason": "New facts."}).status_code == 302


def test_somebody_of_the_importer_is_invited_from_the_case(client, sign_in):
    sign_in(Role.ANALYST)
    case = make_case()
    assert client.post(reverse("case-invite", args=[case.pk]), {"email": "lee@harbor.example"}).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.organization, invitation.case_number) == (case.importer, case.number)
    assert "lee@harbor.example" in client.get(reverse("case-invite", args=[case.pk])).content.decode()


def test_a_shipment_is_taken_into_a_case_or_set_aside_from_its_page(client, sign_in):
    sign_in(Role.ANALYST)
    one, other = (make_shipment(outcome="review", reference=name) for name in ("PO-1", "PO-2"))
    for shipment in (one, other):
        make_screening(shipment, outcome="review", severity="high")
    page = client.get(reverse("shipment-detail", args=[one.pk])).content.decode()
    assert reverse("shipment-open-case", args=[one.pk]) in page
    assert reverse("shipment-set-aside", args=[one.pk]) in page
    opened = client.post(reverse("shipment-open-case", args=[one.pk]), {"reason": "Odd."})
    assert opened.url == reverse("case-detail", args=[one.cases.get().pk])
    assert client.post(reverse("shipment-set-aside", args=[other.pk]), {"reason": " "}).status_code == 422
    assert client.post(reverse("shipment-set-aside", args=[other.pk]), {"reason": "Seen."}).status_code == 302
    assert Look.objects.get().reason == "Seen."


@pytest.mark.parametrize("name", ["shipment-open-case", "shipment-set-aside"])
@pytest.mark.parametrize("role", Role)
def test_acts_on_shipments_are_for_those_who_work_cases(role, name, client, sign_in):
    shipment = make_shipment(outcome="review")
    outside = role in {Role.IMPORTER_MEMBER, Role.BROKER_MEMBER}
    user = sign_in(role, shipment.owner if role == Role.IMPORTER_MEMBER else None)
    expected = 404 if outside else 200 if user.has_perm(Act.OPEN_CASE) else 403
    assert client.get(reverse(name, args=[shipment.pk])).status_code == expected
