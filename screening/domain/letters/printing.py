"""A letter as it is printed: sections of paragraphs, lists, facts and tables, without any question of layout."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from screening.domain.letters.checks import in_words
from screening.domain.letters.kinds import Form, Kind, Part

Section = dict[str, Any]


def sections(kind: Kind, contents: Mapping[str, Any]) -> list[Section]:
    """The contents in the order of the kind; short facts that follow each other share a section."""
    found: list[Section] = []
    for part in kind.parts:
        value = contents.get(part.code)
        if part.form == Form.CONFIRM or part.code == "addressee" or not value:
            continue
        if part.form in {Form.SHORT, Form.DATE, Form.CHOICE, Form.GROUNDS}:
            if not found or found[-1]["form"] != "facts":
                found.append({"form": "facts", "heading": "", "rows": []})
            found[-1]["rows"].append([part.label, value_in_words(part, value)])
        else:
            found.append(_section(part, value))
    return found


def value_in_words(part: Part, value: Any) -> str:
    """A short content as people read it."""
    if part.form == Form.DATE:
        return in_words(date.fromisoformat(value))
    labels = dict(part.choices)
    if part.form == Form.GROUNDS:
        return "; ".join(labels.get(one, one) for one in value)
    return labels.get(value, value)


def _section(part: Part, value: Any) -> Section:
    section: Section = {"heading": "" if part.bare else part.label}
    if part.form == Form.ITEMS:
        return section | {"form": "items", "entries": list(value)}
    if part.form == Form.LINES:
        rows = [
            [
                row["entry"] or row["bill"],
                str(row["line"]),
                row["description"],
                row["hts"],
                row["origin"],
                row["quantity"],
            ]
            for row in value
        ]
        heads = ["Entry", "Line", "Goods", "HTS", "Origin", "Quantity"]
        return section | {"form": "table", "shape": "lines", "heads": heads, "rows": rows}
    if part.form == Form.EXHIBITS:
        rows = [[str(row["number"]), row["name"], str(row["pages"] or ""), row["sha256"]] for row in value]
        heads = ["No.", "Document", "Pages", "SHA-256"]
        return section | {"form": "table", "shape": "exhibits", "heads": heads, "rows": rows}
    if part.form == Form.FINDING:
        verdict = dict(part.choices).get(value.get("verdict"), "Not found yet")
        paragraphs = [f"Finding: {verdict.lower()}.", *_paragraphs(value.get("reasons", ""))]
        evidence = [line.strip() for line in value.get("evidence", "").splitlines() if line.strip()]
        return section | {"form": "text", "paragraphs": paragraphs, "entries_heading": "Evidence", "entries": evidence}
    return section | {"form": "text", "paragraphs": _paragraphs(value)}


def _paragraphs(text: str) -> list[str]:
    return [" ".join(block.split()) for block in text.split("\n\n") if block.strip()]
