"""The state in law on the page of a case: what is on record, what was corrected, what is late, whose move it is."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Role
from entities.services import jobs
from screening.domain.law.states import Kind, State
from screening.domain.pathways import of_regime
from screening.models import Case, HeldLine
from screening.services import cases, detentions
from tests.factories import make_user
from tests.screening.made_cases import ask, make_case, make_exhibit

pytestmark = pytest.mark.django_db
PRESENTED = date(2026, 6, 29)
DETAINED = date(2026, 7, 6)


def noon(day):
    return datetime.combine(day, time(16), tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def case(analyst):
    case = make_case()
    with time_machine.travel(noon(date(2026, 7, 8))):
        detentions.record_detention(
            case, case.shipments.get(), actor=analyst, presented_on=PRESENTED, detained_on=DETAINED, source="6051D"
        )
    return case


def shown(client, case, user, *, on, name="case-detail", query=""):
    with time_machine.travel(noon(on)):
        client.force_login(user)
        html = client.get(reverse(name, args=[case.pk]) + query).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<(?!/?s>)[^>]+>", " ", html))


def test_where_the_goods_are_is_said_once(client, case, analyst):
    text = shown(client, case, analyst, on=date(2026, 7, 8))
    assert "presented 29 June 2026, detained 6 July 2026 source: 6051D" in text
    record(case, analyst, Kind.NOTICE_ISSUED, date(2026, 7, 8))
    text = shown(client, case, analyst, on=date(2026, 7, 9))
    assert "detained 6 July 2026; line 2: detained, notice issued" in text


def test_a_case_under_an_order_lists_its_own_pathway_first(client, analyst):
    case = make_case(Case.Stage.UNDER_REVIEW, regime=Case.Regime.WRO)
    assert [row.label for row in of_regime(case.regime)] == ["Proof under the order", "Protest"]
    assert [row.pathway for row in of_regime("UFLPA")] == ["applicability", "exception", "protest"]
    labels = re.findall(r"(Proof under the order|Protest)", shown(client, case, analyst, on=date(2026, 7, 8)))
    assert labels[0] == "Proof under the order"


def record(case, actor, kind, on):
    with time_machine.travel(noon(on + timedelta(days=1))):
        return detentions.record_event(case.detentions.get(), kind, on, actor=actor, source="CBP notice")


def test_the_head_says_article_ground_party_law_and_whose_move(client, case, analyst):
    page = shown(client, case, analyst, on=date(2026, 7, 11))
    for words in (
        "Line 2: Cotton T-shirts",
        "HTS 6109.10.0012",
        "Listed entity",
        "three steps upstream, relevant path",
        "Detained, day 12 of 30",
        "CBP by law until 29 July",
    ):
        assert words in page


def test_a_late_notice_is_flagged_and_a_missing_one_too(client, case, analyst):
    assert "No notice of detention is on record; it was due on 13 July 2026" in shown(
        client, case, analyst, on=date(2026, 7, 15)
    )
    record(case, analyst, Kind.NOTICE_ISSUED, date(2026, 7, 16))
    page = shown(client, case, analyst, on=date(2026, 7, 18))
    assert "Late: the notice was due on 13 July 2026 (19 CFR 151.16(c)). The detention goes on." in page


def test_a_corrected_day_keeps_the_old_one_struck_through_with_the_reason(client, case, analyst):
    event = record(case, analyst, Kind.NOTICE_ISSUED, date(2026, 7, 9))
    with time_machine.travel(noon(date(2026, 7, 12))):
        event = detentions.correct_event(
            event, actor=analyst, on=date(2026, 7, 10), source="6051D", reason="The stamp was misread."
        )
    page = shown(client, case, analyst, on=date(2026, 7, 15))
    assert re.search(r"<s> before: 9 Jul 2026</s>", page)
    assert "The stamp was misread." in page
    with time_machine.travel(noon(date(2026, 7, 13))):
        detentions.withdraw_event(event, actor=analyst, reason="It was another entry.")
    page = shown(client, case, analyst, on=date(2026, 7, 15))
    assert "<s>Notice of detention issued</s> Taken back" in page
    assert "It was another entry." in page


def test_what_the_law_did_is_marked_and_cannot_be_corrected(client, case, analyst):
    page = shown(client, case, analyst, on=date(2026, 8, 1))
    assert "Deemed excluded by law 19 U.S.C. 1499(c)(5)(A) computed" in page
    assert "Correct : Deemed excluded" not in page


def test_only_those_who_may_are_offered_to_record_and_correct(client, case):
    page = shown(client, case, make_user(Role.AUDITOR), on=date(2026, 7, 10))
    assert "Record what happened" not in page
    assert "Correct : Detained" not in page


@pytest.mark.parametrize("is_authority", [True, False])
def test_the_authority_concludes_by_a_decision_any_other_office_records(client, case, analyst, settings, is_authority):
    settings.OFFICE_IS_AUTHORITY = is_authority
    page = shown(client, case, analyst, on=date(2026, 7, 10))
    assert ("By a recommendation and a decision of two persons only: released" in page) is is_authority
    assert ("the office by law until 29 July" in page) is is_authority


def test_a_case_under_an_order_has_its_own_states_and_clock(client, analyst):
    case = make_case(regime=Case.Regime.WRO)
    with time_machine.travel(noon(date(2026, 7, 8))):
        detentions.record_detention(
            case, case.shipments.get(), actor=analyst, imported_on=PRESENTED, detained_on=DETAINED, source="6051D"
        )
    page = shown(client, case, analyst, on=date(2026, 7, 10))
    assert "Last day for the proof" in page
    assert f"{case.importer} by law until 29 September" in page
    assert "day 11 of 30" not in page
    assert "The law knows next: notice of detention issued, proof of origin filed" in page
    member = make_user(Role.IMPORTER_MEMBER, case.importer)
    page = shown(client, case, member, on=date(2026, 7, 10), name="importer-case")
    assert "last day for your proof, 29 September 2026" in page
    assert "count as excluded" not in page


def test_the_desk_is_filtered_by_the_state_in_law(client, case, analyst):
    other = make_case()
    client.force_login(analyst)
    numbers = {
        state: set(re.findall(r"2030-\d{4}", client.get(reverse("desk"), {"law": state}).content.decode()))
        for state in ("detained", "none", "protested")
    }
    assert numbers == {"detained": {case.number}, "none": {other.number}, "protested": set()}


def test_the_daily_job_moves_the_stored_states(case):
    assert HeldLine.objects.get().state == State.DETAINED
    with time_machine.travel(noon(date(2026, 7, 31))):
        jobs.enqueue_daily()
        jobs.work_off()
    assert HeldLine.objects.get().state == State.DEEMED_EXCLUDED


def test_the_history_stands_twenty_events_at_a_time(client, case, analyst):
    for _ in range(40):
        cases.assign(case, actor=analyst, to=analyst)
    page = shown(client, case, analyst, on=date(2026, 7, 10))
    assert "1 to 20 of 4" in page
    assert "Older events" in page
    assert "21 to 40 of 4" in shown(client, case, analyst, on=date(2026, 7, 10), query="?history=2")


def queries_of(client, case, user, name):
    client.force_login(user)
    address = reverse(name, args=[case.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["case-detail", "importer-case"])
def test_queries_do_not_grow_with_what_is_in_a_case(client, analyst, name):
    counts = []
    for size in (1, 10):
        case = make_case(Case.Stage.OPEN, findings=min(size, 8))
        member = make_user(Role.IMPORTER_MEMBER, case.importer)
        today = timezone.localdate()
        row = detentions.record_detention(
            case, case.shipments.get(), actor=analyst, presented_on=today - timedelta(days=12), source="6051D"
        )
        event = detentions.record_event(
            row, Kind.NOTICE_ISSUED, today - timedelta(days=3), actor=analyst, source="6051D"
        )
        ask(case, analyst, items=[f"Paper {number}" for number in range(size)])
        for number in range(3 * size):
            make_exhibit(case, *["words"] * 10, sender=member, task_item=case.tasks.get().items.all()[number // 3])
        for _ in range(size):
            event = detentions.correct_event(event, actor=analyst, on=event.on, source="6051D", reason="Again.")
            cases.assign(case, actor=analyst, to=analyst)
        counts.append(queries_of(client, case, analyst if name == "case-detail" else member, name))
    assert counts[1] <= counts[0]
    assert max(counts) <= 44
