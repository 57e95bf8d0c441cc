"""The review: one requirement at a time, the question left, the paper that answers it right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence.domain.requirements import ASKS_FOR_LISTED_NAMES, REQUIREMENTS, Requirement, not_assessed, requirement
from evidence.forms.review import PaperForm, VerdictForm, cited_pages, parse_place
from evidence.models import Assessment, Exhibit, Mention, Page
from evidence.newly_named import newly_named, outdated_among
from evidence.services import assessments
from evidence.services.assessments import CitedPage
from screening.models import Case, Finding, Pathway
from screening.views.access import office

HITS = 30
AROUND = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a page's text; marked where something was seen in it."""

    text: str
    kind: str = ""


@dataclass(slots=True)
class Paper:
    """The page that lies beside the question."""

    exhibit: Exhibit
    number: int
    page: Page | None
    pieces: list[Piece]
    mentions: list[Mention]
    is_outdated: bool = False

    @property
    def place(self) -> str:
        return f"{self.exhibit.number}-{self.number}"

    @property
    def previous(self) -> str:
        return f"{self.exhibit.number}-{self.number - 1}" if self.number > 1 else ""

    @property
    def following(self) -> str:
        return f"{self.exhibit.number}-{self.number + 1}" if self.number < self.exhibit.document.page_count else ""


@office()
@require_http_methods(["GET", "POST"])
def case_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Judge one requirement, or read how it was judged."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer", "lead_finding"), pk=pk)
    if request.method == "POST" and not request.user.has_perm(Act.ASSESS):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else request.GET
    pathway, asked = _asked(case, request.GET.get("requirement") or data.get("requirement", ""))
    exhibits = list(
        Exhibit.objects.visible_to(request.user).filter(case=case).select_related("document__scanned_with")
    )
    standing = Assessment.objects.visible_to(request.user).standing(case, pathway)
    latest = standing.get(asked.code)
    earlier = list(latest.citations.select_related("exhibit__document")) if latest else []
    place = _place(data, earlier, exhibits)

    draft = f"review-{case.pk}-{asked.code}"
    form, cited = _restored(request, draft)
    if request.method == "POST":
        form, cited = VerdictForm(initial=request.POST.dict()), cited_pages(request.POST)
        if request.POST.get("do") == "judge":
            form = VerdictForm(request.POST)
            if form.is_valid():
                try:
                    done = assessments.assess(
                        case,
                        actor=request.user,
                        pathway=pathway,
                        code=asked.code,
                        citations=cited,
                        **form.cleaned_data,
                    )
                except Refused as refused:
                    form.add_error(None, str(refused))
                else:
                    request.session.pop(draft, None)
                    messages.success(request, f"{asked.code} is recorded: {done.get_verdict_display().lower()}.")
                    verdicts = {**dict.fromkeys(standing, "judged"), asked.code: done.verdict}
                    return redirect(_after(case, pathway, asked, verdicts, place))
        elif request.POST.get("do") == "cite" and place:
            quote = " ".join(request.POST.get("passage", "").split())[:400]
            cited = (*(one for one in cited if _key(one) != place), CitedPage(*place, quote=quote))
        _keep(request, draft, cited)

    paper = _paper(exhibits, place, data.get("find", ""))
    may_judge = request.user.has_perm(Act.ASSESS) and case.stage == Case.Stage.UNDER_REVIEW
    return render(
        request,
        "evidence/review.html",
        {
            "section": "desk",
            "case": case,
            "asked": asked,
            "may_judge": may_judge,
            "why_not": _why_not(case, request),
            "form": form,
            "cited": [{"place": f"{one.exhibit_number}-{one.page_number}", "page": one} for one in cited],
            "is_cited": bool(paper and place in [_key(one) for one in cited]),
            "latest": latest,
            "earlier": earlier,
            "steps": _steps(case, pathway, asked, standing),
            "unjudged": not_assessed(pathway, {code: row.verdict for code, row in standing.items()}),
            "tabs": _tabs(case, pathway),
            "paper": paper,
            "paper_form": _paper_form(exhibits, paper, data.get("find", "")),
            "hits": _hits(exhibits, data.get("find", "")),
            "findings": _findings(case),
            "newly_named": newly_named(case, request.user) if asked.code in ASKS_FOR_LISTED_NAMES else [],
            "requests": case.tasks.prefetch_related("items") if asked.code in {"A6", "E2"} else [],
            "draft": f"{draft}-user-{request.user.pk}",
            "breadcrumbs": [
                {"label": "Desk", "url": reverse("desk")},
                {"label": case.number, "url": reverse("case-detail", args=[case.pk])},
                {"label": "Review"},
            ],
        },
        status=422 if form.is_bound else 200,
    )


