"""The end of a case: the reviewer concludes, a second person decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from entities.views.request import SignedInRequest
from evidence.domain.requirements import requirement
from evidence.services import assessments
from screening.forms.decisions import DecideForm, RecommendForm
from screening.models import CONCLUSIONS, Case, Decision, Finding, Pathway, Recommendation
from screening.services import decisions
from screening.services.cases import under_uflpa
from screening.views.access import office
from screening.views.case_page import PathwayState, pathways_of


@office(Act.RECOMMEND)
@require_http_methods(["GET", "POST"])
def case_recommend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a conclusion on a pathway before an approver. Possible when every requirement is judged."""
    case = _case(request, pk)
    try:
        under_uflpa(case)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("case-detail", pk=case.pk)
    pathways = pathways_of(case)
    chosen = _chosen(pathways, request.GET.get("pathway", ""))
    conclusions = [
        one for one in CONCLUSIONS[Pathway(chosen.value)] if not (chosen.not_shown and decisions.is_favourable(one))
    ]
    form = RecommendForm(request.POST or None, conclusions=conclusions)
    is_open = case.stage == Case.Stage.UNDER_REVIEW and chosen.is_judged
    if request.method == "POST" and is_open and form.is_valid():
        try:
            assessments.conclude_review(case, actor=request.user, pathway=chosen.value, **form.cleaned_data)
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
            "withheld": [one for one in CONCLUSIONS[Pathway(chosen.value)] if one not in conclusions],
            "breadcrumbs": _breadcrumbs(case, "Recommend"),
        },
        status=422 if request.method == "POST" else 200,
    )


@office()
@require_http_methods(["GET", "POST"])
def case_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """The recommendation with the record it rests on; for an approver who is another person, the form to answer it."""
    case = _case(request, pk)
    recommendations = Recommendation.objects.filter(case=case)
    if (wanted := request.GET.get("recommendation", "")).isdecimal():  # an earlier one, to be read
        recommendations = recommendations.filter(pk=wanted)
    recommendation = recommendations.select_related("recommended_by__person", "decision__decided_by__person").first()
    if recommendation is None:
        return render(request, "screening/case_decide.html", _context(case, None))
    facts_changed = bool(case.facts_changed_at and case.facts_changed_at > recommendation.recommended_at)
    hindrance = _hindrance(recommendation, request.user)
    form = DecideForm(request.POST or None, may_approve=not facts_changed)
    refusal = ""
    if request.method == "POST":
        if not request.user.has_perm(Act.DECIDE):
            raise PermissionDenied
        if form.is_valid():
            try:
                decision = decisions.record_decision(recommendation, actor=request.user, **form.cleaned_data)
            except Refused as refused:
                refusal = str(refused)
                form.add_error(None, refusal)
            else:
                is_approved = decision.verdict == Decision.Verdict.APPROVED
                messages.success(request, "Decided." if is_approved else "Returned to the reviewer.")
                return redirect("case-detail", pk=case.pk)
    context = _context(case, recommendation) | {
        "form": form if request.user.has_perm(Act.DECIDE) and not hindrance else None,
        "hindrance": hindrance,
        "refusal": refusal,
        "facts_changed": facts_changed,
        "is_intact": decisions.is_sealed(recommendation),
    }
    return render(request, "screening/case_decide.html", context, status=422 if request.method == "POST" else 200)


def _hindrance(recommendation: Recommendation, user: User) -> str:
    """Why this recommendation cannot be answered by this person, or not any more; empty where it can."""
    if hasattr(recommendation, "decision"):
        return "This recommendation was answered."
    if recommendation.recommended_person_id == user.person_id:
        same = recommendation.recommended_by_id == user.pk
        how = "You recommended this" if same else f"You recommended this, as {recommendation.recommended_by.email}"
        return (
            f"{how}, on {timezone.localtime(recommendation.recommended_at):%-d %B %Y}. Four eyes are two persons: "
            "somebody else must decide. No change of role or account alters that."
        )
    return ""


def _context(case: Case, recommendation: Recommendation | None) -> dict[str, Any]:
    """The recommendation and its sealed record, ready to be read."""
    context: dict[str, Any] = {
        "section": "desk",
        "case": case,
        "recommendation": recommendation,
        "breadcrumbs": _breadcrumbs(case, "Decide"),
    }
    if recommendation is None:
        return context
    severities = dict(Finding.Severity.choices)
    grounds = dict(Finding.Ground.choices)
    record = recommendation.record
    context["findings"] = [
        {
            **row,
            "severity_label": severities.get(row["severity"], ""),
            "ground_label": grounds.get(row["ground"], ""),
        }
        for row in record["findings"]
    ]
    names = {row["number"]: row["file_name"] for row in record.get("exhibits", [])}
    review = reverse("case-review", args=[case.pk])
    context["judged"] = [
        {
            **row,
            "question": asked.question if (asked := requirement(recommendation.pathway, row["requirement"])) else "",
            "citations": [
                {
                    **cited,
                    "file_name": names.get(cited["exhibit"], ""),
                    "url": f"{review}?requirement={row['requirement']}&show={cited['exhibit']}-{cited['page']}",
                }
                for cited in row["citations"]
            ],
        }
        for row in record.get("assessments", [])
    ]
    context["exhibits"] = record.get("exhibits", [])
    return context


def _case(request: SignedInRequest, pk: int) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("importer", "lead_finding"), pk=pk)


def _chosen(pathways: list[PathwayState], wanted: str) -> PathwayState:
    """The pathway asked for, else the first that is judged, else applicability."""
    named = next((one for one in pathways if one.value == wanted), None)
    return named or next((one for one in pathways if one.is_judged), pathways[0])


def _breadcrumbs(case: Case, here: str) -> list[dict[str, str]]:
    return [
        {"label": "Desk", "url": reverse("desk")},
        {"label": case.number, "url": reverse("case-detail", args=[case.pk])},
        {"label": here},
    ]
