"""Letters: drafted from the case, edited, approved by a second person, issued once."""

from screening.services.letters.drafts import approve, discard, draft_letter, edit, may_draft, take_back
from screening.services.letters.facts import facts_of
from screening.services.letters.in_law import may_be, on_record, on_record_of, put_in_law, refuse_event, waiting
from screening.services.letters.issue import MAX_BYTES, hindrances, is_intact, issue, preview, record_received

__all__ = [
    "MAX_BYTES",
    "approve",
    "discard",
    "draft_letter",
    "edit",
    "facts_of",
    "hindrances",
    "is_intact",
    "issue",
    "may_be",
    "may_draft",
    "on_record",
    "on_record_of",
    "preview",
    "put_in_law",
    "record_received",
    "refuse_event",
    "take_back",
    "waiting",
]
