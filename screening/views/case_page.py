"""The page of a case, section by section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from evidence.domain.media import ACCEPT, LIMITS_IN_WORDS, MAX_FILE_BYTES
from evidence.newly_named import outdated_among
from evidence.papers_shown import replacing_in
from evidence.rounds import rounds_of
from screening import timeline
from screening.chain_view import page_of, preview_of
from screening.models import LOOK_FIRST, Finding, Letter
from screening.services import letters
from screening.views import case_head as head
from screening.views.case_file import CaseFile
from screening.views.case_history import history_of
from screening.views.case_law import records_of

DRAWN = 3
EXHIBITS = 12
TELL_THE_CONCLUSION = ("Law", "Letters", "Review", "Decisions", "History")  # left out before a second look


def context_of(file: CaseFile, *, history: str = "") -> dict[str, Any]:
    """The context of the page; ``history``: which page of the audit trail is asked for."""
    case = file.case
    lead = case.lead_finding
    due = file.held.due
    decided_on = timezone.localdate(case.closed_at) if case.closed_at else None
    flagging = [one for one in file.findings if one.severity != Finding.Severity.INFO]
    flagging.sort(key=lambda one: (one.pk != case.lead_finding_id, not one.ground, one.pk))
    goods = {(row.pk, line.number): line.description for row in file.shipments for line in row.lines.all()}
    replacing = replacing_in(case, file.user)
    exhibits = [
        {
            "exhibit": row,
            "mentions": file.mentions.get(row.document_id, []),
            "replacing": replacing.get(row.document_id),
        }
        for row in file.exhibits
    ]
    records = records_of(file.held, goods)
    return {
        "section": "desk",
        "case": case,
        "file": file,
        "look_first": LOOK_FIRST,
        "title": head.title_of(case, file.shipments),
        "reason_html": head.reason_of(file),
        "weakest": head.weakest_of(lead, file.shipments),
        "in_brief": head.brief_of(file),
        "stands": head.standing_of(file),
        "due": due,
        "today": file.today,
        "days": timeline.days(case, file.held, file.tasks, decided_on=decided_on),
        "records": records,
        "next_words": head.next_words(file),
        "acts": head.acts_of(file),
        "side_acts": head.side_acts_of(file),
        "changed": head.changed_since(file),
        "caveats": head.caveats_of(file.shipments),
        "flagging": flagging,
        "informing": [one for one in file.findings if one.severity == Finding.Severity.INFO],
        "chains": [
            {
                "shipment": row,
                "drawing": preview_of(row, file.user),
                "coverage": head.coverage_of(row),
                "url": page_of(row),
            }
            for row in file.shipments[:DRAWN]
        ],
        "not_drawn": file.shipments[DRAWN:],
        "rounds": rounds_of(case, file.tasks, file.exhibits, file.today),
        "recommendations": [{"row": row, "grounds": _grounds(row)} for row in file.recommendations],
        "exhibits": exhibits[:EXHIBITS],
        "more_exhibits": exhibits[EXHIBITS:],
        "pages": sum(row.document.page_count for row in file.exhibits),
        "letters": file.letters,
        "not_in_law": _not_in_law(file),
        "outdated": outdated_among([row.document_id for row in file.exhibits]),
        "history": None if file.second_look else history_of(case, history),
        "upload": {
            "accept": ACCEPT,
            "max_bytes": MAX_FILE_BYTES,
            "limits": LIMITS_IN_WORDS,
            "earlier": [row for row in file.exhibits if not row.document.is_on_workers],
        },
        "messages_count": file.messages,
        "task_due": min((task.due_on for task in file.tasks if task.closed_at is None), default=None),
        "tabs": _tabs(file, flagging),
        "breadcrumbs": [{"label": "Desk", "url": reverse("desk")}, {"label": case.number}],
    }


def _not_in_law(file: CaseFile) -> list[Letter]:
    """Letters of CBP that wait for a person to say what they are in law."""
    recorded = [one.pk for one in file.letters if one.origin == Letter.Origin.RECORDED]
    return list(letters.waiting(Letter.objects.filter(pk__in=recorded))) if recorded else []


def _grounds(row: Any) -> str:
    """The grounds a recommendation was decided on, in words."""
    decision = getattr(row, "decision", None)
    return ", ".join(str(Finding.Ground(ground).label) for ground in decision.grounds) if decision else ""


def _tabs(file: CaseFile, flagging: Sequence[Finding]) -> list[dict[str, Any]]:
    judged = sum(row.judged for row in file.pathways)
    tabs: list[dict[str, Any]] = [
        {"label": "Findings", "url": "#findings", "count": len(flagging)},
        {"label": "Law", "url": "#law", "count": len(file.held.rows) or None},
        {"label": "Chain", "url": "#chain", "count": None},
        {"label": "Shipments", "url": "#shipments", "count": len(file.shipments)},
        {"label": "Evidence", "url": "#evidence", "count": len(file.exhibits)},
        {"label": "Proof grid", "url": reverse("case-proof-grid", args=[file.case.pk]), "count": None},
        {"label": "Contradictions", "url": reverse("case-alarms", args=[file.case.pk]), "count": None},
        {"label": "Requests", "url": "#requests", "count": len(file.tasks)},
        {"label": "Messages", "url": "#messages", "count": file.messages},
        {"label": "Letters", "url": "#letters", "count": len(file.letters)},
        {"label": "Review", "url": "#review", "count": judged},
        {"label": "Decisions", "url": "#decisions", "count": len(file.recommendations)},
        {"label": "History", "url": "#history", "count": None},
    ]
    return [row for row in tabs if not file.second_look or row["label"] not in TELL_THE_CONCLUSION]
