"""What was flagged and decided."""

from screening.models.case import Case
from screening.models.decision import LOOK_FIRST, Decision, Recommendation, hidden_from
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
from screening.models.letter import Letter, LetterDraft, LetterWriting, NoEvent
from screening.models.message import Message, MessageRead
from screening.models.override import Override
from screening.models.reminder import Reminder
from screening.models.rescreening import Foreseen, Rescreened, Rescreening
from screening.models.run import (
    ORDER_RULE,
    Finding,
    Look,
    ScreenedNetwork,
    ScreenedRecord,
    Screening,
    ScreeningInput,
    ScreeningRun,
)
from screening.models.second_look import Decline, Draw, SecondLook
from screening.models.shipment import Shipment, ShipmentLine, ShipmentParty
from screening.models.task import Answer, Extension, Task, TaskItem
from screening.models.trace import LotDocument, LotTrace, PartyIdentifier, TracedLot
from screening.models.what_if import WhatIfReceipt

__all__ = [
    "LOOK_FIRST",
    "ORDER_RULE",
    "Answer",
    "Case",
    "Decision",
    "Decline",
    "Detention",
    "Determination",
    "Draw",
    "Exposure",
    "Extension",
    "Finding",
    "Foreseen",
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
    "LetterWriting",
    "Look",
    "LotDocument",
    "LotTrace",
    "MappingProfile",
    "Message",
    "MessageRead",
    "NoEvent",
    "Override",
    "PartyIdentifier",
    "Recommendation",
    "Reminder",
    "Rescreened",
    "Rescreening",
    "ScreenedNetwork",
    "ScreenedRecord",
    "Screening",
    "ScreeningInput",
    "ScreeningRun",
    "SecondLook",
    "Shipment",
    "ShipmentLine",
    "ShipmentParty",
    "Task",
    "TaskItem",
    "TracedLot",
    "WhatIfReceipt",
    "hidden_from",
]
