"""Screening shipments in one run, or asking what a screening would say without storing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy

from django.db import transaction
from django.utils import timezone

from entities import audit, proof
from entities.audit import Written
from entities.domain.actions import Action
from entities.domain.matching import ENGINE_VERSION
from entities.matchers import Basis
from entities.models import Job, ListVersion
from entities.parts import parts_of
from screening.models import Finding, Screening, ScreeningInput, ScreeningRun, Shipment
from screening.services import events, rescreenings
from screening.services.rescreenings import Cause
from screening.services.runs.one_shipment import Result, screen_one
from screening.services.runs.storing import Stored, finding_rows, screening_row, store, take_up
from screening.services.runs.surroundings import Surroundings
from screening.services.runs.verdicts import Verdicts
from screening.services.sight import Plan, Sight

CHUNK = 500
FIRMS_AT_ONCE = 100_000  # upstream of the shipments of a run, those of each counted: about 150 MB
Screened = tuple[list[Result], Surroundings]


def screen_job(job: Job) -> None:
    """Work off a job that names shipments and why they are screened."""
    again = job.payload.get("rescreening")
    cause = Cause(again, tuple(job.payload["kinds"])) if again else None
    screen_shipments(job.payload["shipments"], trigger=job.payload["trigger"], cause=cause)


def screen_shipments(ids: Iterable[int], *, trigger: str, cause: Cause | None = None) -> ScreeningRun | None:
    """Screen shipments in one run; open a case where the presumption applies. Where very much lies upstream of them,
    it is done in several runs on the same basis, so that memory holds what was found: the last one is returned.

    A shipment whose facts, list, tables and chain are as they were at its latest screening is left alone, so that the
    same job may run twice. Returns None where there was nothing to screen.

    What is read and worked out holds nobody up: shipments are locked for the writing alone, and those that changed
    meanwhile are screened anew then.
    """
    shipments = _read(ids)
    if not shipments:
        return None
    basis = _run_now(trigger, cause)
    known = Surroundings.of(shipments, basis)
    last = None
    for some in _portions(shipments, known):
        last = _screen_portion(some, known, copy(basis), cause) or last
    return last


def _portions(shipments: Sequence[Shipment], known: Surroundings) -> Iterator[list[Shipment]]:
    """Shipments a few at a time: what is found of one grows with the firms upstream of it."""
    some: list[Shipment] = []
    firms = 0
    for shipment in shipments:
        some.append(shipment)
        firms += len(known.firms_behind(shipment))
        if firms > FIRMS_AT_ONCE:
            yield some
            some, firms = [], 0
    if some:
        yield some


def _screen_portion(
    shipments: list[Shipment], known: Surroundings, run: ScreeningRun, cause: Cause | None
) -> ScreeningRun | None:
    results = [screen_one(shipment, known) for shipment in shipments]
    with transaction.atomic():
        moved = _lock(shipments)
        parts = [([one for one in results if one.shipment.pk not in moved], known)]
        if moved and (again := _read(moved)):
            parts.append(_screen(again, run))
        return _keep(run, parts, cause)


def _read(ids: Iterable[int]) -> list[Shipment]:
    rows = Shipment.objects.filter(pk__in=list(ids)).select_related("latest_screening__run")
    return list(rows.order_by("pk"))


def _screen(shipments: list[Shipment], run: ScreeningRun) -> Screened:
    known = Surroundings.of(shipments, run)
    return [screen_one(shipment, known) for shipment in shipments], known


def _lock(shipments: Sequence[Shipment]) -> set[int]:
    """Lock shipments until the transaction ends. Returns those that are no longer as they were read."""
    rows = Shipment.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in shipments]).order_by("pk")
    now = {pk: stands for pk, *stands in rows.values_list("pk", "facts_version", "latest_screening")}
    return {one.pk for one in shipments if now.get(one.pk) != [one.facts_version, one.latest_screening_id]}


def _keep(run: ScreeningRun, parts: Sequence[Screened], cause: Cause | None) -> ScreeningRun | None:
    """Store what is new and what follows from it. Other runs wait for the events alone, which come last."""
    shipments = [one.shipment for results, _ in parts for one in results]
    tables = _tables_of(shipments)
    before = {one.pk: one.latest_screening_id for one in shipments}
    stored: list[Stored] = []
    written: list[Written] = []
    run.finished_at = timezone.now()
    for results, known in parts:
        news = [one for one in results if not one.repeats(run, tables.get(one.shipment.latest_screening_id or 0))]
        if news:
            if run.pk is None:
                run.save(force_insert=True)
            more, rows = store(run, news, known)
            stored, written = stored + more, written + rows
    again = rescreenings.looked_at_again(cause, shipments) if cause is not None else []
    with audit.together():  # the head of the chain is locked at its end
        if stored:
            outcomes = Counter(str(one.screening.outcome) for one in stored)
            audit.record(
                Action.SHIPMENTS_SCREENED,
                actor=None,
                target=run,
                after=dict(outcomes),
                reason=run.trigger,
                written=[*proof.written_row(run), *written],
                is_written=True,
            )
            found = {one.screening: one.findings for one in stored}
            events.screened(found, {one.shipment_id: before[one.shipment_id] for one in found})
        acts = take_up(stored)
    if cause is not None:
        rescreenings.note(cause, again, acts)
    return run if stored else None


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


def make_ready() -> None:
    """Make what every screening is made with, the lists in use as they are searched, where there are any: else the
    first request that a process answers waits for it, and holds others up."""
    if ListVersion.objects.published().filter(register=ListVersion.Register.UFLPA).exists():
        Verdicts.of(_run_now("make ready", None), Sight())


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
