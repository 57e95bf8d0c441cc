"""``Idempotency-Key``: a program may send a write again after a lost answer, and it is done once.

The stored answer is written in the transaction of the write itself. So a crash between the two leaves neither, two
requests at the same moment wait for each other, and whoever comes second gets the answer of the first. The shape
follows the draft of the IETF HTTPAPI working group, "The Idempotency-Key HTTP Header Field".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from config.api import PROBLEM_JSON, body_of
from config.bodies import taken_in
from entities.models import StoredAnswer, User
from screening.domain.intake.files import MAX_BODY_BYTES

KEPT = timedelta(days=7)
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REPLAYED = "Idempotent-Replayed"
_HEADERS = ("Content-Type", "Location", "ETag", "Preference-Applied")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyMiddleware:
    """Answers a repeated write of the API as it was answered before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method not in WRITES or not request.path_info.startswith("/api/v1/"):
            return self.get_response(request)
        if (account := _account(request)) is None:
            return self.get_response(request)  # which answers 401
        if not _KEY.fullmatch(key):
            return _problem(400, "idempotency_key", "An Idempotency-Key has 1 to 255 visible ASCII characters.")
        try:
            digest = _digest(request)
        except RequestDataTooBig:
            return self.get_response(request)  # which answers 413
        with transaction.atomic():
            return self._once(request, account, key, digest)

    def _once(self, request: HttpRequest, account: User, key: str, digest: str) -> HttpResponse:
        StoredAnswer.objects.filter(account=account, at__lt=timezone.now() - KEPT).delete()
        # Waits for another request with the same key; where that one was not kept, this one goes on.
        row = StoredAnswer(account=account, key=key, request_sha256=digest)
        StoredAnswer.objects.bulk_create([row], ignore_conflicts=True)
        row = StoredAnswer.objects.select_for_update().get(account=account, key=key)
        if row.status is not None:
            request.user = account
            return _again(row, digest)
        response = self.get_response(request)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        elif response.status_code >= 400 or response.streaming:
            row.delete()  # nothing was written, so a corrected request may use the key
        else:
            # What is shown once only, such as a secret, is left out of what is kept.
            row.status, row.body = response.status_code, getattr(response, "kept", response.content)
            row.headers = {name: response[name] for name in _HEADERS if name in response}
            row.save(update_fields=["status", "headers", "body"])
        return response


def _again(row: StoredAnswer, digest: str) -> HttpResponse:
    if row.request_sha256 != digest:
        return _problem(
            422,
            "idempotency_key_used",
            "This Idempotency-Key was used with another request. Send each request with a key of its own.",
        )
    return HttpResponse(bytes(row.body), status=row.status, headers={**row.headers, REPLAYED: "true"})


def _account(request: HttpRequest) -> User | None:
    """Who asks, as the views will find it; None where they will refuse."""
    from config.authentication import ApiTokenAuthentication  # reads the models, which are not there at start

    try:
        found = ApiTokenAuthentication().authenticate(Request(request))
    except APIException:
        return None
    if found is not None:
        return found[0]
    return request.user if isinstance(request.user, User) and request.user.is_active else None


def _digest(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY_BYTES:
        raise RequestDataTooBig
    if not (request.content_type or "").startswith("multipart/"):
        if length <= (settings.FILE_UPLOAD_MAX_MEMORY_SIZE or 0):
            digest.update(request.body)
        else:
            # The view reads on from the file, as if nobody had read before.
            body: Any = taken_in(request, "body", "", most=MAX_BODY_BYTES, each=digest.update)
            request._stream, request._read_started = body, False  # type: ignore[attr-defined]
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def _problem(status: int, code: str, detail: str) -> HttpResponse:
    return JsonResponse(body_of(status, detail, code), status=status, content_type=PROBLEM_JSON)
