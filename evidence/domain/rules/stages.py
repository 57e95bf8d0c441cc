"""Stages of the chain: each expected one is shown by papers, and each that makes something by a production record."""

from __future__ import annotations

from evidence.domain.alarms import Outcome, said
from evidence.domain.papers import CasePaper
from evidence.domain.rules.material import File, Stage


def missing_tier(file: File) -> Outcome:
    """Each stage that these goods must have passed has a firm, and papers that name it."""
    out = Outcome()
    if not file.evidence:
        return out
    for stage in file.chain.stages:
        if not stage.required:
            continue
        out.compared += 1
        if not stage.firms:
            out.alarm("MISSING_TIER", f"Nobody is declared for the stage {stage.label}.", subject=stage.label)
        elif not _papers(file, stage):
            out.alarm(
                "MISSING_TIER",
                f"No paper in the file names {' or '.join(stage.firms)}{_at(stage)}.",
                subject=stage.label,
            )
    return out


def missing_production_record(file: File) -> Outcome:
    """Each stage that turns one thing into another has a record of it."""
    out = Outcome()
    for stage in file.chain.stages:
        papers = _papers(file, stage) if stage.converts else []
        if not papers or _is_of_nobody(file):
            continue
        out.compared += 1
        records = [
            one
            for one in papers
            if file.family(one) == "production"
            and one.paper.type not in {"INVENTORY_LEDGER", "PROCESS_DESCRIPTION", "PROCESS_FLOWCHART", "MASS_BALANCE"}
            and any(file.names(one, firm, "holder", "manufacturer", "seller") for firm in stage.firms)
        ]
        if not records:
            named = next(read for firm in stage.firms if (read := file.names(papers[0], firm)))
            out.alarm(
                "MISSING_PRODUCTION_RECORD",
                f"{named.value} is named in {len(papers)} papers; none of them records its production.",
                said(papers[0], named),
                subject=stage.label,
            )
    return out


def _at(stage: Stage) -> str:
    """Of which stage a firm is, where that is known."""
    return "" if stage.label in stage.firms else f" of the stage {stage.label}"


def _is_of_nobody(file: File) -> bool:
    """Whether a record of production lies in the file of which nobody could read whose it is."""
    return any(
        file.every(one, "output_lot", "output_quantity") and not file.one(one, "holder", "manufacturer", "seller")
        for one in file.of("production")
    )


def _papers(file: File, stage: Stage) -> list[CasePaper]:
    return [one for one in file.evidence if any(file.names(one, firm) for firm in stage.firms)]
