"""How schemathesis tries the API: with rows that are there, and with what the schema can and cannot say kept apart.

A schema cannot say that an importer must be one of yours or that a party must be named in the request. So a request
that fits the schema may be refused, but only with a code of the catalogue for such a rule; one refused for its form
is a fault of the schema.
"""

import json
import os
import re
import uuid

import schemathesis
from schemathesis.core.failures import Failure

KNOWN = json.loads(os.environ.get("SCHEMATHESIS_ROWS", "{}"))
# What the schema states itself: no request that fits it may be refused with one of these.
OF_FORM = {
    *("invalid", "required", "null", "blank", "not_text", "min_length", "max_length", "max_string_length"),
    *("min_value", "max_value", "not_a_list", "not_a_dict"),
    *("incorrect_type", "empty", "too_many", "unknown_field", "malformed", "idempotency_key"),
}


def is_made_to_fit(case):
    return case.meta is None or case.meta.generation.mode.is_positive


@schemathesis.serializer("application/x-ndjson")
def as_lines(ctx, value):
    """A body of one line."""
    return json.dumps(value).encode() + b"\n"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Rows that exist in place of made numbers, else hardly a request would reach its rule."""
    if case.headers and re.fullmatch(r"[\x21-\x7e]{1,255}", key := case.headers.get("Idempotency-Key") or ""):
        case.headers["Idempotency-Key"] = f"{uuid.uuid4()}-{key}"[:255]
    if not is_made_to_fit(case):
        return
    phase = case.meta.phase.name.value if case.meta else ""
    operation = f"{case.operation.method.lower()} {case.operation.path}"
    if case.path_parameters and phase != "stateful" and operation in KNOWN.get("paths", {}):
        case.path_parameters.update(KNOWN["paths"][operation])
    if isinstance(case.body, dict | list):
        with_rows(case.body)
    if case.query:
        with_rows(case.query)


def with_rows(value):
    """Puts the numbers of rows that exist where the request names rows."""
    if isinstance(value, list):
        for one in value:
            with_rows(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name in KNOWN.get("values", {}) and not isinstance(one, dict | list):
                if one not in (None, ""):
                    value[name] = KNOWN["values"][name]
            else:
                with_rows(one)


def sent_at(body, pointer):
    """What a request holds at a JSON pointer; None where nothing is."""
    for part in pointer.split("/")[1:]:
        try:
            body = body[int(part) if isinstance(body, list) else part]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return body


class RefusedForItsForm(Failure):
    """A request that fits the schema was refused for its form."""


@schemathesis.check
def fitting_requests_are_taken(ctx, response, case):
    """What fits the schema is done, or refused by a rule that no schema can say."""
    if case.meta is None or not is_made_to_fit(case) or response.status_code not in (400, 413, 415, 422):
        return
    problem = json.loads(response.content)
    enumerated = {one.name for one in case.operation.query if "enum" in str(one.definition.get("schema", {}))}
    for error in problem.get("errors") or [problem]:
        sent = sent_at(case.body, error.get("pointer", ""))
        if error["code"] in {"min_value", "max_value"} and isinstance(sent, str):
            continue  # a schema bounds numbers, not the numbers in a text
        of_a_row = error["code"] == "invalid_choice" and error.get("parameter", "?") not in enumerated | {"?"}
        if error["code"] in OF_FORM or (error["code"] == "invalid_choice" and not of_a_row):
            where = error.get("pointer", error.get("parameter", ""))
            raise RefusedForItsForm(
                operation=case.operation.label,
                title="Refused for its form, though it fits the schema",
                message=f"{where}: {error['code']}: {error['detail']}",
            )
