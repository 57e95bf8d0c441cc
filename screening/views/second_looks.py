"""The blind second look: the queue, the record without its conclusion, and how often two reviewers agree."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence.models import Exhibit
from screening.domain.pathways import TABLE
from screening.forms.decisions import DeclineForm, SecondLookForm
from screening.models import Draw, SecondLook
from screening.services import second_looks
from screening.views.access import office

SHOWN = 100


@office()
@require_safe
def second_look_list(request: SignedInRequest) -> HttpResponse:
    """What waits for a second look by this reader, and what those given say."""
    may_look = request.user.has_perm(Act.RECOMMEND)
    given = SecondLook.objects.select_related("draw__decision__case", "author__person")
    return render(
        request,
        "screening/second_look_list.html",
        {
            "section": "desk",
            "agreement": second_looks.agreement(request.user),
            "waiting": second_looks.waiting_for(request.user),
            "may_look": may_look,
            "given": given[:SHOWN],
            "breadcrumbs": [{"label": "Desk", "url": reverse("desk")}, {"label": "Second looks"}],
        },
    )


@office(Act.RECOMMEND)
@require_http_methods(["GET", "POST"])
def second_look(request: SignedInRequest, pk: int) -> HttpResponse:
    """Findings, questions and papers of a decided case; not what was held of them, and not what was decided."""
    drawn = _drawn(request, pk)
    decision = drawn.decision
    procedure = TABLE[decision.pathway]
    form = SecondLookForm(request.POST or None, outcomes=procedure.outcomes)
    if request.method == "POST" and form.is_valid():
        try:
            second_looks.give(drawn, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Recorded. The decision stands; agreement is counted.")
            return redirect("second-look-list")
    record = decision.recommendation.record
    return render(
        request,
        "screening/second_look.html",
        {
            "section": "desk",
            "case": decision.case,
            "procedure": procedure,
            "drawn": drawn,
            "form": form,
            "findings": record["findings"],
            "chain": record["chain"],
            "exhibits": Exhibit.objects.visible_to(request.user)
            .filter(case=decision.case, number__in=[row["number"] for row in record["exhibits"]])
            .select_related("document"),
            "questions": record["questions"],
            "events": record["events"],
            "breadcrumbs": [
                {"label": "Desk", "url": reverse("desk")},
                {"label": "Second looks", "url": reverse("second-look-list")},
                {"label": decision.case.number},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


@office(Act.RECOMMEND)
@require_http_methods(["GET", "POST"])
def second_look_decline(request: SignedInRequest, pk: int) -> HttpResponse:
    """Not to look at this case, with the reason; another reviewer does."""
    drawn = _drawn(request, pk)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_looks.decline(drawn, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Declined: another reviewer looks at it.")
            return redirect("second-look-list")
    return render(
        request,
        "screening/case_act.html",
        {
            "section": "desk",
            "case": drawn.decision.case,
            "form": form,
            "title": "Decline the second look",
            "text": "You then see the case as it stands, and can no longer give the look.",
            "submit": "Decline",
            "cancel_url": reverse("second-look", args=[drawn.pk]),
            "breadcrumbs": [
                {"label": "Desk", "url": reverse("desk")},
                {"label": "Second looks", "url": reverse("second-look-list")},
                {"label": drawn.decision.case.number, "url": reverse("second-look", args=[drawn.pk])},
                {"label": "Decline"},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


def _drawn(request: SignedInRequest, pk: int) -> Draw:
    """A draw that waits for this reader; 404 where it is their own, declined, or given."""
    rows = Draw.objects.waiting_for(request.user)
    return get_object_or_404(rows.select_related("decision__recommendation", "decision__case__importer"), pk=pk)
