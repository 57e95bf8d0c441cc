"""Pairs of a declared party and a listed entity: which wait for a judgement, and what a judgement moves."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, Sum

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.judging import effect, party_key
from entities.models import Judgement, Site, User, of_environment
from entities.parts import parts_of
from entities.services import judgements
from screening.models import Case, Finding, IndexedGround, ShipmentLine, ShipmentParty
from screening.models.run import FindingQuerySet
from screening.services import exposure
from screening.services.reach import declaring, suppliers_declaring, with_kin


@dataclass(slots=True)
class Pair:
    """A firm and a listed entity it may be, with the current findings that say so and wait for a person."""

    firm_key: str
    entity_id: int
    finding_id: int = 0  # the newest of them, by which the pair is shown
    findings: int = 0
    is_match: bool = False
    shipments: set[int] = field(default_factory=set)
    value: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a judgement settles: findings, shipments, open cases, and the value declared on the lines concerned."""

    findings: int
    shipments: int
    open_cases: int
    values: tuple[tuple[str, Decimal], ...]
    lines_without_value: int
    addresses: tuple[str, ...]


def waiting_pairs(user: User) -> list[Pair]:
    """The pairs nobody judged yet, those with the most shipments first, then by value."""
    rows = list(
        Finding.objects.visible_to(user)
        .current()
        .of_pairs()
        .values_list(
            "pk",
            "firm_key",
            "site_key",
            "verdict",
            "listing__entity",
            "listing__entity__key",
            "list_version__register",
            "screening__shipment",
        )
        .order_by("pk")
    )
    settled = _settled({(firm, site, verdict, key, register) for _, firm, site, verdict, _, key, register, _ in rows})
    found: dict[tuple[str, int], Pair] = {}
    for pk, firm, site, verdict, entity, key, register, shipment in rows:
        if (firm, site, verdict, key, register) in settled:
            continue
        pair = found.setdefault((firm, entity), Pair(firm, entity))
        pair.finding_id, pair.findings = pk, pair.findings + 1
        pair.is_match = pair.is_match or verdict == Judgement.Machine.MATCH
        pair.shipments.add(shipment)
    _add_values(found.values())
    return sorted(found.values(), key=lambda pair: (-len(pair.shipments), -pair.value, pair.finding_id))


def moved_by(finding: Finding, scope: str, user: User) -> Moved:
    """What a judgement on the party and entity of this finding would settle now."""
    return moved_by_each([finding], scope, user)[finding.pk]


def moved_by_each(findings: Collection[Finding], scope: str, user: User) -> dict[int, Moved]:
    """What a judgement on each of these findings would settle now, in three queries however many they are."""
    key = "site_key" if scope == Judgement.Scope.SITE else "firm_key"
    asked = {
        finding.pk: (getattr(finding, key), finding.listing.entity_id if finding.listing else None)
        for finding in findings
    }
    current = Finding.objects.visible_to(user).current().of_pairs()
    current = current.filter(
        **{f"{key}__in": {one for one, _ in asked.values()}}, listing__entity__in={one for _, one in asked.values()}
    )
    rows: dict[tuple[str, int | None], list[tuple[int, list[int], str]]] = defaultdict(list)
    said = ("listing__entity", "screening__shipment", "line_numbers", "declared")
    for party, entity, shipment, numbers, declared in current.order_by("pk").values_list(key, *said):
        rows[party, entity].append((shipment, numbers, declared.get("address", "")))
    shipments = current.order_by().values("screening__shipment")
    lines: dict[int, list[ShipmentLine]] = defaultdict(list)
    for line in ShipmentLine.objects.filter(shipment__in=shipments):
        lines[line.shipment_id].append(line)
    cases: dict[int, set[int]] = defaultdict(set)
    of_cases = Case.shipments.through.objects.filter(case__in=Case.objects.visible_to(user).open())
    for shipment, case in of_cases.filter(shipment__in=shipments).values_list("shipment", "case"):
        cases[shipment].add(case)
    return {pk: _moved(rows[pair], lines, cases) for pk, pair in asked.items()}


def _moved(
    rows: Collection[tuple[int, list[int], str]],
    lines: Mapping[int, Collection[ShipmentLine]],
    cases: Mapping[int, set[int]],
) -> Moved:
    """Add up findings, each with its shipment, the lines it speaks of (none: all) and the address declared."""
    spoken_of: dict[int, set[int]] = defaultdict(set)
    for shipment, numbers, _ in rows:
        spoken_of[shipment].update(numbers)
    values: dict[str, Decimal] = defaultdict(Decimal)
    without = 0
    for shipment, wanted in spoken_of.items():
        for line in lines.get(shipment, ()):
            if wanted and line.number not in wanted:
                continue
            if line.value is None:
                without += 1
            else:
                values[line.currency] += line.value
    return Moved(
        findings=len(rows),
        shipments=len(spoken_of),
        open_cases=len(set().union(*(cases.get(shipment, set()) for shipment in spoken_of))),
        values=tuple(sorted(values.items(), key=lambda one: -one[1])),
        lines_without_value=without,
        addresses=tuple(dict.fromkeys(address for *_, address in rows if address)),
    )


def _live() -> Q:
    """Findings of live shipments: no judgement is shown, counted or made by what was tried in a sandbox."""
    return of_environment(sandbox=False, organization="screening__shipment__owner")


def of_pair(finding: Finding, scope: str) -> FindingQuerySet:
    """Findings on the same party, by a scope, and the same listed entity, whenever they were made."""
    entity = finding.listing.entity_id if finding.listing else None
    rows = Finding.objects.of_pairs().filter(_live(), listing__entity=entity)
    if scope == Judgement.Scope.SITE:
        return rows.filter(site_key=finding.site_key)
    return rows.filter(firm_key=finding.firm_key)


