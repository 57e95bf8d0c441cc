"""Which operations of the API end, when, and what takes their place: one table, told in headers and in the schema.

An operation that is to go is put here first. From then on every answer to it carries ``Deprecation`` (RFC 9745),
``Sunset`` (RFC 8594) and links to the policy and to what takes its place, and the schema marks it as deprecated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.http import HttpResponse
from django.utils.http import http_date

LEAST = timedelta(days=183)  # an operation answers at least this long after it was announced to go
POLICY = "/api/docs/#versions"


@dataclass(frozen=True)
class Ending:
    """An operation that goes: since when it is announced, the first day it may be gone, and what to use."""

    since: date
    until: date
    instead: str

    def __post_init__(self) -> None:
        if self.until - self.since < LEAST:
            raise ValueError(f"An operation ends {LEAST.days} days or more after this is announced.")

    @property
    def words(self) -> str:
        return f"Deprecated since {self.since}; answers until {self.until}. Use {self.instead} instead."


# Method and path as in the schema. Nothing ends now.
ENDING: dict[tuple[str, str], Ending] = {}


def ending_of(method: str, path: str) -> Ending | None:
    """How the operation of a request ends; None where it does not."""
    asked = {"head": "get"}.get(method.lower(), method.lower())
    for (of_method, template), ending in ENDING.items():
        if of_method == asked and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path):
            return ending
    return None


def tell_ending(response: HttpResponse, ending: Ending) -> None:
    """Put into the headers of an answer that its operation ends."""
    response["Deprecation"] = f"@{_seconds(ending.since)}"
    response["Sunset"] = http_date(_seconds(ending.until))
    response["Link"] = f'<{POLICY}>; rel="deprecation"; type="text/html", <{ending.instead}>; rel="successor-version"'


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())
