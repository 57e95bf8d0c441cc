"""What a letter of CBP is in law: the event goes on record once, on the day that a person confirmed; or a person says
that it is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import User
from screening.domain.law.states import Kind
from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.kinds import Kind as LetterKind
from screening.laws import LAWS
from screening.models import Detention, LegalEvent, Letter, NoEvent
from screening.services.cases import lock
from screening.services.detentions import correct_event, record_event

# What the law says where the event is there already, or a later one does not go with it.
_THERE = {"out_of_order", "determined_before"}


def may_be(letter: Letter) -> list[Kind]:
    """The events that a letter of CBP can be, of those its regime knows; none for a letter of anybody else."""
    if letter.origin != Letter.Origin.RECORDED:
        return []
    return _events(letter.about, letter.case.regime)


def waiting(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """Of these letters those of CBP that nobody put on record in law yet, nor found to be no event."""
    of_kinds = Q()
    for regime in LAWS:
        codes = [code for code, about in KINDS.items() if _events(about, regime)]
        of_kinds |= Q(case__regime=regime, kind__in=codes)
    told = LegalEvent.objects.standing().alias(letter=KT("details__letter"))
    told = told.filter(detention__case=OuterRef("case"), letter=OuterRef("number"))
    return letters.filter(of_kinds, ~Exists(told), origin=Letter.Origin.RECORDED, no_event=None)


def on_record(letter: Letter) -> QuerySet[LegalEvent]:
    """The events that stand on record from this letter."""
    rows = LegalEvent.objects.standing().filter(detention__case=letter.case_id, details__letter=letter.number)
    return rows.select_related("detention__shipment").order_by("pk")


def on_record_of(letters: Sequence[Letter]) -> dict[str, list[LegalEvent]]:
    """The same of several letters, by their numbers."""
    found = defaultdict[str, list[LegalEvent]](list)
    rows = LegalEvent.objects.standing().filter(details__has_key="letter")
    for row in rows.filter(detention__case__in={letter.case_id for letter in letters}).order_by("pk"):
        found[row.details["letter"]].append(row)
    return found


@transaction.atomic
def put_in_law(
    letter: Letter,
    detention: Detention,
    *,
    actor: User,
    kind: Kind,
    on: date,
    lines: Sequence[int] = (),
    reason: str = "",
) -> LegalEvent:
    """Put on record what a letter of CBP did to detained goods, on the day confirmed.

    Where somebody recorded the same event before the letter came, it is not recorded again: that record is corrected
    to the day and the source of the letter. Raises ``Refused`` where the letter is on record for the detention
    already, where a letter of its kind is no such event, or where the law does not know the event there.
    """
    case = lock(letter.case)
    if detention.case_id != case.pk:
        raise Refused("other_case", "This detention does not belong to the case of the letter.")
    if kind not in may_be(letter):
        raise Refused(
            "not_what_it_says", f"{letter.about.title}: a letter of this kind is not “{kind.label.lower()}”."
        )
    if (told := on_record(letter).filter(detention=detention).first()) is not None:
        raise Refused("in_law_before", f"This letter is on record in law already: {told}.")
    number = f", number {letter.received_number}" if letter.received_number else ""
    source = f"{letter.about.title} of CBP{number} ({letter.number})"
    details = {"letter": letter.number}
    try:
        with transaction.atomic():
            return record_event(
                detention, kind, on, actor=actor, source=source, lines=lines, details=details, reason=reason
            )
    except Refused as refused:
        before = _told_by_hand(detention, kind, lines) if refused.code in _THERE else None
        if before is None:
            raise
    why = reason or f"{letter.about.title} came: the day and the source are the letter’s."
    return correct_event(before, actor=actor, on=on, source=source, reason=why, details=details)


@transaction.atomic
def refuse_event(letter: Letter, *, actor: User, reason: str) -> NoEvent:
    """Say that a letter of CBP does nothing to the goods, so that it waits no longer to be confirmed."""
    case = lock(letter.case)
    if not reason.strip():
        raise Refused("reason_missing", "Say why the letter does nothing to the goods.")
    if (told := on_record(letter).first()) is not None:
        raise Refused("in_law_before", f"This letter is on record in law: {told}. Correct that record instead.")
    if not waiting(Letter.objects.filter(pk=letter.pk)).exists():
        raise Refused("nothing_waits", f"{letter.about.title} {letter.number} does not wait to be confirmed.")
    row = NoEvent.objects.create(letter=letter, reason=reason.strip(), author=actor)
    audit.record(
        Action.LETTER_MOVES_NOTHING, actor=actor, target=row, case=case, organization_id=case.importer_id,
        after={"letter": letter.number}, reason=row.reason,
    )  # fmt: skip
    return row


def _events(about: LetterKind, regime: str) -> list[Kind]:
    """The events that a letter of this kind can be, of those a regime knows."""
    known = {row.kind for row in LAWS[regime].table}
    return [kind for kind in map(Kind, about.events) if kind in known]


def _told_by_hand(detention: Detention, kind: Kind, lines: Sequence[int]) -> LegalEvent | None:
    """The latest record of the same event on these lines that no letter stands behind."""
    rows = detention.events.standing().filter(~Q(details__has_key="letter"), kind=kind).order_by("-on", "-pk")
    return next((row for row in rows if not lines or not row.lines or set(lines) & set(row.lines)), None)
