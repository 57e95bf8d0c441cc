"""To which step of the chain a paper belongs, where a person says so."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from evidence.domain.laid import Placement
from evidence.domain.papers import CasePaper
from evidence.models import Paper, PaperPlacement
from evidence.services.asking import ask_for_check
from screening.models import Case
from screening.services.cases import lock


@transaction.atomic
def place_paper(
    case: Case, paper: Paper, *, steps: Sequence[tuple[str, str]], reason: str, actor: User
) -> PaperPlacement:
    """Say to which steps of the chain a paper belongs, by key and label; to none: it belongs nowhere in it.

    Raises ``Refused`` where the paper is not of the case, has been divided otherwise since, or no reason is given.
    """
    case = lock(case)
    if not actor.has_perm(Act.ASSESS):
        raise Refused("not_a_reviewer", "Only a reviewer places papers.")
    if not case.exhibits.filter(document=paper.document_id).exists():
        raise Refused("no_such_paper", "The case has no such paper.")
    if paper.superseded_at is not None:
        raise Refused("paper_superseded", "The paper was divided otherwise since. Load the page again.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the paper belongs there.")
    chosen = dict(steps)
    row = PaperPlacement.objects.create(
        case=case,
        paper=paper,
        steps=list(chosen),
        labels=list(chosen.values()),
        reason=reason.strip(),
        author=actor,
    )
    audit.record(
        Action.PAPER_PLACED,
        actor=actor,
        target=row,
        case=case,
        organization_id=case.importer_id,
        after={"paper": str(paper), "steps": row.labels},
        reason=row.reason,
    )
    ask_for_check([case.pk])
    return row


def placed_by_persons(case: Case, papers: Sequence[CasePaper]) -> dict[int, Placement]:
    """What persons last said, by paper. Where a document was divided otherwise since, it holds for the paper that
    begins on the same page."""
    by_first_page = {(one.document, one.paper.first_page): one.key for one in papers}
    known = {one.key for one in papers}
    found: dict[int, Placement] = {}
    for row in PaperPlacement.objects.filter(case=case).select_related("paper", "author__person").order_by("pk"):
        key = row.paper_id
        if key not in known:
            key = by_first_page.get((row.paper.document_id, row.paper.first_page), 0)
        if key:
            found[key] = Placement(tuple(row.steps), (row.reason,), is_sure=True, by=row.author.full_name)
    return found
