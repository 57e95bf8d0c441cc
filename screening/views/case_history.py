"""The audit trail of a case in words, the newest events first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator

from entities.domain.actions import Action
from entities.forms.audit import action_label
from entities.models import AuditEvent
from screening.domain.law.states import Kind, State
from screening.domain.pathways import Conclusion
from screening.models import Case, Reminder, Shipment, TaskItem

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
            return f"Until {_day(after['due_on'])}: {'; '.join(after['items'])}"
        case Action.EVIDENCE_ANSWERED:
            left = after["unanswered"]
            return f"Round {after['round']}; {left or 'no'} question{'' if left == 1 else 's'} without an answer"
        case Action.QUESTION_ANSWERED:
            return f"Question {after['number']} of round {after['round']}: {after['answer']}"
        case Action.ANSWER_JUDGED:
            verdict = TaskItem.State(after["state"]).label.lower()
            return f"Question {after['number']} of round {after['round']}: {verdict}"
        case Action.EXTENSION_ASKED:
            return f"{_days(after)} for round {after['round']}, due on {_day(after['due_on'])}"
        case Action.EXTENSION_GRANTED:
            moved = f"due on {_day(after['due_on'])} instead of {_day(before['due_on'])}"
            return f"{_days(after)} for round {after['round']}: {moved}"
        case Action.EXTENSION_REFUSED:
            return f"Round {after['round']} stays due on {_day(after['due_on'])}"
        case Action.REMINDER_WRITTEN:
            return f"{Reminder.Day(after['day']).label}: {_day(after['on'])}"
        case Action.CASE_ASSIGNED:
            return f"To {after.get('name') or 'nobody'}"
        case Action.DETENTION_RECORDED | Action.DETENTION_CORRECTED:
            now = _dates(after)
            return f"{now}; before: {_dates(before)}" if before else now
        case Action.LEGAL_EVENT_RECORDED | Action.LEGAL_EVENT_WITHDRAWN:
            return _legal_event(after)
        case Action.LEGAL_EVENT_CORRECTED:
            return f"{_legal_event(after)}; before: {_day(before['on'])} ({before['source']})"
        case Action.LEGAL_STATE_CHANGED:
            return _states(before["states"], after["states"])
        case Action.REQUIREMENT_ASSESSED:
            cited = [f"exhibit {page.replace('/', ', page ')}" for page in after.get("pages", ())]
            pages = f", citing {'; '.join(cited)}" if cited else ""
            return f"{after['requirement']}: {after['verdict'].replace('_', ' ')}{pages}"
        case Action.CELL_ASSESSED:
            return f"{after['step']}, {after['family']}: {after['verdict'].replace('_', ' ')}"
        case Action.PAPER_PLACED:
            return f"{after['paper']}: {', '.join(after['steps']) or 'nowhere'}"
        case Action.COMMODITY_CHOSEN:
            return f"Line {after['line']}: {after['commodity'].replace('_', ' ') or 'no known chain'}"
        case Action.ALARM_DISMISSED | Action.ALARM_RAISED_AGAIN:
            return str(after["sentence"])
        case Action.YIELD_STATED:
            return f"{after['process']}: {after['low']} to {after['high']}, {after['source']}"
        case Action.SEARCH_KEPT:
            return f"“{after['words']}” in {after['exhibits']} exhibits"
        case Action.RECOMMENDED | Action.DECIDED | Action.RECOMMENDATION_RETURNED:
            return str(Conclusion(after["conclusion"]).label)
        case Action.CASE_FACTS_CHANGED:
            return str(Shipment.Outcome(after["outcome"]).label)
        case Action.LETTER_DRAFTED | Action.LETTER_APPROVED | Action.LETTER_ISSUED:
            return event.target_label
        case Action.LETTER_RECORDED | Action.LETTER_MOVES_NOTHING:
            return event.target_label
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
    return f", listed since {_day(row['listed_since'])}"


def _legal_event(values: dict[str, Any]) -> str:
    """What happened to the goods, on which day, to which lines (none named: all), and where that is from."""
    which = f", {_lines(values['lines'])}" if values["lines"] else ""
    return f"{Kind(values['kind']).label}, {_day(values['on'])}{which} ({values['source']})"


def _states(before: dict[str, str], after: dict[str, str]) -> str:
    """How lines stand in law now, and how they stood before."""
    found: dict[str, list[str]] = {}
    for line, state in after.items():
        if (old := before.get(line)) != state:
            was = f", before: {State(old).label.lower()}" if old else ""
            found.setdefault(f"{State(state).label.lower()}{was}", []).append(line)
    return "; ".join(f"{_lines(lines).capitalize()}: {said}" for said, lines in found.items())


def _lines(numbers: Sequence[int] | Sequence[str]) -> str:
    return f"line{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"


def _days(values: dict[str, Any]) -> str:
    return f"{values['days']} more day{'' if values['days'] == 1 else 's'}"


def _day(value: str) -> str:
    return f"{date.fromisoformat(value):%-d %B %Y}"


def _dates(values: dict[str, Any]) -> str:
    """The days a detention is recorded with; under an order the clock counts from the importation."""
    detained = f"detained {_day(values['detained_on']) if values['detained_on'] else 'on a day not known'}"
    presented = f"presented {_day(values['presented_on'])}, " if values["presented_on"] else ""
    imported = f"imported {_day(values['imported_on'])}, " if values.get("imported_on") else ""
    return f"{imported}{presented}{detained} ({values['source']})"
