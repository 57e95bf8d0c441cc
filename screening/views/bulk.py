"""Several cases or shipments at once: one reason, recorded with each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from screening.forms.bulk import BulkAssignForm, BulkReasonForm
from screening.models import Case, Shipment
from screening.services import cases
from screening.views.access import office
from screening.views.cases import officers

MOST = 200


@office(Act.ASSIGN_CASE)
@require_POST
def bulk_assign(request: SignedInRequest) -> HttpResponse:
    """Put the ticked cases into somebody's hands."""
    form = BulkAssignForm(request.POST, prefix="bulk", officers=officers())
    rows = Case.objects.visible_to(request.user).filter(pk__in=_ticked(request))
    return _each(
        request, rows, form, lambda row, said: cases.assign(row, actor=request.user, **said), "desk", "assigned"
    )


@office(Act.SET_ASIDE)
@require_POST
def bulk_set_aside(request: SignedInRequest) -> HttpResponse:
    """Hold that nothing follows from the findings of the ticked shipments."""
    form = BulkReasonForm(request.POST, prefix="bulk")
    rows = Shipment.objects.visible_to(request.user).filter(pk__in=_ticked(request))
    return _each(
        request,
        rows,
        form,
        lambda row, said: cases.set_aside(row, actor=request.user, **said),
        "look-list",
        "set aside",
    )


def _each(
    request: SignedInRequest,
    rows: Iterable[Any],
    form: Form,
    act: Callable[[Any, dict[str, Any]], Any],
    page: str,
    word: str,
) -> HttpResponse:
    """Do the act on each row by itself: one that is refused keeps none of the others back, and is named."""
    found = list(rows)
    if not found:
        messages.error(request, "Nothing was done: tick at least one row first.")
    elif not form.is_valid():
        faults = " ".join(str(text) for texts in form.errors.values() for text in texts)
        messages.error(request, f"Nothing was done: {faults}")
    else:
        done, refused = 0, []
        for row in found:
            try:
                act(row, form.cleaned_data)
            except Refused as why:
                refused.append(f"{row}: {why}")
            else:
                done += 1
        if done:
            messages.success(request, f"{done} {word}. The reason is recorded with each.")
        if refused:
            messages.error(request, f"{len(refused)} not {word}. {' '.join(refused[:5])}")
    back = QueryDict(request.POST.get("back", "")[:2000]).urlencode()
    return redirect(reverse(page) + (f"?{back}" if back else ""))


def _ticked(request: SignedInRequest) -> list[int]:
    return [int(text) for text in request.POST.getlist("item")[:MOST] if text.isdecimal() and len(text) < 18]
