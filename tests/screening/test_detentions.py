"""What goes on record about detained goods, corrections, determinations, and what days do by themselves."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.roles import Role
from entities.models import AuditEvent
from screening.domain.law.states import Kind
from screening.models import Case, Determination, HeldLine, LegalEvent
from screening.services import detentions
from tests.factories import make_user
from tests.screening.made_cases import make_case

pytestmark = pytest.mark.django_db
P = date(2026, 6, 29)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("America/New_York"))


@pytest.fixture(autouse=True)
def day_20():
    with time_machine.travel(noon(P + timedelta(days=20)), tick=False) as traveller:
        yield traveller


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def detention(case, analyst):
    return detentions.record_detention(
        case, case.shipments.get(), actor=analyst, presented_on=P, detained_on=P + timedelta(days=2), source="6051D"
    )


def record(detention, kind, number, actor, **kwargs):
    on = P + timedelta(days=number)
    return detentions.record_event(detention, kind, on, actor=actor, source="port", **kwargs)


def states(detention):
    return {row.line_number: row.state for row in detention.held_lines.all()}


def test_a_detention_begins_with_its_events_and_a_state_per_line(detention):
    assert [(row.kind, row.on) for row in detention.events.all()] == [
        ("presented", P),
        ("detained", P + timedelta(days=2)),
    ]
    line = detention.held_lines.first()
    assert (line.state, line.deadline_on, line.deadline_code) == (
        "detained",
        date(2026, 7, 29),
        "last_determination_day",
    )
    assert line.moves_on == date(2026, 7, 30)


def test_what_the_law_does_not_know_next_is_refused_and_nothing_stays(detention, analyst):
    with pytest.raises(Refused) as refused:
        record(detention, Kind.EXCLUDED, 5, analyst)
    assert refused.value.code == "out_of_order"
    assert "it takes one of these states" in str(refused.value)
    assert detention.events.count() == 2


def test_an_earlier_event_that_makes_a_later_one_impossible_is_refused(detention, analyst):
    record(detention, Kind.NOTICE_ISSUED, 8, analyst)
    with pytest.raises(Refused, match="Notice of detention issued on 7 July 2026"):
        record(detention, Kind.RELEASED, 6, analyst)


def test_a_corrected_day_moves_every_clock_and_the_old_day_stays(detention, analyst):
    event = detention.events.get(kind="presented")
    detentions.correct_event(
        event, actor=analyst, on=P - timedelta(days=4), source="gate log", reason="The notice gave the wrong day."
    )
    detention.refresh_from_db()
    assert detention.presented_on == P - timedelta(days=4)
    assert detention.held_lines.first().deadline_on == date(2026, 7, 25)
    assert detention.events.filter(kind="presented").count() == 2
    said = AuditEvent.objects.filter(action="legal_event.corrected").first()
    assert (said.before["on"], said.after["on"]) == ("2026-06-29", "2026-06-25")
    with pytest.raises(Refused, match="corrected before"):
        detentions.correct_event(event, actor=analyst, on=P, source="x", reason="y")


def test_a_correction_that_the_later_record_contradicts_is_refused(detention, analyst):
    record(detention, Kind.NOTICE_ISSUED, 8, analyst)
    with pytest.raises(Refused) as refused:
        detentions.correct_event(
            detention.events.get(kind="detained"), actor=analyst, on=P + timedelta(days=9), source="x", reason="y"
        )
    assert refused.value.code == "out_of_order"


def test_an_event_that_did_not_happen_is_taken_back(detention, analyst):
    notice = record(detention, Kind.NOTICE_ISSUED, 4, analyst)
    detentions.withdraw_event(notice, actor=analyst, reason="Meant for another entry.")
    assert set(states(detention).values()) == {"detained"}
    assert LegalEvent.objects.filter(kind="notice_issued").count() == 2
    with pytest.raises(Refused, match="correct it instead"):
        detentions.withdraw_event(detention.events.get(kind="presented"), actor=analyst, reason="No.")


def test_part_of_an_entry_is_released(case, detention, analyst):
    case.shipments.get().lines.create(number=7, description="Towels", hts_codes=["6302600020"])
    record(detention, Kind.RELEASED, 10, analyst, lines=[7])
    assert states(detention)[7] == "released"
    assert [state for line, state in states(detention).items() if line != 7] == ["detained"]
    with pytest.raises(Refused, match="no line 9"):
        record(detention, Kind.RELEASED, 11, analyst, lines=[9])


def test_a_line_is_held_by_one_detention_at_a_time(case, detention, analyst):
    held = detention.held_lines.first().line_number
    with pytest.raises(Refused, match=f"Line {held} is held by another detention"):
        detentions.record_detention(
            case, case.shipments.get(), actor=analyst, presented_on=P, lines=[held], source="6051D"
        )
    record(detention, Kind.RELEASED, 10, analyst)
    again = detentions.record_detention(
        case, case.shipments.get(), actor=analyst, presented_on=P + timedelta(days=15), lines=[held], source="6051D"
    )
    assert states(again) == {held: "presented"}


def test_another_determination_of_the_same_proceeding_needs_a_reason_and_takes_its_place(detention, analyst):
    record(detention, Kind.NOTICE_ISSUED, 4, analyst)
    record(detention, Kind.EXCLUDED, 10, analyst)
    with pytest.raises(Refused) as refused:
        record(detention, Kind.RELEASED, 12, analyst)
    assert refused.value.code == "determined_before"
    record(detention, Kind.RELEASED, 12, analyst, reason="New mill certificates came in.")
    first, second = Determination.objects.order_by("pk")
    assert (first.state, second.state, second.supersedes) == ("excluded", "released", first)


def test_the_database_holds_one_determination_per_proceeding(detention, analyst):
    event = record(detention, Kind.RELEASED, 10, analyst)
    made = Determination.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Determination.objects.create(
            detention=detention, proceeding="detention", line_number=made.line_number, event=event, state="excluded"
        )
    assert Determination.objects.count() == 1


def test_an_office_that_is_the_authority_concludes_by_a_decision_only(detention, analyst, settings):
    settings.OFFICE_IS_AUTHORITY = True
    with pytest.raises(Refused) as refused:
        record(detention, Kind.RELEASED, 10, analyst)
    assert refused.value.code == "decision_missing"


def test_days_pass_and_the_law_moves_the_goods(detention, day_20):
    assert detentions.advance() == 0
    day_20.move_to(noon(date(2026, 7, 30)))
    assert detentions.advance() == 1
    assert set(states(detention).values()) == {"deemed_excluded"}
    assert detention.held_lines.first().deadline_on == date(2027, 1, 25)
    said = AuditEvent.objects.filter(action="legal_state.changed").get()
    assert said.actor_name == "ClearOrigin"
    assert detentions.advance() == 0
    day_20.move_to(noon(date(2027, 1, 26)))
    assert detentions.advance() == 1
    assert set(states(detention).values()) == {"final"}
    assert HeldLine.objects.filter(moves_on__isnull=False).count() == 0


def test_whatever_is_stored_follows_from_the_events(detention, analyst, day_20):
    record(detention, Kind.NOTICE_ISSUED, 4, analyst)
    record(detention, Kind.APPLICABILITY_FILED, 9, analyst)
    day_20.move_to(noon(date(2026, 8, 30)))
    detentions.advance()
    stored = {row.line_number: row.state for row in detention.held_lines.all()}
    computed = {course.line: course.standing.state.value for course in detentions.courses(detention)}
    assert stored == computed


def test_an_order_counts_from_the_importation_and_never_from_a_presentation(analyst):
    case = make_case()
    Case.objects.filter(pk=case.pk).update(regime=Case.Regime.WRO)
    case.refresh_from_db()
    shipment = case.shipments.get()
    with pytest.raises(Refused, match="12.42 to 12.44"):
        detentions.record_detention(case, shipment, actor=analyst, presented_on=P, source="letter")
    held = detentions.record_detention(
        case, shipment, actor=analyst, imported_on=P, detained_on=P + timedelta(days=1), source="letter"
    )
    line = held.held_lines.first()
    assert (line.state, line.deadline_code, line.deadline_on) == ("detained", "prove_by", date(2026, 9, 29))
    assert line.moves_on is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one transaction write at a time")
def test_two_determinations_at_once_leave_one():
    analyst, case = make_user(Role.ANALYST), make_case()
    held = detentions.record_detention(case, case.shipments.get(), actor=analyst, presented_on=P, source="6051D")
    record(held, Kind.APPLICABILITY_FILED, 15, analyst)
    outcomes, start = [], threading.Barrier(2)

    def conclude(kind):
        start.wait()
        try:
            record(held, kind, 18, analyst)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=conclude, args=(kind,)) for kind in (Kind.RELEASED, Kind.EXCLUDED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("done") == 1
    assert Determination.objects.filter(supersedes=None).count() == held.held_lines.count()


def test_the_form_offers_an_authority_nothing_that_needs_a_decision(client, detention, analyst, settings):
    settings.OFFICE_IS_AUTHORITY = True
    client.force_login(analyst)
    page = client.get(reverse("detention-event-add", args=[detention.pk]))
    offered = {value for value, _label in page.context["form"].fields["kind"].choices if value}
    assert "notice_issued" in offered
    assert not offered & {"released", "excluded"}
