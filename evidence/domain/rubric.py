"""What counts against evidence where it must be clear and convincing: named one by one, never added up to a number.

"Clear and convincing" means that the claim is highly probable (Colorado v. New Mexico, 467 U.S. 310). A reviewer goes
through the list and says of each mark whether the record has it, and where or why; then weighs the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that counts against the evidence."""

    code: str
    label: str
    help: str


MARKS = (
    Mark("gap", "Gaps", "A site, a period or a kind of record that the goods rest on and the record does not have."),
    Mark("contradiction", "Contradictions", "Papers that do not agree with each other, or with what is on record."),
    Mark("unreadable", "Unreadable pages", "Pages that neither a machine nor a person can read."),
    Mark("untranslated", "Untranslated pages", "Pages in another language without an English translation."),
    Mark("self_serving", "Self-serving statements", "A party's word in its own interest, no record beside it."),
    Mark("xinjiang_audit", "Audits in Xinjiang", "Audits or interviews held there: workers cannot speak freely."),
    Mark("weak_copy", "Weak copies", "Photocopied identity papers, photographs that do not fit (ruling H317249)."),
)
_LABELS = {one.code: one.label for one in MARKS}


@dataclass(frozen=True, slots=True)
class Said:
    """What the reviewer says of a mark. ``place``: exhibit and page, for example 3-12."""

    code: str
    is_found: bool
    place: str = ""
    reason: str = ""

    @property
    def label(self) -> str:
        return _LABELS.get(self.code, self.code)


def not_said(said: Sequence[Said]) -> list[str]:
    """The marks the reviewer has said nothing of."""
    codes = {one.code for one in said}
    return [one.label for one in MARKS if one.code not in codes]


def problem(said: Sequence[Said], *, cited: Collection[str], seen: Mapping[str, str]) -> tuple[str, str] | None:
    """What is wrong with the list as filled in, as a code and a sentence.

    ``cited``: the places the verdict cites; ``seen``: marks the system sees in the record itself, with what it sees.
    """
    if missing := not_said(said):
        return "rubric_incomplete", f"Say of each point whether the record has it: {', '.join(missing)}."
    for one in said:
        if one.code not in _LABELS:
            return "no_such_mark", f"{one.code} is not a point of the rubric."
        if one.is_found and not (one.place or one.reason.strip()):
            return "mark_without_place", f"{one.label}: name the cited page, or say in words what it is."
        if one.place and one.place not in cited:
            return "mark_not_cited", f"{one.label}: cite exhibit and page {one.place} with the verdict first."
        if not one.is_found and one.code in seen and not one.reason.strip():
            return "mark_on_record", f"{one.label}: {seen[one.code]} Name it, or say why it does not count."
    return None
