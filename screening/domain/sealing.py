"""The record a reviewer concluded on, sealed by its digest, and what has changed in it since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]


def digest(record: Row) -> str:
    """SHA-256 of a record, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def changes(then: Row, now: Row) -> list[str]:
    """What is no longer as it was sealed, in sentences; empty where nothing changed."""
    found: list[str] = []
    for section, name in _SECTIONS.items():
        found += _changes(section, name, _by_key(then.get(section, ())), _by_key(now.get(section, ())))
    return found


def _changes(section: str, name: str, then: dict[str, Row], now: dict[str, Row]) -> Iterable[str]:
    for key in [*then, *(key for key in now if key not in then)]:
        before, after = then.get(key), now.get(key)
        if before == after:
            continue
        label = (after or before or {}).get("label") or key
        if after is None:
            yield f"{name} gone: {label}."
        elif before is None:
            yield f"{name} new: {label}."
        elif "state" in before and before["state"] != after["state"]:
            yield f"{name} {label}: {before['state']} then, {after['state']} now."
        elif _pages(before) != _pages(after):
            pages = sorted({page for page, _ in _pages(before) ^ _pages(after)})
            yield f"{name} {label}: {', '.join(pages)} is no longer the page that was cited."
        else:
            yield f"{name} changed: {label}."


def _pages(row: Row) -> set[tuple[str, str]]:
    return {(f"exhibit {one['exhibit']}, page {one['page']}", one["sha256"]) for one in row.get("citations", ())}


def _by_key(rows: Iterable[Row]) -> dict[str, Row]:
    return {str(row["key"]): row for row in rows}


_SECTIONS = {
    "findings": "Finding",
    "overrides": "Finding set aside",
    "chain": "Step of the chain",
    "assessments": "Verdict",
    "cells": "Cell of the proof grid",
    "exhibits": "Exhibit",
    "lists": "List in use",
    "questions": "Question to the importer",
    "events": "Event on record",
    "lines": "Line",
}
