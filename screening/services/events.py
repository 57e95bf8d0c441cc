"""What programs are told of screenings and cases: each function says which rows make which events.

Called late in a service, beside ``audit.record`` (see ``entities.services.events``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from entities.domain.events import EventKind
from entities.models import ListVersion
from entities.parts import parts_of
from entities.services.events import News, tell
from screening.domain.difference import difference
from screening.models import (
    Case,
    Finding,
    ImportBatch,
    Letter,
    Message,
    Reminder,
    Screening,
    Shipment,
    Task,
)
from screening.rescreened import compared


def screened(findings: Mapping[Screening, Sequence[Finding]], before: Mapping[int, int | None]) -> None:
    """Shipments have a new latest screening with these findings; ``before``: by shipment the one it had, if any."""
    tell(_screened(findings, before))


def case_opened(case: Case, shipment: Shipment) -> None:
    _of_case(EventKind.CASE_OPENED, case, {"regime": case.regime, "shipment": shipment.pk})


def shipment_added(case: Case, shipment: Shipment) -> None:
    _of_case(EventKind.CASE_SHIPMENT_ADDED, case, {"shipment": shipment.pk})


def case_moved(case: Case, *, before: str) -> None:
    """A case may have come to another stage."""
    if case.stage != before:
        _of_case(EventKind.CASE_STAGE_CHANGED, case, {"before": before, "stage": case.stage})


def asked(task: Task) -> None:
    said = {"task": task.pk, "round": task.round, "due_on": f"{task.due_on}", "questions": task.items.count()}
    _of_case(EventKind.REQUEST_ASKED, task.case, said, key=task.pk)


def reminded(reminder: Reminder, *, days_left: int) -> None:
    """A day is near: that of answers, or one of the law on detained goods."""
    task, detention = reminder.task, reminder.detention
    if task is not None:
        said = {"task": task.pk, "round": task.round, "due_on": f"{reminder.on}", "days_left": days_left}
        _of_case(EventKind.TASK_DUE, reminder.case, said, key=task.pk)
    elif detention is not None:
        said = {"day": reminder.day, "on": f"{reminder.on}", "days_left": days_left}
        _of_case(EventKind.CLOCK_NEAR, reminder.case, {"shipment": detention.shipment_id, **said})


def written(message: Message) -> None:
    _of_case(EventKind.MESSAGE_WRITTEN, message.case, {"message": message.pk, "side": message.side})


def letter_out(letter: Letter) -> None:
    # Not what kind of letter: whoever looks at the case a second time, blind, reads events too.
    said = {"letter": letter.number, "origin": letter.origin}
    _of_case(EventKind.LETTER_ISSUED, letter.case, said, key=letter.number)


def list_published(version: ListVersion) -> None:
    said = {"list_version": version.pk, "register": version.register, "label": version.label}
    tell([News(EventKind.LIST_PUBLISHED, version.pk, None, said)])


def import_finished(batch: ImportBatch) -> None:
    said = {field: getattr(batch, field) for field in ("state", "rows_read", "rows_stored", "rows_rejected")}
    tell([News(EventKind.IMPORT_FINISHED, batch.pk, batch.organization_id, {"import": batch.pk, **said})])


def _of_case(kind: EventKind, case: Case, said: dict[str, Any], *, key: int | str = "") -> None:
    tell([News(kind, key or case.number, case.importer_id, {"case": case.number, **said})])


def _screened(findings: Mapping[Screening, Sequence[Finding]], before: Mapping[int, int | None]) -> Iterator[News]:
    old_keys = [key for key in before.values() if key is not None]
    found = _findings(old_keys)
    outcomes = dict(Screening.objects.filter(pk__in=old_keys).values_list("pk", "outcome"))
    for screening, now in findings.items():
        shipment, old = screening.shipment, before.get(screening.shipment_id)
        common = {
            "shipment": shipment.pk,
            "entry_number": shipment.entry_number,
            "reference": shipment.reference,
            "screening": screening.pk,
        }
        rows, rows_before = {row.pk: row for row in now}, found[old] if old else {}
        said = {
            "outcome": screening.outcome,
            "outcome_before": outcomes.get(old or 0, Shipment.Outcome.PENDING),
            "findings": len(rows),
        }
        yield News(EventKind.SHIPMENT_SCREENED, shipment.pk, shipment.owner_id, {**common, **said})
        differs = difference(map(compared, rows_before.values()), map(compared, rows.values()))
        new = [*differs.new, *(now for _, now in differs.changed)]
        gone = [*differs.gone, *(then for then, _ in differs.changed)]
        if new:
            listed = _listed(rows[one.key] for one in new)
            yield News(EventKind.FINDINGS_NEW, shipment.pk, shipment.owner_id, {**common, "findings": listed})
        if gone:
            listed = _listed(rows_before[one.key] for one in gone)
            yield News(EventKind.FINDINGS_GONE, shipment.pk, shipment.owner_id, {**common, "findings": listed})


def _findings(screenings: Iterable[int]) -> dict[int, dict[int, Finding]]:
    found: dict[int, dict[int, Finding]] = defaultdict(dict)
    for some in parts_of(screenings):
        rows = Finding.objects.filter(screening__in=some).select_related("listing").order_by("pk")
        for row in rows.defer("path", "reasons", "declared"):
            found[row.screening_id][row.pk] = row
    return found


def _listed(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings by what anybody who may see the shipment may know of them."""
    return [
        {
            "finding": one.pk,
            "code": one.rule,
            "severity": one.severity,
            "ground": one.ground,
            "lines": one.line_numbers,
        }
        for one in findings
    ]
