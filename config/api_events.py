"""Events and webhooks described: in the OpenAPI schema for programs, on the page of the API for people."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from entities.domain.events import EVENTS, About, EventKind
from entities.domain.webhooks import WAITS
from entities.models import Event

# How a receiver verifies a delivery, with nothing but Python's own library. A test runs it.
VERIFY = '''\
import base64, hashlib, hmac, json, time

def event_of(secret, headers, body):
    """The event of a delivery; an error where it is not ours or too old. body: the bytes as they came."""
    name, sent = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(sent)) > 300:
        raise ValueError("sent too long ago")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{name}.{sent}.".encode() + body, hashlib.sha256).digest()
    ours = "v1," + base64.b64encode(mac).decode()
    if not any(hmac.compare_digest(ours, one) for one in headers["webhook-signature"].split()):
        raise ValueError("not signed with this secret")
    return json.loads(body)
'''
_HEADERS = {
    "webhook-id": ("evt_4711", "Id of the event, the same with each try."),
    "webhook-timestamp": ("1777896000", "When this try was sent, in seconds since 1970."),
    "webhook-signature": (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "For each secret in use v1, and the base64 of HMAC-SHA256 over id.timestamp.body, with spaces between.",
    ),
}


def describe_events(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to the schema what is sent to webhooks: one for each kind of event, with what it says."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for kind, about in EVENTS.items():
        schemas[_name(kind)] = _schema(kind, about)
    result["webhooks"] = {kind.value: {"post": _sent(kind, about)} for kind, about in EVENTS.items()}
    return result


def for_the_page() -> dict[str, Any]:
    """What the page of the API says of events."""
    example = EVENTS[EventKind.FINDINGS_NEW]
    waits = [_words(wait.total_seconds()) for wait in WAITS]
    return {
        "kinds": [(kind.value, about.text, about.data) for kind, about in EVENTS.items()],
        "example": json.dumps(_example(EventKind.FINDINGS_NEW, example), indent=2),
        "headers": [(name, text) for name, (_, text) in _HEADERS.items()],
        "verify": VERIFY,
        "kept_days": settings.EVENTS_KEPT_DAYS,
        "waits": f"{', '.join(waits[:-1])} and {waits[-1]}",
    }


def _name(kind: EventKind) -> str:
    return "".join(part.title() for part in kind.replace("_", ".").split(".")) + "Event"


def _schema(kind: EventKind, about: About) -> dict[str, Any]:
    said = {name: {"type": one.type, "description": one.text} for name, one in about.data.items()}
    for one in said.values():
        if one["type"] == "array":
            one["items"] = {"type": "object"}  # type: ignore[assignment]
    return {
        "type": "object",
        "description": about.text,
        "required": ["id", "kind", "at", "organization", "subject", "data"],
        "properties": {
            "id": {"type": "string", "pattern": "^evt_[0-9]{1,18}$"},
            "kind": {"type": "string", "const": kind.value},
            "at": {"type": "string", "format": "date-time"},
            "organization": {"type": ["integer", "null"]},
            "subject": {"type": "string", "format": "uri-reference"},
            "data": {"type": "object", "required": list(said), "properties": said, "additionalProperties": False},
        },
    }


def _sent(kind: EventKind, about: About) -> dict[str, Any]:
    return {
        "operationId": f"webhook_{kind.replace('.', '_')}",
        "summary": about.text,
        "tags": ["webhooks"],
        "parameters": [
            {
                "in": "header",
                "name": name,
                "required": True,
                "schema": {"type": "string"},
                "description": text,
                "example": example,
            }
            for name, (example, text) in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{_name(kind)}"},
                    "examples": {kind.value: {"value": _example(kind, about)}},
                }
            },
        },
        "responses": {"2XX": {"description": "Taken. Any other answer, or none in 15 seconds: it is sent again."}},
    }


def _example(kind: EventKind, about: About) -> dict[str, Any]:
    """An event as it would be told, without a row."""
    organization = None if kind == EventKind.LIST_PUBLISHED else 5
    data = {name: one.example for name, one in about.data.items()}
    event = Event(pk=4711, kind=kind.value, organization_id=organization, data=data)
    event.subject = about.address.format(about.key)
    return {**event.told(), "at": "2026-05-04T12:00:00Z"}


def _words(seconds: float) -> str:
    minutes = int(seconds // 60)
    count, unit = (minutes, "minute") if minutes < 60 else (minutes // 60, "hour")
    return f"{count} {unit}{'s' if count > 1 else ''}"
