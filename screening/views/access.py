"""Who may open a page of the office: outsiders are not told that it exists, colleagues are told that they may not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from screening.models import LOOK_FIRST, Case
from screening.services import second_looks

View = Callable[..., HttpResponse]


def office(act: Act = Act.VIEW_DESK) -> Callable[[View], View]:
    """A page for members of the office who may perform the act; 404 for everybody outside, 403 for colleagues."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_officer:
                raise Http404
            if not request.user.has_perm(act):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


def look_first(request: SignedInRequest, case: Case) -> HttpResponse | None:
    """Instead of a page that tells what was held or decided: why a reader who is to look a second time waits."""
    drawn = second_looks.waiting_in(case, request.user)
    if drawn is None:
        return None
    context = {
        "section": "desk",
        "case": case,
        "drawn": drawn,
        "look_first": LOOK_FIRST,
        "breadcrumbs": [
            {"label": "Desk", "url": reverse("desk")},
            {"label": case.number, "url": reverse("case-detail", args=[case.pk])},
            {"label": "Second look"},
        ],
    }
    return render(request, "screening/second_look_first.html", context)