# --- which requirement, and what comes next ---------------------------------------------------------------------


def _asked(case: Case, code: str) -> tuple[str, Requirement]:
    """The requirement named, with its pathway; else the first of applicability that nobody judged."""
    for pathway in Pathway.values:
        if found := requirement(pathway, code):
            return pathway, found
    pathway = Pathway.APPLICABILITY.value
    standing = Assessment.objects.standing(case, pathway)
    missing = not_assessed(pathway, {key: row.verdict for key, row in standing.items()})
    first = requirement(pathway, missing[0]) if missing else None
    return pathway, first or REQUIREMENTS[pathway][0]


def _after(
    case: Case, pathway: str, asked: Requirement, verdicts: dict[str, str], place: tuple[int, int] | None
) -> str:
    """On to the next requirement without a verdict, the paper still open; when all are judged, to the conclusion."""
    missing = not_assessed(pathway, verdicts)
    if not missing:
        return f"{reverse('case-recommend', args=[case.pk])}?{urlencode({'pathway': pathway})}"
    codes = [one.code for one in REQUIREMENTS[pathway]]
    later = [code for code in missing if codes.index(code) > codes.index(asked.code)]
    query = {"requirement": (later or missing)[0]}
    if place:
        query["show"] = f"{place[0]}-{place[1]}"
    return f"{reverse('case-review', args=[case.pk])}?{urlencode(query)}"


def _steps(case: Case, pathway: str, asked: Requirement, standing: dict[str, Assessment]) -> dict[str, Any]:
    """The requirements of the pathway in order, the one before and the one after."""
    base = reverse("case-review", args=[case.pk])
    rows = [
        {
            "code": one.code,
            "url": f"{base}?requirement={one.code}",
            "verdict": standing[one.code].verdict if one.code in standing else "",
            "current": one.code == asked.code,
        }
        for one in REQUIREMENTS[pathway]
    ]
    number = next(index for index, row in enumerate(rows) if row["current"])
    return {
        "rows": rows,
        "number": number + 1,
        "previous": rows[number - 1] if number else None,
        "following": rows[number + 1] if number + 1 < len(rows) else None,
    }


def _tabs(case: Case, pathway: str) -> list[dict[str, Any]]:
    base = reverse("case-review", args=[case.pk])
    return [
        {
            "label": one.label,
            "url": f"{base}?requirement={REQUIREMENTS[one][0].code}",
            "count": None,
            "current": one == pathway,
        }
        for one in Pathway
    ]


def _why_not(case: Case, request: SignedInRequest) -> str:
    """Why this reader cannot judge now."""
    if not request.user.has_perm(Act.ASSESS):
        return "You can read the review; reviewers judge."
    if case.stage == Case.Stage.UNDER_REVIEW:
        return ""
    stage = case.get_stage_display().lower()
    if case.stage in {Case.Stage.OPEN, Case.Stage.AWAITING_EVIDENCE}:
        return f"The case is {stage}. Take it into review to judge its evidence."
    return f"The case is {stage}; its verdicts cannot be changed now."


# --- what was typed and not yet recorded ------------------------------------------------------------------------


def _keep(request: SignedInRequest, draft: str, cited: Sequence[CitedPage]) -> None:
    """Keep an unfinished verdict until it is recorded or the reviewer signs out."""
    request.session[draft] = {
        "verdict": request.POST.get("verdict", ""),
        "reason": request.POST.get("reason", "")[:20_000],
        "cited": [[one.exhibit_number, one.page_number, one.quote] for one in cited],
    }


def _restored(request: SignedInRequest, draft: str) -> tuple[VerdictForm, tuple[CitedPage, ...]]:
    kept = request.session.get(draft) or {"cited": []}
    return VerdictForm(initial=kept), tuple(CitedPage(*one) for one in kept["cited"])


