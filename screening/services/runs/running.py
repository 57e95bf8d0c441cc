"""Screening shipments in one run, or asking what a screening would say without storing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from entities import audit
from entities.domain.actions import Action
from entities.domain.matching import ENGINE_VERSION
from entities.matchers import Basis
from entities.models import Job, ListVersion
from entities.parts import parts_of
from screening.models import Finding, Screening, ScreeningInput, ScreeningRun, Shipment
from screening.services import events, rescreenings
from screening.services.rescreenings import Cause
from screening.services.runs.one_shipment import screen_one
from screening.services.runs.storing import finding_rows, screening_row, store
from screening.services.runs.surroundings import Surroundings
from screening.services.sight import Plan, Sight

CHUNK = 100


def screen_job(job: Job) -> None:
    """Work off a job that names shipments and why they are screened."""
    again = job.payload.get("rescreening")
    cause = Cause(again, tuple(job.payload["kinds"])) if again else None
    screen_shipments(job.payload["shipments"], trigger=job.payload["trigger"], cause=cause)


@transaction.atomic
def screen_shipments(ids: Iterable[int], *, trigger: str, cause: Cause | None = None) -> ScreeningRun | None:
    """Screen shipments in one run; open a case where the presumption applies.

    A shipment whose facts, list, tables and chain are as they were at its latest screening is left alone, so that the
    same job may run twice. Returns None where there was nothing to screen.
    """
    # Locked first, read after: a row joined to one that was waited for would be as old as the wait is long.
    locked = Shipment.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk").values_list("pk", flat=True)
    known_ids = list(locked)
    shipments = list(Shipment.objects.filter(pk__in=known_ids).select_related("latest_screening__run").order_by("pk"))
    if not shipments:
        return None
    run = _run_now(trigger, cause)
    known = Surroundings.of(shipments, run)
    results = [screen_one(shipment, known) for shipment in shipments]
    tables = _tables_of(shipments)
    news = [one for one in results if not one.repeats(run, tables.get(one.shipment.latest_screening_id or 0))]
    acts: dict[int, list[dict[str, Any]]] = {}
    before = {one.shipment.pk: one.shipment.latest_screening_id for one in news}
    if news:
        run.finished_at = timezone.now()
        run.save(force_insert=True)
        acts = store(run, news, known)
    if cause is not None:
        rescreenings.note(cause, shipments, acts)
    if news:
        events.screened([one.shipment for one in news], before)
        outcomes = Counter(str(result.outcome) for result in news)
        audit.record(Action.SHIPMENTS_SCREENED, actor=None, target=run, after=dict(outcomes), reason=run.trigger)
    return run if news else None


def _tables_of(shipments: Iterable[Shipment]) -> dict[int, dict[str, str]]:
    """The reference tables that the latest screening of each shipment was made with, by their digests."""
    latest = [one.latest_screening_id for one in shipments if one.latest_screening_id]
    return dict(ScreeningInput.objects.filter(screening__in=latest).values_list("screening", "tables"))


def screen_plan(plan: Plan, sight: Sight) -> tuple[Screening, list[Finding]]:
    """What a screening of goods not bought yet says, by the same rules; neither it nor its findings are stored."""
    run = _run_now("what if", None)
    known = Surroundings.of_plan(plan, run, sight)
    result = screen_one(plan.shipment, known)
    return screening_row(run, result), finding_rows(run, result, known.verdicts)


def answers_of(ids: Iterable[int]) -> Iterator[tuple[Shipment, str, list[Finding]]]:
    """What a screening of each shipment says now, whatever was screened before; nothing is stored."""
    run = _run_now("compared", None)
    for some in parts_of(ids, CHUNK):
        shipments = list(Shipment.objects.filter(pk__in=some).order_by("pk"))
        known = Surroundings.of(shipments, run)
        for shipment in shipments:
            result = screen_one(shipment, known)
            yield shipment, result.outcome, finding_rows(run, result, known.verdicts)


def _run_now(trigger: str, cause: Cause | None) -> ScreeningRun:
    """A run, not stored yet, with the lists and the basis in use."""
    basis = Basis.in_use()
    orders = ListVersion.objects.published().filter(register=ListVersion.Register.WRO)
    return ScreeningRun(
        trigger=trigger[:200],
        list_version=ListVersion.objects.current(ListVersion.Register.UFLPA),
        wro_version=orders.order_by("published_at", "pk").last(),
        engine_version=ENGINE_VERSION,
        thresholds_id=basis.thresholds,
        names_up_to=basis.names_up_to,
        rescreening_id=cause.rescreening if cause else None,
    )
