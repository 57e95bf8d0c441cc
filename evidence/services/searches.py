"""What was looked for in the papers of a case and what came of it, kept as a receipt."""

from __future__ import annotations

from collections import Counter

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from evidence.models import KeptSearch, Page
from evidence.services.searching import search, searchable
from screening.models import Case

LONGEST = 200


@transaction.atomic
def keep_search(case: Case, *, words: str, why: str, step: str = "", actor: User) -> KeptSearch:
    """Look for words in every paper of a case, and keep in which papers, when, by whom, and what was found.

    That nothing was found says only that these words do not stand on the pages as they were read; pages without text
    are counted. Raises ``Refused`` where it is not said what is looked for and why, or nothing can be looked through.
    """
    words, why = " ".join(words.split()), why.strip()
    if not actor.has_perm(Act.VIEW_DESK):
        raise Refused("not_of_the_office", "Only the office keeps searches.")
    if not words or len(words) > LONGEST:
        raise Refused("words_missing", f"Say what to look for, in at most {LONGEST} characters.")
    if not why:
        raise Refused("why_missing", "Say what it was to show, so that the receipt can be read later.")
    exhibits = searchable(case, actor)
    if not exhibits:
        raise Refused("no_papers", "The case has no paper to look through.")
    found = search(case, words, user=actor)
    pages = Page.objects.filter(document__in=[one.document_id for one in exhibits])
    count, unread = Counter[int](), Counter[int]()
    for document, text, is_blank in pages.values_list("document_id", "text", "is_blank"):
        count[document] += 1
        unread[document] += not text.strip() and not is_blank
    row = KeptSearch.objects.create(
        case=case,
        words=words,
        why=why[:400],
        step=step[:80],
        searched=[
            {
                "exhibit": one.number,
                "sha256": one.document.sha256,
                "pages": count[one.document_id],
                "unread": unread[one.document_id],
            }
            for one in exhibits
        ],
        found=[{"exhibit": one.exhibit.number, "page": one.number, "count": one.count} for one in found.pages],
        author=actor,
    )
    audit.record(
        Action.SEARCH_KEPT,
        actor=actor,
        target=row,
        case=case,
        organization_id=case.importer_id,
        after={"words": words, "exhibits": len(exhibits), "pages_with_hits": len(row.found)},
        reason=row.why,
    )
    return row
