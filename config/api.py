"""What every API resource shares: who may act, pages, and errors as problem+json (RFC 9457)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, pagination, permissions, status
from rest_framework.request import Request
from rest_framework.response import Response

from entities.domain.errors import Refused
from entities.domain.roles import Act

if TYPE_CHECKING:  # the framework's views read this module's classes from the settings as they load
    from rest_framework.views import APIView


class MayAct(permissions.BasePermission):
    """Signed in, and allowed the act the view names for this action in ``acts``; reading needs no act of its own."""

    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        acts: dict[str, Act] = getattr(view, "acts", {})
        act = acts.get(getattr(view, "action", "") or "")
        return act is None or user.has_perm(act)


class CursorPagination(pagination.CursorPagination):
    """Newest first; the address of the next page is in ``next``. No total: it would cost a count of every row."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


class Problem:
    """One kind of error answer: its machine code, title and status."""

    TYPES: ClassVar[dict[int, tuple[str, str]]] = {
        400: ("invalid", "The request is not valid"),
        401: ("not_authenticated", "Sign in first"),
        403: ("not_allowed", "Your role does not allow this"),
        404: ("not_found", "There is no such thing, or it is not yours to see"),
        405: ("method_not_allowed", "This address does not take that method"),
        406: ("not_acceptable", "This format is not served"),
        409: ("refused", "The rules do not allow this now"),
        413: ("too_large", "The request is too large"),
        415: ("unsupported_media_type", "This format is not understood"),
        429: ("throttled", "Too many requests"),
    }


def problem_json(fault: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as ``application/problem+json``: type, title, status, detail, code, and errors by field pointer."""
    if isinstance(fault, Refused):
        return _problem(status.HTTP_409_CONFLICT, detail=fault.message, code=fault.code)
    if isinstance(fault, Http404):
        return _problem(404, detail="There is no such thing, or it is not yours to see.")
    if isinstance(fault, PermissionDenied):
        return _problem(403, detail="Your role does not allow this.")
    if not isinstance(fault, exceptions.APIException):
        return None
    if isinstance(fault, exceptions.ValidationError):
        errors = list(_pointers(fault.detail, ""))
        detail = (
            errors[0]["detail"]
            if len(errors) == 1
            else f"{len(errors)} fields need a correction; see errors."
        )
        return _problem(400, detail=detail, errors=errors)
    response = _problem(fault.status_code, detail=str(fault.detail))
    if isinstance(fault, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(fault, exceptions.Throttled) and fault.wait:
        response["Retry-After"] = str(int(fault.wait))
    return response


def _problem(
    code_of_status: int, *, detail: str, code: str = "", errors: list[dict[str, str]] | None = None
) -> Response:
    known, title = Problem.TYPES.get(code_of_status, ("error", "The request failed"))
    body: dict[str, Any] = {
        "type": f"/api/docs/#problem-{code or known}",
        "title": title,
        "status": code_of_status,
        "detail": detail,
        "code": code or known,
    }
    if errors is not None:
        body["errors"] = errors
    return Response(body, status=code_of_status, content_type="application/problem+json")


def _pointers(detail: Any, pointer: str) -> Any:
    """DRF's nested errors as a flat list of JSON pointers."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _pointers(value, pointer if key == "non_field_errors" else f"{pointer}/{key}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _pointers(value, f"{pointer}/{index}" if nested else pointer)
    else:
        yield {"pointer": pointer or "/", "code": getattr(detail, "code", "invalid"), "detail": str(detail)}
