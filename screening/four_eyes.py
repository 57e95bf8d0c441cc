"""Four eyes on letters, held by the database itself: nobody approves a letter that they wrote in.

Whoever wrote in a draft is appended beside it, so that naming another drafter afterwards hides nobody. By whatever
account: the persons are looked up as they were recorded and as they are now.
"""

from __future__ import annotations

from entities.four_eyes import Rule


def _person_of(account: str) -> str:
    return f"(SELECT person_id FROM entities_user WHERE id = {account})"


def _wrote(draft: str) -> str:
    """The persons who wrote in a draft, then and now."""
    return (
        f"SELECT w.author_person_id FROM screening_letterwriting w WHERE w.draft_id = {draft}"
        " UNION SELECT u.person_id FROM screening_letterwriting w JOIN entities_user u ON u.id = w.author_id"
        f" WHERE w.draft_id = {draft}"
    )


def _changed(*columns: str) -> str:
    return " OR ".join(f"COALESCE(NEW.{one}, 0) <> COALESCE(OLD.{one}, 0)" for one in columns)


_AUTHOR = _changed("author_id", "author_person_id")
_APPROVER = _changed("approver_id", "approver_person_id")
_WORDS = "NEW.contents <> OLD.contents OR NEW.approved_sha256 <> OLD.approved_sha256"
_OWN = (
    f"(NEW.approver_person_id <> {_person_of('NEW.approver_id')}"
    f" OR NEW.approver_person_id IN (NEW.author_person_id, {_person_of('NEW.author_id')})"
    " OR NEW.approver_person_id IN ({wrote}))"
)
_OF_TWO = (
    "(NEW.state = 'approved' AND (NEW.approver_id IS NULL OR NEW.approver_person_id IS NULL"
    f" OR {_OWN.format(wrote=_wrote('NEW.id'))}))"
)
# The draft that a letter was written in, as it was approved or, where one person may finish a paper, as it stands.
_ITS_DRAFT = (
    "SELECT 1 FROM screening_letterdraft d WHERE d.id = NEW.draft_id AND d.kind = NEW.kind AND d.case_id = NEW.case_id"
    " AND d.author_id = NEW.author_id AND d.author_person_id = NEW.author_person_id"
)
_APPROVED = (
    " AND d.state = 'approved' AND d.approver_id = NEW.approver_id AND d.approver_person_id = NEW.approver_person_id"
)
_A_SECOND_PERSON = (
    "SELECT 1 FROM screening_letterdraft d JOIN entities_membership m ON m.organization_id = d.organization_id"
    " JOIN entities_user u ON u.id = m.user_id WHERE d.id = NEW.draft_id AND m.suspended_at IS NULL AND u.is_active"
    " AND u.person_id <> NEW.author_person_id"
)
RULES = (
    Rule(
        "four_eyes_writing",
        "screening_letterwriting",
        "INSERT",
        f"NEW.author_person_id <> {_person_of('NEW.author_id')}",
        "what is written in a letter bears the person of its account",
    ),
    Rule(
        "four_eyes_draft_added",
        "screening_letterdraft",
        "INSERT",
        f"NEW.state = 'issued' OR NEW.author_person_id <> {_person_of('NEW.author_id')} OR {_OF_TWO}",
        "a letter is approved by a person other than who wrote it",
    ),
    Rule(
        "four_eyes_draft",
        "screening_letterdraft",
        "UPDATE",
        f"{_OF_TWO} OR {_changed('case_id', 'organization_id')} OR NEW.kind <> OLD.kind"
        f" OR (({_AUTHOR}) AND NOT EXISTS (SELECT 1 FROM screening_letterwriting w WHERE w.draft_id = NEW.id"
        " AND w.author_id = NEW.author_id AND w.author_person_id = NEW.author_person_id))"
        f" OR (OLD.state = 'approved' AND NEW.state <> 'draft' AND ({_AUTHOR} OR {_APPROVER} OR {_WORDS}))"
        f" OR (OLD.state IN ('issued', 'discarded') AND (NEW.state <> OLD.state OR {_AUTHOR} OR {_APPROVER}"
        f" OR {_WORDS}))",
        "a letter is approved by a person other than who wrote in it, and neither changes after",
    ),
    Rule(
        "four_eyes_letter",
        "screening_letter",
        "INSERT",
        f"(NEW.origin = 'issued' AND NOT EXISTS ({_ITS_DRAFT}{_APPROVED}))"
        f" OR (NEW.origin = 'paper' AND NEW.approver_id IS NULL AND (NOT EXISTS ({_ITS_DRAFT})"
        f" OR EXISTS ({_A_SECOND_PERSON})))"
        f" OR (NEW.origin = 'paper' AND NEW.approver_id IS NOT NULL AND NOT EXISTS ({_ITS_DRAFT}{_APPROVED}))"
        f" OR (NEW.approver_id IS NOT NULL AND {_OWN.format(wrote=_wrote('NEW.draft_id'))})",
        "a letter goes out as a second person approved it",
    ),
)
