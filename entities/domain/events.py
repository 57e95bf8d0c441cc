"""The events programs are told of: what each means, the address of what it is about, and what it says.

An event says that something happened and where to read it, never what only that address may tell: no name of a party,
no words of a paper, nothing of another importer. The description of the API is made from this table too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    SHIPMENT_SCREENED = "shipment.screened"
    FINDINGS_NEW = "findings.new"
    FINDINGS_GONE = "findings.gone"
    CASE_OPENED = "case.opened"
    CASE_SHIPMENT_ADDED = "case.shipment_added"
    CASE_STAGE_CHANGED = "case.stage_changed"
    REQUEST_ASKED = "request.asked"
    TASK_DUE = "task.due"
    CLOCK_NEAR = "clock.near"
    MESSAGE_WRITTEN = "message.written"
    LETTER_ISSUED = "letter.issued"
    LIST_PUBLISHED = "list.published"
    IMPORT_FINISHED = "import.finished"
    DOCUMENT_READ = "document.read"
    WEBHOOK_TESTED = "webhook.tested"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing an event says: its JSON type, what it means, and an example."""

    type: str
    text: str
    example: Any


@dataclass(frozen=True, slots=True)
class About:
    """A kind of event: when it happens, where to read more (``{}``: the key), and what it says."""

    text: str
    address: str
    key: str
    data: Mapping[str, Said]


_SHIPMENT = Said("integer", "Id of the shipment.", 4711)
_ENTRY = Said("string", "Its entry number; empty where it has none yet.", "551-3518786-6")
_REFERENCE = Said("string", "Your own reference of it; empty where you gave none.", "PO 1234")
_SCREENING = Said("integer", "Id of the screening.", 9001)
_OF_SHIPMENT = {
    "shipment": _SHIPMENT,
    "entry_number": _ENTRY,
    "reference": _REFERENCE,
    "screening": _SCREENING,
}
_FINDINGS = Said(
    "array",
    "The findings: finding (its id), code, severity, ground (empty: it raises no presumption) and lines.",
    [{"finding": 12, "code": "LISTED_ENTITY", "severity": "block", "ground": "LISTED_ENTITY", "lines": [1]}],
)
_CASE = Said("string", "Number of the case.", "2026-0041")
_ROUND = Said("integer", "The round of questions.", 1)
_DUE = Said("string", "The day the answers are due.", "2026-12-01")

