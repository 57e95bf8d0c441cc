"""The ways a case is decided: what each asks, what can be concluded, and what a conclusion does to goods in law.

One table: pathway, regimes, questions, outcomes. Applicability review: the six questions, each but the last for every
step of the chain, on the totality of the evidence (CBP UFLPA FAQ). Exception: all three conditions of UFLPA sec. 3(b);
E1 and E2 are not cured by a strong E3. Protest: 19 U.S.C. 1514, 19 CFR 174. Proof under a withhold release order:
19 CFR 12.43. Whatever is not shown is not shown: a missing proof is never a release by default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from screening.domain.law.states import Kind


class Pathway(StrEnum):
    """By which way goods are decided on."""

    APPLICABILITY = "applicability"
    EXCEPTION = "exception"
    PROTEST = "protest"
    PROOF = "proof"

    @property
    def label(self) -> str:
        return TABLE[self].label


class Conclusion(StrEnum):
    """What the record shows on a pathway."""

    NOT_IN_SCOPE = "not_in_scope"
    SCOPE_NOT_REBUTTED = "scope_not_rebutted"
    EXCEPTION_MET = "exception_met"
    EXCEPTION_NOT_MET = "exception_not_met"
    PROTEST_ALLOWED = "protest_allowed"
    PROTEST_DENIED = "protest_denied"
    PROOF_ACCEPTED = "proof_accepted"
    PROOF_NOT_ACCEPTED = "proof_not_accepted"

    @property
    def label(self) -> str:
        return OUTCOMES[self].label


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a pathway asks to be shown."""

    code: str
    question: str
    shown_by: str
    provision: str
    standard: str
    by_step: bool = False  # judged for every step of the chain, then as a whole
    needs_citation: bool = True
    asks_for_answers: bool = False  # cannot be shown while a question to the importer is open

    @property
    def has_rubric(self) -> bool:
        """Weighed on the written rubric: what counts against the evidence is named first."""
        return self.standard == CLEAR_AND_CONVINCING


@dataclass(frozen=True, slots=True)
class Outcome:
    """A conclusion, and the acts in law by which an office that is the authority carries it out."""

    conclusion: Conclusion
    label: str
    events: tuple[Kind, ...]
    is_favourable: bool = False
    denies_findings: bool = False  # holds that what was found does not reach these goods


@dataclass(frozen=True, slots=True)
class Procedure:
    """A row of the table."""

    pathway: Pathway
    label: str
    regimes: tuple[str, ...]
    questions: tuple[Question, ...]
    outcomes: tuple[Outcome, ...]

    def question(self, code: str) -> Question | None:
        return next((one for one in self.questions if one.code == code), None)


TOTALITY = "totality of the evidence"
CLEAR_AND_CONVINCING = "clear and convincing evidence: highly probable"
LAW = "as the provision says"

_APPLICABILITY = (
    Question(
        "A1",
        "Is the chain complete from raw material to the imported article for this shipment, with every party named?",
        "Chain map; a business record for each party upstream",
        "CBP UFLPA FAQ (Feb 2023)",
        TOTALITY,
        by_step=True,
    ),
    Question(
        "A2",
        "Is there no site in Xinjiang, no listed entity and no unresolved name, address or registration match?",
        "Screening result of every party; licences and addresses of the sites",
        "UFLPA sec. 3(a)",
        TOTALITY,
        by_step=True,
    ),
    Question(
        "A3",
        "Does each step have transaction, payment, transport and production records that tie together by party, lot, "
        "date and quantity?",
        "Order, invoice, proof of payment, transport paper and production record of each step",
        "CBP UFLPA FAQ (Feb 2023)",
        TOTALITY,
        by_step=True,
    ),
    Question(
        "A4",
        "Are the quantities plausible: does input times yield cover the output at each conversion?",
        "Production orders, stock ledgers, mass balance",
        "CBP officials, 29 Mar 2024",
        TOTALITY,
        by_step=True,
    ),
    Question(
        "A5",
        "Where a site handles several sources, do its records show that this shipment did not use the Xinjiang stock?",
        "Stock ledgers, lot records; or the statement that no site handles several sources",
        "CBP Operational Guidance, 13 June 2022 (unverified)",
        TOTALITY,
        by_step=True,
    ),
    Question(
        "A6",
        "Are all questions of CBP answered?",
        "Requests and answers on record",
        "CBP UFLPA FAQ (Feb 2023)",
        TOTALITY,
        needs_citation=False,
        asks_for_answers=True,
    ),
)

_EXCEPTION = (
    Question(
        "E1",
        "Did the importer of record fully comply with the importer guidance and the regulations implementing it?",
        "Due diligence system, supply chain tracing, management measures",
        "UFLPA sec. 3(b)(1)(A), sec. 2(d)(6)",
        LAW,
    ),
    Question(
        "E2",
        "Did the importer completely and substantively respond to all inquiries?",
        "Inquiry log: question, date, answer, documents; no open question",
        "UFLPA sec. 3(b)(1)(B)",
        LAW,
        asks_for_answers=True,
    ),
    Question(
        "E3",
        "Is it shown that the goods were not made, wholly or in part, by forced labour?",
        "Worker, wage, recruitment and production records of each site, judged on the whole record",
        "UFLPA sec. 3(b)(2)",
        CLEAR_AND_CONVINCING,
    ),
)

