"""Lots of a shipment: steps of production as they are claimed and taken back. Each change screens it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Change, Organization, Supplier, User
from entities.services.changes import record_change
from screening.domain.lots import Lot, faults, same_lot
from screening.models import LotDocument, LotTrace, Shipment, TracedLot


@dataclass(frozen=True, slots=True)
class DeclaredStep:
    """A step of production as a form, the API or a document claims it."""

    maker: int
    outputs: tuple[Lot, ...]
    inputs: tuple[Lot, ...] = ()
    made_on: date | None = None
    process: str = ""
    paper: str = ""
    event_id: str = ""


@transaction.atomic
def declare_trace(
    shipment: Shipment,
    *,
    maker: Supplier,
    outputs: Sequence[Lot],
    inputs: Sequence[Lot] = (),
    made_on: date | None = None,
    process: str = "",
    paper: str = "",
    actor: User,
    declared_by: Organization,
) -> LotTrace:
    """Claim that a maker turned input lots into output lots for this shipment; it is screened again.

    Raises ``Refused`` where the actor may not change the shipment or does not act for ``declared_by``, where a lot
    has no number, a quantity no unit or nothing came out, and where another step already puts out one of the lots.
    """
    shipment = Shipment.objects.select_for_update().get(pk=shipment.pk)
    check_declarer(shipment, actor, declared_by)
    step = DeclaredStep(maker.pk, tuple(outputs), tuple(inputs), made_on, process, paper)
    trace = store_step(shipment, step, declared_by=declared_by)
    count_change(shipment, note=f"lots of {maker} declared")
    audit.record(
        Action.LOT_TRACE_DECLARED,
        actor=actor,
        target=trace,
        organization_id=shipment.owner_id,
        after=as_said(trace),
    )
    return trace


@transaction.atomic
def withdraw_trace(trace: LotTrace, *, actor: User, reason: str) -> LotTrace:
    """Take back a step of production. It stays on record; screening no longer follows its lots."""
    shipment = Shipment.objects.select_for_update().get(pk=trace.shipment_id)
    trace = LotTrace.objects.select_related("declared_by").get(pk=trace.pk)
    check_declarer(shipment, actor, trace.declared_by)
    if trace.withdrawn_at is not None:
        raise Refused("trace_withdrawn", "This step was withdrawn before.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the step is withdrawn.")
    history.note_changed(trace)
    take_back(trace, reason=reason.strip(), by=actor)
    count_change(shipment, note=f"lots of {trace.maker} withdrawn")
    audit.record(
        Action.LOT_TRACE_WITHDRAWN,
        actor=actor,
        target=trace,
        organization_id=shipment.owner_id,
        before=as_said(trace),
        reason=reason.strip(),
    )
    return trace


def declarers(shipment: Shipment, user: User) -> list[Organization]:
    """In whose name somebody may speak of the lots of a shipment: the importer's; the office also in its own."""
    owner = [shipment.owner]
    if not user.is_officer:
        return owner
    return [*owner, *user.organizations().filter(kind=Organization.Kind.OFFICE, is_active=True)]


def check_declarer(shipment: Shipment, actor: User | None, declared_by: Organization) -> None:
    """Whoever may change the shipment may speak of its lots, in the importer's name or the office's own.

    Without an actor the system's operator acts, in the importer's name.
    """
    if actor is None:
        return
    if not actor.has_perm(Act.ADD_SHIPMENT) or not Shipment.objects.visible_to(actor).filter(pk=shipment.pk).exists():
        raise Refused("may_not_change", "Your role does not change this shipment.")
    if declared_by not in declarers(shipment, actor):
        raise Refused("not_authorised", f"You do not speak for {declared_by} on this shipment.")


def store_step(
    shipment: Shipment,
    step: DeclaredStep,
    *,
    declared_by: Organization,
    document: LotDocument | None = None,
    taken: dict[str, str] | None = None,
) -> LotTrace:
    """Store one step of a shipment that is locked; the caller counts the change and records the act.

    ``taken``: the lots that other steps of the declarer put out, with their makers, where many steps are stored.
    """
    taken = outputs_made(shipment, declared_by) if taken is None else taken
    lines = set(shipment.lines.values_list("number", flat=True))
    if fault := next(faults(step.inputs, step.outputs, lines), None):
        raise Refused(fault.code, fault.sentence)
    if clash := next((lot for lot in step.outputs if same_lot(lot.lot) in taken), None):
        raise Refused(
            "lot_made_twice",
            f"Lot {clash.lot} already comes out of a step at {taken[same_lot(clash.lot)]}: withdraw that step, or "
            "correct the lot number.",
        )
    trace = LotTrace.objects.create(
        shipment=shipment,
        maker_id=step.maker,
        made_on=step.made_on,
        process=step.process[:120],
        paper=step.paper[:300],
        event_id=step.event_id,
        declared_by=declared_by,
        document=document,
    )
    sides = ((TracedLot.Direction.INPUT, step.inputs), (TracedLot.Direction.OUTPUT, step.outputs))
    TracedLot.objects.bulk_create(
        TracedLot(
            trace=trace,
            direction=direction,
            lot=" ".join(lot.lot.split()),
            goods=lot.goods,
            hts_prefix=lot.hts_prefix,
            quantity=lot.quantity,
            unit=lot.unit.strip(),
            supplier_id=lot.supplier if direction == TracedLot.Direction.INPUT else None,
            line_number=lot.line_number if direction == TracedLot.Direction.OUTPUT else None,
        )
        for direction, lots in sides
        for lot in lots
    )
    taken.update({same_lot(lot.lot): str(trace.maker) for lot in step.outputs})
    return trace


def outputs_made(shipment: Shipment, declared_by: Organization) -> dict[str, str]:
    """The lots that the standing steps of a declarer put out, each with its maker."""
    rows = TracedLot.objects.filter(
        trace__in=LotTrace.objects.standing().filter(shipment=shipment, declared_by=declared_by),
        direction=TracedLot.Direction.OUTPUT,
    ).select_related("trace__maker")
    return {same_lot(row.lot): str(row.trace.maker) for row in rows}


def take_back(trace: LotTrace, *, reason: str, by: User | None) -> None:
    """Mark a step withdrawn; ``by`` a person, or None where a later document says otherwise. The caller has noted
    what was changed past the product."""
    trace.withdrawn_at, trace.withdrawn_by, trace.withdrawal_reason = timezone.now(), by, reason[:1000]
    trace.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])


def count_change(shipment: Shipment, *, note: str) -> None:
    """What is screened of the shipment changed: have it screened again."""
    Shipment.objects.filter(pk=shipment.pk).update(facts_version=F("facts_version") + 1, looked_at=None)
    record_change(Change.Kind.SHIPMENT, [shipment.pk], note=note)


def as_said(trace: LotTrace) -> dict[str, Any]:
    """A step as plain values, for the audit trail."""
    lots = list(trace.lots.all())
    return {
        "maker": trace.maker_id,
        "declared_by": trace.declared_by_id,
        "made_on": trace.made_on.isoformat() if trace.made_on else "",
        "process": trace.process,
        "paper": trace.paper,
        "inputs": [_words(lot) for lot in lots if lot.direction == TracedLot.Direction.INPUT],
        "outputs": [_words(lot) for lot in lots if lot.direction == TracedLot.Direction.OUTPUT],
    }


def _words(lot: TracedLot) -> str:
    quantity = "" if lot.quantity is None else f" {lot.quantity.normalize():f} {lot.unit}"
    return f"{lot.lot}{quantity}"
