"""What waits for a person in the office, by role, and how the work is spread over its members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Act
from entities.models import User, of_environment
from screening.domain.requests import REMIND_BEFORE
from screening.models import Case, Extension, HeldLine, Message, Recommendation, Task, TaskItem
from screening.models.case import CaseQuerySet

NEAR = timedelta(days=max(REMIND_BEFORE))


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: what, in which case, by when, and where it is done."""

    what: str
    case: Case
    url: str
    due_on: date | None = None
    is_statutory: bool = False
    is_urgent: bool = False


def waiting_for(user: User) -> list[Waiting]:
    """What waits for this person: in cases that are with it or with nobody, for its roles; the nearest day first."""
    today = timezone.localdate()
    mine = Q(assigned_to=user) | Q(assigned_to=None)
    found: list[Waiting] = []
    if user.has_perm(Act.REQUEST_EVIDENCE):
        found += _of_whoever_asks(user, mine, today)
    if user.has_perm(Act.ASSESS):
        found += _of_reviewers(user, mine)
    if user.has_perm(Act.DECIDE):
        found += _of_approvers(user)
    if user.has_perm(Act.MANAGE_PEOPLE):
        found += _of_managers(user, today)
    return _in_order(found)


def _of_whoever_asks(user: User, mine: Q, today: date) -> Iterator[Waiting]:
    cases = Case.objects.visible_to(user).filter(mine).open().select_related("importer")
    wanted = Extension.objects.waiting(today).filter(task__case__in=cases)
    for extension in wanted.select_related("task__case__importer"):
        yield Waiting(
            f"Answer: {extension.days} more days are asked for",
            extension.task.case,
            reverse("extension-answer", args=[extension.pk]),
            extension.task.due_on,
            is_urgent=extension.task.due_on - today <= timedelta(days=2),
        )
    for case in cases.filter(stage=Case.Stage.OPEN):
        yield Waiting("New: ask the importer, or take it into review", case, _page(case))
    for case, count in _with_count(cases, TaskItem.objects.unjudged()):
        yield Waiting(f"Judge {count} answer{_s(count)}", case, _page(case, "#requests"))
    for case, count in _with_count(cases.filter(stage=Case.Stage.UNDER_REVIEW), TaskItem.objects.returned()):
        yield Waiting(
            f"Ask {count} returned question{_s(count)} again", case, reverse("case-request-evidence", args=[case.pk])
        )
    for task in Task.objects.open().filter(case__in=cases, due_on__lt=today).select_related("case__importer"):
        what = f"No answer to round {task.round}"
        yield Waiting(what, task.case, _page(task.case, "#requests"), task.due_on, is_urgent=True)
    for case, count in _with_count(cases, Message.objects.unread_by(user), "case"):
        yield Waiting(f"Read {count} message{_s(count)}", case, reverse("case-messages", args=[case.pk]))


def _of_reviewers(user: User, mine: Q) -> Iterator[Waiting]:
    for case in Case.objects.visible_to(user).filter(mine, stage=Case.Stage.UNDER_REVIEW).select_related("importer"):
        yield Waiting("Review", case, reverse("case-review", args=[case.pk]))


def _of_approvers(user: User) -> Iterator[Waiting]:
    """Cases to decide, but those this person recommended on itself."""
    latest = Recommendation.objects.filter(case=OuterRef("pk")).order_by("-pk")
    cases = Case.objects.visible_to(user).filter(stage=Case.Stage.AWAITING_APPROVAL).select_related("importer")
    own = latest.filter(recommended_person=user.person_id, decision=None)
    for case in cases.exclude(Exists(own)):
        yield Waiting("Decide", case, reverse("case-decide", args=[case.pk]))


