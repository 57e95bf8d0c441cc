"""Listed parties that papers of a case name since a list came into use, and nobody has weighed yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from entities.models import Listing, User
from evidence.listed_names import REGISTER
from evidence.models import Assessment, Document, Exhibit, Mention
from screening.domain.pathways import ASKS_FOR_LISTED_NAMES
from screening.models import Case


@dataclass(frozen=True, slots=True)
class NewlyNamed:
    """A listed party on a page of an exhibit: seen there first when its text was looked through again."""

    exhibit: Exhibit
    page_number: int
    subject: str
    is_possible: bool
    listed_since: date | None
    seen_at: datetime | None

    @property
    def place(self) -> str:
        return f"{self.exhibit.number}-{self.page_number}"


def newly_named(case: Case, user: User) -> list[NewlyNamed]:
    """What papers of the case name since the last verdict on whether a listed entity is in the chain, each once."""
    judged = Assessment.objects.filter(case=case, requirement__in=ASKS_FOR_LISTED_NAMES)
    judged_at = judged.aggregate(last=Max("created_at"))["last"]
    of_case = Exhibit.objects.visible_to(user).filter(case=case)
    seen = Mention.objects.filter(
        page__document__in=of_case.values("document"), kind=Mention.Kind.LISTED, seen_later_at__isnull=False
    ).filter(Q() if judged_at is None else Q(seen_later_at__gt=judged_at))
    first: dict[tuple[int, str], Mention] = {}
    rows = (
        seen.select_related("page__document").defer("page__text").order_by("page__document", "page__number", "start")
    )
    for row in rows:
        first.setdefault((row.page_id, row.subject_key), row)
    if not first:
        return []
    exhibits = {row.document_id: row for row in of_case}
    starts = _starts(list(first.values()))
    found = []
    for row in first.values():
        exhibit = exhibits[row.page.document_id]
        exhibit.document = row.page.document
        found.append(
            NewlyNamed(
                exhibit,
                row.page.number,
                row.subject,
                row.strength == "possible",
                starts.get((row.list_version_id, row.subject_key)),
                row.seen_later_at,
            )
        )
    return sorted(found, key=lambda one: (one.exhibit.number, one.page_number))


def cases_newly_naming(cases: Collection[int]) -> set[int]:
    """The cases of which a paper names somebody as above."""
    seen = Mention.objects.filter(
        page__document__exhibits__case__in=cases, kind=Mention.Kind.LISTED, seen_later_at__isnull=False
    ).order_by()
    seen_at = dict(seen.values_list("page__document__exhibits__case").annotate(Max("seen_later_at")))
    if not seen_at:
        return set()
    judged = Assessment.objects.filter(case__in=seen_at, requirement__in=ASKS_FOR_LISTED_NAMES).order_by()
    judged_at = dict(judged.values_list("case").annotate(Max("created_at")))
    return {case for case, at in seen_at.items() if case not in judged_at or at > judged_at[case]}


def _starts(mentions: list[Mention]) -> dict[tuple[int | None, str], date]:
    """The day since which each entity stands on the list it was seen with."""
    rows = Listing.objects.filter(
        version__in={one.list_version_id for one in mentions},
        entity__register=REGISTER,
        entity__key__in={one.subject_key for one in mentions},
        removed_on=None,
    )
    starts: dict[tuple[int | None, str], date] = {}
    for version, key, on in rows.values_list("version", "entity__key", "first_effective_on"):
        starts[version, key] = min(on, starts.get((version, key), on))
    return starts


def outdated_among(documents: Collection[Any]) -> set[int]:
    """Which of these papers wait to be looked through for the names in use."""
    return set(Document.objects.outdated().filter(pk__in=documents).values_list("pk", flat=True))
