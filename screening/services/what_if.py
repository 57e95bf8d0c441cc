"""What a screening would say of goods not bought yet. Nothing is stored of question and answer but a receipt."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.models import DeclaredParty, Organization, Supplier, SupplyLink, User
from entities.services.suppliers import fingerprint, identity
from screening.domain.tracing import Link
from screening.models import Finding, Screening, Shipment, ShipmentLine, ShipmentParty, WhatIfReceipt
from screening.services.network import link_of
from screening.services.runs import screen_plan
from screening.services.shipments import DeclaredShipment, DeclaredSupplier, facts_of, plain
from screening.services.sight import Firms, OwnSight, Plan, Sight

PLANNED = -1  # the key of the one shipment that is asked about
OWN_ONLY = (
    "OWN: this rests on what you declared and on public statements. What other importers declared and what the office "
    "judged is not in it; a screening of the goods themselves may find more."
)
NOT_STORED = "WHAT IF: the goods were not declared and nothing of this was stored but a receipt."


@dataclass(slots=True)
class Answer:
    """What a screening would say, and the question as it was understood."""

    owner: Organization
    question: dict[str, Any]
    screening: Screening
    findings: list[Finding]


def ask(
    declared: DeclaredShipment,
    chain: Sequence[DeclaredSupplier] = (),
    *,
    without: Collection[int] = (),
    owner: Organization,
    actor: User,
) -> Answer:
    """Screen planned goods and the chain behind them by the rules every shipment is screened by.

    An outsider's own and public links are followed upstream of the firms it names, never another importer's.
    ``without``: links that are left out, as if the firm were no longer bought from. Raises ``Refused`` where there is
    neither line nor party, or a supplier points to a ref that is neither a party's nor another supplier's.
    """
    if not declared.parties and not declared.lines:
        raise Refused("shipment_empty", "Name at least one line or one party of the planned goods.")
    sight: Sight = Sight(without) if actor.is_officer else OwnSight(without, user=actor, owner=owner)
    plan = _plan(declared, chain, owner)
    screening, findings = screen_plan(plan, sight)
    _without_unknown_firms(findings, actor)
    screening.caveats = [*screening.caveats, *([] if sight.is_whole else [OWN_ONLY]), NOT_STORED]
    question = {
        "owner": owner.pk,
        "shipment": facts_of(plan.shipment, plan.lines, plan.parts),
        "suppliers": [plain(asdict(one)) for one in chain],
        "without": sorted(without),
    }
    return Answer(owner, question, screening, findings)


@transaction.atomic
def give_receipt(answer: Answer, said: Any, *, actor: User) -> WhatIfReceipt:
    """Keep that a question was asked and answered: digests of both, and on what the answer rests."""
    run = answer.screening.run
    receipt = WhatIfReceipt.objects.create(
        organization=answer.owner,
        asked_by=actor,
        asked_by_name=actor.full_name,
        question_sha256=digest(answer.question),
        answer_sha256=digest(said),
        list_version=run.list_version,
        wro_version=run.wro_version,
        engine_version=run.engine_version,
        thresholds_id=run.thresholds_id,
        names_up_to=run.names_up_to,
    )
    audit.record(Action.WHAT_IF_ANSWERED, actor=actor, target=receipt, organization_id=answer.owner.pk)
    return receipt


def digest(value: Any) -> str:
    """SHA-256 of a value as JSON in UTF-8 with sorted keys and no spaces."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plan(declared: DeclaredShipment, chain: Sequence[DeclaredSupplier], owner: Organization) -> Plan:
    """The planned goods as rows that are not stored."""
    shipment = Shipment(pk=PLANNED, owner=owner, **declared.head())
    lines = [
        ShipmentLine(
            pk=-number,
            shipment=shipment,
            **{**asdict(line), "hts_codes": list(line.hts_codes)},
            hts6=line.hts_codes[0][:6] if line.hts_codes else "",
        )
        for number, line in enumerate(declared.lines, 1)
    ]
    by_number = {line.number: line for line in lines}
    roles = [part for part in declared.parties if part.facts.name or part.facts.native_name]
    firms, keys = _firms([part.facts for part in roles] + [one.facts for one in chain], owner)
    parts = [
        ShipmentParty(
            pk=-number,
            shipment=shipment,
            role=part.role,
            line=by_number.get(part.line_number) if part.line_number else None,
            party=DeclaredParty(
                pk=-number,
                organization=owner,
                supplier=firms.suppliers[keys[fingerprint(part.facts)]],
                **asdict(part.facts),
            ),
        )
        for number, part in enumerate(roles, 1)
    ]
    refs = {part.ref: part.facts for part in roles if part.ref} | {one.ref: one.facts for one in chain}
    return Plan(shipment, lines, parts, firms, _links(chain, refs, firms, keys))


