"""The catalogue of what can go wrong: every machine code an answer can carry, what it means and what to do about it.

One line of ``problems.csv`` is one code. ``statuses``: with which HTTP statuses it comes; 400 is a field or parameter
in ``errors``, 409 a rule that forbids, 200 and 201 a remark on what was taken as sent. The page of the API documents
the lines, and ``type`` of an answer leads there.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

# What the codes of a part are about, as a heading, in the order in which they are shown.
PARTS = {
    "request": "The request as a whole",
    "fields": "Fields and parameters",
    "shipments": "Shipments, lots, imports and receipts",
    "suppliers": "Suppliers and links",
    "lists": "Lists, names, judgements and thresholds",
    "cases": "Cases, requests, decisions and letters",
    "evidence": "Evidence",
    "events": "Events and webhooks",
    "remarks": "Remarks: in warnings, and in identifier checks",
    "accounts": "Accounts, keys and sandboxes",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of error answer."""

    code: str
    title: str
    meaning: str
    remedy: str
    statuses: tuple[int, ...]
    about: str

    @property
    def address(self) -> str:
        """Where it is explained; the ``type`` of an answer (RFC 9457)."""
        return f"/api/docs/#problem-{self.code}"


def _read() -> dict[str, Problem]:
    with (Path(__file__).parent / "problems.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Problem(
                row["code"],
                row["title"],
                row["meaning"],
                row["remedy"],
                tuple(int(status) for status in row["statuses"].split()),
                row["about"],
            )
            for row in csv.DictReader(file)
        }


PROBLEMS = _read()
# What an answer with this status is where nothing nearer is known.
OF_STATUS = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "refused",
    410: "events_dropped",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "idempotency_key_used",
    429: "throttled",
    500: "error",
}


def problem(code: str, status: int = 400) -> Problem:
    """The line of a code; of the status, where the catalogue does not know the code."""
    return PROBLEMS.get(code) or PROBLEMS[OF_STATUS.get(status, "error")]
