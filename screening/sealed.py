"""What a conclusion rests on beside the papers: findings, lists, questions, events and states as they stand now."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from entities.models import ListVersion
from screening.models import Case, Finding, LegalEvent, Override, TaskItem
from screening.services import detentions

Rows = list[dict[str, Any]]


def record_of(case: Case, lines: Collection[str]) -> dict[str, Rows]:
    """The record of a case, section by section; each row has a key by which it is found again, and a label."""
    return {
        "findings": findings_as_they_stand(case),
        "overrides": _overrides(case),
        "lists": _lists(),
        "questions": _questions(case),
        "events": _events(case),
        "lines": _lines(case, lines),
    }


def findings_as_they_stand(case: Case) -> Rows:
    """The findings of the latest screening of each shipment of the case, as plain values.

    The key is what a finding says, so that a screening that finds the same again changes nothing.
    """
    found = Finding.objects.of_case(case).order_by("pk")
    rows = found.select_related("screening__shipment", "listing", "list_version")
    set_aside = Override.objects.standing(case)
    return [
        {
            "key": f"{row.screening.shipment_id}/{row.rule}/{row.headline}",
            "label": row.headline,
            "shipment": row.screening.shipment.label,
            "rule": row.rule,
            "severity": row.severity,
            "ground": row.ground,
            "basis": row.basis,
            "headline": row.headline,
            "party": row.party_name,
            "steps_upstream": row.steps_upstream,
            "listing": row.listing.row_id if row.listing else None,
            "list_version": row.list_version.label,
            "set_aside": set_aside[row.pk].reason if row.pk in set_aside else "",
        }
        for row in rows
    ]


def _overrides(case: Case) -> Rows:
    """Who set which finding aside; a hand in the review, like a verdict."""
    rows = Override.objects.standing(case).values()
    return [
        {"key": str(row.pk), "label": row.finding.headline, "reason": row.reason, "author": row.author.full_name}
        for row in rows
    ]


def _lists() -> Rows:
    """The list of each register that is in use."""
    latest = {row.register: row for row in ListVersion.objects.published().order_by("published_at", "pk")}
    return [
        {"key": register, "label": row.label, "state": row.label, "sha256": row.rows_sha256}
        for register, row in sorted(latest.items())
    ]


def _questions(case: Case) -> Rows:
    rows = TaskItem.objects.filter(task__case=case).order_by("task__round", "number").select_related("task")
    return [
        {"key": str(row.pk), "label": row.text, "round": row.task.round, "state": row.get_state_display().lower()}
        for row in rows
    ]


def _events(case: Case) -> Rows:
    rows = LegalEvent.objects.standing().filter(detention__case=case).order_by("on", "pk")
    return [
        {
            "key": str(row.pk),
            "label": str(row),
            "detention": row.detention_id,
            "kind": row.kind,
            "on": row.on.isoformat(),
            "lines": row.lines,
        }
        for row in rows
    ]


def _lines(case: Case, wanted: Collection[str]) -> Rows:
    """The lines concluded on (none named: every held one) with the legal state they are in today."""
    return [
        {
            "key": f"{row.pk}-{course.line}",
            "label": f"{course.line} of {row.shipment.label}",
            "state": course.standing.state.label.lower(),
        }
        for row in case.detentions.select_related("shipment", "case").order_by("pk")
        for course in detentions.courses(row)
        if not wanted or f"{row.pk}-{course.line}" in wanted
    ]
