"""The papers of a case looked at anew: laid on the chain, tied to each other, and told cell by cell what they show.

Runs as a job whenever papers, chain or placements change (``asking.ask_for_check``). Everything that rests on the
papers of a case as a whole is worked out here, in this order, so that one look sees one state of them.
"""

from __future__ import annotations

from entities.models import Job
from evidence.models import Document
from evidence.services import alarms, proof_grids
from evidence.services.laying import lay_out
from evidence.services.papers import papers_of
from screening.confidential import Owner
from screening.models import Case

WITHHELD = "It was sent to the office alone."
ON_WORKERS = "It holds data on workers: reviewers open it."


def check_job(job: Job) -> None:
    """Work off a job that names a case."""
    case = Case.objects.filter(pk=job.payload["case"]).select_related("importer").first()
    if case is not None:
        check(case)


def _closed(case: Case, *access: str) -> set[int]:
    """The documents of a case that not everybody may open: those with this access, or all."""
    rows = Document.objects.filter(exhibits__case=case).exclude(access=Document.Access.CASE)
    return set((rows.filter(access__in=access) if access else rows).values_list("pk", flat=True))


def check(case: Case) -> None:
    """Look at the papers of a case as they are now."""
    basis = proof_grids.basis_of(case)  # first: what changes meanwhile asks for another look
    papers = papers_of(case)
    laid = lay_out(case, papers=papers)
    for_importer = lay_out(case, Owner(case.importer_id), papers).closed(_closed(case), WITHHELD)
    kept = alarms.check_papers(case, laid, for_importer)
    proof_grids.store(
        case,
        laid.closed(_closed(case, Document.Access.WORKERS), ON_WORKERS),
        for_importer,
        basis=basis,
        contradicted=alarms.contradicted(kept),
        told=alarms.contradicted(kept, for_importer=True),
    )
