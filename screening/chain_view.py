"""A chain as it is asked for: all of it or the marked paths, around one party, big steps folded, then drawn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from entities.models import User
from screening.chain import ARTICLE, Chain, chain_of, with_gap
from screening.chain_parts import Link, Node, Row, rows_of
from screening.drawing import Drawing, draw_chain
from screening.models import Shipment

MOST = 8  # boxes of a step that are drawn before the rest is folded
MOST_IN_PREVIEW = 5


@dataclass(frozen=True)
class Wanted:
    """What a reader asks to see of a chain; the parameters of the page's address."""

    show: str = "all"
    focus: str = ""
    opened: frozenset[int] = frozenset()
    unrelated: bool = False

    def query(self, **changes: object) -> str:
        """The address of the same view but for some changes."""
        view = replace(self, **changes)  # type: ignore[arg-type]
        said: list[tuple[str, object]] = []
        if view.show != "all":
            said.append(("show", view.show))
        if view.focus:
            said.append(("focus", view.focus))
        said += [("open", step) for step in sorted(view.opened)]
        if view.unrelated:
            said.append(("unrelated", 1))
        return f"?{urlencode(said)}" if said else "?"


@dataclass(frozen=True)
class Shown:
    """What is shown of a chain: the drawing, all its links in words, and what is left out."""

    drawing: Drawing
    rows: tuple[Row, ...]
    parties: int
    folded: int


def preview_of(shipment: Shipment, user: User) -> Drawing | None:
    """The chain drawn small, for the pages of a shipment and a case: of each step the few that matter most."""
    chain = chain_of(shipment, user)
    return show(chain, Wanted(), page_of(shipment), most=MOST_IN_PREVIEW).drawing if chain else None


def page_of(shipment: Shipment) -> str:
    return reverse("shipment-chain", args=[shipment.pk])


def show(chain: Chain, wanted: Wanted, page: str, *, most: int = MOST) -> Shown:
    """Choose, fold and draw. Boxes lead to the party on the chain's page, folded ones to the same page unfolded."""
    nodes, links = _chosen(chain, wanted)
    parties = len(nodes) - 1
    nodes, links = with_gap(nodes, links, chain.missing)
    rows = rows_of(nodes, links)
    nodes = [_linked(node, wanted, page) for node in nodes]
    label = f"Supply chain of {chain.nodes[ARTICLE].name}"
    unfolded = len(nodes)
    nodes, links = fold(
        nodes,
        links,
        most=most,
        opened=wanted.opened,
        address=lambda step: f"{page}{wanted.query(opened=wanted.opened | {step})}#drawing",
    )
    folded = unfolded - sum(node.kind != "fold" for node in nodes)
    rows = tuple(
        replace(row, supplier=_linked(row.supplier, wanted, page), buyer=_linked(row.buyer, wanted, page))
        for row in rows
    )
    return Shown(draw_chain(nodes, links, label=label), rows, parties, folded)


def _linked(node: Node, wanted: Wanted, page: str) -> Node:
    """The box with the address of its party on the chain's page; the party asked about is marked."""
    if node.kind in {"article", "gap"}:
        return node
    return replace(node, url=f"{page}{wanted.query(focus=node.id)}#party", is_focus=node.id == wanted.focus)


def _chosen(chain: Chain, wanted: Wanted) -> tuple[list[Node], list[Link]]:
    """The paths to the list or Xinjiang alone, or what lies on ways through one party, or all."""
    keep = set(chain.nodes)
    links = chain.links
    if wanted.show == "marked" and any(link.leads for link in links):
        links = [link for link in links if link.leads]
        keep = {ARTICLE, *(end for link in links for end in (link.source, link.target))}
    if wanted.show == "through" and wanted.focus in chain.nodes:
        keep = {ARTICLE, *_reached(wanted.focus, links, up=True), *_reached(wanted.focus, links, up=False)}
    nodes = [node for node in chain.nodes.values() if node.id in keep]
    return nodes, [link for link in links if link.source in keep and link.target in keep]


def _reached(start: str, links: Iterable[Link], *, up: bool) -> set[str]:
    """Everybody upstream of a box, or downstream of it, and itself."""
    following: dict[str, list[str]] = defaultdict(list)
    for link in links:
        following[link.target if up else link.source].append(link.source if up else link.target)
    found, waiting = {start}, [start]
    while waiting:
        for other in following[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def fold(
    nodes: Sequence[Node],
    links: Sequence[Link],
    *,
    most: int,
    opened: Iterable[int] = (),
    address: Callable[[int], str] = lambda step: "",
) -> tuple[list[Node], list[Link]]:
    """Of each step with more boxes than ``most`` only those that matter most, and one box for the rest.

    First stand the marked paths and the party asked about, then who has a ground or a question, then who has
    most links.
    """
    marked = {end for link in links if link.leads for end in (link.source, link.target)}
    busy = Counter(end for link in links for end in (link.source, link.target))
    steps: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        steps[node.step].append(node)
    stands_for: dict[str, str] = {}
    kept: list[Node] = []
    for step, column in steps.items():
        if len(column) <= most + 1 or step in opened:  # a box for one would save nothing
            kept += column
            continue
        ranked = sorted(
            column,
            key=lambda node: (
                node.id not in marked and not node.is_focus,
                node.kind == "party",
                not node.note,
                -busy[node.id],
            ),
        )
        rest = ranked[most:]
        asked = sum(bool(node.note) for node in rest)
        note = f"{asked} of them with a question" if asked else "nothing found about them"
        box = Node(
            f"fold-{step}", f"and {len(rest)} more", step, "fold", stage=f"step {step}", note=note, url=address(step)
        )
        kept += [*(node for node in column if node not in rest), box]
        stands_for |= {node.id: box.id for node in rest}
    drawn: dict[tuple[str, str], Link] = {}
    for link in links:
        source, target = (stands_for.get(end, end) for end in (link.source, link.target))
        if (source, target) == (link.source, link.target):
            drawn[source, target] = link
        elif source == link.source:  # what a box supplies to one that is folded is still its own to say
            drawn.setdefault((source, target), replace(link, target=target))
        elif source != target:
            drawn.setdefault((source, target), Link(source, target))
    return kept, list(drawn.values())
