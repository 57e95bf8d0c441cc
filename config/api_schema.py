"""What the OpenAPI schema says beyond what the views say themselves: the errors each operation can answer with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from config.api import PROBLEM_JSON, CursorPagination
from config.api_examples import add_examples, example_of_problem
from config.api_versions import ENDING
from config.filters import OF_PAGES
from config.problems import OF_STATUS, PROBLEMS

PROBLEM_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "An error (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code", "remedy"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "description": "The entry of the code in the catalogue of errors.",
            },
            "title": {"type": "string", "description": "What the code means, the same for every answer with it."},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is wrong this time, for a person."},
            "code": {"type": "string", "description": "What is wrong, for a program: one of the catalogue of errors."},
            "remedy": {"type": "string", "description": "What to do about it."},
            "existing": {
                "type": "string",
                "format": "uri-reference",
                "description": "Address of the resource that stands in the way, where one does.",
            },
            "errors": {
                "type": "array",
                "description": "One entry for each field or parameter in need of a correction.",
                "items": {"$ref": "#/components/schemas/ProblemField"},
            },
        },
    },
    "ProblemField": {
        "type": "object",
        "required": ["code", "detail", "remedy"],
        "properties": {
            "pointer": {"type": "string", "description": "JSON pointer (RFC 6901) into the body sent."},
            "parameter": {"type": "string", "description": "Name of the query parameter."},
            "code": {"type": "string"},
            "detail": {"type": "string"},
            "remedy": {"type": "string"},
        },
    },
}
REFUSING_READS = {"/api/v1/receipts/{id}/"}  # where what was screened was not kept
WRITES = {"post", "put"}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "description": (
        "A value of your own, new for each request. The same request with the same key within 7 days is done once and "
        "answered alike, with Idempotent-Replayed: true; another request with that key is refused (422)."
    ),
}

IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of an answer you have: where nothing changed since, the answer is 304 without a body.",
}
ETAG = {
    "description": "Names this state of the resource, as you may see it; for If-None-Match and If-Match.",
    "schema": {"type": "string"},
}


class Schema(AutoSchema):
    """The schema of an operation, with what the fields check and the generator would leave unsaid."""

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.ListSerializer | serializers.ListField) and schema.get("type") == "array":
            least = max(getattr(field, "min_length", None) or 0, 0 if field.allow_empty else 1)
            if least and direction == "request":
                schema["minItems"] = least
        if isinstance(field, serializers.DecimalField) and direction == "request":
            kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
            schema["type"] = [*kinds, "number"] if "number" not in kinds else kinds
            if field.max_digits is not None and field.decimal_places is not None:
                whole = field.max_digits - field.decimal_places
                least, most = field.min_value, field.max_value
                schema["maximum"] = 10**whole - 1 if most is None else float(most)
                schema["minimum"] = 1 - 10**whole if least is None else float(least)
                schema["pattern"] = _decimal(whole, field.decimal_places, is_signed=schema["minimum"] < 0)
        if isinstance(field, serializers.CharField) and direction == "request" and schema.get("minLength"):
            schema.setdefault("pattern", _NOT_BLANK)
        if isinstance(field, serializers.URLField) and field.read_only:
            schema["format"] = "uri-reference"  # an empty text where no address is known
        return schema

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        super()._insert_field_validators(field, schema)
        if choice := schema.pop("oneOf", None):  # a form, or nothing; without formats both fit nothing
            schema["anyOf"] = choice
            if "default" in choice[0]:
                schema["default"] = choice[0].pop("default")


_NOT_BLANK = r"[^\s\x1c-\x1f\x85]"  # something besides what is stripped off


class FilterExtension(DjangoFilterExtension):
    """What a list is filtered by, with how long a text may be."""

    target_class = "config.filters.Filters"
    priority = 1

    def resolve_filter_field(
        self, auto_schema: Any, model: Any, filterset_class: Any, field_name: str, filter_field: Any
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super().resolve_filter_field(
            auto_schema, model, filterset_class, field_name, filter_field
        )
        if longest := filter_field.extra.get("max_length"):
            for parameter in found:
                parameter["schema"]["maxLength"] = longest
        return found


def _decimal(whole: int, places: int, *, is_signed: bool) -> str:
    """A number in digits, of which there is at least one."""
    sign = "-?" if is_signed else ""
    if not places:
        return rf"^{sign}\d{{1,{whole}}}$"
    return rf"^{sign}(?:\d{{1,{whole}}}(?:\.\d{{0,{places}}})?|\.\d{{1,{places}}})$"


def describe_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to every operation the errors it can answer with, all of one shape."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(PROBLEM_SCHEMAS)
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _describe_parameters(operation.get("parameters", []))
            if method in WRITES:
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            elif path.startswith("/api/v1/") and "200" in operation["responses"]:
                _describe_tag(operation)
            for status in sorted(_statuses(path, method, operation)):
                operation["responses"].setdefault(str(status), _answer(status))
            if ending := ENDING.get((method, path)):
                operation["deprecated"] = True
                operation["description"] = f"{operation.get('description', '')}\n\n{ending.words}".strip()
    add_examples(result)
    return result


def _describe_parameters(parameters: Sequence[dict[str, Any]]) -> None:
    """Those of a list, which has pages; what it is filtered by is never blank (config/filters.py)."""
    of_list = {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}
    if "page_size" not in of_list:
        return
    of_list["page_size"] |= {"minimum": 1, "maximum": 10**9 - 1, "default": CursorPagination.page_size}
    for name, schema in of_list.items():
        if name not in OF_PAGES and schema.get("type") == "string" and not schema.keys() & {"enum", "format"}:
            schema |= {"minLength": 1, "pattern": _NOT_BLANK}


def _describe_tag(operation: dict[str, Any]) -> None:
    """Every reading is tagged, and answered in short where the caller has it already."""
    operation.setdefault("parameters", []).append(IF_NONE_MATCH)
    operation["responses"]["200"].setdefault("headers", {})["ETag"] = ETAG
    operation["responses"]["304"] = {"description": "You have it already: the ETag is the one you sent."}


def _statuses(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    statuses = {401, 403, 406, 500}
    if method in WRITES or any(one["in"] == "query" for one in operation.get("parameters", [])):
        statuses.add(400)
    if "{" in path or any(one["name"] == "cursor" for one in operation.get("parameters", [])):
        statuses.add(404)
    if path in REFUSING_READS:
        statuses.add(409)
    if any(one["name"] == "after" for one in operation.get("parameters", [])):
        statuses.add(410)
    if method in WRITES:
        statuses |= {409, 413, 415, 422}
    if any(one["name"] == "If-Match" for one in operation.get("parameters", [])):
        statuses.add(412)
    return statuses


def _answer(status: int) -> dict[str, Any]:
    return {
        "description": PROBLEMS[OF_STATUS[status]].title,
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {"Example": {"value": example_of_problem(status)}},
            }
        },
    }
