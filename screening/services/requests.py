"""What the office asks of the importer, and the importer's answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import Organization, User
from entities.services.mail import queue_mail
from screening.models import Case, Task, TaskItem
from screening.services.cases import lock


@transaction.atomic
def request_evidence(case: Case, *, actor: User, due_on: date, items: Sequence[str], message: str = "") -> Task:
    """Ask the importer for evidence, item by item, until a day the office sets; no statutory clock moves."""
    case = lock(case)
    asked = [text.strip() for text in items if text.strip()]
    if not asked:
        raise Refused("nothing_asked", "Name at least one thing to send.")
    if due_on <= timezone.localdate():
        raise Refused("due_in_the_past", "The due date must lie after today.")
    if case.stage != Case.Stage.AWAITING_EVIDENCE:
        case.move_to(Case.Stage.AWAITING_EVIDENCE)
        case.save(update_fields=["stage"])
    task = Task.objects.create(case=case, kind=Task.Kind.EVIDENCE, message=message, due_on=due_on, asked_by=actor)
    TaskItem.objects.bulk_create(TaskItem(task=task, number=number, text=text) for number, text in enumerate(asked, 1))
    for address in _members_of(case.importer):
        queue_mail(
            address, "evidence_requested", {"case": case.number, "due_on": f"{due_on:%-d %B %Y}", "items": asked}
        )
    audit.record(
        Action.EVIDENCE_REQUESTED,
        actor=actor,
        target=task,
        case=case,
        organization_id=case.importer_id,
        after={"due_on": due_on.isoformat(), "items": asked},
    )
    return task


@transaction.atomic
def answer_request(task: Task, *, actor: User) -> Task:
    """The importer says that it has sent what it can. The case goes to review when nothing else is open."""
    case = lock(task.case)
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.closed_at is not None:
        raise Refused("task_closed", "This request was closed before.")
    task.answered_at = task.closed_at = timezone.now()
    task.save(update_fields=["answered_at", "closed_at"])
    if case.stage == Case.Stage.AWAITING_EVIDENCE and not case.tasks.open().exists():
        case.move_to(Case.Stage.UNDER_REVIEW)
        case.save(update_fields=["stage"])
    audit.record(Action.EVIDENCE_ANSWERED, actor=actor, target=task, case=case, organization_id=case.importer_id)
    return task


def _members_of(organization: Organization) -> list[str]:
    rows = organization.memberships.filter(suspended_at=None, user__is_active=True)
    return list(rows.values_list("user__email", flat=True))
