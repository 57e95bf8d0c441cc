"""What the office asks of the importer, round by round, the importer's answers, and what the office makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import User
from entities.services.mail import queue_mail
from screening.domain.law.states import State
from screening.models import Answer, Case, HeldLine, Task, TaskItem
from screening.services import acts_in_law, addressees, events
from screening.services.cases import lock


def open_questions(case: Case) -> list[TaskItem]:
    """Every question to the importer that is not completely answered, in the order asked.

    A question is open until the office has accepted its answer as complete or asks it no longer: an answer nobody has
    judged yet, one found incomplete and a missing one all count. None left is what condition E2 of an exception asks:
    that the importer "completely and substantively responded to all inquiries" (UFLPA sec. 3(b)).
    """
    rows = TaskItem.objects.filter(task__case=case).unsettled()
    return list(rows.select_related("task").order_by("task__round", "number"))


def open_inquiries(case: Case) -> list[str]:
    """What is asked of the importer and not completely answered, in words: the office's questions, and a request for
    information that is on record in law without its answer."""
    if asked := [one.text for one in open_questions(case)]:
        return asked
    lines = HeldLine.objects.filter(detention__case=case, state=State.INFO_REQUESTED).select_related("shipment")
    return [
        f"CBP’s request for information on line {one.line_number} of {one.shipment.label} has no answer on record"
        for one in lines
    ]


@transaction.atomic
def request_evidence(case: Case, *, actor: User, due_on: date, items: Sequence[str] = (), message: str = "") -> Task:
    """Ask the importer, question by question, until a day the office sets; no statutory clock moves.

    Every question of an earlier round whose answer was found incomplete is asked again in this one.
    """
    case = lock(case)
    before = case.stage
    new = [text.strip() for text in items if text.strip()]
    returned = list(TaskItem.objects.filter(task__case=case).returned().order_by("task__round", "number"))
    if not new and not returned:
        raise Refused("nothing_asked", "Name at least one thing to send or to answer.")
    if due_on <= timezone.localdate():
        raise Refused("due_in_the_past", "The due date must lie after today.")
    if case.stage != Case.Stage.AWAITING_EVIDENCE:
        case.move_to(Case.Stage.AWAITING_EVIDENCE)
        case.save(update_fields=["stage"])
    last = case.tasks.order_by("-round").values_list("round", flat=True).first() or 0
    task = Task.objects.create(case=case, round=last + 1, message=message, due_on=due_on, asked_by=actor)
    asked = [TaskItem(text=one.text, again_of=one) for one in returned] + [TaskItem(text=text) for text in new]
    for number, item in enumerate(asked, 1):
        item.task, item.number = task, number
    TaskItem.objects.bulk_create(asked)
    said = [{"text": one.text, "missing": one.again_of.reason if one.again_of else ""} for one in asked]
    for address in addressees.outside(case):
        queue_mail(
            address,
            "evidence_requested",
            {"case": case.number, "round": task.round, "due_on": _day(due_on), "items": said},
        )
    events.case_moved(case, before=before)
    events.asked(task)
    audit.record(
        Action.EVIDENCE_REQUESTED,
        actor=actor,
        target=task,
        case=case,
        organization_id=case.importer_id,
        after={
            "round": task.round,
            "due_on": due_on.isoformat(),
            "items": [one.text for one in asked],
            "asked_again": len(returned),
        },
        rows=[case],
    )
    acts_in_law.put_on_record(acts_in_law.held_of(case), acts_in_law.asked(task), actor=actor)
    return task


@transaction.atomic
def answer_item(item: TaskItem, *, actor: User, text: str) -> Answer:
    """The importer, or its broker, answers a question in its own words. A later answer adds to an earlier one."""
    case = lock(item.task.case)
    require_outsider(case, actor)
    item = still_open(item)
    if not text.strip():
        raise Refused("answer_missing", "Write your answer first.")
    answer = Answer.objects.create(item=item, text=text.strip(), answered_by=actor)
    note_answered(item)
    audit.record(
        Action.QUESTION_ANSWERED,
        actor=actor,
        target=item,
        case=case,
        organization_id=case.importer_id,
        after={"round": item.task.round, "number": item.number, "answer": answer.text},
        rows=[answer],
    )
    return answer


def note_answered(item: TaskItem) -> None:
    """Something came for a question: words, or a paper. Runs in the transaction that takes it in, with its event."""
    TaskItem.objects.filter(pk=item.pk, state=TaskItem.State.OPEN).update(
        state=TaskItem.State.ANSWERED, answered_at=timezone.now()
    )


def still_open(item: TaskItem) -> TaskItem:
    """The question, locked, where it can still be answered. Lock its case before."""
    task = Task.objects.select_for_update().get(pk=item.task_id)
    item = TaskItem.objects.select_for_update(of=("self",)).select_related("task__case").get(pk=item.pk)
    history.note_changed(task, item, case=item.task.case)
    if task.closed_at is not None:
        raise Refused(
            "task_closed",
            "This round of questions is closed. Send the file as a further paper of the case, or write a message.",
        )
    if item.state == TaskItem.State.WITHDRAWN:
        raise Refused("not_asked", "The office no longer asks this.")
    return item


@transaction.atomic
def answer_request(task: Task, *, actor: User) -> Task:
    """The importer says that it has answered what it can; the round is closed, what has no answer stays an open
    question. The case goes to review when no other round is open."""
    case = lock(task.case)
    require_outsider(case, actor)
    task = Task.objects.select_for_update().get(pk=task.pk)
    history.note_changed(task, case=case)
    if task.closed_at is not None:
        raise Refused("task_closed", "This request was closed before.")
    task.answered_at = timezone.now()
    unanswered = task.items.filter(state=TaskItem.State.OPEN).count()
    _close(case, task, actor)
    for address in addressees.in_charge(case):
        queue_mail(
            address,
            "round_answered",
            {
                "case": case.number,
                "importer": str(case.importer),
                "round": task.round,
                "unanswered": unanswered,
                "count": task.items.count(),
            },
        )
    audit.record(
        Action.EVIDENCE_ANSWERED,
        actor=actor,
        target=task,
        case=case,
        organization_id=case.importer_id,
        after={"round": task.round, "unanswered": unanswered},
        rows=[case],
    )
    return task


@transaction.atomic
def judge_answer(item: TaskItem, *, actor: User, state: str, reason: str = "") -> TaskItem:
    """The office accepts an answer as complete, returns it with what is missing, or asks the question no longer.

    A round is judged once it is closed, so that the importer is not judged while it still answers. What is returned
    opens again in the next round.
    """
    case = lock(item.task.case)
    task = Task.objects.select_for_update().get(pk=item.task_id)
    item = TaskItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    history.note_changed(task, item, case=case)
    reason = reason.strip()
    if state not in TaskItem.JUDGED:
        raise Refused("no_verdict", "Say whether the question is completely answered.")
    if case.stage == Case.Stage.CLOSED:
        raise Refused("case_closed", f"Case {case.number} is decided; its answers are judged no more.")
    if item.state == TaskItem.State.WITHDRAWN or hasattr(item, "asked_again"):
        raise Refused("judged_before", "This question is no longer asked here, or was asked again in a later round.")
    if state != TaskItem.State.WITHDRAWN and task.closed_at is None:
        raise Refused(
            "round_open",
            f"The importer can still answer until {_day(task.due_on)}. Judge the answers when it has handed them in.",
        )
    if state == TaskItem.State.COMPLETE and item.answered_at is None:
        raise Refused("not_answered", "Nothing came for this question, so it cannot be completely answered.")
    if state != TaskItem.State.COMPLETE and not reason:
        raise Refused("reason_missing", "Say what is missing, or why it is no longer asked: the importer reads it.")
    before = {"state": item.state, "reason": item.reason}
    item.state, item.reason, item.judged_by, item.judged_at = state, reason, actor, timezone.now()
    item.save(update_fields=["state", "reason", "judged_by", "judged_at"])
    nothing_left = task.closed_at is None and not task.items.exclude(state=TaskItem.State.WITHDRAWN).exists()
    if nothing_left:
        _close(case, task, actor)
    audit.record(
        Action.ANSWER_JUDGED,
        actor=actor,
        target=item,
        case=case,
        organization_id=case.importer_id,
        before=before,
        after={"round": task.round, "number": item.number, "state": item.state, "round_closed": nothing_left},
        reason=reason,
        rows=[case],
    )
    return item


def require_outsider(case: Case, actor: User) -> None:
    """Refuse whoever does not act for the case's importer: the office does not answer for it."""
    if actor.is_officer or not actor.organizations().filter(pk=case.importer_id).exists():
        raise Refused(
            "not_the_importer", f"Only {case.importer}, or a broker with its power of attorney in force, does this."
        )


def _close(case: Case, task: Task, actor: User) -> None:
    task.closed_at = timezone.now()
    task.save(update_fields=["answered_at", "closed_at"])
    if case.tasks.open().exists():
        return
    acts_in_law.put_on_record(acts_in_law.held_of(case), acts_in_law.answered(task), actor=actor)
    if (before := case.stage) == Case.Stage.AWAITING_EVIDENCE:
        case.move_to(Case.Stage.UNDER_REVIEW)
        case.save(update_fields=["stage"])
        events.case_moved(case, before=before)


def _day(on: date) -> str:
    return f"{on:%-d %B %Y}"
