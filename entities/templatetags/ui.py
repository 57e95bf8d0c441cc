"""What templates say and draw the same way everywhere: tags, dates as days left, money, tariff numbers, links."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# --- tags: a tone is a colour and a shape; a word always stands beside it ------------------------------------

SHAPES = {
    "stop": '<path d="M4.5 1h5L13 4.5v5L9.5 13h-5L1 9.5v-5z" fill="currentColor"/>'
    '<path d="M4 6.2h6v1.6H4z" fill="#fff"/>',
    "look": '<path d="M7 1l6.5 12H.5z" fill="currentColor"/>'
    '<path d="M6.3 5h1.4v4H6.3zM6.3 10h1.4v1.4H6.3z" fill="#fff"/>',
    "none": '<circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "unknown": '<circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" stroke-dasharray="2 2"/>'
    '<path d="M5.2 5.6a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.2" fill="none" stroke="currentColor" stroke-width="1.3"/>'
    '<circle cx="7" cy="10.2" r=".8" fill="currentColor"/>',
    "wait": '<circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M7 3.6V7l2.4 1.6" fill="none" stroke="currentColor" stroke-width="1.4"/>',
    "active": '<circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M7 2.4a4.6 4.6 0 0 1 0 9.2z" fill="currentColor"/>',
    "done": '<path d="M1.8 7.4l3.4 3.4 7-7.6" fill="none" stroke="currentColor" stroke-width="2"/>',
    "failed": '<path d="M2.5 2.5l9 9M11.5 2.5l-9 9" fill="none" stroke="currentColor" stroke-width="2"/>',
    "clash": '<path d="M1.5 5h11M1.5 9h11M10 1.5l-6 11" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "dash": '<path d="M3 7h8" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "note": '<path d="M7 1.5L12.5 7 7 12.5 1.5 7z" fill="none" stroke="currentColor" stroke-width="1.5"/>',
}

# Outcome of a screening, severity of a finding, state of a case, a job, a document, an answer: tone and word.
TAGS: dict[str, tuple[str, str]] = {
    "presumption": ("stop", "Presumption applies"),
    "review": ("look", "A person must look"),
    "no_finding": ("none", "No finding"),
    "pending": ("wait", "Not screened yet"),
    "match": ("stop", "On the list"),
    "possible": ("look", "Possibly on the list"),
    "affiliate": ("look", "May belong to a listed entity"),
    "in_xinjiang": ("stop", "In Xinjiang"),
    "block": ("stop", "Stops cargo"),
    "high": ("look", "High"),
    "medium": ("note", "Medium"),
    "low": ("none", "Low"),
    "info": ("note", "For information"),
    "held": ("stop", "Held"),
    "detained": ("stop", "Detained"),
    "excluded": ("stop", "Excluded"),
    "seized": ("stop", "Seized"),
    "exported": ("done", "Exported"),
    "released": ("done", "Released"),
    "open": ("note", "New"),
    "new": ("note", "New"),
    "awaiting_evidence": ("wait", "Waiting for the importer"),
    "under_review": ("active", "Under review"),
    "awaiting_approval": ("wait", "Waiting for approval"),
    "closed": ("done", "Decided"),
    "approved": ("done", "Approved"),
    "returned": ("look", "Returned to the reviewer"),
    "mapping": ("look", "Columns to confirm"),
    "importing": ("active", "Storing rows"),
    "queued": ("wait", "Waiting"),
    "running": ("active", "Working"),
    "done": ("done", "Done"),
    "failed": ("failed", "Failed"),
    "stored": ("done", "Stored"),
    "rejected": ("failed", "Not stored"),
    "received": ("wait", "Received, not read yet"),
    "reading": ("active", "Being read"),
    "ocr": ("active", "Pages are being read from their pictures"),
    "read": ("done", "Read"),
    "no_text": ("note", "Kept, to be read by a person"),
    "refused": ("failed", "Cannot be read"),
    "unreadable": ("failed", "Cannot be read"),
    "answered": ("active", "Answered"),
    "complete": ("done", "Completely answered"),
    "incomplete": ("look", "Not completely answered"),
    "withdrawn": ("note", "No longer asked"),
    "shown": ("done", "Shown"),
    "not_shown": ("failed", "Not shown"),
    "contradicted": ("look", "Contradicted"),
    "weak": ("look", "Weak"),
    "missing": ("failed", "Missing"),
    "not_applicable": ("dash", "Not applicable"),
    "unknown": ("unknown", "Unknown"),
    "proven": ("done", "Proven"),
    "declared": ("none", "Declared"),
    "active": ("done", "Active"),
    "suspended": ("failed", "Suspended"),
    "expired": ("failed", "Expired"),
}


@register.simple_tag
def shape(tone: str, size: int = 14) -> SafeString:
    """The mark of a tone, hidden from screen readers: the word beside it says the same."""
    drawing = mark_safe(SHAPES.get(tone, SHAPES["note"]))
    return format_html(
        '<svg width="{}" height="{}" viewBox="0 0 14 14" aria-hidden="true" focusable="false">{}</svg>',
        size,
        size,
        drawing,
    )


@register.inclusion_tag("partials/_tag.html")
def tag(value: Any, label: str = "", tone: str = "") -> dict[str, str]:
    """A status tag for an outcome, severity or state; `label` and `tone` overrule the table."""
    key = str(value or "unknown").lower()
    known = TAGS.get(key)
    return {
        "tone": tone or (known[0] if known else "note"),
        "label": label or (known[1] if known else key.replace("_", " ").capitalize()),
    }


# --- dates are days left -------------------------------------------------------------------------------------

SOON = 3  # days left from which a deadline is marked


@dataclass(frozen=True)
class Deadline:
    """A due date in words, and how it must look."""

    due_on: date
    words: str
    statutory: bool
    late: bool
    soon: bool


def day_words(day: date, today: date) -> str:
    """20 Dec, with the year where it is not this one."""
    words = f"{day.day} {day:%b}"
    return words if day.year == today.year else f"{words} {day.year}"


def days_words(days: int) -> str:
    """`18 days left`, `last day is today`, `3 days late`."""
    if days == 0:
        return "last day is today"
    unit = "day" if abs(days) == 1 else "days"
    return f"{days} {unit} left" if days > 0 else f"{-days} {unit} late"


def deadline_of(due_on: date, today: date, started_on: date | None = None, statutory: bool = False) -> Deadline:
    """Say a due date as days left, and where a period runs, which day of it today is."""
    left = (due_on - today).days
    words = days_words(left)
    if started_on and started_on <= today <= due_on and started_on < due_on:
        words = f"Day {(today - started_on).days} of {(due_on - started_on).days}: {words}"
    return Deadline(due_on, words[0].upper() + words[1:], statutory, left < 0, 0 <= left <= SOON)


@register.inclusion_tag("partials/_deadline.html", takes_context=True)
def deadline(
    context: RequestContext,
    due_on: date | None,
    started_on: date | None = None,
    statutory: bool = False,
    provision: str = "",
    label: str = "",
) -> dict[str, Any]:
    """A due date as the brief asks; `today` comes from the context, else from the clock."""
    today = context.get("today") or timezone.localdate()
    due = deadline_of(due_on, today, started_on, statutory) if due_on else None
    return {"deadline": due, "day": due_on and day_words(due_on, today), "provision": provision, "label": label}


@register.filter
def days_left(due_on: date | None, today: date | None = None) -> int | str:
    """How many days are left, for a column of figures; negative when late."""
    return (due_on - (today or timezone.localdate())).days if due_on else ""


@register.filter
def short_date(value: date | None, today: date | None = None) -> str:
    """20 Dec, or 20 Dec 2024 in another year."""
    return day_words(value, today or timezone.localdate()) if value else ""


# --- figures, numbers, names ---------------------------------------------------------------------------------


@register.filter
def money(amount: Decimal | float | None, currency: str = "USD") -> str:
    """$12,400.00; any other currency by its code, before the figure."""
    if amount is None or amount == "":
        return ""
    figure = f"{Decimal(str(amount)):,.2f}"
    return f"${figure}" if currency == "USD" else f"{currency} {figure}"


@register.filter
def hts(code: str | None) -> str:
    """A tariff number as the schedule prints it: 6109.10.00 and 6109.10.0012."""
    digits = re.sub(r"\D", "", str(code or ""))
    if len(digits) < 4:
        return str(code or "")
    return ".".join(part for part in (digits[:4], digits[4:6], digits[6:]) if part)


@register.filter
def script_lang(text: str | None) -> str:
    """The language to name for a script, so that fonts and screen readers choose rightly; empty for Latin."""
    if re.search(r"[\u4e00-\u9fff]", text or ""):
        return "zh"
    return "ug" if re.search(r"[\u0600-\u06ff]", text or "") else ""


# --- links that keep what was chosen -------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query_replace(context: RequestContext, **changes: Any) -> str:
    """The query with some values changed; None or "" takes one out. Any change but of the page goes to page one."""
    query = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def nav_entry(context: RequestContext, name: str, words: str) -> str:
    """An entry of the main navigation; current on its own pages and where a page names it as its `section`."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return ""
    path = context["request"].path
    current = context.get("section") == name or path == url or (url != "/" and path.startswith(url))
    mark = mark_safe(' aria-current="page"') if current else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', url, mark, words)


@register.inclusion_tag("partials/_sort_header.html", takes_context=True)
def sort_header(context: RequestContext, field: str, label: str, numeric: bool = False) -> dict[str, Any]:
    """A column head that sorts by `?sort=field`, and by `?sort=-field` when pressed again."""
    now = str(context["request"].GET.get("sort") or context.get("sort", ""))
    direction = {field: "ascending", f"-{field}": "descending"}.get(now, "")
    target = f"-{field}" if direction == "ascending" else field
    return {"url": query_replace(context, sort=target), "label": label, "direction": direction, "numeric": numeric}


@register.simple_tag
def widget_class(widget: dict[str, Any], base: str) -> str:
    """The classes of a form control: the design system's, the form's own, and the error mark."""
    attrs = widget["attrs"]
    error = f"{base}--error" if attrs.get("aria-invalid") == "true" else ""
    return " ".join(filter(None, [base, attrs.get("class", ""), error]))
