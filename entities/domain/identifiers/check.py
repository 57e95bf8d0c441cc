"""What the check of an identifier answers."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["ok", "warn", "refuse"]


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome for one identifier.

    ``normalised`` is the form to store and compare. ``expected`` is the check digit that would be right. A wrong shape
    is refused; a check digit that fails, or a prefix nobody assigned, is only a warning, because the papers may be
    right and the rule incomplete.
    """

    valid: bool
    normalised: str
    problem: str = ""
    expected: str | None = None
    severity: Severity = "ok"


def ok(normalised: str) -> Check:
    return Check(True, normalised)


def warn(normalised: str, problem: str, expected: str | None = None, *, valid: bool = False) -> Check:
    return Check(valid, normalised, problem, expected, "warn")


def refuse(normalised: str, problem: str) -> Check:
    return Check(False, normalised, problem, None, "refuse")
