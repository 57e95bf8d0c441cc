"""Where detained goods stand in law, for the page of a case: lines, what happened and by which provision, what may be
recorded next. What was corrected stays visible with its old day and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from screening import timeline
from screening.domain.law.states import Kind, State, Step
from screening.domain.law.uflpa import HELD, clock_of
from screening.laws import LAWS
from screening.models import Case, Detention, LegalEvent
from screening.services.detentions import Course, lines_in_words, moves_of, needs_decision


@dataclass(frozen=True, slots=True)
class Line:
    """One held line: where it stands, since when, and the day of the law that comes next."""

    number: int
    goods: str
    state: State
    tone: str
    since: date | None
    deadline: Any
    next: str  # the day of the law in short
    who: str
    has_open_exception: bool


@dataclass(frozen=True, slots=True)
class Before:
    """A record that was corrected: what it said, and why it no longer counts."""

    row: LegalEvent
    by: LegalEvent  # the one that took its place


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that moved the goods: recorded by a person, or done by the law on a day."""

    on: date
    label: str
    lines: str
    provision: str
    row: LegalEvent | None  # none: by law
    before: list[Before] = field(default_factory=list)
    late: str = ""
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A detention with its lines, what happened, and what may be recorded next."""

    detention: Detention
    lines: list[Line]
    entries: list[Entry]
    possible: list[Kind]
    by_decision: list[Kind]
    missing: str

    @property
    def corrected(self) -> int:
        return sum(bool(entry.before) for entry in self.entries)


def tone_of(state: State) -> str:
    """How a state looks: red is kept for what stops cargo."""
    if state in {State.RELEASED, State.EXPORTED, State.EXCEPTION_GRANTED}:
        return "done"
    if state in {State.ARRIVED, State.PRESENTED}:
        return "wait"
    return "stop"


def records_of(held: timeline.Held, goods: dict[tuple[int, int], str]) -> list[Record]:
    """The record of each detention; one query, however many there are. ``goods``: by shipment and line number."""
    rows = defaultdict[int, list[LegalEvent]](list)
    detentions = [detention.pk for detention, _courses in held.rows]
    found = LegalEvent.objects.filter(detention__in=detentions) if detentions else LegalEvent.objects.none()
    for row in found.select_related("recorded_by__person").order_by("pk"):
        rows[row.detention_id].append(row)
    return [_record(held, detention, courses, rows[detention.pk], goods) for detention, courses in held.rows]


def _record(
    held: timeline.Held,
    detention: Detention,
    courses: Sequence[Course],
    rows: Sequence[LegalEvent],
    goods: dict[tuple[int, int], str],
) -> Record:
    law = LAWS[held.regime]
    lines = []
    for course in courses:
        standing, deadline = course.standing, law.deadline(course.standing)
        lines.append(
            Line(
                number=course.line,
                goods=goods.get((detention.shipment_id, course.line), ""),
                state=standing.state,
                tone=tone_of(standing.state),
                since=standing.since,
                deadline=deadline,
                next=timeline.short_of(deadline) if deadline else "",
                who=timeline.who_of(deadline.code) if deadline else "",
                has_open_exception=standing.has_open_exception,
            )
        )
    kinds = list(dict.fromkeys(kind for course in courses for kind in law.possible(course.standing)))
    by_decision = [kind for kind in kinds if needs_decision(kind, detention)]
    return Record(
        detention=detention,
        lines=lines,
        entries=sorted(_entries(held, courses, rows), key=lambda one: (one.on, one.row.pk if one.row else 0)),
        possible=[kind for kind in kinds if kind not in by_decision],
        by_decision=by_decision,
        missing=_missing_notice(held, courses),
    )


def _entries(held: timeline.Held, courses: Sequence[Course], rows: Sequence[LegalEvent]) -> Iterable[Entry]:
    by_key: dict[int, list[LegalEvent]] = defaultdict(list)  # each record with its corrections, the oldest first
    for row in rows:
        by_key[row.key].append(row)
    late = {
        step.event: words
        for course in courses
        for step in course.steps
        if step.event is not None and (words := _late_notice(held, course, step))
    }
    for move in moves_of(courses):
        versions = by_key.get(move.event, []) if move.event is not None else []
        yield Entry(
            on=move.on,
            label=move.kind.label,
            lines=lines_in_words(move.lines, courses),
            provision=move.provision,
            row=versions[-1] if versions else None,
            before=_before(versions),
            late=late.get(move.event, "") if move.event is not None else "",
        )
    for versions in by_key.values():
        last = versions[-1]
        if last.is_withdrawal:
            lines = lines_in_words(last.lines, courses) if last.lines else ""
            yield Entry(last.on, last.get_kind_display(), lines, "", last, _before(versions), is_withdrawn=True)


def _before(versions: Sequence[LegalEvent]) -> list[Before]:
    return [Before(old, new) for old, new in zip(versions, versions[1:], strict=False)]


def _late_notice(held: timeline.Held, course: Course, step: Step) -> str:
    clock = clock_of(course.standing) if held.regime == Case.Regime.UFLPA else None
    if clock is None or step.kind != Kind.NOTICE_ISSUED or step.on <= clock.notice_by:
        return ""
    return f"Late: the notice was due on {clock.notice_by:%-d %B %Y} (19 CFR 151.16(c)). The detention goes on."


def _missing_notice(held: timeline.Held, courses: Sequence[Course]) -> str:
    """No notice of detention is on record though its day has passed; the detention goes on all the same."""
    if held.regime != Case.Regime.UFLPA:
        return ""
    for course in courses:
        clock = clock_of(course.standing)
        awaited = course.standing.state in HELD and course.standing.notice_on is None
        if clock and awaited and held.today > clock.notice_by:
            return f"No notice of detention is on record; it was due on {clock.notice_by:%-d %B %Y}"
    return ""
