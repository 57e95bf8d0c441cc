"""The desk's pages of whose move it is: what waits for me, and who has how much."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from screening.models import Case
from screening.views.access import office
from screening.views.cases import officers
from screening.views.desk import tabs
from screening.waiting import loads, waiting_for

PAGE_SIZE = 50


@office()
@require_safe
def waiting_list(request: SignedInRequest) -> HttpResponse:
    """What waits for this person, the nearest day first."""
    page = Paginator(waiting_for(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "screening/waiting_list.html",
        {
            "section": "desk",
            "page": page,
            "tabs": tabs(request.user, "waiting-list"),
            "today": timezone.localdate(),
            "may_spread": request.user.has_perm(Act.ASSIGN_CASE),
        },
    )


@office(Act.ASSIGN_CASE)
@require_safe
def workload(request: SignedInRequest) -> HttpResponse:
    """Open work by person."""
    stages = [(stage.value, stage.label) for stage in Case.Stage if stage != Case.Stage.CLOSED]
    rows = [
        {"load": load, "stages": [(label, load.stages[value]) for value, label in stages]}
        for load in loads(officers())
    ]
    return render(
        request,
        "screening/workload.html",
        {
            "section": "desk",
            "rows": rows,
            "stages": [label for _, label in stages],
            "tabs": tabs(request.user, "workload"),
            "today": timezone.localdate(),
        },
    )
