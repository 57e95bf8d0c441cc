"""A shipment's chain as a picture: what the latest screening saw, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from entities.models import Supplier, SupplyLink, User
from screening.drawing import Drawing, Link, Node, draw_chain
from screening.models import Finding, Shipment, ShipmentParty

ARTICLE = "article"


def drawing_of(shipment: Shipment, user: User) -> Drawing | None:
    """The chain drawn from the importer upstream; None where no source is named.

    Links of other importers are left out for an outsider; where an offending path runs on through them, a box says
    that the source is confidential.
    """
    sources = [part for part in shipment.parties.select_related("party") if part.role in ShipmentParty.SOURCES]
    if not sources:
        return None
    screening = shipment.latest_screening
    upstream = screening.facts.get("upstream", []) if screening else []
    findings = list(screening.findings.exclude(grade="").select_related("listing")) if screening else []
    offending = {one.supplier_id: one for one in reversed(findings) if one.severity in {"block", "high"}}
    offending_links = {
        node["link"] for one in findings if one.severity in {"block", "high"} for node in one.path if "link" in node
    }
    link_ids = {link for party in upstream for link in party["links"]}
    links = {row.pk: row for row in SupplyLink.objects.visible_to(user).filter(pk__in=link_ids)}
    grades = {party["supplier"]: party["grade"] for party in upstream}
    nodes = {ARTICLE: Node(ARTICLE, shipment.label, 0, "article")}
    edges: dict[tuple[str, str], Link] = {}
    for part in sources:
        party = part.party
        key = str(party.supplier_id or f"party-{party.pk}")
        finding = offending.get(party.supplier_id)
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
        edges[key, ARTICLE] = Link(key, ARTICLE, grade="direct", offending=finding is not None)
    steps = {party["supplier"]: party["steps_upstream"] for party in upstream}
    suppliers = Supplier.objects.in_bulk({row.supplier_id for row in links.values()})
    for link in links.values():
        supplier, finding = suppliers[link.supplier_id], offending.get(link.supplier_id)
        key = str(supplier.pk)
        if key not in nodes:
            nodes[key] = Node(
                key,
                supplier.name or supplier.native_name,
                steps.get(supplier.pk, 2),
                _kind(finding),
                native_name=supplier.native_name if supplier.name else "",
                country=supplier.country,
                stage=link.stage,
                url=_supplier_url(supplier.pk),
                note=_note(finding),
            )
        target = str(link.customer_id)
        edges[key, target] = Link(
            key,
            target,
            goods=link.goods or link.commodity,
            grade=grades.get(supplier.pk, ""),
            offending=link.pk in offending_links,
        )
    _mark_path_downstream(findings, edges)
    _add_confidential(findings, links, nodes, edges)
    _add_gap(screening.coverage if screening else [], nodes, edges)
    shown = [edge for edge in edges.values() if edge.source in nodes and edge.target in nodes]
    return draw_chain(list(nodes.values()), shown, label=f"Supply chain of {shipment.label}")


def _mark_path_downstream(findings: list[Finding], edges: dict[tuple[str, str], Link]) -> None:
    """The party at step 1 of an offending path leads to the article: mark that part of the way too."""
    for finding in findings:
        if finding.severity not in {"block", "high"} or not finding.path:
            continue
        first = str(finding.path[0].get("supplier"))
        if edge := edges.get((first, ARTICLE)):
            edges[first, ARTICLE] = Link(edge.source, ARTICLE, edge.goods, edge.grade, True)


def _add_confidential(
    findings: list[Finding], links: dict[int, SupplyLink], nodes: dict[str, Node], edges: dict[tuple[str, str], Link]
) -> None:
    """Where an offending path leaves what the reader may see, one box stands for the rest."""
    for finding in findings:
        last = finding.path[0] if finding.path else None
        for node in finding.path[1:]:
            if node.get("link") in links:
                last = node
                continue
            key = f"confidential-{finding.pk}"
            nodes[key] = Node(key, "Confidential source", node["step"], _kind(finding), note=_note(finding))
            if last is not None:
                edges[key, str(last["supplier"])] = Link(key, str(last["supplier"]), offending=True)
            break


def _add_gap(coverage: list[dict[str, Any]], nodes: dict[str, Node], edges: dict[tuple[str, str], Link]) -> None:
    """What nobody declared is drawn as a gap, above the last step that is known."""
    missing = [line for line in coverage if line["unknown_above_step"] is not None and line["missing"]]
    if not missing:
        return
    names = list(dict.fromkeys(name for line in missing for name in line["missing"]))
    deepest = max(node.step for node in nodes.values())
    key = "gap"
    nodes[key] = Node(key, f"{len(names)} stages not declared", deepest + 1, "gap", note=", ".join(names))
    for node in list(nodes.values()):
        if node.step == deepest and node.id != key:
            edges[key, node.id] = Link(key, node.id)


def _kind(finding: Finding | None) -> str:
    if finding is None or not finding.ground and finding.severity != "high":
        return "party"
    return "listed" if finding.rule == "LISTED_ENTITY" else "xinjiang"


def _note(finding: Finding | None) -> str:
    if finding is None:
        return ""
    if finding.listing is not None:
        return f"{'Listed since' if finding.ground else 'Possibly listed since'} {finding.listing.first_effective_on}"
    return finding.place_name


def _supplier_url(supplier_id: int | None) -> str:
    return reverse("supplier-detail", args=[supplier_id]) if supplier_id else ""
