"""A shipment's chain as a picture: what the latest screening saw, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from entities.models import Supplier, SupplyLink, User
from screening.confidential import Discretion, findings_for
from screening.domain.confidential import CONFIDENTIAL
from screening.domain.lots import same_lot
from screening.drawing import Drawing, Link, Node, draw_chain
from screening.models import ORDER_RULE, Finding, Screening, Shipment, ShipmentParty

ARTICLE = "article"
# Rules that place a party in Xinjiang or on the list: the way to that party is marked.
MARKED = {"LISTED_ENTITY", "XJ_SITE", "XPCC"}
Nodes = dict[str, Node]
Edges = dict[tuple[str, str], Link]


def drawing_of(shipment: Shipment, user: User) -> Drawing | None:
    """The chain drawn from the importer upstream; None where no source is named.

    What only other importers declared is left out for an outsider; where a flagged path runs on through it, a box says
    that the source is confidential.
    """
    sources = [part for part in shipment.parties.select_related("party") if part.role in ShipmentParty.SOURCES]
    screening = shipment.latest_screening
    if not sources and not (screening and screening.facts.get("lots")):
        return None
    findings = [one for one in findings_for(user, screening) if one.path] if screening else []
    links = _links(screening, shipment, user) if screening else {}
    nodes: Nodes = {ARTICLE: Node(ARTICLE, shipment.label, 0, "article")}
    edges: Edges = {}
    _add_sources(sources, findings, nodes, edges)
    if screening:
        _add_upstream(screening, links, findings, nodes, edges)
        _add_lots(screening, shipment, user, findings, nodes, edges)
        _add_confidential(findings, nodes, edges)
        _add_gap(Discretion(user, [screening]).coverage(screening), nodes, edges)
    shown = [edge for edge in edges.values() if edge.source in nodes and edge.target in nodes]
    return draw_chain(list(nodes.values()), shown, label=f"Supply chain of {shipment.label}")


def _links(screening: Screening, shipment: Shipment, user: User) -> dict[int, SupplyLink]:
    """The links the screening followed, as far as the reader may know them."""
    wanted = {link for party in screening.facts.get("upstream", []) for link in party["links"]}
    discretion = Discretion(user, [screening])
    known = {pk for pk in wanted if user.is_officer or discretion.knows(pk, shipment.owner_id)}
    return SupplyLink.objects.in_bulk(known)


def _add_sources(sources: list[ShipmentParty], findings: list[Finding], nodes: Nodes, edges: Edges) -> None:
    """Who made or sold the goods: step 1. The way to the article is marked where a flagged path begins there."""
    flagged = {one.path[0].get("supplier") for one in findings if one.rule in MARKED}
    for part in sources:
        party = part.party
        key = str(party.supplier_id or f"party-{party.pk}")
        finding = _worst(findings, party.supplier_id)
        nodes[key] = Node(
            key,
            party.name or party.native_name,
            1,
            _kind(finding),
            native_name=party.native_name if party.name else "",
            country=party.country,
            stage=part.get_role_display(),
            url=_supplier_url(party.supplier_id),
            note=_note(finding),
        )
        is_flagged = party.supplier_id is not None and party.supplier_id in flagged
        edges[key, ARTICLE] = Link(key, ARTICLE, grade="direct", offending=is_flagged)


def _add_upstream(
    screening: Screening, links: dict[int, SupplyLink], findings: list[Finding], nodes: Nodes, edges: Edges
) -> None:
    """Every supplier above step 1, each link with its goods and the grade of the path it belongs to."""
    upstream = {party["supplier"]: party for party in screening.facts.get("upstream", [])}
    flagged = {node["link"] for one in findings if one.rule in MARKED for node in one.path if "link" in node}
    suppliers = Supplier.objects.in_bulk({row.supplier_id for row in links.values()})
    for link in links.values():
        supplier = suppliers[link.supplier_id]
        known = upstream.get(supplier.pk, {})
        key, target = str(supplier.pk), str(link.customer_id)
        finding = _worst(findings, supplier.pk)
        if key not in nodes:
            nodes[key] = Node(
                key,
                supplier.name or supplier.native_name,
                known.get("steps_upstream", 2),
                _kind(finding),
                native_name=supplier.native_name if supplier.name else "",
                country=supplier.country,
                stage=link.stage,
                url=_supplier_url(supplier.pk),
                note=_note(finding),
            )
        goods = link.goods or link.commodity
        edges[key, target] = Link(key, target, goods, known.get("grade", ""), link.pk in flagged)


def _add_lots(
    screening: Screening, shipment: Shipment, user: User, findings: list[Finding], nodes: Nodes, edges: Edges
) -> None:
    """Who delivered lots of this very shipment to whom, as far as the reader may know it."""
    steps = screening.facts.get("lots", [])
    upstream = {party["supplier"]: party for party in screening.facts.get("upstream", [])}
    discretion = Discretion(user, [screening])
    followed = {-link for party in upstream.values() for link in party["links"] if link < 0}
    known = {lot for lot in followed if user.is_officer or discretion.knows(-lot, shipment.owner_id)}
    flagged = {node["link"] for one in findings if one.rule in MARKED for node in one.path if "link" in node}
    makers: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        for lot in step["outputs"]:
            makers.setdefault(same_lot(lot["lot"]), []).append(step)
    ways: list[tuple[int, str, dict[str, Any]]] = []
    for step in steps:
        ways += [(step["maker"], ARTICLE, lot) for lot in step["outputs"] if lot["id"] in known]
        for lot in step["inputs"]:
            if lot["id"] in known:
                made = [one["maker"] for one in makers.get(same_lot(lot["lot"]), []) if one is not step]
                from_whom = dict.fromkeys([*made, lot["supplier"]])
                ways += [(one, str(step["maker"]), lot) for one in from_whom if one and one != step["maker"]]
    suppliers = Supplier.objects.in_bulk({supplier for supplier, _, _ in ways})
    for supplier_id, target, lot in ways:
        supplier, key = suppliers[supplier_id], str(supplier_id)
        party = upstream.get(supplier_id, {})
        finding = _worst(findings, supplier_id)
        if key not in nodes:
            nodes[key] = Node(
                key,
                supplier.name or supplier.native_name,
                party.get("steps_upstream", 1 if target == ARTICLE else 2),
                _kind(finding),
                native_name=supplier.native_name if supplier.name else "",
                country=supplier.country,
                stage=party.get("stage", ""),
                url=_supplier_url(supplier_id),
                note=_note(finding),
            )
        goods = f"lot {lot['lot']}" + (f", {lot['goods']}" if lot["goods"] else "")
        edges[key, target] = Link(key, target, goods, "traced", -lot["id"] in flagged)


def _add_confidential(findings: list[Finding], nodes: Nodes, edges: Edges) -> None:
    """Where a flagged path leaves what the reader may know, one box stands for the rest."""
    for finding in findings:
        rest = finding.path[-1]
        if rest["name"] != CONFIDENTIAL or len(finding.path) < 2:
            continue
        key, target = f"confidential-{finding.pk}", str(finding.path[-2]["supplier"])
        nodes[key] = Node(key, CONFIDENTIAL, rest["step"], _kind(finding), note=_note(finding))
        edges[key, target] = Link(key, target, offending=finding.rule in MARKED)


def _add_gap(coverage: list[dict[str, Any]], nodes: Nodes, edges: Edges) -> None:
    """What nobody declared is drawn as a gap, above the last step that is known."""
    missing = [line for line in coverage if line["unknown_above_step"] is not None and line["missing"]]
    if not missing:
        return
    names = list(dict.fromkeys(name for line in missing for name in line["missing"]))
    deepest = max(node.step for node in nodes.values())
    outermost = [node.id for node in nodes.values() if node.step == deepest]
    words = f"{len(names)} stage{'s' if len(names) > 1 else ''} not declared"
    nodes["gap"] = Node("gap", words, deepest + 1, "gap", note=", ".join(names))
    for target in outermost:
        edges["gap", target] = Link("gap", target)


def _worst(findings: list[Finding], supplier_id: int | None) -> Finding | None:
    """The finding that weighs most about a party; they come in that order."""
    about = (one for one in findings if supplier_id is not None and one.supplier_id == supplier_id)
    return next((one for one in about if one.asks_review), None)


def _kind(finding: Finding | None) -> str:
    """Only what has a ground to stop the goods is drawn as such; the rest is a party with a note."""
    if finding is None or not finding.ground:
        return "party"
    kinds = {Finding.Ground.LISTED_ENTITY: "listed", Finding.Ground.WRO: "order"}
    return kinds.get(Finding.Ground(finding.ground), "xinjiang")


def _note(finding: Finding | None) -> str:
    if finding is None:
        return ""
    if finding.rule == "LISTED_AFFILIATE":
        return "A look needed: does it belong to a listed entity?"
    if finding.listing is not None:
        since = f"{finding.listing.first_effective_on:%-d %b %Y}"
        says = "order of" if finding.rule == ORDER_RULE else "listed since"
        return f"{says.capitalize()} {since}" if finding.ground else f"A look needed: {says} {since}?"
    return finding.place_name if finding.ground else f"A look needed: {finding.place_name or finding.rule}"


def _supplier_url(supplier_id: int | None) -> str:
    return reverse("supplier-detail", args=[supplier_id]) if supplier_id else ""
