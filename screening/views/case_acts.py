"""An act on a case: a page with one form; a refusal stands in the form, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from entities.domain.errors import Refused
from entities.views.request import SignedInRequest
from screening.models import Case


def case_of(request: SignedInRequest, pk: int) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)


def answer(
    request: SignedInRequest,
    case: Case,
    form: Form,
    act: Callable[[], str],
    *,
    title: str,
    submit: str,
    **context: Any,
) -> HttpResponse:
    """Do the act where the form is right, and go back to the case; else show the form with what to change."""
    if request.method == "POST" and form.is_valid():
        try:
            done = act()
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect("case-detail", pk=case.pk)
    return render(
        request,
        "screening/case_act.html",
        {
            "section": "desk",
            "case": case,
            "form": form,
            "title": title,
            "submit": submit,
            "breadcrumbs": [
                {"label": "Desk", "url": reverse("desk")},
                {"label": case.number, "url": reverse("case-detail", args=[case.pk])},
                {"label": title},
            ],
            **context,
        },
        status=422 if form.is_bound else 200,
    )
