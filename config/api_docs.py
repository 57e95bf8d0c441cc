"""The API described for people: one page made from the OpenAPI schema, readable without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.response import Response

from config.api_events import for_the_page
from config.api_examples import resolved
from config.problems import OF_STATUS, PARTS, PROBLEMS, Problem


@dataclass(frozen=True)
class Field:
    """A field of a body, or a parameter of an address."""

    name: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True)
class Operation:
    """One address with one method."""

    key: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list[Field]
    body: list[Field]
    example: str
    answers: list[tuple[str, str]]
    answer_example: str
    errors: list[tuple[int, str]]
    is_deprecated: bool
    curl: str


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Every operation by resource, with its fields, an example, and the errors all of them share."""
    context = {"site": settings.SITE_URL, "groups": _groups(), "problems": _problems(), "events": for_the_page()}
    return render(request, "api/docs.html", context)


def _problems() -> dict[str, list[Problem]]:
    """The catalogue of errors, part by part."""
    return {words: [one for one in PROBLEMS.values() if one.about == part] for part, words in PARTS.items()}


class SchemaView(SpectacularAPIView):
    """The schema for programs, made once in each process: making it takes seconds."""

    def _get_schema_response(self, request: Any) -> Response:
        name = self._get_filename(request, self._get_version_parameter(request))
        return Response(described(), headers={"Content-Disposition": f'inline; filename="{name}"'})


@cache
def described() -> dict[str, Any]:
    """The schema of the whole API; the same for everybody."""
    return cast("dict[str, Any]", SchemaGenerator().get_schema(request=None, public=True))


@cache
def _groups() -> dict[str, list[Operation]]:
    schema = described()
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            tag = said.get("tags", ["other"])[0]
            groups.setdefault(tag, []).append(_operation(schema, path, method, said))
    return groups


def _operation(schema: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> Operation:
    text = _unwrapped(said.get("description", "").strip())
    summary, _, rest = text.partition("\n")
    media = said.get("requestBody", {}).get("content", {})
    kind, body = next(((kind, one["schema"]) for kind, one in media.items()), ("", {}))
    answers = [(status, one.get("description", "")) for status, one in said["responses"].items() if status < "400"]
    answer: dict[str, Any] = next((one for status, one in said["responses"].items() if status < "300"), {})
    answered = answer.get("content", {})
    return Operation(
        key=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said.get("summary") or summary or path,
        text=rest.strip() if not said.get("summary") else text,
        parameters=[
            Field(one["name"], _kind(schema, one["schema"]), one.get("required", False), one.get("description", ""))
            for one in said.get("parameters", [])
        ],
        body=list(_fields(schema, body)),
        example=_given(media),
        answers=answers,
        answer_example=_given(answered),
        errors=[(int(status), OF_STATUS[int(status)]) for status in said["responses"] if status >= "400"],
        is_deprecated=said.get("deprecated", False),
        curl=_curl(path, method, kind),
    )


def _unwrapped(text: str) -> str:
    """A docstring as paragraphs: its lines joined, its marks for code as quotation marks."""
    joined = re.sub(r"(?<!\n)\n(?!\n)", " ", text)
    return re.sub("``(.+?)``", r"“\1”", joined)


def _curl(path: str, method: str, media: str) -> str:
    lines = [f"curl {settings.SITE_URL}{path}", '-H "Authorization: Bearer $TOKEN"']
    if method != "get":
        lines[0] = f"curl -X {method.upper()} {settings.SITE_URL}{path}"
    if media == "application/json":
        lines += ['-H "Content-Type: application/json"', "-d @body.json"]
    elif media:
        lines.append("-F file=@paper.pdf")
    return " \\\n  ".join(lines)


def _fields(schema: dict[str, Any], part: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[Field]:
    part = resolved(schema, part)
    required = set(part.get("required", []))
    for name, one in part.get("properties", {}).items():
        yield Field(f"{prefix}{name}", _kind(schema, one), name in required, one.get("description", ""))
        inner = resolved(schema, one)
        if inner.get("type") == "array":
            inner, name = resolved(schema, inner["items"]), f"{name}[]"
        if depth < 2 and "properties" in inner:
            yield from _fields(schema, inner, f"{prefix}{name}.", depth + 1)


def _kind(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """The type of a field in words."""
    part = resolved(schema, part)
    kind = part.get("type", "any")
    if isinstance(kind, list):
        kind = " or ".join(kind)
    if kind == "array":
        return f"list of {_kind(schema, part['items'])}"
    if choices := part.get("enum"):
        return " | ".join(str(choice) for choice in choices if choice)
    return f"{kind} ({part['format']})" if "format" in part else kind


def _given(media: dict[str, Any]) -> str:
    """The first example of what is sent or answered."""
    given = [one["value"] for body in media.values() for one in body.get("examples", {}).values()]
    return json.dumps(given[0], indent=2, ensure_ascii=False) if given else ""
