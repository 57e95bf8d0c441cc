"""The end of a draft: numbered, set as PDF, and never changed again. And letters of CBP, kept as they came."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.digests import digest_of
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from entities.services.mail import queue_mail
from screening import letter_pdf
from screening.domain.law.states import Kind as EventKind
from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.checks import Missing, missing, wanted_by
from screening.models import Case, Decision, Detention, Letter, LetterDraft
from screening.services import acts_in_law, addressees, events
from screening.services.cases import lock
from screening.services.detentions import record_event
from screening.services.letters.drafts import digest, may_approve, may_draft, needs_approval, open_draft
from screening.services.letters.printed import printed

Facts = dict[str, Any]
MAX_BYTES = 20 * 1024 * 1024
_PREFIX = {Letter.Origin.ISSUED: "L", Letter.Origin.PAPER: "P", Letter.Origin.RECORDED: "R"}


def hindrances(row: LetterDraft, facts: Facts) -> list[Missing]:
    """What stands between this draft and its issue: what is missing in it, and who must still approve it."""
    found = missing(row.about, row.contents, facts)
    if not row.about.is_paper and not settings.OFFICE_IS_AUTHORITY:
        found.append(
            Missing("", "This office", "is not the authority: it keeps the draft, and records what CBP itself issued.")
        )
    elif needs_approval(row) and row.state != LetterDraft.State.APPROVED:
        whom = "A second person of the importer" if row.about.is_paper else "An approver"
        found.append(Missing("", "Approval", f"{whom}, who did not write in it, must approve it."))
    return found


def preview(row: LetterDraft, facts: Facts) -> bytes:
    """The draft as it would be printed, marked as a draft."""
    document = printed(row, facts, is_draft=True)
    return letter_pdf.render(document, {}, at=row.edited_at)


@transaction.atomic
def issue(row: LetterDraft, *, actor: User, facts: Facts) -> Letter:
    """Issue a letter of the authority, or finish a paper of the importer: once, with a number, as a PDF.

    Raises ``Refused`` where something required is missing, the words are not the approved ones, the office is not the
    authority, or the law does not know the act in the state the goods are in.
    """
    row = open_draft(row)
    about = row.about
    if not (may_draft(actor, about) or may_approve(actor, row)):
        raise Refused("may_not_issue", "Your role does not issue this letter.")
    if not about.is_paper and not settings.OFFICE_IS_AUTHORITY:
        raise Refused(
            "not_the_authority",
            "This office is not the authority: it does not issue acts of CBP. Keep the draft, and record what CBP "
            "issued.",
        )
    if gaps := missing(about, row.contents, facts):
        raise Refused("letter_incomplete", f"Not ready: {gaps[0].label}: {gaps[0].text}")
    if row.state == LetterDraft.State.APPROVED:
        if digest(row.contents) != row.approved_sha256:
            raise Refused("not_as_approved", "The words are not those that were approved: have them approved again.")
    elif needs_approval(row):
        raise Refused("not_approved", "A different person must approve it first.")
    origin = Letter.Origin.PAPER if about.is_paper else Letter.Origin.ISSUED
    number = _next_number(origin)
    if origin == Letter.Origin.ISSUED:
        _record_event(row, number, actor)
    letter = _store(row, number, origin, actor, facts)
    if origin == Letter.Origin.PAPER:
        acts_in_law.record_filing(letter, actor=actor)
    row.state = LetterDraft.State.ISSUED
    row.save(update_fields=["state"])
    if origin == Letter.Origin.ISSUED and not about.is_public:
        _tell_importer(letter)
    _audit(Action.LETTER_ISSUED, letter, actor, rows=[row])
    return letter


@transaction.atomic
def record_received(
    case: Case,
    *,
    kind: str,
    received_number: str,
    dated: date,
    content: bytes,
    actor: User,
    detention: Detention | None = None,
) -> Letter:
    """Keep a letter that CBP issued, unchanged, as the PDF that came."""
    case = lock(case)
    if not actor.has_perm(Act.DRAFT_LETTER):
        raise Refused("may_not_record", "Your role does not record letters.")
    if KINDS[kind].is_paper:
        raise Refused("paper_of_importer", "Papers of the importer are not issued by CBP.")
    if dated > timezone.localdate():
        raise Refused("date_in_future", "A letter that bears a day to come cannot be on record yet.")
    if not content.startswith(b"%PDF-"):
        raise Refused("not_a_pdf", "Send the letter as a PDF.")
    if len(content) > MAX_BYTES:
        raise Refused("file_too_large", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    sha256 = hashlib.sha256(content).hexdigest()
    if case.letters.filter(file_sha256=sha256).exists():
        raise Refused("recorded_before", "This file is on record in the case already.")
    number = _next_number(Letter.Origin.RECORDED)
    letter = Letter.objects.create(
        number=number,
        kind=kind,
        origin=Letter.Origin.RECORDED,
        case=case,
        detention=detention,
        dated=dated,
        received_number=received_number.strip(),
        file=ContentFile(content, name=f"{number}.pdf"),
        file_sha256=sha256,
        author=actor,
        author_person=actor.person,
        issued_by=actor,
    )
    _audit(Action.LETTER_RECORDED, letter, actor)
    return letter


def is_intact(letter: Letter) -> bool:
    """The words and the file are still those that went out."""
    if letter.document and digest(letter.document) != letter.document_sha256:
        return False
    try:
        with letter.file.open("rb") as file:
            return digest_of(file) == letter.file_sha256
    except OSError:
        return False


def _store(row: LetterDraft, number: str, origin: Letter.Origin, actor: User, facts: Facts) -> Letter:
    """The letter with its PDF, which bears the end of the audit trail as it was before this act."""
    now, head = timezone.now(), audit.lock_head()
    document = printed(row, facts, is_draft=False)
    sha256 = digest(document)
    record = {"number": number, "sha256": sha256, "head_sequence": head.sequence, "head_hash": head.hash}
    content = letter_pdf.render(document, record, at=now)
    return Letter.objects.create(
        number=number,
        kind=row.kind,
        origin=origin,
        case=row.case,
        detention=row.detention,
        draft=row,
        dated=facts["today"],
        contents=row.contents,
        document=document,
        document_sha256=sha256,
        file=ContentFile(content, name=f"{number}.pdf"),
        file_sha256=hashlib.sha256(content).hexdigest(),
        head_sequence=head.sequence,
        head_hash=head.hash if head.sequence else "",
        author=row.author,
        author_person=row.author_person,
        approver=row.approver,
        approver_person=row.approver_person,
        issued_by=actor,
        issued_at=now,
    )


def _next_number(origin: Letter.Origin) -> str:
    """Kind, year and running number. The lock on the audit trail's head keeps two letters from taking the same."""
    audit.lock_head()
    start = f"{_PREFIX[origin]}-{timezone.localdate().year}-"
    latest = Letter.objects.filter(number__startswith=start).order_by("-pk").values_list("number", flat=True).first()
    return f"{start}{int(latest.rsplit('-', 1)[1]) + 1 if latest else 1:04d}"


