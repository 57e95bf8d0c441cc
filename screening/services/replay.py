"""The list replayed: its dated states put in use one after the other, and what is followed up compared with the whole.

All of it happens in a transaction that is taken back at the end: no version, screening, case or mail stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities.domain.listing import ListRow, merge, rows_in_force
from entities.models import Change, Job, ListVersion
from entities.parts import parts_of
from entities.services.changes import record_change
from entities.services.lists import shipped_uflpa_rows
from entities.services.lists.shipped import UFLPA_LIST
from entities.services.lists.versions import store
from screening.models import Finding, Shipment
from screening.services import feed
from screening.services.runs import CHUNK, answers_of, screen_job, screen_shipments
from screening.services.touched import open_or_recent

Told = tuple[str, frozenset[tuple[Any, ...]]]


@dataclass(slots=True)
class Replayed:
    """One dated state: how large the list was, what was followed up, and where that differs from screening all."""

    on: date
    entities: int
    followed_up: int
    compared: int
    presumed: int
    differences: list[str] = field(default_factory=list)


def dated_states(rows: Sequence[ListRow]) -> list[date]:
    """The days on which the list as printed changed."""
    return sorted({day for row in rows for day in (row.effective_on, row.removed_on) if day is not None})


def replay(report: Callable[[Replayed], object] = lambda _: None) -> list[Replayed]:
    """Put each dated state of the shipped list in use, follow the change up as ever, and screen every shipment in
    full at the same state: the outcome and the set of findings must be the same. Nothing stays."""
    with transaction.atomic():
        everything = list(Shipment.objects.order_by("pk").values_list("pk", flat=True))
        for some in parts_of(everything, CHUNK):
            screen_shipments(some, trigger="replay")
        done: list[Replayed] = []
        rows: Sequence[ListRow] = ()
        shipped = shipped_uflpa_rows()
        for on in dated_states(shipped):
            printed = [replace(row, is_current=True, removed_on=None) for row in rows_in_force(shipped, on)]
            rows = merge(rows, printed, changed_on=on).rows
            done.append(_put_in_use(on, rows))
            report(done[-1])
        transaction.set_rollback(True)
    return done


def _put_in_use(on: date, rows: Sequence[ListRow]) -> Replayed:
    source = replace(UFLPA_LIST, label=f"Entity List as of {on:%-d %B %Y}", retrieved_on=timezone.localdate())
    version = store(source, rows, state=ListVersion.State.PUBLISHED, published_at=timezone.now())
    before = Job.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    record_change(Change.Kind.LIST, [version.pk], note=f"{source.label} published")
    feed.consume_changes()
    followed_up: set[int] = set()
    for job in Job.objects.filter(kind="screen", pk__gt=before).order_by("pk"):
        screen_job(job)
        followed_up.update(job.payload["shipments"])
    compared = open_or_recent(timezone.localdate()).values_list("pk", flat=True)
    stored = _stored(compared)
    differences = []
    for shipment, outcome, findings in answers_of(compared):
        if (now := _told(outcome, findings)) != (kept := stored[shipment.pk]):
            others = sorted(str(one) for one in now[1] ^ kept[1])
            differences.append(f"{shipment.label}: followed up {kept[0]}, in full {now[0]}; {'; '.join(others)}")
    presumed = sum(outcome == Shipment.Outcome.PRESUMPTION for outcome, _ in stored.values())
    return Replayed(on, version.entity_count, len(followed_up), len(stored), presumed, differences)


def _stored(ids: Any) -> dict[int, Told]:
    """What the latest screening of each shipment says."""
    found: dict[int, Told] = {}
    for some in parts_of(ids):
        shipments = Shipment.objects.filter(pk__in=some).select_related("latest_screening")
        findings = Finding.objects.filter(screening__in=[one.latest_screening_id for one in shipments])
        by_screening: dict[int, list[Finding]] = {}
        for row in findings.select_related("listing__entity"):
            by_screening.setdefault(row.screening_id, []).append(row)
        for one in shipments:
            latest = one.latest_screening
            if latest is not None:
                found[one.pk] = _told(latest.outcome, by_screening.get(latest.pk, []))
    return found


def _told(outcome: str, findings: Sequence[Finding]) -> Told:
    """An outcome and its set of findings, by what they say; versions and keys of rows aside."""
    return outcome, frozenset(
        (
            one.rule,
            str(one.severity),
            str(one.ground),
            str(one.grade),
            str(one.verdict),
            tuple(one.line_numbers),
            one.party_role,
            one.party_name,
            one.steps_upstream,
            one.listing.entity.key if one.listing else "",
            one.place_code,
        )
        for one in findings
    )
