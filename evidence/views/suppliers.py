"""Suppliers are asked for papers by a link; the pages behind the link need no account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence.forms.suppliers import AskSupplierForm, PassOnForm, SendForm
from evidence.models import SupplierRequest
from evidence.services import supplier_requests
from evidence.supplier_words import words_in
from screening.models import Case

# --- those who ask ------------------------------------------------------------------------------------------------


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_http_methods(["GET", "POST"])
def case_suppliers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whom one asked for papers of a case, what came, and a form to ask another."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("importer"), pk=pk)
    form = AskSupplierForm(request.POST or None, case=case, initial={"item": request.GET.get("item")})
    if request.method == "POST" and form.is_valid():
        try:
            asked = supplier_requests.ask_supplier(
                case,
                form.asked(),
                actor=request.user,
                days=form.cleaned_data["days"],
                item=form.cleaned_data.get("item"),
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            mailed = f" It is mailed to {asked.email}." if asked.email else " Copy the link and send it."
            messages.success(request, f"The link for {asked.firm} is made.{mailed}")
            return redirect("case-suppliers", pk=pk)
    rows = SupplierRequest.objects.visible_to(request.user).filter(case=case)
    rows = rows.select_related("passed_on", "item", "asked_by__person").prefetch_related("deliveries__documents")
    now = timezone.now()
    office = request.user.is_officer
    return render(
        request,
        "evidence/case_suppliers.html",
        {
            "section": "desk" if office else "importer-home",
            "case": case,
            "form": form,
            "is_open": case.stage != Case.Stage.CLOSED,
            "rows": [_row(request, row, now) for row in rows],
            "breadcrumbs": [
                {"label": "Desk", "url": reverse("desk")}
                if office
                else {"label": "To do", "url": reverse("importer-home")},
                {
                    "label": f"Case {case.number}",
                    "url": reverse("case-detail" if office else "importer-case", args=[pk]),
                },
                {"label": "Papers from suppliers"},
            ],
        },
    )


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_POST
def supplier_request_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a link before its time."""
    asked = get_object_or_404(SupplierRequest.objects.visible_to(request.user).select_related("case"), pk=pk)
    try:
        supplier_requests.end(asked, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "The link is ended. What was sent by it stays.")
    return redirect("case-suppliers", pk=asked.case_id)


def _row(request: SignedInRequest, row: SupplierRequest, now: Any) -> dict[str, Any]:
    is_open = row.is_open(now)
    return {
        "request": row,
        "firm": row.firm_for(request.user),
        "is_open": is_open,
        # Whoever is asked further upstream is asked by the supplier, which alone has that link.
        "link": request.build_absolute_uri(supplier_requests.path_of(row)) if is_open and not row.passed_on_id else "",
        "deliveries": row.deliveries.all(),
    }


# --- those who are asked ------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def from_supplier(request: HttpRequest, token: str) -> HttpResponse:
    """What a supplier is asked for, and the form it sends papers by."""
    asked = supplier_requests.find(token)
    if (answer := _closed(request, asked)) is not None or asked is None:
        return answer or redirect("sign-in")
    words = words_in(asked.language)
    form = SendForm(request.POST or None, request.FILES or None, words=words, sent=supplier_requests.sent_by(asked))
    sent: list[supplier_requests.Sent] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            delivery, sent = supplier_requests.receive(
                asked,
                said["files"],
                sender=said["sender"],
                email=said["email"],
                is_withheld=said["withhold"],
                on_workers=said["on_workers"],
                replaces=said.get("replaces"),
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            for one in sent:
                if one.problem:
                    messages.warning(request, f"{one.name}: {one.problem}")
            if delivery is not None:
                return redirect("from-supplier-receipt", token=token, number=delivery.number)
            form.add_error(None, words["none_taken"])
    return _page(request, asked, form=form)


@login_not_required
@never_cache
@require_POST
def from_supplier_pass_on(request: HttpRequest, token: str) -> HttpResponse:
    """The supplier asks the firm before it."""
    asked = supplier_requests.find(token)
    if (answer := _closed(request, asked)) is not None or asked is None:
        return answer or redirect("sign-in")
    words = words_in(asked.language)
    form = PassOnForm(request.POST, words=words, prefix="further")
    if form.is_valid():
        try:
            further = supplier_requests.pass_on(
                asked,
                form.asked(),
                sender=form.cleaned_data["sender"],
                is_firm_withheld=form.cleaned_data["withhold"],
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            link = request.build_absolute_uri(supplier_requests.path_of(further))
            return _page(request, asked, passed_on={"firm": further.firm, "link": link})
    return _page(request, asked, further=form)


@login_not_required
@never_cache
@require_safe
def from_supplier_receipt(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """What was received in one go, to keep. It is shown as long as the link is known, ended or not."""
    asked = supplier_requests.find(token)
    if asked is None:
        return _unknown(request)
    delivery = get_object_or_404(asked.deliveries.prefetch_related("documents"), number=number)
    words = words_in(asked.language)
    return render(
        request,
        "evidence/supplier_receipt.html",
        {
            "asked": asked,
            "delivery": delivery,
            "words": words,
            "is_open": asked.is_open(timezone.now()),
            "token": token,
        },
    )


def _closed(request: HttpRequest, asked: SupplierRequest | None) -> HttpResponse | None:
    """The page of a link that opens nothing; None where it does."""
    if asked is None:
        return _unknown(request)
    try:
        supplier_requests.require_open(asked)
    except Refused as refused:
        context = {"words": words_in(asked.language), "language": asked.language, "problem": refused.message}
        return render(request, "evidence/supplier_closed.html", context, status=410)
    return None


def _unknown(request: HttpRequest) -> HttpResponse:
    """All three languages: nobody knows who stands before the page."""
    every = [{"language": code, "text": words_in(code)["unknown"]} for code in SupplierRequest.Language.values]
    return render(request, "evidence/supplier_closed.html", {"words": words_in("en"), "every": every}, status=404)


def _page(
    request: HttpRequest,
    asked: SupplierRequest,
    *,
    form: SendForm | None = None,
    further: PassOnForm | None = None,
    passed_on: dict[str, str] | None = None,
) -> HttpResponse:
    words = words_in(asked.language)
    return render(
        request,
        "evidence/supplier_page.html",
        {
            "asked": asked,
            "said": supplier_requests.said(asked),
            "words": words,
            "form": form or SendForm(words=words, sent=supplier_requests.sent_by(asked)),
            "further": further
            or PassOnForm(words=words, prefix="further", initial={"asks": asked.asks, "language": asked.language}),
            "may_pass_on": asked.passed_on_id is None,
            "is_passing_on": further is not None,
            "passed_on": passed_on,
            "deliveries": asked.deliveries.prefetch_related("documents"),
            "token": request.resolver_match.kwargs["token"] if request.resolver_match else "",
        },
    )
