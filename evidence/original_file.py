"""The original of a document, given out: to one account, by a link that ends soon, always as a file to keep."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.models import User
from evidence.domain.media import ACCEPTED
from evidence.models import Document
from evidence.services import access, documents

_SALT = "evidence.original"


def original_file(document: Document, *, actor: User) -> FileResponse:
    """The bytes as they came; never shown by the browser under our address. Who took them is on record.

    Raises ``Refused`` where the virus scanner found something in them.
    """
    if document.virus:
        raise Refused("infected", f"{document.problem} It is kept as evidence that it was sent, and given to nobody.")
    file = document.file.open("rb")
    documents.record_download(document, actor=actor)
    access.record_view(document, actor=actor)
    known = {media.mime for media in ACCEPTED}
    mime = document.media_type if document.media_type in known else "application/octet-stream"
    response = FileResponse(file, as_attachment=True, filename=document.file_name, content_type=mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def link_to(document: Document, account: User) -> tuple[str, datetime]:
    """An address that gives the original to this account without a session, and when it ends."""
    token = signing.dumps([document.pk, account.pk], salt=_SALT)
    return reverse("original-file", args=[token]), timezone.now() + timedelta(seconds=settings.FILE_LINK_SECONDS)


def linked(token: str) -> tuple[Document, User] | None:
    """What a link opens, and for whom: asked anew each time whether the account may open it. None where it may not."""
    try:
        document, account = signing.loads(token, salt=_SALT, max_age=settings.FILE_LINK_SECONDS)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=account, is_active=True).first()
    found = Document.objects.visible_to(user).filter(pk=document).first() if user else None
    return (found, user) if found and user else None
