"""Which decided cases are looked at a second time."""

from __future__ import annotations

import hashlib


def is_drawn(case_number: str, decision: int, share: float) -> bool:
    """Whether a decision falls within the share (0 to 1), by the digest of its case number and its own number.

    Nobody chooses, and anybody can compute it again.
    """
    drawn = hashlib.sha256(f"{case_number}/{decision}".encode()).digest()
    return int.from_bytes(drawn[:8]) < share * 2**64
