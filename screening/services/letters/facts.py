"""What a letter is drafted from and checked against: the case as plain values, as its addressee may know it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import BrokerAuthorization, Membership, Organization, User
from screening.chain import chain_of
from screening.confidential import findings_for
from screening.domain.law.clocks import detention_clock
from screening.domain.law.states import Kind as EventKind
from screening.domain.law.states import Standing, State
from screening.domain.letters.checks import wanted_by
from screening.domain.letters.kinds import Kind
from screening.models import Case, Decision, Detention, Finding, Letter, Shipment, Task, TaskItem
from screening.services.detentions import courses

REASONS = 5


def facts_of(
    case: Case,
    *,
    detention: Detention | None,
    exhibits: Sequence[dict[str, Any]],
    kind: Kind | None = None,
    today: date | None = None,
) -> dict[str, Any]:
    """The facts of a case, for a letter of a kind. ``exhibits``: number, name, sha256 and pages of each paper, handed
    in by the layer that has them.

    What findings and chains say is said as the importer may know it: letters go to the importer, papers come from it.
    """
    today = today or timezone.localdate()
    shipments = list(
        case.shipments.select_related("owner", "latest_screening").prefetch_related("lines", "parties__party")
    )
    concerned = [one for one in shipments if detention is None or one.pk == detention.shipment_id]
    eyes = _eyes_of(case.importer)
    findings = [
        one
        for shipment in concerned
        if shipment.latest_screening
        for one in findings_for(eyes, shipment.latest_screening, case.regime)
    ]
    grounded = [one for one in findings if one.ground]
    of_uflpa = [one.ground for one in grounded if one.ground in {"XINJIANG_ORIGIN", "LISTED_ENTITY"}]
    chain = [node for shipment in concerned for node in _chain(shipment, eyes)]
    decision = _decision(case, detention, wanted_by(kind) if kind else frozenset())
    standing = _standing(detention)
    held = _detention(detention, case) if detention else None
    facts: dict[str, Any] = {
        "case": case.number,
        "regime": case.regime,
        "today": today,
        "office": _office_name(),
        "importer": _importer(case.importer, today),
        "lines": [line for shipment in concerned for line in _lines(shipment, detention)],
        "grounds": (decision or {}).get("grounds") or list(dict.fromkeys(of_uflpa)),
        "reasons": list(dict.fromkeys(one.headline for one in grounded))[:REASONS],
        "detention": held,
        "withheld": _withheld(detention),
        "exclusion": _exclusion(standing),
        "on_record": _on_record(standing),
        "decision": decision,
        "exhibits": list(exhibits),
        "chain": chain,
        "request": _request(case),
        "protest": _protest(detention),
        "determination": _determination(case),
    }
    facts["secret"] = _secret(concerned, findings, chain)
    facts["confidential"] = _confidential(case, concerned, facts)
    return facts


def _eyes_of(importer: Organization) -> User:
    """A reader who knows what a member of the importer knows; nobody signs in as it."""
    eyes = User()
    eyes.active_memberships = [Membership(organization=importer, role=Role.IMPORTER_MEMBER)]
    return eyes


def _office_name() -> str:
    offices = Organization.objects.filter(kind=Organization.Kind.OFFICE)
    office = offices.filter(environment=Organization.Environment.LIVE).order_by("pk").first()
    return office.name if office else "ClearOrigin"


def _importer(importer: Organization, today: date) -> dict[str, str]:
    brokers = BrokerAuthorization.objects.in_force(today).filter(importer=importer).order_by("valid_from", "pk")
    names = list(brokers.values_list("broker__name", flat=True).distinct())
    return {"name": importer.name, "number": importer.importer_number, "broker": ", ".join(names)}


def _lines(shipment: Shipment, detention: Detention | None) -> Iterable[dict[str, Any]]:
    held = set(detention.lines) if detention else set()
    for line in shipment.lines.all():
        if held and line.number not in held:
            continue
        quantity = f"{line.quantity.normalize():f} {line.quantity_unit}".strip() if line.quantity else ""
        yield {
            "entry": shipment.entry_number,
            "bill": shipment.label,
            "line": line.number,
            "description": line.description,
            "hts": line.hts_codes[0] if line.hts_codes else "",
            "origin": line.origin_country,
            "quantity": quantity,
        }


def _detention(detention: Detention, case: Case) -> dict[str, Any] | None:
    if detention.presented_on is None:  # under a withhold release order nothing is presented
        return None
    clock = detention_clock(detention.presented_on, detained_on=detention.detained_on)
    return {
        "number": detention.number or f"{case.number}-D{detention.pk}",
        "port": detention.port,
        "presented_on": detention.presented_on,
        "detained_on": detention.detained_on or clock.decide_by,
        "notice_by": clock.notice_by,
        "last_day": clock.last_determination_day,
        "deemed_on": clock.deemed_excluded_on,
        "source": detention.source,
    }


def _withheld(detention: Detention | None) -> dict[str, Any] | None:
    """Goods held under a withhold release order: where, and since when."""
    if detention is None or detention.case.regime != Case.Regime.WRO:
        return None
    return {"number": detention.number, "port": detention.port, "on": detention.detained_on}


def _standing(detention: Detention | None) -> Standing | None:
    """Where the goods stand in law: of the first line held."""
    return next((course.standing for course in courses(detention)), None) if detention else None


def _exclusion(standing: Standing | None) -> dict[str, Any] | None:
    """The exclusion that governs: by law where that came first, else by notice."""
    if standing is None:
        return None
    if standing.deemed_excluded_on:
        return {"on": standing.deemed_excluded_on, "is_express": False}
    return {"on": standing.excluded_on, "is_express": True} if standing.excluded_on else None


def _on_record(standing: Standing | None) -> dict[str, date]:
    """Days of acts that are on record in law already, by the content of a letter that names them."""
    if standing is None:
        return {}
    days = {
        "excluded_on": standing.excluded_on,
        "released_on": standing.since if standing.state == State.RELEASED else None,
    }
    return {name: day for name, day in days.items() if day}


def _decision(case: Case, detention: Detention | None, wanted: frozenset[str]) -> dict[str, Any] | None:
    """The latest approved decision, of those a letter can rest on where it rests on one, with what the sealed record
    behind it says of each requirement."""
    approved = case.decisions.filter(verdict=Decision.Verdict.APPROVED).select_related("recommendation")
    rows = list(approved.order_by("-pk"))
    row = next((one for one in rows if one.conclusion in wanted), rows[0] if rows else None)
    if row is None:
        return None
    return {
        "id": row.pk,
        "pathway": row.pathway,
        "pathway_words": row.get_pathway_display().lower(),
        "conclusion": row.conclusion,
        "conclusion_words": row.get_conclusion_display(),
        "grounds": [one for one in row.grounds if one in {"XINJIANG_ORIGIN", "LISTED_ENTITY"}],
        "reasons": row.reasons,
        "recommended_reasons": row.recommendation.reasons,
        "on": timezone.localdate(row.decided_at),
        "facts_changed": bool(case.facts_changed_at and case.facts_changed_at > row.decided_at),
        "lines": _lines_decided(row, detention),
        "judged": _judged(row.recommendation.record.get("assessments", [])),
    }


def _lines_decided(decision: Decision, detention: Detention | None) -> list[int]:
    """The lines of this detention that a decision names; none named: it speaks of all."""
    named = (key.split("-") for key in getattr(decision, "lines", ()))
    return sorted(int(line) for held, line in named if detention and int(held) == detention.pk)


def _judged(assessments: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Per requirement the verdict over all its steps, the reasons given, and the pages cited."""
    found: dict[str, dict[str, Any]] = {}
    for one in assessments:
        row = found.setdefault(one["requirement"], {"verdict": "shown", "reason": "", "evidence": []})
        if one["verdict"] != "shown":
            row["verdict"] = one["verdict"]
        step = one.get("step_label", "")
        reason = f"{step}: {one['reason']}" if step else one["reason"]
        row["reason"] = "\n\n".join(text for text in (row["reason"], reason) if text)
        row["evidence"] += [_cited(page) for page in one.get("citations", ())]
    return found


