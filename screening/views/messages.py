"""The messages of a case: one page for the office, the importer and its brokers. Opening it marks them as read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from entities.views.request import SignedInRequest
from screening.forms.requests import MessageForm, OfficeMessageForm
from screening.models import Case, Message
from screening.services import messages
from screening.views.access import look_first

SHOWN = 200


@require_http_methods(["GET", "POST"])
def case_messages(request: SignedInRequest, pk: int) -> HttpResponse:
    """What both sides wrote, and for the office its notes; below, what to write."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    if first := look_first(request, case):
        return first
    user = request.user
    form = _form(request, case)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            write = messages.write_note if form.cleaned_data.get("to") == "office" else messages.write_message
            try:
                written = write(case, actor=user, text=form.cleaned_data["text"])
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                flash.success(request, "The note is kept." if written.is_note else "The message is sent.")
                return redirect("case-messages", pk=case.pk)
    unread = set(Message.objects.unread_by(user).filter(case=case).values_list("pk", flat=True))
    if request.method == "GET":
        messages.mark_read(case, actor=user)
    return render(
        request,
        "screening/case_messages.html",
        {
            "section": "desk" if user.is_officer else "importer-home",
            "case": case,
            "title": f"Messages in case {case.number}",
            "written": _written(user, case, unread),
            "form": form,
            "breadcrumbs": _breadcrumbs(user, case),
        },
        status=422 if form is not None and form.is_bound else 200,
    )


def _form(request: SignedInRequest, case: Case) -> Form | None:
    """What this person may write, if anything."""
    user, sent = request.user, request.POST or None
    if not user.is_officer:
        return MessageForm(sent) if user.has_perm(Act.WRITE_MESSAGE) else None
    if not user.has_perm(Act.WRITE_NOTE):
        return None
    may_write_out = user.has_perm(Act.WRITE_MESSAGE)
    return OfficeMessageForm(sent, importer=str(case.importer), may_write_out=may_write_out)


def _written(user: User, case: Case, unread: set[int]) -> list[dict[str, Any]]:
    """The messages, the oldest first, and who of the other side has opened them."""
    rows = Message.objects.visible_to(user).filter(case=case).select_related("author__person", "organization")
    latest = list(rows.prefetch_related("reads__user__person").order_by("-pk")[:SHOWN])
    return [
        {
            "message": row,
            "is_own": row.side == "office" if user.is_officer else row.side != "office",
            "is_new": row.pk in unread,
            "opened_by": [] if row.is_note else sorted({read.user.full_name for read in row.reads.all()}),
        }
        for row in reversed(latest)
    ]


def _breadcrumbs(user: User, case: Case) -> list[dict[str, str]]:
    first, page = ("Desk", "case-detail") if user.is_officer else ("To do", "importer-case")
    home = reverse("desk") if user.is_officer else reverse("importer-home")
    return [
        {"label": first, "url": home},
        {"label": f"Case {case.number}", "url": reverse(page, args=[case.pk])},
        {"label": "Messages"},
    ]
