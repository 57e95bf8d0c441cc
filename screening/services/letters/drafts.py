"""Drafts: made from the case, edited, approved by another person, taken back, discarded."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.attempts import on_record
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Organization, User
from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.checks import missing
from screening.domain.letters.drafting import draft
from screening.domain.letters.kinds import Form, Kind
from screening.models import Case, Detention, LetterDraft, LetterWriting
from screening.services.cases import lock, under_uflpa
from screening.services.letters.facts import others_of
from screening.wording import wording

Facts = dict[str, Any]


def may_draft(user: User, kind: Kind) -> bool:
    """Letters of the authority are drafted in the office; papers by the importer's side, or by a private office.

    An office that is the authority does not write for those who come before it.
    """
    if not user.is_officer:
        return kind.is_paper and user.has_perm(Act.DRAFT_PAPER)
    return user.has_perm(Act.DRAFT_LETTER) and not (kind.is_paper and settings.OFFICE_IS_AUTHORITY)


@transaction.atomic
def draft_letter(case: Case, *, kind: str, actor: User, facts: Facts, detention: Detention | None) -> LetterDraft:
    """Begin a letter with what the case says and the office's wording."""
    case = lock(case)
    about = KINDS[kind]
    _may_write(actor, about)
    if case.regime not in about.regimes:
        under_uflpa(case)
    row = LetterDraft.objects.create(
        case=case,
        detention=detention,
        organization=_side_of(actor, case),
        kind=kind,
        contents=draft(about, facts, wording(kind)),
        author=actor,
        author_person=actor.person,
    )
    _wrote(row, actor)
    _record(Action.LETTER_DRAFTED, row, actor, after={"kind": kind})
    return row


@transaction.atomic
def edit(row: LetterDraft, *, actor: User, contents: dict[str, Any]) -> LetterDraft:
    """Keep what was written. An approval lapses: it was given to other words. What was confirmed of a changed text
    must be confirmed again."""
    row = open_draft(row)
    _may_write(actor, row.about)
    before, changed = row.contents, _changed(row, contents)
    if not changed:
        return row
    row.contents = before | contents
    _keep_confirmations(row, before, contents, changed, actor)
    _wrote(row, actor)
    row.author, row.author_person, row.edited_at = actor, actor.person, timezone.now()
    _unapprove(row)
    row.save()
    _record(Action.LETTER_EDITED, row, actor, after={"changed": changed})
    return row


def approve(row: LetterDraft, *, actor: User, facts: Facts) -> LetterDraft:
    """Approve the words as they stand. Never by a person who wrote in them, and not while something is missing.

    A refused attempt goes on record.
    """
    case = row.case
    with on_record("approve letter", actor=actor, target=row, case=case, organization_id=case.importer_id):
        row = open_draft(row)
        fresh = User.objects.select_related("person").get(pk=actor.pk)
        _may_approve(fresh, row)
        if row.state == LetterDraft.State.APPROVED:
            raise Refused("approved_before", "This draft is approved already.")
        if fresh.person_id in row.hands():
            raise Refused("own_letter", "You wrote in this letter; a different person must approve it.")
        if gaps := missing(row.about, row.contents, facts):
            raise Refused("letter_incomplete", f"Not ready: {gaps[0].label}: {gaps[0].text}")
        row.state, row.approver, row.approver_person = LetterDraft.State.APPROVED, fresh, fresh.person
        row.approved_at, row.approved_sha256 = timezone.now(), digest(row.contents)
        row.save()
        _record(Action.LETTER_APPROVED, row, fresh, after={"sha256": row.approved_sha256})
    return row


@transaction.atomic
def take_back(row: LetterDraft, *, actor: User, reason: str) -> LetterDraft:
    """Give a draft back to those who write it, with a reason; an approval of it is taken back."""
    row = open_draft(row)
    _may_approve(actor, row)
    if not reason.strip():
        raise Refused("reason_missing", "Say what is to be changed.")
    _unapprove(row)
    row.save()
    _record(Action.LETTER_RETURNED, row, actor, reason=reason.strip())
    return row