_PROTEST = (
    Question(
        "P1",
        "Was the protest filed in time, by somebody who may protest?",
        "The protest with its day of filing, within 180 days after the exclusion; who filed it, and in which capacity",
        "19 U.S.C. 1514(c)(2), (3)",
        LAW,
    ),
    Question(
        "P2",
        "Does it say on its face that it protests an exclusion, of which entry and lines, and for what reasons?",
        "The protest: decision, entry, goods and each objection stated",
        "19 CFR 174.13, 174.21(b)",
        LAW,
    ),
    Question(
        "P3",
        "Do its reasons, with the record, show that the exclusion was wrong for these goods?",
        "The papers filed with the protest, beside those on which the goods were excluded",
        "19 U.S.C. 1514(a)(4), 1499(c)(5)",
        TOTALITY,
    ),
)

_PROOF = (
    Question(
        "W1",
        "Is there a certificate of origin in the prescribed words, signed by the foreign seller or owner?",
        "Certificate of origin",
        "19 CFR 12.43(a)",
        LAW,
    ),
    Question(
        "W2",
        "Does the importer's statement say in detail what was done to learn how labour was used at every stage?",
        "Statement of the importer of record, with the result of each effort and its own belief",
        "19 CFR 12.43(b)",
        LAW,
    ),
    Question(
        "W3",
        "Did both come within three months after the importation?",
        "Day of importation; day on which each came",
        "19 CFR 12.43(a)",
        LAW,
    ),
    Question(
        "W4",
        "Does the proof show that the goods were not made with convict, forced or indentured labour?",
        "Certificate, statement and the records they rest on",
        "19 U.S.C. 1307; 19 CFR 12.43(c)",
        TOTALITY,
    ),
)

TABLE: dict[str, Procedure] = {
    row.pathway: row
    for row in (
        Procedure(
            Pathway.APPLICABILITY,
            "Applicability review",
            ("UFLPA",),
            _APPLICABILITY,
            (
                Outcome(
                    Conclusion.NOT_IN_SCOPE,
                    "Outside the law: shown that the chain touches neither Xinjiang nor a listed entity",
                    (Kind.RELEASED,),
                    is_favourable=True,
                    denies_findings=True,
                ),
                Outcome(Conclusion.SCOPE_NOT_REBUTTED, "Not shown: the presumption stands", (Kind.EXCLUDED,)),
            ),
        ),
        Procedure(
            Pathway.EXCEPTION,
            "Exception request",
            ("UFLPA",),
            _EXCEPTION,
            (
                Outcome(
                    Conclusion.EXCEPTION_MET,
                    "Exception: all three conditions met",
                    (Kind.EXCEPTION_GRANTED, Kind.RELEASED),
                    is_favourable=True,
                ),
                Outcome(
                    Conclusion.EXCEPTION_NOT_MET,
                    "Exception not met: the presumption stands",
                    (Kind.EXCEPTION_REFUSED,),
                ),
            ),
        ),
        Procedure(
            Pathway.PROTEST,
            "Protest",
            ("UFLPA", "WRO"),
            _PROTEST,
            (
                Outcome(
                    Conclusion.PROTEST_ALLOWED,
                    "Protest allowed: the exclusion was wrong",
                    (Kind.PROTEST_ALLOWED,),
                    is_favourable=True,
                ),
                Outcome(Conclusion.PROTEST_DENIED, "Protest denied: the exclusion stands", (Kind.PROTEST_DENIED,)),
            ),
        ),
        Procedure(
            Pathway.PROOF,
            "Proof under the order",
            ("WRO",),
            _PROOF,
            (
                Outcome(
                    Conclusion.PROOF_ACCEPTED,
                    "Proof accepted: the goods are outside the order",
                    (Kind.RELEASED,),
                    is_favourable=True,
                ),
                Outcome(Conclusion.PROOF_NOT_ACCEPTED, "Proof not accepted: the order stands", (Kind.EXCLUDED,)),
            ),
        ),
    )
}
OUTCOMES: dict[str, Outcome] = {one.conclusion: one for row in TABLE.values() for one in row.outcomes}
PATHWAY_OF: dict[str, Pathway] = {one.conclusion: row.pathway for row in TABLE.values() for one in row.outcomes}
# The grounds a decision may name, by regime.
GROUNDS: dict[str, tuple[str, ...]] = {"UFLPA": ("XINJIANG_ORIGIN", "LISTED_ENTITY"), "WRO": ("WRO",)}
# The question of each pathway that a listed name in a paper bears on.
ASKS_FOR_LISTED_NAMES = ("A2", "E3")


def of_regime(regime: str) -> list[Procedure]:
    """The pathways open to cases of a regime: its own in their order, then those of every regime."""
    return sorted((row for row in TABLE.values() if regime in row.regimes), key=lambda row: len(row.regimes))


def not_assessed(pathway: str, verdicts: Collection[str]) -> list[str]:
    """The questions nobody has judged as a whole yet."""
    return [one.code for one in TABLE[pathway].questions if one.code not in verdicts]


def not_shown(
    pathway: str,
    verdicts: Mapping[str, str],
    by_step: Mapping[tuple[str, str], str],
    chain: Iterable[str],
) -> list[str]:
    """The questions that are not held to be shown, as a whole and for every step of the chain as it is now.

    ``verdicts`` by question; ``by_step`` by question and step; ``chain``: the steps. Unjudged is not shown.
    """
    steps = list(chain)
    return [
        one.code
        for one in TABLE[pathway].questions
        if verdicts.get(one.code) != "shown"
        or (one.by_step and any(by_step.get((one.code, step)) != "shown" for step in steps))
    ]
