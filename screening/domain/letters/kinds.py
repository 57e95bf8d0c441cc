"""What a kind of letter is made of: its issuer, its clock, and its contents, each with the checks it must pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Issuer(StrEnum):
    """Whose act a letter is."""

    CBP = "cbp"
    COMMISSIONER = "commissioner"
    IMPORTER = "importer"


class Form(StrEnum):
    """The shape of one content: how it is filled in and how it is printed."""

    TEXT = "text"  # paragraphs
    SHORT = "short"  # one line
    ITEMS = "items"  # a list, one entry a line
    DATE = "date"  # ISO 8601
    CHOICE = "choice"  # one of the part's choices
    GROUNDS = "grounds"  # any of the part's choices
    LINES = "lines"  # entry lines of the case
    EXHIBITS = "exhibits"  # papers of the case, each with its SHA-256
    FINDING = "finding"  # a condition: met or not, reasons, evidence
    CONFIRM = "confirm"  # what a person confirms, with the name and the day


Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One content of a letter. ``checks`` name the functions of ``checks.py`` it must pass before it is issued."""

    code: str
    label: str
    form: Form = Form.TEXT
    checks: tuple[str, ...] = ("filled",)
    provision: str = ""
    hint: str = ""
    choices: Choices = ()
    bare: bool = False  # printed without its label, where the words say themselves what they are

    @property
    def is_required(self) -> bool:
        return "filled" in self.checks


@dataclass(frozen=True, slots=True)
class Act:
    """The event in law that a letter's issue is. ``day``: the content that names the day (empty: the day of issue);
    ``when``: content and value for which it is this event."""

    event: str
    day: str = ""
    when: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of letter. ``rests_on`` names the facts of the case without which it is not issued; ``regimes`` the law
    of the cases in which it is written."""

    code: str
    issuer: Issuer
    title: str
    purpose: str
    provision: str
    clock: str
    parts: tuple[Part, ...]
    rests_on: tuple[str, ...] = ()
    is_public: bool = False  # printed without case, importer and entry, and listed for everybody
    acts: tuple[Act, ...] = ()  # what its issue is in law
    regimes: tuple[str, ...] = ("UFLPA",)
    received: tuple[str, ...] = ()  # what it is in law where CBP sent it, beside its acts

    @property
    def is_paper(self) -> bool:
        """A paper of the importer, not an act of the authority."""
        return self.issuer == Issuer.IMPORTER

    @property
    def is_for_portal(self) -> bool:
        """CBP takes it in the Forced Labor Portal: a paper of the Act, not one that any goods may need at the port."""
        return self.is_paper and self.regimes == ("UFLPA",)

    @property
    def events(self) -> tuple[str, ...]:
        """The events in law that a letter of this kind can be where CBP sent it."""
        return tuple(dict.fromkeys((*(act.event for act in self.acts), *self.received)))

    def event_of(self, contents: Mapping[str, Any], issued_on: date) -> tuple[str, date] | None:
        """The event in law that the issue of a letter with these contents is, and its day: the first that has come,
        else the first."""
        found = [
            (act.event, date.fromisoformat(contents[act.day]) if act.day else issued_on)
            for act in self.acts
            if not act.when[0] or contents.get(act.when[0]) == act.when[1]
        ]
        return next((one for one in found if one[1] <= issued_on), found[0] if found else None)

    def part(self, code: str) -> Part:
        return next(part for part in self.parts if part.code == code)
