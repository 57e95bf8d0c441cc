"""Draws sites and the routes between them on a map: plain SVG with presentation attributes, without any network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from math import hypot

from screening.chain_parts import INK, RANK, SOFT, STOP, STOP_WASH, STROKES, Leads
from screening.geography import Outline, Point, outlines, xinjiang
from screening.lettering import text_width

LAND, SHORE = "#e6e8e4", "#b8bcb4"
STRETCH = 1.2  # a degree of latitude beside one of longitude, as it is at some 33 degrees north
MOST_NUMBERS = 3  # in one mark; beyond it says how many


@dataclass(frozen=True, slots=True)
class Mark:
    """A party at a point; ``stops``: it has a ground to stop the goods."""

    number: int
    name: str
    point: Point
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Goods go from one point to another."""

    start: Point
    end: Point
    leads: Leads = Leads.NOWHERE
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the earth on paper, by its edges in degrees. The world begins in the Bering Strait."""

    west: float
    south: float
    east: float
    north: float
    width: int

    @property
    def scale(self) -> float:
        return self.width / (self.east - self.west)

    @property
    def height(self) -> int:
        return round((self.north - self.south) * self.scale * STRETCH)

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        east = longitude if longitude >= WORLD_WEST else longitude + 360
        return (east - self.west) * self.scale, (self.north - latitude) * self.scale * STRETCH

    def holds(self, point: Point) -> bool:
        return (
            self.west + EDGE <= point.longitude <= self.east - EDGE
            and self.south + EDGE <= point.latitude <= self.north - EDGE
        )


WORLD_WEST = -168.5
WORLD = Frame(WORLD_WEST, -56, 191.5, 82, 1120)
REGION = Frame(62, 8, 142, 55, 1120)
EDGE = 3  # degrees: a mark nearer to the edge of the larger map would be cut


def is_in_region(point: Point) -> bool:
    """The point is on the larger map of China and around."""
    return REGION.holds(point)


def draw_world(marks: Sequence[Mark], routes: Iterable[Route], *, label: str) -> str:
    """All sites; those of the larger map are dots here, within its frame."""
    has_region = any(is_in_region(mark.point) for mark in marks)
    x, y = WORLD.at(REGION.west, REGION.north)
    right, bottom = WORLD.at(REGION.east, REGION.south)
    frame = (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{right - x:.0f}" height="{bottom - y:.0f}"'
        f' fill="none" stroke="{SOFT}"/>'
        f'<text x="{x + 4:.0f}" y="{bottom + 14:.0f}" font-size="12" fill="{SOFT}">larger below</text>'
    )
    numbered = [mark for mark in marks if not is_in_region(mark.point)]
    dots = [_dot(mark, WORLD) for mark in marks if is_in_region(mark.point)]
    inside = [frame if has_region else "", *_routes(routes, WORLD, thin=True), *dots, *_marks(numbered, WORLD)]
    return _picture(WORLD, inside, label)


def draw_region(marks: Sequence[Mark], routes: Iterable[Route], *, label: str) -> str:
    """China and its neighbours, with Xinjiang's boundary."""
    x, y = REGION.at(85.5, 38)
    name = (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="13" fill="{STOP}" text-anchor="middle" paint-order="stroke"'
        f' stroke="{STOP_WASH}" stroke-width="4">Xinjiang</text>'
    )
    inside = [*_routes(routes, REGION), name, *_marks([mark for mark in marks if is_in_region(mark.point)], REGION)]
    return _picture(REGION, inside, label)


def _picture(frame: Frame, inside: Iterable[str], label: str) -> str:
    return (
        f'<svg width="{frame.width}" height="{frame.height}" viewBox="0 0 {frame.width} {frame.height}" role="img"'
        f' aria-label="{escape(label)}" font-family="inherit">{_ground(frame)}{"".join(inside)}</svg>'
    )


@lru_cache(maxsize=2)
def _ground(frame: Frame) -> str:
    """Land, and Xinjiang."""
    shown = [one for one in outlines() if _touches(one, frame)]
    land = "".join(_path(one, frame.at) for one in shown)
    return (
        f'<path d="{land}" fill="{LAND}" stroke="{SHORE}" stroke-width=".6" fill-rule="evenodd"/>'
        f'<path d="{_path(xinjiang(), frame.at)}" fill="{STOP_WASH}" stroke="{STOP}" stroke-width="1"/>'
    )


def _touches(outline: Outline, frame: Frame) -> bool:
    places = [frame.at(*corner) for corner in outline]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return min(xs) < frame.width and max(xs) > 0 and min(ys) < frame.height and max(ys) > 0


