"""Re-screenings: the list of them for the office, and of each what changed and why."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from entities.domain.roles import Act
from entities.models import Change
from entities.views.request import SignedInRequest
from screening.foreseen import by_shipment, foreseen_of, nothing_foreseen
from screening.models import Rescreening, Shipment
from screening.rescreened import (
    because,
    causes_of,
    ended_in_words,
    is_being_made,
    progress_of,
    retold,
    tally,
    with_screenings,
)

PER_PAGE = 50


@permission_required(Act.VIEW_DESK, raise_exception=True)
@require_safe
def rescreening_list(request: SignedInRequest) -> HttpResponse:
    """Every pass over shipments screened before, the newest first."""
    rows = Rescreening.objects.visible_to(request.user).annotate(
        looked_at=Count("shipments", distinct=True),
        otherwise=Count("shipments", filter=Q(shipments__is_changed=True), distinct=True),
    )
    rows = rows.order_by("-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = [(row, *causes_of(row)) for row in page.object_list]
    is_at_work = Change.objects.filter(consumed_at=None).exists() or any(map(is_being_made, page.object_list))
    return render(
        request,
        "screening/rescreening_list.html",
        {
            "section": "shipment-list",
            "page": page,
            "rows": shown,
            "is_at_work": is_at_work,
            "breadcrumbs": [{"label": "Shipments", "url": reverse("shipment-list")}, {"label": "Screened again"}],
        },
    )


@require_safe
def rescreening_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What changed and why: for an owner its own shipments, in words it may read."""
    user = request.user
    rescreening = get_object_or_404(Rescreening.objects.visible_to(user), pk=pk)
    looked_at = with_screenings(rescreening.shipments.visible_to(user).order_by("pk"))
    context = _for_office(request, rescreening, looked_at) if user.is_officer else _for_owner(request, looked_at)
    ended, sentence = rescreening.finished_at is not None, context.pop("sentence", "")
    causes, more = causes_of(rescreening) if user.is_officer else ([], 0)
    crumbs = [{"label": "Shipments", "url": reverse("shipment-list")}]
    if user.is_officer:
        crumbs.append({"label": "Screened again", "url": reverse("rescreening-list")})
    return render(
        request,
        "screening/rescreening_detail.html",
        {
            "section": "shipment-list",
            "rescreening": rescreening,
            "causes": causes,
            "more_causes": more,
            "progress": None if ended else progress_of(rescreening, user),
            "came_of_it": " ".join(filter(None, [sentence, ended_in_words(rescreening)])) if ended else "",
            "breadcrumbs": [*crumbs, {"label": "What changed and why"}],
            **context,
        },
    )


@require_safe
def rescreening_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far a re-screening is: the part of its page that asks again by itself, until all was looked at."""
    rescreening = get_object_or_404(Rescreening.objects.visible_to(request.user), pk=pk)
    if request.headers.get("HX-Request") and rescreening.finished_at is not None:
        return HttpResponseClientRefresh()
    return render(request, "partials/_progress.html", progress_of(rescreening, request.user))


def _for_office(request: SignedInRequest, rescreening: Rescreening, looked_at: Any) -> dict[str, Any]:
    shown = request.GET.get("show") or "changed"
    large = ("facts", "coverage", "caveats")
    rows = looked_at.defer(*(f"{side}__{name}" for side in ("before", "after") for name in large))
    some = rows.changed() if shown == "changed" else rows.filter(was_decided=True) if shown == "decided" else rows
    if shown == "foreseen":
        shipments = Shipment.objects.visible_to(request.user).filter(pk__in=rescreening.foreseen.values("shipment"))
        some = shipments.select_related("owner").order_by("pk")
    page = Paginator(some, PER_PAGE).get_page(request.GET.get("page"))
    of_page = page.object_list
    counts = tally(rows)
    otherwise, looked = counts["total"].get("otherwise", 0), counts["total"].get("looked_at", 0)
    foreseen = foreseen_of(rescreening)
    return {
        "tally": counts,
        "sentence": f"{otherwise} of {looked} shipments came out otherwise." if looked else "",
        "decided_count": rows.filter(was_decided=True).count(),
        "foreseen": foreseen,
        "nothing_foreseen": nothing_foreseen(rescreening) if foreseen is None else "",
        "show": shown,
        "page": page,
        "rows": by_shipment(of_page, rescreening) if shown == "foreseen" else retold(of_page, request.user),
    }


def _for_owner(request: SignedInRequest, looked_at: Any) -> dict[str, Any]:
    """Only what came out otherwise to the eyes of its owner is listed."""
    told = [one for one in retold(looked_at.changed(), request.user) if one.is_changed]
    again = looked_at.exclude(after=None)
    causes = {kind for kinds in again.values_list("causes", flat=True) for kind in kinds}
    first = again.first()
    return {
        "because": because(causes, first.after if first else None),
        "again_count": again.count(),
        "page": (page := Paginator(told, PER_PAGE).get_page(request.GET.get("page"))),
        "rows": page.object_list,
    }
