"""Screenings as a reader may see them: whole for the office, without other importers' secrets for everybody else.

The office uses every importer's links for everybody. Others see what rests on links that the shipment's owner or their
own organisation declared, or that are public: so much of a path, of a finding, and of how far the chain is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from entities.models import Organization, OwnershipLink, SupplyLink, User
from screening.domain.confidential import CONFIDENTIAL, withhold
from screening.domain.coverage import measure
from screening.domain.lots import in_sentences
from screening.domain.rules import SOURCE_ROLES, steps_in_words
from screening.lot_facts import declarers_by_lot, questions_about
from screening.models import Case, Finding, Screening
from screening.reference import chain_position, commodity_stages

Pair = tuple[int, int]
# What is said of a party whom a rule speaks of by statements of others, and of a confidential source itself.
SOURCES_SAY = {
    "LISTED_AFFILIATE": "belongs to a firm of the Entity List, by a confidential source",
    "LABOUR_TRANSFER": "is spoken of by a confidential source in words of a state labour scheme",
    "MIXED_SOURCE_PLANT": "takes in goods of one kind from several sources, one of them a confidential source, of "
    "which one raises a question",
    "CONTRADICTORY_LINKS": "is spoken of in statements that contradict each other, one of them by a confidential "
    "source",
}
CONFIDENTIALLY = {
    "LISTED_ENTITY": "is on the Entity List",
    "LISTED_AFFILIATE": "belongs to a firm of the Entity List",
    "LABOUR_TRANSFER": "is spoken of in words of a state labour scheme",
    "MIXED_SOURCE_PLANT": "takes in goods of one kind from several sources, of which one raises a question",
    "CONTRADICTORY_LINKS": "is spoken of in statements that contradict each other",
    "TRANSSHIPMENT": "delivers goods of a priority sector from China",
}
DETAILS = {"stage", "goods", "from", "to", "weak"}  # of a link, in a path


@dataclass(frozen=True, slots=True)
class Office:
    """The office as such reads, no person of it: a worker that lays papers on a chain."""

    is_officer: bool = True
    is_authenticated: bool = True
    is_in_sandbox: bool = False
    active_memberships: tuple[Any, ...] = ()

    @classmethod
    def of(cls, case: Case) -> Office:
        """The office of this case: of a sandbox's cases another than of live ones."""
        return cls(is_in_sandbox=case.importer.is_sandbox)


@dataclass(frozen=True, slots=True)
class Owner:
    """An importer as such reads, whoever acts for it: what it declared itself, and what is public."""

    organization_id: int
    is_officer: bool = False
    is_authenticated: bool = True

    @property
    def active_memberships(self) -> tuple[Owner, ...]:
        return (self,)

    def organizations(self) -> models.QuerySet[Organization]:
        return Organization.objects.filter(pk=self.organization_id)

    def organizations_outside(self) -> set[int]:
        return {self.organization_id}


Reader = User | Office | Owner


