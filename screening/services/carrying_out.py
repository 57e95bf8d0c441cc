"""What a decision does in law. An office that is the authority carries it out on the lines decided on; the decision of
any other office is its own position, and records nothing of CBP's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.conf import settings
from django.utils import timezone

from entities.domain.errors import Refused
from entities.models import User
from screening.domain.law import uflpa, wro
from screening.domain.law.states import Kind
from screening.domain.pathways import OUTCOMES
from screening.laws import LAWS
from screening.models import Case, Decision, Detention, HeldLine, LegalEvent
from screening.services import detentions
from screening.services.detentions import Course

UNDECIDED = uflpa.HELD | wro.HELD


def key_of(line: HeldLine) -> str:
    return f"{line.detention_id}-{line.line_number}"


def open_lines(case: Case) -> list[HeldLine]:
    """The lines of a case that something can still be decided on."""
    rows = HeldLine.objects.filter(detention__case=case, is_final=False)
    return list(rows.select_related("shipment", "detention").order_by("detention", "line_number"))


def check_lines(case: Case, conclusion: str, lines: Collection[str]) -> list[str]:
    """The lines a conclusion may speak of, in order.

    Raises ``Refused`` where one is not held in this case, where the authority names none though goods are held, or
    where the law does not know the act in the state a line is in.
    """
    held = {key_of(row): row for row in open_lines(case)}
    if unknown := sorted(set(lines) - held.keys()):
        raise Refused("no_such_line", f"{', '.join(unknown)}: no line of this case that is held.")
    if not settings.OFFICE_IS_AUTHORITY:
        return [key for key in held if key in lines]
    if held and not lines:
        raise Refused("lines_missing", "Name the lines this concludes on: each is released or excluded by itself.")
    for detention, courses in _by_detention(case, lines):
        law = LAWS[case.regime]
        for course in courses:
            kind = OUTCOMES[conclusion].events[0]
            if _is_there(course, kind) or kind in law.possible(course.standing):
                continue
            raise Refused(
                "not_possible_in_law",
                f"Line {course.line} of {detention.shipment.label} is {course.standing.state.label.lower()}: "
                f"“{kind.label.lower()}” is not possible now. Record what happened first, or leave the line out.",
            )
    return [key for key in held if key in lines]


def carry_out(decision: Decision, *, actor: User) -> list[LegalEvent]:
    """Record the acts in law that an approved decision of the authority is, on the lines it names."""
    if not settings.OFFICE_IS_AUTHORITY:
        return []
    today, found = timezone.localdate(), []
    for detention, courses in _by_detention(decision.case, decision.lines):
        for kind in OUTCOMES[decision.conclusion].events:
            lines = [course.line for course in courses if not _is_there(course, kind)]
            if lines:
                found.append(
                    detentions.record_event(
                        detention,
                        kind,
                        today,
                        actor=actor,
                        source=f"Decision of the office of {today:%-d %B %Y}",
                        lines=lines if len(lines) < len(detentions.courses(detention)) else (),
                        decision=decision,
                        reason=decision.reasons,
                    )
                )
    return found


def left_over(decision: Decision) -> list[HeldLine]:
    """Lines that are still held and that the decision does not speak of: the case goes on with them."""
    if not settings.OFFICE_IS_AUTHORITY or not decision.lines:
        return []
    return [row for row in open_lines(decision.case) if key_of(row) not in decision.lines and row.state in UNDECIDED]


def _by_detention(case: Case, lines: Collection[str]) -> Iterator[tuple[Detention, list[Course]]]:
    wanted = defaultdict[int, set[int]](set)
    for key in lines:
        detention, _, line = key.partition("-")
        wanted[int(detention)].add(int(line))
    rows = Detention.objects.filter(pk__in=wanted, case=case).select_related("case", "shipment").order_by("pk")
    for row in rows:
        yield row, [course for course in detentions.courses(row) if course.line in wanted[row.pk]]


def _is_there(course: Course, kind: Kind) -> bool:
    """The line is already where the act would bring it."""
    return any(step.kind == kind and step.state == course.standing.state for step in course.steps[-1:])
