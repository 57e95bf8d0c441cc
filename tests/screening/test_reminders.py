"""Reminders through time: who is told, how often, and of which days."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from entities.domain.actions import Action
from entities.domain.roles import Role
from entities.models import AuditEvent, BrokerAuthorization, Job, Organization
from entities.services import jobs
from entities.tasks import enqueue_daily
from screening.models import Reminder
from screening.services import cases, detentions, extensions, requests
from screening.services.reminders import remind_job
from tests.factories import make_organization, make_user
from tests.screening.made_cases import ask, make_case

pytestmark = pytest.mark.django_db
START = datetime(2026, 9, 1, 10, 0, tzinfo=ZoneInfo("America/New_York"))


@pytest.fixture
def people():
    """An importer with a member, a broker that acts for it, an officer in charge, a manager."""
    with time_machine.travel(START, tick=False):
        case = make_case()
        broker = make_organization(Organization.Kind.BROKER)
        BrokerAuthorization.objects.create(broker=broker, importer=case.importer, valid_from=START.date())
        found = {
            "case": case,
            "member": make_user(Role.IMPORTER_MEMBER, case.importer),
            "broker": make_user(Role.BROKER_MEMBER, broker),
            "officer": make_user(Role.ANALYST),
            "manager": make_user(Role.MANAGER),
            "other": make_user(Role.IMPORTER_MEMBER),
        }
        cases.assign(case, actor=found["officer"], to=found["officer"])
    return found


def each_day(days, start=START):
    """Run the daily job twice a day for so many days. Returns which day of it wrote how many."""
    written = {}
    for day in range(days):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            for _ in range(2):
                if count := remind_job():
                    written[day] = written.get(day, 0) + count
    return written


def told(template):
    return sorted(job.payload["to"] for job in Job.objects.filter(kind="mail") if job.payload["template"] == template)


def asked(people, days):
    with time_machine.travel(START, tick=False):
        return ask(people["case"], people["officer"], days=days, items=("Invoice", "Bale list"))


def test_answers_due_are_called_to_mind_10_5_and_2_days_before_and_once_each(people):
    task = asked(people, 20)
    assert each_day(25) == {10: 1, 15: 1, 18: 1}
    assert sorted(task.reminders.values_list("days_before", flat=True)) == [2, 5, 10]


def test_importer_and_authorised_broker_are_told_and_nobody_else(people):
    asked(people, 20)
    each_day(11)
    assert told("task_reminder") == sorted([people["broker"].email, people["member"].email])
    assert told("clock_near") == []


def test_a_broker_whose_authorisation_ended_is_not_told(people):
    asked(people, 20)
    BrokerAuthorization.objects.update(valid_to=START.date() + timedelta(days=3))
    each_day(11)
    assert told("task_reminder") == [people["member"].email]


def test_who_was_just_asked_is_not_reminded_the_same_day(people):
    asked(people, 5)
    assert each_day(7) == {3: 1}


def test_a_day_missed_is_made_up_for_by_the_nearest_reminder_alone(people):
    task = asked(people, 20)
    assert each_day(1, START + timedelta(days=16)) == {0: 1}
    assert [one.days_before for one in task.reminders.all()] == [5]


def test_more_time_brings_reminders_of_the_new_day(people):
    task = asked(people, 6)
    assert each_day(2) == {1: 1}
    with time_machine.travel(START + timedelta(days=2), tick=False):
        wanted = extensions.ask_extension(task, actor=people["member"], days=10, reason="Closed", missing="List")
        extensions.answer_extension(wanted, actor=people["officer"], grant=True, reason="Fair")
    assert each_day(20) == {6: 1, 11: 1, 14: 1}


def test_a_round_handed_in_is_not_called_to_mind(people):
    task = asked(people, 20)
    with time_machine.travel(START, tick=False):
        requests.answer_request(task, actor=people["member"])
    assert each_day(25) == {}


def test_the_mail_names_what_nothing_came_for(people):
    task = asked(people, 20)
    with time_machine.travel(START, tick=False):
        requests.answer_item(task.items.get(number=1), actor=people["member"], text="Invoice 7.")
    each_day(11)
    context = next(job.payload["context"] for job in Job.objects.filter(payload__template="task_reminder"))
    assert (context["items"], context["left"], context["on"]) == (["Bale list"], 10, "21 September 2026")


def detained(people):
    with time_machine.travel(START, tick=False):
        return detentions.record_detention(
            people["case"],
            people["case"].shipments.first(),
            actor=people["officer"],
            presented_on=START.date(),
            source="form 6051D",
        )


def test_day_30_is_called_to_mind_outside_and_to_officer_and_managers(people):
    detention = detained(people)
    assert each_day(35) == {20: 1, 25: 1, 28: 1}
    assert {one.on for one in detention.reminders.all()} == {START.date() + timedelta(days=30)}
    assert set(told("statutory_reminder")) == {people["member"].email, people["broker"].email}
    assert set(told("clock_near")) == {people["officer"].email, people["manager"].email}
    event = AuditEvent.objects.filter(action=Action.REMINDER_WRITTEN).earliest("sequence")
    assert (event.after["days_before"], event.after["told"], event.after["told_in_the_office"]) == (10, 2, 2)


def test_more_time_for_answers_does_not_move_day_30(people):
    detained(people)
    task = asked(people, 19)
    with time_machine.travel(START + timedelta(days=1), tick=False):
        wanted = extensions.ask_extension(task, actor=people["member"], days=30, reason="Closed", missing="List")
        extensions.answer_extension(wanted, actor=people["officer"], grant=True, reason="Fair")
    each_day(31)
    statutory = Reminder.objects.filter(day=Reminder.Day.LAST_DETERMINATION)
    assert {one.on for one in statutory} == {START.date() + timedelta(days=30)}


def test_an_importer_sees_the_reminders_of_its_own_cases_alone(people):
    asked(people, 20)
    each_day(11)
    assert Reminder.objects.visible_to(people["member"]).count() == 1
    assert Reminder.objects.visible_to(people["broker"]).count() == 1
    assert not Reminder.objects.visible_to(people["other"]).exists()


def test_the_daily_job_is_put_in_line_once_a_day():
    with time_machine.travel(START, tick=False):
        for _ in range(3):
            enqueue_daily()
            jobs.work_off()
    with time_machine.travel(START + timedelta(days=1), tick=False):
        enqueue_daily()
    days = sorted(job.payload["day"] for job in Job.objects.filter(kind="remind"))
    assert days == ["2026-09-01", "2026-09-02"]


def test_every_mail_about_requests_can_be_written(people):
    asked(people, 20)
    detained(people)
    with time_machine.travel(START, tick=False):
        task = people["case"].tasks.get()
        wanted = extensions.ask_extension(task, actor=people["member"], days=3, reason="Closed", missing="List")
        extensions.answer_extension(wanted, actor=people["officer"], grant=True, reason="Fair")
    each_day(31)
    with time_machine.travel(timezone.now() + timedelta(days=60), tick=False):
        jobs.work_off()
    assert not Job.objects.filter(kind="mail").exclude(state="done").exists()
