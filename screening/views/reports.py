"""The reports of the office: what became of stopped goods, and how the office works, with drawings and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from entities.views.request import SignedInRequest
from screening.bar_drawing import PAINTS, draw_bars, swatch
from screening.domain.statistics import Counts
from screening.forms.reports import ReportFilter
from screening.models import hidden_from
from screening.report_tables import DIMENSIONS, TABLES, Table
from screening.services.statistics import shipments_by
from screening.spreadsheet import csv_lines
from screening.views.access import office

ROWS, BARS = 50, 15
SECTIONS = {
    "shipments": ("Shipments", tuple(DIMENSIONS)),
    "value": ("Value", ("value", *(f"{name}-value" for name in DIMENSIONS))),
    "ageing": ("Ageing", ("days-left", "days-since")),
    "decisions": ("Decisions", ("time-to-decision", "false-alarms", "agreement")),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as the page has it: its first rows, its drawing, and where the file is."""

    table: Table
    rows: list[list[tuple[Any, bool]]]
    drawing: str
    legend: list[tuple[str, str]]

    @property
    def more(self) -> int:
        return len(self.table.rows) - len(self.rows)


def _shown(table: Table) -> Shown:
    bars = table.bars[:BARS]
    has_bars = any(bar.whole for bar in bars)
    label = f"{table.title}, drawn; the table below says the same"
    parts = [(paint, part) for paint, part in zip(PAINTS, table.parts, strict=False) if part]
    return Shown(
        table,
        [[(value, table.is_numeric(place)) for place, value in enumerate(row)] for row in table.rows[:ROWS]],
        draw_bars(bars, table.parts, name=table.key, label=label) if has_bars else "",
        [(swatch(f"{table.key}-{paint}", paint), part) for paint, part in parts] if has_bars else [],
    )


def _counts(totals: Counts) -> list[dict[str, Any]]:
    return [
        {"label": "Shipments stopped", "count": intcomma(totals.stopped)},
        {"label": "Released", "count": intcomma(totals.released)},
        {"label": "Denied", "count": intcomma(totals.denied)},
        {"label": "Pending", "count": intcomma(totals.pending)},
        {"label": "Released in part", "count": intcomma(totals.divided)},
    ]


@office()
@require_safe
def reports(request: SignedInRequest) -> HttpResponse:
    """The tables of one section, narrowed by what the reader chose."""
    form = ReportFilter(request.GET or None, user=request.user)
    scope, today = form.scope(), timezone.localdate()
    show = request.GET.get("show")
    show = show if show in SECTIONS else next(iter(SECTIONS))
    query = request.GET.copy()
    query.pop("show", None)
    totals = shipments_by(scope).get("all")
    return render(
        request,
        "screening/reports.html",
        {
            "section": "reports",
            "form": form,
            "totals": totals,
            "counts": _counts(totals) if totals else [],
            "title": SECTIONS[show][0],
            "tables": [_shown(TABLES[name](scope, today)) for name in SECTIONS[show][1]],
            "tabs": [
                {"label": words, "url": f"?{urlencode({**query.dict(), 'show': name})}", "current": name == show}
                for name, (words, _) in SECTIONS.items()
            ],
            "show": show,
            "query": query.urlencode(),
            "left_out": len(hidden_from(request.user)),
            "bars": BARS,
        },
    )


@office()
@require_safe
def report_file(request: SignedInRequest, table: str) -> HttpResponse:
    """One table, whole, as a CSV file; narrowed like the page."""
    if table not in TABLES:
        raise Http404
    scope = ReportFilter(request.GET or None, user=request.user).scope()
    found = TABLES[table](scope, timezone.localdate())
    response = HttpResponse(csv_lines([found.columns, *found.rows]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table}.csv"'
    return response