def _cited(page: dict[str, Any]) -> str:
    quote = f": “{page['quote']}”" if page.get("quote") else ""
    return f"Exhibit {page['exhibit']}, page {page['page']}{quote}"


def _chain(shipment: Shipment, eyes: User) -> list[dict[str, Any]]:
    """The firms of the chain that the importer knows, each with its step; no gap, no withheld box."""
    chain = chain_of(shipment, eyes)
    if chain is None:
        return []
    return [
        {
            "step": node.step,
            "name": node.name,
            "native_name": node.native_name,
            "stage": node.stage,
            "country": node.country,
        }
        for node in chain.nodes.values()
        if node.step > 0 and node.kind != "confidential"
    ]


def _request(case: Case) -> dict[str, Any] | None:
    """The open request that is due first."""
    task: Task | None = case.tasks.filter(closed_at=None).prefetch_related("items").order_by("due_on", "pk").first()
    if task is None:
        return None
    items = list(task.items.all())
    return {
        "asked_on": timezone.localdate(task.asked_at),
        "due_on": task.due_on,
        "message": task.message,
        "items": [item.text for item in items],
        "open_items": [item.text for item in items if item.state == TaskItem.State.OPEN],
    }


def _protest(detention: Detention | None) -> dict[str, Any] | None:
    if detention is None:
        return None
    filed = detention.events.standing().filter(kind=EventKind.PROTEST_FILED).last()
    return {"filed_on": filed.on, "number": filed.details.get("number", "")} if filed else None


