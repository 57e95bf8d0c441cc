"""The audit trail of a case in words, the newest events first, a page at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator

from entities.domain.actions import Action
from entities.forms.audit import action_label
from entities.models import AuditEvent
from screening.domain.pathways import Conclusion
from screening.models import Case, Shipment

EVENTS = 20
NAMED = 5


def history_of(case: Case, page: str = "") -> dict[str, Any]:
    """One page of the trail, and where the newer and the older events stand."""
    events = Paginator(AuditEvent.objects.filter(case_number=case.number), EVENTS).get_page(page or 1)
    return {
        "events": [
            {
                "at": event.at,
                "actor": event.actor_name,
                "label": action_label(event.action),
                "detail": _detail(event),
                "reason": event.reason,
            }
            for event in events
        ],
        "page": events,
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
