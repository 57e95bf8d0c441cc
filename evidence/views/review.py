"""The review: one question at a time, for one step of the chain or as a whole; the paper that answers it beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence.domain.rubric import MARKS
from evidence.forms.review import VerdictForm, cited_pages, said_marks
from evidence.grid_page import beside
from evidence.models import Assessment, Exhibit
from evidence.newly_named import newly_named
from evidence.seen_against import seen_against
from evidence.services import access, assessments, proof_grids
from evidence.services.assessments import CitedPage
from evidence.views import paper as papers
from evidence.views.review_order import Order
from screening.domain.pathways import ASKS_FOR_LISTED_NAMES, Question
from screening.models import Case, Finding, Override
from screening.views.access import look_first, office


@office()
@require_http_methods(["GET", "POST"])
def case_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Judge one question, or read how it was judged."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer", "lead_finding"), pk=pk)
    if request.method == "POST" and not request.user.has_perm(Act.ASSESS):
        raise PermissionDenied
    if first := look_first(request, case):
        return first
    data = request.POST if request.method == "POST" else request.GET
    code, step = (request.GET.get(name) or data.get(name, "") for name in ("requirement", "step"))
    order = Order.of(case, request.user, code, step)
    asked = order.asked
    exhibits = list(
        Exhibit.objects.openable_by(request.user).filter(case=case).select_related("document__scanned_with")
    )
    latest = order.latest
    earlier = list(latest.citations.select_related("exhibit__document")) if latest else []
    place = papers.place_of(data, earlier, exhibits)

    draft = f"review-{case.pk}-{asked.code}" + (f"-{order.step.key}" if order.step else "")
    kept, form, cited = _restored(request, draft)
    if request.method == "POST":
        kept, form, cited = request.POST, VerdictForm(initial=request.POST.dict()), cited_pages(request.POST)
        if request.POST.get("do") == "judge":
            form = VerdictForm(request.POST)
            if form.is_valid():
                try:
                    done = assessments.assess(
                        case,
                        actor=request.user,
                        pathway=order.pathway,
                        code=asked.code,
                        step=order.step.key if order.step else "",
                        also=request.POST.getlist("also") if order.step else (),
                        marks=said_marks(request.POST) if asked.has_rubric else (),
                        citations=cited,
                        **form.cleaned_data,
                    )
                except Refused as refused:
                    form.add_error(None, str(refused))
                else:
                    request.session.pop(draft, None)
                    said = done.get_verdict_display().lower()
                    messages.success(request, f"{_what(asked, done)} is recorded: {said}.")
                    return redirect(_after(case, request, order, place))
        elif request.POST.get("do") == "cite" and place:
            quote = " ".join(request.POST.get("passage", "").split())[:400]
            cited = (*(one for one in cited if _key(one) != place), CitedPage(*place, quote=quote))
        _keep(request, draft, cited)

    quotes = [*cited, *(CitedPage(one.exhibit.number, one.page_number, quote=one.quote) for one in earlier)]
    paper = papers.paper_at(exhibits, place, data.get("find", ""), quotes)
    if paper is not None:
        access.record_view(paper.exhibit.document, actor=request.user, page=paper.number)
    may_judge = request.user.has_perm(Act.ASSESS) and case.stage == Case.Stage.UNDER_REVIEW
    return render(
        request,
        "evidence/review.html",
        {
            "section": "desk",
            "case": case,
            "asked": asked,
            "order": order,
            "post_url": order.url(),
            "may_judge": may_judge,
            "why_not": _why_not(case, request),
            "form": form,
            "also": _list_of(kept, "also"),
            "rubric": _rubric(case, asked, kept, latest),
            "cited": [{"place": one.place, "page": one} for one in cited],
            "is_cited": bool(paper and place in [_key(one) for one in cited]),
            "latest": latest,
            "earlier": earlier,
            "tabs": order.tabs(),
            "paper": paper,
            "paper_form": papers.form_of(exhibits, paper, data.get("find", "")),
            "hits": papers.hits_of(case, request.user, data.get("find", "")),
            "findings": _findings(case, may_judge),
            "newly_named": newly_named(case, request.user) if asked.code in ASKS_FOR_LISTED_NAMES else [],
            "requests": case.tasks.prefetch_related("items") if asked.asks_for_answers else [],
            "draft": f"{draft}-user-{request.user.pk}",
            "beside": _beside(case, request, order),
            "breadcrumbs": [
                {"label": "Desk", "url": reverse("desk")},
                {"label": case.number, "url": reverse("case-detail", args=[case.pk])},
                {"label": "Review"},
            ],
        },
        status=422 if form.is_bound else 200,
    )


def _what(asked: Question, done: Assessment) -> str:
    return f"{asked.code} for {done.step_label}" if done.step else asked.code


def _after(case: Case, request: SignedInRequest, order: Order, place: tuple[int, int] | None) -> str:
    """On to the next without a verdict, the paper still open; when all are judged, to the conclusion."""
    now = Order.of(case, request.user, order.asked.code, order.step.key if order.step else "")
    following = now.unjudged_after()
    if following is None:
        return reverse("case-recommend", args=[case.pk], query={"pathway": order.pathway})
    return following.url(case, show=f"{place[0]}-{place[1]}" if place else "")


def _why_not(case: Case, request: SignedInRequest) -> str:
    """Why this reader cannot judge now."""
    if not request.user.has_perm(Act.ASSESS):
        return "You can read the review; reviewers judge."
    if case.stage == Case.Stage.UNDER_REVIEW:
        return ""
    if case.stage in {Case.Stage.OPEN, Case.Stage.AWAITING_EVIDENCE}:
        return "Take the case into review before you judge its evidence."
    return f"The case is {case.get_stage_display().lower()}; its verdicts stand as they are."


# --- what is typed is kept --------------------------------------------------------------------------------------


def _keep(request: SignedInRequest, draft: str, cited: Sequence[CitedPage]) -> None:
    """Keep an unfinished verdict until it is recorded or the reviewer signs out."""
    marks = {key: value[:2000] for key, value in request.POST.items() if key.startswith("mark-")}
    request.session[draft] = {
        **marks,
        "verdict": request.POST.get("verdict", ""),
        "reason": request.POST.get("reason", "")[:20_000],
        "also": request.POST.getlist("also")[:500],
        "cited": [[one.exhibit_number, one.page_number, one.quote] for one in cited],
    }


def _restored(request: SignedInRequest, draft: str) -> tuple[Any, VerdictForm, tuple[CitedPage, ...]]:
    kept = request.session.get(draft) or {"cited": []}
    return kept, VerdictForm(initial=kept), tuple(CitedPage(*one) for one in kept["cited"])


def _list_of(kept: Any, name: str) -> list[str]:
    return kept.getlist(name) if hasattr(kept, "getlist") else kept.get(name, [])


def _beside(case: Case, request: SignedInRequest, order: Order) -> dict[str, Any] | None:
    """What the proof grid holds of the step that is judged."""
    if order.step is None:
        return None
    return beside(case, proof_grids.current(case, request.user)[0], order.asked.code, order.step.key)


# --- beside the question ----------------------------------------------------------------------------------------


def _rubric(case: Case, asked: Question, kept: Any, latest: Assessment | None) -> list[dict[str, Any]]:
    """The points of the rubric with what the record shows of each, what stands, and what is typed. Nothing is chosen
    beforehand."""
    if not asked.has_rubric:
        return []
    seen = seen_against(case)
    stands = {one["code"]: one for one in latest.marks} if latest else {}
    return [
        {
            **asdict(one),
            "seen": seen.get(one.code, ""),
            "stands": stands.get(one.code),
            "said": kept.get(f"mark-{one.code}", ""),
            "place": kept.get(f"mark-{one.code}-place", ""),
            "reason": kept.get(f"mark-{one.code}-reason", ""),
        }
        for one in MARKS
    ]


def _findings(case: Case, may_judge: bool) -> list[dict[str, Any]]:
    """What the case is about, beside the question; a reviewer may set one aside with a reason."""
    set_aside = Override.objects.standing(case)
    rows = Finding.objects.of_case(case).exclude(severity=Finding.Severity.INFO).order_by("pk")[:20]
    return [
        {
            "row": row,
            "override": set_aside.get(row.pk),
            "url": reverse("finding-override", args=[case.pk, row.pk]) if may_judge else "",
        }
        for row in rows
    ]


def _key(page: CitedPage) -> tuple[int, int]:
    return page.exhibit_number, page.page_number
