"""What was flagged and decided."""

from screening.models.case import Case
from screening.models.decision import CONCLUSIONS, Conclusion, Decision, Pathway, Recommendation
from screening.models.exposure import (
    Exposure,
    IndexedGround,
    IndexedLink,
    IndexedName,
    IndexedPair,
    IndexedWord,
    IndexState,
)
from screening.models.intake import ImportBatch, ImportFile, ImportRow, MappingProfile
from screening.models.legal import Detention, Determination, HeldLine, LegalEvent
from screening.models.letter import Letter, LetterDraft
from screening.models.message import Message, MessageRead
from screening.models.reminder import Reminder
from screening.models.rescreening import Rescreened, Rescreening
from screening.models.run import ORDER_RULE, Finding, Look, Screening, ScreeningRun
from screening.models.shipment import Shipment, ShipmentLine, ShipmentParty
from screening.models.task import Answer, Extension, Task, TaskItem
from screening.models.trace import LotDocument, LotTrace, PartyIdentifier, TracedLot
from screening.models.what_if import WhatIfReceipt

__all__ = [
    "ORDER_RULE",
    "CONCLUSIONS",
    "Answer",
    "Case",
    "Conclusion",
    "Decision",
    "Detention",
    "Determination",
    "Exposure",
    "Extension",
    "Finding",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "IndexState",
    "IndexedGround",
    "IndexedLink",
    "IndexedName",
    "IndexedPair",
    "IndexedWord",
    "HeldLine",
    "LegalEvent",
    "Letter",
    "LetterDraft",
    "Look",
    "LotDocument",
    "LotTrace",
    "MappingProfile",
    "Message",
    "MessageRead",
    "PartyIdentifier",
    "Pathway",
    "Recommendation",
    "Reminder",
    "Rescreened",
    "Rescreening",
    "Screening",
    "ScreeningRun",
    "Shipment",
    "ShipmentLine",
    "ShipmentParty",
    "Task",
    "TaskItem",
    "TracedLot",
    "WhatIfReceipt",
]
