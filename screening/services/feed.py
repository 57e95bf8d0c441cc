"""The change feed, read: which shipments a change can touch, and a job to screen them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone

from entities.models import Change, Job, Judgement, OwnershipLink, SupplyLink
from entities.parts import parts_of
from entities.services import jobs
from entities.services.ownership import owned_below, owners_above
from screening.models import Shipment, ShipmentParty
from screening.services import at_once, exposure, pairs, rescreenings, touched
from screening.services.exposure.building import lock_state
from screening.services.exposure.concerned import Concerned
from screening.services.foreseeing import foresee
from screening.services.reach import kin_of_each
from screening.services.runs import CHUNK

BATCH = 2000
REACHING = (Change.Kind.LINK, Change.Kind.OWNERSHIP, Change.Kind.SUPPLIER)  # what changed is said of firms


def consume_changes(job: Job | None = None) -> int:
    """Turn changes that nobody took up yet into screening jobs. Returns how many changes were taken up.

    Changes and jobs are written in one transaction: whatever stops the worker, a change is taken up once.
    """
    total = 0
    while taken := _consume_some():
        total += taken
    return total


@transaction.atomic
def _consume_some() -> int:
    waiting = Change.objects.filter(consumed_at=None).order_by("pk")
    if not waiting.exists():
        return 0
    lock_state()  # one after the other: what one transaction wrote is taken up together
    changes = list(waiting[:BATCH])
    if not changes:
        return 0
    at_once.wait_for_those_at_it()
    concerned = cache(exposure.suppliers_concerned)  # found once in a pass, for the index and for the shipments
    followed = _update_index(changes, concerned)
    touching: dict[int, list[Change]] = {}
    facts_changed: set[int] = set()
    firms = _firms_concerned(changes)
    reached = exposure.shipments_with_goods_of_each(firms.values())
    for change in changes:
        by_goods = reached[firms[change.pk]] if change.pk in firms else _touched(change, concerned, followed)
        shipments = by_goods - {change.screened}
        for pk in shipments:
            touching.setdefault(pk, []).append(change)
        if change.kind in REACHING:
            facts_changed |= shipments
    for pk in _left_alone(touching):
        del touching[pk]
    _count_change(facts_changed)
    rescreening, again = rescreenings.begin(changes, touching)
    if rescreening is not None:
        foresee(rescreening, again, followed)
    alike: dict[tuple[str, tuple[str, ...], bool], list[int]] = {}
    for pk in _by_chain(touching):
        kinds = tuple(sorted({change.kind for change in touching[pk]}))
        alike.setdefault((_trigger(touching[pk]), kinds, pk in again), []).append(pk)
    for (trigger, kinds, is_again), ids in alike.items():
        payload: dict[str, Any] = {"trigger": trigger}
        if rescreening is not None and is_again:
            payload |= {"rescreening": rescreening.pk, "kinds": kinds}
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            jobs.enqueue("screen", {"shipments": chunk, **payload}, total=len(chunk))
    Change.objects.filter(pk__in=[change.pk for change in changes]).update(consumed_at=timezone.now())
    return len(changes)


def _left_alone(touching: Mapping[int, list[Change]]) -> set[int]:
    """Shipments never screened that others alone touch: those that were to be stored and not screened, as what
    changes around them does not ask for it either; and those declared while this pass looked about, whose own change
    is taken up next."""
    by_others = [pk for pk, changes in touching.items() if all(one.kind != Change.Kind.SHIPMENT for one in changes)]
    found: set[int] = set()
    for some in parts_of(by_others):
        found.update(Shipment.objects.stored_only().filter(pk__in=some).values_list("pk", flat=True))
        new = Shipment.objects.filter(pk__in=some, latest_screening=None).values_list("pk", flat=True)
        own = Change.objects.filter(kind=Change.Kind.SHIPMENT, consumed_at=None, key__in=[str(pk) for pk in new])
        found.update(map(int, own.values_list("key", flat=True)))
    return found


def _by_chain(ids: Collection[int]) -> list[int]:
    """Shipments in the order of who made or sold their goods: those of one chain come into one job, so that what lies
    upstream is read and searched once for all of them, and workers do not wait for each other's case."""
    made_by: dict[int, int] = {}
    for some in parts_of(ids):
        parts = ShipmentParty.objects.filter(shipment__in=some, role__in=ShipmentParty.SOURCES).order_by()
        made_by.update(parts.exclude(party__supplier=None).values_list("shipment").annotate(Min("party__supplier")))
    return sorted(ids, key=lambda pk: (made_by.get(pk, 0), pk))