EVENTS: Mapping[EventKind, About] = {
    EventKind.SHIPMENT_SCREENED: About(
        "A shipment was screened, for the first time or again.",
        "/api/v1/shipments/{}/",
        "4711",
        {
            **_OF_SHIPMENT,
            "outcome": Said("string", "presumption, review or no_finding.", "presumption"),
            "outcome_before": Said("string", "That of the screening before; pending: there was none.", "pending"),
            "findings": Said("integer", "How many findings the screening has.", 2),
        },
    ),
    EventKind.FINDINGS_NEW: About(
        "A screening has findings that the screening before did not have, or that say something else now.",
        "/api/v1/shipments/{}/",
        "4711",
        {**_OF_SHIPMENT, "findings": _FINDINGS},
    ),
    EventKind.FINDINGS_GONE: About(
        "Findings of the screening before are not in the new one, or say something else there.",
        "/api/v1/shipments/{}/",
        "4711",
        {**_OF_SHIPMENT, "findings": _FINDINGS},
    ),
    EventKind.CASE_OPENED: About(
        "A case was opened on a shipment.",
        "/api/v1/cases/{}/",
        "2026-0041",
        {"case": _CASE, "regime": Said("string", "UFLPA or WRO.", "UFLPA"), "shipment": _SHIPMENT},
    ),
    EventKind.CASE_SHIPMENT_ADDED: About(
        "Another shipment, with the same ground by the same chain, was put into a case.",
        "/api/v1/cases/{}/",
        "2026-0041",
        {"case": _CASE, "shipment": _SHIPMENT},
    ),
    EventKind.CASE_STAGE_CHANGED: About(
        "A case came to another stage of work; closed: it was decided.",
        "/api/v1/cases/{}/",
        "2026-0041",
        {
            "case": _CASE,
            "before": Said("string", "The stage before.", "open"),
            "stage": Said(
                "string",
                "open, awaiting_evidence, under_review, awaiting_approval or closed.",
                "awaiting_evidence",
            ),
        },
    ),
    EventKind.REQUEST_ASKED: About(
        "The office asks the importer for evidence.",
        "/api/v1/tasks/{}/",
        "77",
        {
            "case": _CASE,
            "task": Said("integer", "Id of the round of questions.", 77),
            "round": _ROUND,
            "due_on": _DUE,
            "questions": Said("integer", "How many questions it has.", 3),
        },
    ),
    EventKind.TASK_DUE: About(
        "Answers to a round of questions are due in some days.",
        "/api/v1/tasks/{}/",
        "77",
        {
            "case": _CASE,
            "task": Said("integer", "Id of the round of questions.", 77),
            "round": _ROUND,
            "due_on": _DUE,
            "days_left": Said("integer", "Days until then.", 5),
        },
    ),
    EventKind.CLOCK_NEAR: About(
        "A day of the law on detained goods is near.",
        "/api/v1/cases/{}/",
        "2026-0041",
        {
            "case": _CASE,
            "shipment": _SHIPMENT,
            "day": Said(
                "string", "Which day: the code that the case gives beside its deadline.", "last_determination_day"
            ),
            "on": Said("string", "The day.", "2026-12-01"),
            "days_left": Said("integer", "Days until then.", 5),
        },
    ),
    EventKind.MESSAGE_WRITTEN: About(
        "A message was written in a case.",
        "/api/v1/messages/?case={}",
        "2026-0041",
        {
            "case": _CASE,
            "message": Said("integer", "Id of the message.", 31),
            "side": Said("string", "Who wrote: office, importer or broker.", "office"),
        },
    ),
    EventKind.LETTER_ISSUED: About(
        "A letter was issued, a letter of CBP put on record, or a paper of the importer finished.",
        "/api/v1/letters/{}/",
        "L-2026-0007",
        {
            "case": _CASE,
            "letter": Said("string", "Number of the letter.", "L-2026-0007"),
            "origin": Said("string", "issued, recorded or paper.", "issued"),
        },
    ),
    EventKind.LIST_PUBLISHED: About(
        "A version of a list came into use; what it touches is screened again.",
        "/api/v1/list-versions/{}/",
        "6",
        {
            "list_version": Said("integer", "Id of the version.", 6),
            "register": Said("string", "Which list.", "uflpa"),
            "label": Said("string", "Its name.", "UFLPA Entity List of 4 August 2026"),
        },
    ),
    EventKind.IMPORT_FINISHED: About(
        "An import came to its end: every row is stored or named with what is wrong, or the file could not be read.",
        "/api/v1/imports/{}/",
        "18",
        {
            "import": Said("integer", "Id of the import.", 18),
            "state": Said("string", "done or failed.", "done"),
            "rows_read": Said("integer", "Rows read.", 10000),
            "rows_stored": Said("integer", "Rows stored.", 9998),
            "rows_rejected": Said("integer", "Rows not stored.", 2),
        },
    ),
    EventKind.DOCUMENT_READ: About(
        "A paper was read, or could not be.",
        "/api/v1/documents/{}/",
        "230",
        {
            "document": Said("integer", "Id of the paper.", 230),
            "state": Said("string", "read, no_text or refused.", "read"),
            "problem": Said("string", "Why it could not be read, for a program; empty where it could.", ""),
            "pages": Said("integer", "Pages it has.", 4),
        },
    ),
    EventKind.WEBHOOK_TESTED: About(
        "Somebody had a test event sent to a webhook endpoint.",
        "/api/v1/webhooks/{}/",
        "3",
        {"webhook": Said("integer", "Id of the endpoint.", 3)},
    ),
}
