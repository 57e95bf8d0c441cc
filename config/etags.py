"""Which state of a resource an answer shows (``ETag``), and writes only onto the state one saw (RFC 9110, 13).

The tag is a digest of the answer itself, so that it is another one as soon as anything the caller may see is: a
screening made meanwhile too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, status
from rest_framework.request import Request

from config.api import PROBLEM_JSON, body_of

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of what you read: where it is another by now, nothing is written (412).",
)


class PreconditionFailed(exceptions.APIException):
    """The resource is not as the caller saw it."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "It changed since you read it."
    default_code = "precondition_failed"


class ApiETagMiddleware(ConditionalGetMiddleware):
    """Tags what the API answers to a reading; 304 where the caller has it already (``If-None-Match``)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not request.path_info.startswith("/api/v1/") or response.status_code != 200:
            return response
        answer = super().process_response(request, response)
        if answer.status_code == 412:
            return JsonResponse(body_of(412), status=412, content_type=PROBLEM_JSON)
        return answer


def etag_of(request: Request, data: Any) -> str:
    """The tag that reading this resource would be answered with."""
    renderer: Any = request.accepted_renderer
    content = renderer.render(data, request.accepted_media_type, {})
    return quote_etag(hashlib.md5(content, usedforsecurity=False).hexdigest())


def is_conditional(request: Request) -> bool:
    """The caller writes only onto the state it names."""
    return "If-Match" in request.headers or "If-None-Match" in request.headers


def check_precondition(request: Request, shown: Callable[[], Any]) -> None:
    """Raises ``PreconditionFailed`` where the resource, as reading it would show it, is not the one the caller saw."""
    if is_conditional(request) and get_conditional_response(request._request, etag=etag_of(request, shown())):
        raise PreconditionFailed
