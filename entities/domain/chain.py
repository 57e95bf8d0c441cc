"""How the history is hashed: the chain of events, and the digests of the rows each event speaks of.

An event's hash is made of the hash before it and the hash of its content, so that a chain can be followed to its head
without the contents of events that are not one's business. The verifier that goes with an export
(``evidence/verifier/verify.py``) says the same once more in the standard library alone; a test holds both together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

START = "0" * 64
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)


def canonical(value: Any) -> str:
    """JSON in one way only: keys sorted, no spaces, ASCII."""
    return _ENCODER.encode(value)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def said_hash(said: Mapping[str, Any]) -> str:
    """The hash of what an event says. Its salt keeps anyone from guessing what an event says that is not shown."""
    return sha256(canonical(said))


def content_hash(said: str, rows: str) -> str:
    """The hash of an event's content: of what it says and of the rows it speaks of, so that either is shown alone."""
    return sha256(said + rows)


def event_hash(previous: str, content: str) -> str:
    """The hash of an event: over the hash of the event before it and the hash of its own content."""
    return sha256(previous + content)


def row_digest(salt: str, kind: str, key: int, fields: Mapping[str, Any] | None) -> str:
    """The digest of a row as an event found it; without fields the event says that the row is no longer there."""
    return told_digest(salt, kind, key, canonical(fields))


def told_digest(salt: str, kind: str, key: int, told: str) -> str:
    """The digest of a row whose fields are at hand as canonical JSON."""
    return sha256(f"{salt} {kind} {key} {told}")


def rows_hash(digests: Iterable[str]) -> str:
    """One hash over the digests of all rows an event speaks of; empty where it speaks of none."""
    ordered = sorted(digests)
    return sha256("\n".join(ordered)) if ordered else ""
