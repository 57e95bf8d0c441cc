"""How often a key may ask: so many requests a minute, told in headers with every answer.

The headers are those of the IETF draft "RateLimit header fields for HTTP" in the form most programs read:
``RateLimit-Limit``, ``RateLimit-Remaining``, ``RateLimit-Reset`` (seconds).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.api_versions import ending_of, tell_ending
from entities.models import ApiToken, Organization

if TYPE_CHECKING:
    from rest_framework.views import APIView

MINUTE = 60


class KeyThrottle(BaseThrottle):
    """A count for each key and minute; without a key for each account, without both for each address."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        limit, now = settings.API_REQUESTS_PER_MINUTE, time.time()
        minute, self.seconds = int(now // MINUTE), MINUTE - int(now % MINUTE)
        name = f"api-requests:{self._who(request)}:{minute}"
        cache.add(name, 0, 2 * MINUTE)
        used = cache.incr(name)
        request._request.rate_limit = (limit, max(0, limit - used), self.seconds)  # type: ignore[attr-defined]
        return used <= limit

    def wait(self) -> float:
        return self.seconds

    def _who(self, request: Request) -> str:
        if isinstance(request.auth, ApiToken):
            return f"key-{request.auth.pk}"
        return f"account-{request.user.pk}" if request.user.is_authenticated else f"address-{self.get_ident(request)}"


class ApiHeadersMiddleware:
    """Tells with every answer of the API its version, what is left of the minute, and whether the operation ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith("/api/"):
            response["API-Version"] = settings.API_VERSION
            user = getattr(request, "user", None)
            if user is not None and user.is_authenticated and user.is_in_sandbox:
                response["ClearOrigin-Environment"] = Organization.Environment.SANDBOX
            if ending := ending_of(request.method or "", request.path_info):
                tell_ending(response, ending)
            if told := getattr(request, "rate_limit", None):
                for name, value in zip(("Limit", "Remaining", "Reset"), told, strict=True):
                    response[f"RateLimit-{name}"] = str(value)
        return response
