"""What each pathway asks to be shown, in the words of the handbook: six questions, or three conditions.

Applicability review: CBP weighs the totality of the evidence; any "not shown" means not proven. Exception request
(UFLPA sec. 3(b)): all three conditions, each with reasons and cited evidence; E1 and E2 are not cured by a strong E3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a pathway asks to be shown."""

    code: str
    question: str
    shown_by: str
    provision: str
    standard: str
    needs_citation: bool = True


TOTALITY = "totality of the evidence"
CLEAR_AND_CONVINCING = "clear and convincing evidence: highly probable"

APPLICABILITY = (
    Requirement(
        "A1",
        "Is the chain complete from raw material to the imported article for this shipment, with every party named?",
        "Chain map; a business record for each party upstream",
        "CBP UFLPA FAQ (Feb 2023)",
        TOTALITY,
    ),
    Requirement(
        "A2",
        "Is there no site in Xinjiang, no listed entity and no unresolved name, address or registration match?",
        "Screening result of every party; licences and addresses of the sites",
        "UFLPA sec. 3(a)",
        TOTALITY,
    ),
    Requirement(
        "A3",
        "Does each step have transaction, payment, transport and production records that tie together by party, lot, "
        "date and quantity?",
        "Order, invoice, proof of payment, transport paper and production record of each step",
        "CBP UFLPA FAQ (Feb 2023)",
        TOTALITY,
    ),
    Requirement(
        "A4",
        "Are the quantities plausible: does input times yield cover the output at each conversion?",
        "Production orders, stock ledgers, mass balance",
        "CBP officials, 29 Mar 2024",
        TOTALITY,
    ),
    Requirement(
        "A5",
        "Where a site handles several sources, do its records show that this shipment did not use the Xinjiang stock?",
        "Stock ledgers, lot records; or the statement that no site handles several sources",
        "CBP Operational Guidance, 13 June 2022 (unverified)",
        TOTALITY,
    ),
    Requirement(
        "A6",
        "Are all questions of CBP answered?",
        "Requests and answers on record",
        "CBP UFLPA FAQ (Feb 2023)",
        TOTALITY,
        needs_citation=False,
    ),
)

EXCEPTION = (
    Requirement(
        "E1",
        "Did the importer of record fully comply with the importer guidance and the regulations implementing it?",
        "Due diligence system, supply chain tracing, management measures",
        "UFLPA sec. 3(b)(1)(A), sec. 2(d)(6)",
        TOTALITY,
    ),
    Requirement(
        "E2",
        "Did the importer completely and substantively respond to all inquiries?",
        "Inquiry log: question, date, answer, documents; no open question",
        "UFLPA sec. 3(b)(1)(B)",
        TOTALITY,
        needs_citation=False,
    ),
    Requirement(
        "E3",
        "Is it shown that the goods were not made, wholly or in part, by forced labour?",
        "Worker, wage, recruitment and production records of each site, judged on the whole record",
        "UFLPA sec. 3(b)(2)",
        CLEAR_AND_CONVINCING,
    ),
)

# The requirement of each pathway that a listed name in a paper bears on.
ASKS_FOR_LISTED_NAMES = ("A2", "E3")

REQUIREMENTS: dict[str, tuple[Requirement, ...]] = {"applicability": APPLICABILITY, "exception": EXCEPTION}


def requirement(pathway: str, code: str) -> Requirement | None:
    """The requirement of that code, if the pathway has it."""
    return next((one for one in REQUIREMENTS[pathway] if one.code == code), None)


def not_assessed(pathway: str, verdicts: Mapping[str, str]) -> list[str]:
    """The codes nobody has judged yet."""
    return [one.code for one in REQUIREMENTS[pathway] if one.code not in verdicts]


def not_shown(pathway: str, verdicts: Mapping[str, str]) -> list[str]:
    """The codes that are not held to be shown. A missing proof is never a release by default."""
    return [one.code for one in REQUIREMENTS[pathway] if verdicts.get(one.code) != "shown"]