class Discretion:
    """What one reader may know of the chains of some screenings; asks the database once for all of them."""

    def __init__(self, user: Reader, screenings: Iterable[Screening]) -> None:
        self.user = user
        self.links: dict[int, SupplyLink] = {}
        self.declared: dict[Pair, set[int | None]] = defaultdict(set)
        self.lots: dict[int, set[int]] = {}
        self.statements: set[int] = set()  # links that the reader may read themselves
        self.holdings: set[int] = set()
        if user.is_officer:
            return
        self.own = {membership.organization_id for membership in user.active_memberships}
        for screening in screenings:
            self.lots |= declarers_by_lot(screening.facts.get("lots", []))
        ids = {link for screening in screenings for party in _upstream(screening) for link in party["links"]}
        rests_on = [said for screening in screenings if (said := screening.facts.get("rests_on"))]
        ids |= {link for said in rests_on for link in said["links"]}
        if held := {holding for said in rests_on for holding in said["holdings"]}:
            self.holdings = set(
                OwnershipLink.objects.visible_to(user).filter(pk__in=held).values_list("pk", flat=True)
            )
        self.links = SupplyLink.objects.in_bulk(ids)
        pairs = Q(
            supplier__in={link.supplier_id for link in self.links.values()},
            customer__in={link.customer_id for link in self.links.values()},
        )
        if self.links:
            for row in SupplyLink.objects.visible_to(user).filter(pairs):
                self.declared[row.supplier_id, row.customer_id].add(row.declared_by_id)
                self.statements.add(row.pk)

    def knows(self, link_id: int, owner_id: int) -> bool:
        """The owner of the shipment, one's own organisation or a public source says the same as this link does.

        What lots lead to is known where all who said so are the owner or one's own organisation.
        """
        if link_id < 0:
            said = self.lots.get(-link_id, set())
            return bool(said) and said <= {owner_id, *self.own}
        link = self.links.get(link_id)
        if link is None:
            return False
        return bool(self.declared.get((link.supplier_id, link.customer_id), set()) & {owner_id, None, *self.own})

    def finding(self, finding: Finding) -> Finding:
        """The finding, changed in memory where it speaks of what is not the reader's to know; never saved."""
        if self.user.is_officer:
            return finding
        owner_id = finding.screening.shipment.owner_id
        known = {node["link"] for node in finding.path if "link" in node and self.knows(node["link"], owner_id)}
        finding.path, is_withheld = withhold(finding.path, known)
        finding.path = [self._own_words(node, owner_id) for node in finding.path]
        finding.for_outsider = True
        told = [one for one in finding.reasons if self._may_read(one, finding.rule, owner_id)]
        is_told_by_others = len(told) < len(finding.reasons) and finding.rule in SOURCES_SAY
        finding.reasons = _without_judgements(told)
        if is_withheld:
            _withhold(finding)
        elif is_told_by_others:
            _withhold_statements(finding)
        elif finding.rule == "PRICE_OUTLIER":
            _withhold_prices(finding)
        elif finding.rule == "CHAIN_GAP":
            _retell_gap(finding, self.coverage(finding.screening))
        return finding

    def _own_words(self, node: dict[str, Any], owner_id: int) -> dict[str, Any]:
        """A node of a path without the details of its link, where another importer said them of the same two firms."""
        link = self.links.get(node.get("link", 0))
        if link is None or self.may_quote(link, owner_id):
            return node
        return {key: value for key, value in node.items() if key not in DETAILS}

    def may_quote(self, link: SupplyLink, owner_id: int) -> bool:
        """The reader may read what a link says of goods and period: its own words, the owner's or public ones."""
        return self.user.is_officer or link.declared_by_id in {owner_id, None, *self.own}

    def _may_read(self, reason: Any, rule: str, owner_id: int) -> bool:
        """The statements a reason rests on are the reader's to know; their very words only where they are its own."""
        if not isinstance(reason, dict):
            return True
        links = reason.get("links", ())
        is_its_own = rule == "LABOUR_TRANSFER"
        known = all(link in self.statements if is_its_own else self.knows(link, owner_id) for link in links)
        return known and set(reason.get("holdings", ())) <= self.holdings

    def reason(self, case: Case) -> str:
        """Why a case was opened: in the office's own words for the office, else the reason the reader may know."""
        if self.user.is_officer:
            return case.opened_because
        return self.finding(case.lead_finding).headline if case.lead_finding else "Opened by the office."

    def coverage(self, screening: Screening) -> list[dict[str, Any]]:
        """How far the chain is known, counted over the links the reader knows of."""
        owner_id = screening.shipment.owner_id
        upstream = _upstream(screening)
        if self.user.is_officer or all(self.knows(link, owner_id) for party in upstream for link in party["links"]):
            return screening.coverage
        seen = [party for party in upstream if all(self.knows(link, owner_id) for link in party["links"])]
        return [self._line(screening, line, seen) for line in screening.facts["lines"]]

    def caveats(self, screening: Screening) -> list[str]:
        """What the result must be read with; of lots, what is open among the steps the reader knows of."""
        facts = screening.facts.get("lots", [])
        if self.user.is_officer or not facts:
            return screening.caveats
        numbers = [line["number"] for line in screening.facts["lines"]]
        known = questions_about(facts, numbers, {screening.shipment.owner_id, *self.own})
        others = [text for text in screening.caveats if not text.startswith("LOTS: ")]
        return [*others, *in_sentences(known)]

    def _line(self, screening: Screening, line: dict[str, Any], seen: Sequence[dict[str, Any]]) -> dict[str, Any]:
        has_source = any(
            part["role"] in SOURCE_ROLES and part["line"] in {None, line["number"]}
            for part in screening.facts["parties"]
        )
        stages: dict[int, list[str]] = defaultdict(list, {1: []} if has_source else {})
        for party in seen:
            if line["number"] in party["lines"]:
                link = self.links.get(party["links"][-1]) if party["links"] else None
                stages[party["steps_upstream"]].append(link.stage if link else party.get("stage", ""))
        position = next((found for code in line["hts_codes"] if (found := chain_position(code))), None)
        coverage = measure(
            line["number"],
            position,
            commodity_stages().get(position.commodity, ()) if position else (),
            has_source=has_source,
            stage_names_by_step=stages,
        )
        return {**asdict(coverage), "sentence": coverage.sentence}


