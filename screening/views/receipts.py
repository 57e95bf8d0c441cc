"""The receipt of a screening, to keep or to replay elsewhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from entities.domain.errors import Refused
from entities.views.request import SignedInRequest
from screening.models import Screening
from screening.services.receipts import receipt_of
from screening.views.access import office


@office()
@require_GET
def screening_receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """The receipt as a file. It holds the whole chain as it was screened, so it is the office's."""
    rows = Screening.objects.visible_to(request.user).select_related("run__list_version", "run__wro_version")
    screening = get_object_or_404(rows, pk=pk)
    try:
        content = receipt_of(screening)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("shipment-detail", pk=screening.shipment_id)
    named = {"Content-Disposition": f'attachment; filename="receipt-{screening.pk}.json"'}
    return HttpResponse(content, content_type="application/json", headers=named)
