"""The sealed record of a recommendation, ready to be read."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from evidence.places import place_url
from screening.domain.pathways import TABLE
from screening.models import Finding, Recommendation


def read_record(recommendation: Recommendation) -> dict[str, Any]:
    """Findings, verdicts with their steps and pages, cells of the proof grid, papers, lists, events and lines."""
    record = recommendation.record
    severities, grounds = dict(Finding.Severity.choices), dict(Finding.Ground.choices)
    findings = [
        {
            **row,
            "severity_label": severities.get(row["severity"], ""),
            "ground_label": grounds.get(row["ground"], ""),
        }
        for row in record["findings"]
    ]
    names = {row["number"]: row["file_name"] for row in record["exhibits"]}
    review = reverse("case-review", args=[recommendation.case_id])
    return {
        "findings": findings,
        "set_aside": sum(bool(row["set_aside"]) for row in findings),
        "grounds": [grounds[one] for one in recommendation.grounds],
        "judged": _judged(recommendation, names, review),
        "cells": [_cell(row, names, recommendation.case_id) for row in record.get("cells", ())],
        "exhibits": record["exhibits"],
        "lists": record["lists"],
        "events": record["events"],
        "lines": [row for row in record["lines"] if not recommendation.lines or row["key"] in recommendation.lines],
        "questions": record["questions"],
    }


def _judged(recommendation: Recommendation, names: dict[int, str], review: str) -> list[dict[str, Any]]:
    """Question by question: the verdict as a whole, then those of the steps."""
    rows = [_verdict(row, names, review) for row in recommendation.record["assessments"]]
    found = []
    for asked in TABLE[recommendation.pathway].questions:
        own = [row for row in rows if row["requirement"] == asked.code]
        whole = next((row for row in own if not row["step"]), None)
        if whole is not None:
            found.append({**whole, "question": asked.question, "steps": [row for row in own if row["step"]]})
    return found


def _verdict(row: dict[str, Any], names: dict[int, str], review: str) -> dict[str, Any]:
    query = {"requirement": row["requirement"], **({"step": row["step"]} if row["step"] else {})}
    return {
        **row,
        "words": row["verdict"].replace("_", " "),
        "against": [one for one in row["marks"] if one["is_found"]],
        "citations": [
            {**cited, "url": f"{review}?{urlencode(query)}&show={cited['exhibit']}-{cited['page']}"}
            for cited in _cited(row, names)
        ],
    }


def _cell(row: dict[str, Any], names: dict[int, str], case_id: int) -> dict[str, Any]:
    grid = reverse("case-proof-grid", args=[case_id])
    return {
        **row,
        "proposed_words": row["proposed"].replace("_", " "),
        "url": f"{grid}?{urlencode({'step': row['step'], 'family': row['family']})}#cell",
        "citations": [
            {**cited, "url": place_url(case_id, cited["exhibit"], cited["page"])} for cited in _cited(row, names)
        ],
    }


def _cited(row: dict[str, Any], names: dict[int, str]) -> list[dict[str, Any]]:
    return [{**cited, "file_name": names.get(cited["exhibit"], "")} for cited in row["citations"]]
