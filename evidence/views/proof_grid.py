"""The proof grid of a case for the office: what papers show at each step, judged cell by cell; where they belong."""

from __future__ import annotations

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
from evidence import grid_page
from evidence.forms.grid import CellForm, GoodsForm, PlaceForm, SearchForm
from evidence.forms.review import cited_pages, parse_place
from evidence.goods_words import line_words, position_words
from evidence.models import KeptSearch, Paper
from evidence.services import cells, goods, placements, proof_grids, reuse, searches
from evidence.services.assessments import CitedPage
from screening.domain.letters.catalogue import KINDS
from screening.models import Case
from screening.services import letters
from screening.views.access import look_first, office

SEARCHES = 20
CONFIRMED = "Confirmed as proposed."


@office()
@require_http_methods(["GET", "POST"])
def case_proof_grid(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole grid, and one cell of it opened to be confirmed or judged otherwise."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    if request.method == "POST" and not request.user.has_perm(Act.ASSESS):
        raise PermissionDenied
    if first := look_first(request, case):
        return first
    content, is_current = proof_grids.current(case, request.user)
    data = request.POST if request.method == "POST" else request.GET
    grid = grid_page.grid_of(case, content, data.get("step", ""), data.get("family", ""))
    form, search = CellForm(initial=_proposed(grid)), SearchForm()
    if request.method == "POST" and data.get("do") == "search":
        search = SearchForm(request.POST)
        if search.is_valid() and _search(request, case, search):
            return redirect(f"{request.path}#searches")
    elif request.method == "POST":
        form = CellForm(_with_confirmed(request, grid))
        if form.is_valid() and _judge(request, case, grid, form):
            return redirect(grid.after.url if grid.after else f"{request.path}#grid")
    return render(
        request,
        "evidence/proof_grid.html",
        {
            "section": "desk",
            "case": case,
            "grid": grid,
            "opened": grid_page.opened(grid),
            "is_current": is_current,
            "form": form,
            "may_judge": request.user.has_perm(Act.ASSESS) and case.stage == Case.Stage.UNDER_REVIEW,
            "why_not": _why_not(case, request),
            "lines": [_line(one) for one in goods.goods_of(case)],
            "search": search,
            "decided_before": reuse.decided_before(case, request.user),
            "may_report": letters.may_draft(request.user, KINDS[reuse.REPORT]),
            "searches": [_receipt(one) for one in _kept(request, case)],
            "breadcrumbs": _breadcrumbs(case, "Proof grid"),
        },
        status=422 if form.is_bound or search.is_bound else 200,
    )


@office(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def paper_place(request: SignedInRequest, pk: int, paper: int) -> HttpResponse:
    """Say to which steps of the chain a paper belongs."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    row = get_object_or_404(Paper.objects.standing().filter(document__exhibits__case=case), pk=paper)
    content, _ = proof_grids.current(case, request.user)
    known = content["papers"].get(str(paper), {"title": str(row), "steps": [], "why": [], "by": ""})
    steps = [(one["key"], one["label"]) for one in content["steps"]]
    form = PlaceForm(request.POST or None, steps=steps, initial={"steps": known["steps"]})
    if request.method == "POST" and form.is_valid():
        labels = dict(steps)
        chosen = [(key, labels[key]) for key in form.cleaned_data["steps"]]
        try:
            placements.place_paper(case, row, steps=chosen, reason=form.cleaned_data["reason"], actor=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{known['title']} is placed. The grid is worked out anew.")
            return redirect("case-proof-grid", pk=pk)
    return render(
        request,
        "evidence/paper_place.html",
        {
            "section": "desk",
            "case": case,
            "paper": known,
            "form": form,
            "back": reverse("case-proof-grid", args=[pk]),
            "breadcrumbs": _breadcrumbs(case, f"Place {known['title']}"),
        },
        status=422 if form.is_bound else 200,
    )


@office(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def case_goods(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say of which commodity chain the goods of a line are, where their HTS codes propose none or the wrong one."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    lines = goods.goods_of(case)
    asked = next((one for one in lines if str(one.line.pk) == request.GET.get("line")), lines[0] if lines else None)
    form = GoodsForm(request.POST or None, goods=lines, begin_with=asked)
    if request.method == "POST" and form.is_valid():
        line, position = form.chosen()
        try:
            goods.choose_commodity(
                case, line, position=position, reason=form.cleaned_data["reason"], actor=request.user
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "It is on record. The grid is worked out anew with what that chain asks for.")
            return redirect("case-proof-grid", pk=pk)
    return render(
        request,
        "evidence/case_goods.html",
        {
            "section": "desk",
            "case": case,
            "lines": [_line(one) for one in lines],
            "form": form,
            "back": reverse("case-proof-grid", args=[pk]),
            "breadcrumbs": _breadcrumbs(case, "Goods"),
        },
        status=422 if form.is_bound else 200,
    )


def _line(one: goods.Goods) -> dict[str, Any]:
    return {
        "line": one.line,
        "words": line_words(one.line),
        "stands": position_words(one.position),
        "is_known": one.position is not None,
        "proposed": position_words(one.proposed),
        "chosen": one.chosen,
    }


def _breadcrumbs(case: Case, last: str) -> list[dict[str, str]]:
    return [
        {"label": "Desk", "url": reverse("desk")},
        {"label": case.number, "url": reverse("case-detail", args=[case.pk])},
        {"label": last},
    ]


def _proposed(grid: grid_page.Grid) -> dict[str, str]:
    """What the form begins with: nothing is chosen beforehand but what stands already."""
    if grid.opened is None or grid.opened.assessment is None:
        return {}
    return {"verdict": grid.opened.assessment.verdict, "reason": grid.opened.assessment.reason}


def _with_confirmed(request: SignedInRequest, grid: grid_page.Grid) -> Any:
    """What is sent; where the proposal is confirmed, with its verdict."""
    data = request.POST.copy()
    if data.get("do") == "confirm" and grid.opened is not None:
        data["verdict"] = grid.opened.content["state"]
        data["reason"] = data.get("reason", "").strip() or CONFIRMED
    return data


def _judge(request: SignedInRequest, case: Case, grid: grid_page.Grid, form: CellForm) -> bool:
    further = (parse_place(part.strip()) for part in request.POST.get("further", "").split(","))
    cited = (*cited_pages(request.POST), *(CitedPage(*place) for place in further if place))
    try:
        done = cells.assess_cell(
            case,
            actor=request.user,
            step=request.POST.get("step", ""),
            family=request.POST.get("family", ""),
            citations=cited,
            **form.cleaned_data,
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, f"{done.step_label}, {done.family}: {done.get_verdict_display().lower()} is recorded.")
    return True


def _search(request: SignedInRequest, case: Case, form: SearchForm) -> bool:
    try:
        searches.keep_search(case, actor=request.user, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, "The search and its result are kept.")
    return True


def _kept(request: SignedInRequest, case: Case) -> list[KeptSearch]:
    rows = KeptSearch.objects.visible_to(request.user).filter(case=case)
    return list(rows.select_related("author__person")[:SEARCHES])


def _receipt(row: KeptSearch) -> dict[str, Any]:
    return {
        "row": row,
        "exhibits": len(row.searched),
        "pages": sum(one["pages"] for one in row.searched),
        "unread": sum(one["unread"] for one in row.searched),
        "found": [
            {**one, "url": grid_page.place_url(row.case_id, one["exhibit"], one["page"])} for one in row.found[:10]
        ],
        "more": max(0, len(row.found) - 10),
    }


def _why_not(case: Case, request: SignedInRequest) -> str:
    if not request.user.has_perm(Act.ASSESS):
        return "You can read the grid; reviewers judge it."
    if case.stage == Case.Stage.UNDER_REVIEW:
        return ""
    if case.stage in {Case.Stage.OPEN, Case.Stage.AWAITING_EVIDENCE}:
        return "Take the case into review before you judge what its papers show."
    return f"The case is {case.get_stage_display().lower()}; what was judged stands as it is."
