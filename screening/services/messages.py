"""Messages between the office and the importer inside a case, and the office's notes to itself."""

from __future__ import annotations

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Membership, Organization, User
from entities.services.mail import queue_mail
from screening.models import Case, Message, MessageRead
from screening.services import addressees, events
from screening.services.cases import lock

MOST_CHARACTERS = 8000


@transaction.atomic
def write_message(case: Case, *, actor: User, text: str) -> Message:
    """Write to the other side: the office to the importer and its brokers, or one of them to the office."""
    case = lock(case)
    if not actor.has_perm(Act.WRITE_MESSAGE):
        raise Refused("may_not_write", "Your role does not write to importers.")
    message = _append(case, actor, text, is_note=False)
    to = addressees.outside(case) if actor.is_officer else addressees.in_charge(case)
    for address in to:
        queue_mail(
            address,
            "message_received",
            {"case": case.number, "importer": str(case.importer), "from_office": actor.is_officer},
        )
    events.written(message)
    _record(Action.MESSAGE_WRITTEN, message, case, actor)
    return message


@transaction.atomic
def write_note(case: Case, *, actor: User, text: str) -> Message:
    """Write a note that only members of the office ever see."""
    case = lock(case)
    if not actor.has_perm(Act.WRITE_NOTE):
        raise Refused("may_not_write", "Your role writes no notes in cases.")
    note = _append(case, actor, text, is_note=True)
    _record(Action.NOTE_WRITTEN, note, case, actor)
    return note


def mark_read(case: Case, *, actor: User) -> int:
    """What the other side wrote is opened by this person. Says how many messages that were."""
    rows = [
        MessageRead(message_id=key, user=actor)
        for key in Message.objects.unread_by(actor).filter(case=case).values_list("pk", flat=True)
    ]
    MessageRead.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _append(case: Case, actor: User, text: str, *, is_note: bool) -> Message:
    organization = _stands_for(case, actor)
    text = text.strip()
    if not text:
        raise Refused("message_missing", "Write something first.")
    if len(text) > MOST_CHARACTERS:
        raise Refused("message_too_long", f"Shorten it to {MOST_CHARACTERS:,} characters, or send it as a paper.")
    return Message.objects.create(
        case=case, is_note=is_note, side=organization.kind, organization=organization, text=text, author=actor
    )


def _stands_for(case: Case, actor: User) -> Organization:
    """The organisation the author speaks for in this case."""
    if not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise Refused("other_case", f"You do not act in case {case.number}.")
    own: list[Membership] = actor.active_memberships
    kinds = [Organization.Kind.OFFICE] if actor.is_officer else [Organization.Kind.IMPORTER, Organization.Kind.BROKER]
    sides = [one.organization for one in own if one.organization.kind in kinds]
    return next((one for one in sides if one.pk == case.importer_id), sides[0])


def _record(action: Action, message: Message, case: Case, actor: User) -> None:
    """The words stay in the message: the history, which more people read, says only that it was written."""
    audit.record(
        action,
        actor=actor,
        target=message,
        case=case,
        organization_id=case.importer_id,
        after={"characters": len(message.text)},
    )
