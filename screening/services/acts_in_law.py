"""What acts done here are in law: a round of questions, its answer, and the papers an importer files.

Where this office is the authority, asking and filing here are the acts themselves: each goes on record once, on the
held lines on which the law knows it. Where it does not, the act stands all the same and the reason is told. An office
that is not the authority records CBP's acts alone: a paper finished there is still to be filed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from entities.domain.errors import Refused
from entities.models import User
from screening.domain.law.states import Kind
from screening.domain.letters.kinds import Kind as LetterKind
from screening.laws import LAWS
from screening.models import Case, Detention, Extension, Letter, Task
from screening.services import detentions


@dataclass(frozen=True, slots=True)
class Act:
    """An act with its day and source; ``by``: what it is told from by, for example the number of a letter.

    ``lines``: the entry lines it names; none: every line held.
    """

    kind: Kind
    on: date
    source: str
    by: tuple[str, str | int]
    lines: frozenset[int] = frozenset()


def asked(task: Task) -> Act:
    """A round of questions, put to the importer."""
    on = timezone.localdate(task.asked_at)
    return Act(Kind.INFORMATION_ASKED, on, f"Round {task.round} of questions", ("round", task.round))


def answered(task: Task) -> Act:
    """Nothing is asked any longer: the round was handed in, or its questions were taken back."""
    is_answered = task.answered_at is not None
    source = f"Answers to round {task.round}" if is_answered else f"Round {task.round}: nothing is asked any longer"
    return Act(Kind.INFORMATION_ANSWERED, timezone.localdate(), source, ("answered round", task.round))


def more_time(extension: Extension) -> Act:
    """A request for more days to answer."""
    source = f"Request for more time in round {extension.task.round}"
    return Act(Kind.TIME_ASKED, extension.asked_on, source, ("extension", extension.pk))


def filed(letter: Letter) -> Act | None:
    """A paper that an importer finished, where its filing is an act in law."""
    if letter.origin != Letter.Origin.PAPER or (event := letter.about.event_of(letter.contents, letter.dated)) is None:
        return None
    lines = frozenset(line["line"] for line in letter.contents.get("lines") or ())
    kind, on = event
    return Act(Kind(kind), on, f"{letter.about.title} {letter.number}", ("letter", letter.number), lines)


def put_on_record(held: Collection[Detention], act: Act, *, actor: User) -> None:
    """Record an act on the lines on which the law knows it; asked twice, it is there once."""
    if not settings.OFFICE_IS_AUTHORITY:
        return
    for detention in held:
        lines = [line for line, why in _lines(detention, act) if not why]
        if not lines:
            continue
        name, value = act.by
        every = len(lines) == len(detentions.courses(detention))
        try:
            with transaction.atomic():
                detentions.record_event(
                    detention,
                    act.kind,
                    act.on,
                    actor=actor,
                    source=act.source,
                    lines=() if every else lines,
                    details={name: value},
                )
        except Refused:  # a later event on record does not go with it; ``not_on_record`` says so
            continue


def not_on_record(held: Collection[Detention], act: Act | None) -> list[str]:
    """Why an act is not on record in law, line by line; nothing where it is, or where it is none of this office's."""
    if act is None or not settings.OFFICE_IS_AUTHORITY:
        return []
    if not held:
        return ["No detention is on record in this case: nothing moves in law."]
    return [
        f"Line {line} of {detention.shipment.label}: {why or 'a later event on record does not go with it.'}"
        for detention in held
        for line, why in _lines(detention, act)
    ]


def round_not_on_record(task: Task) -> list[str]:
    """Why a round of questions moves nothing in law; before any detention there is nothing to move."""
    held = held_of(task.case)
    return not_on_record(held, asked(task)) if held else []


def filing_not_on_record(letter: Letter) -> list[str]:
    """Why a paper that was finished moves nothing in law."""
    return not_on_record(_of_letter(letter), filed(letter))


def not_now(held: Sequence[Detention], kinds: Iterable[LetterKind]) -> dict[str, str]:
    """By code the kinds of letters that would move nothing in law today, each with why: what it is in law is possible
    on no line held. A kind that is no act in law is none of them; where nothing is held, none is."""
    today, laws = timezone.localdate(), {one.pk: LAWS[one.case.regime] for one in held}
    stands = [(laws[pk], course.standing) for pk, lines in detentions.courses_of(held)[1].items() for course in lines]
    found = {}
    for kind in kinds:
        reasons = [law.why_not(now, Kind(act.event), today) for law, now in stands for act in kind.acts]
        if reasons and all(reasons):
            found[kind.code] = str(reasons[0])
    return found


def record_filing(letter: Letter, *, actor: User) -> None:
    """Put the filing of a paper on record."""
    if (act := filed(letter)) is not None:
        put_on_record(_of_letter(letter), act, actor=actor)


def held_of(case: Case) -> list[Detention]:
    return list(case.detentions.select_related("case", "shipment").order_by("pk"))


def _of_letter(letter: Letter) -> list[Detention]:
    return [one for one in held_of(letter.case) if letter.detention_id in {None, one.pk}]


def _lines(detention: Detention, act: Act) -> Iterator[tuple[int, str]]:
    """The lines an act is not on record for, each with why the law does not know it there; nothing where it does."""
    name, value = act.by
    told = [one for one in detention.events.standing().filter(kind=act.kind) if one.details.get(name) == value]
    law = LAWS[detention.case.regime]
    for course in detentions.courses(detention, as_of=min(act.on, timezone.localdate())):
        if act.lines and course.line not in act.lines:
            continue
        if any(not one.lines or course.line in one.lines for one in told):
            continue
        if act.on > timezone.localdate():
            yield course.line, f"{act.kind.label.lower()} on {act.on:%-d %B %Y} is still to come: record it then."
        else:
            yield course.line, law.why_not(course.standing, act.kind, act.on) or ""
