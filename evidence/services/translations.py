"""Translations of papers: a person says which pages are the English of which; the operator's own engine may help."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import User
from evidence.models import Document, Page, Translation
from evidence.services.asking import ask_for_check_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Range:
    """Pages from the first to the last."""

    first: int
    last: int


@transaction.atomic
def attach_translation(
    original: Document, pages: Range, *, document: Document, at: Range, actor: User, translator: str = ""
) -> Translation:
    """Say that pages of a document are the English of pages of another one, or of other pages of the same."""
    if original.organization_id != document.organization_id:
        raise Refused("translation", "The translation must be a paper of the same importer.")
    for paper, some, what in ((original, pages, "original"), (document, at, "translation")):
        if not 1 <= some.first <= some.last <= paper.page_count:
            raise Refused(
                "translation_pages",
                f"The {what} has {paper.page_count} pages. Give a first and a last page among them.",
            )
    if original.pk == document.pk and pages.first <= at.last and at.first <= pages.last:
        raise Refused("translation_pages", "Pages cannot translate themselves. Name the pages the English stands on.")
    if Page.objects.filter(document=document, number__range=(at.first, at.last), needs_translation=True).exists():
        raise Refused(
            "translation_foreign",
            "The pages named as the translation are not mainly in Latin letters themselves. Check exhibit and pages.",
        )
    row = Translation.objects.create(
        original=original,
        first_page=pages.first,
        last_page=pages.last,
        document=document,
        document_first_page=at.first,
        document_last_page=at.last,
        translator=translator.strip(),
        author=actor,
    )
    ask_for_check_of(original)
    _record(row, Action.TRANSLATION_ATTACHED, actor)
    return row


@transaction.atomic
def take_back_translation(row: Translation, *, actor: User) -> Translation:
    """Say that pages are not the translation of others after all. Both statements stay on record."""
    row = Translation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not Translation.objects.standing().filter(pk=row.pk).exists():
        raise Refused("translation_gone", "This translation was taken back already.")
    answer = Translation.objects.create(
        original_id=row.original_id,
        first_page=row.first_page,
        last_page=row.last_page,
        document_id=row.document_id,
        document_first_page=row.document_first_page,
        document_last_page=row.document_last_page,
        translator=row.translator,
        takes_back=row,
        author=actor,
    )
    ask_for_check_of(answer.original)
    _record(answer, Action.TRANSLATION_TAKEN_BACK, actor)
    return answer


def _record(row: Translation, action: Action, actor: User) -> None:
    exhibit = row.original.exhibits.select_related("case").first()
    audit.record(
        action,
        actor=actor,
        target=row,
        case=exhibit.case if exhibit else None,
        organization_id=row.original.organization_id,
        after={
            "original": row.original.sha256,
            "pages": [row.first_page, row.last_page],
            "translation": row.document.sha256,
            "translation_pages": [row.document_first_page, row.document_last_page],
        },
    )


def translated_pages(documents: Iterable[int]) -> dict[int, set[int]]:
    """The pages of these documents to which a translation is attached."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in Translation.objects.standing().filter(original__in=documents):
        found[row.original_id].update(range(row.first_page, row.last_page + 1))
    return found


def untranslated(documents: Iterable[int]) -> dict[int, set[int]]:
    """The pages of these documents that are not mainly in Latin letters and have no translation attached.

    Of documents that were read before this was told page by page, all pages count.
    """
    found: dict[int, set[int]] = defaultdict(set)
    pages = Page.objects.filter(document__in=documents, needs_translation=True)
    for document, number in pages.values_list("document", "number"):
        found[document].add(number)
    whole = Document.objects.filter(pk__in=documents, needs_translation=True).exclude(pk__in=found)
    for document, count in whole.values_list("pk", "page_count"):
        found[document] = set(range(1, max(1, count) + 1))
    for document, numbers in translated_pages(documents).items():
        found[document] -= numbers
    return {document: numbers for document, numbers in found.items() if numbers}


@dataclass(frozen=True, slots=True)
class MachineText:
    """What the operator's engine made of a page; always shown with the name of the engine, never as evidence."""

    text: str
    engine: str


def machine_translation(text: str) -> MachineText:
    """The page put into English by the engine of the operator: ``TRANSLATION_ENGINE`` names a function
    ``(text: str) -> str``. The product ships none; nothing is kept of what it answers."""
    if not settings.TRANSLATION_ENGINE:
        raise Refused("no_engine", "No translation engine is set up here.")
    try:
        answer = import_string(settings.TRANSLATION_ENGINE)(text)
    except Exception as fault:  # whatever an operator's engine raises is no fault of the page
        log.warning("translation engine failed: %s", type(fault).__name__)
        raise Refused("engine_failed", "The translation engine did not answer. Try again later.") from fault
    return MachineText(str(answer), settings.TRANSLATION_ENGINE)