@transaction.atomic
def discard(row: LetterDraft, *, actor: User, reason: str) -> LetterDraft:
    """Put a draft away. It stays on record."""
    row = open_draft(row)
    _may_write(actor, row.about)
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is put away.")
    row.state = LetterDraft.State.DISCARDED
    row.save(update_fields=["state"])
    _record(Action.LETTER_DISCARDED, row, actor, reason=reason.strip())
    return row


def needs_approval(row: LetterDraft) -> bool:
    """Every letter of the office; a paper where the importer has a second person."""
    return row.organization.kind == Organization.Kind.OFFICE or bool(others_of(row.case, row.author_person_id))


def may_approve(user: User, row: LetterDraft) -> bool:
    """An approver of the office for its letters; for a paper a member of the importer, never the broker alone."""
    if row.organization.kind == Organization.Kind.OFFICE:
        return user.has_perm(Act.APPROVE_LETTER)
    return any(one.organization_id == row.case.importer_id for one in user.active_memberships)


def digest(contents: Any) -> str:
    """The SHA-256 of plain values, over canonical JSON."""
    return hashlib.sha256(json.dumps(contents, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def open_draft(row: LetterDraft) -> LetterDraft:
    """The draft, locked after its case, where it is still one."""
    case = lock(row.case)
    row = LetterDraft.objects.select_for_update(of=("self",)).select_related("organization").get(pk=row.pk)
    row.case = case
    history.note_changed(row, case=case)
    if row.state in {LetterDraft.State.ISSUED, LetterDraft.State.DISCARDED}:
        raise Refused(
            "letter_closed", f"This draft was {row.get_state_display().lower()}; it is not changed any more."
        )
    return row


def _side_of(actor: User, case: Case) -> Organization:
    if actor.is_officer:
        return next(one.organization for one in actor.active_memberships if one.organization.kind == "office")
    return case.importer


def _wrote(row: LetterDraft, actor: User) -> None:
    LetterWriting.objects.create(draft=row, author=actor, author_person=actor.person)


def _may_write(actor: User, kind: Kind) -> None:
    if may_draft(actor, kind):
        return
    if kind.is_paper and actor.is_officer and settings.OFFICE_IS_AUTHORITY:
        raise Refused("paper_of_importer", "This is a paper of the importer: the importer or its broker writes it.")
    raise Refused("may_not_draft", "Your role does not write this letter.")


def _may_approve(actor: User, row: LetterDraft) -> None:
    if not may_approve(actor, row):
        raise Refused("may_not_approve", "Your role does not approve this letter.")


def _changed(row: LetterDraft, contents: dict[str, Any]) -> list[str]:
    codes = {part.code for part in row.about.parts}
    if unknown := set(contents) - codes:
        raise Refused("no_such_content", f"This letter has no content called {sorted(unknown)[0]}.")
    return [code for code, value in contents.items() if row.contents.get(code) != value]


def _keep_confirmations(
    row: LetterDraft, before: dict[str, Any], contents: dict[str, Any], changed: list[str], actor: User
) -> None:
    """What a person confirms bears the name and the day; it does not outlive a change of the words."""
    for part in row.about.parts:
        if part.form != Form.CONFIRM:
            continue
        others = [code for code in changed if code != part.code]
        if contents.get(part.code):
            kept = before.get(part.code) if not others else None
            row.contents[part.code] = kept or {"by": actor.full_name, "on": timezone.localdate().isoformat()}
        else:
            row.contents[part.code] = None


def _unapprove(row: LetterDraft) -> None:
    row.state, row.approver, row.approver_person = LetterDraft.State.DRAFT, None, None
    row.approved_at, row.approved_sha256 = None, ""


def _record(
    action: Action, row: LetterDraft, actor: User, *, after: dict[str, Any] | None = None, reason: str = ""
) -> None:
    audit.record(
        action,
        actor=actor,
        target=row,
        case=row.case,
        organization_id=row.case.importer_id,
        after=after,
        reason=reason,
    )
