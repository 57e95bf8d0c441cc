"""The end of a case: the reviewer concludes, a second person decides."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence.services import concluding
from screening.decision_page import read_record
from screening.domain.pathways import TABLE
from screening.forms.decisions import DecideForm, OverrideForm, RecommendForm
from screening.models import Case, Decision, Finding, Override, Recommendation
from screening.services import carrying_out, decisions, overrides
from screening.views.access import look_first, office
from screening.views.case_acts import answer, case_of
from screening.views.case_file import PathwayState, pathways_of


@office(Act.RECOMMEND)
@require_http_methods(["GET", "POST"])
def case_recommend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a conclusion on a pathway before an approver. Possible when every question is judged."""
    case = _case(request, pk)
    if first := look_first(request, case):
        return first
    pathways = pathways_of(case)
    chosen = _chosen(pathways, request.GET.get("pathway", ""))
    every = TABLE[chosen.value].outcomes
    outcomes = [one for one in every if not (chosen.not_shown and one.is_favourable)]
    form = RecommendForm(request.POST or None, case=case, outcomes=outcomes, lines=carrying_out.open_lines(case))
    is_open = case.stage == Case.Stage.UNDER_REVIEW and chosen.is_judged
    if request.method == "POST" and is_open and form.is_valid():
        try:
            concluding.conclude_review(case, actor=request.user, pathway=chosen.value, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The recommendation is sealed and waits for an approver.")
            return redirect("case-detail", pk=case.pk)
    return render(
        request,
        "screening/case_recommend.html",
        {
            "section": "desk",
            "case": case,
            "form": form if is_open else None,
            "chosen": chosen,
            "tabs": [
                {"label": one.label, "url": one.url, "count": None, "current": one is chosen} for one in pathways
            ],
            "unjudged": [row for row in chosen.rows if row.assessment is None],
            "withheld": [one for one in every if one not in outcomes],
            "findings": _findings(case),
            "is_authority": settings.OFFICE_IS_AUTHORITY,
            "breadcrumbs": _breadcrumbs(case, "Recommend"),
        },
        status=422 if request.method == "POST" else 200,
    )


@office()
@require_http_methods(["GET", "POST"])
def case_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """The recommendation with the record it rests on; for an approver who is another person, the form to answer it."""
    case = _case(request, pk)
    if first := look_first(request, case):
        return first
    recommendations = Recommendation.objects.visible_to(request.user).filter(case=case)
    if (wanted := request.GET.get("recommendation", "")).isdecimal():  # an earlier one, to be read
        recommendations = recommendations.filter(pk=wanted)
    recommendation = recommendations.select_related(
        "case", "recommended_by__person", "decision__decided_by__person"
    ).first()
    context: dict[str, Any] = {
        "section": "desk",
        "case": case,
        "recommendation": recommendation,
        "breadcrumbs": _breadcrumbs(case, "Decide"),
    }
    if recommendation is None:
        return render(request, "screening/case_decide.html", context)
    is_open = not hasattr(recommendation, "decision")
    changed = concluding.changed_since(recommendation, request.user) if is_open else []
    form = DecideForm(request.POST or None, may_approve=not changed)
    refusal = ""
    if request.method == "POST":
        answered = _answer(request, recommendation, form)
        if isinstance(answered, HttpResponse):
            return answered
        refusal = answered
    hindrance = decisions.hindrance(recommendation, request.user)
    context |= read_record(recommendation) | {
        "form": form if request.user.has_perm(Act.DECIDE) and not hindrance else None,
        "hindrance": hindrance,
        "refusal": refusal,
        "changed": changed,
        "is_intact": decisions.is_sealed(recommendation),
        "is_authority": settings.OFFICE_IS_AUTHORITY,
    }
    return render(request, "screening/case_decide.html", context, status=422 if request.method == "POST" else 200)


@office(Act.RECOMMEND)
@require_http_methods(["GET", "POST"])
def finding_override(request: SignedInRequest, pk: int, finding: int) -> HttpResponse:
    """Hold that a finding of a case does not apply to its goods, or that it applies after all."""
    case = case_of(request, pk)
    if first := look_first(request, case):
        return first
    rows = Finding.objects.visible_to(request.user).of_case(case)
    row = get_object_or_404(rows, pk=finding)
    is_aside = row.pk in Override.objects.standing(case)
    form = OverrideForm(request.POST or None)

    def act() -> str:
        overrides.set_finding_aside(case, row, actor=request.user, applies=is_aside, **form.cleaned_data)
        return "The finding counts again." if is_aside else "Recorded: the finding does not apply to these goods."

    return answer(
        request,
        case,
        form,
        act,
        title="The finding applies after all" if is_aside else "The finding does not apply to these goods",
        text=row.headline,
        submit="Record",
    )


def _answer(request: SignedInRequest, recommendation: Recommendation, form: DecideForm) -> HttpResponse | str:
    """Record the answer and go back to the case; else why it is refused. An attempt without the right is recorded."""
    if not form.is_valid() and request.user.has_perm(Act.DECIDE):
        return ""
    values = {name: form.cleaned_data.get(name) or request.POST.get(name, "") for name in ("verdict", "reasons")}
    try:
        decision = concluding.decide(recommendation, actor=request.user, **values)
    except Refused as refused:
        if refused.code == "not_an_approver":
            raise PermissionDenied from refused
        form.add_error(None, str(refused))
        return str(refused)
    is_approved = decision.verdict == Decision.Verdict.APPROVED
    messages.success(request, "Decided." if is_approved else "Returned to the reviewer.")
    return redirect("case-detail", pk=recommendation.case_id)


def _findings(case: Case) -> list[dict[str, Any]]:
    """The findings that raise a ground, and which of them were set aside."""
    set_aside = Override.objects.standing(case)
    rows = Finding.objects.of_case(case)
    return [
        {
            "row": row,
            "override": set_aside.get(row.pk),
            "url": reverse("finding-override", args=[case.pk, row.pk]),
        }
        for row in rows.exclude(ground="").order_by("pk")
    ]


def _case(request: SignedInRequest, pk: int) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("importer", "lead_finding"), pk=pk)


def _chosen(pathways: list[PathwayState], wanted: str) -> PathwayState:
    """The pathway asked for, else the first that is judged, else the first."""
    named = next((one for one in pathways if one.value == wanted), None)
    return named or next((one for one in pathways if one.is_judged), pathways[0])


def _breadcrumbs(case: Case, here: str) -> list[dict[str, str]]:
    return [
        {"label": "Desk", "url": reverse("desk")},
        {"label": case.number, "url": reverse("case-detail", args=[case.pk])},
        {"label": here},
    ]
