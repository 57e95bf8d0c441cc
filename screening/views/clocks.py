"""The statutory clocks for anybody: which days the law sets for goods presented on a day."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from screening.forms.clocks import ClockForm


@login_not_required
@require_safe
def clocks(request: HttpRequest) -> HttpResponse:
    """What must happen by when. Nothing asked here is stored."""
    form = ClockForm(request.GET or None)
    clock = form.clock if form.is_bound and form.is_valid() else None
    today = timezone.localdate()
    deadlines = [
        {"row": row, "left": (row.on - today).days, "is_past": row.on < today}
        for row in (clock.deadlines() if clock else ())
    ]
    return render(
        request, "screening/clocks.html", {"form": form, "deadlines": deadlines, "today": today, "section": "clocks"}
    )
