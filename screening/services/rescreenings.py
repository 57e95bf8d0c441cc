"""Screening again after a change: begun by the feed, filled by the runs, told to the owners when it is finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from entities.models import Change, Job, User
from entities.parts import parts_of
from entities.services import jobs
from entities.services.mail import queue_mail
from screening.domain.difference import Difference, difference
from screening.models import Case, Finding, Rescreened, Rescreening, Screening, Shipment
from screening.rescreened import compared, telling

# These concern everybody's shipments: it is on record that they were followed up even where they touch none.
ALWAYS_ON_RECORD = frozenset({Change.Kind.LIST, Change.Kind.NAME, Change.Kind.THRESHOLDS, Change.Kind.JUDGEMENT})


@dataclass(frozen=True, slots=True)
class Cause:
    """The pass a run belongs to, and the kinds of the changes that touch its shipments."""

    rescreening: int
    kinds: tuple[str, ...]


def begin(
    changes: Sequence[Change], touching: Mapping[int, Collection[Change]]
) -> tuple[Rescreening | None, set[int]]:
    """Open the pass that follows up these changes, and say which shipments it looks at again.

    ``touching``: by shipment the changes that can touch it. A shipment that was never screened, or that only was
    declared or edited itself, is no part of it.
    """
    wide = [change for change in changes if change.kind != Change.Kind.SHIPMENT]
    touched = (pk for pk, by in touching.items() if any(one.kind != Change.Kind.SHIPMENT for one in by))
    ids: set[int] = set()
    for some in parts_of(touched):
        rows = Shipment.objects.filter(pk__in=some).exclude(latest_screening=None)
        ids.update(rows.values_list("pk", flat=True))
    if not ids and not any(change.kind in ALWAYS_ON_RECORD for change in wide):
        return None, set()
    now = timezone.now()
    rescreening = Rescreening.objects.create(at=now, shipment_count=len(ids), finished_at=None if ids else now)
    rescreening.changes.set(wide)
    return rescreening, ids


def looked_at_again(cause: Cause, shipments: Sequence[Shipment]) -> list[Rescreened]:
    """What came of shipments just looked at, not stored yet.

    The screening before is the one that stood when the pass began, so that nothing is missed where a shipment was
    screened for another reason meanwhile.
    """
    rescreening = Rescreening.objects.get(pk=cause.rescreening)
    noted = set(rescreening.shipments.filter(shipment__in=shipments).values_list("shipment", flat=True))
    waiting = [shipment for shipment in shipments if shipment.pk not in noted]
    before = _screenings_before(rescreening, waiting)
    decided = set(
        Case.objects.filter(shipments__in=waiting, stage=Case.Stage.CLOSED).values_list("shipments", flat=True)
    )
    pairs = {
        shipment.pk: (before[shipment.pk], shipment.latest_screening)
        for shipment in waiting
        if shipment.pk in before and shipment.latest_screening is not None
    }
    found = _findings(screening for pair in pairs.values() for screening in pair)
    rows = []
    for pk, (old, new) in pairs.items():
        differs = difference(map(compared, found[old.pk]), map(compared, found[new.pk]))
        rows.append(
            Rescreened(
                rescreening=rescreening,
                shipment_id=pk,
                causes=list(cause.kinds),
                before=old,
                after=None if old.pk == new.pk else new,
                is_changed=old.pk != new.pk and (bool(differs) or old.outcome != new.outcome),
                difference=_kept(differs) if old.pk != new.pk else {},
                was_decided=pk in decided,
            )
        )
    return rows


def note(cause: Cause, rows: Sequence[Rescreened], acts: Mapping[int, list[dict[str, Any]]]) -> None:
    """Write down what came of shipments looked at and what followed for their cases; with the last finish the pass.

    Runs in the transaction of the screenings: what a killed worker leaves behind is done again, once. Last of all, as
    the pass is locked then.
    """
    for row in rows:
        row.cases = acts.get(row.shipment_id, [])
    Rescreened.objects.bulk_create(rows)
    unfinished = Rescreening.objects.select_for_update(no_key=True).filter(pk=cause.rescreening, finished_at=None)
    for rescreening in unfinished:
        if rescreening.shipments.count() >= rescreening.shipment_count:
            rescreening.finished_at = timezone.now()
            rescreening.save(update_fields=["finished_at"])
            jobs.enqueue("tell_owners", {"rescreening": rescreening.pk}, dedupe_key=f"rescreening {rescreening.pk}")


@transaction.atomic
def tell_owners_job(job: Job) -> None:
    """Mail each owner what a finished pass changed for it: all the mails are put in line at once, or none."""
    rescreening = Rescreening.objects.select_for_update().get(pk=job.payload["rescreening"])
    if rescreening.told_at is not None or rescreening.finished_at is None:
        return
    changed = rescreening.shipments.changed()
    for owner in changed.values_list("shipment__owner", flat=True).distinct().order_by("shipment__owner"):
        members = (
            User.objects.people()
            .filter(is_active=True, memberships__organization=owner, memberships__suspended_at=None)
            .distinct()
        )
        for account in members:
            if (said := telling(rescreening, owner, account)) is not None:
                queue_mail(account.email, "screened_again", said)
    rescreening.told_at = timezone.now()
    rescreening.save(update_fields=["told_at"])


def _screenings_before(rescreening: Rescreening, shipments: Sequence[Shipment]) -> dict[int, Screening]:
    rows = Screening.objects.filter(shipment__in=shipments, created_at__lte=rescreening.at).order_by()
    latest = dict(rows.values_list("shipment").annotate(Max("pk")))
    known = Screening.objects.in_bulk(latest.values())
    return {shipment: known[pk] for shipment, pk in latest.items()}


def _findings(screenings: Iterable[Screening]) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for some in parts_of({screening.pk for screening in screenings}):
        rows = Finding.objects.filter(screening__in=some).select_related("listing").defer("path")
        for row in rows:
            found[row.screening_id].append(row)
    return found


def _kept(differs: Difference) -> dict[str, list[list[int | None]]]:
    return {
        "new": [[None, one.key, one.steps_upstream] for one in differs.new],
        "gone": [[one.key, None, one.steps_upstream] for one in differs.gone],
        "changed": [[old.key, now.key, now.steps_upstream] for old, now in differs.changed],
    }
