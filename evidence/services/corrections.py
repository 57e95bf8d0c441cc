"""A reviewer sets right what the machine read: which papers a file holds, what each is, and single fields.

What was proposed or set before stays on record beside the correction, with its author and reason.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from evidence import reference
from evidence.domain.papers import PaperRead
from evidence.domain.understanding.normalise import normalised
from evidence.models import Document, Paper, PaperField
from evidence.services.asking import ask_for_check_of
from evidence.services.papers import content_of
from evidence.services.understanding import store_paper
from evidence.understanding import read_as


@transaction.atomic
def set_paper(
    document: Document,
    *,
    first_page: int,
    last_page: int,
    type_code: str,
    is_blank_form: bool,
    actor: User,
    reason: str,
) -> Paper:
    """Say that these pages are one paper of this type. Its fields are read anew as of that type.

    Papers that lay on these pages give way: what is left of their pages before and behind stays a paper of its own.
    Fields that a person corrected on these pages stay corrected.
    """
    document = _locked(document, actor, reason)
    if type_code and type_code not in reference.document_types():
        raise Refused("type_unknown", "Choose a type of paper from the list.")
    if not 1 <= first_page <= last_page <= max(document.page_count, 1):
        raise Refused(
            "pages_unknown", f"The file has {document.page_count} pages: give the first and the last of them."
        )
    before = [one for one in document.papers.standing() if one.first_page <= last_page and one.last_page >= first_page]
    read = _read(document, first_page, last_page, type_code)
    read = _told_by_person(read, type_code, is_blank_form)
    row = store_paper(document, read, () if is_blank_form else read.fields, author=actor, reason=reason.strip())
    _keep_corrections(row, before)
    for one in before:
        _leave_rest(one, first_page, last_page)
    document.papers.filter(pk__in=[one.pk for one in before]).update(superseded_at=timezone.now())
    _record(Action.PAPER_SET, row, actor, reason, {"was": [_said(one) for one in before]}, _said(row))
    return row


@transaction.atomic
def correct_field(
    paper: Paper, *, name: str, value: str, actor: User, reason: str, unit: str = "", page: int | None = None,
    line: int | None = None, corrects: PaperField | None = None,
) -> PaperField:  # fmt: skip
    """Say what stands on a paper under a name; an empty value says that it does not stand there."""
    _locked(paper.document, actor, reason)
    paper.refresh_from_db()
    if paper.superseded_at is not None:
        raise Refused("paper_superseded", "The file was divided anew meanwhile: look at its papers again.")
    if corrects is not None:
        if corrects.paper_id != paper.pk:
            raise Refused("field_of_another_paper", "This field stands on another paper.")
        if PaperField.objects.filter(replaces=corrects).exists():
            raise Refused("corrected_meanwhile", "Somebody corrected this field meanwhile: look at it again.")
        name, line, page = corrects.name, corrects.line, page or corrects.page_number
    kind = reference.vocabulary().kinds.get(name)
    if kind is None:
        raise Refused("field_unknown", "Choose the field from the list.")
    if not value.strip() and corrects is None:
        raise Refused("value_missing", "Say what stands on the paper.")
    written = normalised(kind, value)
    if value.strip() and not written:
        raise Refused(
            "value_malformed", f"“{value}” is no {_KINDS.get(kind, 'value')}. {_REMEDIES.get(kind, '')}".strip()
        )
    page = page or paper.first_page
    if not paper.first_page <= page <= paper.last_page:
        raise Refused("page_elsewhere", f"The paper lies on pages {paper.first_page} to {paper.last_page}.")
    place = corrects if corrects is not None and corrects.page_number == page else None
    row = PaperField.objects.create(
        paper=paper, name=name, line=line, value=written[:500], unit=unit.strip()[:40], text=value.strip()[:500],
        page_number=page, box=place.box if place else None, cell=place.cell if place else "",
        confidence=1.0, author=actor, reason=reason.strip(), replaces=corrects,
    )  # fmt: skip
    was: dict[str, object] = {"value": corrects.value, "unit": corrects.unit} if corrects else {}
    now: dict[str, object] = {"field": name, "line": line, "value": row.value, "unit": row.unit, "page": page}
    _record(Action.PAPER_FIELD_CORRECTED, paper, actor, reason, was, now)
    return row


_KINDS = {"date": "date", "amount": "amount", "quantity": "number", "weight": "number", "currency": "currency"}
_REMEDIES = {
    "date": "Write it as 2026-05-31.",
    "amount": "Write it as 1234.50, without a currency.",
    "quantity": "Write the number alone and the unit beside it.",
    "weight": "Write the number alone and the unit beside it.",
    "currency": "Write its three letters, for example USD.",
}


def _locked(document: Document, actor: User, reason: str) -> Document:
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if not (actor.is_officer and actor.has_perm(Act.ASSESS)):
        raise Refused("not_a_reviewer", "A reviewer of the office corrects what was read.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why: the correction stays on record with its reason.")
    if document.state == Document.State.QUEUED:
        raise Refused("being_read", "The file is being read: wait until that is done.")
    return document


def _read(document: Document, first_page: int, last_page: int, type_code: str) -> PaperRead:
    pages = [one for one in content_of(document) if first_page <= one.number <= last_page]
    if not pages:
        return PaperRead(type_code, first_page, last_page)
    return read_as(pages, type_code)


def _told_by_person(read: PaperRead, type_code: str, is_blank_form: bool) -> PaperRead:
    return PaperRead(type_code, read.first_page, read.last_page, read.fields, is_blank_form, 1.0, ())


def _keep_corrections(row: Paper, before: list[Paper]) -> None:
    """Carry over what persons said about the pages that the new paper covers."""
    corrected = PaperField.objects.filter(paper__in=before, author__isnull=False, replaced_by=None)
    for one in corrected.filter(page_number__gte=row.first_page, page_number__lte=row.last_page):
        machine = row.fields.filter(name=one.name, line=one.line, author=None, replaced_by=None).first()
        PaperField.objects.create(
            paper=row, name=one.name, line=one.line, value=one.value, unit=one.unit, text=one.text,
            page_number=one.page_number, box=one.box, cell=one.cell, confidence=one.confidence,
            author=one.author, reason=one.reason, created_at=one.created_at, replaces=machine,
        )  # fmt: skip


def _leave_rest(paper: Paper, first_page: int, last_page: int) -> None:
    """What lies before and behind the pages that were taken out of a paper."""
    for first, last in ((paper.first_page, first_page - 1), (last_page + 1, paper.last_page)):
        if first <= last:
            read = _read(paper.document, first, last, paper.type)
            rest = PaperRead(paper.type, first, last, (), paper.is_blank_form, paper.confidence, tuple(paper.reasons))
            more = {"author": paper.author, "reason": paper.reason} if paper.author else {}
            _keep_corrections(store_paper(paper.document, rest, read.fields, **more), [paper])


def _said(paper: Paper) -> dict[str, object]:
    pages = [paper.first_page, paper.last_page]
    return {"type": paper.type, "pages": pages, "blank_form": paper.is_blank_form}


def _record(
    action: Action, paper: Paper, actor: User, reason: str, before: dict[str, object], after: dict[str, object],
) -> None:  # fmt: skip
    document = paper.document
    exhibit = document.exhibits.select_related("case").first()
    audit.record(
        action,
        actor=actor,
        target=paper,
        case=exhibit.case if exhibit else None,
        organization_id=document.organization_id,
        before=before,
        after={**after, "file": document.file_name},
        reason=reason.strip(),
        rows=[document],
    )
    ask_for_check_of(document)
