"""Detentions of a case: the days their clocks start on, what happened to the goods, and corrections."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from screening.forms.detentions import CorrectionForm, DetentionForm, EventForm
from screening.models import Case, Detention, LegalEvent
from screening.services import detentions
from screening.views.access import look_first, office
from screening.views.case_acts import answer, case_of


@office(Act.RECORD_DETENTION)
@require_http_methods(["GET", "POST"])
def case_detention(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record the dates the statutory clocks start on, or correct them."""
    case = case_of(request, pk)
    if first := look_first(request, case):
        return first
    wanted = request.GET.get("shipment", "")
    on_record = {str(row.shipment_id): row for row in case.detentions.select_related("shipment")}
    known = on_record.get(wanted) if wanted else next(iter(on_record.values()), None)
    initial: dict[str, Any] = {"shipment": wanted}
    if known:
        names = ("shipment", "presented_on", "detained_on", "port", "number")
        initial = {name: getattr(known, name) for name in names} | {"lines": ", ".join(map(str, known.lines))}
    if case.regime == Case.Regime.WRO:
        shipment = known.shipment if known else case.shipments.first()
        initial["imported_on"] = shipment.imported_on if shipment else None
    form = DetentionForm(request.POST or None, case=case, initial=initial)

    def act() -> str:
        detentions.record_detention(case, actor=request.user, **form.cleaned_data)
        return "The dates are on record; the clocks run from them."

    text = "Correct what is wrong and name the source; the old dates stay in the history." if known else ""
    return answer(
        request,
        case,
        form,
        act,
        title="Correct the detention's dates" if known else "Record a detention",
        text=text,
        submit="Record",
    )


@office(Act.RECORD_DETENTION)
@require_http_methods(["GET", "POST"])
def detention_event_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record what happened to the goods: an act of CBP or of the importer."""
    detention = _detention(request, pk)
    case = detention.case
    possible = detentions.possible_events(detention)
    kinds = [kind for kind in possible if not detentions.needs_decision(kind, detention)]
    form = EventForm(request.POST or None, kinds=kinds)

    def act() -> str:
        data = form.cleaned_data
        details = {"number": data["number"]} if data["number"] else {}
        event = detentions.record_event(
            detention,
            data["kind"],
            data["on"],
            lines=data["lines"],
            source=data["source"],
            details=details,
            reason=data["reason"],
            actor=request.user,
        )
        return f"{event} is on record; states and clocks follow from it."

    return answer(
        request,
        case,
        form,
        act,
        title="Record what happened",
        text=f"To {detention.shipment.label}. What the law does when a day has passed is computed, not recorded.",
        submit="Record",
    )


@office(Act.RECORD_DETENTION)
@require_http_methods(["GET", "POST"])
def legal_event_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the day of an event, or take it back. The old record stays visible."""
    rows = LegalEvent.objects.visible_to(request.user).standing().select_related("detention__case__importer")
    event = get_object_or_404(rows, pk=pk)
    form = CorrectionForm(request.POST or None, initial={"on": event.on, "source": event.source})

    def act() -> str:
        data = form.cleaned_data
        if data["did_not_happen"]:
            detentions.withdraw_event(event, actor=request.user, reason=data["reason"])
            return f"{event} is taken back; states and clocks are computed anew."
        detentions.correct_event(
            event, actor=request.user, on=data["on"], source=data["source"], reason=data["reason"]
        )
        return "The day is corrected; states and clocks are computed anew. The old day stays on record."

    return answer(
        request,
        event.detention.case,
        form,
        act,
        title=f"Correct: {event.get_kind_display().lower()}",
        text=f"On record: {event}, by {event.source}.",
        submit="Correct",
    )


def _detention(request: SignedInRequest, pk: int) -> Detention:
    rows = Detention.objects.visible_to(request.user).select_related("case__importer", "shipment")
    return get_object_or_404(rows, pk=pk)