def _path(outline: Outline, at: Callable[[float, float], tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*corner) for corner in outline)) + "z"


def _routes(routes: Iterable[Route], frame: Frame, *, thin: bool = False) -> list[str]:
    """One line for all deliveries between two points; bent, so that the way back is another line."""
    merged: dict[tuple[Point, Point], list[Route]] = defaultdict(list)
    for route in routes:
        merged[route.start, route.end].append(route)
    drawn = sorted(merged.items(), key=lambda one: max(RANK(route.leads) for route in one[1]))
    return [_route(*ends, several, frame, thin=thin) for ends, several in drawn]


def _route(start: Point, end: Point, routes: Sequence[Route], frame: Frame, *, thin: bool) -> str:
    leads = max((route.leads for route in routes), key=RANK)
    weak = all(route.is_weak for route in routes)
    x, y = frame.at(start.longitude, start.latitude)
    to_x, to_y = frame.at(end.longitude, end.latitude)
    length = hypot(to_x - x, to_y - y) or 1
    bend = min(length * 0.18, 60)
    middle_x, middle_y = (x + to_x) / 2 + (to_y - y) / length * bend, (y + to_y) / 2 - (to_x - x) / length * bend
    near = hypot(to_x - middle_x, to_y - middle_y) or 1
    along_x, along_y = (to_x - middle_x) / near, (to_y - middle_y) / near
    gap = 5 if thin else 12  # the arrow ends before the mark
    tip_x, tip_y = to_x - along_x * gap, to_y - along_y * gap
    colour, thick, broken, _ = STROKES[leads]
    thick = thick * 0.6 if thin else thick
    size = 4 if thin else 7
    back_x, back_y = tip_x - along_x * size * 1.6, tip_y - along_y * size * 1.6
    head = (
        f"M{tip_x:.1f} {tip_y:.1f}L{back_x - along_y * size * 0.7:.1f} {back_y + along_x * size * 0.7:.1f}"
        f"L{back_x + along_y * size * 0.7:.1f} {back_y - along_x * size * 0.7:.1f}z"
    )
    strokes = broken or ("10 4" if weak else "")
    dashes = f' stroke-dasharray="{strokes}"' if strokes else ""
    return (
        f'<path d="M{x:.1f} {y:.1f}Q{middle_x:.1f} {middle_y:.1f} {back_x:.1f} {back_y:.1f}" fill="none"'
        f' stroke="{colour}" stroke-width="{thick}"{dashes}/><path d="{head}" fill="{colour}"/>'
    )


def _dot(mark: Mark, frame: Frame) -> str:
    x, y = frame.at(mark.point.longitude, mark.point.latitude)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{STOP if mark.stops else INK}"/>'


def _marks(marks: Iterable[Mark], frame: Frame) -> list[str]:
    """The numbers of all parties at a point in one mark, with cut corners where one of them stops the goods."""
    together: dict[Point, list[Mark]] = defaultdict(list)
    for mark in marks:
        together[mark.point].append(mark)
    return [_mark(point, here, frame) for point, here in together.items()]


def _mark(point: Point, marks: Sequence[Mark], frame: Frame) -> str:
    x, y = frame.at(point.longitude, point.latitude)
    stops = any(mark.stops for mark in marks)
    words = ", ".join(str(mark.number) for mark in marks) if len(marks) <= MOST_NUMBERS else f"{len(marks)} parties"
    half, tall, edge = max(10, text_width(words, 12) / 2 + 6), 10, 6
    colour = STOP if stops else INK
    if stops:
        shape = (
            f'<path d="M{x - half + edge:.1f} {y - tall:.1f}h{2 * (half - edge):.1f}l{edge} {edge}v{2 * (tall - edge)}'
            f'l-{edge} {edge}h-{2 * (half - edge):.1f}l-{edge} -{edge}v-{2 * (tall - edge)}z" fill="#ffffff"'
            f' stroke="{STOP}" stroke-width="2"/>'
        )
    else:
        shape = (
            f'<rect x="{x - half:.1f}" y="{y - tall:.1f}" width="{2 * half:.1f}" height="{2 * tall}" rx="10"'
            f' fill="#ffffff" stroke="{INK}"/>'
        )
    named = "; ".join(f"{mark.number} {mark.name}" for mark in marks)
    return (
        f"<g><title>{escape(f'{point.name}: {named}')}</title>{shape}<text x='{x:.1f}' y='{y + 4:.1f}' font-size='12'"
        f" text-anchor='middle' font-weight='700' fill='{colour}'>{escape(words)}</text></g>"
    )