def _determination(case: Case) -> dict[str, Any] | None:
    """What the last determination on an exception that went out says."""
    row = Letter.objects.filter(case=case, kind="exception_determination").order_by("-pk").first()
    return row.contents if row else None


def _secret(shipments: Sequence[Shipment], told: Sequence[Finding], chain: Sequence[dict[str, Any]]) -> list[str]:
    """The firms that the office's findings name and the importer may not know: another importer declared them."""
    screenings = [one.latest_screening_id for one in shipments if one.latest_screening_id]
    rows = Finding.objects.filter(screening__in=screenings).select_related("listing")
    named = {name for row in rows for name in _names(row)}
    known = {name for one in told for name in _names(one)}
    known |= {name for node in chain for name in (node["name"], node["native_name"])}
    known |= {
        name
        for shipment in shipments
        for part in shipment.parties.all()
        for name in (part.party.name, part.party.native_name)
    }
    return sorted(name for name in named - known if name)


def _names(finding: Finding) -> set[str]:
    listed = {finding.listing.name} if finding.listing else set()
    return {
        finding.party_name,
        *listed,
        *(node.get("name", "") for node in finding.path),
        *(node.get("native_name", "") for node in finding.path),
    }


def _confidential(case: Case, shipments: Sequence[Shipment], facts: dict[str, Any]) -> list[str]:
    """What a report for the public must not name: the importer, the firms, the entries, the documents."""
    parties = [part.party for shipment in shipments for part in shipment.parties.all()]
    words = {
        case.number,
        case.importer.name,
        case.importer.importer_number,
        *(name for party in parties for name in (party.name, party.native_name)),
        *(name for node in facts["chain"] for name in (node["name"], node["native_name"])),
        *facts["secret"],
        *(shipment.entry_number for shipment in shipments),
        *(shipment.bill_of_lading for shipment in shipments),
        *(exhibit["name"] for exhibit in facts["exhibits"]),
        *(facts["importer"]["broker"].split(", ")),
    }
    return sorted(word for word in words if word)


def others_of(case: Case, person_id: int) -> int:
    """How many persons of the importer could approve what this person wrote."""
    rows = Membership.objects.filter(organization=case.importer, suspended_at=None, user__is_active=True)
    return rows.filter(~Q(user__person=person_id)).values("user__person").distinct().count()
