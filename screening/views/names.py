"""Names of listed entities the office adds: proposed, confirmed, given up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Judgement, ListedEntity, NameStatement
from entities.services import judgements
from entities.services import names as service
from entities.views.request import SignedInRequest
from screening.forms.names import AnswerNameForm, ProposeNameForm, WithdrawNameForm
from screening.services.touched import what_a_name_touches
from screening.views.access import office

PAGE_SIZE = 50
PEOPLE = ("entity", "author__person", "proposal", "answered_by__author__person")


@office()
@require_safe
def listed_name_list(request: SignedInRequest) -> HttpResponse:
    """What was proposed of names: waiting for a second person, or all of it."""
    proposals = NameStatement.objects.visible_to(request.user).proposals()
    waiting = proposals.waiting()
    show = request.GET.get("show", "")
    rows = (proposals if show == "all" else waiting).select_related(*PEOPLE).order_by("-pk")
    tabs = [("", "Second person", waiting.count()), ("all", "All", None)]
    return render(
        request,
        "screening/listed_name_list.html",
        {
            "section": "listed-entity-list",
            "show": show,
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "tabs": [
                {"label": label, "url": f"?show={value}" if value else "?", "count": count, "current": show == value}
                for value, label, count in tabs
            ],
            "breadcrumbs": _breadcrumbs(None, "Names by the office"),
        },
    )


@office(Act.PROPOSE_NAME)
@require_http_methods(["GET", "POST"])
def listed_name_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose a name of an entity, or a Chinese name of it that came without a source, for confirmation."""
    entity = get_object_or_404(ListedEntity, pk=pk)
    form = ProposeNameForm(request.POST or None, initial={"text": request.GET.get("text", "")})
    if request.method == "POST" and form.is_valid():
        try:
            stated = service.propose_name(entity, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("text" if refused.code.startswith("name_") else None, refused.message)
        else:
            messages.success(
                request, f"“{stated.text}” is proposed. It raises questions now; a second person must confirm it."
            )
            return _to_names(entity)
    return _act(
        request,
        entity,
        form,
        "Propose a name",
        "From now on a party of this name is asked about; once a second person confirms it, it counts like an alias.",
        lapsing=_lapsing(entity),
    )


@office(Act.PROPOSE_NAME)
@require_http_methods(["GET", "POST"])
def listed_name_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose that a confirmed name counts no more."""
    rows = NameStatement.objects.visible_to(request.user).filter(act=NameStatement.Act.ADD)
    stated = get_object_or_404(rows.select_related("entity"), pk=pk)
    form = WithdrawNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service.propose_withdrawal(stated.entity, text=stated.text, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"“{stated.text}” counts on until a second person confirms that it goes.")
            return _to_names(stated.entity)
    return _act(
        request,
        stated.entity,
        form,
        "Withdraw a name",
        f"“{stated.text}” counts on until a second person agrees. What was screened and decided with it stays.",
        submit="Propose the withdrawal",
    )


@office()
@require_http_methods(["GET", "POST"])
def listed_name_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """A second person sees what it would touch, and confirms or declines; whoever proposed may take it back."""
    rows = NameStatement.objects.visible_to(request.user).proposals().select_related(*PEOPLE)
    proposal = get_object_or_404(rows, pk=pk)
    may_answer = service.may_answer(proposal, request.user)
    if request.method == "POST" and not may_answer:
        raise PermissionDenied
    is_own = service.is_own(proposal, request.user)
    form = AnswerNameForm(request.POST or None, proposal=proposal, is_own=is_own)
    if request.method == "POST" and form.is_valid():
        try:
            service.answer_proposal(
                proposal, actor=request.user, is_confirmed=form.is_confirmed, reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _done(proposal, is_confirmed=form.is_confirmed))
            return _to_names(proposal.entity)
    waits = proposal.answer is None
    is_withdrawal = proposal.act == NameStatement.Act.WITHDRAW
    return render(
        request,
        "screening/listed_name_answer.html",
        {
            "section": "listed-entity-list",
            "proposal": proposal,
            "is_withdrawal": is_withdrawal,
            "question": "Is the name to be withdrawn?" if is_withdrawal else "Does the entity bear this name?",
            "is_own": is_own,
            "form": form if waits and may_answer else None,
            "touches": what_a_name_touches(proposal) if waits else None,
            "lapsing": _lapsing(proposal.entity) if waits else "",
            "breadcrumbs": _breadcrumbs(proposal.entity, "Second person"),
        },
        status=422 if form.is_bound else 200,
    )


def _act(
    request: SignedInRequest,
    entity: ListedEntity,
    form: Any,
    title: str,
    words: str,
    *,
    submit: str = "",
    lapsing: str = "",
) -> HttpResponse:
    context = {
        "section": "listed-entity-list",
        "entity": entity,
        "form": form,
        "title": title,
        "words": words,
        "submit": submit or title,
        "lapsing": lapsing,
        "breadcrumbs": _breadcrumbs(entity, title),
    }
    return render(request, "screening/listed_name_act.html", context, status=422 if form.is_bound else 200)


def _breadcrumbs(entity: ListedEntity | None, last: str) -> list[dict[str, str]]:
    crumbs = [{"label": "Entity List", "url": reverse("listed-entity-list")}]
    if entity is not None:
        crumbs.append({"label": entity.name, "url": reverse("listed-entity-detail", args=[entity.pk])})
    return [*crumbs, {"label": last}]


def _to_names(entity: ListedEntity) -> HttpResponse:
    return redirect(reverse("listed-entity-detail", args=[entity.pk]) + "#names")


def _lapsing(entity: ListedEntity) -> str:
    """How many judgements on this entity lapse when what is known of its names changes; empty where none do."""
    rows = Judgement.objects.filter(register=entity.register, entity_key=entity.key)
    count = sum(one.state in {"stands", "awaits"} for one in judgements.states_of(list(rows)))
    if count == 1:
        return "One judgement on this entity lapses with it: the pair waits to be judged again."
    return f"{count} judgements on this entity lapse with it: the pairs wait to be judged again." if count else ""


def _done(proposal: NameStatement, *, is_confirmed: bool) -> str:
    if proposal.act == NameStatement.Act.WITHDRAW:
        after = "counts no more; what it touches is screened again" if is_confirmed else "stays"
    else:
        after = "counts like an alias now; what it touches is screened again" if is_confirmed else "counts no more"
    return f"“{proposal.text}” {after}."
