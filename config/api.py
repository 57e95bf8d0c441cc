"""What every API resource shares: who may act, pages, and errors as problem+json (RFC 9457)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve
from django.views.defaults import server_error as server_error_page
from rest_framework import exceptions, pagination, parsers, permissions, status
from rest_framework.request import Request
from rest_framework.response import Response

from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.domain.scopes import covers, scope_needed

if TYPE_CHECKING:  # the framework's views read this module's classes from the settings as they load
    from rest_framework.views import APIView

    from entities.models import User

PROBLEM_JSON = "application/problem+json"


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


class ProblemType(NamedTuple):
    """One kind of error answer."""

    code: str
    title: str
    detail: str


PROBLEMS: dict[int, ProblemType] = {
    400: ProblemType("invalid", "The request is not valid", "The request could not be read."),
    401: ProblemType(
        "not_authenticated", "Sign in first", "Send an API token as Authorization: Bearer <token>, or sign in."
    ),
    403: ProblemType("permission_denied", "Not allowed", "Your role does not allow this."),
    404: ProblemType("not_found", "Not found", "There is no such thing, or it is not yours to see."),
    405: ProblemType("method_not_allowed", "Method not allowed", "This address does not take that method."),
    406: ProblemType("not_acceptable", "Format not served", "Answers are JSON."),
    409: ProblemType("refused", "The rules do not allow this now", "The rules do not allow this now."),
    413: ProblemType("too_large", "The request is too large", "Send it in smaller parts."),
    415: ProblemType("unsupported_media_type", "Format not understood", "Send application/json."),
    422: ProblemType(
        "idempotency_key_used", "The key belongs to another request", "Send each request with a key of its own."
    ),
    429: ProblemType("throttled", "Too many requests", "Wait, then try again."),
    500: ProblemType(
        "error", "A fault of ours", "Something went wrong on our side; it is on record. Try again later."
    ),
}

# What to do about an error, by its code. Codes of the framework come first, then our own.
REMEDIES: dict[str, str] = {
    "required": "Send this field.",
    "null": "Leave the field out, or send a value.",
    "blank": "Leave the field out, or send a value that is not empty.",
    "invalid": "Send a value of the type and form the schema gives at /api/docs/.",
    "invalid_choice": "Use one of the values the schema lists at /api/docs/.",
    "not_text": "Put the value in quotes; a number loses its leading zeros.",
    "max_length": "Shorten the value; send the rest in a field of its own, if there is one.",
    "max_digits": "Send fewer digits.",
    "max_whole_digits": "Send a smaller number.",
    "max_decimal_places": "Round the number.",
    "min_value": "Send a larger number.",
    "max_value": "Send a smaller number.",
    "not_a_list": "Send a list, in square brackets.",
    "empty": "Send at least one.",
    "too_many": "Send them in several requests.",
    "does_not_exist": "Check the number; you can use only what you can see.",
    "null_characters_not_allowed": "Remove the null characters.",
    "unknown_field": "Check the spelling against the schema at /api/docs/, or leave the field out.",
    "unknown_country": "Use the two letters of ISO 3166-1, for example CN.",
    "entry_number": "Send filer code, seven digits and check digit, for example 551-3518786-6.",
    "tariff_code": "Send 4, 6, 8 or 10 digits, with or without dots, for example 6109.10.00.12.",
    "uscc": "Send the 18 characters of the business licence, or leave the field out.",
    "name_missing": "Send name, native_name, or both.",
    "shipment_empty": "Send at least one line or one party.",
    "number_twice": "Number each line once.",
    "unknown_line": "Use the number of a line of this shipment, or leave it out for the whole shipment.",
    "ref_twice": "Give each party and supplier a ref of its own.",
    "unknown_ref": "Use the ref of a party or a supplier of this request.",
    "not_a_source": "Let it supply a manufacturer, seller, shipper or supplier: the goods come from those.",
    "supplies_itself": "Name the firm it delivers to.",
    "dates_in_order": "Exchange the two dates.",
    "owner_missing": "Send owner (its id) or importer_number; GET /api/v1/me/ lists those you act for.",
    "unknown_owner": "Use an importer you act for; GET /api/v1/me/ lists them.",
    "output_missing": "Send at least one output lot.",
    "lot_missing": "Send the lot or batch number, or the item's identifier.",
    "lot_twice": "Name each lot once on each side.",
    "quantity_negative": "Send a quantity of zero or more, or leave it out.",
    "unit_missing": "Send the unit with the quantity, for example kg.",
    "reason_missing": "Say why, in a sentence that others can check.",
    "date_in_future": "Send a date up to today.",
}


def problem_json(fault: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as ``application/problem+json``: type, title, status, detail, code, and errors by field pointer."""
    if isinstance(fault, Refused):
        return _problem(status.HTTP_409_CONFLICT, detail=fault.message, code=fault.code)
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
        {"pointer": where, "code": code, "detail": detail, "remedy": REMEDIES.get(code, REMEDIES["invalid"])}
        for where, code, detail in _errors(fault.detail, pointer)
    ]


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
    known = PROBLEMS.get(of_status, PROBLEMS[500])
    body: dict[str, Any] = {
        "type": f"/api/docs/#problem-{known.code}",
        "title": known.title,
        "status": of_status,
        "detail": detail or known.detail,
        "code": code or known.code,
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