def _of_managers(user: User, today: date) -> Iterator[Waiting]:
    """Goods whose statutory day is near, and cases in nobody's hands."""
    near = (
        HeldLine.objects.with_last_day()
        .filter(deadline_on__gte=today, deadline_on__lte=today + NEAR)
        .values("detention__case")
        .annotate(first=Min("deadline_on"))
    )
    days = dict(near.values_list("detention__case", "first"))
    cases = Case.objects.visible_to(user).open()
    for case in cases.filter(pk__in=days).select_related("importer", "assigned_to__person"):
        hands = case.assigned_to.full_name if case.assigned_to else "nobody"
        yield Waiting(f"The law’s day is near; with {hands}", case, _page(case), days[case.pk], True, True)
    for case in cases.filter(assigned_to=None).exclude(pk__in=days).select_related("importer"):
        yield Waiting("Assign: in nobody’s hands", case, reverse("case-assign", args=[case.pk]))


def _in_order(found: list[Waiting]) -> list[Waiting]:
    """The nearest day first; what has no day of its own takes the statutory day of its case, else comes last."""
    cases = {one.case.pk for one in found}
    rows = HeldLine.objects.with_last_day().filter(detention__case__in=cases)
    first = rows.values("detention__case").annotate(first=Min("deadline_on"))
    law = dict(first.values_list("detention__case", "first"))
    dated = [
        one
        if one.due_on or one.case.pk not in law
        else Waiting(one.what, one.case, one.url, law[one.case.pk], True, one.is_urgent)
        for one in found
    ]
    return sorted(dated, key=lambda one: (one.due_on or date.max, -one.case.pk, one.what))


def _with_count(cases: QuerySet[Case], rows: Any, of: str = "task__case") -> list[tuple[Case, int]]:
    """The cases that have such rows, with how many."""
    counts = dict(rows.filter(**{f"{of}__in": cases}).order_by().values_list(of).annotate(count=Count("pk")))
    return [(case, counts[case.pk]) for case in cases.filter(pk__in=counts)]


def _page(case: Case, anchor: str = "") -> str:
    return f"{reverse('case-detail', args=[case.pk])}{anchor}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


# --- how the work is spread -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Load:
    """What one member of the office has in hand."""

    user: User | None
    stages: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    late: int = 0
    more_time: int = 0
    unjudged: int = 0
    near: int = 0
    first_day: date | None = None

    @property
    def cases(self) -> int:
        return sum(self.stages.values())


def _live() -> CaseQuerySet:
    return Case.objects.filter(of_environment(sandbox=False, organization="importer"))


def loads(officers: QuerySet[User]) -> list[Load]:
    """Open work by person, nobody's included, whoever has most first. A bounded number of queries."""
    today = timezone.localdate()
    people = {user.pk: user for user in officers}
    found: dict[int | None, Load] = {key: Load(user) for key, user in people.items()}
    found[None] = Load(None)
    cases = _live().open()

    def of(key: int | None) -> Load:
        if key is not None and key not in found:  # somebody who has left the office
            found[key] = Load(User.objects.select_related("person").get(pk=key))
        return found[key]

    for key, stage, count in cases.order_by().values_list("assigned_to", "stage").annotate(count=Count("pk")):
        of(key).stages[stage] = count
    for key, count in _by_hand(Task.objects.open().filter(due_on__lt=today), "case"):
        of(key).late = count
    for key, count in _by_hand(Extension.objects.waiting(today), "task__case"):
        of(key).more_time = count
    for key, count in _by_hand(TaskItem.objects.unjudged(), "task__case"):
        of(key).unjudged = count
    rows = HeldLine.objects.with_last_day().filter(deadline_on__gte=today, detention__case__in=cases)
    by_hand = rows.values(hand=F("detention__case__assigned_to")).annotate(
        first=Min("deadline_on"),
        near=Count("detention__case", filter=Q(deadline_on__lte=today + NEAR), distinct=True),
    )
    for row in by_hand:
        load = of(row["hand"])
        load.first_day, load.near = row["first"], row["near"]
    return sorted(found.values(), key=lambda one: (-one.cases, one.user is None, str(one.user)))


def _by_hand(rows: Any, case: str) -> list[tuple[int | None, int]]:
    own = rows.filter(**{f"{case}__in": _live().open()}).order_by()
    return list(own.values_list(f"{case}__assigned_to").annotate(count=Count("pk")))
