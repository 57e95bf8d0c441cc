"""Periods in the words a reader sees."""

from __future__ import annotations

from datetime import date


def in_words(first: date | None, last: date | None) -> str:
    """From when to when: "1 Jan 2024 to 30 Jun 2025"; empty where neither day is known."""
    if first and last:
        return f"{first:%-d %b %Y} to {last:%-d %b %Y}"
    if first:
        return f"since {first:%-d %b %Y}"
    return f"until {last:%-d %b %Y}" if last else ""


def of_node(node: dict[str, str]) -> str:
    """The period of the link a node of a path was reached by."""
    first, last = node.get("from"), node.get("to")
    return in_words(date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)
