"""Asks that the papers of cases be looked at anew, once what they rest on has changed."""

from __future__ import annotations

from collections.abc import Iterable

from entities.services import jobs
from evidence.models import Document, Exhibit


def ask_for_check(cases: Iterable[int]) -> None:
    """Have the papers of these cases looked at anew. Asking twice before a worker comes to it is once."""
    for case in sorted(set(cases)):
        jobs.enqueue("check_papers", {"case": case}, dedupe_key=f"case-{case}")


def ask_for_check_of(document: Document) -> None:
    """The same for every case a document lies in."""
    ask_for_check(Exhibit.objects.filter(document=document).values_list("case_id", flat=True))