def _update_index(changes: list[Change], concerned: Concerned) -> exposure.Followed:
    """Bring the exposure index in line with what changed. Returns what moved."""
    suppliers = {int(change.key) for change in changes if change.kind == Change.Kind.SUPPLIER}
    held = [int(change.key) for change in changes if change.kind == Change.Kind.OWNERSHIP]
    for ends in OwnershipLink.objects.filter(pk__in=held).values_list("owner", "owned"):
        suppliers |= set(ends)
    judged = [int(change.key) for change in changes if change.kind == Change.Kind.JUDGEMENT]
    for judgement in Judgement.objects.filter(pk__in=judged):
        suppliers |= pairs.suppliers_judged(judgement)
    return exposure.update(
        links={int(change.key) for change in changes if change.kind == Change.Kind.LINK},
        suppliers=suppliers,
        named=_named(changes),
        concerned=concerned,
    )


def _named(changes: list[Change]) -> set[int]:
    """The suppliers that changed shipments and links name: what is said of them may be new."""
    keys = {kind: [int(one.key) for one in changes if one.kind == kind] for kind in Change.Kind}
    found: set[int] = set()
    for ends in SupplyLink.objects.filter(pk__in=keys[Change.Kind.LINK]).values_list("supplier", "customer"):
        found.update(ends)
    parts = ShipmentParty.objects.filter(shipment__in=keys[Change.Kind.SHIPMENT]).exclude(party__supplier=None)
    return found | set(parts.values_list("party__supplier", flat=True))


def _trigger(changes: list[Change]) -> str:
    """Why a shipment is screened, in few words: the first change, and how many more there are."""
    notes = [change.note or change.get_kind_display() for change in changes]
    others = len(set(notes)) - 1
    return notes[0] if others == 0 else f"{notes[0]} and {others} other change{'s' if others > 1 else ''}"


def _touched(change: Change, concerned: Concerned, followed: exposure.Followed) -> set[int]:
    """The shipments a change can touch."""
    if change.kind == Change.Kind.SHIPMENT:
        return {int(change.key)}
    if change.kind == Change.Kind.JUDGEMENT:
        return pairs.shipments_judged(int(change.key))
    if change.kind == Change.Kind.LIST:
        return touched.shipments_touched(int(change.key), concerned, followed)
    if change.kind == Change.Kind.THRESHOLDS:
        return touched.shipments_touched_by_thresholds(int(change.key))
    if change.kind == Change.Kind.NAME:
        return touched.shipments_touched_by_name(int(change.key))
    if change.kind == Change.Kind.DETENTION:
        return touched.shipments_touched_by_detention(int(change.key))
    raise ValueError(change.kind)


def _firms_concerned(changes: Iterable[Change]) -> dict[int, frozenset[int]]:
    """By change of a link, a holding or a firm, the firms whose goods it can concern, wherever they came to."""
    keys = {kind: {change.pk: int(change.key) for change in changes if change.kind == kind} for kind in REACHING}
    found = dict.fromkeys((pk for one in keys.values() for pk in one), frozenset[int]())
    links = keys[Change.Kind.LINK]
    customers = dict(SupplyLink.objects.filter(pk__in=links.values()).values_list("pk", "customer"))
    found |= {pk: frozenset({customers[link]}) for pk, link in links.items() if link in customers}
    holdings = keys[Change.Kind.OWNERSHIP]
    ends = {row.pk: row for row in OwnershipLink.objects.filter(pk__in=holdings.values())}
    for pk, key in holdings.items():
        if key in ends:
            found[pk] = frozenset(owned_below([ends[key].owned_id]) | owners_above([ends[key].owner_id]))
    # A class of firms stands in no chain, yet what is said of its deliveries may.
    firms, buyers = keys[Change.Kind.SUPPLIER], defaultdict[int, set[int]](set)
    classes = SupplyLink.objects.filter(supplier__in=firms.values(), supplier__is_aggregate=True, withdrawn_at=None)
    for supplier, customer in classes.values_list("supplier", "customer"):
        buyers[supplier].add(customer)
    kin = kin_of_each(firms.values())
    return found | {pk: frozenset(kin[firm] | buyers[firm]) for pk, firm in firms.items()}


def _count_change(ids: set[int]) -> None:
    """What is screened of these shipments changed, though nobody touched the shipments themselves."""
    for some in parts_of(ids):
        Shipment.objects.filter(pk__in=some).update(facts_version=F("facts_version") + 1)
