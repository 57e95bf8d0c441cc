"""Reminders, once a day: 10, 5 and 2 days before answers are due and before the law's own day on detained goods.

The importer's members and those of its brokers get a mail; the row is the event for their programs. Of a statutory
day the officer in charge and the managers are told too. The rows keep anybody from being told twice, so the job may
run as often as it likes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.models import Job
from entities.services.mail import queue_mail
from screening.domain.requests import reminder_due
from screening.models import Case, Detention, HeldLine, Reminder, Task
from screening.services import addressees, events
from screening.services.cases import lock
from screening.services.detentions import advance


def remind_job(job: Job | None = None) -> int:
    """The daily job, on states of the law brought up to today. Returns how many reminders were written."""
    today = timezone.localdate()
    advance(today)
    return remind_of_tasks(today) + remind_of_statutory_days(today)


def remind_of_tasks(today: date) -> int:
    """Remind of the rounds whose answers are due soon."""
    rows = Task.objects.open().filter(due_on__gte=today).exclude(case__stage=Case.Stage.CLOSED)
    return sum(_remind_of_task(pk, today) for pk in rows.order_by("due_on").values_list("pk", flat=True))


def remind_of_statutory_days(today: date) -> int:
    """Remind of the last day to decide on detained goods (19 U.S.C. 1499(c)(5)(A)), and of the last day for the proof
    under a withhold release order (19 CFR 12.43), while a line is still held."""
    rows = (
        HeldLine.objects.with_last_day()
        .filter(deadline_on__gte=today)
        .exclude(detention__case__stage=Case.Stage.CLOSED)
        .values_list("detention", "deadline_code", "deadline_on")
    )
    days = {(pk, code, on) for pk, code, on in rows if on is not None}
    return sum(_remind_of_detention(pk, code, on, today) for pk, code, on in sorted(days))


@transaction.atomic
def _remind_of_task(pk: int, today: date) -> int:
    case = lock(Case.objects.get(tasks=pk))
    task = Task.objects.get(pk=pk)
    if task.closed_at is not None:
        return 0
    days = reminder_due(
        task.due_on,
        since=timezone.localdate(task.asked_at),
        today=today,
        sent=_sent(task.reminders.all(), task.due_on),
    )
    if days is None:
        return 0
    reminder = Reminder(case=case, day=Reminder.Day.TASK_DUE, task=task, on=task.due_on, days_before=days)
    open_items = [one.text for one in task.items.filter(state="open")]
    told = {"round": task.round, "items": open_items}
    return _write(reminder, today, outside=("task_reminder", told))


@transaction.atomic
def _remind_of_detention(pk: int, code: str, on: date, today: date) -> int:
    case = lock(Case.objects.get(detentions=pk))
    detention = Detention.objects.select_related("shipment").get(pk=pk)
    days = reminder_due(on, since=date.min, today=today, sent=_sent(detention.reminders.all(), on))
    if days is None:
        return 0
    day = Reminder.Day(code)
    reminder = Reminder(case=case, day=day, detention=detention, on=on, days_before=days)
    told = {"shipment": detention.shipment.label, "is_proof": day == Reminder.Day.PROOF}
    hands = case.assigned_to.full_name if case.assigned_to else ""
    inside = {**told, "importer": str(case.importer), "assigned": hands}
    return _write(reminder, today, outside=("statutory_reminder", told), inside=("clock_near", inside))


def _write(
    reminder: Reminder,
    today: date,
    *,
    outside: tuple[str, dict[str, Any]],
    inside: tuple[str, dict[str, Any]] | None = None,
) -> int:
    """Store the reminder, and put its mails in line in the same transaction."""
    case = reminder.case
    reminder.save(force_insert=True)
    left = (reminder.on - today).days
    common = {"case": case.number, "on": f"{reminder.on:%-d %B %Y}", "left": left}
    template, context = outside
    told = addressees.outside(case)
    for address in told:
        queue_mail(address, template, {**common, **context})
    escalated: list[str] = []
    if inside is not None:
        template, context = inside
        escalated = addressees.in_charge(case, managers=True)
        for address in escalated:
            queue_mail(address, template, {**common, **context})
    events.reminded(reminder, days_left=left)
    audit.record(
        Action.REMINDER_WRITTEN,
        actor=None,
        target=reminder,
        case=case,
        organization_id=case.importer_id,
        after={
            "day": reminder.day,
            "on": reminder.on.isoformat(),
            "days_before": reminder.days_before,
            "told": len(told),
            "told_in_the_office": len(escalated),
        },
    )
    return 1


def _sent(reminders: Iterable[Reminder], on: date) -> list[int]:
    return [one.days_before for one in reminders if one.on == on]
