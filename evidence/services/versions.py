"""Versions of a file: which one replaces which, what that changes, and which files hold the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Avg, Count, Q

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from evidence import reference
from evidence.domain.papers import PaperRead
from evidence.domain.versions import Comparison, Legibility, compare
from evidence.models import Document, Page, PaperField, Replacement, SupplierDelivery
from evidence.services.papers import paper_read
from screening.models import Case

FEWEST_LETTERS = 40  # pages with less text are alike by chance
ALIKE_SHARE = 0.8


@transaction.atomic
def name_replaced(
    document: Document,
    replaces: Document | None,
    *,
    actor: User,
    reason: str = "",
    delivery: SupplierDelivery | None = None,
) -> Replacement:
    """Say that a file replaces another of the same importer, or, with none, that it replaces nothing after all.

    ``delivery``: where a supplier says so that sent the file by its link; the actor is then who asked it.
    """
    reason = f"Said by {delivery}." if delivery else reason
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if not actor.has_perm(Act.UPLOAD_DOCUMENT):
        raise Refused("may_not_upload", "Your role does not send papers.")
    if replaces is not None:
        if replaces.pk == document.pk:
            raise Refused("replaces_itself", "That is the same file, byte for byte. Choose another file.")
        if replaces.organization_id != document.organization_id:
            raise Refused("other_importer", "Choose a file of the same importer.")
        if document.pk in _line_of(replaces):
            raise Refused("replaces_in_circle", "That file is itself replaced by this one.")
    row = Replacement.objects.create(document=document, replaces=replaces, author=actor, reason=reason.strip())
    exhibit = document.exhibits.select_related("case").first()
    audit.record(
        Action.REPLACEMENT_NAMED,
        actor=None if delivery else actor,
        target=document,
        case=exhibit.case if exhibit else None,
        organization_id=document.organization_id,
        after={"replaces": replaces.file_name if replaces else None, "sha256": replaces.sha256 if replaces else None},
        reason=reason.strip(),
    )
    return row


def replaced_in(case: Case) -> dict[int, int]:
    """The documents of a case that replace others now, each with the one it replaces; by key."""
    latest: dict[int, int | None] = {}
    for row in Replacement.objects.filter(document__exhibits__case=case).order_by("pk"):
        latest[row.document_id] = row.replaces_id
    return {new: old for new, old in latest.items() if old is not None}


def replaced_by_it(document: Document) -> Document | None:
    """The file that this one replaces, as last said."""
    row = Replacement.objects.filter(document=document).select_related("replaces").first()
    return row.replaces if row else None


def replacements_of(document: Document) -> list[Document]:
    """The files that replace this one now."""
    rows = Replacement.objects.filter(replaces=document).select_related("document")
    return [one.document for one in rows if replaced_by_it(one.document) == document]


def _line_of(document: Document) -> set[int]:
    """The file and all it replaces in turn."""
    known: set[int] = set()
    one: Document | None = document
    while one is not None and one.pk not in known:
        known.add(one.pk)
        one = replaced_by_it(one)
    return known


def comparison(document: Document, replaced: Document) -> Comparison:
    """What a replacement changes."""
    said = reference.table_of("versions.toml")
    return compare(
        papers_in(replaced),
        papers_in(document),
        material=frozenset(said["material"]),
        most_corrected=said["most_corrected"],
        legibility=(_legibility(replaced), _legibility(document)),
    )


def papers_in(document: Document) -> list[PaperRead]:
    """The papers of a file as they stand now."""
    papers = list(document.papers.standing())
    fields = PaperField.objects.standing().filter(paper__in=papers)
    return [paper_read(one, [field for field in fields if field.paper_id == one.pk]) for one in papers]


def _legibility(document: Document) -> Legibility:
    said = document.pages.aggregate(
        unread=Count("pk", filter=Q(has_text=False, is_blank=False)), confidence=Avg("confidence")
    )
    return Legibility(said["unread"], 1.0 if said["confidence"] is None else said["confidence"])


@dataclass(frozen=True, slots=True)
class Alike:
    """Another file of the importer that holds the same, and why that is thought."""

    document: Document
    why: str


def alike(document: Document, among: object) -> list[Alike]:
    """Files that seem to hold what this one holds: most pages word for word, or a paper of the same type and number.

    ``among``: the documents that may be named to who asks.
    """
    others = Document.objects.filter(pk__in=among, organization=document.organization_id).exclude(pk=document.pk)  # type: ignore[misc]
    found: dict[int, str] = {}
    hashes = [page.sha256 for page in document.pages.all() if len(page.text) >= FEWEST_LETTERS]
    if hashes:
        same: Counter[int] = Counter()
        rows = Page.objects.filter(document__in=others, sha256__in=set(hashes))
        for other, sha256 in set(rows.values_list("document", "sha256")):
            same[other] += hashes.count(sha256)
        for other, count in same.items():
            if count >= ALIKE_SHARE * len(hashes):
                found[other] = (
                    "the same text on every page"
                    if count == len(hashes)
                    else f"the same text on {count} of {len(hashes)} pages"
                )
    fields = PaperField.objects.standing().filter(name="document_number", paper__superseded_at=None)
    fields = fields.exclude(paper__type="").select_related("paper")
    own = {(one.paper.type, one.value.casefold()) for one in fields.filter(paper__document=document)}
    same_number = Q()
    for _, value in own:
        same_number |= Q(value__iexact=value)
    for one in fields.filter(same_number, paper__document__in=others) if own else ():
        if (one.paper.type, one.value.casefold()) in own:
            label = reference.document_types()[one.paper.type].label
            found.setdefault(one.paper.document_id, f"{label} {one.value} stands in both")
    rows_by_key = Document.objects.in_bulk(list(found))
    return [Alike(rows_by_key[key], why) for key, why in sorted(found.items()) if key in rows_by_key]
