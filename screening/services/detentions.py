"""Detentions: what goes on record about detained goods, and the legal state that follows from it.

Nothing here sets a state. Events are recorded with their day and source; the law (screening/domain/law) says whether
an event is possible and where it leads, line by line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import Change, User
from entities.services.changes import record_change
from screening.domain.law.states import Event, Kind, OutOfOrder, Standing, Step
from screening.domain.pathways import OUTCOMES
from screening.laws import LAWS
from screening.models import Case, Decision, Detention, Determination, HeldLine, LegalEvent, Shipment, ShipmentLine
from screening.services.cases import lock, under_uflpa

# Acts of CBP that conclude a proceeding: an office that is the authority does them by a decision of two persons.
CONCLUDING = frozenset(
    {
        Kind.RELEASED,
        Kind.EXCLUDED,
        Kind.EXCEPTION_GRANTED,
        Kind.EXCEPTION_REFUSED,
        Kind.PROTEST_ALLOWED,
        Kind.PROTEST_DENIED,
    }
)


def needs_decision(kind: Kind, detention: Detention) -> bool:
    """An act that the office, as the authority, does by a decision of two persons only."""
    return bool(settings.OFFICE_IS_AUTHORITY and kind in CONCLUDING and detention.detained_on)


@dataclass(frozen=True, slots=True)
class Course:
    """One line's way so far: where it stands, and the steps that led there."""

    line: int
    standing: Standing
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a detention: what moved it and when, the event on record (none: the law itself), and the lines."""

    kind: Kind
    on: date
    provision: str
    event: int | None
    lines: tuple[int, ...]


def moves_of(courses: Sequence[Course]) -> list[Move]:
    """The moves of one detention; lines that fared alike move together."""
    lines: dict[tuple[Kind, date, str, int | None], list[int]] = {}
    for course in courses:
        for step in course.steps:
            lines.setdefault((step.kind, step.on, step.provision, step.event), []).append(course.line)
    return [Move(*at, tuple(sorted(numbers))) for at, numbers in lines.items()]


def lines_in_words(numbers: Iterable[int], courses: Sequence[Course]) -> str:
    """Which lines of a detention; nothing where it is all of them."""
    found = sorted(set(numbers))
    if len(found) == len(courses):
        return ""
    return f"line{'s' if len(found) > 1 else ''} {', '.join(map(str, found))}"


def courses_of(
    detentions: Sequence[Detention], *, as_of: date | None = None
) -> tuple[dict[int, LegalEvent], dict[int, list[Course]]]:
    """The events on record by their key, and by detention the course of each held line, recomputed from them."""
    rows = defaultdict[int, list[LegalEvent]](list)
    for row in LegalEvent.objects.standing().filter(detention__in=detentions).order_by("on", "pk"):
        rows[row.detention_id].append(row)
    entries = defaultdict[int, list[int]](list)
    lines = ShipmentLine.objects.filter(shipment__in=[row.shipment_id for row in detentions])
    for shipment, number in lines.order_by("number").values_list("shipment", "number"):
        entries[shipment].append(number)
    day = as_of or timezone.localdate()
    found = {
        row.pk: _courses(row, entries[row.shipment_id], [one.as_event() for one in rows[row.pk]], day)
        for row in detentions
    }
    return {one.key: one for some in rows.values() for one in some}, found


def courses(detention: Detention, *, as_of: date | None = None) -> list[Course]:
    """The course of each line of one detention."""
    return courses_of([detention], as_of=as_of)[1][detention.pk]


def possible_events(detention: Detention) -> list[Kind]:
    """What the law knows next on at least one line, in the order of the procedure."""
    law = LAWS[detention.case.regime]
    kinds = (kind for course in courses(detention) for kind in law.possible(course.standing))
    return list(dict.fromkeys(kinds))


@transaction.atomic
def record_detention(
    case: Case,
    shipment: Shipment,
    *,
    actor: User,
    presented_on: date | None = None,
    detained_on: date | None = None,
    imported_on: date | None = None,
    port: str = "",
    source: str,
    number: str = "",
    lines: Sequence[int] = (),
    reason: str = "",
) -> Detention:
    """Record a detention with the days its clocks start on, or correct those of one on the same lines.

    Under the UFLPA the clocks count from the presentation, under a withhold release order from the importation. The
    old values stay on record.
    """
    case = lock(case)
    if not case.shipments.filter(pk=shipment.pk).exists():
        raise Refused("other_case", "This shipment does not belong to the case.")
    under_order = case.regime == Case.Regime.WRO
    if presented_on is not None:
        under_uflpa(case)
    started_on = (imported_on or shipment.imported_on) if under_order else presented_on
    if started_on is None:
        raise Refused("day_missing", "Give the date of importation." if under_order else "Give the presentation day.")
    if under_order and detained_on is None:
        raise Refused("day_missing", "Give the day of detention: under an order it does not come by itself.")
    held = sorted(set(lines))
    _check_lines(shipment, held)
    first = Kind.IMPORTED if under_order else Kind.PRESENTED
    days = {first: started_on, **({Kind.DETAINED: detained_on} if detained_on else {})}
    _check_days(days.values(), source)
    if detained_on and detained_on < started_on:
        words = "imported" if under_order else "presented"
        raise Refused("dates_in_order", f"Goods are detained on or after the day they are {words}: check both dates.")
    known = next((row for row in case.detentions.filter(shipment=shipment) if row.lines == held), None)
    if known is None:
        detention = Detention.objects.create(
            case=case, shipment=shipment, number=number.strip(), lines=held, port=port, source=source.strip(),
            recorded_by=actor,
        )  # fmt: skip
        for kind, on in days.items():
            LegalEvent.objects.create(detention=detention, kind=kind, on=on, source=source.strip(), recorded_by=actor)
        _recompute(detention)
        audit.record(
            Action.DETENTION_RECORDED, actor=actor, target=detention, case=case, organization_id=case.importer_id,
            after=_values(detention),
        )  # fmt: skip
        return detention
    history.note_changed(known, case=case)
    before = _values(known)
    known.port, known.source, known.number = port, source.strip(), number.strip() or known.number
    known.recorded_by, known.recorded_at = actor, timezone.now()
    known.save()
    for kind, on in days.items():
        event = known.events.standing().filter(kind=kind).first()
        if event is None:
            LegalEvent.objects.create(detention=known, kind=kind, on=on, source=source.strip(), recorded_by=actor)
        elif event.on != on:
            _replace(event, actor=actor, on=on, source=source.strip(), reason=reason.strip() or "Dates corrected.")
    if detained_on is None and (event := known.events.standing().filter(kind=Kind.DETAINED).first()) is not None:
        _replace(event, actor=actor, on=event.on, source=source.strip(), reason="No day known.", is_withdrawal=True)
    _recompute(known)
    audit.record(
        Action.DETENTION_CORRECTED, actor=actor, target=known, case=case, organization_id=case.importer_id,
        before=before, after=_values(known), reason=reason.strip(),
    )  # fmt: skip
    return known


@transaction.atomic
def record_event(
    detention: Detention,
    kind: Kind,
    on: date,
    *,
    actor: User,
    source: str,
    lines: Sequence[int] = (),
    details: dict[str, Any] | None = None,
    decision: Decision | None = None,
    reason: str = "",
) -> LegalEvent:
    """Put on record what happened to the goods of a detention, or to some of its lines.

    Raises ``Refused`` where the law does not know the event in the state a line was in on that day, where it makes a
    later event on record impossible, where it comes by law alone, or where a determination stands and no reason is
    given for another.
    """
    case = lock(detention.case)
    detention = _lock(detention.pk, case)
    _check_days([on], source)
    _check_lines(detention.shipment, lines)
    if decision is None and needs_decision(kind, detention):
        raise Refused(
            "decision_missing",
            f"{kind.label}: the office does this by a recommendation and a decision of two persons.",
        )
    if decision is not None:
        _check_decided(decision, kind, detention, lines)
    event = LegalEvent.objects.create(
        detention=detention, kind=kind, on=on, lines=sorted(set(lines)), source=source.strip(),
        details=details or {}, decision=decision, reason=reason.strip(), recorded_by=actor,
    )  # fmt: skip
    before, after = _recompute(detention, because=event)
    audit.record(
        Action.LEGAL_EVENT_RECORDED, actor=actor, target=event, case=case, organization_id=case.importer_id,
        before={"states": before},
        after={**_event_values(event), "states": after},
        reason=reason.strip(),
        rows=[detention],
    )  # fmt: skip
    return event


@transaction.atomic
def correct_event(
    event: LegalEvent, *, actor: User, on: date, source: str, reason: str, details: dict[str, Any] | None = None
) -> LegalEvent:
    """Correct the day of an event. Every clock and state is computed anew; the old day stays on record.

    ``details``: what the new record adds, for example the letter that it is told from now.
    """
    return _changed(event, actor=actor, on=on, source=source, reason=reason, details=details, is_withdrawal=False)


@transaction.atomic
def withdraw_event(event: LegalEvent, *, actor: User, reason: str) -> LegalEvent:
    """Take back an event that did not happen. It stays on record, with who took it back and why."""
    return _changed(event, actor=actor, on=event.on, source=event.source, reason=reason, is_withdrawal=True)


@transaction.atomic
def advance(today: date | None = None) -> int:
    """Bring the stored states up to a day: what the law does when days pass. Returns how many detentions moved."""
    today = today or timezone.localdate()
    due = Detention.objects.filter(held_lines__moves_on__lte=today).distinct().select_related("case", "shipment")
    moved = 0
    for detention in due.order_by("pk"):
        case = lock(detention.case)
        history.note_changed(detention, case=case)
        before, after = _recompute(detention, today=today)
        if before == after:
            continue
        moved += 1
        audit.record(
            Action.LEGAL_STATE_CHANGED, actor=None, target=detention, case=case, organization_id=case.importer_id,
            before={"states": before}, after={"states": after},
            reason="By law, because a day has passed.",
        )  # fmt: skip
    return moved


def _lock(detention_id: int, case: Case) -> Detention:
    """A detention of a case that is locked, locked too."""
    found = Detention.objects.select_for_update(of=("self",)).select_related("shipment").get(pk=detention_id)
    found.case = case
    history.note_changed(found, case=case)
    return found


def _changed(
    event: LegalEvent,
    *,
    actor: User,
    on: date,
    source: str,
    reason: str,
    is_withdrawal: bool,
    details: dict[str, Any] | None = None,
) -> LegalEvent:
    case = lock(event.detention.case)
    detention = _lock(event.detention_id, case)
    event = LegalEvent.objects.get(pk=event.pk)
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is corrected.")
    if LegalEvent.objects.filter(replaces=event).exists():
        raise Refused("corrected_before", "This record was corrected before: correct the one that took its place.")
    if event.decision_id is not None:
        raise Refused(
            "decided",
            "This is an act by a decision of two persons: one person cannot take it back or change its day. Reopen "
            "the case; a new recommendation and a new decision are needed.",
        )
    if is_withdrawal and event.kind in {Kind.PRESENTED, Kind.IMPORTED}:
        raise Refused("first_event", "The clocks count from this day: correct it instead of taking it back.")
    _check_days([on], source)
    new = _replace(
        event,
        actor=actor,
        on=on,
        source=source.strip(),
        reason=reason.strip(),
        is_withdrawal=is_withdrawal,
        details=details,
    )
    before, after = _recompute(detention, because=new)
    audit.record(
        Action.LEGAL_EVENT_WITHDRAWN if is_withdrawal else Action.LEGAL_EVENT_CORRECTED,
        actor=actor, target=new, case=case, organization_id=case.importer_id,
        before={**_event_values(event), "states": before},
        after={**_event_values(new), "states": after},
        reason=reason.strip(),
        rows=[detention],
    )  # fmt: skip
    return new


def _replace(
    event: LegalEvent,
    *,
    actor: User,
    on: date,
    source: str,
    reason: str,
    is_withdrawal: bool = False,
    details: dict[str, Any] | None = None,
) -> LegalEvent:
    return LegalEvent.objects.create(
        detention_id=event.detention_id, kind=event.kind, on=on, lines=event.lines, source=source,
        details=event.details | (details or {}), decision_id=event.decision_id, replaces=event, root_id=event.key,
        is_withdrawal=is_withdrawal, reason=reason, recorded_by=actor,
    )  # fmt: skip


def _recompute(
    detention: Detention, *, because: LegalEvent | None = None, today: date | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """Compute every line anew from the events, and store it. Answers with the states before and after."""
    law, today = LAWS[detention.case.regime], today or timezone.localdate()
    rows = list(detention.events.standing())
    try:
        found = courses(detention, as_of=today)
    except OutOfOrder as error:
        raise Refused("out_of_order", str(error)) from error
    before = {str(row.line_number): row.state for row in detention.held_lines.all()}
    detained_before = detention.detained_on
    lines = [
        held_line(detention, course, law.deadline(course.standing), law.by_time(course.standing)) for course in found
    ]
    if (taken := _held_elsewhere(detention, lines)) is not None:
        raise Refused("held_before", f"Line {taken} is held by another detention of this entry.")
    detention.held_lines.all().delete()
    HeldLine.objects.bulk_create(lines)
    first = found[0].standing if found else Standing()
    detention.presented_on, detention.detained_on = first.presented_on, first.detained_on
    detention.save(update_fields=["presented_on", "detained_on"])
    if detention.detained_on != detained_before:  # goods that came by another way since may have to say so
        on = f"detained on {first.detained_on:%-d %B %Y}" if first.detained_on else "not detained after all"
        record_change(Change.Kind.DETENTION, [detention.pk], note=f"{detention.shipment} {on}"[:300])
    if because is not None:
        _determine(detention, found, rows, because)
    return before, {str(row.line_number): row.state for row in lines}


def _courses(detention: Detention, entry: Sequence[int], events: Sequence[Event], as_of: date) -> list[Course]:
    """Of the lines a detention names, or of every line of the entry."""
    law = LAWS[detention.case.regime]
    return [Course(line, *law.course(events, line, as_of=as_of)) for line in detention.lines or entry or [1]]


def held_line(detention: Detention, course: Course, deadline: Any, moves: Any) -> HeldLine:
    """A line as the law has it held, not stored yet."""
    standing = course.standing
    return HeldLine(
        detention=detention,
        shipment_id=detention.shipment_id,
        regime=detention.case.regime,
        line_number=course.line,
        state=standing.state,
        since=standing.since,
        has_open_exception=standing.has_open_exception,
        is_final=standing.is_final,
        deadline_on=deadline.on if deadline else None,
        deadline_code=deadline.code if deadline else "",
        moves_on=moves.at if moves else None,
    )


def _held_elsewhere(detention: Detention, lines: Iterable[HeldLine]) -> int | None:
    wanted = [row.line_number for row in lines if not row.is_final]
    others = HeldLine.objects.filter(
        shipment_id=detention.shipment_id, regime=detention.case.regime, line_number__in=wanted, is_final=False
    ).exclude(detention=detention)
    return others.values_list("line_number", flat=True).first()


def _determine(detention: Detention, found: Sequence[Course], rows: Sequence[LegalEvent], because: LegalEvent) -> None:
    """Keep the determinations in line with the events: one stands per proceeding and line, later ones say why."""
    by_key = {row.key: row for row in rows}
    standing = {(row.proceeding, row.line_number): row for row in detention.determinations.filter(superseded_by=None)}
    now = {
        (step.proceeding, course.line): (by_key[step.event], step.state)
        for course in found
        for step in course.steps
        if step.is_determination and step.event is not None
    }
    for at in sorted(standing.keys() | now.keys()):
        old, (event, state) = standing.get(at), now.get(at, (because, ""))
        if old is not None and old.state == state and old.event_id in {event.pk, event.root_id}:
            continue
        if old is not None and old.state and not because.reason:
            raise Refused(
                "determined_before",
                f"Line {at[1]} was determined before in this proceeding ({old.get_state_display().lower()}): "
                "say why another determination takes its place.",
            )
        Determination.objects.create(
            detention=detention, proceeding=at[0], line_number=at[1], event=event, state=state, supersedes=old
        )


def _check_lines(shipment: Shipment, lines: Sequence[int]) -> None:
    known = set(ShipmentLine.objects.filter(shipment=shipment).values_list("number", flat=True))
    if unknown := sorted(set(lines) - known):
        raise Refused("no_such_line", f"The entry has no line {', '.join(map(str, unknown))}.")


def _check_days(days: Iterable[date], source: str) -> None:
    if any(day > timezone.localdate() for day in days):
        raise Refused("date_in_future", "A date that lies in the future cannot be on record yet.")
    if not source.strip():
        raise Refused("source_missing", "Say where the dates are taken from, for example form 6051D.")


def _check_decided(decision: Decision, kind: Kind, detention: Detention, lines: Sequence[int]) -> None:
    """Refuse an act that its decision does not say, or on lines it does not speak of."""
    touched = {f"{detention.pk}-{line}" for line in lines or [course.line for course in courses(detention)]}
    is_said = decision.verdict == Decision.Verdict.APPROVED and kind in OUTCOMES[decision.conclusion].events
    if not is_said or decision.case_id != detention.case_id or (decision.lines and not touched <= set(decision.lines)):
        raise Refused(
            "not_what_was_decided",
            f"The decision ({decision.get_conclusion_display()}) does not say “{kind.label.lower()}” for these lines: "
            "a recommendation and a decision on them come first.",
        )


def _values(detention: Detention) -> dict[str, Any]:
    imported = detention.events.standing().filter(kind=Kind.IMPORTED).values_list("on", flat=True).first()
    return {
        **({"imported_on": imported.isoformat()} if imported else {}),
        "presented_on": detention.presented_on.isoformat() if detention.presented_on else None,
        "detained_on": detention.detained_on.isoformat() if detention.detained_on else None,
        "port": detention.port,
        "source": detention.source,
        "lines": detention.lines,
    }


def _event_values(event: LegalEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "on": event.on.isoformat(),
        "lines": event.lines,
        "source": event.source,
        "details": event.details,
    }
