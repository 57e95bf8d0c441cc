"""A shipment's chain as boxes and lines: what the latest screening saw, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from entities.models import Supplier, SupplyLink
from screening.chain_parts import RANK, Leads, Link, Node
from screening.confidential import Discretion, Reader, findings_for
from screening.domain import periods, tracing
from screening.domain.confidential import CONFIDENTIAL
from screening.domain.lots import same_lot
from screening.domain.searching import Network
from screening.models import ORDER_RULE, Finding, Screening, Shipment, ShipmentParty
from screening.reference import article_kinds, goods_kind, inputs
from screening.services.network import link_of, links_to

ARTICLE, GAP = "article", "gap"
# Rules that place a party in Xinjiang or on the list: the path to that party is marked, as the finding says.
MARKED = {"LISTED_ENTITY", "XJ_SITE", "XPCC"}
# What a person is asked about a party where nothing is certain.
QUESTIONS = {
    "LISTED_AFFILIATE": "does it belong to a listed entity",
    "LABOUR_TRANSFER": "does it take part in a state labour scheme",
    "MIXED_SOURCE_PLANT": "which of its sources went into these goods",
}
MOST_UNRELATED = 200  # parties over unrelated links that are shown; beyond it is said that there are more
Nodes = dict[str, Node]
Edges = dict[tuple[str, str], Link]


@dataclass(frozen=True)
class Chain:
    """Everybody in a chain, who supplies whom, and the stages nobody declared."""

    nodes: Nodes
    links: list[Link]
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    more_unrelated: bool = False

    @property
    def parties(self) -> int:
        return len(self.nodes) - 1

    def findings_about(self, key: str) -> list[Finding]:
        """What the screening found about the party of a box."""
        return [one for one in self.findings if key in {str(one.supplier_id), f"confidential-{one.pk}"}]


def chain_of(shipment: Shipment, user: Reader, *, with_unrelated: bool = False) -> Chain | None:
    """The chain from the importer upstream; None where no source is named.

    What only other importers declared is left out for an outsider; where the path of a finding runs on through it, a
    box says that the source is confidential. ``with_unrelated`` adds links whose goods are no input: they flag nobody.
    """
    sources = [part for part in shipment.parties.select_related("party") if part.role in ShipmentParty.SOURCES]
    screening = shipment.latest_screening
    if not sources and not (screening and screening.facts.get("lots")):
        return None
    told = findings_for(user, screening) if screening else []
    findings = [one for one in told if one.path]
    nodes: Nodes = {ARTICLE: Node(ARTICLE, shipment.label, 0, "article")}
    edges: Edges = {}
    _add_sources(sources, findings, nodes, edges)
    missing: tuple[str, ...] = ()
    more = False
    if screening:
        discretion = Discretion(user, [screening])
        links = _links(screening, shipment, discretion)
        _add_upstream(screening, shipment, discretion, links, findings, nodes, edges)
        _add_lots(screening, shipment, user, findings, nodes, edges)
        _add_confidential(findings, nodes, edges)
        missing = _missing(discretion.coverage(screening))
        if with_unrelated:
            more = _add_unrelated(screening, shipment, user, nodes, edges)
    shown = [edge for edge in edges.values() if edge.source in nodes and edge.target in nodes]
    return Chain(nodes, shown, missing, tuple(told), more)


def with_gap(nodes: Sequence[Node], links: Sequence[Link], missing: Sequence[str]) -> tuple[list[Node], list[Link]]:
    """What nobody declared is drawn as a gap, above the last step that is known."""
    if not missing or not nodes:
        return list(nodes), list(links)
    deepest = max(node.step for node in nodes)
    outermost = [node for node in nodes if node.step == deepest]
    words = f"{len(missing)} stage{'s' if len(missing) > 1 else ''} not declared"
    gap = Node(GAP, words, deepest + 1, "gap", note=", ".join(missing))
    return [*nodes, gap], [*links, *(Link(GAP, node.id) for node in outermost)]


def _links(screening: Screening, shipment: Shipment, discretion: Discretion) -> dict[int, SupplyLink]:
    """The links the screening followed, as far as the reader may know them."""
    wanted = {link for party in screening.facts.get("upstream", []) for link in party["links"] if link > 0}
    known = {pk for pk in wanted if discretion.user.is_officer or discretion.knows(pk, shipment.owner_id)}
    return SupplyLink.objects.select_related("supplier").in_bulk(known)


def _worths(screening: Screening, links: Mapping[int, SupplyLink]) -> dict[int, tracing.Step]:
    """What each link is worth on the best path it is part of: for the same goods and day as they were screened."""
    kinds = {line["number"]: article_kinds(tuple(line["hts_codes"])) for line in screening.facts["lines"]}
    lots = {
        lot["id"]: goods_kind("", "", lot["hts_prefix"], lot["goods"])
        for step in screening.facts.get("lots", [])
        for lot in (*step["inputs"], *step["outputs"])
    }
    best: dict[int, tracing.Step] = {}
    for party in screening.facts.get("upstream", []):
        for number in party["lines"]:
            needs: tracing.Needs = kinds.get(number, frozenset())
            for pk in party["links"]:
                if pk < 0:
                    needs = frozenset({kind}) if (kind := lots.get(-pk)) else needs
                    continue
                if pk not in links:
                    break
                step = tracing.grade_link(link_of(links[pk]), needs=needs, on=screening.screened_on, inputs=inputs())
                needs = tracing.needs_above(step, needs)
                if pk not in best or len(step.weaknesses) < len(best[pk].weaknesses):
                    best[pk] = step
    return best


def _add_sources(sources: list[ShipmentParty], findings: list[Finding], nodes: Nodes, edges: Edges) -> None:
    """Who made or sold the goods: step 1. The way to the article is marked where a marked path begins there."""
    leads = _leading((one.path[0].get("supplier"), one) for one in findings)
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
            note=_note(finding),
        )
        edges[key, ARTICLE] = Link(key, ARTICLE, grade="direct", leads=leads.get(party.supplier_id, Leads.NOWHERE))


def _add_upstream(
    screening: Screening,
    shipment: Shipment,
    discretion: Discretion,
    links: dict[int, SupplyLink],
    findings: list[Finding],
    nodes: Nodes,
    edges: Edges,
) -> None:
    """Every supplier above step 1, each link with its goods, its period and what it is worth."""
    upstream = {party["supplier"]: party for party in screening.facts.get("upstream", [])}
    leads = _leading((node["link"], one) for one in findings for node in one.path if "link" in node)
    worths = _worths(screening, links)
    for link in links.values():
        supplier = link.supplier
        known = upstream.get(supplier.pk, {})
        key, target = str(supplier.pk), str(link.customer_id)
        if key not in nodes:
            stage = link.stage if discretion.may_quote(link, shipment.owner_id) else ""
            nodes[key] = _supplier_node(supplier, known.get("steps_upstream", 2), stage, _worst(findings, supplier.pk))
        edge = _edge(link, worths.get(link.pk), leads=leads.get(link.pk, Leads.NOWHERE))
        if not discretion.may_quote(link, shipment.owner_id):
            edge = replace(edge, goods="", period="", weak=())
        before = edges.get((key, target))
        if before is None or (RANK(edge.leads), -len(edge.weak)) > (RANK(before.leads), -len(before.weak)):
            edges[key, target] = edge


def _edge(link: SupplyLink, worth: tracing.Step | None, *, leads: Leads = Leads.NOWHERE) -> Link:
    """A supply link as it is drawn: goods, period, and why it is worth no more."""
    weak = worth.weaknesses if worth else ()
    return Link(
        str(link.supplier_id),
        str(link.customer_id),
        link.goods or link.commodity,
        worth.grade.value if worth else "",
        leads,
        periods.in_words(link.valid_from, link.valid_to),
        tuple(one.sentence for one in weak),
    )


def _supplier_node(supplier: Supplier, step: int, stage: str, finding: Finding | None) -> Node:
    return Node(
        str(supplier.pk),
        supplier.name or supplier.native_name,
        step,
        _kind(finding),
        native_name=supplier.native_name if supplier.name else "",
        country=supplier.country,
        stage=stage,
        note=_note(finding),
    )


def _add_lots(
    screening: Screening, shipment: Shipment, user: Reader, findings: list[Finding], nodes: Nodes, edges: Edges
) -> None:
    """Who delivered lots of this very shipment to whom, as far as the reader may know it."""
    steps = screening.facts.get("lots", [])
    upstream = {party["supplier"]: party for party in screening.facts.get("upstream", [])}
    discretion = Discretion(user, [screening])
    followed = {-link for party in upstream.values() for link in party["links"] if link < 0}
    known = {lot for lot in followed if user.is_officer or discretion.knows(-lot, shipment.owner_id)}
    leads = _leading((node["link"], one) for one in findings for node in one.path if "link" in node)
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
            step = party.get("steps_upstream", 1 if target == ARTICLE else 2)
            nodes[key] = _supplier_node(supplier, step, party.get("stage", ""), finding)
        goods = f"lot {lot['lot']}" + (f", {lot['goods']}" if lot["goods"] else "")
        edges[key, target] = Link(key, target, goods, "traced", leads.get(-lot["id"], Leads.NOWHERE))


def _add_confidential(findings: list[Finding], nodes: Nodes, edges: Edges) -> None:
    """Where the path of a finding leaves what the reader may know, one box stands for the rest."""
    for finding in findings:
        rest = finding.path[-1]
        if rest["name"] != CONFIDENTIAL or len(finding.path) < 2:
            continue
        key, target = f"confidential-{finding.pk}", str(finding.path[-2]["supplier"])
        nodes[key] = Node(key, CONFIDENTIAL, rest["step"], _kind(finding), note=_note(finding))
        edges[key, target] = Link(key, target, leads=_leads(finding))


def _add_unrelated(screening: Screening, shipment: Shipment, user: Reader, nodes: Nodes, edges: Edges) -> bool:
    """Who is upstream only over goods that are no input, as links stand today. Returns whether there are more."""
    starts = [int(key) for key, node in nodes.items() if node.step == 1 and key.isdigit()]
    own = (
        None
        if user.is_officer
        else {None, shipment.owner_id, *(one.organization_id for one in user.active_memberships)}
    )
    rows, is_cut = _network_above(starts, own)
    by_customer: dict[int, list[tracing.Link]] = {}
    for row in rows.values():
        by_customer.setdefault(row.customer_id, []).append(link_of(row))
    network = Network(by_customer, inputs())
    added = 0
    for line in screening.facts["lines"]:
        found = network.trace(
            starts, article=article_kinds(tuple(line["hts_codes"])), on=screening.screened_on, with_unrelated=True
        )
        for path in sorted(found.paths.values(), key=lambda path: path.steps_upstream):
            if path.grade != tracing.Grade.UNRELATED or str(path.supplier) in nodes:
                continue
            if added == MOST_UNRELATED:
                return True
            added += 1
            last = path.steps[-1]
            row = rows[last.link.key]
            nodes[str(path.supplier)] = _supplier_node(row.supplier, path.steps_upstream, row.stage, None)
            edge = _edge(row, last)
            edges.setdefault((edge.source, edge.target), replace(edge, grade=tracing.Grade.UNRELATED.value))
    return is_cut


def _network_above(starts: Iterable[int], own: set[int | None] | None) -> tuple[dict[int, SupplyLink], bool]:
    """The standing links upstream of some firms, a step at a time, those of ``own`` declarers or all; and whether it
    goes on beyond what was read."""
    step, seen = set(starts), set(starts)
    rows: dict[int, SupplyLink] = {}
    for _ in range(tracing.MAX_STEPS):
        if not step:
            return rows, False
        if len(rows) > 10 * MOST_UNRELATED:
            return rows, True
        found = {row.pk: row for row in links_to(step) if own is None or row.declared_by_id in own}
        rows |= found
        step = {row.supplier_id for row in found.values()} - seen
        seen |= step
    return rows, bool(step)


def _missing(coverage: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """The stages nobody declared, of all lines."""
    lines = [line for line in coverage if line["unknown_above_step"] is not None]
    return tuple(dict.fromkeys(name for line in lines for name in line["missing"]))


def _leads(finding: Finding) -> Leads:
    """A finding of the presumption, or one that asks whether a party is in Xinjiang or on the list."""
    if finding.ground in {Finding.Ground.LISTED_ENTITY, Finding.Ground.XINJIANG_ORIGIN}:
        return Leads.PRESUMPTION
    return Leads.REVIEW if finding.rule in MARKED and finding.asks_review else Leads.NOWHERE


def _leading(passed: Iterable[tuple[Any, Finding]]) -> dict[Any, Leads]:
    """Of what the paths of findings pass, where it leads: what weighs most decides."""
    leads: dict[Any, Leads] = {}
    for key, finding in passed:
        leads[key] = max(_leads(finding), leads.get(key, Leads.NOWHERE), key=RANK)
    return leads


def _worst(findings: list[Finding], supplier_id: int | None) -> Finding | None:
    """The finding that weighs most about a party; they come in that order."""
    about = (one for one in findings if supplier_id is not None and one.supplier_id == supplier_id)
    return next((one for one in about if one.asks_review), None)


def _kind(finding: Finding | None) -> str:
    """What has a ground to stop the goods, what a person must review, and the rest."""
    if finding is None:
        return "party"
    if not finding.ground:
        return "review"
    kinds = {Finding.Ground.LISTED_ENTITY: "listed", Finding.Ground.WRO: "order"}
    return kinds.get(Finding.Ground(finding.ground), "xinjiang")


def _note(finding: Finding | None) -> str:
    if finding is None:
        return ""
    if finding.rule in QUESTIONS and not finding.ground:
        return f"A look needed: {QUESTIONS[finding.rule]}?"
    if finding.rule == "LISTED_AFFILIATE":
        return "Controlled by a listed entity"
    if finding.listing is not None:
        since = f"{finding.listing.first_effective_on:%-d %b %Y}"
        says = "order of" if finding.rule == ORDER_RULE else "listed since"
        is_certain = bool(finding.ground) or (finding.verdict == "match" and finding.grade == Finding.Grade.POSSIBLE)
        if not is_certain:
            return f"A look needed: {says} {since}?"
        return f"{says.capitalize()} {since}" + ("" if finding.ground else "; the path is only possible")
    return finding.place_name if finding.ground else f"A look needed: {finding.place_name or finding.rule}"
