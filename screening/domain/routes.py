"""New ways of the same goods to the same importer soon after a listing or a detention of an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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


class Ways:
    """Ways by which goods of a heading had come to an importer, ready to be compared with by many shipments."""

    __slots__ = ("_origins", "_ports", "routes", "sources")

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = routes
        self.sources = dict.fromkeys(route.supplier for route in routes)  # in the order in which they came
        self._origins = {route.origin for route in routes} - {""}
        self._ports = {route.port for route in routes} - {""}

    def new(self, now: Sequence[Route]) -> Iterator[str]:
        """What of these ways was not among them."""
        for supplier, name in dict.fromkeys((route.supplier, route.supplier_name) for route in now):
            if supplier is not None and supplier not in self.sources:
                yield f"the source {name}"
        for what, one, earlier in (
            ("the origin", "origin", self._origins),
            ("the port of lading", "port", self._ports),
        ):
            for value in dict.fromkeys(getattr(route, one) for route in now):
                if value and earlier and value not in earlier:
                    yield f"{what} {value}"


class EarlierWays(Ways):
    """The ways before a day, and those of a year before it."""

    __slots__ = ("_long_before",)

    def __init__(self, record: Iterable[Route], on: date) -> None:
        super().__init__([route for route in record if route.first < on])
        self._long_before = Ways([route for route in self.routes if route.first <= on - SOON])

    def may_have_changed(self, now: Sequence[Route]) -> bool:
        """A quick look before any trouble is searched for: something is new since a year ago, or all is that young."""
        if not self.routes:
            return False
        return not self._long_before.routes or any(True for _ in self._long_before.new(now))


def route_change(
    heading: str,
    line_numbers: tuple[int, ...],
    now: Sequence[Route],
    record: Sequence[Route],
    troubles: Iterable[Trouble],
    on: date,
) -> RouteChange | None:
    """What is new compared with every way known up to the latest trouble of the year before; None where nothing is.

    Where nothing was known up to then, nothing can be new.
    """
    for trouble in sorted(troubles, key=lambda one: one.on, reverse=True):
        if not on - SOON <= trouble.on < on:
            continue
        before = [route for route in record if route.first <= trouble.on]
        if not before:
            continue
        new = tuple(Ways(before).new(now))
        return RouteChange(heading, line_numbers, new, trouble, len(before)) if new else None
    return None
