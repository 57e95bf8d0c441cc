"""The dates of a case in order: what happened, what the statute sets, what the office asked for, and today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from screening.domain.law.clocks import Deadline, DetentionClock
from screening.domain.law.states import Kind, Standing, State
from screening.domain.law.uflpa import HELD, clock_of
from screening.laws import LAWS
from screening.models import Case, Detention, LegalEvent, Task
from screening.services.detentions import Course, courses_of, lines_in_words, moves_of


@dataclass(frozen=True, slots=True)
class Day:
    """One date on the line. ``kind``: past, today, statutory, task or late."""

    on: date
    label: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The day a case is up against. A statutory day is never moved; a task's day is the office's own."""

    on: date
    label: str
    statutory: bool
    provision: str = ""
    started_on: date | None = None
    code: str = ""
    who: str = ""  # whose move it is: importer, CBP, or the office where it is the authority


@dataclass(slots=True)
class Held:
    """The detentions of a case, each with the course of its lines up to a day."""

    today: date
    rows: list[tuple[Detention, list[Course]]]
    events: dict[int, LegalEvent]  # by key
    regime: str = Case.Regime.UFLPA

    @classmethod
    def of(cls, case: Case, detentions: Sequence[Detention], today: date) -> Held:
        return cls.of_cases({case: detentions}, today)[case.pk]

    @classmethod
    def of_cases(cls, detentions: Mapping[Case, Sequence[Detention]], today: date) -> dict[int, Held]:
        """By case; read in two queries, however many there are."""
        for case, rows in detentions.items():
            for row in rows:
                row.case = case
        events, found = courses_of([row for rows in detentions.values() for row in rows], as_of=today)
        return {
            case.pk: cls(today, [(row, found[row.pk]) for row in rows], events, case.regime)
            for case, rows in detentions.items()
        }

    @property
    def courses(self) -> list[Course]:
        return [course for _detention, courses in self.rows for course in courses]

    @property
    def lead(self) -> Course | None:
        """The line whose statutory day comes first; where none has one, the first."""
        open_ones = [(deadline.on, index) for index, deadline in self._deadlines()]
        if open_ones:
            return self.courses[min(open_ones)[1]]
        return next(iter(self.courses), None)

    @property
    def clock(self) -> DetentionClock | None:
        """The clock under the UFLPA that runs out first."""
        if self.regime != Case.Regime.UFLPA or self.lead is None:
            return None
        return clock_of(self.lead.standing)

    @property
    def due(self) -> Due | None:
        """The statutory day that comes next: to decide, to protest, to go to court."""
        deadlines = [deadline for _index, deadline in self._deadlines()]
        if not deadlines:
            return None
        first = min(deadlines, key=lambda one: one.on)
        lead = self.lead.standing if self.lead else Standing()
        started = lead.presented_on if first.code == "last_determination_day" else None
        return Due(first.on, short_of(first), True, first.provision, started, first.code, who_of(first.code))

    @property
    def words(self) -> str:
        """Where the lines stand: one state for all, or how many lines are in which."""
        states = [course.standing.state for course in self.courses]
        if len(set(states)) < 2:
            return states[0].label if states else ""
        counts = {state: states.count(state) for state in states}
        lines = {state: f"{count} line{'s' if count > 1 else ''}" for state, count in counts.items()}
        return ", ".join(f"{words} {state.label.lower()}" for state, words in lines.items())

    @property
    def is_held(self) -> bool:
        """Some goods are neither released nor otherwise at the end of their way."""
        return any(not course.standing.is_final for course in self.courses)

    def _deadlines(self) -> list[tuple[int, Deadline]]:
        law = LAWS[self.regime]
        found = ((index, law.deadline(course.standing)) for index, course in enumerate(self.courses))
        return [(index, deadline) for index, deadline in found if deadline is not None]


def short_of(deadline: Deadline) -> str:
    """What must happen by the day, in two or three words."""
    return _DUE.get(deadline.code, deadline.text)


