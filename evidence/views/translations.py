"""A person says which pages are the English of which, and takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.views.request import SignedInRequest
from evidence.domain.spots import Spot
from evidence.forms.translations import TranslationForm
from evidence.models import Exhibit, Translation
from evidence.places import spot_url
from evidence.services import translations
from evidence.services.translations import Range
from screening.models import Case


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_POST
def translation_add(request: SignedInRequest, pk: int, exhibit: int) -> HttpResponse:
    """Attach a translation to pages of an exhibit."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=pk)
    exhibits = {one.number: one for one in Exhibit.objects.openable_by(request.user).filter(case=case)}
    original = get_object_or_404(Exhibit.objects.openable_by(request.user), case=case, number=exhibit)
    form = TranslationForm(request.POST, exhibits=exhibits)
    shown = spot_url(case.pk, Spot(exhibit, form.page))
    if not form.is_valid():
        messages.error(request, form.said())
        return redirect(shown)
    given = form.cleaned_data
    other = exhibits[given["exhibit"]]
    try:
        translations.attach_translation(
            original.document,
            Range(given["first"], given["last"]),
            document=other.document,
            at=Range(given["from_page"], given["to_page"]),
            actor=request.user,
            translator=given["translator"],
        )
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"Exhibit {other.number} is attached as the translation.")
    return redirect(shown)


@permission_required(Act.UPLOAD_DOCUMENT, raise_exception=True)
@require_POST
def translation_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that pages are not the translation of others after all."""
    row = get_object_or_404(Translation.objects.visible_to(request.user), pk=pk)
    exhibits = Exhibit.objects.openable_by(request.user).filter(document=row.original_id).order_by("-pk")
    asked = request.POST.get("case", "")
    exhibit = next((one for one in exhibits if str(one.case_id) == asked), None) or exhibits.first()
    if exhibit is None:
        raise Http404
    try:
        translations.take_back_translation(row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "The translation is no longer attached.")
    return redirect(spot_url(exhibit.case_id, Spot(exhibit.number, row.first_page)))
