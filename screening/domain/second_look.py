"""Which decided cases are looked at a second time."""

from __future__ import annotations

import hashlib


def lot(case_number: str, decision: int) -> float:
    """The lot of a decision, 0 to 1: the digest of its case number and its own number. Nobody chooses it."""
    drawn = hashlib.sha256(f"{case_number}/{decision}".encode()).digest()
    return int.from_bytes(drawn[:8]) / 2**64


def is_drawn(case_number: str, decision: int, share: float) -> bool:
    """Whether a decision falls within the share (0 to 1); anybody can compute it again."""
    return lot(case_number, decision) < share