# The days of the law by which the importer must act.
OF_IMPORTER = frozenset({"protest_by", "summons_by", "prove_by", "abandoned_on"})


def who_of(code: str) -> str:
    """Whose move a day of the law is: the importer's, or CBP's, which the office is where it is the authority."""
    if code in OF_IMPORTER:
        return "importer"
    return "the office" if settings.OFFICE_IS_AUTHORITY else "CBP"


_DUE = {
    "decide_by": "Release or detain",
    "last_determination_day": "Decide",
    "protest_by": "Protest",
    "protest_deemed_denied_on": "Decide the protest",
    "summons_by": "Summons",
    "prove_by": "Prove the origin",
    "abandoned_on": "Export or protest",
    "report_exception_by": "Report on the exception",
}


def days(case: Case, held: Held, tasks: Sequence[Task], *, decided_on: date | None = None) -> list[Day]:
    """Every date of a case, today among them."""
    today = held.today
    line = [*_happened(held), *_to_come(held), *(_task(task, today) for task in tasks if task.closed_at is None)]
    if not held.rows:
        line.append(Day(timezone.localdate(case.opened_at), "Case opened", "past"))
    if decided_on:
        line.append(Day(decided_on, "Decided by the office", "past"))
    if case.stage != Case.Stage.CLOSED or held.is_held:
        line.append(Day(today, "Today", "today"))
    return sorted(line, key=lambda day: (day.on, day.kind != "past", day.kind != "today"))


def _happened(held: Held) -> Iterable[Day]:
    """What is on record and what the law did; one day for detentions and lines that fared alike."""
    seen: dict[Day, None] = {}
    for _detention, courses in held.rows:
        for move in moves_of(courses):
            source = held.events[move.event].source if move.event in held.events else move.provision
            which = lines_in_words(move.lines, courses)
            late = move.kind in {Kind.DEEMED_EXCLUDED, Kind.PROTEST_DEEMED_DENIED, Kind.DEEMED_ABANDONED}
            note = f"{which}: {source}" if which else source
            seen[Day(move.on, move.kind.label, "late" if late else "past", note)] = None
    yield from seen


def _to_come(held: Held) -> Iterable[Day]:
    """The statutory days that still count, of every detention that has not come to its end."""
    seen: set[tuple[date, str]] = set()
    for _detention, courses in held.rows:
        for course in courses:
            for deadline in _counting(held.regime, course.standing):
                late = deadline.on < held.today
                if (deadline.on, deadline.code) not in seen:
                    seen.add((deadline.on, deadline.code))
                    text = _SHORT.get(deadline.code, deadline.text)
                    yield Day(deadline.on, text, "late" if late else "statutory", deadline.provision)


_SHORT = {
    "decide_by": "Release or detain",
    "last_determination_day": "Day 30: last to decide",
    "protest_by": "Last day to protest",
    "protest_deemed_denied_on": "Protest deemed denied",
    "summons_by": "Last day to file a summons",
    "prove_by": "Last day for the proof",
    "abandoned_on": "Deemed abandoned",
    "report_exception_by": "Report on the exception",
}


def _counting(regime: str, standing: Standing) -> Iterable[Deadline]:
    """The deadlines that count in a state: the next one, and the notice of detention until it is issued."""
    if (deadline := LAWS[regime].deadline(standing)) is not None:
        yield deadline
    clock = clock_of(standing) if regime == Case.Regime.UFLPA else None
    if clock is None:
        return
    wanted: set[str] = set()
    if standing.state == State.PRESENTED:
        wanted = {"notice_by", "last_determination_day"}
    elif standing.state in HELD and standing.notice_on is None:
        wanted = {"notice_by"}
    yield from (one for one in clock.deadlines() if one.code in wanted)


def _task(task: Task, today: date) -> Day:
    return Day(task.due_on, f"Answers due, round {task.round}", "late" if task.due_on < today else "task", "set by us")