def shipments_judged(pk: int) -> set[int]:
    """The shipments a judgement bears on: those with a finding it speaks of, and those with a party it makes known."""
    judgement = Judgement.objects.get(pk=pk)
    key = "site_key" if judgement.scope == Judgement.Scope.SITE else "firm_key"
    rows = (
        Finding.objects.current()
        .of_pairs()
        .filter(
            **{key: judgement.party_key},
            listing__entity__key=judgement.entity_key,
            listing__entity__register=judgement.register,
        )
    )
    found = set(rows.values_list("screening__shipment", flat=True))
    firms = {supplier for supplier in rows.values_list("supplier", flat=True) if supplier}
    found |= exposure.shipments_with_goods_of(with_kin(firms) - firms)
    made_known = Judgement.objects.between([judgement.party_key], judgement.register, [judgement.entity_key])
    if made_known.filter(verdict=Judgement.Verdict.SAME).exists():
        parties, suppliers = declaring(PartyFacts(**judgement.party))
        found.update(ShipmentParty.objects.filter(party__in=parties).values_list("shipment", flat=True))
        found |= exposure.shipments_with_goods_of(with_kin(suppliers))
    return found


def suppliers_judged(judgement: Judgement) -> set[int]:
    """The suppliers a judgement bears on: those in the very words judged, those that share a number or an address with
    them, and those the exposure index says to be or to belong to the entity."""
    facts = PartyFacts(**judgement.party)
    text = Q()
    for name in ("name", "native_name"):
        if words := re.findall(r"\w+", getattr(facts, name)):
            text |= Q(**{f"{name}__icontains": max(words, key=len)})
    in_these_words = {
        site.supplier_id
        for site in Site.objects.filter(text)
        if party_key(PartyFacts(**site.facts()), judgement.scope) == judgement.party_key
    }
    of_entity = IndexedGround.objects.filter(listed_key=judgement.entity_key)
    return in_these_words | suppliers_declaring(facts) | set(of_entity.values_list("supplier", flat=True))


def judge(finding: Finding, *, verdict: str, scope: str, reason: str, actor: User) -> Judgement:
    """Record a judgement on the party and the entity of a finding, against the list in use now."""
    if not Finding.objects.of_pairs().filter(pk=finding.pk).exists():
        raise Refused("not_a_pair", "This finding is not about a party and a listed entity: nothing to judge here.")
    entity = finding.listing.entity  # type: ignore[union-attr]
    return judgements.record_judgement(
        PartyFacts(**finding.declared),
        entity,
        machine_verdict=_strongest(finding, scope),
        verdict=verdict,
        scope=scope,
        reason=reason,
        actor=actor,
    )


def newest_findings(judged: Iterable[int]) -> dict[int, Finding]:
    """Of each judgement the newest finding on the party and the entity it speaks of, where there is one."""
    rows = list(Judgement.objects.filter(pk__in=list(judged)))
    firm_keys = {row.pk: party_key(PartyFacts(**row.party), Judgement.Scope.FIRM) for row in rows}
    found: dict[tuple[str, str], Finding] = {}
    of_firms = Finding.objects.of_pairs().filter(_live(), firm_key__in=set(firm_keys.values()))
    for finding in of_firms.select_related("listing__entity", "screening").order_by("pk"):
        entity = finding.listing.entity.key if finding.listing else ""
        found[finding.firm_key, entity] = found[finding.site_key, entity] = finding
    pairs = {row.pk: (row.party_key, row.entity_key) for row in rows}
    return {pk: found[pair] for pk, pair in pairs.items() if pair in found}


def _strongest(finding: Finding, scope: str) -> str:
    """A match where any current finding of the pair is one: the same firm may be declared with more or fewer words."""
    is_match = of_pair(finding, scope).current().filter(verdict=Judgement.Machine.MATCH).exists()
    is_match = is_match or finding.verdict == Judgement.Machine.MATCH
    return Judgement.Machine.MATCH if is_match else Judgement.Machine.POSSIBLE


def _settled(rows: set[tuple[str, str, str, str, str]]) -> set[tuple[str, str, str, str, str]]:
    """Those a standing judgement answers, or one that waits for a second person."""
    keys = {key for firm, site, *_ in rows for key in (firm, site)}
    latest: dict[tuple[str, str, str], list[judgements.JudgementState]] = defaultdict(list)
    relevant = Judgement.objects.filter(entity_key__in={key for *_, key, _ in rows}).select_related(
        "author__person", "confirmation__confirmed_by__person"
    )
    for state in judgements.states_of([row for row in relevant.order_by("-pk") if row.party_key in keys]):
        row = state.judgement
        if state.state in {"stands", "awaits"}:
            latest[row.party_key, row.register, row.entity_key].append(state)
    answered = set()
    for one in rows:
        firm, site, verdict, key, register = one
        states = latest[firm, register, key] + latest[site, register, key]
        standing = max(
            (state.judgement for state in states if state.state == "stands"), key=lambda row: row.pk, default=None
        )
        waits = any(state.state == "awaits" for state in states)
        if waits or (standing is not None and effect(standing.as_judged(), verdict) != "awaits"):
            answered.add(one)
    return answered


def _add_values(found: Collection[Pair]) -> None:
    """What the shipments of each pair are worth, in figures as declared: an order of size, whatever the currency."""
    worth: dict[int, Decimal] = {}
    for some in parts_of({shipment for pair in found for shipment in pair.shipments}):
        lines = ShipmentLine.objects.filter(shipment__in=some).order_by()
        worth.update(lines.values_list("shipment").annotate(Sum("value", default=Decimal(0))))
    for pair in found:
        pair.value = sum((worth.get(shipment, Decimal(0)) for shipment in pair.shipments), Decimal(0))
