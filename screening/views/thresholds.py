"""The bench of matching: what each threshold would have done to the office's judgements; changed by two persons."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.matching import ENGINE_VERSION, SHIPPED, Thresholds
from entities.domain.matching.thresholds import LABELS, NAMES, around
from entities.domain.matching.trial import Tally
from entities.domain.roles import Act
from entities.models import ThresholdSet, User
from entities.services import thresholds as service
from entities.views.request import SignedInRequest
from screening.forms.thresholds import AdoptForm, ProposeForm, RefuseForm, ThresholdForm
from screening.services import pairs
from screening.views.access import office

SHOWN = 500  # pairs of a trial named on the page


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a threshold, and what it would have done."""

    value: float
    tally: Tally
    is_in_use: bool
    is_shipped: bool


@office()
@require_safe
def threshold_bench(request: SignedInRequest) -> HttpResponse:
    """What each threshold would have said of the pairs judged so far; any five values may be tried."""
    return _bench(request, request.GET)


@office(Act.PROPOSE_THRESHOLDS)
@require_POST
def threshold_propose(request: SignedInRequest) -> HttpResponse:
    """Propose the values that were tried."""
    tried, form = ThresholdForm(request.POST), ProposeForm(request.POST)
    if tried.is_valid() and form.is_valid():
        try:
            service.propose_thresholds(tried.values, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "The thresholds are proposed. A second person must put them in use.")
            return redirect("threshold-bench")
    return _bench(request, request.POST, propose=form)


@office(Act.ADOPT_THRESHOLDS)
@require_POST
def threshold_adopt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a proposal in use."""
    proposed = get_object_or_404(ThresholdSet, pk=pk)
    form = AdoptForm(request.POST, prefix="adopt", loses=bool(proposed.effect["lost"]))
    if form.is_valid():
        try:
            service.adopt_thresholds(proposed, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "The thresholds are in use. What they touch is being screened again.")
            return redirect("threshold-bench")
    return _bench(request, QueryDict(), adopt=form)


@office()
@require_POST
def threshold_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a proposal aside: whoever may put it in use, or proposed it."""
    proposed = get_object_or_404(ThresholdSet, pk=pk)
    if not (request.user.has_perm(Act.ADOPT_THRESHOLDS) or request.user.has_perm(Act.PROPOSE_THRESHOLDS)):
        raise PermissionDenied
    form = RefuseForm(request.POST, prefix="refuse")
    if form.is_valid():
        try:
            service.refuse_thresholds(proposed, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "The proposal is set aside. The thresholds in use stay.")
            return redirect("threshold-bench")
    return _bench(request, QueryDict(), refuse=form)


def _bench(
    request: SignedInRequest,
    data: QueryDict,
    *,
    propose: ProposeForm | None = None,
    adopt: AdoptForm | None = None,
    refuse: RefuseForm | None = None,
) -> HttpResponse:
    """The page. With values in ``data`` it shows what they would have done, pair by pair."""
    people = ("proposed_by__person", "settled_by__person")
    sets = ThresholdSet.objects.select_related(*people)
    in_use, proposed = sets.in_use(), sets.proposed()
    now = in_use.values if in_use else SHIPPED
    bench = service.bench()
    tried = ThresholdForm(data if any(name in data for name in NAMES) else None, initial=asdict(now))
    values = tried.values if tried.is_valid() else None
    moves = {name: around(now, name) for name in NAMES}
    lines = list(
        dict.fromkeys([now, *(one for move in moves.values() for one in move), *([values] if values else [])])
    )
    said = dict(zip(lines, bench.said(lines), strict=True))
    effect = service.effect_on(bench, said[now], said[values]) if values else None
    may_propose = effect is not None and proposed is None and request.user.has_perm(Act.PROPOSE_THRESHOLDS)
    context = {
        "section": "listed-entity-list",
        "breadcrumbs": [
            {"label": "Entity List", "url": reverse("listed-entity-list")},
            {"label": "How matching works", "url": reverse("how-matching-works")},
            {"label": "Thresholds"},
        ],
        "in_use": in_use,
        "reason": _reason(in_use),
        "proposed": proposed,
        "values": _values(now, proposed),
        "bench": bench,
        "engine": ENGINE_VERSION,
        "sweeps": _sweeps(moves, {one: bench.tally(answers) for one, answers in said.items()}, now),
        "tried": tried,
        "tried_values": asdict(values) if values else None,
        "is_in_use": values == now,
        "effect": effect,
        "effect_pairs": _named(effect),
        "propose": propose or (ProposeForm() if may_propose and values != now else None),
        "proposed_pairs": _named(proposed.effect) if proposed else [],
        "history": sets.exclude(state=ThresholdSet.State.PROPOSED)[:50],
        **_settling(request.user, proposed, adopt, refuse),
    }
    return render(request, "screening/threshold_bench.html", context, status=422 if request.method == "POST" else 200)


def _settling(
    user: User, proposed: ThresholdSet | None, adopt: AdoptForm | None, refuse: RefuseForm | None
) -> dict[str, Any]:
    """What this person may do with the proposal that waits."""
    if proposed is None:
        return {"adopt": adopt, "refuse": refuse}  # settled meanwhile: what was sent is shown with its refusal
    is_own = user.person_id in {proposed.proposed_person_id, proposed.proposed_by.person_id}
    may_settle = user.has_perm(Act.ADOPT_THRESHOLDS)
    if may_settle and not is_own:
        adopt = adopt or AdoptForm(prefix="adopt", loses=bool(proposed.effect["lost"]))
    if may_settle or proposed.proposed_by_id == user.pk:
        refuse = refuse or RefuseForm(prefix="refuse")
    return {"is_own": is_own, "adopt": adopt, "refuse": refuse}


def _reason(in_use: ThresholdSet | None) -> str:
    """Which thresholds screening uses, and by whom."""
    if in_use is None or in_use.settled_by is None or in_use.settled_at is None:
        return (
            "Those the product ships with are in use. Others are proposed by one person and put in use by another; "
            "every screening names the set it was made with."
        )
    return (
        f"Set {in_use.pk} is in use since {timezone.localdate(in_use.settled_at):%-d %B %Y}: proposed by "
        f"{in_use.proposed_by.full_name}, put in use by {in_use.settled_by.full_name}. Every screening names the set "
        "it was made with."
    )


def _values(now: Thresholds, proposed: ThresholdSet | None) -> list[dict[str, Any]]:
    """Each threshold as it is in use, as shipped, and as proposed."""
    return [
        {
            "label": LABELS[name],
            "in_use": getattr(now, name),
            "shipped": getattr(SHIPPED, name),
            "proposed": getattr(proposed, name) if proposed else None,
        }
        for name in NAMES
    ]


def _sweeps(
    moves: dict[str, list[Thresholds]], tallies: dict[Thresholds, Tally], now: Thresholds
) -> list[dict[str, Any]]:
    """Each threshold moved by steps, the others as they are in use, and what each value would have done."""
    return [
        {
            "label": LABELS[name],
            "rows": [
                Row(getattr(one, name), tallies[one], one == now, getattr(one, name) == getattr(SHIPPED, name))
                for one in move
            ],
        }
        for name, move in moves.items()
    ]


def _named(effect: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The pairs an effect names, those lost first, each with the newest finding that says so."""
    rows = [*effect["lost"], *effect["moved"]][:SHOWN] if effect else []
    findings = pairs.newest_findings(row["judgement"] for row in rows)
    return [{**row, "finding": findings.get(row["judgement"])} for row in rows]