# Acts that bring the goods where the letter says they are.
_SAME = {
    EventKind.EXCLUDED: [EventKind.EXCEPTION_REFUSED],
    EventKind.RELEASED: [EventKind.PROTEST_ALLOWED, EventKind.JUDGMENT_RELEASES, EventKind.PETITION_RELEASES],
}


def _record_event(row: LetterDraft, number: str, actor: User) -> None:
    """Put the act on record in law, where it is not there already."""
    event = row.about.event_of(row.contents, timezone.localdate())
    if event is None:
        return
    if row.detention is None:
        raise Refused("no_detention", "No detention is on record in this case: record it first.")
    kind, on = EventKind(event[0]), event[1]
    lines = sorted({line["line"] for line in row.contents.get("lines", ())})
    standing = row.detention.events.standing().filter(kind__in=[kind, *_SAME.get(kind, ())])
    told = {line for one in standing for line in one.lines or lines}
    lines_left = [line for line in lines if line not in told]
    if lines and not lines_left:
        return
    decided = row.case.decisions.filter(verdict=Decision.Verdict.APPROVED, conclusion__in=wanted_by(row.about))
    decision = decided.order_by("-pk").first() or row.case.decisions.filter(verdict=Decision.Verdict.APPROVED).first()
    record_event(
        row.detention,
        kind,
        on,
        actor=actor,
        source=f"letter {number}",
        lines=lines_left,
        details={"letter": number},
        decision=decision,
    )


def _tell_importer(letter: Letter) -> None:
    for address in addressees.outside(letter.case):
        queue_mail(
            address,
            "letter_issued",
            {"case": letter.case.number, "title": letter.about.title, "number": letter.number},
        )


def _audit(action: Action, letter: Letter, actor: User, rows: Any = ()) -> None:
    events.letter_out(letter)
    audit.record(
        action,
        actor=actor,
        target=letter,
        case=letter.case,
        organization_id=letter.case.importer_id,
        after={
            "kind": letter.kind,
            "number": letter.number,
            "file_sha256": letter.file_sha256,
            "document_sha256": letter.document_sha256,
        },
        rows=rows,
    )
