"""The API described for people: one page made from the OpenAPI schema, readable without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from config.api_events import for_the_page
from config.problems import PARTS, PROBLEMS, Problem

TEXTS = {"date": "2026-05-04", "date-time": "2026-05-04T12:00:00Z", "binary": "(file)"}
DEEPEST = 4  # levels of nested objects an example shows


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
    curl: str


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Every operation by resource, with its fields, an example, and the errors all of them share."""
    return render(request, "api/docs.html", {"groups": _groups(), "problems": _problems(), "events": for_the_page()})


def _problems() -> dict[str, list[Problem]]:
    """The catalogue of errors, part by part."""
    return {words: [one for one in PROBLEMS.values() if one.about == part] for part, words in PARTS.items()}


@cache
def _groups() -> dict[str, list[Operation]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
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
    answer_schema = answered.get("application/json", {}).get("schema")
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
        example=_given(media) or _example_text(schema, body),
        answers=answers,
        answer_example=_given(answered) or _example_text(schema, answer_schema),
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


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema with its reference followed; of a choice, the first."""
    while True:
        if reference := part.get("$ref"):
            part = schema["components"]["schemas"][reference.rpartition("/")[2]]
        elif choice := part.get("allOf") or part.get("oneOf") or part.get("anyOf"):
            part = {
                **choice[0],
                **{key: value for key, value in part.items() if key not in {"allOf", "oneOf", "anyOf"}},
            }
        else:
            return part


def _fields(schema: dict[str, Any], part: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[Field]:
    part = _resolved(schema, part)
    required = set(part.get("required", []))
    for name, one in part.get("properties", {}).items():
        yield Field(f"{prefix}{name}", _kind(schema, one), name in required, one.get("description", ""))
        inner = _resolved(schema, one)
        if inner.get("type") == "array":
            inner, name = _resolved(schema, inner["items"]), f"{name}[]"
        if depth < 2 and "properties" in inner:
            yield from _fields(schema, inner, f"{prefix}{name}.", depth + 1)


def _kind(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """The type of a field in words."""
    part = _resolved(schema, part)
    kind = part.get("type", "any")
    if isinstance(kind, list):
        kind = " or ".join(kind)
    if kind == "array":
        return f"list of {_kind(schema, part['items'])}"
    if choices := part.get("enum"):
        return " | ".join(str(choice) for choice in choices if choice)
    return f"{kind} ({part['format']})" if "format" in part else kind


def _example_text(schema: dict[str, Any], part: dict[str, Any] | None) -> str:
    return json.dumps(_example(schema, part), indent=2, ensure_ascii=False) if part else ""


def _given(media: dict[str, Any]) -> str:
    """The first example the operation itself gives of what is sent or answered."""
    given = [one["value"] for body in media.values() for one in body.get("examples", {}).values()]
    return json.dumps(given[0], indent=2, ensure_ascii=False) if given else ""


def _example(schema: dict[str, Any], part: dict[str, Any], depth: int = 0) -> Any:
    """A value of the right shape."""
    part = _resolved(schema, part)
    for key in ("example", "default", "const"):
        if key in part:
            return part[key]
    if choices := part.get("enum"):
        return next((choice for choice in choices if choice), "")
    kind = part.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [_example(schema, part["items"], depth + 1)] if depth < DEEPEST else []
    if kind == "object":
        inside = part.get("properties", {}) if depth < DEEPEST else {}
        return {name: _example(schema, one, depth + 1) for name, one in inside.items()}
    if kind == "string":
        return TEXTS.get(part.get("format", ""), "")
    return {"integer": 1, "number": 1.0, "boolean": True}.get(kind)
