"""Who may open a paper: a reviewer says so, or the machine closes it; every look at data on workers is on record."""

from __future__ import annotations

from django.db import transaction

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import AuditEvent, User
from evidence.models import Document
from evidence.reference import document_types

# The types of paper that hold rosters, identity papers or wages, and how sure the machine must be to close them.
ON_WORKERS = ("LABOUR_RECORD", "RECRUITMENT_RECORD", "WAGE_RECORD", "WORKER_ROSTER")
SURE_ENOUGH = 0.6


@transaction.atomic
def record_view(document: Document, *, actor: User, page: int | None = None) -> None:
    """Whoever looks at data on workers is on record, each time; other papers are looked at without a trace."""
    if not document.is_on_workers:
        return
    exhibit = document.exhibits.select_related("case").first()
    audit.record(
        Action.WORKER_DATA_VIEWED,
        actor=actor,
        target=document,
        case=exhibit.case if exhibit else None,
        organization_id=document.organization_id,
        after={"sha256": document.sha256, "page": page},
    )


@transaction.atomic
def change_access(document: Document, access: str, *, actor: User | None, reason: str) -> Document:
    """Say anew who may open a paper: a reviewer does, or the machine where it reads data on workers (no actor)."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    history.note_changed(document)
    if actor is not None and not actor.has_perm(Act.VIEW_WORKER_DATA):
        raise Refused("not_a_reviewer", "A reviewer of the office says who may open a paper.")
    if access not in Document.Access.values:
        raise Refused("access_unknown", "Choose who may open the paper.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why.")
    if access == document.access:
        return document
    before, document.access = document.access, access
    document.save(update_fields=["access"])
    exhibit = document.exhibits.select_related("case").first()
    audit.record(
        Action.DOCUMENT_ACCESS_CHANGED,
        actor=actor,
        target=document,
        case=exhibit.case if exhibit else None,
        organization_id=document.organization_id,
        before={"access": before},
        after={"access": access},
        reason=reason.strip(),
    )
    return document


def keep_workers_apart(document: Document) -> Document:
    """Close a paper that the machine takes for one with data on workers, unless a reviewer said who may open it."""
    if document.is_on_workers:
        return document
    read_as = document.papers.standing().filter(type__in=ON_WORKERS, confidence__gte=SURE_ENOUGH).first()
    said = AuditEvent.objects.filter(
        action=Action.DOCUMENT_ACCESS_CHANGED,
        target_kind="document",
        target_key=str(document.pk),
        actor_id__isnull=False,
    )
    if read_as is None or said.exists():
        return document
    reason = (
        f"Read as {document_types()[read_as.type].label.lower()}, pages {read_as.first_page} to {read_as.last_page}."
    )
    return change_access(document, Document.Access.WORKERS, actor=None, reason=reason)
