"""Why a document cannot be read, said to the person who sent it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

ENCRYPTED = "encrypted"
EMPTY = "empty"
DAMAGED = "damaged"
TOO_LARGE = "too_large"
RESOURCE_LIMIT = "resource_limit"
NOT_A_DOCUMENT = "not_a_document"
TYPE_MISMATCH = "type_mismatch"
NO_TEXT = "no_text"
FAULT = "fault"
INFECTED = "infected"
NOT_SCANNED = "not_scanned"

LABELS = {
    ENCRYPTED: "Password needed",
    EMPTY: "Empty",
    DAMAGED: "Damaged",
    TOO_LARGE: "Too large",
    RESOURCE_LIMIT: "Stopped while being read",
    NOT_A_DOCUMENT: "Not a document",
    TYPE_MISMATCH: "Content does not fit its name",
    NO_TEXT: "No text a machine can read",
    FAULT: "Fault on our side",
    INFECTED: "Infected",
    NOT_SCANNED: "Not looked at by the virus scanner",
}
CODES = frozenset(LABELS)


@dataclass(frozen=True)
class Problem:
    """One reason: a stable code, a sentence for the sender, and what the sender can do about it."""

    code: str
    message: str
    remedy: str

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(self.code)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