def findings_for(user: Reader, screening: Screening, regime: str = "") -> list[Finding]:
    """The findings of a screening, all or those of one regime, what matters most first, as the reader may see them."""
    rows = screening.findings.of_regime(regime) if regime else screening.findings.all()
    findings = list(rows.select_related("listing__entity", "list_version", "supplier", "party"))
    discretion = Discretion(user, [screening])
    for finding in findings:
        finding.screening = screening
    return [discretion.finding(finding) for finding in findings]


def coverage_for(user: User, screening: Screening) -> list[dict[str, Any]]:
    """How far the chain of each line is known, as the reader may know it."""
    return Discretion(user, [screening]).coverage(screening)


def caveats_for(user: User, screening: Screening) -> list[str]:
    """What a screening must be read with, as the reader may know it."""
    return Discretion(user, [screening]).caveats(screening)


def reason_of(case: Case, user: User) -> str:
    """Why a case was opened, as the reader may know it."""
    lead = case.lead_finding
    return Discretion(user, [lead.screening] if lead else []).reason(case)


def _upstream(screening: Screening) -> list[dict[str, Any]]:
    """The suppliers upstream as the screening saw them, each with the links that lead to it."""
    return screening.facts.get("upstream", [])


def _without_judgements(reasons: Sequence[Any]) -> list[Any]:
    """The reasons without the office's own words on who is who: they may speak of what others declared."""
    said = "The office judged whether the party is the listed entity."
    return [said if _is_of_judgement(one) else one for one in reasons]


def _is_of_judgement(reason: Any) -> bool:
    return "judgement" in reason if isinstance(reason, dict) else reason.startswith("Judged ")


def _withhold(finding: Finding) -> None:
    """The ground stays; who, where and why are another importer's."""
    what = CONFIDENTIALLY.get(finding.rule, "is connected with Xinjiang")
    certainty = what if finding.ground else f"possibly {what}"
    lines = ", ".join(str(number) for number in finding.line_numbers)
    finding.headline = (
        f"{f'Line {lines}' if lines else 'The shipment'} traces to a confidential source, which {certainty}, "
        f"{steps_in_words(finding.steps_upstream or 0)}."
    )
    finding.party_name = CONFIDENTIAL
    finding.party = finding.supplier = finding.listing = None
    finding.matched_text = finding.matched_field = finding.place_name = finding.place_code = ""
    finding.score = None
    finding.reasons = []
    # The section of the list and its citation would name the entity.
    finding.basis = "UFLPA sec. 3(a)"


def _withhold_statements(finding: Finding) -> None:
    """The party is the reader's to know; what others said of it is not."""
    lines = ", ".join(str(number) for number in finding.line_numbers)
    where = f"Line {lines}" if lines else "The shipment"
    finding.headline = f"{where}: {finding.party_name} {SOURCES_SAY[finding.rule]}."
    finding.matched_text = finding.matched_field = ""
    finding.listing = None
    finding.score = None
    finding.reasons = []
    finding.basis = "UFLPA sec. 3(a)"


def _withhold_prices(finding: Finding) -> None:
    """What others paid is theirs to know."""
    finding.headline = f"{finding.headline.partition(', far under')[0]}, far under like goods on record."
    finding.reasons = ["Compared with lines of like goods on record; what others paid is not shown."]


def _retell_gap(finding: Finding, coverage: Sequence[dict[str, Any]]) -> None:
    """The gap as it stands over the links the reader knows of."""
    line = next((line for line in coverage if [line["line_number"]] == finding.line_numbers), None)
    if line is None or ", ".join(line["missing"]) == finding.matched_text:
        return
    finding.headline = f"Line {line['line_number']}: {line['sentence']}"
    finding.matched_text = ", ".join(line["missing"])
