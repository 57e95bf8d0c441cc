"""Chains that were decided on before: what is different now, and the report that a chain is the same.

A case counts where it was decided outside the scope of the law on an applicability review (``not_in_scope``). Nothing
is decided by likeness: the report is a draft, the office judges the case as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from entities.domain.errors import Refused
from entities.models import User
from evidence.domain.identical import Part, differences, fingerprint, parts_of, parts_out_of
from evidence.services import proof_grids
from evidence.services.laying import steps_laid
from screening.confidential import Office, Owner, Reader
from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.checks import GAP
from screening.domain.pathways import Conclusion, Pathway
from screening.models import Case, Decision, LetterDraft, hidden_from
from screening.services import letters

REPORT = "identical_chain_report"
MOST = 20  # earlier cases that are compared, the latest first


@dataclass(frozen=True, slots=True)
class Before:
    """A case decided before on a chain like this one, and what is different now."""

    case: Case
    decision: Decision
    differences: tuple[str, ...]
    fingerprint: str

    @property
    def is_identical(self) -> bool:
        return not self.differences

    @property
    def entries(self) -> list[str]:
        return [one.entry_number for one in self.case.shipments.all() if one.entry_number]


def decided_before(case: Case, reader: Reader) -> list[Before]:
    """Cases of the same importer whose chain was held outside the scope of the law, the most alike first.

    Compared is the chain as sealed with the decision. An importer is told only of parties it declared itself, a
    reviewer of no case that it is to look at a second time.
    """
    eyes = Office.of(case) if reader.is_officer else Owner(case.importer_id)
    now, goods = parts_of(steps_laid(case, eyes)), _goods(case)
    rows = Decision.objects.approved().filter(
        case__importer=case.importer_id, pathway=Pathway.APPLICABILITY, conclusion=Conclusion.NOT_IN_SCOPE
    )
    hidden = hidden_from(reader) if isinstance(reader, User) else set()
    found = []
    for decision in (
        rows.exclude(case=case)
        .exclude(case__in=hidden)
        .select_related("case", "recommendation")
        .order_by("-pk")[:MOST]
    ):
        before = parts_out_of(decision.recommendation.record.get("chain", []))
        if before is None:
            continue
        if not reader.is_officer:
            known = {one.key for one in (*now, *parts_of(steps_laid(decision.case, eyes)))}
            before = [one for one in before if one.key in known]
        found.append(
            Before(
                decision.case,
                decision,
                tuple(differences(now, before, goods, _goods(decision.case))),
                fingerprint(before, _goods(decision.case)),
            )
        )
    return sorted(found, key=lambda one: len(one.differences))


def draft_report(case: Case, prior: Case, *, actor: User) -> LetterDraft:
    """Draft the report that the chain is the one of a case decided before, with a business record for each stage.

    Raises ``Refused`` where the other case was not so decided, or the chains differ: what differs is named.
    """
    before = next((one for one in decided_before(case, actor) if one.case.pk == prior.pk), None)
    if before is None:
        raise Refused("not_decided_before", "That case was not held to be outside the scope of the law.")
    if before.differences:
        raise Refused("not_identical", f"The chains are not identical: {' '.join(before.differences[:3])}")
    if not before.entries:
        raise Refused("no_entry", "The case decided before has no entry number to name.")
    detention = case.detentions.order_by("pk").first()
    facts = letters.facts_of(case, kind=KINDS[REPORT], detention=detention, exhibits=[])
    draft = letters.draft_letter(case, kind=REPORT, actor=actor, facts=facts, detention=detention)
    parts = parts_of(steps_laid(case, Owner(case.importer_id)))
    contents = {
        "prior_entry": before.entries[0],
        "producers": [_producer(one) for one in parts],
        "records": _records(case, parts),
    }
    return letters.edit(draft, actor=actor, contents=contents)


def _producer(part: Part) -> str:
    return f"{part.stage[:1].upper()}{part.stage[1:]}: {part.label}" if part.stage else part.label


def _records(case: Case, parts: Sequence[Part]) -> list[str]:
    """The number of one paper of each stage, as far as the file has one."""
    content, _ = proof_grids.current(case, Owner(case.importer_id))
    papers = list(content["papers"].values())
    return [next((one["title"] for one in papers if part.key in one["steps"]), GAP) for part in parts]


def _goods(case: Case) -> set[str]:
    """The tariff headings of the goods."""
    lines = [line for shipment in case.shipments.prefetch_related("lines") for line in shipment.lines.all()]
    return {code[:6] for line in lines for code in line.hts_codes}
