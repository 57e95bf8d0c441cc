"""Is it the same firm? The queue of likenesses to listed entities, judged one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from entities import office_names
from entities.domain import judging
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.names import has_han
from entities.domain.roles import Act
from entities.models import Judgement, Listing, ListVersion, User
from entities.services import judgements
from entities.views.request import SignedInRequest
from screening.forms.matches import AnswerForm, JudgementForm
from screening.models import Finding
from screening.services import pairs
from screening.views.access import office

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Side:
    """One of two names side by side: its pieces, those marked which the other name lacks."""

    pieces: list[judging.Piece]
    text: str


@dataclass(slots=True)
class Facing:
    """A declared name and the listed name it reads most like."""

    label: str
    declared: Side
    listed: Side | None


@office()
@require_safe
def match_list(request: SignedInRequest) -> HttpResponse:
    """The pairs that wait for a judgement, those that wait for a second person, and what was judged."""
    show = request.GET.get("show", "")
    user = request.user
    waiting = pairs.waiting_pairs(user)
    second = Judgement.objects.visible_to(user).awaiting_a_second_person()
    context: dict[str, Any] = {"section": "desk", "show": show}
    if show in {"second", "judged"}:
        rows = second if show == "second" else Judgement.objects.visible_to(user)
        rows = rows.select_related("author__person", "confirmation__confirmed_by__person")
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"page": page, "states": judgements.states_of(list(page))}
    else:
        queue = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"page": queue, "rows": _rows(list(queue))}
    tabs = [("", "To judge", len(waiting)), ("second", "Second person", second.count()), ("judged", "Judged", None)]
    context["tabs"] = [
        {"label": label, "url": f"?show={value}" if value else "?", "count": count, "current": show == value}
        for value, label, count in tabs
    ]
    context["breadcrumbs"] = [{"label": "Desk", "url": reverse("desk")}, {"label": "Is it the same firm?"}]
    return render(request, "screening/match_list.html", context)


@office(Act.JUDGE_MATCH)
@require_http_methods(["GET", "POST"])
def match_judge(request: SignedInRequest, pk: int) -> HttpResponse:
    """One declared party beside one listed entity; the next one follows."""
    rows = Finding.objects.visible_to(request.user).of_pairs().select_related("listing__entity", "screening__shipment")
    finding = get_object_or_404(rows, pk=pk)
    party = PartyFacts(**finding.declared)
    initial = {"scope": _scope_of(party)}
    form = JudgementForm(request.POST or None, initial=initial)
    queue = pairs.waiting_pairs(request.user)
    if request.method == "POST" and form.is_valid():
        try:
            judgement = pairs.judge(finding, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _say(request, judgement)
            rest = pairs.waiting_pairs(request.user)
            return redirect("match-judge", pk=rest[0].finding_id) if rest else redirect("match-list")
    return render(
        request,
        "screening/match_judge.html",
        {
            **_pair_context(finding, party, request.user),
            **_place_in(queue, finding),
            "form": form,
            "moved": pairs.moved_by(finding, Judgement.Scope.FIRM, request.user),
            "moved_site": pairs.moved_by(finding, Judgement.Scope.SITE, request.user),
            "earlier": judgements.earlier_on(party, finding.listing.entity),  # type: ignore[union-attr]
        },
        status=422 if form.is_bound else 200,
    )


@office(Act.CONFIRM_JUDGEMENT)
@require_http_methods(["GET", "POST"])
def match_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """A second person looks at a match that was judged a different firm."""
    rows = Judgement.objects.visible_to(request.user).filter(verdict=Judgement.Verdict.DIFFERENT)
    judgement = get_object_or_404(rows.select_related("author__person"), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_confirmed = form.cleaned_data["answer"] == "confirm"
        try:
            judgements.answer_judgement(
                judgement, actor=request.user, is_confirmed=is_confirmed, reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            done = "counts now; its shipments are screened again" if is_confirmed else "does not count"
            messages.success(request, f"The judgement on {judgement.party_name} {done}.")
            return redirect(reverse("match-list") + "?show=second")
    finding = _finding_of(judgement, request.user)
    version = ListVersion.objects.current(judgement.register)
    party = PartyFacts(**judgement.party)
    return render(
        request,
        "screening/match_confirm.html",
        {
            "section": "desk",
            "judgement": judgement,
            "form": form,
            "why_not": _why_not(judgement, request.user),
            "party": judgement.party,
            "facing": _facing(party, _names(version, judgement.entity_key)),
            "reasons": judging.sort_reasons(finding.reasons) if finding else None,
            "finding": finding,
            "listing": finding.listing if finding else None,
            "moved": pairs.moved_by(finding, judgement.scope, request.user) if finding else None,
            "breadcrumbs": _breadcrumbs("Second person"),
        },
        status=422 if form.is_bound else 200,
    )


# --- what the pages show ----------------------------------------------------------------------------------------


def _rows(found: list[pairs.Pair]) -> list[dict[str, Any]]:
    findings = Finding.objects.select_related("listing__entity").in_bulk([pair.finding_id for pair in found])
    return [{"pair": pair, "finding": findings[pair.finding_id]} for pair in found]


def _pair_context(finding: Finding, party: PartyFacts, user: User) -> dict[str, Any]:
    listing = finding.listing
    assert listing is not None  # of_pairs() holds no finding without its row
    version = ListVersion.objects.current(listing.entity.register)
    rows = Listing.objects.filter(version=version, entity=listing.entity, is_current=True)
    return {
        "section": "desk",
        "finding": finding,
        "party": finding.declared,
        "listing": listing,
        "sections": list(dict.fromkeys(rows.exclude(section="").values_list("section", flat=True))),
        "facing": _facing(party, _names(version, listing.entity.key)),
        "reasons": judging.sort_reasons(finding.reasons),
        "machine_says": f"{Judgement.Machine(finding.verdict).label}, proposed, {finding.score or 0:.2f}",
        "needs_two": finding.verdict == Judgement.Machine.MATCH,
        "breadcrumbs": _breadcrumbs("Judge"),
    }


def _breadcrumbs(last: str) -> list[dict[str, str]]:
    return [
        {"label": "Desk", "url": reverse("desk")},
        {"label": "Is it the same firm?", "url": reverse("match-list")},
        {"label": last},
    ]


def _place_in(queue: list[pairs.Pair], finding: Finding) -> dict[str, Any]:
    """Which of how many this pair is, and the ones before and after it."""
    entity = finding.listing.entity_id if finding.listing else None
    pair = (finding.firm_key, entity)
    place = next((number for number, one in enumerate(queue) if (one.firm_key, one.entity_id) == pair), None)
    if place is None:
        return {"title": "Is it the same firm?", "waits": False}
    return {
        "title": f"Is it the same firm? {place + 1} of {len(queue)}",
        "waits": True,
        "previous": queue[place - 1].finding_id if place else None,
        "following": queue[place + 1].finding_id if place + 1 < len(queue) else None,
    }


def _names(version: ListVersion, entity_key: str) -> dict[str, list[str]]:
    """The names of an entity by script, those the office knows among them."""
    rows = list(Listing.objects.filter(version=version, entity__key=entity_key).order_by("-is_current", "pk"))
    latin = [name for row in rows for name in (row.name, *row.aliases)]
    native = [native["text"] for row in rows for native in row.native_names]
    known = office_names.names_of(version.register, up_to=office_names.last_statement(), keys=[entity_key])
    for name in known.get(entity_key, ()):
        (native if has_han(name.text) else latin).append(name.text)
    return {"name": list(dict.fromkeys(latin)), "native_name": list(dict.fromkeys(native))}


def _facing(party: PartyFacts, names: dict[str, list[str]]) -> list[Facing]:
    """Each declared name beside the listed one it reads most like; a name in Chinese characters beside such a one."""
    found = []
    for field in ("native_name", "name"):
        text = getattr(party, field)
        if not text:
            continue
        is_han = any("\u3400" <= letter <= "\u9fff" for letter in text)
        others = (names["native_name"] if is_han else names["name"]) or names["name"]
        other = judging.closest(text, others)
        found.append(
            Facing(
                label="native name" if field == "native_name" else "name",
                declared=Side(judging.differing(text, other), text),
                listed=Side(judging.differing(other, text), other) if other else None,
            )
        )
    return found


def _scope_of(party: PartyFacts) -> str:
    """A name without a place or a number is too little to speak for every address it may be declared at."""
    says_little = not (party.city or party.uscc) and party.address
    return Judgement.Scope.SITE if says_little else Judgement.Scope.FIRM


def _finding_of(judgement: Judgement, user: User) -> Finding | None:
    """The newest finding a judgement speaks of."""
    key = "site_key" if judgement.scope == Judgement.Scope.SITE else "firm_key"
    rows = (
        Finding.objects.visible_to(user)
        .of_pairs()
        .filter(
            **{key: judgement.party_key},
            listing__entity__key=judgement.entity_key,
            listing__entity__register=judgement.register,
        )
    )
    return rows.select_related("listing__entity").order_by("-pk").first()


def _why_not(judgement: Judgement, user: User) -> str:
    """Why this person cannot answer, where they cannot."""
    if judgement.answer is not None:
        return f"{judgement.answer.confirmed_by.full_name} answered this judgement before."
    if judgement.author_person_id == user.person_id:
        return "You judged this yourself. A second person must confirm it."
    return ""


def _say(request: SignedInRequest, judgement: Judgement) -> None:
    done = f"{judgement.party_name} and {judgement.entity_name}: {judgement.get_verdict_display().lower()}."
    if judgement.awaits_a_second_person:
        done += " It sets a match aside, so it counts once a second person confirms it."
    elif judgement.verdict != Judgement.Verdict.UNSURE:
        done += " Its shipments are screened again."
    messages.success(request, done)
