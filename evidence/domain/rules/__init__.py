"""The rules of evidence: one function each, named by its code. They ask of the papers what an examiner asks.

R1 to R10 reconcile the papers of a sale and of a conversion; the deficiency codes name what a package lacks; the rest
are contradictions between papers. A rule that lacks its input is silent and counts as not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evidence.domain.alarms import Checked, Outcome
from evidence.domain.rules import balance, dates, figures, lots, parties, parts, readability, stages, trade
from evidence.domain.rules.balance import rows as ledger_of
from evidence.domain.rules.material import ChainFacts, File, PaperType, Spent, Stage

__all__ = ["RULES", "ChainFacts", "File", "PaperType", "Spent", "Stage", "check", "ledger_of"]

RULES: Mapping[str, Callable[[File], Outcome]] = {
    "R1": trade.r1,
    "R2": trade.r2,
    "R3": trade.r3,
    "R4": lots.r4,
    "R5": balance.r5,
    "R6": lots.r6,
    "R7": parties.r7,
    "R8": dates.r8,
    "R9": lots.r9,
    "R10": readability.r10,
    "MISSING_TIER": stages.missing_tier,
    "MISSING_PRODUCTION_RECORD": stages.missing_production_record,
    "MASS_BALANCE_FAIL": balance.mass_balance_fail,
    "UNLINKED_PO": trade.unlinked_po,
    "MISSING_PAYMENT": trade.missing_payment,
    "PAYEE_MISMATCH": trade.payee_mismatch,
    "MISSING_TRANSPORT": trade.missing_transport,
    "UNTRANSLATED": readability.untranslated,
    "OVER_REDACTED": readability.over_redacted,
    "UNSIGNED": readability.unsigned,
    "UNDATED": dates.undated,
    "ENTITY_UNIDENTIFIED": parties.entity_unidentified,
    "NAME_MISMATCH": parties.name_mismatch,
    "DATE_DISORDER": dates.date_disorder,
    "LOT_REUSED": lots.lot_reused,
    "COMMINGLING_UNEXPLAINED": balance.commingling_unexplained,
    "NOT_SHIPMENT_SPECIFIC": readability.not_shipment_specific,
    "NO_INDEX": readability.no_index,
    "ILLEGIBLE": readability.illegible,
    "OPEN_INQUIRY": parties.open_inquiry,
    "AUDIT_NOT_CREDIBLE": parties.audit_not_credible,
    "CAPACITY_EXCEEDED": balance.capacity_exceeded,
    "PART_QUANTITY": parts.part_quantities,
    "PART_UNDECLARED": parts.part_undeclared,
    "TOTAL_AND_LINES": figures.totals,
    "LINE_PRODUCT": figures.line_products,
    "NET_OVER_GROSS": figures.net_over_gross,
    "WEIGHT_AND_LINES": figures.weight_sums,
    "WEIGHTS_DIFFER": figures.weights_differ,
    "CONTAINER_DIFFERS": figures.container_differs,
    "PORT_DIFFERS": figures.port_differs,
    "HTS_DIFFERS": figures.hts_differs,
    "ORIGIN_DIFFERS": figures.origin_differs,
    "HEADCOUNT_DIFFERS": parties.headcounts,
}


def check(file: File) -> Checked:
    """Put every rule to the papers of a case."""
    outcomes = {code: rule(file) for code, rule in RULES.items()}
    return Checked(
        alarms=tuple(alarm for outcome in outcomes.values() for alarm in outcome.alarms),
        agreements=tuple(one for outcome in outcomes.values() for one in outcome.agreements),
        compared={code: outcome.compared for code, outcome in outcomes.items()},
    )
