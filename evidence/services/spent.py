"""Lots and certificates of a case that other cases rest on too: for the office, whoever the other importer is."""

from __future__ import annotations

from django.db.models import Q

from entities.models import of_environment
from evidence.domain.rules import File, Spent
from evidence.domain.rules.material import lot_key
from evidence.models import Document, Exhibit, Paper, PaperField
from screening.models import Case

_SHORTEST = 6  # a shorter number may well be that of another lot
_MOST = 2_000


def spent_elsewhere(case: Case, file: File) -> tuple[Spent, ...]:
    """What the papers of other cases use of the lots here, and where else the certificates here are."""
    own = set(Exhibit.objects.filter(case=case).values_list("document__sha256", flat=True))
    lots = {one.value for paper in file.evidence for one in file.every(paper, "input_lot")}
    certificates = {one.value for paper in file.of("origin") for one in file.every(paper, "document_number")}
    found = _used(case, {one for one in lots if len(lot_key(one)) >= _SHORTEST}, own)
    return (*found, *_shown(case, {one for one in certificates if len(lot_key(one)) >= _SHORTEST}, file))


def _used(case: Case, lots: set[str], own: set[str]) -> list[Spent]:
    """A production record that also lies in this case is the same use, not another."""
    rows = PaperField.objects.standing().filter(name="input_lot", value__in=lots, paper__superseded_at=None)
    rows = rows.filter(_of_its_environment(case, "paper__document"))
    rows = rows.exclude(paper__document__exhibits__case=case).exclude(paper__document__sha256__in=own)
    found = []
    for row in rows.select_related("paper__document")[:_MOST]:
        size = PaperField.objects.standing().filter(paper=row.paper, name="input_quantity", line=row.line).first()
        if size:
            found += [Spent(number, row.value, size.value, size.unit) for number in _cases_of(row.paper.document)]
    return found


def _shown(case: Case, certificates: set[str], file: File) -> list[Spent]:
    origin = [code for code, kind in file.types.items() if kind.family == "origin"]
    papers = Paper.objects.standing().filter(_of_its_environment(case, "document"), type__in=origin)
    papers = papers.exclude(document__exhibits__case=case)
    rows = PaperField.objects.standing().filter(name="document_number", value__in=certificates, paper__in=papers)
    return [
        Spent(number, row.value, "", "", is_certificate=True)
        for row in rows.select_related("paper__document")[:_MOST]
        for number in _cases_of(row.paper.document)
    ]


def _of_its_environment(case: Case, document: str) -> Q:
    """Papers of live importers for a live case, of sandboxes for one of a sandbox."""
    return of_environment(sandbox=case.importer.is_sandbox, organization=f"{document}__organization")


def _cases_of(document: Document) -> list[str]:
    return sorted(set(document.exhibits.values_list("case__number", flat=True)))
