"""What does not agree, or is not there: an alarm says both values, both places, and what would settle it.

An alarm is a question to a person, never a conclusion. A rule that lacks its input is silent, and is counted as not
checked; nothing here says that goods are free of doubt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from evidence.domain.papers import Box, CasePaper, FieldRead


@dataclass(frozen=True, slots=True)
class Said:
    """What one paper says, and where: exhibit, paper, page, and the box on it or the cell of the sheet."""

    exhibit: int
    document: int
    title: str
    page: int
    text: str
    type: str = ""
    name: str = ""  # of the field
    box: Box | None = None
    cell: str = ""
    paper: int = 0  # which paper, by its number in the database

    @property
    def place(self) -> str:
        """The place in words: ``Exhibit 3, page 2, cell B12``."""
        return f"Exhibit {self.exhibit}, page {self.page}" + (f", cell {self.cell}" if self.cell else "")


def said(paper: CasePaper, read: FieldRead, text: str = "") -> Said:
    """A field of a paper as one side of an alarm; ``text`` instead of what stands there, where that is a sum."""
    shown = text or " ".join(part for part in (read.value or read.text, read.unit) if part)
    where = read.place
    return Said(
        paper.exhibit,
        paper.document,
        paper.title,
        where.page,
        shown,
        paper.paper.type,
        read.name,
        where.box,
        where.cell,
        paper.key,
    )


def whole(paper: CasePaper, text: str, page: int | None = None) -> Said:
    """A paper as a whole, at its first page, where what is meant is that something is not on it."""
    at = page or paper.paper.first_page
    return Said(paper.exhibit, paper.document, paper.title, at, text, paper.paper.type, paper=paper.key)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Two places that do not agree, or one place whose counterpart is missing.

    ``also`` are further papers that say what the second place says. ``subject`` is what it is about (a part, a lot, a
    firm). ``office_only``: it rests on another importer's papers, which this one may not learn of.
    """

    code: str
    sentence: str
    says: tuple[Said, ...] = ()
    subject: str = ""
    also: tuple[Said, ...] = ()
    office_only: bool = False

    @property
    def fingerprint(self) -> str:
        """Equal for the same values at the same places, however often the papers are read and checked again."""
        sides = sorted(f"{one.document}|{one.page}|{one.cell}|{one.name}|{one.text}" for one in self.says)
        return hashlib.sha256("\n".join([self.code, self.subject, *sides]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Something that was compared throughout, and how much of it agrees: ``50 of 50 parts``."""

    sentence: str
    agree: int
    compared: int
    says: tuple[Said, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What one rule found. ``compared``: how often it had what it needs; never, then it is not checked."""

    compared: int = 0
    alarms: list[Alarm] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)

    def alarm(
        self,
        code: str,
        sentence: str,
        *says: Said,
        subject: str = "",
        also: tuple[Said, ...] = (),
        office_only: bool = False,
    ) -> None:
        """Note one alarm. Where a sentence ends in the name of a firm, its last full stop is that of ``Ltd.``"""
        self.alarms.append(Alarm(code, sentence.replace("..", "."), says, subject, also, office_only))


@dataclass(frozen=True, slots=True)
class Check:
    """A rule as people read of it: what it asks, how much it weighs, what it needs, what would settle an alarm."""

    code: str
    label: str
    weight: str  # high, medium or low
    kind: str  # contradiction, arithmetic or gap
    needs: str
    settles: str
    basis: str


@dataclass(frozen=True, slots=True)
class Checked:
    """All rules put to one file of papers."""

    alarms: tuple[Alarm, ...]
    agreements: tuple[Agreement, ...]
    compared: Mapping[str, int]

    @property
    def not_checked(self) -> tuple[str, ...]:
        """The rules that lacked their input."""
        return tuple(code for code, count in self.compared.items() if not count)
