"""The rounds of a case as its pages show them: each question with its answers and papers, and what the office says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from evidence.models import Exhibit
from screening.models import Answer, Case, Extension, Task, TaskItem
from screening.services.extensions import why_not_extendable


@dataclass(frozen=True, slots=True)
class Question:
    """One question, what came for it, and what the office made of it."""

    item: TaskItem
    answers: list[Answer]
    exhibits: list[Exhibit]
    was_missing: str
    may_be_judged: bool

    @property
    def is_settled(self) -> bool:
        return self.item.state in {TaskItem.State.COMPLETE, TaskItem.State.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Round:
    """One round of questions, and the requests for more time in it."""

    task: Task
    questions: list[Question]
    extensions: list[Extension]
    waiting: Extension | None
    why_not_extendable: str
    is_past_due: bool

    @property
    def is_open(self) -> bool:
        return self.task.closed_at is None


def rounds_of(case: Case, tasks: Sequence[Task], exhibits: Sequence[Exhibit], today: date) -> list[Round]:
    """The rounds of a case, the latest first. ``tasks`` are all of the case; the exhibits those the reader may see."""
    came: dict[int, list[Exhibit]] = defaultdict(list)
    for exhibit in exhibits:
        if exhibit.task_item_id:
            came[exhibit.task_item_id].append(exhibit)
    prefetch_related_objects(
        tasks,
        "items__answers__answered_by__person",
        "items__again_of",
        "items__asked_again",
        "items__judged_by__person",
        "extensions__asked_by__person",
        "extensions__answered_by__person",
    )
    return [_round(case, task, came, today) for task in sorted(tasks, key=lambda one: -one.round)]


def _round(case: Case, task: Task, came: dict[int, list[Exhibit]], today: date) -> Round:
    extensions = list(task.extensions.all())
    return Round(
        task=task,
        questions=[_question(case, task, item, came[item.pk]) for item in task.items.all()],
        extensions=extensions,
        waiting=next((one for one in extensions if not one.outcome), None),
        why_not_extendable=why_not_extendable(task),
        is_past_due=task.is_past_due(today),
    )


def _question(case: Case, task: Task, item: TaskItem, exhibits: list[Exhibit]) -> Question:
    is_over = case.stage == Case.Stage.CLOSED or item.state == TaskItem.State.WITHDRAWN
    return Question(
        item=item,
        answers=list(item.answers.all()),
        exhibits=exhibits,
        was_missing=item.again_of.reason if item.again_of else "",
        may_be_judged=not is_over and not hasattr(item, "asked_again"),
    )
