"""Draws a supply chain: the shipment left, each step upstream one column to the right, paths to the list marked.

Plain SVG with presentation attributes only, so that it passes a strict content security policy, prints, and needs no
script. What a colour says, a thicker line, a shape and a word say too. `rows` holds the same links for a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from screening.chain_parts import (
    ACCENT,
    INK,
    KINDS,
    LOOK,
    RANK,
    SOFT,
    STOP,
    STOPPING,
    STROKES,
    Leads,
    Link,
    Node,
    Row,
    rows_of,
)
from screening.lettering import cut

WIDTH, GAP, BEND, APART, TOP, MARGIN = 172, 88, 30, 20, 34, 8
LINE, PAD = 16, 9
INSIDE = WIDTH - 2 * PAD
SWEEPS = 12


@dataclass(frozen=True)
class Drawing:
    """The picture and the same in words."""

    svg: str
    width: int
    height: int
    rows: tuple[Row, ...]
    kinds: frozenset[str]
    columns: int
    has_weak: bool = False
    leads: frozenset[Leads] = frozenset()


@dataclass
class _Box:
    """A box on its way to a place; a bend of a long link is a box without a node."""

    id: str
    column: int
    node: Node | None = None
    lines: list[tuple[str, str]] = field(default_factory=list)
    height: float = LINE
    y: float = 0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def left(self) -> int:
        return MARGIN + self.column * (WIDTH + GAP)


def draw_chain(nodes: Sequence[Node], links: Iterable[Link], *, label: str = "Supply chain") -> Drawing:
    """Lay the chain out in columns of steps upstream and draw it."""
    by_id = {node.id: node for node in nodes}
    links = [link for link in links if link.source in by_id and link.target in by_id]
    steps = sorted({node.step for node in nodes})
    columns: list[list[_Box]] = [[] for _ in steps]
    by_source: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_source[link.source].append(link)
    boxes = {}
    for node in nodes:
        box = _Box(node.id, steps.index(node.step), node, _lines(node, by_source[node.id]))
        box.height = 2 * PAD + LINE * len(box.lines)
        boxes[node.id] = box
        columns[box.column].append(box)
    routes = [_route(link, boxes, columns) for link in links]
    _order(columns, routes)
    _place(columns, routes)
    width = 2 * MARGIN + len(steps) * WIDTH + max(0, len(steps) - 1) * GAP + _overhang(routes)
    height = max((box.y + box.height for column in columns for box in column), default=TOP) + MARGIN
    parts = [
        f'<svg width="{width}" height="{height:.0f}" viewBox="0 0 {width} {height:.0f}"'
        f' role="group" aria-label="{escape(label)}" font-family="inherit" font-size="13">'
    ]
    parts += [_heading(step, column) for column, step in enumerate(steps)]
    drawn = sorted(zip(links, routes, strict=True), key=lambda pair: RANK(pair[0].leads))
    parts += [
        _line(link, route, f"{_called(by_id[link.source])} to {_called(by_id[link.target])}") for link, route in drawn
    ]
    parts += [_box(box) for column in columns for box in column if box.node]
    leaving: dict[str, list[tuple[Link, list[_Box]]]] = defaultdict(list)
    for pair in drawn:
        leaving[pair[0].source].append(pair)
    parts += [_words(box, leaving[id_]) for id_, box in boxes.items()]
    return Drawing(
        svg="".join(parts) + "</svg>",
        width=width,
        height=round(height),
        rows=rows_of(nodes, links),
        kinds=frozenset(node.kind for node in nodes),
        columns=len(steps),
        has_weak=any(link.weak and not link.leads for link in links),
        leads=frozenset(link.leads for link in links),
    )


# --- layout --------------------------------------------------------------------------------------------------


def _route(link: Link, boxes: dict[str, _Box], columns: list[list[_Box]]) -> list[_Box]:
    """The boxes a link passes, from the buyer to the supplier; a link over several columns gets a bend in each."""
    buyer, supplier = boxes[link.target], boxes[link.source]
    bends = []
    for column in range(buyer.column + 1, supplier.column):
        bend = _Box(f"{link.target}>{link.source}@{column}", column)
        columns[column].append(bend)
        bends.append(bend)
    return [buyer, *bends, supplier]


def _order(columns: list[list[_Box]], routes: list[list[_Box]]) -> None:
    """Put each box near the mean of its neighbours (barycentre), from left to right and back, to avoid crossings."""
    left, right = _neighbours(routes)
    for sweep in range(SWEEPS):
        forwards = sweep % 2 == 0
        rank = {box.id: place for column in columns for place, box in enumerate(column)}
        for column in columns if forwards else reversed(columns):
            near = left if forwards else right
            means = {box.id: _mean([rank[other.id] for other in near[box.id]], rank[box.id]) for box in column}
            column.sort(key=lambda box: means[box.id])
            rank.update({box.id: place for place, box in enumerate(column)})


def _place(columns: list[list[_Box]], routes: list[list[_Box]]) -> None:
    """Give each box a height on the page: beside what it supplies, never over its neighbour."""
    left, _ = _neighbours(routes)
    for column in columns:
        wanted = [_mean([other.middle for other in left[box.id]], TOP + box.height / 2) for box in column]
        bottom = float("-inf")
        for box, middle in zip(column, wanted, strict=True):
            box.y = max(middle - box.height / 2, bottom)
            bottom = box.y + box.height + APART
        drift = _mean([middle - box.middle for box, middle in zip(column, wanted, strict=True)], 0)
        for box in column:
            box.y += drift
    highest = min((box.y for column in columns for box in column), default=TOP)
    for column in columns:
        for box in column:
            box.y += TOP - highest


def _neighbours(routes: list[list[_Box]]) -> tuple[dict[str, list[_Box]], dict[str, list[_Box]]]:
    """For each box, those it is joined to on its left and on its right."""
    left: dict[str, list[_Box]] = defaultdict(list)
    right: dict[str, list[_Box]] = defaultdict(list)
    for route in routes:
        for one, other in zip(route, route[1:], strict=False):
            if one.column < other.column:
                left[other.id].append(one)
                right[one.id].append(other)
    return left, right


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _overhang(routes: list[list[_Box]]) -> int:
    """Room on the right for links inside the last column or back downstream, which bow out."""
    return GAP // 2 if any(route[0].column >= route[-1].column for route in routes) else 0


# --- text ----------------------------------------------------------------------------------------------------


def _called(node: Node) -> str:
    return node.native_name or node.name


def _lines(node: Node, sales: Sequence[Link]) -> list[tuple[str, str]]:
    """What stands in a box, line by line: (style, text)."""
    goods = ", ".join(dict.fromkeys(link.goods for link in sales if link.goods))
    periods = list(dict.fromkeys(link.period for link in sales if link.period))
    lines = [("kind", text) for text in cut(KINDS[node.kind][4], 1, INSIDE, 12)]
    lines += [("small", text) for text in cut(" · ".join(filter(None, [node.country, node.stage])), 1, INSIDE, 12)]
    lines += [("name", text) for text in cut(node.native_name, 2, INSIDE)]
    lines += [("other" if node.native_name else "name", text) for text in cut(node.name, 2, INSIDE)]
    lines += [("small", text) for text in cut(f"supplies {goods}" if goods else "", 2, INSIDE, 12)]
    period = periods[0] if len(periods) == 1 else f"{len(periods)} periods" if periods else ""
    lines += [("small", text) for text in cut(period, 1, INSIDE, 12)]
    return lines + [("small", text) for text in cut(node.note, 2, INSIDE, 12)]


# --- drawing -------------------------------------------------------------------------------------------------


def _heading(step: int, column: int) -> str:
    words = "Shipment" if step == 0 else f"{step} step{'s' if step != 1 else ''} upstream"
    return f'<text x="{MARGIN + column * (WIDTH + GAP)}" y="18" fill="{SOFT}" font-size="12">{words}</text>'


def _box(box: _Box) -> str:
    node = box.node
    assert node
    fill, stroke, thick, dashes, _ = KINDS[node.kind]
    x, y, height = box.left, box.y, box.height
    paint = f'fill="{fill}" stroke="{stroke}" stroke-width="{thick}"' + (
        f' stroke-dasharray="{dashes}"' if dashes else ""
    )
    if node.kind in STOPPING:  # cut corners: the shape of a stop sign
        edge = 10
        frame = (
            f'<path d="M{x + edge} {y:.1f}h{WIDTH - 2 * edge}l{edge} {edge}v{height - 2 * edge:.1f}l-{edge} {edge}'
            f'h-{WIDTH - 2 * edge}l-{edge} -{edge}v-{height - 2 * edge:.1f}z" {paint}/>'
        )
    else:
        round_ = {"article": 6, "fold": 12}.get(node.kind, 1)
        frame = f'<rect x="{x}" y="{y:.1f}" width="{WIDTH}" height="{height:.1f}" rx="{round_}" {paint}/>'
    full = " · ".join(
        part
        for part in (KINDS[node.kind][4], node.native_name, node.name, node.country, node.stage, node.note)
        if part
    )
    texts = []
    for place, (style, text) in enumerate(box.lines):
        colour = INK if style in {"name", "other"} else SOFT
        if style == "kind" and node.kind in {*STOPPING, "review"}:
            colour = stroke
        texts.append(
            f'<text x="{x + PAD}" y="{y + PAD + LINE * place + 12:.1f}" fill="{colour}"'
            f' font-size="{13 if style in {"name", "other"} else 12}"'
            f' font-weight="{700 if style == "name" or colour in {STOP, LOOK} else 400}">{escape(text)}</text>'
        )
    if node.is_focus:  # a second frame around the party asked about
        frame += (
            f'<rect x="{x - 4}" y="{y - 4:.1f}" width="{WIDTH + 8}" height="{height + 8:.1f}" rx="3" fill="none"'
            f' stroke="{ACCENT}" stroke-width="2"/>'
        )
    inside = f"<title>{escape(full)}</title>{frame}{''.join(texts)}"
    if node.url:
        return f'<a href="{escape(node.url)}" aria-label="{escape(full)}">{inside}</a>'
    return f"<g>{inside}</g>"


def _line(link: Link, route: list[_Box], between: str) -> str:
    """The line of a link, with an arrow head at the buyer; its strokes say where it leads, or that it is weak."""
    buyer, supplier = route[0], route[-1]
    start = buyer.left + WIDTH
    if buyer.column < supplier.column:
        path = f"M{start} {buyer.middle:.1f}"
        for one, other in zip(route, route[1:], strict=False):
            x, half = one.left + WIDTH, BEND / 2
            path += f"H{x}C{x + half:.0f} {one.middle:.1f} {x + half:.0f} {other.middle:.1f} {x + BEND}"
            path += f" {other.middle:.1f}H{other.left}"
    else:  # inside one column, or back downstream: bow out to the right
        end, out = supplier.left + WIDTH, max(start, supplier.left + WIDTH) + GAP / 2
        path = f"M{start} {buyer.middle:.1f}C{out:.0f} {buyer.middle:.1f}"
        path += f" {out:.0f} {supplier.middle:.1f} {end} {supplier.middle:.1f}"
    colour, thick, broken, leads = STROKES[link.leads]
    is_gap = supplier.node is not None and supplier.node.kind == "gap"
    strokes = "5 4" if is_gap else broken or ("10 4" if link.weak else "")
    dashes = f' stroke-dasharray="{strokes}"' if strokes else ""
    told = "; ".join(filter(None, [link.goods, link.period, link.grade, leads, *link.weak]))
    size = 2.5 + thick
    head = f"M{start} {buyer.middle:.1f}l{2 * size} -{size}v{2 * size}z"
    stroke = f'fill="none" stroke="{colour}" stroke-width="{thick}"{dashes}'
    title = f"<title>{escape(f'{between}: {told}' if told else between)}</title>"
    return f'<g>{title}<path d="{path}" {stroke}/><path d="{head}" fill="{colour}"/></g>'


def _words(supplier: _Box, drawn: list[tuple[Link, list[_Box]]]) -> str:
    """How well the links of a supplier are known, over the line that leaves it; under it where the path leads."""
    leads = max((link.leads for link, _ in drawn), key=RANK, default=Leads.NOWHERE)
    colour, _, _, words = STROKES[leads]
    grades = list(dict.fromkeys(link.grade for link, _ in drawn if link.grade and link.leads == leads))
    downstream = any(route[0].column < supplier.column for _, route in drawn)
    x = supplier.left - (GAP - BEND) / 2 if downstream else supplier.left + WIDTH + (GAP - BEND) / 2
    parts = []
    weak = "; ".join(dict.fromkeys(why for link, _ in drawn for why in link.weak))
    worth = ", ".join(grades)
    for text, told, y in (
        (words, words, supplier.middle + 16),
        (worth, f"{worth}: {weak}" if weak else worth, supplier.middle - 6),
    ):
        for shown in cut(text, 1, GAP - BEND, 12):
            parts.append(
                f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="12" fill="{colour if words else SOFT}"'
                f' font-weight="{700 if words else 400}"><title>{escape(told)}</title>{escape(shown)}</text>'
            )
    return "".join(parts)