# --- the paper --------------------------------------------------------------------------------------------------


def _place(data: Any, earlier: Sequence[Any], exhibits: Sequence[Exhibit]) -> tuple[int, int] | None:
    """The page to show: the one asked for, the one shown before, the first one cited, else the first paper."""
    if data.get("show") and (place := parse_place(data["show"])):
        return place
    if data.get("do") in {"look", "find"} and (place := parse_place(f"{data.get('exhibit')}-{data.get('page') or 1}")):
        return place
    if data.get("shown") and (place := parse_place(data["shown"])):
        return place
    if earlier:
        return earlier[0].exhibit.number, earlier[0].page_number
    return (exhibits[0].number, 1) if exhibits else None


def _paper(exhibits: Sequence[Exhibit], place: tuple[int, int] | None, find: str) -> Paper | None:
    exhibit = next((one for one in exhibits if place and one.number == place[0]), None)
    if exhibit is None or place is None:
        return None
    number = max(1, min(place[1], exhibit.document.page_count or 1))
    page = (
        Page.objects.filter(document=exhibit.document, number=number)
        .prefetch_related("mentions__list_version")
        .first()
    )
    mentions = list(page.mentions.all()) if page else []
    is_outdated = bool(outdated_among([exhibit.document_id]))
    return Paper(exhibit, number, page, _pieces(page.text, mentions, find) if page else [], mentions, is_outdated)


def _pieces(text: str, mentions: Sequence[Mention], find: str) -> list[Piece]:
    """The text cut where something is to be marked; what overlaps is marked once."""
    spans = [(one.start, one.end, one.kind) for one in mentions]
    if find.strip():
        spans += [
            (hit.start(), hit.end(), "find") for hit in re.finditer(re.escape(find.strip()), text, re.IGNORECASE)
        ]
    pieces, at = [], 0
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):  # the longest of a place first
        if start < at or end > len(text) or end <= start:
            continue
        pieces += [Piece(text[at:start]), Piece(text[start:end], kind)]
        at = end
    return [*pieces, Piece(text[at:])]


def _paper_form(exhibits: Sequence[Exhibit], paper: Paper | None, find: str) -> PaperForm:
    initial: dict[str, Any] = {"find": find}
    if paper:
        initial |= {"exhibit": paper.exhibit.number, "page": paper.number}
    form = PaperForm(initial=initial)
    form.fields["exhibit"].choices = [  # type: ignore[attr-defined]
        (one.number, f"{one.number} · {one.document.file_name} ({one.document.page_count or 'no'} p.)")
        for one in exhibits
    ]
    for name in ("exhibit", "page", "find"):
        form.fields[name].widget.attrs["data-as-shown"] = str(form.initial.get(name) or "")
    form.fields["page"].widget.attrs["class"] = "co-short"
    if paper and paper.exhibit.document.page_count:
        form.fields["page"].widget.attrs["max"] = paper.exhibit.document.page_count
    return form


def _hits(exhibits: Sequence[Exhibit], find: str) -> dict[str, Any] | None:
    """Pages of the case that say something, with the words around it."""
    words = find.strip()
    if not words:
        return None
    numbers = {one.document_id: one for one in exhibits}
    pages = list(
        Page.objects.filter(document__in=numbers, text__icontains=words).order_by("document_id", "number")[: HITS + 1]
    )
    rows = []
    for page in pages[:HITS]:
        exhibit = numbers[page.document_id]
        at = page.text.lower().find(words.lower())
        around = " ".join(page.text[max(0, at - AROUND) : at + len(words) + AROUND].split())
        rows.append(
            {"place": f"{exhibit.number}-{page.number}", "page": page.number, "exhibit": exhibit, "text": around}
        )
    return {"words": words, "rows": rows, "is_cut": len(pages) > HITS}


def _findings(case: Case) -> list[Finding]:
    """What the case is about, beside the question."""
    return list(
        Finding.objects.filter(screening__in=case.shipments.values("latest_screening"))
        .exclude(severity=Finding.Severity.INFO)
        .order_by("pk")[:20]
    )


def _key(page: CitedPage) -> tuple[int, int]:
    return page.exhibit_number, page.page_number
