"""Letters that went out: read, downloaded, copied into the portal; and the reports that anybody may read."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from screening.domain.letters import portal
from screening.forms.cases import ReasonForm
from screening.forms.detentions import InLawForm
from screening.letter_file import file_of
from screening.models import Letter, hidden_from
from screening.services import acts_in_law, letters
from screening.views.access import look_first, office
from screening.views.case_acts import answer

PER_PAGE = 50


@require_safe
def letter_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One letter: its words, who stands behind it, and whether it is still what went out."""
    letter = _letter(request, pk)
    is_office = request.user.is_officer
    case_url = reverse("case-detail" if is_office else "importer-case", args=[letter.case_id])
    return render(
        request,
        "screening/letter_detail.html",
        {
            "section": "desk" if is_office else "importer-home",
            "letter": letter,
            "kind": letter.about,
            "is_intact": letters.is_intact(letter),
            "is_authority": settings.OFFICE_IS_AUTHORITY,
            "not_in_law": " ".join(acts_in_law.filing_not_on_record(letter)),
            "may_be": letters.may_be(letter),
            "in_law": letters.on_record(letter),
            "is_detained": letter.case.detentions.exists(),
            "may_confirm": is_office and request.user.has_perm(Act.RECORD_DETENTION),
            "portal": portal.texts_of(letter.about, letter.contents) if letter.about.is_for_portal else [],
            "breadcrumbs": [
                {"label": "Desk" if is_office else "To do", "url": reverse("desk" if is_office else "importer-home")},
                {"label": letter.case.number, "url": case_url},
                {"label": "Letters", "url": reverse("case-letters", args=[letter.case_id])},
                {"label": letter.number},
            ],
        },
    )


@office(Act.RECORD_DETENTION)
@require_http_methods(["GET", "POST"])
def letter_in_law(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm what a letter of CBP did to the goods, and from which day."""
    letter = _letter(request, pk)
    case = letter.case
    if first := look_first(request, case):
        return first
    kinds = letters.may_be(letter)
    form = InLawForm(
        request.POST or None,
        kinds=kinds,
        detentions=case.detentions.select_related("shipment").order_by("pk"),
        initial={"detention": letter.detention_id, "on": letter.dated, "kind": kinds[0] if len(kinds) == 1 else ""},
    )

    def act() -> str:
        event = letters.put_in_law(letter, actor=request.user, **form.cleaned_data)
        return f"{event} is on record from {letter.number}; states and clocks follow from it."

    return answer(
        request,
        case,
        form,
        act,
        title="What the letter does in law",
        text=f"{letter.about.title} {letter.number}, dated {letter.dated:%-d %B %Y}. It goes on record once; where it "
        "was recorded before the letter came, that record takes the day and the source of the letter.",
        submit="Put on record",
    )


@office(Act.RECORD_DETENTION)
@require_http_methods(["GET", "POST"])
def letter_no_event(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that a letter of CBP does nothing to the goods, and why."""
    letter = _letter(request, pk)
    if first := look_first(request, letter.case):
        return first
    form = ReasonForm(request.POST or None, hint="It goes on record; the importer reads it too.")

    def act() -> str:
        letters.refuse_event(letter, actor=request.user, reason=form.cleaned_data["reason"])
        return f"{letter.number} does nothing to the goods; it waits no longer to be confirmed."

    return answer(
        request,
        letter.case,
        form,
        act,
        title="The letter does nothing to the goods",
        text=f"{letter.about.title} {letter.number}, dated {letter.dated:%-d %B %Y}.",
        submit="Put on record",
    )


@require_safe
def letter_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The PDF as it went out."""
    return file_of(_letter(request, pk))


@require_safe
def letter_portal(request: SignedInRequest, pk: int) -> HttpResponse:
    """The fields of a paper and the names of its files, as the portal takes them."""
    letter = _letter(request, pk)
    rows = portal.texts_of(letter.about, letter.contents) if letter.about.is_for_portal else []
    text = "\r\n\r\n".join(f"{row.label}\r\n{row.proposed}" for row in rows)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{letter.number.replace("-", "")}portal.txt"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_safe
def exception_reports(request: HttpRequest) -> HttpResponse:
    """The reports on exceptions granted: public by law, without sign-in (UFLPA sec. 3(c))."""
    page = Paginator(Letter.objects.public().exclude(case__in=hidden_from(request.user)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "screening/exception_report_list.html", {"page": page, "section": ""})


@login_not_required
@require_safe
def exception_report(request: HttpRequest, number: str) -> FileResponse:
    """One report as PDF, for anybody."""
    return file_of(get_object_or_404(Letter.objects.public(), number=number), is_public=True)


def _letter(request: SignedInRequest, pk: int) -> Letter:
    rows = Letter.objects.visible_to(request.user).select_related(
        "case__importer", "author_person", "approver_person", "no_event__author__person"
    )
    return get_object_or_404(rows, pk=pk)
