"""What every API resource shares: who may act, pages, and errors as problem+json (RFC 9457; config/problems.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve, reverse
from django.views.defaults import server_error as server_error_page
from rest_framework import exceptions, pagination, parsers, permissions, status
from rest_framework.request import Request
from rest_framework.response import Response

from config.problems import OF_STATUS, problem
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.domain.scopes import covers, scope_needed

if TYPE_CHECKING:  # the framework's views read this module's classes from the settings as they load
    from rest_framework.views import APIView

    from entities.models import User

PROBLEM_JSON = "application/problem+json"
# Where the row is read that stands in the way of a write.
EXISTING = {"duplicate_entry": "api-shipments-detail"}


class MayAct(permissions.BasePermission):
    """Signed in, and allowed the act the view names for this action in ``acts``; reading needs no act of its own."""

    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        _require_scope(request)
        acts: dict[str, Act] = getattr(view, "acts", {})
        act = acts.get(getattr(view, "action", "") or "")
        return act is None or user.has_perm(act)


def _require_scope(request: Request) -> None:
    """A key does only what its scopes name."""
    match = request.resolver_match
    needed = scope_needed(
        (match.url_name if match else None) or "", is_read=request.method in permissions.SAFE_METHODS
    )
    if not covers(getattr(request.auth, "scopes", []), needed):
        raise exceptions.PermissionDenied(
            f"This key has no scope {needed}. Make a key that has it, on the page API clients.", code="scope_missing"
        )


def account(request: Request) -> User:
    """Who asks; ``MayAct`` lets nobody through who is not signed in."""
    return cast("User", request.user)


class CursorPagination(pagination.CursorPagination):
    """Newest first; the address of the next page is in ``next``. No total: it would cost a count of every row."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    invalid_cursor_message = "This cursor is not one of ours: start again without it."

    def get_page_size(self, request: Request) -> int:
        """The size asked for, at most the largest; a size that is no number is an error, not the default."""
        asked = request.query_params.get("page_size", str(self.page_size))
        if not re.fullmatch("[0-9]{1,9}", asked) or int(asked) < 1:
            fault = exceptions.ErrorDetail("Not a number from 1 on.", "invalid")
            raise exceptions.ValidationError({"page_size": [fault]})
        return min(int(asked), self.max_page_size)


class JSONParser(parsers.JSONParser):
    """JSON of a size that fits into memory; the framework's own parser would read whatever comes."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or 0
        if int(length) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
            raise RequestDataTooBig
        return super().parse(stream, media_type, parser_context)


def problem_json(fault: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as ``application/problem+json``: type, title, status, detail, code, and errors by field pointer."""
    if isinstance(fault, Refused):
        response = _problem(status.HTTP_409_CONFLICT, detail=fault.message, code=fault.code)
        if fault.existing is not None:
            response.data["existing"] = reverse(EXISTING[fault.code], args=[fault.existing])
        return response
    if isinstance(fault, RequestDataTooBig):
        most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 2**20
        return _problem(413, detail=f"At most {most} MB are read in one request: send it in smaller parts.")
    if isinstance(fault, Http404):
        return _problem(404)
    if isinstance(fault, PermissionDenied):
        return _problem(403)
    if not isinstance(fault, exceptions.APIException):
        return None
    if isinstance(fault, exceptions.ValidationError):
        return _invalid(fault, is_query=context["request"].method in permissions.SAFE_METHODS)
    if isinstance(fault, exceptions.NotAuthenticated):
        response = _problem(401)
    else:
        response = _problem(fault.status_code, detail=str(fault.detail), code=_code(fault))
    if isinstance(fault, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(fault, exceptions.Throttled) and (wait := getattr(fault, "wait", None)):
        response["Retry-After"] = str(int(wait))
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a fault of ours: problem+json to programs, a page to people."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(body_of(500), status=500, content_type=PROBLEM_JSON)
    return server_error_page(request)


def unknown_address(path: str) -> str:
    """What to say of an address the API does not have."""
    if not path.endswith("/") and resolve(f"{path}/").url_name != "api-unknown":
        return f"There is no {path}: addresses end in a slash."
    return f"There is no {path}: the addresses are listed at /api/docs/."


def _invalid(fault: exceptions.ValidationError, *, is_query: bool) -> Response:
    errors = field_errors(fault)
    if is_query:
        errors = [{"parameter": one.pop("pointer").removeprefix("/"), **one} for one in errors]
    if len(errors) == 1:
        detail = errors[0]["detail"]
    else:
        detail = f"{len(errors)} {'parameters' if is_query else 'fields'} need a correction; see errors."
    return _problem(400, detail=detail, errors=errors)


def field_errors(fault: exceptions.ValidationError, pointer: str = "") -> list[dict[str, str]]:
    """What is wrong with a request, field by field: pointer, code, sentence and remedy."""
    return [
        {"pointer": where, "code": code, "detail": detail, "remedy": problem(code).remedy}
        for where, code, detail in _errors(fault.detail, pointer)
    ]


def fault_of_rule(refused: Refused, pointer: str) -> dict[str, str]:
    """What a rule forbids of one of many that were sent, in the shape of an error of a field."""
    remedy = problem(refused.code, status.HTTP_409_CONFLICT).remedy
    return {"pointer": pointer, "code": refused.code, "detail": refused.message, "remedy": remedy}


def _code(fault: exceptions.APIException) -> str:
    """The code the view gave, else that of the kind of fault."""
    code = getattr(fault.detail, "code", "") if not isinstance(fault.detail, dict | list) else ""
    return "malformed" if code == "parse_error" else code


def _problem(
    of_status: int, *, detail: str = "", code: str = "", errors: list[dict[str, str]] | None = None
) -> Response:
    return Response(body_of(of_status, detail, code, errors), status=of_status, content_type=PROBLEM_JSON)


def body_of(
    of_status: int, detail: str = "", code: str = "", errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    code = code or OF_STATUS.get(of_status, "error")
    known = problem(code, of_status)
    body: dict[str, Any] = {
        "type": known.address,
        "title": known.title,
        "status": of_status,
        "detail": detail or known.meaning,
        "code": code,
        "remedy": known.remedy,
    }
    if errors is not None:
        body["errors"] = errors
    return body


def _errors(detail: Any, pointer: str) -> Iterator[tuple[str, str, str]]:
    """The framework's nested errors, one by one: JSON pointer (RFC 6901), code, sentence."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            part = re.sub("/", "~1", str(key).replace("~", "~0"))
            yield from _errors(value, pointer if key == "non_field_errors" else f"{pointer}/{part}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _errors(value, f"{pointer}/{index}" if nested else pointer)
    else:
        yield pointer, getattr(detail, "code", "") or "invalid", str(detail)
