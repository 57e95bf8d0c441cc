"""The importer's acts on what the office asks: answer in its own words, ask for more time, hand a round in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence.models import Exhibit
from screening.forms.requests import AnswerForm, ExtensionForm
from screening.models import Case, Task, TaskItem
from screening.services import extensions, requests
from screening.views.requests import last_day_of


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_POST
def request_answer(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """The importer has answered what it can."""
    case = _case(request, pk)
    asked = get_object_or_404(Task.objects.visible_to(request.user), pk=task, case=case)
    try:
        requests.answer_request(asked, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "Thank you. The office is told that you have sent what you can.")
    return redirect("importer-case", pk=pk)


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_http_methods(["GET", "POST"])
def item_answer(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Answer one question in words."""
    case = _case(request, pk)
    rows = TaskItem.objects.visible_to(request.user).select_related("task__case", "again_of")
    asked = get_object_or_404(rows.prefetch_related("answers__answered_by__person"), pk=item, task__case=case)
    form = AnswerForm(request.POST or None)

    def act() -> str:
        requests.answer_item(asked, actor=request.user, text=form.cleaned_data["text"])
        return "Your answer is with the office. You can add to it until you hand the round in."

    papers = list(Exhibit.objects.visible_to(request.user).filter(task_item=asked).select_related("document"))
    return _answer(
        request,
        case,
        form,
        act,
        title="Answer a question",
        submit="Send the answer",
        anchor=f"#item-{asked.pk}",
        question=asked,
        exhibits=papers,
    )


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_http_methods(["GET", "POST"])
def extension_ask(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Ask for more time for a round."""
    case = _case(request, pk)
    asked = get_object_or_404(Task.objects.visible_to(request.user), pk=task, case=case)
    form = ExtensionForm(request.POST or None)

    def act() -> str:
        extensions.ask_extension(asked, actor=request.user, **form.cleaned_data)
        return "The office is asked for more time. Until it answers, the day stays as it is."

    return _answer(
        request,
        case,
        form,
        act,
        title="Ask for more time",
        submit="Ask for more time",
        task=asked,
        why_not=extensions.why_not_extendable(asked),
        last_day=last_day_of(case.pk),
    )


def _case(request: SignedInRequest, pk: int) -> Case:
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    if request.user.is_officer:
        raise PermissionDenied
    return case


def _answer(
    request: SignedInRequest,
    case: Case,
    form: Form,
    act: Callable[[], str],
    *,
    title: str,
    submit: str,
    anchor: str = "#to-send",
    **context: Any,
) -> HttpResponse:
    """Do the act where the form is right, and go back to the case; else show the form with what to change."""
    back = reverse("importer-case", args=[case.pk])
    if request.method == "POST" and form.is_valid():
        try:
            done = act()
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect(f"{back}{anchor}")
    return render(
        request,
        "evidence/request_act.html",
        {
            "section": "importer-home",
            "case": case,
            "form": form,
            "title": title,
            "submit": submit,
            "back": f"{back}{anchor}",
            "breadcrumbs": [
                {"label": "To do", "url": reverse("importer-home")},
                {"label": f"Case {case.number}", "url": back},
                {"label": title},
            ],
            **context,
        },
        status=422 if form.is_bound else 200,
    )
