"""The picture of a page, for who may see its document; small ones are made from it as they are asked for."""

from __future__ import annotations

import io
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET
from PIL import Image

from entities.views.request import SignedInRequest
from evidence.models import Document, Page
from evidence.services import access

SMALL = (120, 170)


@require_GET
def document_page_image(request: SignedInRequest, pk: int, number: int) -> HttpResponseBase:
    """The upright page as a picture the product itself drew; ``?size=small`` for a list of pages."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    page = get_object_or_404(Page.objects.defer("text"), document=document, number=number)
    if not page.image:
        raise Http404
    access.record_view(document, actor=request.user, page=number)
    if request.GET.get("size") == "small":
        response: HttpResponseBase = HttpResponse(_small(page), content_type="image/webp")
    else:
        response = FileResponse(page.image.open("rb"), content_type=_TYPES[Path(str(page.image)).suffix])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store" if document.is_on_workers else "private, max-age=600"
    return response


_TYPES = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg"}


def _small(page: Page) -> bytes:
    with page.image.open("rb") as file, Image.open(file) as picture:
        picture.thumbnail(SMALL)
        out = io.BytesIO()
        picture.convert("RGB").save(out, "WEBP", quality=60)
    return out.getvalue()
