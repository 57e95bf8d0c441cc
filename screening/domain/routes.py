"""New ways of the same goods to the same importer soon after a listing or a detention of an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SOON = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Route:
    """One way by which goods of a heading came to an importer, and the first day they did."""

    supplier: int | None
    supplier_name: str
    origin: str
    port: str
    first: date


@dataclass(frozen=True, slots=True)
class Trouble:
    """A listing of an earlier source, or a detention of an earlier shipment."""

    on: date
    sentence: str


@dataclass(frozen=True, slots=True)
class RouteChange:
    """What is new on a shipment since the trouble, of the goods of one heading."""

    heading: str
    line_numbers: tuple[int, ...]
    new: tuple[str, ...]
    since: Trouble
    earlier: int  # ways known before the trouble


def may_have_changed(now: Sequence[Route], record: Sequence[Route], on: date) -> bool:
    """A quick look before any trouble is searched for: something is new since a year ago, or all is that young."""
    known = [route for route in record if route.first < on]
    before = [route for route in known if route.first <= on - SOON]
    return bool(known) and (not before or any(True for _ in _new(now, before)))


def route_change(
    heading: str,
    line_numbers: tuple[int, ...],
    now: Sequence[Route],
    record: Iterable[Route],
    troubles: Iterable[Trouble],
    on: date,
) -> RouteChange | None:
    """What is new compared with every way known up to the latest trouble of the year before; None where nothing is.

    Where nothing was known up to then, nothing can be new.
    """
    known = list(record)
    for trouble in sorted(troubles, key=lambda one: one.on, reverse=True):
        if not on - SOON <= trouble.on < on:
            continue
        before = [route for route in known if route.first <= trouble.on]
        if not before:
            continue
        new = tuple(_new(now, before))
        return RouteChange(heading, line_numbers, new, trouble, len(before)) if new else None
    return None


def _new(now: Sequence[Route], before: Sequence[Route]) -> Iterable[str]:
    sources = {route.supplier for route in before}
    for supplier, name in dict.fromkeys((route.supplier, route.supplier_name) for route in now):
        if supplier is not None and supplier not in sources:
            yield f"the source {name}"
    for what, one in (("the origin", "origin"), ("the port of lading", "port")):
        earlier = {getattr(route, one) for route in before} - {""}
        for value in dict.fromkeys(getattr(route, one) for route in now):
            if value and earlier and value not in earlier:
                yield f"{what} {value}"