def _firms(facts: Iterable[PartyFacts], owner: Organization) -> tuple[Firms, dict[str, int]]:
    """The firms named, each taken for the one on record that its declaration would be taken for; and by declaration
    the firm. They are shown in the words of the question, never in those of the record."""
    wanted = {fingerprint(one): one for one in facts}
    own = DeclaredParty.objects.filter(organization=owner, fingerprint__in=wanted).exclude(supplier=None)
    tied = dict(own.values_list("fingerprint", "supplier"))
    identities = {key: identity(one, owner) for key, one in wanted.items()}
    known = dict(Supplier.objects.filter(identity__in=identities.values()).values_list("identity", "pk"))
    new, fresh = count(1), dict[str, int]()
    firms, keys = Firms(), dict[str, int]()
    for key, one in wanted.items():
        pk = tied.get(key) or known.get(identities[key])
        if pk is None:
            pk = fresh.setdefault(identities[key], -next(new))
        keys[key] = pk
        firms.sites[pk].append(one)
        if pk not in firms.suppliers:
            firms.suppliers[pk] = Supplier(
                pk=pk, name=one.name, native_name=one.native_name, country=one.country, uscc=one.uscc
            )
    return firms, keys


def _links(
    chain: Sequence[DeclaredSupplier], refs: dict[str, PartyFacts], firms: Firms, keys: dict[str, int]
) -> dict[int, list[Link]]:
    """The planned deliveries, by customer."""
    links: dict[int, list[Link]] = defaultdict(list)
    for number, one in enumerate(chain, 1):
        if one.supplies not in refs:
            raise Refused("unknown_ref", f"{one.ref} supplies {one.supplies}, which is no party or supplier here.")
        supplier, customer = keys[fingerprint(one.facts)], keys[fingerprint(refs[one.supplies])]
        if supplier == customer:
            raise Refused(
                "supplies_itself", f"{one.ref} and {one.supplies} are the same firm; it cannot supply itself."
            )
        if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
            raise Refused("dates_in_order", f"The deliveries of {one.ref} end before they begin: check both dates.")
        row = SupplyLink(
            pk=-number,
            supplier=firms.suppliers[supplier],
            customer=firms.suppliers[customer],
            source="the question",
            **one.delivery(),
        )
        links[customer].append(link_of(row))
    return links


def _without_unknown_firms(findings: Sequence[Finding], actor: User) -> None:
    """No key of a firm that the one who asks does not know of: not even that it is on record can be told from it."""
    ids = {node.get("supplier") for finding in findings for node in finding.path}
    ids |= {finding.supplier_id for finding in findings}
    visible = set(Supplier.objects.visible_to(actor).filter(pk__in=ids - {None}).values_list("pk", flat=True))
    for finding in findings:
        finding.party_id, finding.firm_key = None, ""  # not stored, so not to be judged
        finding.supplier_id = finding.supplier_id if finding.supplier_id in visible else None
        finding.path = [
            {**node, "supplier": supplier if (supplier := node.get("supplier")) in visible else None}
            for node in finding.path
        ]
