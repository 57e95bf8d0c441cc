"""More time for a round of questions: asked for by the importer, granted or refused by the office.

At most twice for a round and never once past due (rule of CBP's Forced Labor Portal). Only the office's own date
moves; the statutory clock runs on (19 U.S.C. 1499(c)).
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import User
from entities.services.mail import queue_mail
from screening.domain.requests import MOST_DAYS, may_extend
from screening.models import Case, Extension, Task
from screening.services import acts_in_law, addressees
from screening.services.cases import lock
from screening.services.requests import require_outsider


@transaction.atomic
def ask_extension(task: Task, *, actor: User, days: int, reason: str, missing: str) -> Extension:
    """The importer asks for more days, says why, and what it still lacks."""
    case, task = _locked(task)
    require_outsider(case, actor)
    _refuse_unless_extendable(task)
    if task.extensions.filter(outcome="").exists():
        raise Refused("extension_waiting", "You asked for more time before; the office has not answered yet.")
    if not 1 <= days <= MOST_DAYS:
        raise Refused("days_out_of_bounds", f"Ask for 1 to {MOST_DAYS} days.")
    if not reason.strip() or not missing.strip():
        raise Refused("reason_missing", "Say why you need more time, and what you still lack.")
    extension = Extension.objects.create(
        task=task,
        days=days,
        reason=reason.strip(),
        missing=missing.strip(),
        due_before=task.due_on,
        asked_by=actor,
        asked_on=timezone.localdate(),
    )
    acts_in_law.put_on_record(acts_in_law.held_of(case), acts_in_law.more_time(extension), actor=actor)
    for address in addressees.in_charge(case):
        queue_mail(
            address,
            "extension_asked",
            {
                "case": case.number,
                "importer": str(case.importer),
                "round": task.round,
                "days": days,
                "due_on": f"{task.due_on:%-d %B %Y}",
                "reason": extension.reason,
                "missing": extension.missing,
            },
        )
    audit.record(
        Action.EXTENSION_ASKED,
        actor=actor,
        target=extension,
        case=case,
        organization_id=case.importer_id,
        after={"round": task.round, "days": days, "due_on": task.due_on.isoformat(), "missing": extension.missing},
        reason=extension.reason,
    )
    return extension


@transaction.atomic
def answer_extension(
    extension: Extension, *, actor: User, grant: bool, reason: str, days: int | None = None
) -> Extension:
    """An officer grants more time, all the days asked for or fewer, or refuses it. Either has a reason."""
    case, task = _locked(extension.task)
    extension = Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
    history.note_changed(extension, case=case)
    if extension.outcome:
        raise Refused(
            "extension_answered", f"This request for more time was {extension.get_outcome_display().lower()} before."
        )
    if not reason.strip():
        raise Refused("reason_missing", "Say why: the importer reads it.")
    before = task.due_on
    extension.outcome = Extension.Outcome.REFUSED
    if grant:
        _refuse_unless_extendable(task)
        given = extension.days if days is None else days
        if not 1 <= given <= extension.days:
            raise Refused("days_out_of_bounds", f"Grant 1 to {extension.days} days: no more were asked for.")
        extension.outcome, extension.days_granted = Extension.Outcome.GRANTED, given
        extension.grant_number = _granted(task) + 1
        task.due_on = before + timedelta(days=given)
        task.save(update_fields=["due_on"])
    extension.answer, extension.answered_by = reason.strip(), actor
    extension.answered_at, extension.answered_on = timezone.now(), timezone.localdate()
    extension.save()
    for address in addressees.outside(case):
        queue_mail(
            address,
            "extension_answered",
            {
                "case": case.number,
                "round": task.round,
                "granted": grant,
                "days": extension.days_granted,
                "due_on": f"{task.due_on:%-d %B %Y}",
                "reason": extension.answer,
            },
        )
    audit.record(
        Action.EXTENSION_GRANTED if grant else Action.EXTENSION_REFUSED,
        actor=actor,
        target=extension,
        case=case,
        organization_id=case.importer_id,
        before={"due_on": before.isoformat()},
        after={"round": task.round, "due_on": task.due_on.isoformat(), "days": extension.days_granted},
        reason=extension.answer,
        rows=[task],
    )
    return extension


def why_not_extendable(task: Task) -> str:
    """Why no more time can be asked for or given, in a sentence; empty where it can."""
    refusal = _refusal(task)
    return refusal[1] if refusal else ""


def _refuse_unless_extendable(task: Task) -> None:
    if refusal := _refusal(task):
        raise Refused(*refusal)


def _refusal(task: Task) -> tuple[str, str] | None:
    if task.closed_at is not None:
        return "task_closed", "This round is closed; there is no day left to move."
    return may_extend(task.due_on, granted=_granted(task), today=timezone.localdate())


def _granted(task: Task) -> int:
    return sum(one.outcome == Extension.Outcome.GRANTED for one in task.extensions.all())


def _locked(task: Task) -> tuple[Case, Task]:
    case = lock(Case.objects.get(pk=task.case_id))
    task = Task.objects.select_for_update().get(pk=task.pk)
    history.note_changed(task, case=case)
    return case, task
