"""What the page of a case shows, read in a bounded number of queries. The text of pages is not among it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from entities.domain.actions import Action
from entities.domain.roles import Act
from entities.forms.audit import action_label
from entities.models import AuditEvent, Membership, User
from evidence.domain.media import ACCEPT, LIMITS_IN_WORDS, MAX_FILE_BYTES
from evidence.models import Assessment, Exhibit, Mention
from evidence.newly_named import NewlyNamed, newly_named, outdated_among
from evidence.rounds import rounds_of
from screening import timeline
from screening.chain_view import page_of, preview_of
from screening.domain import pathways
from screening.domain.pathways import Conclusion, Question
from screening.models import Case, Decision, Finding, Message, Shipment, Task

EVENTS = 100
MENTIONS = 500
DRAWN = 3
NAMED = 5


@dataclass(slots=True)
class Judged:
    """A requirement, and the verdict that stands on it."""

    requirement: Question
    assessment: Assessment | None
    url: str


@dataclass(slots=True)
class PathwayState:
    """How far a pathway is judged."""

    value: str
    label: str
    rows: list[Judged]
    url: str

    @property
    def judged(self) -> int:
        return sum(row.assessment is not None for row in self.rows)

    @property
    def is_judged(self) -> bool:
        return self.judged == len(self.rows)

    @property
    def not_shown(self) -> list[Judged]:
        return [row for row in self.rows if row.assessment and row.assessment.verdict != "shown"]

    @property
    def summary(self) -> str:
        return f"{self.label.lower()}: {self.judged} of {len(self.rows)} requirements judged"


@dataclass(slots=True)
class CaseFile:
    """Everything the page of a case rests on."""

    case: Case
    user: User
    today: date
    shipments: list[Shipment]
    findings: list[Finding]
    held: timeline.Held
    tasks: list[Task]
    exhibits: list[Exhibit]
    pathways: list[PathwayState]
    recommendations: list[Any]
    has_members: bool
    mentions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    newly_named: list[NewlyNamed] = field(default_factory=list)

    @property
    def decision(self) -> Decision | None:
        """The decision that stands: the latest approved one."""
        answers = (getattr(row, "decision", None) for row in self.recommendations)
        return next((one for one in answers if one and one.verdict == Decision.Verdict.APPROVED), None)

    @property
    def pending(self) -> Any:
        """The recommendation that waits for an answer."""
        latest = self.recommendations[0] if self.recommendations else None
        return latest if latest and not hasattr(latest, "decision") else None


def read(case: Case, user: User) -> CaseFile:
    """The case with all that belongs to it."""
    shipments = list(
        case.shipments.select_related("owner", "latest_screening__run__list_version").prefetch_related(
            "lines", "parties__party"
        )
    )
    latest = [row.latest_screening_id for row in shipments if row.latest_screening_id]
    return CaseFile(
        case=case,
        user=user,
        today=timezone.localdate(),
        shipments=shipments,
        findings=findings_of(latest, case.regime),
        held=timeline.Held.of(
            case, list(case.detentions.select_related("shipment", "recorded_by__person")), timezone.localdate()
        ),
        tasks=list(case.tasks.select_related("asked_by__person").prefetch_related("items")),
        exhibits=list(
            Exhibit.objects.visible_to(user)
            .filter(case=case)
            .select_related("document", "task_item", "added_by__person")
        ),
        pathways=pathways_of(case),
        recommendations=list(
            case.recommendations.select_related("recommended_by__person", "decision__decided_by__person")
        ),
        has_members=Membership.objects.filter(
            organization=case.importer, suspended_at=None, user__is_active=True
        ).exists(),
        mentions=_mentions(case),
        newly_named=newly_named(case, user),
    )


def findings_of(screenings: Sequence[int], regime: str = "") -> list[Finding]:
    """The findings of these screenings, all or those of one regime, with what a reader needs beside them."""
    found = Finding.objects.filter(screening__in=screenings)
    return list(
        (found.of_regime(regime) if regime else found)
        .select_related("listing__entity", "list_version", "party", "supplier", "screening__shipment")
        .order_by("pk")
    )


def pathways_of(case: Case) -> list[PathwayState]:
    """The pathways of the regime with the verdicts that stand on each question as a whole, and the pages they cite."""
    standing: dict[tuple[str, str], Assessment] = {}
    rows = Assessment.objects.filter(case=case, step="").select_related("author__person")
    for row in rows.prefetch_related("citations__exhibit__document").order_by("pk"):
        standing[row.pathway, row.requirement] = row
    address = reverse("case-review", args=[case.pk])
    recommend = reverse("case-recommend", args=[case.pk])
    return [
        PathwayState(
            value=row.pathway.value,
            label=row.label,
            rows=[
                Judged(one, standing.get((row.pathway.value, one.code)), f"{address}?requirement={one.code}")
                for one in row.questions
            ],
            url=f"{recommend}?pathway={row.pathway.value}",
        )
        for row in pathways.of_regime(case.regime)
    ]


def _mentions(case: Case) -> dict[int, list[dict[str, Any]]]:
    """Per document: which listed names and places were seen, and on which pages."""
    seen: dict[int, dict[tuple[str, str], list[int]]] = defaultdict(dict)
    rows = (
        Mention.objects.filter(page__document__exhibits__case=case)
        .order_by("page__document_id", "page__number")
        .values_list("page__document", "kind", "subject", "page__number")
        .distinct()
    )
    for document, kind, subject, page in rows[:MENTIONS]:
        seen[document].setdefault((kind, subject), []).append(page)
    labels = dict(Mention.Kind.choices)
    return {
        document: [
            {"kind": kind, "kind_label": labels[kind], "subject": subject, "pages": pages}
            for (kind, subject), pages in subjects.items()
        ]
        for document, subjects in seen.items()
    }


# --- the head: reason, state, clock -----------------------------------------------------------------------------


def context_of(file: CaseFile) -> dict[str, Any]:
    """The context of the page."""
    case = file.case
    lead = case.lead_finding
    due = file.held.due
    decided_on = timezone.localdate(case.closed_at) if case.closed_at else None
    flagging = [one for one in file.findings if one.severity != Finding.Severity.INFO]
    flagging.sort(key=lambda one: (one.pk != case.lead_finding_id, not one.ground, one.pk))
    return {
        "section": "desk",
        "case": case,
        "file": file,
        "title": _title(case, file.shipments),
        "reason_html": _reason(file),
        "weakest": _weakest(lead, file.shipments),
        "due": due,
        "today": file.today,
        "days": timeline.days(case, file.held, file.tasks, decided_on=decided_on),
        "next_words": _next_words(file),
        "acts": _acts(file),
        "side_acts": _side_acts(file),
        "changed": _changed(file),
        "caveats": _caveats(file.shipments),
        "flagging": flagging,
        "informing": [one for one in file.findings if one.severity == Finding.Severity.INFO],
        "chains": [
            {"shipment": row, "drawing": preview_of(row, file.user), "coverage": _coverage(row), "url": page_of(row)}
            for row in file.shipments[:DRAWN]
        ],
        "not_drawn": file.shipments[DRAWN:],
        "rounds": rounds_of(case, file.exhibits, file.today),
        "recommendations": [{"row": row, "grounds": _grounds(row)} for row in file.recommendations],
        "exhibits": [{"exhibit": row, "mentions": file.mentions.get(row.document_id, [])} for row in file.exhibits],
        "outdated": outdated_among([row.document_id for row in file.exhibits]),
        "history": _history(case),
        "upload": {"accept": ACCEPT, "max_bytes": MAX_FILE_BYTES, "limits": LIMITS_IN_WORDS},
        "tabs": _tabs(file, flagging),
        "breadcrumbs": [{"label": "Desk", "url": reverse("desk")}, {"label": case.number}],
    }


def _title(case: Case, shipments: Sequence[Shipment]) -> str:
    """What people call the case."""
    words = f"Case {case.number} · {case.importer}"
    if case.regime == Case.Regime.WRO:
        words = f"{case.get_regime_display()}: {words[:1].lower()}{words[1:]}"
    if not shipments:
        return words
    first = shipments[0]
    name = f"entry {first.entry_number}" if first.entry_number else first.label
    return f"{words} · {name}" + (f" and {len(shipments) - 1} more" if len(shipments) > 1 else "")


def _reason(file: CaseFile) -> str:
    """The state and why, in one sentence; the firm or the listed entity is a link to its record."""
    case, lead = file.case, file.case.lead_finding
    state = "Held:" if file.held.is_held else "Flagged:"
    if case.stage == Case.Stage.CLOSED:
        state = f"{Conclusion(file.decision.conclusion).label}." if file.decision else "Decided:"
    if lead is None:
        return format_html("{} {}", state, case.opened_because)
    words = lead.headline
    target = ""
    if lead.listing is not None:
        target, name = reverse("listed-entity-detail", args=[lead.listing.entity_id]), lead.listing.name
    elif lead.supplier_id:
        target, name = reverse("supplier-detail", args=[lead.supplier_id]), lead.party_name
    if not target or name not in words:
        return format_html("{} {}", state, words)
    before, _, after = words.partition(name)
    return format_html('{} {}<a href="{}">{}</a>{}', state, before, target, name, after)


def _weakest(lead: Finding | None, shipments: Sequence[Shipment]) -> str:
    """What the path is worth, and how far the chain is known."""
    parts = []
    if lead is not None and lead.grade:
        parts.append(f"Path: {lead.get_grade_display().lower()}.")
    number = lead.line_numbers[0] if lead is not None and lead.line_numbers else None
    for shipment in shipments[:1] if lead is None else [s for s in shipments if s.pk == lead.screening.shipment_id]:
        for line in _coverage(shipment):
            if number is None or line["line_number"] == number:
                parts.append(line["sentence"])
                break
    return " ".join(parts)


def _coverage(shipment: Shipment) -> list[dict[str, Any]]:
    return shipment.latest_screening.coverage if shipment.latest_screening else []


def _caveats(shipments: Iterable[Shipment]) -> list[str]:
    """What every result must be read with: an estimated date, an old list."""
    found = [text for row in shipments if row.latest_screening for text in row.latest_screening.caveats]
    return list(dict.fromkeys(found))


def _changed(file: CaseFile) -> dict[str, str] | None:
    """Facts changed since somebody concluded on them."""
    case = file.case
    waiting = [row.label for row in file.shipments if not row.is_screened]
    if waiting:
        return {
            "kind": "info",
            "heading": "Being screened again",
            "text": f"{', '.join(waiting)} changed; a worker is screening it. The findings below are the ones before.",
        }
    if case.facts_changed_at is None:
        return None
    on = f"{timezone.localtime(case.facts_changed_at):%-d %B %Y}"
    why = "A shipment was screened again, or its papers changed or name a listed party they did not name before,"
    if case.stage == Case.Stage.CLOSED:
        return {
            "kind": "warning",
            "heading": "Facts changed since the decision",
            "text": f"{why} on {on}. The decision stands until the case is reopened.",
        }
    return {
        "kind": "warning",
        "heading": "Facts changed since the recommendation",
        "text": f"{why} on {on}. The recommendation can only be returned.",
    }


# --- whose move, and what this reader may do --------------------------------------------------------------------


def _next_words(file: CaseFile) -> str:
    """Whose move it is."""
    case, importer = file.case, file.case.importer
    if case.stage == Case.Stage.OPEN and case.regime == Case.Regime.WRO:
        words = f"the office asks {importer} for the proof of 19 CFR 12.43."
        return words if file.has_members else f"{words} Nobody of {importer} has an account yet: invite someone."
    if case.stage == Case.Stage.OPEN:
        words = f"the office asks {importer} for evidence, or takes the case into review."
        return words if file.has_members else f"{words} Nobody of {importer} has an account yet: invite someone."
    if case.stage == Case.Stage.AWAITING_EVIDENCE:
        rows = [item for task in file.tasks if task.closed_at is None for item in task.items.all()]
        done = sum(item.state != item.State.OPEN for item in rows)
        words = f"the answer is with {importer}; {done} of {len(rows)} items are answered."
        return words if file.has_members else f"{words} Nobody of {importer} has an account: invite someone."
    if case.stage == Case.Stage.UNDER_REVIEW:
        begun = [row.summary for row in file.pathways if row.judged] or [row.summary for row in file.pathways[:1]]
        answer = getattr(file.recommendations[0], "decision", None) if file.recommendations else None
        returned = ""
        if answer is not None and answer.verdict == Decision.Verdict.RETURNED:
            returned = f"{answer.decided_by.full_name} returned the recommendation. "
        return f"{returned}A reviewer weighs the evidence{'; ' if begun else ''}{', '.join(begun)}."
    if case.stage == Case.Stage.AWAITING_APPROVAL and file.pending:
        return (
            f"an approver decides on the recommendation of {file.pending.recommended_by.full_name}: "
            f"{Conclusion(file.pending.conclusion).label}."
        )
    return "nothing is due; the case is decided."


def _acts(file: CaseFile) -> list[dict[str, Any]]:
    """The acts of this stage that this reader may do; the usual one first and filled."""
    case, may = file.case, file.user.has_perm
    stage = Case.Stage(case.stage)
    judged = [row for row in file.pathways if row.is_judged]
    rows: list[tuple[bool, str, str]] = []
    if stage == Case.Stage.AWAITING_APPROVAL:
        rows.append((True, "Decide" if may(Act.DECIDE) else "See what is put to the approver", "case-decide"))
    if stage == Case.Stage.UNDER_REVIEW:
        if judged and may(Act.RECOMMEND):
            rows.append((True, "Recommend", "case-recommend"))
        rows.append(
            (may(Act.ASSESS), "Judge the requirements" if may(Act.ASSESS) else "See the review", "case-review")
        )
    if stage in {Case.Stage.OPEN, Case.Stage.AWAITING_EVIDENCE, Case.Stage.UNDER_REVIEW} and may(Act.REQUEST_EVIDENCE):
        rows.append((True, "Ask for evidence", "case-request-evidence"))
    if stage in {Case.Stage.OPEN, Case.Stage.AWAITING_EVIDENCE} and may(Act.ASSESS):
        rows.append((True, "Take into review", "case-start-review"))
    if stage == Case.Stage.CLOSED and may(Act.OPEN_CASE):
        rows.append((False, "Reopen", "case-reopen"))
    acts = [
        {"label": label, "url": reverse(name, args=[case.pk]), "primary": is_usual and number == 0}
        for number, (is_usual, label, name) in enumerate(rows)
    ]
    return acts


def _side_acts(file: CaseFile) -> list[dict[str, str]]:
    """What can be done at any stage."""
    case, may = file.case, file.user.has_perm
    unread = Message.objects.unread_by(file.user).filter(case=case).count()
    label = "Correct detention dates" if file.held.rows else "Record a detention"
    dates = [(Act.RECORD_DETENTION, label, "case-detention")] if case.regime == Case.Regime.UFLPA else []
    rows = [
        *dates,
        (Act.ASSIGN_CASE, "Assign", "case-assign"),
        (Act.INVITE_IMPORTER, "Invite the importer", "case-invite"),
        (Act.VIEW_DESK, "Letters", "case-letters"),
        (Act.VIEW_DESK, f"Messages ({unread} new)" if unread else "Messages", "case-messages"),
    ]
    return [{"label": label, "url": reverse(name, args=[case.pk])} for act, label, name in rows if may(act)]


# --- sections ---------------------------------------------------------------------------------------------------


def _grounds(row: Any) -> str:
    """The grounds a recommendation was decided on, in words."""
    decision = getattr(row, "decision", None)
    return ", ".join(str(Finding.Ground(ground).label) for ground in decision.grounds) if decision else ""


def _history(case: Case) -> dict[str, Any]:
    events = list(AuditEvent.objects.filter(case_number=case.number)[: EVENTS + 1])
    return {
        "events": [
            {
                "at": event.at,
                "actor": event.actor_name,
                "label": action_label(event.action),
                "detail": _detail(event),
                "reason": event.reason,
            }
            for event in events[:EVENTS]
        ],
        "is_cut": len(events) > EVENTS,
    }


def _detail(event: AuditEvent) -> str:
    """The values of an event in words."""
    after, before = event.after, event.before
    match event.action:
        case Action.EVIDENCE_REQUESTED:
            return f"Until {after['due_on']}: {'; '.join(after['items'])}"
        case Action.CASE_ASSIGNED:
            return f"To {after.get('name') or 'nobody'}"
        case Action.DETENTION_RECORDED | Action.DETENTION_CORRECTED:
            now = _dates(after)
            return f"{now}; before: {_dates(before)}" if before else now
        case Action.REQUIREMENT_ASSESSED:
            cited = [f"exhibit {page.replace('/', ', page ')}" for page in after.get("pages", ())]
            pages = f", citing {'; '.join(cited)}" if cited else ""
            return f"{after['requirement']}: {after['verdict'].replace('_', ' ')}{pages}"
        case Action.RECOMMENDED | Action.DECIDED | Action.RECOMMENDATION_RETURNED:
            return str(Conclusion(after["conclusion"]).label)
        case Action.CASE_FACTS_CHANGED:
            return str(Shipment.Outcome(after["outcome"]).label)
        case Action.DOCUMENT_UPLOADED | Action.DOCUMENT_READ | Action.DOCUMENT_DOWNLOADED:
            return event.target_label
        case Action.DOCUMENT_RESCANNED:
            return _rescanned(event)
    return ""


def _rescanned(event: AuditEvent) -> str:
    """What a paper names since another list is in use, and what it no longer names."""
    new, gone = event.after["new"], event.before["no_longer"]
    parts = [f"page {row['page']} {_names(row['strength'])} {row['name']}{_since(row)}" for row in new[:NAMED]]
    parts += [f"page {row['page']} no longer names {row['name']}" for row in gone[:NAMED]]
    more = event.after["count"] + event.before["count"] - len(parts)
    rest = f"; and {more} more" if more else ""
    return f"{event.target_label}: {'; '.join(parts)}{rest}. Looked through with {event.after['list']}."


def _names(strength: str) -> str:
    return "may name" if strength == "possible" else "names"


def _since(row: dict[str, Any]) -> str:
    if not row["listed_since"]:
        return ""
    return f", listed since {date.fromisoformat(row['listed_since']):%-d %B %Y}"


def _dates(values: dict[str, Any]) -> str:
    return f"presented {values['presented_on']}, detained {values['detained_on'] or 'not known'} ({values['source']})"


def _tabs(file: CaseFile, flagging: Sequence[Finding]) -> list[dict[str, Any]]:
    judged = sum(row.judged for row in file.pathways)
    return [
        {"label": "Findings", "url": "#findings", "count": len(flagging)},
        {"label": "Chain", "url": "#chain", "count": None},
        {"label": "Shipments", "url": "#shipments", "count": len(file.shipments)},
        {"label": "Evidence", "url": "#evidence", "count": len(file.exhibits)},
        {"label": "Requests", "url": "#requests", "count": len(file.tasks)},
        {"label": "Review", "url": "#review", "count": judged},
        {"label": "Decisions", "url": "#decisions", "count": len(file.recommendations)},
        {"label": "History", "url": "#history", "count": None},
    ]
